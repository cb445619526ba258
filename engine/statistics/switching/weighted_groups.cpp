#include "engine/statistics/switching/weighted_groups.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/switching/weight_spells.hpp"

namespace oligosim {
namespace {

constexpr std::size_t fewest_steps = 50;
constexpr double smallest_error = 1e-10;  // below it residuals are rounding

/// A time with events, and what stabilizes weights then.
struct AtTime : WeightedRiskSet {
  std::array<double, 2> factor{1, 1};
};

std::span<AtTime> times_with_events(const ChangingPatients& patients, const WeightSpells& spells, Arena& arena) {
  const std::span<const WeightedRiskSet> sets = weighted_risk_sets(patients, spells, arena);
  const std::span<AtTime> times = arena.take<AtTime>(sets.size());
  for (std::size_t k = 0; k < sets.size(); ++k) times[k] = {sets[k]};
  return times;
}

void stabilize(std::span<AtTime> times, const SwitchingWeights& weights) {
  for (AtTime& now : times)
    for (std::size_t g = 0; g < 2; ++g) {
      now.factor[g] = std::exp(-weights.marginal[g].before(now.time));
      now.at_risk[g] *= now.factor[g];
      now.events[g] *= now.factor[g];
    }
}

struct Score {
  double value = 0, information = 0;
};

Score score_at(std::span<const AtTime> times, double b) {
  Score score;
  for (const AtTime& now : times) {
    const double all = now.events[0] + now.events[1], second = now.at_risk[1] * std::exp(b);
    const double share = second / (now.at_risk[0] + second);
    score.value += now.events[1] - all * share;
    score.information += all * share * (1 - share);
  }
  return score;
}

/// The zero of the score, which falls; the events compared are of both groups.
double log_hazard_ratio_of(std::span<const AtTime> times) {
  double b = 0, low = -50, high = 50;
  for (int k = 0; k < 200; ++k) {
    const Score score = score_at(times, b);
    (score.value > 0 ? low : high) = b;
    double next = b + score.value / score.information;
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::abs(next - b) <= 1e-14 * std::max(1.0, std::abs(b))) return next;
    b = next;
  }
  return missing;
}

/// Sum of the squared residuals of patients over the information. What patients at risk are expected to have adds up
/// over time: of each group as far as a time is what a spell reads.
double robust_error(const ChangingPatients& patients, const WeightSpells& spells, std::span<const AtTime> times,
                    double b, Arena& arena) {
  const std::span<double> residual = arena.take<double>(patients.time.size(), 0.0);
  std::array<std::span<double>, 2> expected{arena.take<double>(times.size() + 1), arena.take<double>(times.size() + 1)};
  const std::span<double> share = arena.take<double>(times.size());
  expected[0][0] = expected[1][0] = 0;
  for (std::size_t k = 0; k < times.size(); ++k) {
    const AtTime& now = times[k];
    const double second = now.at_risk[1] * std::exp(b), all = now.at_risk[0] + second;
    const double hazard = (now.events[0] + now.events[1]) / all;
    share[k] = second / all;
    expected[0][k + 1] = expected[0][k] - share[k] * hazard * now.factor[0];
    expected[1][k + 1] = expected[1][k] + (1 - share[k]) * hazard * std::exp(b) * now.factor[1];
  }
  const auto times_until = [&](double t) {
    const auto next = std::ranges::upper_bound(times, t, {}, &AtTime::time);
    return static_cast<std::size_t>(next - times.begin());
  };
  for (std::size_t s = 0; s < spells.to.size(); ++s) {
    const std::uint32_t i = spells.patient[s];
    const std::uint8_t group = patients.group[i];
    const std::size_t last = times_until(spells.to[s]);
    residual[i] -= spells.weight[s] * (expected[group][last] - expected[group][times_until(spells.from[s])]);
    if (spells.event[s]) residual[i] += spells.weight[s] * times[last - 1].factor[group] * (group - share[last - 1]);
  }
  double squares = 0;
  for (const double r : residual) squares += r * r;
  return std::sqrt(squares) / score_at(times, b).information;
}

/// With a step of no event where the first patient leaves, as curves of R's survfit have one: up to it survival is 1.
KaplanMeierCurve<> curve_of(std::span<const AtTime> times, std::uint8_t group, const ChangingPatients& patients,
                            Arena& arena) {
  KaplanMeierCurve<> curve;
  for (std::size_t i = 0; i < patients.time.size(); ++i) {
    if (patients.group[i] != group) continue;
    curve.first_time = curve.n == 0 ? patients.time[i] : std::min(curve.first_time, patients.time[i]);
    curve.last_time = std::max(curve.last_time, patients.time[i]);
    curve.n += 1, curve.n_events += patients.event[i];
  }
  const std::size_t most = times.size() + 1;
  const std::span<double> time = arena.take<double>(most), at_risk = arena.take<double>(most),
                          events = arena.take<double>(most), survival = arena.take<double>(most);
  time[0] = curve.first_time, at_risk[0] = curve.n, events[0] = 0, survival[0] = 1;
  std::size_t count = curve.n > 0 ? 1 : 0;
  for (const AtTime& now : times) {
    if (now.events[group] == 0) continue;
    const double before = survival[count - 1];
    if (now.time <= curve.first_time) curve.first_time = now.time, count = 0;
    time[count] = now.time, at_risk[count] = now.at_risk[group], events[count] = now.events[group];
    survival[count++] = now.last[group] ? 0 : before * (1 - now.events[group] / now.at_risk[group]);
  }
  curve.time = time.first(count), curve.at_risk = at_risk.first(count), curve.events = events.first(count);
  curve.survival = survival.first(count), curve.log_variance = arena.take<double>(count, 0.0);
  return curve;
}

/// Whether there is a hazard ratio.
Status status_of(std::span<const AtTime> times) {
  std::array<double, 2> compared{};  // events while the other group is at risk
  for (const AtTime& now : times)
    for (std::size_t g = 0; g < 2; ++g)
      if (now.at_risk[1 - g] > 0) compared[g] += now.events[g];
  if (compared[0] > 0 && compared[1] > 0) return Status::ok;
  return compared[0] + compared[1] == 0 ? Status::no_events : Status::separation;
}

/// Of who is at risk at an event, what stabilizes being largest at the first such time of a spell; missing without
/// events.
double largest_weight_of(const ChangingPatients& patients, const WeightSpells& spells, std::span<const AtTime> times) {
  double largest = times.empty() ? missing : 0;
  for (std::size_t s = 0; s < spells.to.size(); ++s) {
    const auto first = std::ranges::upper_bound(times, spells.from[s], {}, &AtTime::time);
    if (first == times.end() || first->time > spells.to[s]) continue;
    largest = std::max(largest, spells.weight[s] * first->factor[patients.group[spells.patient[s]]]);
  }
  return largest;
}

}  // namespace

WeightedGroups weighted_groups(const ChangingPatients& patients, const SwitchingWeights& weights, bool stabilized,
                               Arena& arena, std::size_t most_rows) {
  WeightedGroups result;
  const std::size_t n = std::max<std::size_t>(patients.time.size(), 1);
  WeightSpells spells{};
  if (weights.status == Status::ok)
    spells = weight_spells(patients, weights, std::max(most_rows / n, fewest_steps), arena);
  // A model of changes without a maximum, as far as numbers go.
  const bool finite = std::ranges::all_of(spells.weight, [](double weight) { return std::isfinite(weight); });
  result.status = result.weights = finite ? weights.status : Status::separation;
  const bool known = result.weights == Status::ok;
  const std::span<AtTime> times = known ? times_with_events(patients, spells, arena) : std::span<AtTime>{};
  for (const std::uint8_t group : {std::uint8_t{0}, std::uint8_t{1}}) {
    result.curve[group] = curve_of(times, group, patients, arena);
    if (known && result.curve[group].n == 0) result.status = Status::empty_group;
  }
  if (!known) return result;
  if (stabilized) stabilize(times, weights);
  result.largest_weight = largest_weight_of(patients, spells, times);
  if (result.status == Status::ok) result.status = status_of(times);
  if (result.status != Status::ok) return result;
  result.log_hazard_ratio = log_hazard_ratio_of(times);
  if (std::isnan(result.log_hazard_ratio)) {
    result.status = Status::did_not_converge;
    return result;
  }
  result.standard_error = robust_error(patients, spells, times, result.log_hazard_ratio, arena);
  if (!(result.standard_error > smallest_error)) result.status = Status::singular;
  return result;
}

}  // namespace oligosim
