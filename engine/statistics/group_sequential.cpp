#include "engine/statistics/group_sequential.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "engine/statistics/normal.hpp"

namespace oligosim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double reach = 9.0;  // standard deviations; what lies beyond is below 1e-18

// The score statistic S_k = z_k sqrt(I_k) has independent increments N(drift * (I_k - I_{k-1}), I_k - I_{k-1}). This
// is its distribution over the paths that have crossed no boundary so far, as masses at quadrature nodes.
class Continuing {
 public:
  explicit Continuing(double drift) : drift_(drift) {}

  // Moves on to the next look, with the variance of the increment; the boundary comes after.
  void advance(double information) {
    increment_ = information - information_;
    information_ = information;
  }

  // P(no crossing so far, S_k >= score).
  double mass_above(double score) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < node_.size(); ++i) sum += mass_[i] * normal_cdf(standardized(node_[i], score) * -1.0);
    return sum;
  }

  // Keeps the paths with S_k < score: new nodes, dense enough for this look's density and for the next kernel.
  void stop_above(double score, double next_increment) {
    const double spread = reach * std::sqrt(information_), mean = drift_ * information_;
    const double low = mean - spread, high = std::min(score, mean + spread);
    std::vector<double> node, mass;
    if (high > low) {
      const double finest = std::sqrt(std::min(increment_, next_increment > 0.0 ? next_increment : increment_));
      const auto panels = static_cast<std::size_t>(std::ceil((high - low) / (1.5 * finest)));
      add_panels(low, high, panels, node, mass);
    }
    node_ = std::move(node);
    mass_ = std::move(mass);
  }

 private:
  using Rule = boost::math::quadrature::gauss<double, 20>;

  double standardized(double from, double to) const {
    return (to - from - drift_ * increment_) / std::sqrt(increment_);
  }

  double density(double score) const {
    // Nodes ascend, so only those within reach of the kernel have to be visited.
    const double centre = score - drift_ * increment_, width = reach * std::sqrt(increment_);
    const auto begin = std::lower_bound(node_.begin(), node_.end(), centre - width);
    const auto end = std::upper_bound(begin, node_.end(), centre + width);
    double sum = 0.0;
    for (auto node = begin; node != end; ++node) {
      const double z = standardized(*node, score);
      sum += mass_[static_cast<std::size_t>(node - node_.begin())] * std::exp(-0.5 * z * z);
    }
    return sum / std::sqrt(2.0 * std::numbers::pi * increment_);
  }

  void add_panels(double low, double high, std::size_t panels, std::vector<double>& node,
                  std::vector<double>& mass) const {
    const auto& abscissa = Rule::abscissa();  // the positive half
    const auto& weight = Rule::weights();
    const double half = 0.5 * (high - low) / static_cast<double>(panels);
    const auto add = [&](double score, double w) {
      node.push_back(score);
      mass.push_back(w * half * density(score));
    };
    for (std::size_t p = 0; p < panels; ++p) {
      const double middle = low + half * static_cast<double>(2 * p + 1);
      for (std::size_t i = abscissa.size(); i-- > 0;) add(middle - half * abscissa[i], weight[i]);
      for (std::size_t i = 0; i < abscissa.size(); ++i) add(middle + half * abscissa[i], weight[i]);
    }
  }

  double drift_;
  double information_ = 0.0;
  double increment_ = 0.0;
  std::vector<double> node_ = {0.0};
  std::vector<double> mass_ = {1.0};
};

double next_increment(std::span<const double> information, std::size_t look) {
  return look + 1 < information.size() ? information[look + 1] - information[look] : 0.0;
}

// The z with P(no crossing so far, z_k >= z) = level; infinite where there is nothing to spend.
double solve_boundary(const Continuing& paths, double information, double level) {
  if (!(level > 0.0)) return infinity;
  const double scale = std::sqrt(information);
  const auto excess = [&](double z) { return std::log(paths.mass_above(z * scale) / level); };
  double low = -reach, high = 8.0;
  while (high < 36.0 && excess(high) > 0.0) high += 4.0;
  if (excess(high) > 0.0) return infinity;
  if (excess(low) < 0.0) return -infinity;  // less is left than is to be spent
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(48), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace

double spent(Spending spending, double alpha, double t) {
  if (t <= 0.0) return 0.0;
  if (t >= 1.0) return alpha;
  if (spending == Spending::pocock) return alpha * std::log1p((std::numbers::e - 1.0) * t);
  return 2.0 * normal_cdf(normal_quantile(alpha / 2.0) / std::sqrt(t));
}

std::vector<double> efficacy_boundaries(Spending spending, double alpha, std::span<const double> information) {
  std::vector<double> boundaries;
  Continuing paths(0.0);
  double spent_before = 0.0;
  for (std::size_t k = 0; k < information.size(); ++k) {
    paths.advance(information[k]);
    const double spent_now = spent(spending, alpha, information[k]);
    boundaries.push_back(solve_boundary(paths, information[k], spent_now - spent_before));
    paths.stop_above(boundaries.back() * std::sqrt(information[k]), next_increment(information, k));
    spent_before = spent_now;
  }
  return boundaries;
}

std::vector<double> crossing_probabilities(std::span<const double> boundaries, std::span<const double> information,
                                           double drift) {
  std::vector<double> crossing;
  Continuing paths(drift);
  for (std::size_t k = 0; k < information.size(); ++k) {
    paths.advance(information[k]);
    const double score = boundaries[k] * std::sqrt(information[k]);
    crossing.push_back(paths.mass_above(score));
    paths.stop_above(score, next_increment(information, k));
  }
  return crossing;
}

}  // namespace oligosim
