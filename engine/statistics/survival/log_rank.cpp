#include "engine/statistics/survival/log_rank.hpp"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/numeric/cholesky.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/survival/log_rank_lanes.hpp"

namespace oligosim {

double weight_at(FlemingHarrington family, double survival) {
  double weight = 1.0;
  if (family.rho != 0.0) weight *= std::pow(survival, family.rho);
  if (family.gamma != 0.0) weight *= std::pow(1.0 - survival, family.gamma);
  return weight;
}

namespace {

double total(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

struct MutableSums {
  std::span<double> observed, expected, variance;
};

// The usual test, two groups and weights of 1: four rows side by side, as divisions take long, and then each in its
// lane, the last first.
class FourRows {
 public:
  // A pair a row: its number in the first group, and in the second.
  void add(const double* at_risk, const double* events) {
    const auto [first, second] = groups_of(at_risk);
    const auto [first_events, second_events] = groups_of(events);
    const HalfLanes n = first + second, d = first_events + second_events;
    const HalfLanes share = d > 0.0 ? d / n : HalfLanes{}, of_first = share * first, of_second = share * second;
    // Of a single event 1, so that its variance is the product of what is expected.
    const HalfLanes correction = ((n > 1.0) & (d > 0.0)) ? (n - d) / ((n - 1.0) * d) : HalfLanes{};
    observed_[0] += first_events;
    observed_[1] += second_events;
    add_each(n, of_first, of_second, of_first * of_second * correction);
  }

  void write(const MutableSums& sums) const {
    const HalfLanes sum = sum_of_log_rank_lanes(of_lane_);
    for (std::size_t g = 0; g < 2; ++g) {
      sums.observed[g] = (observed_[g][0] + observed_[g][1]) + (observed_[g][2] + observed_[g][3]);
      sums.expected[g] = sum[g];
      sums.variance[3 * g] = sum[2];
      sums.variance[1 + g] = -sum[2];
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
  void add_each(const HalfLanes& n, const HalfLanes& a, const HalfLanes& b, const HalfLanes& c) {
    const HalfLanes ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6),
                    ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    alignas(16) int at_risk[4];
    _mm_store_si128(reinterpret_cast<__m128i*>(at_risk), _mm256_cvttpd_epi32(reinterpret_cast<__m256d>(n)));
    of_lane_[log_rank_lane(at_risk[3])] += __builtin_shufflevector(ab_odd, c, 2, 3, 7, 7);
    of_lane_[log_rank_lane(at_risk[2])] += __builtin_shufflevector(ab_even, c, 2, 3, 6, 6);
    of_lane_[log_rank_lane(at_risk[1])] += __builtin_shufflevector(ab_odd, c, 0, 1, 5, 5);
    of_lane_[log_rank_lane(at_risk[0])] += __builtin_shufflevector(ab_even, c, 0, 1, 4, 4);
  }

  HalfLanes observed_[2] = {};
  HalfLanes of_lane_[log_rank_lanes] = {};  // expected of both groups, variance twice
};

void sum_over_two(const RiskTable& risk, const MutableSums& sums) {
  FourRows four;
  std::size_t left = risk.end.back();
  for (; left >= 4; left -= 4) four.add(&risk.at_risk[2 * (left - 4)], &risk.events[2 * (left - 4)]);
  double at_risk[8] = {}, events[8] = {};  // rows of 0 add nothing
  std::copy_n(risk.at_risk.begin(), 2 * left, at_risk);
  std::copy_n(risk.events.begin(), 2 * left, events);
  four.add(at_risk, events);
  four.write(sums);
}

// `Groups` is their number where it is known beforehand (two: unrolled), else 0.
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
      const double weight = weight_at(family, survival), share = d > 0.0 ? d / n : 0.0;
      // Given n and d the events are hypergeometric over the groups.
      const double spread = n > 1.0 ? weight * weight * share * (n - d) / ((n - 1.0) * n) : 0.0;
      for (std::size_t g = 0; g < groups; ++g) {
        sums.observed[g] += weight * events[g];
        sums.expected[g] += weight * share * at_risk[g];
        for (std::size_t h = 0; h < groups; ++h)
          sums.variance[g * groups + h] += spread * at_risk[g] * (h == g ? n - at_risk[g] : -at_risk[h]);
      }
      if (d > 0.0) survival *= (n - d) / n;
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

}  // namespace

LogRankSums log_rank_sums(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                          FlemingHarrington family, Arena& arena) {
  const CaseCounts<double> cases = count_cases<double>(table, grouping.group, grouping.groups, weight, arena);
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  return log_rank_sums(risk_table<double>(table, grouping.group, grouping.groups, order, weight, arena), cases, family,
                       arena);
}

LogRankSums log_rank_sums(const RiskTable& risk, const CaseCounts<double>& cases, FlemingHarrington family,
                          Arena& arena) {
  const std::size_t groups = risk.groups;
  const MutableSums sums{arena.take<double>(groups, 0.0), arena.take<double>(groups, 0.0),
                         arena.take<double>(groups * groups, 0.0)};
  if (groups == 2 && family.rho == 0.0 && family.gamma == 0.0) {
    sum_over_two(risk, sums);
  } else if (groups == 2) {
    sum_over<2>(risk, family, sums);
  } else {
    sum_over<0>(risk, family, sums);
  }
  return {sums.observed, sums.expected, sums.variance, cases};
}

Estimate log_rank_test(const LogRankSums& sums, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::size_t groups = sums.observed.size();
  Estimate result;
  result.n = sums.cases.n;
  result.n_events = sums.cases.n_events;
  if (sums.cases.groups(0) < 2) {
    result.status = Status::empty_group;
    return result;
  }
  const std::span<const std::size_t> used = groups_in_test(sums.expected, arena);
  double variance = 0.0;
  for (std::size_t g = 0; g < groups; ++g) variance += sums.variance[g * groups + g];
  if (used.size() < 2 || !(variance > 0.0)) {
    result.status = result.n_events > 0.0 ? Status::singular : Status::no_events;
    return result;
  }
  if (groups == 2) {
    const double fewer = sums.expected[1] - sums.observed[1];
    result.signed_statistic = fewer / std::sqrt(sums.variance[3]);
    result.statistic = fewer * fewer / sums.variance[3];
  } else {
    result.statistic = quadratic_form(sums, used, arena);
    if (std::isnan(result.statistic)) {
      result.status = Status::singular;
      return result;
    }
  }
  result.df = static_cast<double>(used.size() - 1);
  result.p_value = chi_square_upper_tail(result.statistic, result.df);
  return result;
}

Estimate log_rank_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                       FlemingHarrington family, Arena& arena) {
  const Arena::Scope scope(arena);
  return log_rank_test(log_rank_sums(table, grouping, weight, family, arena), arena);
}

}  // namespace oligosim
