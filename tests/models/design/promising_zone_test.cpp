// Sample-size re-estimation in the promising zone: the combined test and conditional power as rpact has them, what is
// decided by hand, and whole trials against rpact's own simulation.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/combination_test.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

TEST(CombinationTest, ReferenceCombinedTestAndConditionalPower) {
  const test::ReferenceTable reference("combination_test.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const double before = number("before"), planned = number("planned"), z1 = number("z1");
    const CombinationTest own{before / planned, number("boundary")};
    const double second = increment(z1, before, number("z2"), number("after"));
    if (number("after") > before) {
      EXPECT_TRUE(test::close(own.combined(z1, second), number("combined"), 1e-6)) << reference.describe(r);
    }
    const double drift = z1 / std::sqrt(before);
    EXPECT_NEAR(own.conditional_power(z1, drift, planned - before), number("conditional_power"), 1e-6) << r;
    EXPECT_TRUE(test::close(own.further_information(z1, drift, 0.9), number("further"), 1e-5)) << reference.describe(r);
  }
}

// Mehta and Pocock's setting with z = 1.2 at half the information.
TEST(CombinationTest, ReferenceConditionalPowerAtHalfTheInformation) {
  const CombinationTest half{0.5, 1.959963985};
  EXPECT_NEAR(half.conditional_power(1.2, 1.2 / std::sqrt(50), 50), .355018034238, 1e-9);
  EXPECT_NEAR(half.conditional_power(1.2, 2.801585218 / 10, 50), .658808049944, 1e-9);
  EXPECT_NEAR(half.conditional_power(1.2, 0, 50), .0579975835789, 1e-9);
}

TEST(CombinationTest, OracleWithoutAChangeItIsTheTestOfAllData) {
  const double z2 = 1.7, second = increment(1.1, 40, z2, 100);
  EXPECT_NEAR((CombinationTest{0.4, 1.96}.combined(1.1, second)), z2, 1e-14);
  EXPECT_TRUE(std::isnan(increment(1.1, 40, 1.7, 40)));
}

/// A trial of exponential survival over 20 months of enrollment, looked at after 60 and 120 events.
std::string study_of(const std::string& design, double hazard_ratio = 0.7, int replicates = 100, int patients = 300) {
  return fmt::format(R"(study: promising zone
seed: 5
replicates: {}
disease: {{os: {{median_months: 10}}}}
arms: {{control: {{}}, experimental: {{effects: {{os: {{hazard_ratio: {}}}}}}}}}
trial: {{enrollment: {{patients: {}, over_months: 20}}, randomization: {{blocks: [4]}}}}
truth: {{patients: 20000}}
design: {{kind: promising_zone, primary: test, looks: [{{at_events: 60, of: os}}, {{at_events: 120, of: os}}], {}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: test, method: log_rank, endpoint: os, by: arm}}
    - {{name: cox, method: cox, endpoint: os, terms: [arm]}}
    - {{name: km, method: kaplan_meier, endpoint: os, by: arm, at_months: [12]}}
)",
                     replicates, hazard_ratio, patients, design);
}

const std::string zone = "promising_from: 0.3, target_power: 0.9, most_events: 180";

/// A trial that shows what it is told to, and keeps what the design asks of it.
class ScriptedTrial : public Conduct {
 public:
  explicit ScriptedTrial(std::vector<LookResult> results) : results_(std::move(results)) {}
  LookResult analyze_at(const Look& look) override {
    asked.push_back(*look.events);
    return results_.at(asked.size() - 1);
  }
  void stop(Decision d, const LastStage& /*at*/) override { decision = d; }
  void stop(Decision d, const CombinedTest& of) override { decision = d, test = of; }
  void enroll(std::size_t n) override { patients.push_back(n); }
  void take(std::size_t number) override { course = number; }

  std::vector<std::size_t> asked, patients;
  std::size_t course = 99;
  Decision decision = Decision::none;
  CombinedTest test;

 private:
  std::vector<LookResult> results_;
};

ScriptedTrial conducted(const std::string& design, std::vector<LookResult> results) {
  const Study study = study_from(study_of(design));
  ScriptedTrial trial(std::move(results));
  study.scenarios[0].design->conduct(trial);
  return trial;
}

TEST(PromisingZone, OracleDecidesByTheConditionalPower) {
  const std::string design = zone + ", planned_patients: 200";
  // Conditional power at half the information under the trend: Phi(2 z - 1.96 sqrt(2)).
  const double lowest = (normal_quantile(0.3) + normal_quantile(0.975) * std::sqrt(2)) / 2;
  const double highest = (normal_quantile(0.9) + normal_quantile(0.975) * std::sqrt(2)) / 2;
  const ScriptedTrial below = conducted(design, {{.z = lowest - 1e-9, .events = 60}, {.z = 2, .events = 120}});
  EXPECT_EQ(below.course, 0u);
  EXPECT_THAT(below.asked, testing::ElementsAre(60, 120));
  EXPECT_THAT(below.patients, testing::ElementsAre(200));
  const ScriptedTrial above = conducted(design, {{.z = highest + 1e-9, .events = 60}, {.z = 2, .events = 120}});
  EXPECT_EQ(above.course, 2u);
  EXPECT_THAT(above.asked, testing::ElementsAre(60, 120));
  const ScriptedTrial capped = conducted(design, {{.z = lowest + 1e-9, .events = 60}, {.z = 2, .events = 180}});
  EXPECT_EQ(capped.course, 1u);
  EXPECT_THAT(capped.asked, testing::ElementsAre(60, 180));
  EXPECT_THAT(capped.patients, testing::ElementsAre(200, 300));
  // z needed of the second stage, and how many events bring it with 90 %.
  const double z = 1.7, needed = 1.959963984540054 * std::sqrt(2) - z;
  const auto wanted =
      static_cast<std::size_t>(std::ceil(60 + std::pow((needed + 1.2815515655446) / (z / std::sqrt(60)), 2)));
  ASSERT_TRUE(wanted > 120 && wanted < 180);
  const ScriptedTrial between = conducted(design, {{.z = z, .events = 60}, {.z = 1.9, .events = wanted}});
  EXPECT_THAT(between.asked, testing::ElementsAre(60, wanted));
  const auto share = static_cast<double>(wanted - 120) / 60;
  EXPECT_THAT(between.patients, testing::ElementsAre(200, 200 + static_cast<std::size_t>(std::ceil(share * 100))));
}

// The rules in words have the boundaries of the zones: at half the information under the trend, then under the ratio
// assumed, which 60 further events show with 60 / 4 of information.
TEST(PromisingZone, OracleRulesInWordsHaveTheBoundaries) {
  const auto rules_of = [](const std::string& design) {
    return study_from(study_of(design)).scenarios[0].design->rules();
  };
  const double critical = normal_quantile(0.975) * std::sqrt(2);
  const auto trend = [&](double power) { return fmt::format("{:.4g}", (normal_quantile(power) + critical) / 2); };
  const auto assumed = [&](double power) {
    return fmt::format("{:.4g}", normal_quantile(power) + critical - std::log(1 / 0.7) * std::sqrt(60.0 / 4));
  };
  const auto plain = rules_of(zone + ", planned_patients: 200, stop_below: 0.1");
  ASSERT_EQ(plain.size(), 4u);
  EXPECT_EQ(plain[0], "unfavourable: conditional power below 30 % (z at look 1 below " + trend(0.3) +
                          "), as planned; below 10 % (z " + trend(0.1) + ") it stops for futility");
  EXPECT_EQ(plain[1], "promising: from there to 90 % (z " + trend(0.9) +
                          "), as many events as give 90 %, at most 180, and up to 300 patients instead of 200");
  EXPECT_EQ(plain[3], "at the end the two stages are combined with the weights planned");
  const auto other = rules_of(zone + ", assumed_hazard_ratio: 0.7, final_test: conventional");
  EXPECT_THAT(other[0], HasSubstr("(z at look 1 below " + assumed(0.3) + "), as planned"));
  EXPECT_THAT(other[1], HasSubstr("to 90 % (z " + assumed(0.9) + ")"));
  EXPECT_EQ(other[3], "at the end the data are tested as if nothing had been changed");
  // So decides the trial, too.
  const double z = normal_quantile(0.3) + critical - std::log(1 / 0.7) * std::sqrt(60.0 / 4);
  const std::string design = zone + ", assumed_hazard_ratio: 0.7";
  EXPECT_EQ(conducted(design, {{.z = z - 1e-9, .events = 60}, {.z = 2, .events = 120}}).course, 0u);
  EXPECT_EQ(conducted(design, {{.z = z + 1e-9, .events = 60}, {.z = 2, .events = 180}}).course, 1u);
}

// 1.9 with all data is not enough; with the first stage at its planned half of the weight it is.
TEST(PromisingZone, OracleTheEndCombinesTheStagesWithTheWeightsPlanned) {
  const double all = 170, second = (std::sqrt(all) * 1.94 - std::sqrt(60.0) * 1.7) / std::sqrt(all - 60);
  const double combined = (1.7 + second) / std::sqrt(2);
  const ScriptedTrial trial = conducted(zone, {{.z = 1.7, .events = 60}, {.z = 1.94, .events = 170}});
  EXPECT_NEAR(trial.test.z, combined, 1e-12);
  EXPECT_NEAR(trial.test.p_value, 1 - normal_cdf(combined), 1e-12);
  EXPECT_EQ(trial.decision, combined >= 1.959963984540054 ? Decision::efficacy : Decision::none);
  const ScriptedTrial plain =
      conducted(zone + ", final_test: conventional", {{.z = 1.7, .events = 60}, {.z = 1.94, .events = 170}});
  EXPECT_EQ(plain.test.z, 1.94);
  EXPECT_EQ(plain.decision, Decision::none);
}

TEST(PromisingZone, ContractStopsForFutilityAndEfficacyAndWithoutEvents) {
  const ScriptedTrial futile = conducted(zone + ", stop_below: 0.1", {{.z = 0.2, .events = 60}});
  EXPECT_EQ(futile.decision, Decision::futility);
  const ScriptedTrial early = conducted(zone + ", efficacy: {boundary: pocock}", {{.z = 2.18, .events = 60}});
  EXPECT_EQ(early.decision, Decision::efficacy);
  EXPECT_EQ(early.asked.size(), 1u);
  const ScriptedTrial never = conducted(zone, {{.z = 1.97, .events_reached = false, .events = 41}});
  EXPECT_EQ(never.decision, Decision::efficacy);
  const ScriptedTrial nothing_new =
      conducted(zone, {{.z = 1.97, .events = 60}, {.z = 1.97, .events_reached = false, .events = 60}});
  EXPECT_EQ(nothing_new.decision, Decision::none);
}

// rpact simulates the same design without a lowest promising conditional power.
TEST(PromisingZone, StatisticalPowerAndEventsAsRpactSimulatesThem) {
  const test::ReferenceTable reference("promising_zone.csv");
  const std::string design =
      "promising_from: 0, target_power: 0.9, most_events: 180, efficacy: {spending: obrien_fleming}";
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const auto rows = run_in_memory(study_from(study_of(design, reference.number(r, "hazard_ratio"), 20000)), 2, false);
    const auto near = [&](const char* metric, double value, double theirs) {
      const Measure m = row_of(rows, "base", metric, "test").measure;
      EXPECT_NEAR(m.value, value, 4 * std::hypot(m.mcse, theirs)) << metric << " " << reference.describe(r);
    };
    const double power = reference.number(r, "reject"), n = reference.number(r, "iterations");
    near("reject", power, std::sqrt(power * (1 - power) / n));
    near("expected_events", reference.number(r, "events"), 30 / std::sqrt(n));
    near("expected_duration_months", reference.number(r, "months"), 5 / std::sqrt(n));
  }
}

/// The level of the conventional test at the end, no effect, by the midpoint rule over z at the interim look: 60
/// events, then 60 more, or as many as give half power under the trend seen where the power of 60 is 0.001 to 0.5, up
/// to 290 in all.
double conventional_level() {
  constexpr double critical = 1.959963985, width = 1e-4;
  double level = 0;
  for (double z = -8 + width / 2; z < 8; z += width) {
    const double drift = z / std::sqrt(60);
    const double needed = (critical * std::sqrt(120) - z * std::sqrt(60)) / std::sqrt(60);  // of the second stage
    const double power = normal_cdf(drift * std::sqrt(60) - needed);
    double all = 120;
    if (power >= 0.001 && power < 0.5)
      all = drift > 0 ? std::min(290.0, std::ceil(60 + std::pow(needed / drift, 2))) : 290;
    const double further = all - 60;
    const double claim = normal_cdf((z * std::sqrt(60) - critical * std::sqrt(all)) / std::sqrt(further));
    level += width * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)) * claim;
  }
  return level;
}

TEST(PromisingZone, StatisticalLevelHoldsWhereTheConventionalTestDoesNot) {
  const std::string hungry = "promising_from: 0.001, target_power: 0.5, most_events: 290";
  const auto level = [&](const std::string& design) {
    return row_of(run_in_memory(study_from(study_of(design, 1, 40000)), 2, false), "base", "reject", "test").measure;
  };
  const Measure combined = level(hungry), conventional = level(hungry + ", final_test: conventional");
  EXPECT_NEAR(combined.value, 0.025, 4 * combined.mcse);
  EXPECT_NEAR(conventional_level(), 0.030275, 1e-5);  // as integrated in R
  EXPECT_NEAR(conventional.value, conventional_level(), 4 * conventional.mcse);
  EXPECT_GT(conventional.value, 0.025 + 4 * conventional.mcse);
}

TEST(PromisingZone, StatisticalZonesAddUpAndTheEstimateKnowsOfThem) {
  const auto rows = run_in_memory(study_from(study_of(zone + ", planned_patients: 200", 0.7, 4000)), 2, true);
  double share = 0, claims = 0, patients = 0;
  for (const char* course : {"unfavourable", "promising", "favourable"}) {
    const auto of = [&](const std::string& metric) {
      for (const SummaryRow& row : rows)
        if (row.metric == metric && row.label.term == course) return row.measure.value;
      return missing;
    };
    share += of("course_share");
    claims += of("course_share") * of("course_reject");
    patients += of("course_share") * of("course_expected_n");
    EXPECT_GT(of("course_expected_n"), std::string(course) == "promising" ? 200 : 199.999);
  }
  EXPECT_NEAR(share, 1, 1e-12);
  EXPECT_NEAR(claims, row_of(rows, "base", "reject", "test").measure.value, 1e-9);
  EXPECT_NEAR(patients, row_of(rows, "base", "expected_n", "test").measure.value, 1e-6);
  const SummaryRow& covered = row_of(rows, "base", "coverage", "test", "combined_hazard_ratio");
  EXPECT_NEAR(covered.measure.value, 0.95, 4 * covered.measure.mcse);
  EXPECT_NEAR(covered.truth, 0.7, 1e-12);
  EXPECT_EQ(row_of(rows, "base", "power", "test", "combined_hazard_ratio").measure.value,
            row_of(rows, "base", "reject", "test").measure.value);
}

TEST(PromisingZone, ContractMistakes) {
  const auto mistake = [](const std::string& design) { return mistakes(study_of(design)); };
  EXPECT_THAT(mistake("promising_from: 0.9, target_power: 0.8, most_events: 180"),
              HasSubstr("promising_from: is not below target_power"));
  EXPECT_THAT(mistake("promising_from: 0.3, target_power: 0.9, most_events: 120"),
              HasSubstr("most_events: are not more than the 120 planned"));
  EXPECT_THAT(mistake("promising_from: 0.3, target_power: 0.9, most_events: 301"),
              HasSubstr("most_events: are more than the 300 patients"));
  EXPECT_THAT(mistake(zone + ", planned_patients: 301"), HasSubstr("planned_patients: are more than the 300"));
  EXPECT_THAT(mistake(zone + ", stop_below: 0.5"), HasSubstr("stop_below: is above promising_from"));
}

}  // namespace
}  // namespace oligosim
