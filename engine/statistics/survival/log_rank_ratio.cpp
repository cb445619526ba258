#include "engine/statistics/survival/log_rank_ratio.hpp"

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

Estimate log_rank_ratio_test(const SurvivalTable& table, const Grouping& grouping, double ratio, Arena& arena) {
  const Arena::Scope scope(arena);
  const CaseCounts<double> cases = count_cases<double>(table, grouping.group, 2, {}, arena);
  Estimate result;
  result.n = cases.n;
  result.n_events = cases.n_events;
  if (cases.groups(0) < 2) {
    result.status = Status::empty_group;
    return result;
  }
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  const RiskTable risk = risk_table<double>(table, grouping.group, 2, order, {}, arena);
  double fewer = 0.0, variance = 0.0;  // fewer events in the second group than expected
  for (std::size_t row = 0; 2 * row < risk.at_risk.size(); ++row) {
    const double* at_risk = &risk.at_risk[2 * row];
    const double* events = &risk.events[2 * row];
    const double n = at_risk[0] + at_risk[1], d = events[0] + events[1];
    const double share = ratio * at_risk[1] / (at_risk[0] + ratio * at_risk[1]);
    fewer += d * share - events[1];
    if (n > 1.0) variance += d * share * (1.0 - share) * (n - d) / (n - 1.0);
  }
  if (!(variance > 0.0)) {
    result.status = result.n_events > 0.0 ? Status::singular : Status::no_events;
    return result;
  }
  result.signed_statistic = fewer / std::sqrt(variance);
  result.statistic = result.signed_statistic * result.signed_statistic;
  result.df = 1.0;
  result.p_value = chi_square_upper_tail(result.statistic, 1.0);
  return result;
}

}  // namespace oligosim
