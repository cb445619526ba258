#include "models/design/two_stages.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/sequential_inference.hpp"

namespace oligosim {

void TwoStages::read_two_stages(DesignInput& input) {
  ConfigNode& node = input.node;
  read_stages(input, 2);
  if (const std::string own = input.events_not_counted(primary_, looks_.back()); ready_ && !own.empty())
    node.problem("looks", "count other events than those of '" + primary_ +
                              "', by which the stages are combined (those of " + own + ")");
  planned_patients_ = static_cast<std::size_t>(node.integer(
      "planned_patients", Range::between(1, 1e6), static_cast<std::int64_t>(std::max<std::size_t>(1, input.patients))));
  if (input.patients > 0 && planned_patients_ > input.patients)
    node.problem("planned_patients", "are more than the " + std::to_string(input.patients) +
                                         " of trial.enrollment.patients, the most there may be");
  const bool known = input.patients > 0 || node.has("planned_patients");  // else what is wrong is said already
  if (ready_ && known && planned_patients_ < events(1))
    node.problem("planned_patients", "are fewer than the events planned, " + std::to_string(events(1)));
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
