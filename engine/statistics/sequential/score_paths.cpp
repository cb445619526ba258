#include "engine/statistics/sequential/score_paths.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/numeric/normal_tail.hpp"

namespace oligosim {

namespace {

using Rule = boost::math::quadrature::gauss<double, 20>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double kernel_reach = 9.0;  // standard deviations; what lies beyond is below 1e-18
constexpr double grid_reach = 14.0;   // the same around the mean of a drift of 5
constexpr double panel_width = 4.0;   // in standard deviations of the narrower kernel; its error is below 1e-16

// The z in [-9, 36] where the tail `probability` falls (or rises) through the level, on the log scale.
template <class Tail>
double solve(const Tail& probability, double level) {
  // A tail that underflows still has a finite logarithm, which the root finder needs.
  const auto excess = [&](double z) {
    return std::log(std::max(probability(z), std::numeric_limits<double>::min()) / level);
  };
  double low = -kernel_reach, high = 8.0;
  while (high < 36.0 && excess(high) > 0.0) high += 4.0;
  if (excess(high) > 0.0) return infinity;
  if (excess(low) < 0.0) return -infinity;
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(48), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace

ScorePaths::ScorePaths(double information) : information_(information), node_{0.0}, mass_{1.0} {}

// The sum of mass times use(node) over the nodes from `low` to `high`, and some beside them, four at a time.
template <class Use>
double ScorePaths::sum(double low, double high, const Use& use) const {
  constexpr std::size_t width = lane_count<HalfLanes>;
  const auto first = std::lower_bound(node_.begin(), node_.end(), low);
  const auto last = std::upper_bound(first, node_.end(), high);
  std::size_t k = static_cast<std::size_t>(first - node_.begin()) / width * width;
  const auto end = static_cast<std::size_t>(last - node_.begin());
  HalfLanes total{};
  for (; k < end && k + width <= node_.size(); k += width) total += four_of(&mass_[k]) * use(four_of(&node_[k]));
  double rest = 0.0;
  for (; k < end; ++k) rest += mass_[k] * use(node_[k]);
  return rest + (total[0] + total[1]) + (total[2] + total[3]);
}

// The same under a drift, of the nodes that it reaches.
template <class Use>
double ScorePaths::sum_with(double drift, const Use& use) const {
  const double centre = drift * before_, reach = kernel_reach * std::sqrt(before_);
  if (drift == 0.0) return sum(-reach, reach, use);
  return sum(centre - reach, centre + reach,
             [&]<class V>(const V& node) { return elementary::exp(drift * (node - 0.5 * centre)) * use(node); });
}

double ScorePaths::above(double score, double drift) const {
  const double step = information_ - before_, scale = 1.0 / std::sqrt(step), from = score - drift * step;
  return sum_with(drift, [&](const auto& node) { return normal_upper_tail((from - node) * scale); });
}

double ScorePaths::below(double score, double drift) const {
  const double step = information_ - before_, scale = 1.0 / std::sqrt(step), to = score - drift * step;
  return sum_with(drift, [&](const auto& node) { return normal_upper_tail((node - to) * scale); });
}

double ScorePaths::upper_boundary(double level) const {
  if (!(level > 0.0)) return infinity;
  const double scale = std::sqrt(information_);
  return solve([&](double z) { return above(z * scale, 0.0); }, level);
}

double ScorePaths::lower_boundary(double level, double drift) const {
  if (!(level > 0.0)) return -infinity;
  // Around the mean of the drift, where the lower tail is an upper one seen from the other side.
  const double scale = std::sqrt(information_), mean = drift * scale;
  return mean - solve([&](double z) { return below((mean - z) * scale, drift); }, level);
}

double ScorePaths::density(double score) const {
  const double step = information_ - before_, reach = kernel_reach * std::sqrt(step), factor = -0.5 / step;
  const double total = sum(score - reach, score + reach, [&](const auto& node) {
    const auto distance = score - node;
    return elementary::exp(distance * distance * factor);
  });
  return total / std::sqrt(2.0 * std::numbers::pi * step);
}

ScorePaths ScorePaths::next(double low, double high, double information) const {
  ScorePaths later;
  later.information_ = information;
  later.before_ = information_;
  const double reach = grid_reach * std::sqrt(information_);
  low = std::max(low, -reach);
  high = std::min(high, reach);
  // Dense enough for this look's density and for the kernel that leads to the next.
  const double finest = std::sqrt(std::min(information_ - before_, information - information_));
  if (high > low) later.add_panels(*this, low, high, finest);
  return later;
}

void ScorePaths::add_panels(const ScorePaths& before, double low, double high, double finest) {
  const auto& abscissa = Rule::abscissa();  // the positive half
  const auto& weight = Rule::weights();
  const auto panels = static_cast<std::size_t>(std::ceil((high - low) / (panel_width * finest)));
  const double half = 0.5 * (high - low) / static_cast<double>(panels);
  node_.reserve(panels * 2 * abscissa.size());
  mass_.reserve(panels * 2 * abscissa.size());
  const auto add = [&](double score, double w) {
    node_.push_back(score);
    mass_.push_back(w * half * before.density(score));
  };
  for (std::size_t p = 0; p < panels; ++p) {
    const double middle = low + half * static_cast<double>(2 * p + 1);
    for (std::size_t i = abscissa.size(); i-- > 0;) add(middle - half * abscissa[i], weight[i]);
    for (std::size_t i = 0; i < abscissa.size(); ++i) add(middle + half * abscissa[i], weight[i]);
  }
}

}  // namespace oligosim
