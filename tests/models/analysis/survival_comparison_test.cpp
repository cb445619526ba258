// Restricted means, milestones, MaxCombo and the one-sample log-rank as analyses of a plan: rows, units, directions,
// mistakes, and a design that stops on them.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

/// R's aml trial; a month is 30 days, its weeks are months here.
std::string aml() {
  const test::ReferenceTable table("data/aml.csv");
  std::string csv = "arm,time,event,sex\n";
  for (std::size_t i = 0; i < table.size(); ++i)
    csv += std::string(table.number(i, "group") == 0 ? "maintained" : "other") + "," +
           std::to_string(static_cast<int>(30 * table.number(i, "time"))) + "," + table.text(i, "event") + "," +
           (i % 3 == 0 ? "f" : "m") + "\n";
  return csv;
}

AnalysedData analysed(const std::string& analyses) {
  return AnalysedData(aml(), "{time_unit: days, days_per_month: 30, endpoints: {os: {time: time, event: event}}, " +
                                 ("analyses: [" + analyses + "]}"));
}

std::string mistakes(const std::string& analysis) {
  try {
    analysed(analysis);
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(RmstMethod, ReferenceRowsInMonths) {
  const AnalysedData a = analysed(R"(
    {name: r, method: rmst, endpoint: os, by: arm, levels: [other, maintained], at_months: [24, 30]},
    {name: all, method: rmst, endpoint: os, at_months: 30},
    {name: late, method: rmst, endpoint: os, by: arm, levels: [other, maintained], at_months: 200})");
  EXPECT_EQ(a.plan().labels().size(), 4u + 4u + 1u + 4u);
  EXPECT_EQ(a.plan().labels().front().parameter, "rmst_difference");  // what a design stops on
  EXPECT_TRUE(a.plan().labels().front().two_groups && a.plan().labels().front().tested);
  const Estimate& difference = a.row("r", "rmst_difference", "", "arm=maintained", 30);
  EXPECT_NEAR(difference.estimate, 4.90782828283, 1e-10);
  EXPECT_NEAR(difference.standard_error, 3.8312902581, 1e-9);
  EXPECT_NEAR(difference.signed_statistic, 1.28098576516, 1e-10);
  EXPECT_NEAR(difference.lower, difference.estimate - normal_quantile(.975) * difference.standard_error, 1e-12);
  EXPECT_NEAR(a.row("r", "rmst", "maintained", "", 30).estimate, 24.60227272727, 1e-10);
  EXPECT_NEAR(a.row("r", "rmst", "other", "", 30).standard_error, std::sqrt(9.328125), 1e-10);
  EXPECT_NEAR(a.row("r", "rmst_ratio", "", "", 30).estimate, 24.60227272727 / 19.6944444444, 1e-9);
  EXPECT_NEAR(a.row("all", "rmst").estimate, 22.03726708075, 1e-10);
  EXPECT_NEAR(a.row("all", "rmst").standard_error, 2.00741136104, 1e-10);
  EXPECT_EQ(a.row("late", "rmst_difference").status, Status::not_reached);
  EXPECT_EQ(a.row("late", "rmst", "other").status, Status::ok);  // all of them died
}

TEST(MilestoneMethod, ReferenceRowsAndBothTests) {
  const AnalysedData a = analysed(R"(
    {name: m, method: milestone, endpoint: os, by: arm, levels: [other, maintained], at_months: [12, 24]},
    {name: l, method: milestone, endpoint: os, by: arm, levels: [other, maintained], at_months: 24, test: log_log})");
  const Estimate& plain = a.row("m", "survival_difference", "", "arm=maintained", 24);
  EXPECT_NEAR(plain.estimate, .613636363636 - .486111111111, 1e-11);
  EXPECT_NEAR(plain.standard_error, std::hypot(.152632331027, .148130062553), 1e-11);
  EXPECT_NEAR(plain.statistic, plain.estimate / plain.standard_error, 1e-12);
  EXPECT_NEAR(a.row("l").signed_statistic, .589426554567, 1e-11);
  EXPECT_EQ(a.row("l").estimate, plain.estimate);
}

TEST(MaxComboMethod, OracleOfWeightedLogRanks) {
  const AnalysedData a = analysed(R"(
    {name: c, method: max_combo, endpoint: os, by: arm, strata: [sex]},
    {name: one, method: max_combo, endpoint: os, by: arm, strata: [sex], rho: 0, gamma: 1},
    {name: l0, method: log_rank, endpoint: os, by: arm, strata: [sex]},
    {name: l1, method: log_rank, endpoint: os, by: arm, strata: [sex], gamma: 1},
    {name: l2, method: log_rank, endpoint: os, by: arm, strata: [sex], rho: 1},
    {name: l3, method: log_rank, endpoint: os, by: arm, strata: [sex], rho: 1, gamma: 1})");
  double largest = 0, smallest_p = 1;
  for (const char* name : {"l0", "l1", "l2", "l3"}) {
    largest = std::max(largest, std::abs(a.row(name).signed_statistic));
    smallest_p = std::min(smallest_p, a.row(name).p_value);
  }
  EXPECT_NEAR(a.row("c").statistic, largest, 1e-12);
  EXPECT_GT(a.row("c").p_value, smallest_p);
  EXPECT_LT(a.row("c").p_value, 4 * smallest_p);
  EXPECT_NEAR(a.row("one").p_value, a.row("l1").p_value, 1e-10);
  EXPECT_NEAR(a.row("one").signed_statistic, a.row("l1").signed_statistic, 1e-8);
  EXPECT_EQ(a.plan().labels().front().term, "arm");
  EXPECT_EQ(a.plan().labels().front().parameter, "max_combo");
}

TEST(OneSampleLogRankMethod, ReferenceCurvesInMonths) {
  const AnalysedData a = analysed(R"(
    {name: e, method: one_sample_log_rank, endpoint: os, historical: {median_months: 20}},
    {name: w, method: one_sample_log_rank, endpoint: os, historical: {median_months: 20, shape: 1.4}, variance: average},
    {name: p, method: one_sample_log_rank, endpoint: os, historical: {months: [10, 40], survival: [0.7, 0.25]}},
    {name: x, method: one_sample_log_rank, endpoint: os, historical: {months: 20, survival: 0.5}, by: arm})");
  EXPECT_NEAR(a.row("e", "one_sample_log_rank").statistic, -1.13414249207, 1e-11);
  EXPECT_GT(a.row("e", "one_sample_log_rank").signed_statistic, 0);
  const Estimate& ratio = a.row("e", "standardized_mortality_ratio");
  EXPECT_NEAR(ratio.estimate, .766032765074, 1e-11);
  EXPECT_NEAR(ratio.lower, .4539995652, 1e-10);
  EXPECT_NEAR(ratio.upper, 1.2106620254, 1e-10);
  EXPECT_NEAR(a.row("w", "one_sample_log_rank").statistic, -3.0999501189032106, 1e-10);
  // One point is an exponential curve; the groups add up to everybody.
  const double expected_0 = a.row("x", "standardized_mortality_ratio", "maintained").n_events /
                            a.row("x", "standardized_mortality_ratio", "maintained").estimate;
  const double expected_1 = a.row("x", "standardized_mortality_ratio", "other").n_events /
                            a.row("x", "standardized_mortality_ratio", "other").estimate;
  EXPECT_NEAR(expected_0 + expected_1, 23.497689421, 1e-9);
  double expected = 0;
  const test::ReferenceTable table("data/aml.csv");
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double t = table.number(i, "time"), late = std::log(.7 / .25) / 30;
    expected += t <= 10 ? -std::log(.7) / 10 * t : -std::log(.7) + late * (t - 10);
  }
  EXPECT_NEAR(a.row("p", "standardized_mortality_ratio").estimate, 18 / expected, 1e-12);
}

TEST(SurvivalComparisons, ContractMistakesAreNamed) {
  const auto expect = [](const std::string& analysis, const std::string& part) {
    EXPECT_NE(mistakes(analysis).find(part), std::string::npos) << mistakes(analysis);
  };
  expect("{name: a, method: rmst, endpoint: os}", "at_months");
  expect("{name: a, method: rmst, endpoint: os, at_months: 0}", "above 0");
  expect("{name: a, method: milestone, endpoint: os, at_months: 3}", "by: missing");
  expect("{name: a, method: milestone, endpoint: os, by: arm, at_months: []}", "at_months: is empty");
  expect("{name: a, method: max_combo, endpoint: os, by: arm, rho: [0, 1]}", "not as many numbers as gamma");
  expect("{name: a, method: max_combo, endpoint: os, by: arm, levels: [other]}", "two levels");
  expect("{name: a, method: one_sample_log_rank, endpoint: os}", "historical");
  expect("{name: a, method: one_sample_log_rank, endpoint: os, historical: {median_months: 0}}", "above 0");
  expect("{name: a, method: one_sample_log_rank, endpoint: os, historical: {months: [2, 1], survival: [0.5, 0.4]}}",
         "do not rise");
  expect("{name: a, method: one_sample_log_rank, endpoint: os, historical: {months: [1, 2], survival: [0.4, 0.5]}}",
         "rises");
  expect("{name: a, method: one_sample_log_rank, endpoint: os, historical: {months: [1, 2], survival: [0.4]}}",
         "not as many numbers as months");
}

// The signed statistic of MaxCombo is standard normal under no effect: a one-sided design keeps its level.
TEST(SurvivalComparisons, OracleADesignStopsOnMaxCombo) {
  const auto rows = run_in_memory(study_from(R"(
study: delayed effect
seed: 11
replicates: 2000
disease: {os: {median_months: 10}}
arms: {control: {}, sbrt: {}}
trial: {enrollment: {patients: 120, over_months: 12}}
design: {kind: fixed, primary: combo, alpha: 0.025, sides: 1, looks: [{at_month: 30}]}
truth: {patients: 1000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: combo, method: max_combo, endpoint: os, by: arm}
    - {name: mean, method: rmst, endpoint: os, by: arm, at_months: 18}
    - {name: history, method: one_sample_log_rank, endpoint: os, historical: {median_months: 10}, variance: average}
)"));
  const double four_errors = 4 * std::sqrt(.025 * .975 / 2000);
  EXPECT_NEAR(row_of(rows, "base", "reject", "combo").measure.value, .025, four_errors);
  EXPECT_NEAR(row_of(rows, "base", "power", "combo", "max_combo").measure.value, .025, four_errors);
  EXPECT_NEAR(row_of(rows, "base", "power", "mean", "rmst_difference").measure.value, .025, four_errors);
  EXPECT_NEAR(row_of(rows, "base", "power", "history", "one_sample_log_rank").measure.value, .025, four_errors);
}

}  // namespace
}  // namespace oligosim
