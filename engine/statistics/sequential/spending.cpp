#include "engine/statistics/sequential/spending.hpp"

#include <cmath>
#include <numbers>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

double interpolated(const SpendingFunction& function, double t) {
  double before = 0.0, share = 0.0;
  for (std::size_t k = 0; k < function.information.size(); ++k) {
    const double next = function.information[k];
    if (t < next) return share + (function.share[k] - share) * (t - before) / (next - before);
    before = next;
    share = function.share[k];
  }
  return share;
}

}  // namespace

double spent(const SpendingFunction& function, double level, double t) {
  if (t <= 0.0) return 0.0;
  if (function.family == Spending::user) return level * interpolated(function, t);
  if (t >= 1.0) return level;
  const double parameter = function.parameter;
  switch (function.family) {
    case Spending::pocock:
      return level * std::log1p((std::numbers::e - 1.0) * t);
    case Spending::hwang_shih_decani:
      return parameter == 0.0 ? level * t : level * std::expm1(-parameter * t) / std::expm1(-parameter);
    case Spending::kim_demets:
      return level * std::pow(t, parameter);
    default:
      return 2.0 * normal_cdf(normal_quantile(level / 2.0) / std::sqrt(t));
  }
}

}  // namespace oligosim
