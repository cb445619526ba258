#include "engine/statistics/switching/rank_preserving.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/two_group_log_rank.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = 3.9120230054281464;  // log 50
constexpr double step = 0.05;
constexpr int steps_beyond = 10;
constexpr double tolerance = 1e-11;

/// Whether somebody of each group is on another treatment for some of the time.
using Switches = std::array<bool, 2>;
Switches groups_that_switch(const TreatedTimes& patients) {
  Switches switches{};
  for (std::size_t i = 0; i < patients.time.size(); ++i)
    switches[patients.group[i]] |= patients.treated[i] != (patients.group[i] ? patients.time[i] : 0);
  return switches;
}

struct Times {
  std::span<double> time;
  std::span<std::uint8_t> event;
};

/// The times had a patient's `changed` part of them been worth 1 + `gain` times as much. Where the group switches, they
/// are censored at the shortest time that the follow-up could be worth.
template <class Changed, class Gain>
Times changed_times(const TreatedTimes& patients, const Switches& switches, const Changed& changed, const Gain& gain,
                    Arena& arena) {
  const std::size_t n = patients.time.size();
  const Times out{arena.take<double>(n), arena.take<std::uint8_t>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    const double more = gain(patients.group[i]);
    const double time = patients.time[i] + changed(i) * more;
    double end = infinity;
    if (switches[patients.group[i]] && !patients.follow_up.empty()) {
      const double follow_up = std::max(patients.follow_up[i], patients.time[i]);
      end = follow_up + follow_up * std::min(more, 0.0);
    }
    out.time[i] = std::min(time, end);
    out.event[i] = patients.event[i] && time <= end;
  }
  return out;
}

Estimate test_untreated(const TreatedTimes& patients, const Switches& switches, double log_time_ratio, Arena& arena) {
  const double gain = std::expm1(-log_time_ratio);
  const Times times = changed_times(
      patients, switches, [&](std::size_t i) { return patients.treated[i]; }, [&](std::uint8_t) { return gain; },
      arena);
  const std::size_t n = times.time.size();
  if (!patients.stratum.empty()) {
    const SurvivalTable table = sort_survival(times.time, times.event, arena);
    const Grouping groups{.group = in_table_order<std::uint8_t>(table, patients.group, arena),
                          .groups = 2,
                          .stratum = in_table_order<std::uint16_t>(table, patients.stratum, arena),
                          .strata = patients.strata};
    return log_rank_test(table, groups, {}, {}, arena);
  }
  const std::span<std::int32_t> code = arena.take<std::int32_t>(n);
  for (std::size_t i = 0; i < n; ++i) code[i] = TwoGroups::code_of(patients.group[i], times.event[i]);
  const double latest = n == 0 ? 0 : std::ranges::max(times.time);
  return log_rank_test(TwoGroups{times.time, code, latest}, arena);
}

/// Where a function that falls, between two points on either side of zero, crosses it: the end before it, where it is
/// still above.
template <class F>
double narrowed(const F& f, double a, double b) {
  double low = std::min(a, b), high = std::max(a, b);
  while (high - low > tolerance) {
    const double middle = std::midpoint(low, high);
    (f(middle) > 0 ? low : high) = middle;
  }
  return low;
}

/// From 0 in steps towards zero, the first place where a function that falls crosses it; missing: none up to the
/// largest ratio, or to where the function is no number any more.
template <class F>
double first_crossing(const F& f) {
  const double first = f(0);
  if (first == 0) return 0;
  const double direction = first > 0 ? step : -step;
  for (int k = 0;; ++k) {
    const double next = direction * (k + 1), value = f(next);
    if (std::abs(next) > largest || std::isnan(value)) return missing;
    if ((value > 0) != (first > 0)) return narrowed(f, direction * k, next);
  }
}

/// From x0 in steps in a direction (1 or -1), the last place where such a function crosses zero before it is beyond for
/// ten steps, or to the last at which it is a number; infinite where it is not beyond then.
template <class F>
double last_crossing(const F& f, double x0, double direction) {
  const auto is_beyond = [&](double value) { return direction > 0 ? value <= 0 : value >= 0; };
  int within = 0;  // the last step that is not beyond
  for (int k = 1; k - within <= steps_beyond; ++k) {
    const double x = x0 + direction * step * k, value = f(x);
    if (std::isnan(value) || std::abs(x) > largest) {
      if (k - within == 1) return direction * infinity;
      break;
    }
    if (!is_beyond(value)) within = k;
  }
  return narrowed(f, x0 + direction * step * within, x0 + direction * step * (within + 1));
}

}  // namespace

Estimate test_untreated(const TreatedTimes& patients, double log_time_ratio, Arena& arena) {
  return test_untreated(patients, groups_that_switch(patients), log_time_ratio, arena);
}

RankPreservingFit rank_preserving(const TreatedTimes& patients, double confidence, Arena& arena) {
  RankPreservingFit fit;
  const Switches switches = groups_that_switch(patients);
  fit.test = test_untreated(patients, switches, 0, arena);
  fit.status = fit.test.status;
  if (fit.status != Status::ok) return fit;
  // Positive where the second group lives longer than the ratio accounts for: it falls with the ratio.
  const auto z_less = [&](double target) {
    return [&patients, &switches, &arena, target](double log_time_ratio) {
      const Arena::Scope scope(arena);
      return test_untreated(patients, switches, log_time_ratio, arena).signed_statistic - target;
    };
  };
  fit.log_time_ratio = first_crossing(z_less(0));
  if (std::isnan(fit.log_time_ratio)) {
    fit.status = Status::not_reached;
    return fit;
  }
  const double z = normal_quantile(0.5 + confidence / 2);
  fit.lower = last_crossing(z_less(z), fit.log_time_ratio, -1);
  fit.upper = last_crossing(z_less(-z), fit.log_time_ratio, 1);
  if (std::abs(fit.test.signed_statistic) < z) {  // the ratio 1 may lie between two steps
    fit.lower = std::min(fit.lower, 0.0);
    fit.upper = std::max(fit.upper, 0.0);
  }
  return fit;
}

SurvivalTable without_switching(const TreatedTimes& patients, double log_time_ratio, Arena& arena) {
  const double less = std::expm1(-log_time_ratio), more = std::expm1(log_time_ratio);
  const auto changed = [&](std::size_t i) {
    return patients.group[i] ? patients.time[i] - patients.treated[i] : patients.treated[i];
  };
  const Times times = changed_times(
      patients, groups_that_switch(patients), changed, [&](std::uint8_t group) { return group ? more : less; }, arena);
  return sort_survival(times.time, times.event, arena);
}

}  // namespace oligosim
