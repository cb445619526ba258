// A plain comparison of two arms is tested without a data cut: with the bits that the plan gives.
#include "models/study/arms_log_rank.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

struct Variant {
  std::string name;
  std::string disease = "os: {median_months: 10}";
  std::string effect = "os: {hazard_ratio: 0.7}";
  std::string trial = "enrollment: {patients: 90, rate_per_month: 6}, dropout: {probability: 0.1, by_month: 12}";
  std::string design = "kind: fixed, looks: [{at_events: 50, of: os}]";
};

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all{
      {.name = "events"},
      {.name = "whole days", .disease = "whole_days: true, os: {median_months: 3}"},
      {.name = "visits",
       .disease = "os: {median_months: 6, known_at: visit}",
       .trial = "enrollment: {patients: 60, over_months: 12}, visits: {months: [2, 4, 6, 9], then_every_months: 3}"},
      {.name = "cured and late effect",
       .disease = "os: {median_months: 10, cured: 0.3}",
       .effect = "os: {hazard_ratio: 0.5, from_month: 4}",
       .design = "kind: fixed, looks: [{at_month: 14}]"},
      {.name = "before anybody has an event", .design = "kind: fixed, looks: [{at_month: 0.3}]"},
      {.name = "events that never come", .design = "kind: fixed, latest_month: 20, looks: [{at_events: 85, of: os}]"},
      {.name = "several looks",
       .design = "kind: group_sequential, efficacy: {boundary: obrien_fleming}, "
                 "looks: [{at_events: 20, of: os}, {at_events: 35, of: os}, {at_events: 50, of: os}]"},
      {.name = "two endpoints",
       .disease = "pfs: {median_months: 4}, os: {median_months: 10}",
       .effect = "os: {hazard_ratio: 0.8}",
       .design = "kind: group_sequential, efficacy: {boundary: pocock}, futility: {z: [0]}, "
                 "looks: [{at_month: 12, information: 0.4}, {at_events: 50, of: os}]"},
  };
  return all;
}

/// `population`: of the log-rank test, everybody whichever it is.
Study study_of(const Variant& v, const std::string& population, const std::string& further = "") {
  return study_from("study: two arms\nseed: 5\ndisease: {" + v.disease +
                    "}\narms: {control: {}, experimental: {effects: {" + v.effect + "}}}\ntrial: {" + v.trial +
                    "}\ndesign: {primary: test, " + v.design + R"(}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  populations: {everybody: {enrollment_d: {at_least: 0}}}
  analyses:
    - {name: test, method: log_rank, endpoint: os, by: arm)" +
                    population + "}\n" + further);
}

std::vector<std::uint64_t> row_of(const TrialExperiment& experiment, std::uint32_t number, Arena& arena) {
  std::vector<double> row(experiment.columns().size());
  arena.reset();
  experiment.replicate(number, arena, row);
  std::vector<std::uint64_t> bits;
  for (const double value : row) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

void expect_same_rows(const Study& quick, const Study& planned) {
  const Scenario &a = quick.scenarios.front(), &b = planned.scenarios.front();
  ASSERT_TRUE(ArmsLogRank::of(a));
  ASSERT_FALSE(ArmsLogRank::of(b));
  const TrialExperiment own(a, quick.seed);
  const TrialExperiment other(b, planned.seed);
  Arena arena;
  for (std::uint32_t number = 1; number <= 60; ++number)
    EXPECT_EQ(row_of(own, number, arena), row_of(other, number, arena)) << number;
}

TEST(ArmsLogRank, OracleThePlanOnTheDataCut) {
  for (const Variant& v : variants()) {
    SCOPED_TRACE(v.name);
    expect_same_rows(study_of(v, ""), study_of(v, ", population: everybody"));
  }
}

TEST(ArmsLogRank, OracleBesideOtherAnalyses) {
  const std::string further = R"(    - {name: cox, method: cox, endpoint: os, terms: [arm]}
    - {name: km, method: kaplan_meier, endpoint: os, by: arm, quantiles: [0.5]}
)";
  for (const Variant& v : variants()) {
    SCOPED_TRACE(v.name);
    expect_same_rows(study_of(v, "", further), study_of(v, ", population: everybody", further));
  }
}

TEST(ArmsLogRank, ContractOnlyOfThePlainTest) {
  const Variant plain;
  const auto is_one = [&](const std::string& text) {
    const Study study = study_from(text);
    return ArmsLogRank::of(study.scenarios.front()).has_value();
  };
  const auto with = [&](const std::string& endpoints, const std::string& analysis) {
    return "study: two arms\ndisease: {os: {median_months: 10}, covariates: {late: {probability: [0.5, 0.5]}}}\n"
           "arms: {control: {}, experimental: {}}\ntrial: {enrollment: {patients: 90, rate_per_month: 6}}\n"
           "design: {primary: test, kind: fixed, looks: [{at_month: 20}]}\nplan:\n  time_unit: days\n"
           "  endpoints: {" +
           endpoints + "}\n  analyses: [{name: test, " + analysis + "}]\n";
  };
  const std::string os = "os: {time: os_d, event: os_e}", test = "method: log_rank, endpoint: os, by: arm";
  EXPECT_TRUE(is_one(with(os, test)));
  EXPECT_FALSE(is_one(with(os, test + ", strata: [late]")));
  EXPECT_FALSE(is_one(with(os, test + ", rho: 1")));
  EXPECT_FALSE(is_one(with(os, test + ", null_value: 1.2")));
  EXPECT_FALSE(is_one(with(os, "method: log_rank, endpoint: os, by: late")));
  EXPECT_FALSE(is_one(with(os, "method: log_rank, endpoint: os, by: arm, levels: [experimental, control]")));
  EXPECT_FALSE(is_one(with(os, "method: cox, endpoint: os, terms: [arm]")));
  EXPECT_FALSE(is_one(with("os: {time: os_d, event: os_e, event_value: 0, censored_value: 1}", test)));
  EXPECT_FALSE(is_one(with("all: {time: os_d, event: os_e}, os: {of: all, landmark_months: 3}", test)));
}

}  // namespace
}  // namespace oligosim
