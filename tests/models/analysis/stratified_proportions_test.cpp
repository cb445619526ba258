// Responses of two groups within strata, from the plan on: a file of real people against R, who is left out, what a
// trial's formulas say, and mistakes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/statistics/categorical/mantel_haenszel.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/design/response_study.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using ::testing::HasSubstr;

/// R's UCBAdmissions, the first set of the reference: a row a person, sex, department and whether admitted.
struct Admissions {
  std::vector<TwoProportions> departments;
  std::string csv = "sex,department,admitted\n";

  explicit Admissions(const test::ReferenceTable& reference) {
    const auto men = test::numbers(reference.text(0, "x1")), all_men = test::numbers(reference.text(0, "n1"));
    const auto women = test::numbers(reference.text(0, "x2")), all_women = test::numbers(reference.text(0, "n2"));
    for (std::size_t h = 0; h < men.size(); ++h) {
      departments.push_back({men[h], all_men[h], women[h], all_women[h]});
      add("Male", h, men[h], all_men[h]), add("Female", h, women[h], all_women[h]);
    }
  }
  void add(const char* sex, std::size_t department, double admitted, double all) {
    for (double k = 0; k < all; ++k) csv += fmt::format("{},{},{}\n", sex, "ABCDEF"[department], k < admitted ? 1 : 0);
  }
};

std::string plan_of(const std::string& analyses) { return "{time_unit: days, analyses: [" + analyses + "]}"; }

const std::string by_department = "outcome: admitted, by: sex, levels: [Male, Female], strata: [department]";

TEST(StratifiedProportionsPlan, ReferenceAdmissions) {
  const test::ReferenceTable reference("stratified_proportions.csv");
  const auto number = [&](const char* name) { return reference.number(0, name); };
  // Who has no department is in no stratum, and who has no outcome is not known to have failed.
  const std::string csv = Admissions(reference).csv + "Male,,1\nFemale,NA,1\nFemale,A,\n,B,1\n";
  const AnalysedData analysed(csv, plan_of("{name: odds, method: odds_ratio, " + by_department +
                                           "}, {name: difference, method: " + "risk_difference, " + by_department +
                                           ", interval: [miettinen_nurminen, wald], null_value: -0.15}"));
  const Estimate& odds = analysed.row("odds");
  EXPECT_EQ(odds.n, 4526);
  EXPECT_EQ(odds.n_events, 1755);
  EXPECT_TRUE(close(odds.estimate, number("odds_ratio"), 1e-12));
  EXPECT_TRUE(close(odds.lower, number("lower"), 1e-10));
  EXPECT_TRUE(close(odds.upper, number("upper"), 1e-10));
  EXPECT_TRUE(close(odds.signed_statistic, number("cmh"), 1e-10));
  const Estimate& homogeneity = analysed.row("odds", "homogeneity_test");
  EXPECT_TRUE(close(homogeneity.statistic, number("tarone"), 1e-8));
  EXPECT_EQ(homogeneity.df, 5);
  const Estimate& difference = analysed.row("difference");
  EXPECT_TRUE(close(difference.estimate, number("difference"), 1e-12));
  EXPECT_TRUE(close(difference.standard_error, number("sato"), 1e-12));
  EXPECT_TRUE(close(difference.lower, number("mn_lower"), 1e-7));
  EXPECT_TRUE(close(difference.upper, number("mn_upper"), 1e-7));
  EXPECT_TRUE(close(difference.signed_statistic, number("z_mn"), 1e-8));
  ASSERT_EQ(analysed.plan().labels().size(), 4u);
  EXPECT_EQ(analysed.plan().labels()[3].interval, "wald");
  EXPECT_TRUE(close(analysed.estimates()[3].upper, number("difference") + 1.959963984540054 * number("sato"), 1e-10));
}

TEST(StratifiedProportionsPlan, PropertyMissingOutcomesFailInTheirStratum) {
  Admissions admissions(test::ReferenceTable("stratified_proportions.csv"));
  const std::string csv = admissions.csv + "Female,A,\nFemale,A,\nMale,,\nMale,F,\n";
  admissions.departments[0].later_n += 2, admissions.departments[5].reference_n += 1;
  const AnalysedData analysed(csv,
                              plan_of("{name: odds, method: odds_ratio, missing: failure, " + by_department + "}"));
  const Estimate expected = mantel_haenszel_odds_ratio(admissions.departments, OddsRatioTest::miettinen_nurminen, 0.95);
  EXPECT_TRUE(test::same(analysed.row("odds"), expected));
}

TEST(StratifiedProportionsPlan, PropertyStrataOfTwoColumnsAreTheirCombinations) {
  std::string csv = "arm,site,stage,response\n";
  std::vector<TwoProportions> strata(6, TwoProportions{});
  for (std::size_t i = 0; i < 400; ++i) {
    const std::size_t site = i * i % 7 % 3, stage = i % 11 % 2, arm = i % 13 % 2;
    const bool response = (i * 31 + site * 5) % 17 < 6 + 3 * arm;
    csv += fmt::format("{},s{},{},{}\n", arm == 0 ? "C" : "T", site, stage == 0 ? "II" : "III", response ? 1 : 0);
    TwoProportions& c = strata[site * 2 + stage];
    (arm == 0 ? c.reference_n : c.later_n) += 1;
    if (response) (arm == 0 ? c.reference : c.later) += 1;
  }
  const AnalysedData analysed(csv, plan_of("{name: orr, method: risk_difference, outcome: response, by: arm, levels: "
                                           "{arm: [C, T], site: [s0, s1, s2], stage: [II, III]}, test: "
                                           "farrington_manning, strata: [site, stage]}"));
  const Estimate expected = stratified_risk_difference(strata, RiskDifferenceInterval::miettinen_nurminen,
                                                       RiskDifferenceTest::farrington_manning, 0, 0.95);
  EXPECT_TRUE(test::same(analysed.row("orr"), expected));
}

/// The trial of response_study with a covariate to stratify by, half of the patients each.
std::string stratified_study(const std::string& analysis, double later, int replicates = 100, double follow_up = 3.5) {
  std::string text = response_study(analysis, later, replicates, follow_up);
  const std::string outcomes = "outcomes: {or:";
  return text.replace(text.find(outcomes), outcomes.size(),
                      "covariates: {site: {values: [0, 1], probability: [0.5, 0.5], hazard_ratio: 1}}, " + outcomes);
}
const std::string odds = "method: odds_ratio, outcome: or, by: arm, strata: [site]";
const std::string difference = "method: risk_difference, outcome: or, by: arm, strata: [site]";

// Formulas are of the comparison without strata: none is said, and the true value is that of many simulated patients.
TEST(StratifiedProportionsPlan, ContractNoFormulaOfOtherAnalyses) {
  for (const auto& [analysis, truth] : {std::pair{odds, 7.0 / 3}, {difference, 0.2}}) {
    const Study study = study_from(stratified_study(analysis, 0.5, 2000));
    EXPECT_FALSE(proportions_formula(study.scenarios[0]));
    const auto rows = run_in_memory(study);
    const std::string parameter = analysis == odds ? "odds_ratio" : "risk_difference";
    const SummaryRow& median = row_of(rows, "base", "median", "orr", parameter);
    EXPECT_NE(median.truth, truth);
    EXPECT_NEAR(median.truth, truth, 0.02 * truth);
    EXPECT_NEAR(row_of(rows, "base", "coverage", "orr", parameter).measure.value, 0.95, 0.02);
  }
  std::string text = stratified_study(odds, 0.5);
  text.replace(text.find(", strata: [site]"), 16, "");
  EXPECT_TRUE(proportions_formula(study_from(text).scenarios[0]));
}

TEST(StratifiedProportionsPlan, ContractMistakes) {
  const std::string margin =
      "stands beside strata, within which the ratio is tested against 1 (a margin within strata: "
      "method risk_difference)";
  EXPECT_THAT(mistakes(stratified_study(odds + ", null_value: 0.6", 0.5)),
              HasSubstr("plan.analyses[0].null_value: " + margin));
  EXPECT_THAT(mistakes(stratified_study(odds + ", null_value: 1.5, equivalence: true", 0.5)),
              HasSubstr("plan.analyses[0].equivalence: " + margin));
  EXPECT_THAT(mistakes(stratified_study(odds + ", interval: miettinen_nurminen", 0.5)),
              HasSubstr("plan.analyses[0].interval: 'miettinen_nurminen' has no form within strata (wald)"));
  EXPECT_THAT(
      mistakes(stratified_study(difference + ", interval: [wald, newcombe]", 0.5)),
      HasSubstr("plan.analyses[0].interval: 'newcombe' has no form within strata (miettinen_nurminen or wald)"));
  EXPECT_THAT(mistakes(stratified_study("method: odds_ratio, outcome: or, by: arm, strata: [place]", 0.5)),
              HasSubstr("plan.analyses[0].strata[0]: 'place' is not a column"));
  EXPECT_EQ(mistakes(stratified_study(odds + ", null_value: 1, test: score", 0.5)), "");
  // When a response can be known does not depend on strata.
  std::string early = stratified_study(odds, 0.5);
  const std::string look = "{min_follow_up_months: 3.5}";
  early.replace(early.find(look), look.size(), "{at_month: 2}");
  EXPECT_THAT(mistakes(early), HasSubstr("nothing of 'or' can have been seen by then"));
}

}  // namespace
}  // namespace oligosim
