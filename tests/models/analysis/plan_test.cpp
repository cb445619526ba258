// The plan on a data set made by hand: times, units, populations, missing values, and what counts as not reached.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

class HandMade : public testing::Test {
 protected:
  HandMade() {
    columns_.add({"grp", ColumnKind::category, {"A", "B"}, {}, "", ""});
    columns_.add({"time", ColumnKind::number, {}, {}, "days", ""});
    columns_.add({"event", ColumnKind::number, {}, {0, 1}, "", ""});
    columns_.add({"response", ColumnKind::number, {}, {0, 1}, "", ""});
  }

  std::vector<Estimate> evaluate(const std::string& text) {
    const YamlNode tree = parse_yaml(text, "plan.yaml", problems_);
    const Plan plan(ConfigNode(tree, problems_), columns_);
    EXPECT_TRUE(problems_.empty()) << problems_.text();
    Cohort data(columns_, 8, {}, arena_);
    const double time[] = {330, 360, 390, 420, 30, 60, 90, 120};
    const double event[] = {1, 1, 1, 1, 1, 0, 1, 1};
    const double response[] = {1, 0, missing, 1, 0, 0, 1, missing};
    for (std::size_t i = 0; i < 8; ++i) {
      data.categories(0)[i] = i < 4 ? 0 : 1;
      data.numbers(1)[i] = time[i];
      data.numbers(2)[i] = event[i];
      data.numbers(3)[i] = response[i];
    }
    PlanData shared(data, plan.parts(), arena_);
    std::vector<Estimate> out(plan.labels().size());
    plan.evaluate(shared, arena_, out);
    return out;
  }

  Columns columns_;
  Problems problems_;
  Arena arena_;
};

TEST_F(HandMade, OracleAnEventOnTheDayOfAMonthCountsInThatMonth) {
  const auto out = evaluate(R"({time_unit: days, days_per_month: 30, endpoints: {e: {time: time, event: event}},
    populations: {A: {grp: A}},
    analyses: [{name: km, method: kaplan_meier, endpoint: e, population: A, at_months: [11.99, 12], quantiles: [0.5]}]})");
  EXPECT_DOUBLE_EQ(out[0].estimate, 0.75);
  EXPECT_DOUBLE_EQ(out[1].estimate, 0.5);
  EXPECT_DOUBLE_EQ(out[2].estimate, 12.5);  // S is 1/2 from day 360 to day 390: the midpoint, as R's quantile
}

TEST_F(HandMade, OracleMissingOutcomesAreExcludedOrFailures) {
  const auto out = evaluate(R"({time_unit: days, endpoints: {}, analyses: [
    {name: a, method: proportion, outcome: response, by: grp},
    {name: b, method: proportion, outcome: response, by: grp, missing: failure}]})");
  EXPECT_EQ(out[0].n, 3);
  EXPECT_EQ(out[0].n_events, 2);
  EXPECT_EQ(out[1].n, 3);
  EXPECT_EQ(out[1].n_events, 1);
  EXPECT_EQ(out[2].n, 4);
  EXPECT_EQ(out[3].n_events, 1);
}

TEST_F(HandMade, PropertySwappingTheReferenceTurnsTheHazardRatioOver) {
  const std::string plan = R"({time_unit: days, endpoints: {e: {time: time, event: event}},
    analyses: [{name: c, method: cox, endpoint: e, terms: [response], strata: [grp]},
               {name: l, method: log_rank, endpoint: e, by: response, levels: [0, 1]},
               {name: m, method: log_rank, endpoint: e, by: response, levels: [1, 0]}]})";
  const auto out = evaluate(plan);
  const Estimate &forward = out[out.size() - 2], &backward = out.back();
  EXPECT_NEAR(forward.signed_statistic, -backward.signed_statistic, 1e-12);
  EXPECT_EQ(forward.n, 6);  // two responses are missing
}

// A survival probability beyond the data is missing; a quantile that is not reached is infinite and its interval
// counts.
TEST(NotReached, OracleSurvivalIsMissingAndAQuantileIsInfinite) {
  const auto rows = run_in_memory(study_from(R"(
study: one arm
seed: 5
replicates: 500
disease: {os: {median_months: 10}}
arms: {sbrt: {}}
trial: {enrollment: {patients: 30, over_months: 6}}
design: {kind: fixed, primary: trend, looks: [{at_month: 12}]}
truth: {patients: 1000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: trend, method: cox, endpoint: os, terms: [enrollment_d]}
    - {name: late, method: kaplan_meier, endpoint: os, by: arm, at_months: [24], quantiles: [0.9]}
)"));
  const Measure survival = row_of(rows, "base", "coverage", "late", "survival").measure;
  // Known only where the last patient under observation died, so that S has reached 0, as survfit has it.
  EXPECT_EQ(survival.n_replicates + survival.n_missing, 500u);
  EXPECT_LT(survival.n_replicates, 50u);
  const Measure quantile = row_of(rows, "base", "coverage", "late", "quantile").measure;
  EXPECT_EQ(quantile.n_replicates, 500u);
  EXPECT_GT(row_of(rows, "base", "missing", "late", "quantile").measure.value, 0.9);
}

}  // namespace
}  // namespace oligosim
