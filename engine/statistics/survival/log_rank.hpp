#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/case_counts.hpp"
#include "engine/statistics/survival/risk_table.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Group and stratum of each patient in table order, as codes from 0.
struct Grouping {
  std::span<const std::uint8_t> group;
  std::size_t groups = 0;
  std::span<const std::uint16_t> stratum;  // empty: one stratum
  std::size_t strata = 1;
};

/// Fleming-Harrington G(rho, gamma) weights on the pooled left-continuous Kaplan-Meier of the stratum; (0, 0) is the
/// log-rank test.
struct FlemingHarrington {
  double rho = 0;
  double gamma = 0;
};

/// The weight at a pooled survival probability just before an event time.
double weight_at(FlemingHarrington family, double survival);

struct LogRankSums {
  std::span<const double> observed;  // weighted, one a group
  std::span<const double> expected;
  std::span<const double> variance;  // groups x groups, row-major: hypergeometric covariance of observed - expected
  CaseCounts<double> cases;
};

/// (Weighted, stratified) log-rank sums: Mantel 1966, Peto and Peto 1972, Harrington and Fleming 1982; variance with
/// the factor (n - d)/(n - 1) as survdiff. `weight`: integer case weights that act as rows written out, or empty.
LogRankSums log_rank_sums(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                          FlemingHarrington family, Arena& arena);

/// The same from the risk sets.
LogRankSums log_rank_sums(const RiskTable& risk, const CaseCounts<double>& cases, FlemingHarrington family,
                          Arena& arena);

/// Chi-square (statistic, df, p_value); with two groups also signed_statistic, positive where the second group has
/// fewer events than expected. Groups never at risk at an event time are left out of the test as in survdiff; fewer
/// than two groups with patients: `empty_group`; no events or zero variance: `no_events`; several groups whose strata
/// do not connect them: `singular`.
Estimate log_rank_test(const LogRankSums& sums, Arena& arena);

/// Both at once.
Estimate log_rank_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                       FlemingHarrington family, Arena& arena);

}  // namespace oligosim
