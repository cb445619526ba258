// Several cohorts: their numbers, their distributions in each arm, and mistakes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

std::string study_of(const std::string& mix, const std::string& cohorts, const std::string& effects) {
  return "study: cohorts\nreplicates: 200\nreplicates_per_block: 50\ndisease: {model: cohorts, cohorts: {" + cohorts +
         "}}\ncohort: {" + mix + "}\narms: {control: {}, sbrt: {effects: {" + effects + R"(}}}
trial: {enrollment: {patients: 400, over_months: 6}}
truth: {patients: 4000}
design: {kind: fixed, primary: test, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  populations: {OP: {cohort: OP}, OM: {cohort: OM}}
  analyses:
    - {name: test, method: log_rank, endpoint: os, by: arm}
    - {name: op, method: kaplan_meier, endpoint: os, by: arm, at_months: [10], population: OP}
    - {name: om, method: kaplan_meier, endpoint: os, by: arm, at_months: [10], population: OM}
    - {name: all, method: kaplan_meier, endpoint: os, by: arm, at_months: [10]}
    - {name: response, method: proportion, outcome: or, by: arm, population: OP}
)";
}

const std::string two =
    "OP: {os: {median_months: 10}, outcomes: {or: {probability: 0.4, known_months: 1}}}, "
    "OM: {os: {median_months: 20}, outcomes: {or: {probability: 0.2, known_months: 1}}}";
const std::string halves = "OP: {os: {hazard_ratio: 0.5}, or: {probability: 0.6}}";

TEST(ParallelCohorts, OracleSurvivalAndResponseOfEachCohortAndArm) {
  const Study study = study_from(study_of("OP: 0.25, OM: 0.75", two, halves));
  const auto rows = run_in_memory(study, 2, true);
  const auto near = [&](const std::string& analysis, const char* arm, double expected) {
    for (const SummaryRow& r : rows)
      if (r.metric == "mean" && r.label.analysis == analysis && r.label.group == arm) {
        EXPECT_NEAR(r.measure.value, expected, 4 * r.measure.mcse) << analysis << arm;
        return;
      }
    FAIL();
  };
  const double op = 0.5, op_sbrt = std::sqrt(0.5), om = std::sqrt(0.5);
  near("op", "control", op), near("op", "sbrt", op_sbrt);
  near("om", "control", om), near("om", "sbrt", om);
  near("all", "control", 0.25 * op + 0.75 * om), near("all", "sbrt", 0.25 * op_sbrt + 0.75 * om);
  near("response", "control", 0.4), near("response", "sbrt", 0.6);
  const auto of_all = study.scenarios[0].disease->distribution(1, "os");
  EXPECT_NEAR(of_all->survival(10), 0.25 * op_sbrt + 0.75 * om, 1e-12);
  const double slope = (of_all->survival(10 - 1e-4) - of_all->survival(10 + 1e-4)) / 2e-4;
  EXPECT_NEAR(of_all->density(10), slope, 1e-8);
  EXPECT_NEAR(study.scenarios[0].disease->probability(1, "or").value(), 0.25 * 0.6 + 0.75 * 0.2, 1e-12);
}

TEST(ParallelCohorts, ContractWholeNumbersAreKeptTo) {
  const Study study = study_from(study_of("OP: 130, OM: 270", two, ""));
  Trial trial = *study.scenarios[0].trial;
  trial.need(std::vector<std::uint8_t>(trial.columns().size(), 1));
  Arena arena;
  for (std::uint32_t replicate = 1; replicate <= 20; ++replicate) {
    arena.reset();
    const Patients patients = trial.simulate(Streams(3, replicate), arena);
    EXPECT_EQ(std::ranges::count(patients.baseline.categories(0), 0), 130);
  }
}

std::string without(std::string text, const std::string& part) { return text.erase(text.rfind(part), part.size()); }

TEST(ParallelCohorts, ContractTheFirstCohortSaysWhenAnOutcomeIsKnown) {
  const std::string once = without(two, ", known_months: 1");
  const auto rows = [](const std::string& cohorts) {
    return run_in_memory(study_from(study_of("OP: 0.25, OM: 0.75", cohorts, "")), 2, false);
  };
  const auto said = rows(two), taken = rows(once);
  ASSERT_EQ(said.size(), taken.size());
  for (std::size_t k = 0; k < said.size(); ++k) {
    if (std::isnan(said[k].measure.value)) continue;
    EXPECT_EQ(said[k].measure.value, taken[k].measure.value) << k;
  }
  const std::string later = std::string(two).replace(two.rfind("known_months: 1"), 15, "known_months: 2");
  EXPECT_THAT(mistakes(study_of("OP: 0.5, OM: 0.5", later, "")),
              HasSubstr("OM.outcomes.or.known_months: is not that of the first cohort (1, or leave it out)"));
}

// Of several scenarios the second is read where the first has mistakes, and its number of patients is not known.
TEST(ParallelCohorts, ContractWeightsAreNotHeldAgainstAnUnknownNumber) {
  const auto of = [](const std::string& weights) {
    return mistakes(study_of(weights, without(two, "{median_months: 20}"), "") + "scenarios: {a: {}, b: {}}\n");
  };
  EXPECT_THAT(of("OP: 100, OM: 300"), testing::Not(HasSubstr("whole numbers")));
  EXPECT_THAT(of("OP: 0.5, OM: 0.4"), HasSubstr("whole numbers with the sum 400"));
  EXPECT_THAT(of("OP: 0.5, OM: 0.4"), testing::Not(HasSubstr("sum 0")));
}

TEST(ParallelCohorts, ContractMistakes) {
  EXPECT_THAT(mistakes(study_of("OP: 0.5, OM: 0.4", two, "")), HasSubstr("cohort: is neither shares with the sum 1"));
  EXPECT_THAT(mistakes(study_of("OP: 1", "OP: {os: {median_months: 10}}", "")), HasSubstr("cohorts: are 1 (from 2"));
  EXPECT_THAT(
      mistakes(study_of("OP: 0.5, OM: 0.5", "OP: {os: {median_months: 10}}, OM: {pfs: {median_months: 10}}", "")),
      HasSubstr("disease.cohorts.OM: has other endpoints and outcomes than the first cohort"));
  EXPECT_THAT(mistakes(study_of("OP: 0.5, OM: 0.5", two, "OX: {os: {hazard_ratio: 1}}")),
              HasSubstr("arms.sbrt.effects.OX: unknown key"));
  std::string weights, cohorts, arms;  // 20 cohorts in 14 arms
  for (int k = 0; k < 20; ++k) {
    weights += fmt::format("{}C{}: 0.05", k ? ", " : "", k);
    cohorts += fmt::format("{}C{}: {{os: {{median_months: 10}}}}", k ? ", " : "", k);
  }
  for (int k = 0; k < 12; ++k) arms += fmt::format("A{}: {{}}, ", k);
  std::string text = study_of(weights, cohorts, "");
  EXPECT_THAT(mistakes(text), testing::Not(HasSubstr("256")));
  text.replace(text.find("sbrt:"), 5, arms + "sbrt:");
  EXPECT_THAT(mistakes(text), HasSubstr("disease.cohorts: in so many arms are more than 256 groups"));
}

}  // namespace
}  // namespace oligosim
