#include "models/analysis/methods/two_proportions.hpp"

#include <cmath>

namespace oligosim {
namespace {

constexpr Choice<bool> missing_rules[] = {{"exclude", false}, {"failure", true}};

}  // namespace

TwoProportionsMethod::TwoProportionsMethod(ConfigNode& entry, PlanReader& reader)
    : groups_(two_patient_groups(entry, reader)), outcome_(reader.number_column(entry, "outcome")) {
  name_ = entry.text("name");
  if (outcome_ < reader.columns().size()) outcome_name_ = reader.columns()[outcome_].name;
  success_ = entry.number("success", Range::any(), 1);
  missing_fails_ = entry.choice<bool>("missing", missing_rules, false);
}

EstimateLabel TwoProportionsMethod::label(ConfigNode& entry, PlanReader& reader, const char* measure) const {
  EstimateLabel label = reader.label(entry, measure, {}, groups_.population());
  label.parameter = measure;
  label.term = groups_.compared();
  label.tested = label.two_groups = true;
  return label;
}

TwoProportions TwoProportionsMethod::counts(PlanData& data, Arena& arena) const {
  const std::span<const std::uint8_t> group = groups_.codes(data, arena);
  const std::span<const double> outcome = data.cohort().numbers(outcome_);
  TwoProportions counts{};
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    if (group[i] == missing_category || (std::isnan(outcome[i]) && !missing_fails_)) continue;
    (group[i] == 0 ? counts.reference_n : counts.later_n) += 1;
    if (outcome[i] == success_) (group[i] == 0 ? counts.reference : counts.later) += 1;
  }
  return counts;
}

std::optional<CountedOutcome> TwoProportionsMethod::counted() const {
  if (missing_fails_ || groups_.population() != 0) return {};
  return counted_outcome(outcome_name_, success_);
}

}  // namespace oligosim
