#include "engine/statistics/sequential/dunnett.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "engine/numeric/lanes.hpp"
#include "engine/numeric/normal_tail.hpp"

namespace oligosim {

double shared_control_loading(double ratio) { return std::sqrt(ratio / (1 + ratio)); }

namespace {

/// Where the integral over what the control shows is taken, four places at once, and the density there.
struct Nodes {
  static constexpr std::size_t count = 23;
  static constexpr double furthest = 9, step = 0.2;
  std::array<HalfLanes, count> control, weight;

  Nodes() {
    for (std::size_t k = 0; k < count; ++k) {
      control[k] =
          from_lanes<HalfLanes>([&](std::size_t j) { return step * static_cast<double>(4 * k + j) - furthest; });
      weight[k] = elementary::exp(-0.5 * control[k] * control[k]) * (step / std::sqrt(2 * std::numbers::pi));
    }
  }
};

}  // namespace

// Given what the control shows, the arms are independent. The rule of equal steps converges faster than any power of
// the step, as all derivatives vanish at both ends.
double any_reaches(double limit, std::span<const double> loading) {
  static const Nodes nodes;
  HalfLanes sum{};
  for (std::size_t k = 0; k < Nodes::count; ++k) {
    HalfLanes any{};
    for (const double own : loading) {
      const double scale = 1 / std::sqrt(1 - own * own);
      any += (1.0 - any) * normal_upper_tail((limit - own * nodes.control[k]) * scale);
    }
    sum += nodes.weight[k] * any;
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace oligosim
