#include "models/study/distribution.hpp"

#include <algorithm>

namespace oligosim {
namespace {

/// Where the plan has tests alone.
void refuse_all(ConfigNode& node) {
  for (const std::string& key : node.keys()) {
    node.raw(key);
    node.problem(key,
                 "is estimated by no analysis of the plan, which has tests alone (an analysis with estimates, as cox)");
  }
}

}  // namespace

WantedDistributions::WantedDistributions(ConfigNode study, const std::vector<EstimateLabel>& labels) {
  study.accept("distribution");
  if (!study.has("distribution")) return;
  ConfigNode node = study.child("distribution");
  for (const EstimateLabel& label : labels) {
    if (!label.estimated) continue;
    node.accept_name(label.parameter);
    const bool read = std::ranges::any_of(by_parameter_, [&](const auto& p) { return p.first == label.parameter; });
    if (read || !node.has(label.parameter)) continue;
    ConfigNode wanted = node.child(label.parameter);
    const std::vector<double> none;
    by_parameter_.push_back({label.parameter,
                             {.share_at_most = wanted.numbers("share_at_most", Range::any(), none),
                              .quantiles = wanted.numbers("quantiles", Range::inside(0, 1), none),
                              .interval_contains = wanted.numbers("interval_contains", Range::any(), none)}});
    wanted.finish();
  }
  // Else what is accepted is said.
  if (!labels.empty() && std::ranges::none_of(labels, &EstimateLabel::estimated)) refuse_all(node);
  node.finish();
}

const WantedDistribution& WantedDistributions::of(const EstimateLabel& label) const {
  static const WantedDistribution none;
  for (const auto& [parameter, wanted] : by_parameter_)
    if (parameter == label.parameter && label.estimated) return wanted;
  return none;
}

}  // namespace oligosim
