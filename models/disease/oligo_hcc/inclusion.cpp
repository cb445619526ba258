#include "models/disease/oligo_hcc/inclusion.hpp"

#include <cmath>

namespace oligosim {

Finding inclusion_finding() {
  return {{"included", ColumnKind::number, {}, {0, 1}, "0/1", "the analysis includes the patient"}, 2};
}

void store_inclusion(const InclusionParameters& p, double frailty, double uniform, double pfs_day, const Steps& out,
                     std::size_t i) {
  const double log_odds = p.log_odds + p.log_odds_frailty * frailty;
  const auto included = [&](double x) { return uniform < 1 / (1 + std::exp(-x)) ? 1.0 : 0.0; };
  out.day[2 * i] = 0, out.day[2 * i + 1] = pfs_day;
  out.value[2 * i] = included(log_odds);
  out.value[2 * i + 1] = included(log_odds + p.log_odds_after_event);
}

}  // namespace oligosim
