#include "engine/statistics/sequential/sequential_inference.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// The drift under which the probability is `target`. Seen through the normal quantile it is nearly a line in the
// drift, so the secant method from the estimate of a fixed design takes a few steps; bisection where it does not.
double drift_with(const SequentialStage& stopped, double z, double target) {
  const double wanted = normal_quantile(target), scale = std::sqrt(stopped.information);
  const auto excess = [&](double drift) {
    const double p = stagewise_probability(stopped, z, drift);
    return normal_quantile(std::clamp(p, 1e-300, 1.0 - 1e-16)) - wanted;
  };
  double before = (z + wanted) / scale, value_before = excess(before);
  double now = before - value_before / scale;
  for (int step = 0; step < 12; ++step) {
    if (std::abs(now - before) <= 1e-10) return now;
    const double value = excess(now);
    const double slope = (value - value_before) / (now - before);
    if (!(slope > 0.05 * scale)) break;
    before = now;
    value_before = value;
    now -= value / slope;
  }
  double low = (z + wanted - 1.0) / scale, high = (z + wanted + 1.0) / scale;
  while (excess(low) > 0.0 && low > -40.0) low -= 2.0 / scale;
  while (excess(high) < 0.0 && high < 40.0) high += 2.0 / scale;
  if (!(excess(low) <= 0.0 && excess(high) >= 0.0)) return nothing;
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(40), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace

double stagewise_probability(const SequentialStage& stopped, double z, double drift) {
  double sum = stopped.for_level().above(z * std::sqrt(stopped.information), drift);
  for (const SequentialStage* stage = stopped.before.get(); stage; stage = stage->before.get())
    sum += stage->for_level().above(stage->efficacy * std::sqrt(stage->information), drift);
  return sum;
}

SequentialInference sequential_inference(const SequentialStage& stopped, double z, double confidence) {
  if (std::isnan(z)) return {nothing, nothing, nothing, nothing, nothing, nothing};
  const double scale = std::sqrt(stopped.information), tail = 0.5 - 0.5 * confidence;
  const auto drift_at = [&](double p) {
    if (stopped.look == 0) return (z + normal_quantile(p)) / scale;
    return drift_with(stopped, z, p);
  };
  return {.p_value = stagewise_probability(stopped, z, 0.0),
          .median_unbiased = drift_at(0.5),
          .lower = drift_at(tail),
          .upper = drift_at(1.0 - tail),
          .repeated_lower = (z - stopped.efficacy) / scale,
          .repeated_upper = (z + stopped.efficacy) / scale};
}

}  // namespace oligosim
