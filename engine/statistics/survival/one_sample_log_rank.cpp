#include "engine/statistics/survival/one_sample_log_rank.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

template <Weight V>
Estimate described(const ObservedExpected<V>& sums, std::size_t k) {
  Estimate e;
  e.n = lane(sums.n, k);
  e.n_events = lane(sums.observed, k);
  if (!(e.n > 0.0)) e.status = Status::empty_group;
  return e;
}

// In double throughout: Boost's default of long double costs several times as much, and agrees to 1e-13.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

template <Weight V>
ObservedExpected<V> observed_expected(const SurvivalTable& table, std::span<const double> cumulative_hazard,
                                      std::span<const std::type_identity_t<V>> weight) {
  ObservedExpected<V> sums;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const V w = weight.empty() ? broadcast<V>(1.0) : weight[i];
    if (table.event[i]) sums.observed += w;
    sums.expected += w * cumulative_hazard[i];
    sums.n += w;
  }
  return sums;
}

template <Weight V>
Estimate one_sample_log_rank_test(const ObservedExpected<V>& sums, OneSampleVariance variance, std::size_t k) {
  Estimate e = described(sums, k);
  if (e.status != Status::ok) return e;
  const double observed = lane(sums.observed, k), expected = lane(sums.expected, k);
  const double square = variance == OneSampleVariance::expected ? expected : 0.5 * (observed + expected);
  if (!(square > 0.0)) {
    e.status = Status::no_events;
    return e;
  }
  e.statistic = (observed - expected) / std::sqrt(square);
  e.signed_statistic = -e.statistic;
  e.p_value = 2.0 * normal_cdf(-std::abs(e.statistic));
  return e;
}

template <Weight V>
Estimate standardized_mortality_ratio(const ObservedExpected<V>& sums, double confidence, std::size_t k) {
  Estimate e = described(sums, k);
  if (e.status != Status::ok) return e;
  const double observed = lane(sums.observed, k), expected = lane(sums.expected, k);
  if (!(expected > 0.0)) {
    e.status = Status::no_events;
    return e;
  }
  const double tail = (1.0 - confidence) / 2.0;
  e.estimate = observed / expected;
  e.lower = observed > 0.0 ? boost::math::gamma_p_inv(observed, tail, InDouble()) / expected : 0.0;
  e.upper = boost::math::gamma_q_inv(observed + 1.0, tail, InDouble()) / expected;
  if (observed > 0.0) e.standard_error = 1.0 / std::sqrt(observed);
  return e;
}

#define OLIGOSIM_INSTANTIATE(V)                                                                           \
  template ObservedExpected<V> observed_expected<V>(const SurvivalTable&, std::span<const double>,        \
                                                    std::span<const V>);                                  \
  template Estimate one_sample_log_rank_test(const ObservedExpected<V>&, OneSampleVariance, std::size_t); \
  template Estimate standardized_mortality_ratio(const ObservedExpected<V>&, double, std::size_t);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim
