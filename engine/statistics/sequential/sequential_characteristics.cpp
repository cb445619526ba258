#include "engine/statistics/sequential/sequential_characteristics.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "engine/numeric/normal.hpp"

namespace oligosim {

ExitProbabilities exit_probabilities(const SequentialDesign& design, const SequentialStage& stage, double drift) {
  ExitProbabilities exit;
  for (const SequentialStage* look = &stage; look; look = look->before.get()) {
    const double scale = std::sqrt(look->information);
    exit.efficacy.push_back(look->paths.above(look->efficacy * scale, drift));
    exit.futility.push_back(look->paths.below(look->futility * scale, drift));
    exit.harm.push_back(design.symmetric() ? look->paths.below(-look->efficacy * scale, drift) : 0.0);
  }
  for (std::vector<double>* looks : {&exit.efficacy, &exit.futility, &exit.harm})
    std::reverse(looks->begin(), looks->end());
  return exit;
}

ExitProbabilities exit_probabilities(const SequentialDesign& design, std::span<const double> information,
                                     double drift) {
  ExitProbabilities exit;
  ScorePaths paths(information.front());
  for (std::size_t k = 0; k < information.size(); ++k) {
    const SequentialStage& look = *design.planned()[k];
    const double scale = std::sqrt(information[k]), high = look.efficacy * scale;
    const double low = design.symmetric() ? -high : look.futility * scale;
    exit.efficacy.push_back(paths.above(high, drift));
    exit.futility.push_back(design.symmetric() ? 0.0 : paths.below(low, drift));
    exit.harm.push_back(design.symmetric() ? paths.below(low, drift) : 0.0);
    if (k + 1 < information.size()) paths = paths.next(low, high, information[k + 1]);
  }
  return exit;
}

double expected_information(const SequentialDesign& design, const SequentialStage& last, double drift) {
  const ExitProbabilities exit = exit_probabilities(design, last, drift);
  double expected = last.information;
  const SequentialStage* look = last.before.get();
  for (std::size_t k = last.look; k-- > 0; look = look->before.get())
    expected -= (exit.efficacy[k] + exit.futility[k] + exit.harm[k]) * (last.information - look->information);
  return expected;
}

double drift_for_power(const SequentialDesign& design, double power) {
  const SequentialStage& last = *design.planned().back();
  const auto excess = [&](double drift) {
    const std::vector<double> claims = exit_probabilities(design, last, drift).efficacy;
    return std::accumulate(claims.begin(), claims.end(), -power);
  };
  const double fixed = normal_quantile(1.0 - design.level()) + normal_quantile(power);
  double high = 1.1 * fixed;
  while (excess(high) < 0.0) high *= 1.1;
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(excess, 0.9 * fixed, high,
                                                         boost::math::tools::eps_tolerance<double>(46), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

double inflation_factor(const SequentialDesign& design, double power) {
  const double fixed = normal_quantile(1.0 - design.level()) + normal_quantile(power);
  const double drift = drift_for_power(design, power);
  return drift * drift / (fixed * fixed);
}

}  // namespace oligosim
