#include "engine/statistics/interval_censored/turnbull.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/cholesky.hpp"

namespace oligosim {
namespace {

constexpr int most_steps = 200;
constexpr double close_to_maximum = 1e-10;  // one step more squares what is left
constexpr double near_maximum = 1e-6;       // in vain, what rounding allows is taken
constexpr double ridge = 1e-11;             // of the curvature, where several distributions are as likely

/// Maximizes sum over patients of log f_i - n sum of masses, f_i the mass of the innermost intervals within that of the
/// patient; at the maximum the masses add up to 1, and the slope of the first sum is n where there is mass, and
/// nowhere more.
class Maximizer {
 public:
  Maximizer(const InnermostIntervals& in, Arena& arena)
      : in_(in),
        arena_(arena),
        n_(static_cast<double>(in.first.size())),
        mass_(arena.take<double>(in.interval.size(), 0.0)),
        tried_(arena.take<double>(mass_.size())),
        slope_(arena.take<double>(mass_.size() + 1)),
        sum_(arena.take<double>(mass_.size() + 1)),
        likelihood_(arena.take<double>(in.first.size())),
        active_(arena.take<std::uint32_t>(mass_.size())),
        before_(arena.take<std::uint32_t>(mass_.size() + 1)) {}

  Status maximize() {
    start();
    double now = objective(mass_);
    bool last = false;
    for (int step = 0; step < most_steps; ++step) {
      find_slopes();
      const double excess = *std::max_element(slope_.begin(), slope_.end() - 1) / n_ - 1;
      if (last) return Status::ok;
      last = excess <= close_to_maximum;
      const Arena::Scope scope(arena_);
      now = move(now);
      if (step + 1 == most_steps) return excess <= near_maximum ? Status::ok : Status::did_not_converge;
    }
    return Status::did_not_converge;
  }

  std::span<const double> mass() const { return mass_; }

 private:
  /// The same mass on each of few innermost intervals of which every patient's interval holds one: patients by their
  /// right ends, the last innermost interval of each that holds none yet.
  void start() {
    const Arena::Scope scope(arena_);
    constexpr auto none = std::numeric_limits<std::uint32_t>::max();
    const std::span<std::uint32_t> latest_first = arena_.take<std::uint32_t>(mass_.size(), none);  // by last
    for (std::size_t i = 0; i < in_.first.size(); ++i) {
      std::uint32_t& latest = latest_first[in_.last[i]];
      latest = latest == none ? in_.first[i] : std::max(latest, in_.first[i]);
    }
    std::size_t chosen = 0, count = 0;  // one after the last chosen
    for (std::size_t j = 0; j < mass_.size(); ++j)
      if (latest_first[j] != none && latest_first[j] >= chosen) chosen = j + 1, mass_[j] = 1, ++count;
    for (double& m : mass_) m /= static_cast<double>(count);
  }

  double objective(std::span<const double> mass) {
    sum_[0] = 0;
    for (std::size_t j = 0; j < mass.size(); ++j) sum_[j + 1] = sum_[j] + mass[j];
    double logs = 0;
    for (std::size_t i = 0; i < likelihood_.size(); ++i) {
      likelihood_[i] = sum_[in_.last[i] + 1] - sum_[in_.first[i]];
      logs += std::log(likelihood_[i]);
    }
    return logs - n_ * sum_.back();
  }

  void find_slopes() {
    std::ranges::fill(slope_, 0.0);
    for (std::size_t i = 0; i < likelihood_.size(); ++i) {
      slope_[in_.first[i]] += 1 / likelihood_[i];
      slope_[in_.last[i] + 1] -= 1 / likelihood_[i];
    }
    for (std::size_t j = 1; j < slope_.size(); ++j) slope_[j] += slope_[j - 1];
  }

  /// One step from the masses there are; the objective after it.
  double move(double before) {
    activate();
    const std::span<const double> goal = best_of_curvature();
    for (double part = 1; part > 1e-12; part /= 2) {
      std::ranges::copy(mass_, tried_.begin());
      double total = 0;
      for (std::size_t a = 0; a < count_; ++a) {
        double& m = tried_[active_[a]];
        m = part == 1 ? goal[a] : m + part * (goal[a] - m);
        total += m;
      }
      for (std::size_t a = 0; a < count_; ++a) tried_[active_[a]] /= total;
      const double now = objective(tried_);
      if (!(now >= before - 1e-14 * std::abs(before))) continue;
      std::swap(mass_, tried_);
      return now;
    }
    return objective(mass_);
  }

  /// Those with mass, and of each stretch between them the one whose slope is steepest, if it is above n.
  void activate() {
    count_ = 0;
    std::size_t steepest = mass_.size();
    const auto close_stretch = [&] {
      if (steepest < mass_.size() && slope_[steepest] > n_) active_[count_++] = static_cast<std::uint32_t>(steepest);
      steepest = mass_.size();
    };
    for (std::size_t j = 0; j < mass_.size(); ++j) {
      if (mass_[j] > 0) {
        close_stretch();
        active_[count_++] = static_cast<std::uint32_t>(j);
      } else if (steepest == mass_.size() || slope_[j] > slope_[steepest]) {
        steepest = j;
      }
    }
    close_stretch();
  }

  /// The negative second derivatives by active masses: of two, the sum of 1 / f^2 over the patients whose intervals
  /// hold both.
  std::span<const double> curvature() {
    const std::size_t k = count_;
    const std::span<double> both = arena_.take<double>(k * k, 0.0);
    std::uint32_t active = 0;
    for (std::uint32_t j = 0; j < mass_.size(); ++j) {
      before_[j] = active;
      active += active < k && active_[active] == j;
    }
    before_[mass_.size()] = active;
    for (std::size_t i = 0; i < likelihood_.size(); ++i) {  // the first and the last that each one's interval holds
      const std::size_t first = before_[in_.first[i]], last = before_[in_.last[i] + 1] - 1;
      both[last * k + first] += 1 / (likelihood_[i] * likelihood_[i]);
    }
    for (std::size_t row = k; row-- > 0;)
      for (std::size_t column = 0; column <= row; ++column) {
        double& sum = both[row * k + column];
        if (row + 1 < k) sum += both[(row + 1) * k + column];
      }
    for (std::size_t row = 0; row < k; ++row)
      for (std::size_t column = 1; column <= row; ++column) both[row * k + column] += both[row * k + column - 1];
    return both;
  }

  /// Active masses, none below zero, that the curvature here makes better than those there are: the best where none
  /// would go below zero; else on the way to it to where the first is zero, from there on without that one.
  std::span<const double> best_of_curvature() {
    const std::size_t k = count_;
    const std::span<const double> both = curvature();
    const std::span<double> x = arena_.take<double>(k), factor = arena_.take<double>(k * k),
                            goal = arena_.take<double>(k);
    const std::span<std::uint32_t> free = arena_.take<std::uint32_t>(k);
    std::size_t left = k;
    for (std::uint32_t a = 0; a < k; ++a) x[a] = mass_[active_[a]], free[a] = a;
    while (left > 0) {
      for (std::size_t r = 0; r < left; ++r) {
        for (std::size_t c = 0; c <= r; ++c) factor[r * left + c] = both[free[r] * k + free[c]];
        const double added = ridge * factor[r * left + r];
        factor[r * left + r] += added;
        goal[r] = 2 * slope_[active_[free[r]]] - n_ + added * mass_[active_[free[r]]];
      }
      if (!cholesky(factor.first(left * left), left, 0)) break;
      cholesky_solve(factor.first(left * left), goal.first(left));
      double part = 1;
      for (std::size_t r = 0; r < left; ++r)
        if (goal[r] <= 0) part = std::min(part, x[free[r]] / (x[free[r]] - goal[r]));
      std::size_t kept = 0;
      for (std::size_t r = 0; r < left; ++r) {
        double& own = x[free[r]];
        const bool ends = goal[r] <= 0 && own <= part * (own - goal[r]);
        own = ends ? 0 : part == 1 ? goal[r] : own + part * (goal[r] - own);
        if (!ends) free[kept++] = free[r];
      }
      if (kept == left) break;
      left = kept;
    }
    return x;
  }

  const InnermostIntervals& in_;
  Arena& arena_;
  double n_;
  std::span<double> mass_, tried_;
  std::span<double> slope_;  // of the sum of logarithms, by each mass
  std::span<double> sum_, likelihood_;
  std::span<std::uint32_t> active_, before_;  // before_[j]: active ones before j
  std::size_t count_ = 0;                     // of the active ones
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
  std::ranges::copy(maximizer.mass(), mass.begin());
  for (std::size_t j = count; j-- > 0;) survival[j] = survival[j + 1] + mass[j];
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
  while (curve.survival[next + 1] >= level - tolerance) ++next;
  e.estimate = (right[j] + left[next]) / 2;
  return e;
}

}  // namespace oligosim
