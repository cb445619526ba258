#include "models/analysis/methods.hpp"

namespace oligosim {

std::span<const MethodEntry> methods() {
  static constexpr MethodEntry table[] = {
      {"kaplan_meier", "survival and quantiles of an endpoint, overall or by group", read_kaplan_meier},
      {"reverse_kaplan_meier", "follow-up: Kaplan-Meier with censoring as the event", read_reverse_kaplan_meier},
      {"log_rank", "log-rank test between groups, stratified or Fleming-Harrington weighted", read_log_rank},
      {"cox", "Cox regression: hazard ratios and tests", read_cox},
      {"proportion", "a proportion with its exact interval, overall or by group", read_proportion},
  };
  return table;
}

}  // namespace oligosim
