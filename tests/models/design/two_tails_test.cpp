// Two-sided designs whose primary has another two-sided p value than twice that of one tail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>

#include "engine/statistics/categorical/fisher_exact.hpp"
#include "models/study/page/course_page.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

/// 15 and 12 patients with 0.2 and 0.7 responses.
Study study_of(const std::string& analysis, const std::string& sides) {
  return study_from(R"(study: two tails
seed: 3
replicates: 20000
disease: {outcomes: {or: {probability: 0.2}}}
arms: {control: {allocation: 5}, sbrt: {allocation: 4, effects: {or: {probability: 0.7}}}}
trial: {enrollment: {patients: 27, over_months: 6}, randomization: {blocks: [27]}}
design: {kind: fixed, primary: test, alpha: 0.05, sides: )" +
                    sides + R"(, looks: [{at_month: 12}]}
plan:
  time_unit: days
  analyses: [{name: test, )" +
                    analysis + "}]\n");
}

/// Sum of the probabilities of the tables that a rule rejects.
template <class Rule>
double probability(const Rule& rejects) {
  const boost::math::binomial control(15, 0.2), sbrt(12, 0.7);
  double sum = 0;
  for (unsigned a = 0; a <= 15; ++a)
    for (unsigned b = 0; b <= 12; ++b)
      if (const FourfoldTable table{15 - a, a, 12 - b, b}; a + b > 0 && a + b < 27 && rejects(fisher_p_values(table)))
        sum += pdf(control, a) * pdf(sbrt, b);
  return sum;
}

const std::string fisher = "method: fisher_exact, rows: arm, columns: or";

// Fisher's two-sided p value adds up the tables that are no more probable, in both tails; a boundary on either side
// asks for half the level in its own.
TEST(TwoTails, OracleFishersTestRejectsByItsTailsAndHasPowerByItsTwoSidedPValue) {
  const double reject = probability([](const FisherPValues& p) { return std::min(p.less, p.greater) <= 0.025; });
  const double power = probability([](const FisherPValues& p) { return p.two_sided <= 0.05; });
  EXPECT_NEAR(reject, 0.66977, 5e-6);
  EXPECT_NEAR(power, 0.67751, 5e-6);
  const Study study = study_of(fisher, "2");
  const auto rows = run_in_memory(study, 2, false);
  const Measure rejected = row_of(rows, "base", "reject", "test").measure,
                below_alpha = row_of(rows, "base", "power", "test", "odds_ratio").measure;
  EXPECT_NEAR(rejected.value, reject, 4 * rejected.mcse);
  EXPECT_NEAR(below_alpha.value, power, 4 * below_alpha.mcse);
  EXPECT_GT(below_alpha.value, rejected.value);
  EXPECT_THAT(course_section(study, rows), testing::HasSubstr("reject and power differ"));
}

TEST(TwoTails, ContractSaidOnlyWhereTheyDiffer) {
  const auto rules = [](const std::string& analysis, const std::string& sides) {
    return study_of(analysis, sides).scenarios[0].design->rules().size();
  };
  EXPECT_EQ(rules(fisher, "2"), 1u);
  EXPECT_EQ(rules(fisher, "1"), 0u);
  EXPECT_EQ(rules("method: risk_difference, outcome: or, by: arm", "2"), 0u);
}

}  // namespace
}  // namespace oligosim
