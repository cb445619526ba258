// Designs of two sides: claims in favour of the control are told apart from those of efficacy.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/study/closed_form/closed_form_design.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// Two arms whose hazards have these ratios; `design` with its sides, looks and kind.
std::string two_arms(double pfs, double os, const std::string& design, const std::string& scenarios = "") {
  return fmt::format(R"(study: two sides
seed: 8
replicates: 4000
disease: {{pfs: {{median_months: 5}}, os: {{median_months: 12}}}}
arms: {{control: {{}}, experimental: {{effects: {{pfs: {{hazard_ratio: {}}}, os: {{hazard_ratio: {}}}}}}}}}
trial: {{enrollment: {{patients: 200, over_months: 18}}}}
design: {{primary: pfs, {}}}
truth: {{patients: 1000}}
plan:
  time_unit: days
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}, os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: pfs, method: log_rank, endpoint: pfs, by: arm}}
    - {{name: os, method: log_rank, endpoint: os, by: arm}}
{})",
                     pfs, os, design, scenarios);
}

const std::string two_looks = "kind: group_sequential, looks: [{at_events: 60, of: pfs}, {at_events: 120, of: pfs}], ";
const std::string one_look = "kind: fixed, looks: [{at_month: 40}], ";
const std::string two_sides = "alpha: 0.05, sides: 2";

struct Shares {
  std::vector<SummaryRow> rows;
  double operator()(const std::string& metric, const std::string& look = "final",
                    const std::string& analysis = "pfs") const {
    return find_row(rows, "base", metric, look, analysis)->measure.value;
  }
};
Shares shares_of(const std::string& study) { return {run_in_memory(study_from(study), 2, false)}; }

TEST(Harm, TheoryWorseArmClaimsHarm) {
  const std::string study = two_arms(1.5, 1, two_looks + two_sides);
  const Shares share = shares_of(study);
  const DesignFormula formula = *design_formula(study_from(study).scenarios.front());
  // Schoenfeld's drift is good to a hundredth of the power here.
  EXPECT_NEAR(share("stop_harm"), formula.claims_harm, 0.01 + 4 * std::sqrt(0.25 / 4000));
  EXPECT_GT(share("stop_harm"), 0.5);
  EXPECT_LT(share("stop_efficacy"), 0.002);
  EXPECT_LT(formula.claims_efficacy, 1e-4);
  for (const char* look : {"1", "2", "final"})
    EXPECT_NEAR(share("reject", look), share("stop_efficacy", look) + share("stop_harm", look), 1e-12) << look;
  EXPECT_NEAR(share("stop_harm", "1"), formula.harm[0], 0.01 + 4 * std::sqrt(0.25 / 4000));
}

TEST(Harm, StatisticalHalfTheLevelInEachTail) {
  for (const std::string& design : {two_looks, one_look}) {
    const Shares share = shares_of(two_arms(1, 1, design + two_sides));
    for (const char* claim : {"stop_efficacy", "stop_harm"})
      EXPECT_NEAR(share(claim), 0.025, 0.002 + 4 * std::sqrt(0.025 / 4000)) << claim << " " << design;
  }
}

TEST(Harm, OracleDesignsOfOneSideHaveNone) {
  const Shares share = shares_of(two_arms(1.5, 1, two_looks + "sides: 1"));
  EXPECT_FALSE(find_row(share.rows, "base", "stop_harm", "final", "pfs"));
  EXPECT_EQ(share("reject"), share("stop_efficacy"));
}

/// Both must be better: a trial in which one is better and the other worse claims nothing.
TEST(Harm, OracleCoPrimaryMeansBetter) {
  const std::string both =
      one_look + two_sides + ", multiplicity: {procedure: co_primary, hypotheses: {pfs: {}, os: {}}}";
  const Shares mixed = shares_of(two_arms(0.5, 1.7, both));
  EXPECT_LT(mixed("stop_efficacy"), 0.001);
  EXPECT_EQ(mixed("stop_harm"), 0);
  EXPECT_LT(mixed("adjusted_reject", "final", "os"), 0.001);
  EXPECT_GT(mixed("power", "final", "os"), 0.8);
  EXPECT_GT(shares_of(two_arms(0.5, 0.5, both))("stop_efficacy"), 0.9);
}

TEST(Harm, OracleOfSeveralHypothesesThePrimarysSide) {
  for (const std::string& design : {two_looks, one_look}) {
    const std::string os = design == two_looks ? "{information: [0.4, 1]}" : "{}";
    const Shares share = shares_of(two_arms(1.6, 0.6,
                                            design + two_sides +
                                                ", multiplicity: {procedure: hierarchical, hypotheses: "
                                                "{pfs: {}, os: " +
                                                os + "}}"));
    EXPECT_GT(share("stop_harm"), 0.6) << design;
    EXPECT_LT(share("stop_efficacy"), 0.002);
    EXPECT_NEAR(share("stop_harm") + share("stop_efficacy"), share("adjusted_reject"), 1e-12);
  }
  const Shares by_p = shares_of(two_arms(
      1.6, 0.6, one_look + two_sides + ", multiplicity: {procedure: hochberg, hypotheses: {pfs: {}, os: {}}}"));
  EXPECT_GT(by_p("stop_harm"), 0.6);
  EXPECT_GT(by_p("adjusted_reject", "final", "os"), 0.6);
}

TEST(Harm, ContractScenariosHaveTheSameSides) {
  EXPECT_THAT(mistakes(two_arms(1, 1, two_looks + two_sides, "scenarios: {a: {}, b: {design.sides: 1}}\n")),
              HasSubstr("scenarios.b: changes the sides of the design"));
}

}  // namespace
}  // namespace oligosim
