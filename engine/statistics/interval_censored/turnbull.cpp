#include "engine/statistics/interval_censored/turnbull.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oligosim {
namespace {

constexpr int most_rounds = 10000;
constexpr int expectation_steps = 5;       // a round: the fastest of 1, 3, 5 and 10
constexpr double smallest_excess = 1e-12;  // of up to 200 patients
constexpr double near_maximum = 1e-6;

/// Far below the sampling error, and above what rounding does to the slopes of many patients.
double enough(double patients) { return smallest_excess * std::pow(std::max(1.0, patients / 200), 1.5); }

/// The distribution function before each innermost interval, and 1 after the last.
class Maximizer {
 public:
  Maximizer(const InnermostIntervals& in, Arena& arena)
      : in_(in),
        n_(static_cast<double>(in.first.size())),
        last_(in.interval.size()),
        failed_(arena.take<double>(last_ + 1)),
        tried_(arena.take<double>(last_ + 1)),
        slope_(arena.take<double>(last_ + 1)),
        curvature_(arena.take<double>(last_ + 1)),
        block_(arena.take<Block>(last_)) {
    for (std::size_t k = 0; k <= last_; ++k) failed_[k] = static_cast<double>(k) / static_cast<double>(last_);
  }

  Status maximize() {
    double excess = 0;
    for (int round = 0; round < most_rounds; ++round) {
      for (int step = 0; step < expectation_steps; ++step) {
        excess = find_mass_slopes();
        if (excess <= enough(n_)) return Status::ok;
        share_out();
      }
      project();
    }
    return excess <= near_maximum ? Status::ok : Status::did_not_converge;
  }

  double mass(std::size_t j) const { return failed_[j + 1] - failed_[j]; }

 private:
  struct Block {
    std::size_t first;
    double value, weight;
  };

  double likelihood(std::span<const double> failed, std::size_t i) const {
    return failed[in_.last[i] + 1] - failed[in_.first[i]];
  }
  double log_likelihood(std::span<const double> failed) const {
    double sum = 0;
    for (std::size_t i = 0; i < in_.first.size(); ++i) sum += std::log(likelihood(failed, i));
    return sum;
  }

  /// By how much the likelihood grows with the mass of each innermost interval. At the maximum that is n where there is
  /// mass and nowhere more; the largest excess over n, as a share of it.
  double find_mass_slopes() {
    std::ranges::fill(slope_, 0.0);
    for (std::size_t i = 0; i < in_.first.size(); ++i) {
      const double share = 1 / likelihood(failed_, i);
      slope_[in_.first[i]] += share;
      slope_[in_.last[i] + 1] -= share;
    }
    double largest = slope_[0];
    for (std::size_t j = 1; j < last_; ++j) largest = std::max(largest, slope_[j] += slope_[j - 1]);
    return largest / n_ - 1;
  }

  /// A step of the EM algorithm: each patient is shared out over the innermost intervals within his.
  void share_out() {
    double total = 0, before = 0;
    for (std::size_t j = 0; j < last_; ++j) {
      const double mass = failed_[j + 1] - before;
      before = failed_[j + 1];
      failed_[j + 1] = total += mass * slope_[j];
    }
    for (std::size_t k = 1; k < last_; ++k) failed_[k] /= total;
    failed_[last_] = 1;
  }

  /// A step of the iterative convex minorant algorithm: Newton's by the diagonal of the curvature, made monotone, as
  /// far as it goes up.
  void project() {
    std::ranges::fill(slope_, 0.0);
    std::ranges::fill(curvature_, 0.0);
    for (std::size_t i = 0; i < in_.first.size(); ++i) {
      const double share = 1 / likelihood(failed_, i);
      slope_[in_.first[i]] -= share, curvature_[in_.first[i]] += share * share;
      slope_[in_.last[i] + 1] += share, curvature_[in_.last[i] + 1] += share * share;
    }
    std::size_t blocks = 0;  // of the same value, that of pooled neighbours which would not ascend
    for (std::size_t k = 1; k < last_; ++k) {
      Block own{k, failed_[k] + slope_[k] / curvature_[k], curvature_[k]};
      for (; blocks > 0 && block_[blocks - 1].value >= own.value; --blocks) {
        const Block& before = block_[blocks - 1];
        const double weight = own.weight + before.weight;
        own = {before.first, (own.value * own.weight + before.value * before.weight) / weight, weight};
      }
      block_[blocks++] = own;
    }
    const double now = log_likelihood(failed_);
    for (double part = 1; part > 1e-4; part /= 2) {
      std::ranges::copy(failed_, tried_.begin());
      for (std::size_t b = 0; b < blocks; ++b) {
        const std::size_t end = b + 1 < blocks ? block_[b + 1].first : last_;
        const double goal = std::clamp(block_[b].value, 0.0, 1.0);
        for (std::size_t k = block_[b].first; k < end; ++k) tried_[k] += part * (goal - tried_[k]);
      }
      if (log_likelihood(tried_) > now) return std::swap(failed_, tried_);
    }
  }

  const InnermostIntervals& in_;
  double n_;
  std::size_t last_;
  std::span<double> failed_, tried_, slope_, curvature_;
  std::span<Block> block_;
};

}  // namespace

TurnbullCurve turnbull(const EventIntervals& data, Arena& arena) {
  TurnbullCurve curve{innermost_intervals(data, arena), {}, {}, Status::ok};
  const std::size_t count = curve.innermost.interval.size();
  const std::span<double> mass = arena.take<double>(count), survival = arena.take<double>(count + 1, 0.0);
  curve.mass = mass, curve.survival = survival;
  if (count == 0) {
    curve.status = Status::empty_group;
    return curve;
  }
  const Arena::Scope scope(arena);
  Maximizer maximizer(curve.innermost, arena);
  curve.status = maximizer.maximize();
  for (std::size_t j = 0; j < count; ++j) mass[j] = maximizer.mass(j);
  for (std::size_t j = count; j-- > 0;) survival[j] = std::min(survival[j + 1] + mass[j], 1.0);
  return curve;
}

Estimate survival_at(const TurnbullCurve& curve, double time) {
  Estimate e{.status = curve.status};
  if (e.status != Status::ok) return e;
  const auto& [left, right] = curve.innermost.interval;
  const auto j = static_cast<std::size_t>(std::ranges::upper_bound(right, time) - right.begin());
  e.estimate = curve.survival[j];
  if (j == right.size() || time <= left[j] || curve.mass[j] == 0) return e;
  if (std::isinf(right[j])) return Estimate{.status = Status::not_reached};
  e.estimate -= curve.mass[j] * (time - left[j]) / (right[j] - left[j]);
  return e;
}

Estimate survival_quantile(const TurnbullCurve& curve, double probability) {
  Estimate e{.status = curve.status};
  if (e.status != Status::ok) return e;
  const double tolerance = std::sqrt(std::numeric_limits<double>::epsilon()), level = 1 - probability;
  const auto& [left, right] = curve.innermost.interval;
  std::size_t j = 0;
  while (curve.survival[j + 1] > level + tolerance) ++j;
  if (std::isinf(right[j])) return Estimate{.status = Status::not_reached};
  if (curve.survival[j + 1] < level - tolerance) {
    e.estimate = left[j] + (curve.survival[j] - level) / curve.mass[j] * (right[j] - left[j]);
    return e;
  }
  std::size_t next = j + 1;
  while (next < left.size() && curve.survival[next + 1] >= level - tolerance) ++next;
  e.estimate = next < left.size() ? (right[j] + left[next]) / 2 : right[j];
  return e;
}

}  // namespace oligosim
