// The one-sample log-rank test as the primary analysis of a design: level and power as published, and several looks
// against trials simulated in plain loops.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "engine/io/number.hpp"
#include "models/study/closed_form/closed_form_one_sample.hpp"
#include "models/study/page/design_page.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

/// 31 exponential patients over 24 months against a historical median of 5.2 months; hazard ratio 1 or 0.6.
std::string one_sample_study(const std::string& design, int replicates) {
  return fmt::format(R"(study: one sample
seed: 8
replicates: {}
disease: {{pfs: {{median_months: 5.2}}}}
arms: {{single: {{}}}}
trial: {{enrollment: {{patients: 31, over_months: 24}}}}
design: {{primary: average, alpha: 0.05, {}}}
plan:
  time_unit: days
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}}}
  analyses:
    - {{name: expected, method: one_sample_log_rank, endpoint: pfs, historical: {{median_months: 5.2}}}}
    - {{name: average, method: one_sample_log_rank, endpoint: pfs, historical: {{median_months: 5.2}}, variance: average}}
scenarios: {{"null": {{}}, better: {{arms.single.effects: {{pfs: {{hazard_ratio: 0.6}}}}}}}}
)",
                     replicates, design);
}

// As simulated elsewhere, with a standard error of 0.0005.
TEST(OneSampleDesign, StatisticalLevelAndPowerOf31Patients) {
  const auto rows =
      run_in_memory(study_from(one_sample_study("kind: fixed, looks: [{at_month: 36}]", 100000)), 2, false);
  const auto near = [&](const char* scenario, const char* analysis, double published, double error) {
    const Measure m = row_of(rows, scenario, "power", analysis, "one_sample_log_rank").measure;
    EXPECT_NEAR(m.value, published, 4 * std::hypot(m.mcse, error)) << scenario << " " << analysis;
  };
  near("null", "expected", .0381, .0005);
  near("null", "average", .0491, .0005);
  near("better", "expected", .832, .0005);
  near("better", "average", .858, .0005);
  EXPECT_EQ(row_of(rows, "null", "reject", "average").measure.value,
            row_of(rows, "null", "power", "average", "one_sample_log_rank").measure.value);
}

TEST(OneSampleDesign, ReferenceFormulaOfWuBesideTheSimulated) {
  const Study study = study_from(one_sample_study("kind: fixed, looks: [{at_month: 36}]", 20000));
  const OneSampleFormula better = one_sample_formula(study.scenarios[1]).value();
  EXPECT_NEAR(better.patients, 30.36121452, 5.1e-9);
  EXPECT_GT(better.power, 0.8);  // 31 of them
  EXPECT_NEAR(better.events, 31 * .8297389724, 1e-8);
  const OneSampleFormula null = one_sample_formula(study.scenarios[0]).value();
  EXPECT_NEAR(null.power, 0.05, 1e-9);
  EXPECT_TRUE(std::isinf(null.patients));
  EXPECT_NEAR(null.events, 31 * 0.93943908126481769, 1e-8);
  const auto rows = run_in_memory(study, 2, false);
  const Measure events = row_of(rows, "better", "expected_events", "average").measure;
  EXPECT_NEAR(events.value, better.events, 4 * events.mcse);
  const std::string page = design_section(study, rows);
  EXPECT_THAT(page, testing::HasSubstr("Wu (2015)"));
  EXPECT_THAT(page, testing::HasSubstr("<td>30.36</td><td>" + percent(better.power) + "</td>"));
}

// The hazard of points is that of the curve through them.
TEST(OneSampleDesign, OracleAHistoricalCurveOfPoints) {
  std::string text = one_sample_study("kind: fixed, looks: [{at_month: 36}]", 100);
  const std::string median = "historical: {median_months: 5.2}, variance";
  text.replace(
      text.find(median), median.size(),
      "historical: {months: [2.6, 5.2, 13], survival: [0.7071067811865476, 0.5, 0.1767766952966369]}, variance");
  const OneSampleFormula points = one_sample_formula(study_from(text).scenarios[1]).value();
  EXPECT_NEAR(points.patients, 30.36121452, 1e-7);
}

TEST(OneSampleDesign, ContractNoFormulaWhereSomethingIsNotKnown) {
  const auto known = [](const std::string& design, const std::string& from, const std::string& to) {
    std::string text = one_sample_study(design, 100);
    text.replace(text.find(from), from.size(), to);
    return one_sample_formula(study_from(text).scenarios[1]).has_value();
  };
  const std::string fixed = "kind: fixed, looks: [{at_month: 36}]";
  EXPECT_TRUE(known(fixed, "seed: 8", "seed: 9"));
  EXPECT_FALSE(known(fixed, "over_months: 24", "rate_per_month: 2"));
  EXPECT_FALSE(known(fixed, "alpha: 0.05", "alpha: 0.05, sides: 2"));
  EXPECT_FALSE(known("kind: fixed, looks: [{at_events: 20, of: pfs}]", "seed: 8", "seed: 9"));
  EXPECT_FALSE(known("kind: fixed, looks: [{at_month: 24, min_follow_up_months: 12}]", "seed: 8", "seed: 9"));
}

/// Whether the trial rejects at its first and its second look, in months.
struct NaiveLooks {
  double first_month, second_month, first_boundary, second_boundary;
};

int rejects_at(const NaiveLooks& looks, double ratio, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  std::vector<std::pair<double, double>> patients;  // entry, time of the event
  for (int i = 0; i < 31; ++i)
    patients.emplace_back(24 * uniform(random), -5.2 * std::log(uniform(random)) / (std::numbers::ln2 * ratio));
  const auto statistic = [&](double month) {
    double observed = 0, expected = 0;
    for (const auto& [entry, time] : patients) {
      if (entry >= month) continue;
      observed += entry + time <= month;
      expected += std::numbers::ln2 * std::min(time, month - entry) / 5.2;
    }
    return (expected - observed) / std::sqrt((observed + expected) / 2);
  };
  if (statistic(looks.first_month) >= looks.first_boundary) return 1;
  return statistic(looks.second_month) >= looks.second_boundary ? 2 : 0;
}

TEST(OneSampleDesign, OracleTwoLooksAgainstPlainLoops) {
  const Study study =
      study_from(one_sample_study("kind: group_sequential, looks: [{at_month: 18, information: 0.5}, {at_month: 36}], "
                                  "efficacy: {spending: pocock}",
                                  40000));
  const auto rows = run_in_memory(study, 2, false);
  const auto boundary = study.scenarios[0].design->efficacy_boundaries();
  std::mt19937_64 random(12);
  for (const auto& [name, ratio] : {std::pair{"null", 1.0}, std::pair{"better", 0.6}}) {
    constexpr int trials = 40000;
    double share[3] = {};
    for (int t = 0; t < trials; ++t)
      share[rejects_at({18, 36, boundary[0], boundary[1]}, ratio, random)] += 1.0 / trials;
    for (int look = 1; look <= 2; ++look) {
      const Measure own = find_row(rows, name, "reject", std::to_string(look), "average")->measure;
      EXPECT_NEAR(own.value, share[look], 4 * std::numbers::sqrt2 * own.mcse) << name << " look " << look;
    }
  }
}

}  // namespace
}  // namespace oligosim
