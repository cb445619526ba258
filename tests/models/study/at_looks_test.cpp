// Metrics at interim looks, where the study asks for them: those of a trial that ends there.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

std::string study_of(const std::string& design, const std::string& rest = "") {
  return R"(study: looks
seed: 9
replicates: 1000
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 160, over_months: 20}, randomization: {blocks: [4]}, cleaning_months: 1}
truth: {patients: 20000}
distribution: {hazard_ratio: {share_at_most: [0.8], quantiles: [0.1], interval_contains: [1]}}
families: {either: [test, cox]}
design: {primary: test, alpha: 0.025, )" +
         design + R"(}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: test, endpoint: os, method: log_rank, by: arm}
    - {name: cox, method: cox, endpoint: os, terms: [arm]}
    - {name: curves, method: kaplan_meier, endpoint: os, by: arm, at_months: [12], quantiles: [0.5]}
)" + rest;
}

const std::string no_stops =
    "kind: group_sequential, looks: [{at_events: 50, of: os}, {at_events: 100, of: os}], "
    "efficacy: {boundary: haybittle_peto, z: 8}";

const SummaryRow* same_row(const std::vector<SummaryRow>& rows, const SummaryRow& as, const std::string& look) {
  const auto found = std::ranges::find_if(rows, [&](const SummaryRow& r) {
    return r.look == look && r.metric == as.metric && same_number(r.label, as.label) &&
           r.label.interval == as.label.interval &&
           (r.threshold == as.threshold || (std::isnan(r.threshold) && std::isnan(as.threshold)));
  });
  return found == rows.end() ? nullptr : &*found;
}

// All trials hold look 1, whose numbers are those of a design that ends there, to the last bit.
TEST(AtLooks, OracleTheTrialThatEndsThere) {
  const std::string outcome = study_of(no_stops, "at_looks: [1]\n");
  const std::string alone = study_of("kind: fixed, looks: [{at_events: 50, of: os}]");
  const auto rows = run_in_memory(study_from(outcome), 2, false), theirs = run_in_memory(study_from(alone), 2, false);
  int compared = 0;
  for (const SummaryRow& own : rows) {
    if (own.look != "1" || own.metric.starts_with("stop_") || own.metric == "reject") continue;
    const SummaryRow* other = same_row(theirs, own, "final");
    ASSERT_TRUE(other) << own.metric << " " << own.label.analysis;
    EXPECT_EQ(own.measure.value, other->measure.value) << own.metric << " " << own.label.analysis;
    EXPECT_EQ(own.measure.mcse, other->measure.mcse) << own.metric << " " << own.label.analysis;
    EXPECT_EQ(own.measure.n_replicates, other->measure.n_replicates) << own.metric << " " << own.label.analysis;
    ++compared;
  }
  EXPECT_GT(compared, 40);
  for (const char* metric : {"expected_n", "expected_events", "expected_duration_months", "any_rejects"})
    EXPECT_EQ(std::ranges::count_if(rows, [&](const SummaryRow& r) { return r.look == "1" && r.metric == metric; }), 1)
        << metric;
}

// Those that stopped before are missing, not counted as anything.
TEST(AtLooks, PropertyOnlyTrialsThatComeToALookCount) {
  const std::string text = study_of(
      "kind: group_sequential, looks: [{at_events: 50, of: os}, {at_events: 100, of: os}], futility: {z: [0.5]}",
      "at_looks: [2, 1]\n");
  const auto rows = run_in_memory(study_from(text), 2, false);
  double stopped = 0;
  for (const SummaryRow& r : rows)
    if (r.look == "1" && (r.metric == "stop_efficacy" || r.metric == "stop_futility")) stopped += r.measure.value;
  ASSERT_GT(stopped, 0.1);
  const double on = std::round(1000 * (1 - stopped));
  for (const SummaryRow& r : rows) {
    if (r.look == "1" && r.metric == "expected_events") {
      EXPECT_EQ(r.measure.n_replicates, 1000u);
    }
    if (r.look != "2" || r.metric.starts_with("stop_") || r.metric == "reject" || r.metric == "median") continue;
    EXPECT_LE(static_cast<double>(r.measure.n_replicates), on) << r.metric;
    if (r.metric == "expected_events") {
      EXPECT_EQ(r.measure.value, 100);
      EXPECT_EQ(static_cast<double>(r.measure.n_replicates), on);
      EXPECT_EQ(static_cast<double>(r.measure.n_missing), 1000 - on);
    }
  }
}

TEST(AtLooks, ContractMistakes) {
  const auto mistake = [](const std::string& rest) { return mistakes(study_of(no_stops, rest)); };
  EXPECT_THAT(mistake("at_looks: [3]\n"), HasSubstr("at_looks"));
  EXPECT_THAT(mistake("at_looks: [1.5]\n"), HasSubstr("at_looks: are not whole numbers"));
  EXPECT_THAT(mistake("scenarios: {a: {}, b: {at_looks: [[1]]}}\n"), HasSubstr("or at_looks"));
}

}  // namespace
}  // namespace oligosim
