#include "engine/statistics/cox/denominator_sums.hpp"

#include "engine/processor/level.hpp"

namespace oligosim {

DenominatorSums<double> denominator_sums(const Denominators<double>& denominators, const double& beta) {
  return sum_parts<DenominatorSumming, false, double>(denominators, beta);
}
ShareSums<double> share_sums(const Denominators<double>& denominators, const double& beta) {
  return sum_parts<ShareSumming, false, double>(denominators, beta);
}

DenominatorSums<Lanes> denominator_sums(const Denominators<Lanes>& denominators, const Lanes& beta) {
  static const bool wide = runs_v4();
  if (!denominators.often.empty()) return sum_parts<DenominatorSumming, false, HalfLanes>(denominators, beta);
  return wide ? denominator_sums_v4(denominators, beta) : denominator_sums_v3(denominators, beta);
}
ShareSums<Lanes> share_sums(const Denominators<Lanes>& denominators, const Lanes& beta) {
  static const bool wide = runs_v4();
  if (!denominators.often.empty()) return sum_parts<ShareSumming, false, HalfLanes>(denominators, beta);
  return wide ? share_sums_v4(denominators, beta) : share_sums_v3(denominators, beta);
}

DenominatorSums<Lanes> denominator_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta) {
  return sum_parts<DenominatorSumming, true, HalfLanes>(denominators, beta);
}
ShareSums<Lanes> share_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta) {
  return sum_parts<ShareSumming, true, HalfLanes>(denominators, beta);
}

}  // namespace oligosim
