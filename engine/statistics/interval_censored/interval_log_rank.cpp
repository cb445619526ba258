#include "engine/statistics/interval_censored/interval_log_rank.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/interval_censored/turnbull.hpp"
#include "engine/statistics/quadratic_form.hpp"

namespace oligosim {
namespace {

/// The scores of patients on the curve of all of them.
std::span<const double> sun_scores(const TurnbullCurve& curve, Arena& arena) {
  const std::span<double> hazard = arena.take<double>(curve.survival.size());
  hazard[0] = 0;
  for (std::size_t j = 0; j < curve.mass.size(); ++j)
    hazard[j + 1] = hazard[j] + (curve.mass[j] > 0 ? curve.mass[j] / curve.survival[j] : 0);
  const std::span<double> score = arena.take<double>(curve.innermost.first.size());
  for (std::size_t i = 0; i < score.size(); ++i) {
    const std::uint32_t left = curve.innermost.first[i], right = curve.innermost.last[i] + 1;
    const double at_left = curve.survival[left], at_right = curve.survival[right];
    score[i] = (at_right * hazard[right] - at_left * hazard[left]) / (at_left - at_right);
  }
  return score;
}

/// Sums of scores by group, less what chance gives each, with their covariance over all ways to deal the scores out.
struct GroupSums {
  std::span<double> difference, variance;  // groups; groups x groups

  void add(std::span<const double> score, std::span<const std::uint8_t> group, Arena& arena) const {
    const std::size_t groups = difference.size();
    const auto n = static_cast<double>(score.size());
    if (score.size() < 2) return;
    const std::span<double> size = arena.take<double>(groups, 0.0);
    double mean = 0, squares = 0;
    for (const double s : score) mean += s / n;
    for (std::size_t i = 0; i < score.size(); ++i) {
      size[group[i]] += 1;
      difference[group[i]] += score[i] - mean;
      squares += (score[i] - mean) * (score[i] - mean);
    }
    for (std::size_t g = 0; g < groups; ++g)
      for (std::size_t h = 0; h < groups; ++h)
        variance[g * groups + h] += squares / (n - 1) * size[g] * ((g == h ? 1.0 : 0.0) - size[h] / n);
  }

  /// Over all groups with a variance but the first of them.
  Estimate test(Arena& arena) const {
    const std::size_t groups = difference.size();
    const std::span<std::size_t> used = arena.take<std::size_t>(groups);
    std::size_t count = 0;
    double largest = 0;
    for (std::size_t g = 0; g < groups; ++g) largest = std::max(largest, variance[g * groups + g]);
    for (std::size_t g = 0; g < groups; ++g)
      if (variance[g * groups + g] > 1e-12 * largest) used[count++] = g;
    Estimate e;
    if (count < 2) {
      e.status = Status::no_events;
      return e;
    }
    const std::size_t df = count - 1;
    const std::span<double> matrix = arena.take<double>(df * df), own = arena.take<double>(df),
                            scale = arena.take<double>(df);
    for (std::size_t i = 0; i < df; ++i) {
      own[i] = difference[used[i + 1]];
      for (std::size_t j = 0; j < df; ++j) matrix[i * df + j] = variance[used[i + 1] * groups + used[j + 1]];
      scale[i] = matrix[i * df + i];
    }
    e.statistic = quadratic_form(matrix, own, scale, 1e-12, arena);
    if (std::isnan(e.statistic)) {
      e.status = Status::singular;
      return e;
    }
    e.df = static_cast<double>(df);
    e.p_value = chi_square_upper_tail(e.statistic, e.df);
    if (groups == 2) e.signed_statistic = -difference[1] / std::sqrt(variance[3]);
    return e;
  }
};

}  // namespace

Estimate interval_log_rank_test(const EventIntervals& data, const Grouping& grouping, Arena& arena) {
  const Arena::Scope scope(arena);
  Estimate nothing{.n = static_cast<double>(data.size()), .n_events = 0};
  for (const double right : data.right) nothing.n_events += std::isfinite(right);
  const auto several = [&](std::uint8_t group) { return group != grouping.group.front(); };
  if (data.size() == 0 || std::ranges::none_of(grouping.group, several)) {
    nothing.status = Status::empty_group;
    return nothing;
  }
  const GroupSums sums{arena.take<double>(grouping.groups, 0.0),
                       arena.take<double>(grouping.groups * grouping.groups, 0.0)};
  const StratumOrder order = order_by_stratum(data.size(), grouping.stratum, grouping.strata, arena);
  std::size_t begin = 0;
  for (const std::uint32_t end : order.end) {
    const Arena::Scope of_stratum(arena);
    const std::size_t n = end - begin;
    const std::span<double> left = arena.take<double>(n), right = arena.take<double>(n);
    const std::span<std::uint8_t> group = arena.take<std::uint8_t>(n);
    for (std::size_t k = 0; k < n; ++k) {
      const std::uint32_t i = order.position[begin + k];
      left[k] = data.left[i], right[k] = data.right[i], group[k] = grouping.group[i];
    }
    begin = end;
    if (n == 0) continue;
    const TurnbullCurve curve = turnbull({left, right}, arena);
    if (curve.status != Status::ok) {
      nothing.status = curve.status;
      return nothing;
    }
    sums.add(sun_scores(curve, arena), group, arena);
  }
  Estimate e = sums.test(arena);
  e.n = nothing.n, e.n_events = nothing.n_events;
  return e;
}

}  // namespace oligosim
