#include "models/design/two_stages.hpp"

#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/sequential_inference.hpp"
#include "models/design/boundaries.hpp"

namespace oligosim {

void TwoStages::read_stages(DesignInput& input) {
  ConfigNode& node = input.node;
  primary_ = node.one_of("primary", input.testable, "analysis with a one-sided test");
  alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.025);
  looks_ = read_looks(input, final_events_);
  const bool by_events = looks_.size() == 2 && looks_[0].events && looks_[1].events &&
                         looks_[0].endpoint == looks_[1].endpoint && looks_[0].information < looks_[1].information;
  if (!by_events && node.has("looks"))
    node.problem("looks", "are not an interim look and a last one, both at_events of one endpoint");
  if (const std::string own = input.events_not_counted(primary_, looks_.back()); by_events && !own.empty())
    node.problem("looks", "count other events than those of '" + primary_ +
                              "', by which the stages are combined (those of " + own + ")");
  boundaries_ = {std::numeric_limits<double>::infinity(), normal_quantile(1 - alpha_)};
  node.accept("efficacy");
  if (by_events && node.has("efficacy")) {
    const EfficacyRule rule = read_efficacy(node.child("efficacy"), {.alpha = alpha_, .looks = looks_});
    sequential_.emplace(rule, FutilityRule{}, alpha_, false, std::vector{looks_[0].information, 1.0});
    boundaries_ = {sequential_->planned()[0]->efficacy, sequential_->planned()[1]->efficacy};
  }
  planned_patients_ = static_cast<std::size_t>(node.integer(
      "planned_patients", Range::between(1, 1e6), static_cast<std::int64_t>(std::max<std::size_t>(1, input.patients))));
  if (input.patients > 0 && planned_patients_ > input.patients)
    node.problem("planned_patients", "are more than the " + std::to_string(input.patients) +
                                         " of trial.enrollment.patients, the most there may be");
  const bool known = input.patients > 0 || node.has("planned_patients");  // else what is wrong is said already
  if (by_events && known && planned_patients_ < events(1))
    node.problem("planned_patients", "are fewer than the events planned, " + std::to_string(events(1)));
  latest_month_ = node.number("latest_month", Range::above(0), 120);
  ready_ = by_events;
}

double TwoStages::null_ratio_of_primary(const DesignInput& input) const {
  for (std::size_t k = 0; k < input.testable.size(); ++k)
    if (input.testable[k] == primary_ && input.null_ratio[k]) return *input.null_ratio[k];
  return missing;
}

CombinedTest TwoStages::first_test(double z, double information, bool all_of_alpha) const {
  return {.z = z,
          .boundary = all_of_alpha ? normal_quantile(1 - alpha_) : boundaries_.front(),
          .drift_weight = std::sqrt(information),
          .p_value = normal_cdf(-z)};
}

CombinedTest TwoStages::last_test(double z, double drift_weight) const {
  const double p = sequential_ ? stagewise_probability(*sequential_->planned().back(), z, 0) : normal_cdf(-z);
  return {.z = z, .boundary = boundaries_.back(), .drift_weight = drift_weight, .p_value = std::isnan(z) ? missing : p};
}

}  // namespace oligosim
