// Tests of a plan against a hazard ratio other than 1: non-inferiority and equivalence.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/numeric/normal.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

/// A data set of the references, its ties told apart as in their script.
std::string csv_of(const std::string& name) {
  const test::ReferenceTable table("data/" + name + ".csv");
  std::string csv = "time,event,group,stratum\n";
  for (std::size_t i = 0; i < table.size(); ++i)
    csv +=
        fmt::format("{},{},{},{}\n", table.number(i, "time") + static_cast<double>(i + 1) / 1024,
                    table.text(i, "event"), table.text(i, "group") == "0" ? "A" : "B", "s" + table.text(i, "stratum"));
  return csv;
}

std::string plan_of(const std::string& analyses) {
  return "{time_unit: days, endpoints: {e: {time: time, event: event}}, analyses: [" + analyses + "]}";
}

std::string mistakes(const std::string& analyses) {
  try {
    const AnalysedData data(csv_of("veteran"), plan_of(analyses));
    return "";
  } catch (const InputError& e) {
    return e.what();
  }
}

TEST(HazardRatioNull, ReferenceOfR) {
  const test::ReferenceTable reference("hazard_ratio_null.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const std::string keys = "endpoint: e, null_value: " + reference.text(r, "ratio") +
                             (reference.number(r, "stratified") != 0 ? ", strata: [stratum]" : "");
    const AnalysedData data(
        csv_of(reference.text(r, "data")),
        plan_of("{name: score, method: log_rank, by: group, levels: [A, B], " + keys +
                "}, {name: wald, method: cox, terms: [group], levels: {group: [A, B]}, " + keys + "}"));
    const Estimate& score = data.row("score");
    EXPECT_NEAR(score.statistic, reference.number(r, "score"), 1e-7) << reference.describe(r);
    EXPECT_NEAR(score.p_value, chi_square_upper_tail(reference.number(r, "score"), 1), 1e-7);
    for (const char* parameter : {"hazard_ratio", "log_hazard_ratio"}) {
      const Estimate& wald = data.row("wald", parameter);
      EXPECT_NEAR(wald.statistic, reference.number(r, "wald"), 1e-7) << reference.describe(r);
      EXPECT_NEAR(wald.signed_statistic, -reference.number(r, "wald"), 1e-7);
      EXPECT_NEAR(wald.p_value, reference.number(r, "wald_p"), 1e-7);
    }
  }
}

// Two one-sided tests at 5 % reject just where the 90 % interval lies within the limits.
TEST(HazardRatioNull, OracleEquivalenceIsTheIntervalWithinTheLimits) {
  for (const double limit : {1.1, 1.3, 1.6, 2.0, 3.0}) {
    const AnalysedData data(
        csv_of("veteran"),
        plan_of(fmt::format("{{name: e, method: cox, endpoint: e, terms: [group], null_value: {}, equivalence: true}}",
                            limit)));
    const Estimate& e = data.row("e", "log_hazard_ratio");
    const double z = 1.6448536269514722;
    const bool within =
        e.estimate - z * e.standard_error > -std::log(limit) && e.estimate + z * e.standard_error < std::log(limit);
    EXPECT_EQ(e.signed_statistic > z, within) << limit;
    EXPECT_EQ(e.p_value < 0.1, within) << limit;
    EXPECT_FALSE(dynamic_cast<const HazardRatioTest&>(data.plan().analysis(0)).null_ratio());
  }
}

TEST(HazardRatioNull, ContractWhatIsTestedAgainst) {
  const auto null_of = [](const std::string& entry) {
    const AnalysedData data(csv_of("veteran"), plan_of("{name: a, endpoint: e, " + entry + "}"));
    const auto* test = dynamic_cast<const HazardRatioTest*>(&data.plan().analysis(0));
    EXPECT_FALSE(test_of_arms(data.plan().analysis(0)));  // the column has another name
    if (test && test->null_ratio()) {
      EXPECT_EQ(test->compared(), "group=B");
    }
    return test ? test->null_ratio().value_or(-1) : -1;
  };
  EXPECT_EQ(null_of("method: log_rank, by: group"), 1);
  EXPECT_EQ(null_of("method: log_rank, by: group, null_value: 1.5"), 1.5);
  EXPECT_EQ(null_of("method: log_rank, by: group, rho: 1"), -1);
  EXPECT_NEAR(null_of("method: cox, terms: [group], null_value: 1.5"), 1.5, 1e-15);
  EXPECT_EQ(null_of("method: cox, terms: [group, stratum]"), -1);
  EXPECT_EQ(null_of("method: rmst, by: group, at_months: [3]"), -1);
}

TEST(DifferenceNull, OracleRestrictedMeansAndMilestones) {
  for (const std::string method : {"rmst", "milestone"}) {
    const std::string entry = "method: " + method + ", endpoint: e, by: group, levels: [A, B], at_months: [2, 4]";
    const AnalysedData data(csv_of("veteran"),
                            plan_of("{name: usual, " + entry + "}, {name: margin, " + entry + ", null_value: -0.1}"));
    const char* parameter = method == "rmst" ? "rmst_difference" : "survival_difference";
    for (const double month : {2.0, 4.0}) {
      const Estimate& usual = data.row("usual", parameter, "", "", month);
      const Estimate& margin = data.row("margin", parameter, "", "", month);
      EXPECT_EQ(margin.estimate, usual.estimate);
      EXPECT_EQ(margin.lower, usual.lower);
      EXPECT_NEAR(margin.signed_statistic, (usual.estimate + 0.1) / usual.standard_error, 1e-12);
      EXPECT_NEAR(margin.p_value, 2 * normal_cdf(-std::abs(margin.signed_statistic)), 1e-12);
      EXPECT_NEAR(usual.signed_statistic, usual.estimate / usual.standard_error, 1e-12);
    }
  }
  EXPECT_THAT(
      mistakes("{name: a, method: milestone, endpoint: e, by: group, at_months: [2], test: log_log, null_value: "
               "-0.1}"),
      testing::HasSubstr("which test: log_log does not test (plain)"));
  EXPECT_THAT(mistakes("{name: a, method: rmst, endpoint: e, at_months: [2], null_value: -0.1}"),
              testing::HasSubstr("is a difference of groups (by)"));
}

TEST(HazardRatioNull, OracleMistakesAreRefused) {
  EXPECT_THAT(mistakes("{name: a, method: log_rank, endpoint: e, by: group, null_value: 1.3, rho: 1}"),
              testing::HasSubstr("stands beside weights"));
  EXPECT_THAT(mistakes("{name: a, method: log_rank, endpoint: e, by: stratum, null_value: 1.3}"),
              testing::HasSubstr("is the hazard ratio of two groups"));
  EXPECT_THAT(mistakes("{name: a, method: cox, endpoint: e, terms: [group, stratum], null_value: 1.3}"),
              testing::HasSubstr("is the hazard ratio of a single term"));
  EXPECT_THAT(mistakes("{name: a, method: cox, endpoint: e, terms: [group], null_value: 1.3, interval: profile}"),
              testing::HasSubstr("'profile' has no test against null_value"));
  EXPECT_THAT(mistakes("{name: a, method: cox, endpoint: e, terms: [group], null_value: 0.8, equivalence: true}"),
              testing::HasSubstr("is the upper limit of the ratio"));
  EXPECT_THAT(mistakes("{name: a, method: cox, endpoint: e, terms: [group], null_value: 0}"),
              testing::HasSubstr("null_value"));
}

}  // namespace
}  // namespace oligosim
