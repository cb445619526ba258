// The recommended interval, and binomial coverage by enumeration.
#include "models/study/interval_choice.hpp"

#include <gtest/gtest.h>

#include "engine/statistics/sequential/staged_coverage.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

TEST(ProportionCoverage, ReferenceEnumeratedInR) {
  // sum(dbinom(x, 36, 17/36)[lower <= 17/36 & 17/36 <= upper]), binom.test and prop.test(correct = FALSE)
  const auto exact = proportion_coverage(36, 17.0 / 36, ProportionInterval::clopper_pearson, 0.95);
  EXPECT_NEAR(exact.coverage, 0.971442, 1e-6);
  EXPECT_NEAR(exact.coverage + exact.miss_below + exact.miss_above, 1, 1e-12);
  EXPECT_NEAR(proportion_coverage(36, 17.0 / 36, ProportionInterval::wilson, 0.95).coverage, 0.935189, 1e-6);
}

const char* const study_text = R"(study: intervals
replicates: 4000
replicates_per_block: 500
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4}}}
arms: {one: {}}
trial: {enrollment: {patients: 30, over_months: 6}}
design: {kind: fixed, primary: trend, looks: [{at_month: 24}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: trend, method: cox, endpoint: os, terms: [enrollment_d]}
    - {name: orr, method: proportion, outcome: response, missing: failure, interval: [wald, wilson, clopper_pearson]}
    - {name: os, method: kaplan_meier, endpoint: os, interval: [log, log_log]}
scenarios: {base: {}, large: {trial.enrollment.patients: 90}}
)";

TEST(IntervalChoice, OracleCoverageIsTheEnumeratedOneAndTheBestIsBalanced) {
  const Study study = study_from(study_text);
  const std::vector<SummaryRow> rows = run_in_memory(study);
  const std::vector<IntervalChoice> choices = choose_intervals(study, rows);
  ASSERT_EQ(choices.size(), 4u);  // the response and the median, in two scenarios
  for (const IntervalChoice& choice : choices) {
    if (choice.label.analysis != "orr") continue;
    const double n = choice.scenario == "base" ? 30 : 90;
    ASSERT_EQ(choice.kinds.size(), 3u);
    for (const IntervalKind& kind : choice.kinds) {
      ASSERT_TRUE(kind.enumerated);
      EXPECT_NEAR(kind.coverage.value, kind.enumerated->coverage, 4 * kind.coverage.mcse) << kind.name << n;
      EXPECT_NEAR(kind.miss_below.value, kind.enumerated->miss_below, 4 * kind.miss_below.mcse + 1e-9)
          << kind.name << n;
      EXPECT_EQ(kind.not_made, 0);
    }
    ASSERT_TRUE(choice.best);
    // No other kind that holds has tails nearer to 2.5 % each.
    const auto imbalance = [](const IntervalKind& kind) {
      return std::max(std::abs(kind.miss_below.value - 0.025), std::abs(kind.miss_above.value - 0.025));
    };
    EXPECT_TRUE(choice.kinds[*choice.best].holds);
    for (const IntervalKind& kind : choice.kinds)
      if (kind.holds) {
        EXPECT_LE(imbalance(choice.kinds[*choice.best]), imbalance(kind)) << kind.name << n;
      }
    EXPECT_EQ(choice.kinds[2].holds, true);  // Clopper-Pearson always does
  }
}

TEST(IntervalChoice, PropertyTailsAndCoverageAddUpAndNotReachedIsCounted) {
  const Study study = study_from(study_text);
  const std::vector<SummaryRow> rows = run_in_memory(study);
  for (const IntervalChoice& choice : choose_intervals(study, rows))
    for (const IntervalKind& kind : choice.kinds) {
      EXPECT_NEAR(kind.coverage.value + kind.miss_below.value + kind.miss_above.value, 1, 1e-12);
      if (choice.label.analysis == "orr") {
        EXPECT_EQ(kind.not_reached, 0);
        EXPECT_EQ(kind.coverage_reached, kind.coverage.value);
      } else if (choice.scenario == "base") {
        EXPECT_GT(kind.not_reached, 0);  // an upper limit of a median in 30 patients
        EXPECT_LT(kind.not_reached, 0.5);
      }
    }
}

/// After Simon's stages trials have 13 or 43 patients: 0.98698 and 0.97036 by Clopper and Pearson, summed in R.
TEST(IntervalChoice, ReferenceCoverageAfterStages) {
  const BinomialStage simon[] = {{13, 3}, {43, 12}};
  const auto of = [&](double p) { return proportion_coverage(simon, p, ProportionInterval::clopper_pearson, 0.95); };
  EXPECT_NEAR(of(0.2).coverage, 0.98698, 5e-6);
  EXPECT_NEAR(of(0.4).coverage, 0.97036, 5e-6);
  EXPECT_NEAR(of(0.2).coverage + of(0.2).miss_below + of(0.2).miss_above, 1, 1e-12);
}

TEST(IntervalChoice, OracleEnumeratedAsTheDesignEnds) {
  std::string text = study_text;
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("kind: fixed, primary: trend, looks: [{at_month: 24}]",
          "kind: simon, primary: orr, min_follow_up_months: 1, stages: [{patients: 13, go_on_above: 5}, {patients: 30, "
          "reject_above: 12}]");
  replace(", large: {trial.enrollment.patients: 90}", "");
  const Study study = study_from(text);
  for (const IntervalChoice& choice : choose_intervals(study, run_in_memory(study))) {
    if (choice.label.analysis != "orr") continue;
    for (const IntervalKind& kind : choice.kinds) {
      ASSERT_TRUE(kind.enumerated) << kind.name;
      EXPECT_NEAR(kind.coverage.value, kind.enumerated->coverage, 4 * kind.coverage.mcse) << kind.name;
    }
  }
  // Stopped by another analysis, at any number of patients.
  text = study_text;
  replace("kind: fixed, primary: trend, looks: [{at_month: 24}]",
          "kind: group_sequential, primary: trend, looks: [{at_events: 12, of: os}, {at_events: 24, of: os}]");
  const Study other = study_from(text);
  for (const IntervalChoice& choice : choose_intervals(other, run_in_memory(other)))
    for (const IntervalKind& kind : choice.kinds) EXPECT_FALSE(kind.enumerated) << kind.name;
}

}  // namespace
}  // namespace oligosim
