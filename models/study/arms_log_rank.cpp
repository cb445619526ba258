#include "models/study/arms_log_rank.hpp"

#include "models/analysis/methods/hazard_ratio_test.hpp"

namespace oligosim {
namespace {

/// Whether a plan's endpoint is what a data cut has of an endpoint of the disease model, from `column` on.
bool is_as_cut(const SurvivalEndpoint& endpoint, std::size_t column) {
  const bool coded = endpoint.coding.kind == EndpointCoding::Kind::event && endpoint.coding.event == 1 &&
                     endpoint.coding.censored == 0;
  return endpoint.time == column && endpoint.status == column + 1 && coded && !endpoint.start && !endpoint.recorded &&
         endpoint.landmark == 0;
}

}  // namespace

std::optional<ArmsLogRank> ArmsLogRank::of(const Scenario& scenario) {
  const Plan& plan = *scenario.plan;
  const Trial& trial = *scenario.trial;
  const HazardRatioTest* test = test_of_arms(plan.analysis(plan.position(scenario.design->primary())));
  const auto compared = test ? test->plain_log_rank() : std::nullopt;
  if (!compared || plan.parts().factors[compared->factor].levels() != trial.arms()) return {};
  const std::vector<Endpoint>& endpoints = trial.disease().endpoints();
  for (std::size_t k = 0; k < endpoints.size(); ++k) {
    const auto column = trial.columns().find(endpoints[k].name + "_d");
    if (endpoints[k].kind == EndpointKind::survival && column &&
        is_as_cut(plan.parts().endpoints[compared->endpoint], *column))
      return ArmsLogRank(k);
  }
  return {};
}

}  // namespace oligosim
