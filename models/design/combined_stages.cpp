#include "models/design/combined_stages.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "engine/numeric/normal.hpp"
#include "models/design/boundaries.hpp"

namespace oligosim {
namespace {

bool by_events_of_one_endpoint(const std::vector<Look>& looks) {
  const auto alike = [&](const Look& look) { return look.events && look.endpoint == looks.front().endpoint; };
  const auto stays = [](const Look& a, const Look& b) { return !(a.information < b.information); };
  return std::ranges::all_of(looks, alike) && std::ranges::adjacent_find(looks, stays) == looks.end();
}

}  // namespace

void CombinedStages::read_stages(DesignInput& input, std::size_t most_looks) {
  ConfigNode& node = input.node;
  primary_ = input.read_primary();
  alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.025);
  looks_ = read_looks(input, final_events_);
  ready_ = looks_.size() >= 2 && looks_.size() <= most_looks && by_events_of_one_endpoint(looks_);
  if (!ready_ && node.has("looks"))
    node.problem("looks", most_looks == 2
                              ? "are not an interim look and a last one, both at_events of one endpoint"
                              : "are not 2 to " + std::to_string(most_looks) + ", all at_events of one endpoint");
  if (std::ranges::any_of(looks_, &Look::dated))
    node.problem("looks", "have dates between which they are held (kind: group_sequential may)");
  boundaries_.assign(looks_.size(), std::numeric_limits<double>::infinity());
  boundaries_.back() = normal_quantile(1 - alpha_);
  node.accept("efficacy");
  if (node.has("efficacy")) {
    const EfficacyRule rule = read_efficacy(node.child("efficacy"), {.alpha = alpha_, .looks = looks_});
    if (ready_) make_boundaries(rule);
  }
  latest_month_ = node.number("latest_month", Range::above(0), 120);
}

void CombinedStages::make_boundaries(const EfficacyRule& rule) {
  std::vector<double> information;
  for (const Look& look : looks_) information.push_back(look.information);
  sequential_.emplace(rule, FutilityRule{}, alpha_, false, std::move(information));
  for (std::size_t k = 0; k < looks_.size(); ++k) boundaries_[k] = sequential_->planned()[k]->efficacy;
}

}  // namespace oligosim
