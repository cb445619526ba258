#include "engine/statistics/sequential/combination_test.hpp"

#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"

namespace oligosim {

double increment(double z_before, double information_before, double z, double information) {
  if (!(information > information_before)) return std::numeric_limits<double>::quiet_NaN();
  return (std::sqrt(information) * z - std::sqrt(information_before) * z_before) /
         std::sqrt(information - information_before);
}

double CombinationTest::combined(double first, double second) const {
  return std::sqrt(first_share) * first + std::sqrt(1 - first_share) * second;
}

double CombinationTest::needed(double first) const {
  return (boundary - std::sqrt(first_share) * first) / std::sqrt(1 - first_share);
}

double CombinationTest::conditional_power(double first, double drift, double further) const {
  return normal_cdf(drift * std::sqrt(further) - needed(first));
}

double CombinationTest::further_information(double first, double drift, double power) const {
  const double wanted = needed(first) + normal_quantile(power);
  if (wanted <= 0) return 0;
  if (!(drift > 0)) return std::numeric_limits<double>::infinity();
  return std::pow(wanted / drift, 2);
}

}  // namespace oligosim
