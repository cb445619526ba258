#include "engine/statistics/log_rank.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/cholesky.hpp"
#include "engine/statistics/normal.hpp"
#include "engine/statistics/risk_table.hpp"

namespace oligosim {

namespace {

double total(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

double family_weight(FlemingHarrington family, double survival) {
  double weight = 1.0;
  if (family.rho != 0.0) weight *= std::pow(survival, family.rho);
  if (family.gamma != 0.0) weight *= std::pow(1.0 - survival, family.gamma);
  return weight;
}

struct MutableSums {
  std::span<double> observed, expected, variance;
};

// One event time: n at risk and d events in all, the latter hypergeometric over the groups given both. `Groups` is
// their number where it is known beforehand (two: the usual test, unrolled), else 0.
template <std::size_t Groups>
void add(const MutableSums& sums, const double* at_risk, const double* events, double weight, double n, double d) {
  const std::size_t groups = Groups != 0 ? Groups : sums.observed.size();
  const double share = d / n;
  const double spread = n > 1.0 ? weight * weight * share * (n - d) / ((n - 1.0) * n) : 0.0;
  for (std::size_t g = 0; g < groups; ++g) {
    sums.observed[g] += weight * events[g];
    sums.expected[g] += weight * share * at_risk[g];
    for (std::size_t h = 0; h < groups; ++h) {
      sums.variance[g * groups + h] += spread * at_risk[g] * (h == g ? n - at_risk[g] : -at_risk[h]);
    }
  }
}

template <std::size_t Groups>
void sum_over(const RiskTable& risk, FlemingHarrington family, const MutableSums& sums) {
  const std::size_t groups = Groups != 0 ? Groups : risk.groups;
  std::size_t row = 0;
  for (const std::uint32_t end : risk.end) {
    double survival = 1.0;  // pooled, just before the event time
    for (; row < end; ++row) {
      const double* at_risk = &risk.at_risk[row * groups];
      const double* events = &risk.events[row * groups];
      const double n = total({at_risk, groups}), d = total({events, groups});
      add<Groups>(sums, at_risk, events, family_weight(family, survival), n, d);
      survival *= (n - d) / n;
    }
  }
}

// The groups ever at risk at an event time, as survdiff: a group without patients, or censored before the first
// event, takes no part.
std::span<const std::size_t> groups_in_test(std::span<const double> expected, Arena& arena) {
  const std::span<std::size_t> used = arena.take<std::size_t>(expected.size());
  std::size_t n = 0;
  for (std::size_t g = 0; g < expected.size(); ++g) {
    if (expected[g] > 0.0) used[n++] = g;
  }
  return used.first(n);
}

// (O - E)' V^- (O - E) over all groups used but the first.
double quadratic_form(const LogRankSums& sums, std::span<const std::size_t> used, Arena& arena) {
  const std::size_t groups = sums.observed.size(), df = used.size() - 1;
  const std::span<double> variance = arena.take<double>(df * df);
  const std::span<double> difference = arena.take<double>(df), solution = arena.take<double>(df);
  double largest = 0.0;
  for (std::size_t i = 0; i < df; ++i) {
    const std::size_t g = used[i + 1];
    difference[i] = solution[i] = sums.observed[g] - sums.expected[g];
    for (std::size_t j = 0; j < df; ++j) variance[i * df + j] = sums.variance[g * groups + used[j + 1]];
    largest = std::max(largest, variance[i * df + i]);
  }
  if (!cholesky(variance, df, 1e-12 * largest)) return missing;
  cholesky_solve(variance, solution);
  double form = 0.0;
  for (std::size_t i = 0; i < df; ++i) form += difference[i] * solution[i];
  return form;
}

std::size_t groups_with_patients(const Grouping& grouping, std::span<const double> weight, Arena& arena) {
  const std::span<std::uint8_t> present = arena.take<std::uint8_t>(grouping.groups, 0);
  for (std::size_t i = 0; i < grouping.group.size(); ++i) {
    if (weight.empty() || weight[i] > 0.0) present[grouping.group[i]] = 1;
  }
  return static_cast<std::size_t>(std::count(present.begin(), present.end(), 1));
}

}  // namespace

LogRankSums log_rank_sums(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                          FlemingHarrington family, Arena& arena) {
  const std::size_t groups = grouping.groups;
  const MutableSums sums{arena.take<double>(groups, 0.0), arena.take<double>(groups, 0.0),
                         arena.take<double>(groups * groups, 0.0)};
  const Arena::Scope scope(arena);
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  const RiskTable risk = risk_table(table, grouping.group, groups, order, weight, arena);
  if (groups == 2) {
    sum_over<2>(risk, family, sums);
  } else {
    sum_over<0>(risk, family, sums);
  }
  return {sums.observed, sums.expected, sums.variance};
}

Estimate log_rank_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                       FlemingHarrington family, Arena& arena) {
  const Arena::Scope scope(arena);
  Estimate result;
  result.n = weight.empty() ? static_cast<double>(table.size()) : total(weight);
  result.n_events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.event[i]) result.n_events += weight.empty() ? 1.0 : weight[i];
  }
  if (groups_with_patients(grouping, weight, arena) < 2) {
    result.status = Status::empty_group;
    return result;
  }
  const LogRankSums sums = log_rank_sums(table, grouping, weight, family, arena);
  const std::span<const std::size_t> used = groups_in_test(sums.expected, arena);
  double variance = 0.0;
  for (std::size_t g = 0; g < grouping.groups; ++g) variance += sums.variance[g * grouping.groups + g];
  if (used.size() < 2 || !(variance > 0.0)) {
    result.status = Status::no_events;
    return result;
  }
  const double chi_square = quadratic_form(sums, used, arena);
  if (std::isnan(chi_square)) {
    result.status = Status::singular;
    return result;
  }
  result.statistic = chi_square;
  result.df = static_cast<double>(used.size() - 1);
  result.p_value = chi_square_upper_tail(result.statistic, result.df);
  if (grouping.groups == 2)
    result.signed_statistic = (sums.expected[1] - sums.observed[1]) / std::sqrt(sums.variance[3]);
  return result;
}

}  // namespace oligosim
