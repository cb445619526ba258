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
std::array<bool, 2> groups_that_switch(const TreatedTimes& patients) {
  std::array<bool, 2> switches{};
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
Times changed_times(const TreatedTimes& patients, const Changed& changed, const Gain& gain, Arena& arena) {
  const std::size_t n = patients.time.size();
  const Times out{arena.take<double>(n), arena.take<std::uint8_t>(n)};
  const std::array<bool, 2> switches = groups_that_switch(patients);
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

Times untreated(const TreatedTimes& patients, double log_time_ratio, Arena& arena) {
  const double gain = std::expm1(-log_time_ratio);
  return changed_times(
      patients, [&](std::size_t i) { return patients.treated[i]; }, [&](std::uint8_t) { return gain; }, arena);
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

/// From x0 in steps towards zero, to the first place where a function that falls crosses it. `otherwise`: none up to
/// the largest ratio, or where the function is no number any more.
template <class F>
double first_crossing(const F& f, double x0, double otherwise) {
  const double first = f(x0);
  if (first == 0) return x0;
  const double direction = first > 0 ? step : -step;
  for (int k = 0;; ++k) {
    const double next = x0 + direction * (k + 1), value = f(next);
    if (std::abs(next) > largest || std::isnan(value)) return otherwise;
    if ((value > 0) != (first > 0)) return narrowed(f, x0 + direction * k, next);
  }
}

/// From x0 in steps in a direction, the last place where such a function crosses zero before it is beyond for ten
/// steps.
template <class F>
double last_crossing(const F& f, double x0, double direction, double otherwise) {
  const auto is_beyond = [&](double value) { return direction > 0 ? value <= 0 : value >= 0; };
  int within = 0;  // the last step that is not beyond
  for (int k = 1; k - within <= steps_beyond; ++k) {
    const double x = x0 + direction * step * k, value = f(x);
    if (std::isnan(value)) return otherwise;
    if (std::abs(x) > largest) {
      if (k - within == 1) return otherwise;
      break;
    }
    if (!is_beyond(value)) within = k;
  }
  return narrowed(f, x0 + direction * step * within, x0 + direction * step * (within + 1));
}

}  // namespace

Estimate test_untreated(const TreatedTimes& patients, double log_time_ratio, Arena& arena) {
  const Times times = untreated(patients, log_time_ratio, arena);
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

RankPreservingFit rank_preserving(const TreatedTimes& patients, double confidence, Arena& arena) {
  RankPreservingFit fit;
  fit.test = test_untreated(patients, 0, arena);
  fit.status = fit.test.status;
  if (fit.status != Status::ok) return fit;
  // Positive where the second group lives longer than the ratio accounts for: it falls with the ratio.
  const auto z_less = [&](double target) {
    return [&patients, &arena, target](double log_time_ratio) {
      const Arena::Scope scope(arena);
      return test_untreated(patients, log_time_ratio, arena).signed_statistic - target;
    };
  };
  fit.log_time_ratio = first_crossing(z_less(0), 0, missing);
  if (std::isnan(fit.log_time_ratio)) {
    fit.status = Status::not_reached;
    return fit;
  }
  const double z = normal_quantile(0.5 + confidence / 2);
  fit.lower = last_crossing(z_less(z), fit.log_time_ratio, -1, -infinity);
  fit.upper = last_crossing(z_less(-z), fit.log_time_ratio, 1, infinity);
  return fit;
}

SurvivalTable without_switching(const TreatedTimes& patients, double log_time_ratio, Arena& arena) {
  const double less = std::expm1(-log_time_ratio), more = std::expm1(log_time_ratio);
  const auto changed = [&](std::size_t i) {
    return patients.group[i] ? patients.time[i] - patients.treated[i] : patients.treated[i];
  };
  const Times times = changed_times(
      patients, changed, [&](std::uint8_t group) { return group ? more : less; }, arena);
  return sort_survival(times.time, times.event, arena);
}

}  // namespace oligosim
