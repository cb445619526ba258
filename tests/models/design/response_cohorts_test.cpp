// Parallel cohorts that count responses: posteriors against brute force in R and closed forms, decisions against a
// naive enumeration, exact answers beside simulated trials.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "engine/statistics/categorical/exchangeable_responses.hpp"
#include "models/study/page/cohort_page.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

TEST(ExchangeableResponses, ReferencePosteriorsByBruteForce) {
  const test::ReferenceTable reference("exchangeable_responses.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const auto count = [&](const char* name) { return static_cast<std::size_t>(number(name)); };
    const ExchangeableResponses own(
        {number("mean"), number("mean_sd"), number("scale")},
        std::vector<ExchangeableResponses::Cohort>{{count("n1"), number("limit1")}, {count("n2"), number("limit2")}});
    double above[2];
    own.above(std::vector<std::size_t>{count("x1"), count("x2")}, above);
    EXPECT_NEAR(above[0], number("above1"), 2e-6) << reference.describe(r);
    EXPECT_NEAR(above[1], number("above2"), 2e-6) << reference.describe(r);
  }
}

// Hardly any difference between cohorts: as one cohort with a normal prior of the log odds; by plain sums.
TEST(ExchangeableResponses, OracleWithoutDifferencesTheyAreOneCohort) {
  const ExchangeableResponses own({-1, 1.5, 0.01}, std::vector<ExchangeableResponses::Cohort>{{12, 0.25}, {30, 0.25}});
  double above[2], all = 0, over = 0;
  own.above(std::vector<std::size_t>{5, 9}, above);
  for (double x = -12; x < 12; x += 1e-4) {  // 14 of 42 respond
    const double p = 1 / (1 + std::exp(-x)), z = (x + 1) / 1.5;
    const double f = std::pow(p, 14) * std::pow(1 - p, 28) * std::exp(-z * z / 2);
    all += f;
    if (p > 0.25) over += f;
  }
  EXPECT_NEAR(above[0], over / all, 1e-3);
  EXPECT_NEAR(above[1], over / all, 1e-3);
}

/// OP and OM patients, 20 each in every trial of 40: the covariate is fixed by two arms of one treatment.
std::string study_of(const std::string& borrowing, const std::string& cohorts, double op = 0.2, double om = 0.2,
                     int replicates = 100, const std::string& more = "") {
  return fmt::format(R"(study: cohorts
seed: 4
replicates: {}
disease: {{os: {{median_months: 10}}, outcomes: {{or: {{probability: {}}}}}}}
arms: {{OP: {{}}, OM: {{effects: {{or: {{probability: {}}}}}}}}}
trial: {{enrollment: {{patients: 40, over_months: 20}}, randomization: {{blocks: [2]}}}}
truth: {{patients: 4000}}
design: {{kind: response_cohorts, primary: op, certainty: 0.9, min_follow_up_months: 3, borrowing: {}, cohorts: {{{}}}{}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  populations: {{OP: {{arm: OP}}, OM: {{arm: OM}}}}
  analyses:
    - {{name: op, method: proportion, outcome: or, population: OP}}
    - {{name: om, method: proportion, outcome: or, population: OM}}
    - {{name: both, method: proportion, outcome: or, by: arm}}
)",
                     replicates, op, om, borrowing, cohorts, more);
}

const std::string twenties = "op: {p0: 0.2, p1: 0.45, patients: 20}, om: {p0: 0.2, p1: 0.45, patients: 20}";

const CohortRule& rule_of(const Study& study) { return *study.scenarios[0].design->cohorts(); }

double binomial(int x, int n, double p) {
  return std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1)) * std::pow(p, x) *
         std::pow(1 - p, n - x);
}

TEST(ResponseCohorts, OracleEachOnItsOwnIsABinomialTest) {
  const Study study = study_from(study_of("none", twenties));
  for (const double p : {0.2, 0.45}) {
    double claim = 0;
    for (int x = 0; x <= 20; ++x)
      if (1 - boost::math::ibeta(0.5 + x, 20.5 - x, 0.2) > 0.9) claim += binomial(x, 20, p);
    const std::vector<double> exact = rule_of(study).claims(std::vector{p, 0.2});
    EXPECT_NEAR(exact[0], claim, 1e-12);
    EXPECT_NEAR(exact[2], 1 - (1 - exact[0]) * (1 - exact[1]), 1e-12);
  }
}

TEST(ResponseCohorts, OraclePooledTheyStandAndFallTogether) {
  const Study study = study_from(study_of("pooled", twenties));
  double claim = 0;
  for (int x = 0; x <= 40; ++x)
    if (1 - boost::math::ibeta(0.5 + x, 40.5 - x, 0.2) > 0.9) claim += binomial(x, 40, 0.3);
  const std::vector<double> exact = rule_of(study).claims(std::vector{0.3, 0.3});
  for (const double p : exact) EXPECT_NEAR(p, claim, 1e-12);
}

TEST(ResponseCohorts, OracleHierarchicalLiesBetween) {
  const Study own = study_from(study_of("none", twenties)), one = study_from(study_of("pooled", twenties)),
              between = study_from(study_of("hierarchical", twenties));
  const std::vector<double> both{0.45, 0.45}, alone{0.45, 0.2};
  // Borrowing gains where both respond, and claims the one that does not where the other does.
  EXPECT_GT(rule_of(between).claims(both)[0], rule_of(own).claims(both)[0]);
  EXPECT_GT(rule_of(between).claims(alone)[1], rule_of(own).claims(alone)[1]);
  EXPECT_LT(rule_of(between).claims(alone)[1], rule_of(one).claims(alone)[1]);
}

TEST(ResponseCohorts, StatisticalSimulatedAsExact) {
  for (const char* borrowing : {"none", "hierarchical"}) {
    const Study study = study_from(study_of(borrowing, twenties, 0.45, 0.2, 20000, ", true_nulls: [om]"));
    const auto rows = run_in_memory(study, 2, true);
    const std::vector<double> exact = rule_of(study).claims(std::vector{0.45, 0.2});
    const auto near = [&](const char* metric, const char* analysis, double value) {
      const Measure m = row_of(rows, "base", metric, analysis).measure;
      EXPECT_NEAR(m.value, value, 4 * m.mcse) << borrowing << " " << metric << " " << analysis;
    };
    near("adjusted_reject", "op", exact[0]);
    near("adjusted_reject", "om", exact[1]);
    near("adjusted_reject_any", "op", exact[2]);
    near("familywise_error", "op", exact[1]);
    EXPECT_THAT(cohort_table(study, rows), HasSubstr("op alone"));
  }
}

TEST(ResponseCohorts, ContractMistakes) {
  const auto mistake = [](const std::string& cohorts, const std::string& borrowing = "none") {
    return mistakes(study_of(borrowing, cohorts));
  };
  EXPECT_THAT(mistake("op: {p0: 0.2}, both: {p0: 0.2}"),
              HasSubstr("design.cohorts.both: is not a proportion of one group of patients (op or om)"));
  EXPECT_THAT(mistake("om: {p0: 0.2}"), HasSubstr("are 1 (from 2 to 6)"));
  EXPECT_THAT(mistake("op: {p0: 0.2, p1: 0.1}, om: {p0: 0.2}"), HasSubstr("p1: is not above p0"));
  EXPECT_THAT(mistake("op: {p0: 0.2, patients: 20}, om: {p0: 0.2, patients: 21}"),
              HasSubstr("have 41 patients; trial.enrollment.patients has 40"));
  EXPECT_THAT(mistake("op: {p0: 0.2}, om: {p0: 0.2}", "half"), HasSubstr("borrowing: 'half' is not"));
}

}  // namespace
}  // namespace oligosim
