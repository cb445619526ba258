#include "models/analysis/methods/two_proportions.hpp"

#include <cmath>

namespace oligosim {
namespace {

constexpr Choice<bool> missing_rules[] = {{"exclude", false}, {"failure", true}};

void add_patient(TwoProportions& counts, std::uint8_t group, bool success) {
  (group == 0 ? counts.reference_n : counts.later_n) += 1;
  if (success) (group == 0 ? counts.reference : counts.later) += 1;
}

}  // namespace

TwoProportionsMethod::TwoProportionsMethod(ConfigNode& entry, PlanReader& reader)
    : groups_(two_patient_groups(entry, reader)),
      strata_(reader.strata(entry)),
      outcome_(reader.number_column(entry, "outcome")) {
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

template <class Count>
void TwoProportionsMethod::for_each_counted(PlanData& data, Arena& arena, const Count& count) const {
  const std::span<const std::uint8_t> group = groups_.codes(data, arena);
  const std::span<const double> outcome = data.cohort().numbers(outcome_);
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    if (group[i] == missing_category || (std::isnan(outcome[i]) && !missing_fails_)) continue;
    count(i, group[i], outcome[i] == success_);
  }
}

TwoProportions TwoProportionsMethod::counts(PlanData& data, Arena& arena) const {
  TwoProportions counts{};
  for_each_counted(data, arena,
                   [&](std::size_t, std::uint8_t group, bool success) { add_patient(counts, group, success); });
  return counts;
}

StratifiedProportions TwoProportionsMethod::strata_counts(PlanData& data, Arena& arena) const {
  const std::span<const std::uint16_t> stratum = data.stratum(*strata_);
  const std::span<TwoProportions> counts = arena.take<TwoProportions>(data.stratum_count(*strata_), TwoProportions{});
  for_each_counted(data, arena, [&](std::size_t row, std::uint8_t group, bool success) {
    if (stratum[row] != missing_stratum) add_patient(counts[stratum[row]], group, success);
  });
  return counts;
}

std::optional<CountedOutcome> TwoProportionsMethod::outcome() const {
  if (missing_fails_ || groups_.population() != 0) return {};
  return counted_outcome(outcome_name_, success_);
}

std::optional<CountedOutcome> TwoProportionsMethod::counted() const { return stratified() ? std::nullopt : outcome(); }

}  // namespace oligosim
