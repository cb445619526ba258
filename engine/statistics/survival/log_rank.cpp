#include "engine/statistics/survival/log_rank.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/numeric/cholesky.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {

double weight_at(FlemingHarrington family, double survival) {
  double weight = 1.0;
  if (family.rho != 0.0) weight *= std::pow(survival, family.rho);
  if (family.gamma != 0.0) weight *= std::pow(1.0 - survival, family.gamma);
  return weight;
}

namespace {

template <class V>
V total(std::span<const V> values) {
  V sum{};
  for (const V& value : values) sum += value;
  return sum;
}

template <Weight V>
struct MutableSums {
  std::span<V> observed, expected, variance;
};

// Of an event time with n at risk and d events in all, the latter hypergeometric over the groups given both; lanes
// without events add 0. `factor`: what the share is multiplied by, the weight squared.
template <class V>
V share_of(const V& n, const V& d) {
  return d > 0.0 ? d / n : V{};
}
template <class V>
V spread_of(const V& factor, const V& share, const V& n, const V& d) {
  return n > 1.0 ? factor * share * (n - d) / ((n - 1.0) * n) : V{};
}

// Adds an event time. `Groups` is their number where it is known beforehand (two: the usual test, unrolled), else 0.
template <std::size_t Groups, Weight V>
inline __attribute__((always_inline)) void add(const MutableSums<V>& sums, const V* at_risk, const V* events,
                                               const V& weight, const V& n, const V& share, const V& spread) {
  const std::size_t groups = Groups != 0 ? Groups : sums.observed.size();
  for (std::size_t g = 0; g < groups; ++g) {
    sums.observed[g] += weight * events[g];
    sums.expected[g] += weight * share * at_risk[g];
    for (std::size_t h = 0; h < groups; ++h) {
      sums.variance[g * groups + h] += spread * at_risk[g] * (h == g ? n - at_risk[g] : -at_risk[h]);
    }
  }
}

// The usual test, two groups and weights of 1: the sums stay in registers.
void sum_over_two(const RiskTableOf<Lanes>& risk, const MutableSums<Lanes>& sums) {
  Lanes observed[2] = {}, expected[2] = {}, variance[4] = {};
  for (std::size_t row = 0; row < risk.end.back(); ++row) {
    const Lanes *at_risk = &risk.at_risk[2 * row], *events = &risk.events[2 * row];
    const Lanes n = at_risk[0] + at_risk[1], d = events[0] + events[1], share = share_of(n, d);
    const Lanes one = broadcast<Lanes>(1.0);
    add<2, Lanes>({observed, expected, variance}, at_risk, events, one, n, share, spread_of(one, share, n, d));
  }
  std::copy_n(observed, 2, sums.observed.begin());
  std::copy_n(expected, 2, sums.expected.begin());
  std::copy_n(variance, 4, sums.variance.begin());
}

// The same for counts: four rows side by side, as divisions take long, and then one after the other what is summed.
class FourRows {
 public:
  // A pair a row: its number in the first group, and in the second.
  void add(const double* at_risk, const double* events) {
    const auto [first, second] = groups_of(at_risk);
    const auto [first_events, second_events] = groups_of(events);
    const HalfLanes n = first + second, d = first_events + second_events;
    const HalfLanes share = share_of(n, d), spread = spread_of(broadcast<HalfLanes>(1.0), share, n, d);
    observed_[0] += first_events;
    observed_[1] += second_events;
    add_each(share * first, share * second, spread * first * second, spread * second * first);
  }

  void write(const MutableSums<double>& sums) const {
    for (std::size_t g = 0; g < 2; ++g) {
      sums.observed[g] = (observed_[g][0] + observed_[g][1]) + (observed_[g][2] + observed_[g][3]);
      sums.expected[g] = sum_[g];
      sums.variance[3 * g] = sum_[2 + g];
      sums.variance[1 + g] = -sum_[2 + g];
    }
  }

 private:
  static std::pair<HalfLanes, HalfLanes> groups_of(const double* pairs) {
    HalfLanes low, high;
    std::memcpy(&low, pairs, sizeof low);
    std::memcpy(&high, pairs + 4, sizeof high);
    return {__builtin_shufflevector(low, high, 0, 2, 4, 6), __builtin_shufflevector(low, high, 1, 3, 5, 7)};
  }

  // Of each row in one addition.
  void add_each(const HalfLanes& a, const HalfLanes& b, const HalfLanes& c, const HalfLanes& d) {
    const HalfLanes ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6),
                    ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const HalfLanes cd_even = __builtin_shufflevector(c, d, 0, 4, 2, 6),
                    cd_odd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    sum_ += __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
    sum_ += __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
    sum_ += __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
    sum_ += __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
  }

  HalfLanes observed_[2] = {};
  HalfLanes sum_{};  // expected of both groups, variance of both
};

void sum_over_two(const RiskTable& risk, const MutableSums<double>& sums) {
  const std::size_t rows = risk.end.back();
  FourRows four;
  std::size_t row = 0;
  for (; row + 4 <= rows; row += 4) four.add(&risk.at_risk[2 * row], &risk.events[2 * row]);
  double at_risk[8] = {}, events[8] = {};  // rows of 0 add nothing
  std::copy_n(risk.at_risk.begin() + 2 * row, 2 * (rows - row), at_risk);
  std::copy_n(risk.events.begin() + 2 * row, 2 * (rows - row), events);
  four.add(at_risk, events);
  four.write(sums);
}

template <std::size_t Groups, Weight V>
void sum_over(const RiskTableOf<V>& risk, FlemingHarrington family, const MutableSums<V>& sums) {
  const std::size_t groups = Groups != 0 ? Groups : risk.groups;
  std::size_t row = 0;
  for (const std::uint32_t end : risk.end) {
    V survival = broadcast<V>(1.0);  // pooled, just before the event time
    for (; row < end; ++row) {
      const V* at_risk = &risk.at_risk[row * groups];
      const V* events = &risk.events[row * groups];
      const V n = total<V>({at_risk, groups}), d = total<V>({events, groups});
      const V weight = each_lane(survival, [family](double s) { return weight_at(family, s); });
      const V share = share_of(n, d);
      add<Groups>(sums, at_risk, events, weight, n, share, spread_of(V(weight * weight), share, n, d));
      survival *= d > 0.0 ? (n - d) / n : broadcast<V>(1.0);
    }
  }
}

// The groups ever at risk at an event time, as survdiff: a group without patients, or censored before the first
// event, takes no part.
template <Weight V>
std::span<const std::size_t> groups_in_test(std::span<const V> expected, std::size_t k, Arena& arena) {
  const std::span<std::size_t> used = arena.take<std::size_t>(expected.size());
  std::size_t n = 0;
  for (std::size_t g = 0; g < expected.size(); ++g) {
    if (lane(expected[g], k) > 0.0) used[n++] = g;
  }
  return used.first(n);
}

// (O - E)' V^- (O - E) over all groups used but the first.
template <Weight V>
double quadratic_form(const LogRankSums<V>& sums, std::span<const std::size_t> used, std::size_t k, Arena& arena) {
  const std::size_t groups = sums.observed.size(), df = used.size() - 1;
  const std::span<double> variance = arena.take<double>(df * df);
  const std::span<double> difference = arena.take<double>(df), solution = arena.take<double>(df);
  double largest = 0.0;
  for (std::size_t i = 0; i < df; ++i) {
    const std::size_t g = used[i + 1];
    difference[i] = solution[i] = lane(sums.observed[g], k) - lane(sums.expected[g], k);
    for (std::size_t j = 0; j < df; ++j) variance[i * df + j] = lane(sums.variance[g * groups + used[j + 1]], k);
    largest = std::max(largest, variance[i * df + i]);
  }
  if (!cholesky(variance, df, 1e-12 * largest)) return missing;
  cholesky_solve(variance, solution);
  double form = 0.0;
  for (std::size_t i = 0; i < df; ++i) form += difference[i] * solution[i];
  return form;
}

}  // namespace

template <Weight V>
LogRankSums<V> log_rank_sums(const SurvivalTable& table, const Grouping& grouping,
                             std::span<const std::type_identity_t<V>> weight, FlemingHarrington family, Arena& arena) {
  const CaseCounts<V> cases = count_cases<V>(table, grouping.group, grouping.groups, weight, arena);
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  return log_rank_sums<V>(risk_table<V>(table, grouping.group, grouping.groups, order, weight, arena), cases, family,
                          arena);
}

template <Weight V>
LogRankSums<V> log_rank_sums(const RiskTableOf<V>& risk, const CaseCounts<V>& cases, FlemingHarrington family,
                             Arena& arena) {
  const std::size_t groups = risk.groups;
  const MutableSums<V> sums{arena.take<V>(groups, V{}), arena.take<V>(groups, V{}),
                            arena.take<V>(groups * groups, V{})};
  if (groups == 2 && family.rho == 0.0 && family.gamma == 0.0) {
    sum_over_two(risk, sums);
  } else if (groups == 2) {
    sum_over<2>(risk, family, sums);
  } else {
    sum_over<0>(risk, family, sums);
  }
  return {sums.observed, sums.expected, sums.variance, cases};
}

template <Weight V>
Estimate log_rank_test(const LogRankSums<V>& sums, Arena& arena, std::size_t k) {
  const Arena::Scope scope(arena);
  const std::size_t groups = sums.observed.size();
  Estimate result;
  result.n = lane(sums.cases.n, k);
  result.n_events = lane(sums.cases.n_events, k);
  if (sums.cases.groups(k) < 2) {
    result.status = Status::empty_group;
    return result;
  }
  const std::span<const std::size_t> used = groups_in_test(sums.expected, k, arena);
  double variance = 0.0;
  for (std::size_t g = 0; g < groups; ++g) variance += lane(sums.variance[g * groups + g], k);
  if (used.size() < 2 || !(variance > 0.0)) {
    result.status = Status::no_events;
    return result;
  }
  const double chi_square = quadratic_form(sums, used, k, arena);
  if (std::isnan(chi_square)) {
    result.status = Status::singular;
    return result;
  }
  result.statistic = chi_square;
  result.df = static_cast<double>(used.size() - 1);
  result.p_value = chi_square_upper_tail(result.statistic, result.df);
  if (groups == 2) {
    const double fewer = lane(sums.expected[1], k) - lane(sums.observed[1], k);
    result.signed_statistic = fewer / std::sqrt(lane(sums.variance[3], k));
  }
  return result;
}

Estimate log_rank_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                       FlemingHarrington family, Arena& arena) {
  const Arena::Scope scope(arena);
  return log_rank_test(log_rank_sums(table, grouping, weight, family, arena), arena);
}

#define OLIGOSIM_INSTANTIATE(V)                                                                                     \
  template LogRankSums<V> log_rank_sums<V>(const SurvivalTable&, const Grouping&, std::span<const V>,               \
                                           FlemingHarrington, Arena&);                                              \
  template LogRankSums<V> log_rank_sums<V>(const RiskTableOf<V>&, const CaseCounts<V>&, FlemingHarrington, Arena&); \
  template Estimate log_rank_test(const LogRankSums<V>&, Arena&, std::size_t);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim
