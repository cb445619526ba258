#include "engine/statistics/switching/weight_spells.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/numeric/ascending_rows.hpp"
#include "engine/statistics/survival/near_ties.hpp"

namespace oligosim {
namespace {

StepHazard thinned(const StepHazard& hazard, std::size_t most, Arena& arena) {
  const std::size_t steps = hazard.time.size();
  if (steps <= most) return hazard;
  const std::span<double> time = arena.take<double>(most), sum = arena.take<double>(most);
  for (std::size_t k = 0; k < most; ++k) {
    const std::size_t first = k * steps / most, last = (k + 1) * steps / most - 1;
    time[k] = hazard.time[std::midpoint(first, last)], sum[k] = hazard.hazard[last];
  }
  return {time, sum};
}

/// A sum to which much is added that leaves it again (Neumaier 1974).
class CompensatedSum {
 public:
  void add(double x) {
    const double next = sum_ + x;
    lost_ += std::abs(sum_) >= std::abs(x) ? (sum_ - next) + x : (x - next) + sum_;
    sum_ = next;
  }
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

/// Of each patient, how many steps of his group's hazard come while he is at risk.
std::span<const std::size_t> steps_at_risk(const ChangingPatients& patients, const std::array<StepHazard, 2>& changes,
                                           Arena& arena) {
  const std::span<std::size_t> steps = arena.take<std::size_t>(patients.time.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto before_end = [&](double since) { return patients.eligible[i] + since < patients.time[i]; };
    const std::span<const double> time = changes[patients.group[i]].time;
    steps[i] = static_cast<std::size_t>(std::ranges::partition_point(time, before_end) - time.begin());
  }
  return steps;
}

/// The ends of follow-up and, of each patient in turn, the times at which the weight changes; where times of a file are
/// joined, so are these with them.
std::span<double> times_and_changes(const ChangingPatients& patients, const std::array<StepHazard, 2>& changes,
                                    std::span<const std::size_t> steps, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<double> all = arena.take<double>(std::accumulate(steps.begin(), steps.end(), n));
  std::ranges::copy(patients.time, all.begin());
  for (std::size_t i = 0, next = n; i < n; ++i)
    for (std::size_t k = 0; k < steps[i]; ++k) all[next++] = patients.eligible[i] + changes[patients.group[i]].time[k];
  if (patients.near_ties) join_near_ties(all, arena);
  return all;
}

}  // namespace

WeightSpells weight_spells(const ChangingPatients& patients, const SwitchingWeights& weights, std::size_t most_steps,
                           Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::array<StepHazard, 2> changes{thinned(weights.changes[0], most_steps, arena),
                                          thinned(weights.changes[1], most_steps, arena)};
  const std::span<const std::size_t> steps = steps_at_risk(patients, changes, arena);
  const std::span<const double> times = times_and_changes(patients, changes, steps, arena);
  const std::size_t most = times.size();  // spells: one a patient, and one a change
  WeightSpells all{arena.take<double>(most), arena.take<double>(most), arena.take<double>(most),
                   arena.take<std::uint32_t>(most), arena.take<std::uint8_t>(most)};
  std::size_t spells = 0;
  const auto put = [&](double from, double to, double weight, std::size_t i, std::uint8_t event) {
    all.from[spells] = from, all.to[spells] = to, all.weight[spells] = weight;
    all.patient[spells] = static_cast<std::uint32_t>(i), all.event[spells++] = event;
  };
  for (std::size_t i = 0, next = n; i < n; ++i) {
    double from = -1, weight = 1;
    for (std::size_t k = 0; k < steps[i]; ++k, ++next) {
      const double change = times[next];
      if (change >= times[i]) continue;  // as times were joined: on the day of the end
      if (change > from) put(from, change, weight, i, 0);
      from = change;
      weight = std::exp(changes[patients.group[i]].hazard[k] * weights.risk[i]);
    }
    put(from, times[i], weight, i, patients.event[i]);
  }
  return {all.from.first(spells), all.to.first(spells), all.weight.first(spells), all.patient.first(spells),
          all.event.first(spells)};
}

// From the last time on, so that sums over few are not what is left of sums over many.
std::span<WeightedRiskSet> weighted_risk_sets(const ChangingPatients& patients, const WeightSpells& spells,
                                              Arena& arena) {
  const std::span<const std::uint32_t> starts = ascending_rows(spells.from, {}, arena);
  const std::span<const std::uint32_t> ends = ascending_rows(spells.to, {}, arena);
  const std::span<WeightedRiskSet> sets = arena.take<WeightedRiskSet>(patients.time.size());
  std::array<CompensatedSum, 2> at_risk;
  std::array<std::size_t, 2> patients_at_risk{};
  std::size_t first = sets.size(), start = starts.size();
  const auto group_of = [&](std::uint32_t spell) { return patients.group[spells.patient[spell]]; };
  for (std::size_t e = ends.size(); e > 0;) {
    const double t = spells.to[ends[e - 1]];
    for (; start > 0 && spells.from[starts[start - 1]] >= t; --start) {
      const std::uint32_t spell = starts[start - 1];
      at_risk[group_of(spell)].add(-spells.weight[spell]);
      if (--patients_at_risk[group_of(spell)] == 0) at_risk[group_of(spell)] = {};
    }
    std::array<CompensatedSum, 2> events;
    std::array<std::size_t, 2> patients_with_event{};
    for (; e > 0 && spells.to[ends[e - 1]] == t; --e) {
      const std::uint32_t spell = ends[e - 1];
      at_risk[group_of(spell)].add(spells.weight[spell]);
      ++patients_at_risk[group_of(spell)];
      if (!spells.event[spell]) continue;
      events[group_of(spell)].add(spells.weight[spell]);
      ++patients_with_event[group_of(spell)];
    }
    if (patients_with_event[0] + patients_with_event[1] == 0) continue;
    sets[--first] = {t,
                     {at_risk[0].value(), at_risk[1].value()},
                     {events[0].value(), events[1].value()},
                     {patients_with_event[0] == patients_at_risk[0], patients_with_event[1] == patients_at_risk[1]}};
  }
  return sets.subspan(first);
}

}  // namespace oligosim
