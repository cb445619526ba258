#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/cox/whole_denominators.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

enum class Ties { efron, breslow };

/// `firth`: the log partial likelihood plus half the log determinant of its information (Firth 1993; Heinze and
/// Schemper 2001), which has a finite maximum under separation too.
enum class Penalty { none, firth };

struct CoxOptions {
  Ties ties = Ties::efron;
  int max_iterations = 20;
  double tolerance = 1e-9;  // relative change of the log partial likelihood, as coxph.control(eps)
  Penalty penalty = Penalty::none;
  std::span<const double> initial;  // coefficients to start from; empty: 0
};

inline constexpr std::size_t max_cox_terms = 32;

/// Covariates in table order, column by column: column j is values[j * rows, (j + 1) * rows).
struct CoxCovariates {
  std::span<const double> values;
  std::size_t columns = 0;
  std::span<const std::uint16_t> stratum;  // empty: one stratum
  std::size_t strata = 1;
  std::span<const double> start;  // a row is at risk at start < t <= time; empty: from the beginning
};

struct CoxFit {
  std::span<double> coefficient;     // log hazard ratios; NaN where status is not ok
  std::span<double> standard_error;  // from the inverse observed information
  std::span<double> variance;        // columns x columns
  std::span<double> direction;       // of a `separation`: that along which the likelihood rises without end
  double null_log_likelihood = missing;
  double log_likelihood = missing;
  double score_test = missing;  // at beta = 0
  double wald_test = missing;
  double likelihood_ratio_test = missing;  // each chi-square with `columns` df
  double null_score = missing;  // of a single covariate, at beta = 0: with the sign of the maximum, finite or not
  int iterations = 0;
  double n = 0;  // rows, by their weights
  double n_events = 0;
  Status status = Status::ok;
};

/// Cox regression by partial likelihood (Cox 1972) with Efron's (1977) or Breslow's (1974) ties: Newton from 0 with
/// step halving until the log likelihood changes by less than `tolerance`, as R survival's coxph. Agrees with it to
/// 1e-8. `weight`: integer case weights that are exactly rows written out (Efron expands d to the sum of weights),
/// or empty. Status: `no_events`; `singular` where a covariate is constant or a combination of others; `separation`
/// where the likelihood has no finite maximum: all events fall among those at the extreme of their risk sets along some
/// direction (a single covariate: decided exactly; several: where Newton's steps lead); `did_not_converge`. Weights
/// that are not integers: with Breslow's ties only.
///
/// With `start` a patient may have several rows, as Surv(start, stop, event) (Andersen and Gill 1982); a row whose
/// start is not before its time is never at risk and left out. With `initial` the numbers at beta = 0
/// (null_log_likelihood, score_test, likelihood_ratio_test) are not computed.
///
/// With Penalty::firth both log likelihoods and their test are penalized, the score test is that of the penalized
/// score, the variance is the inverse information at the penalized estimate; iterated to rounding, `tolerance`,
/// `max_iterations` and `initial` have no part; never `separation`.
CoxFit cox(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
           const CoxOptions& options, Arena& arena);

/// Log hazard ratios of two groups alone: without errors, likelihood and tests.
template <Weight V>
struct LogHazardRatios {
  V value;  // NaN where the status is not ok
  std::array<Status, lane_count<V>> status;
};

/// Cox regression of resamples of one data set. Holds spans.
class CoxResamples {
 public:
  /// `row`: which weight of a resample is that of a position of the table; empty: its own.
  CoxResamples(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const std::uint32_t> row,
               Arena& arena);

  /// Eight resamples at once: element k is, to the bit, cox() with the weights of lane k. Penalty::none only.
  std::array<CoxFit, lanes> fits(const CaseWeights& weight, const CoxOptions& options, Arena& arena) const;

  /// Whether there is one covariate, which is 0 or 1.
  bool of_two_groups() const { return !group_.empty(); }

  /// Of two groups: the coefficients of the same fits by score_root(), in less time. `start`: near which they are.
  LogHazardRatios<Lanes> log_hazard_ratios(const CaseWeights& weight, Ties ties, double start, Arena& arena) const;

 private:
  std::span<const Lanes> in_table_order(const CaseWeights& weight, Arena& arena) const;
  template <class Use>
  auto with_two_groups(const CaseWeights& weight, Ties ties, Arena& arena, const Use& use) const;

  SurvivalTable table_;
  CoxCovariates covariates_;
  std::span<const std::uint32_t> row_;
  std::span<const std::uint8_t> group_;  // empty: no two groups
  std::optional<TwoGroupTimes> times_;
};

}  // namespace oligosim
