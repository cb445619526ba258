#include "engine/statistics/survival/max_combo.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

namespace {

template <Weight V>
struct MutableLogRanks {
  std::span<const FlemingHarrington> families;
  std::span<V> difference, covariance;

  // One event time with `survival` just before it; lanes without events add 0.
  void add(const V* at_risk, const V* events, const V& survival) {
    const V n = at_risk[0] + at_risk[1], d = events[0] + events[1];
    const V share = d > 0.0 ? d / n : V{};
    const V variance = n > 1.0 ? share * (n - d) / ((n - 1.0) * n) * at_risk[0] * at_risk[1] : V{};
    const V gain = share * at_risk[1] - events[1];
    const std::size_t count = families.size();
    std::array<V, max_normal_dimension> w;
    for (std::size_t a = 0; a < count; ++a) {
      w[a] = each_lane(survival, [f = families[a]](double s) { return weight_at(f, s); });
      difference[a] += w[a] * gain;
      for (std::size_t b = 0; b <= a; ++b) covariance[a * count + b] += w[a] * w[b] * variance;
    }
  }
};

// The standardized log-ranks that have a variance, with their correlation.
struct Standardized {
  std::size_t count = 0;
  std::array<double, max_normal_dimension> z;
  std::array<double, max_normal_dimension * max_normal_dimension> correlation;
};

template <Weight V>
Standardized standardized(const WeightedLogRanks<V>& log_ranks, std::size_t k) {
  const std::size_t families = log_ranks.difference.size();
  const auto covariance = [&](std::size_t a, std::size_t b) {
    return lane(log_ranks.covariance[std::max(a, b) * families + std::min(a, b)], k);
  };
  Standardized s;
  std::array<std::size_t, max_normal_dimension> used;
  for (std::size_t a = 0; a < families; ++a) {
    if (!(covariance(a, a) > 0.0)) continue;
    s.z[s.count] = lane(log_ranks.difference[a], k) / std::sqrt(covariance(a, a));
    used[s.count++] = a;
  }
  for (std::size_t a = 0; a < s.count; ++a) {
    for (std::size_t b = 0; b < s.count; ++b) {
      const double scale = std::sqrt(covariance(used[a], used[a]) * covariance(used[b], used[b]));
      s.correlation[a * s.count + b] = a == b ? 1.0 : covariance(used[a], used[b]) / scale;
    }
  }
  return s;
}

}  // namespace

template <Weight V>
WeightedLogRanks<V> weighted_log_ranks(const SurvivalTable& table, const Grouping& grouping,
                                       std::span<const std::type_identity_t<V>> weight,
                                       std::span<const FlemingHarrington> families, Arena& arena) {
  const std::size_t count = families.size();
  MutableLogRanks<V> sums{families, arena.take<V>(count, V{}), arena.take<V>(count * count, V{})};
  const CaseCounts<V> cases = count_cases<V>(table, grouping.group, 2, weight, arena);
  const Arena::Scope scope(arena);
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  const RiskTableOf<V> risk = risk_table<V>(table, grouping.group, 2, order, weight, arena);
  std::size_t row = 0;
  for (const std::uint32_t end : risk.end) {
    V survival = broadcast<V>(1.0);  // pooled, within the stratum
    for (; row < end; ++row) {
      const V *at_risk = &risk.at_risk[2 * row], *events = &risk.events[2 * row];
      sums.add(at_risk, events, survival);
      const V n = at_risk[0] + at_risk[1], d = events[0] + events[1];
      survival *= d > 0.0 ? (n - d) / n : broadcast<V>(1.0);
    }
  }
  return {sums.difference, sums.covariance, cases};
}

template <Weight V>
Estimate max_combo_test(const WeightedLogRanks<V>& log_ranks, std::size_t k) {
  Estimate e;
  e.n = lane(log_ranks.cases.n, k);
  e.n_events = lane(log_ranks.cases.n_events, k);
  if (log_ranks.cases.groups(k) < 2) {
    e.status = Status::empty_group;
    return e;
  }
  const Standardized s = standardized(log_ranks, k);
  if (s.count == 0) {
    e.status = e.n_events > 0.0 ? Status::singular : Status::no_events;
    return e;
  }
  const std::span<const double> z(s.z.data(), s.count), correlation(s.correlation.data(), s.count * s.count);
  std::array<double, max_normal_dimension> lower, upper;
  const auto probability = [&](double from, double to) {
    lower.fill(from);
    upper.fill(to);
    return multivariate_normal(std::span(lower).first(s.count), std::span(upper).first(s.count), correlation);
  };
  const double best = *std::max_element(z.begin(), z.end()), worst = *std::min_element(z.begin(), z.end());
  e.statistic = std::max(best, -worst);
  e.p_value = std::clamp(probability(-e.statistic, e.statistic).outside, 0.0, 1.0);
  const NormalProbability all_below = probability(-std::numeric_limits<double>::infinity(), best);
  e.signed_statistic = all_below.inside < 0.5 ? normal_quantile(all_below.inside) : -normal_quantile(all_below.outside);
  return e;
}

Estimate max_combo_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                        std::span<const FlemingHarrington> families, Arena& arena) {
  const Arena::Scope scope(arena);
  return max_combo_test(weighted_log_ranks(table, grouping, weight, families, arena));
}

#define OLIGOSIM_INSTANTIATE(V)                                                                                 \
  template WeightedLogRanks<V> weighted_log_ranks<V>(const SurvivalTable&, const Grouping&, std::span<const V>, \
                                                     std::span<const FlemingHarrington>, Arena&);               \
  template Estimate max_combo_test(const WeightedLogRanks<V>&, std::size_t);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim
