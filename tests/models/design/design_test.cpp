// Designs as written: boundaries, what is decided at each look, and at the information that looks turn out to have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/group_sequential.hpp"
#include "tests/models/design/design_support.hpp"

namespace oligosim {
namespace {

std::vector<double> boundaries_of(const std::string& design) {
  const Study study = study_from(study_with(design));
  const auto boundaries = study.scenarios[0].design->efficacy_boundaries();
  return {boundaries.begin(), boundaries.end()};
}

TEST(Design, ReferenceBoundariesOfEveryKind) {
  const struct {
    const char* efficacy;
    double boundary[3];
  } cases[] = {{"{spending: obrien_fleming}", {3.710302873, 2.511427484, 1.993047483}},
               {"{spending: pocock}", {2.279428239, 2.294911139, 2.295939587}},
               {"{spending: hwang_shih_decani, gamma: -4}", {3.010739485, 2.546530552, 1.999226354}},
               {"{spending: hwang_shih_decani, gamma: 1}", {2.283141356, 2.284441255, 2.301255368}},
               {"{boundary: obrien_fleming}", {3.471091445, 2.454432299, 2.004035580}},
               {"{boundary: pocock}", {2.289478456, 2.289478456, 2.289478456}},
               {"{boundary: wang_tsiatis, delta: 0.25}", {2.7411366, 2.3050119, 2.0828134}},
               {"{boundary: haybittle_peto}", {3, 3, 1.9750976}},
               {"{spending: user, cumulative: [0.0001035057181, 0.0060483890773, 0.025]}",
                {3.710302873, 2.511427484, 1.993047483}}};
  for (const auto& c : cases) {
    const std::vector<double> boundary = boundaries_of(thirds + ", efficacy: " + c.efficacy);
    for (int k = 0; k < 3; ++k) EXPECT_NEAR(boundary[k], c.boundary[k], 1e-6) << c.efficacy;
  }
}

/// A trial whose looks show what they are told to.
class ScriptedTrial : public Conduct {
 public:
  explicit ScriptedTrial(std::vector<LookResult> results) : results_(std::move(results)) {}
  LookResult analyze_at(const Look& /*look*/) override { return results_.at(looks++); }
  void stop(Decision d, const LastStage& at) override {
    decision = d;
    z = at.z;
    if (at.stage) efficacy = at.stage->efficacy, information = at.stage->information, last = at.stage->last;
  }

  std::size_t looks = 0;
  Decision decision = Decision::none;
  double z = 0, efficacy = 0, information = 0;
  bool last = false;

 private:
  std::vector<LookResult> results_;
};

ScriptedTrial conducted(const std::string& design, std::vector<LookResult> results) {
  const Study study = study_from(study_with(design));
  ScriptedTrial trial(std::move(results));
  study.scenarios[0].design->conduct(trial);
  return trial;
}

TEST(Design, OracleDecidesAtThePlannedBoundaries) {
  const std::string design = thirds + ", efficacy: {spending: pocock}, futility: {z: [-0.5, 0.7]}";
  const ScriptedTrial early = conducted(design, {{.z = 2.28, .events = 50}});
  EXPECT_EQ(early.decision, Decision::efficacy);
  EXPECT_EQ(early.looks, 1u);
  const ScriptedTrial futile = conducted(design, {{.z = 1, .events = 50}, {.z = 0.6, .events = 100}});
  EXPECT_EQ(futile.decision, Decision::futility);
  EXPECT_EQ(futile.looks, 2u);
  const ScriptedTrial none =
      conducted(design, {{.z = 2.27, .events = 50}, {.z = 2.29, .events = 100}, {.z = 2.29, .events = 150}});
  EXPECT_EQ(none.decision, Decision::none);
  EXPECT_EQ(none.looks, 3u);
  EXPECT_TRUE(none.last);
}

// Days of several events: 53 at the first look. Its boundary stays that of the 50 it waited for.
TEST(Design, ContractALookByEventsHasTheInformationPlanned) {
  const ScriptedTrial trial = conducted(thirds, {{.z = 9, .events = 53}});
  EXPECT_NEAR(trial.information, 1.0 / 3, 1e-15);
  EXPECT_NEAR(trial.efficacy, 3.710302873, 1e-6);
}

TEST(Design, OracleEventsThatNeverCameLeaveTheRestOfAlphaToTheLastLook) {
  const ScriptedTrial trial =
      conducted(thirds, {{.z = 1, .events = 50}, {.z = 2.1, .events_reached = false, .events = 88}});
  EXPECT_EQ(trial.looks, 2u);
  EXPECT_TRUE(trial.last);
  // The same by hand: what the first look left is spent at 88 events of 150.
  const std::vector<double> information = {50.0 / 150, 88.0 / 150};
  const double first = efficacy_boundaries(Spending::obrien_fleming, 0.025, information)[0];
  const double rest = 0.025 - spent(Spending::obrien_fleming, 0.025, 50.0 / 150);
  EXPECT_NEAR(trial.efficacy, last_boundary(std::vector<double>{first}, information, rest, false), 1e-10);
  EXPECT_LT(trial.efficacy, 1.97);
  EXPECT_EQ(trial.decision, Decision::efficacy);
}

TEST(Design, OracleOneLookAfterAllIsTheFixedTest) {
  const ScriptedTrial trial = conducted(thirds, {{.z = 1.96, .events_reached = false, .events = 31}});
  EXPECT_NEAR(trial.efficacy, 1.959963984540054, 1e-10);
  EXPECT_EQ(trial.decision, Decision::efficacy);
}

const std::string dates =
    "looks: [{at_month: 18, information: 0.4}, {at_month: 30, information: 0.75}, {at_month: 48, of: os}], "
    "final_events: 140";

TEST(Design, OracleLooksByDateHaveTheBoundariesOfTheEventsSeen) {
  const ScriptedTrial trial =
      conducted(dates, {{.z = 1, .events = 44}, {.z = 1.5, .events = 97}, {.z = 1.99, .events = 131}});
  const std::vector<double> information = {44.0 / 140, 97.0 / 140, 131.0 / 140};
  std::vector<double> boundary = efficacy_boundaries(Spending::obrien_fleming, 0.025, information);
  const double rest = 0.025 - spent(Spending::obrien_fleming, 0.025, information[1]);
  boundary.pop_back();
  EXPECT_NEAR(trial.efficacy, last_boundary(boundary, information, rest, false), 1e-10);
  EXPECT_NEAR(trial.information, 131.0 / 140, 1e-15);
}

TEST(Design, ContractTheTrialIsOverOnceThePlannedInformationIsThere) {
  const ScriptedTrial trial = conducted(dates, {{.z = 1, .events = 60}, {.z = 1.9, .events = 143}});
  EXPECT_EQ(trial.looks, 2u);
  EXPECT_TRUE(trial.last);
  EXPECT_EQ(trial.decision, Decision::none);
}

TEST(Design, ContractALookWithoutNewEventsDecidesNothing) {
  const ScriptedTrial trial = conducted(dates, {{.z = 9, .events = 0}, {.z = 1, .events = 60}, {.z = 9, .events = 60}});
  EXPECT_EQ(trial.looks, 3u);
  EXPECT_EQ(trial.decision, Decision::none);
  EXPECT_EQ(trial.z, 1);
  const double none = std::numeric_limits<double>::quiet_NaN();
  const ScriptedTrial missing =
      conducted(dates, {{.z = none, .events = 5}, {.z = none, .events = 60}, {.z = none, .events = 70}});
  EXPECT_EQ(missing.decision, Decision::none);
}

TEST(Design, OracleFutilityByHazardRatioAndConditionalPower) {
  const auto futility = [](const std::string& rule) {
    const Study study = study_from(study_with(thirds + ", futility: " + rule));
    return study.scenarios[0].design->sequential()->planned()[1]->futility;
  };
  EXPECT_NEAR(futility("{hazard_ratio: [1.2, 0.9]}"), -std::log(0.9) * std::sqrt(100 / 4.0), 1e-10);
  const double t = 2.0 / 3, last = 1.993047483, drift = -std::log(0.7) * std::sqrt(150 / 4.0);
  // z with a tenth of a chance to cross at the end, under the trend and under HR 0.7.
  const double trend = futility("{conditional_power: [0.05, 0.1]}");
  EXPECT_NEAR(normal_cdf((trend / std::sqrt(t) - last) / std::sqrt(1 - t)), 0.1, 1e-7);
  const double given = futility("{conditional_power: [0.05, 0.1], assumed_hazard_ratio: 0.7}");
  EXPECT_NEAR(normal_cdf((given * std::sqrt(t) + drift * (1 - t) - last) / std::sqrt(1 - t)), 0.1, 1e-7);
}

TEST(Design, OracleMistakesAreRefusedWithReasonAndPlace) {
  const struct {
    std::string design;
    const char* message;
  } cases[] = {
      {thirds + ", efficacy: {spending: user, cumulative: [0.01, 0.005, 0.025]}",
       "efficacy.cumulative: 0.005 lies below the look before"},
      {thirds + ", efficacy: {spending: user, cumulative: [0.01, 0.03, 0.025]}",
       "efficacy.cumulative: 0.03 is more than there is to spend (at most 0.025)"},
      {thirds + ", efficacy: {spending: user, cumulative: [0.01, 0.025]}", "has 2 values (one for each look: 3)"},
      {thirds + ", efficacy: {spending: user, cumulative: [0.01, 0.015, 0.02]}",
       "ends with 0.02 (the last look spends all, 0.025)"},
      {thirds + ", efficacy: {spending: hwang_shih_decani}", "design.efficacy.gamma: missing"},
      {thirds + ", efficacy: {boundary: haybittle_peto, z: 1.8}", "the interim looks alone spend more than alpha"},
      {thirds + ", efficacy: {spending: pocock, boundary: pocock}", "stands beside spending (one of the two)"},
      {thirds + ", efficacy: {spending: pocock, delta: 0.2}", "efficacy.delta: unknown key"},
      {thirds + ", futility: {z: [0]}", "has 1 values (one for each look but the last: 2)"},
      {thirds + ", futility: {z: [0, 1], spending: pocock}", "goes by one of spending, z, hazard_ratio and"},
      {thirds + ", futility: {spending: pocock}", "futility.beta: missing"},
      {thirds + ", sides: 2, futility: {z: [0, 1]}", "stands in a two-sided design (sides: 1)"},
      {"looks: [{at_events: 90, of: os}], futility: {z: []}", "stands in a design of one look"},
      {"looks: [{at_month: 10, information: 0.5}, {at_month: 30}], futility: {hazard_ratio: [1]}",
       "needs the number of events at the end (a last look at_events, or final_events)"},
      {"looks: [{at_month: 10, information: 0.5}, {at_month: 30, of: os}], final_events: 201",
       "201 is more than the 200 patients"},
      {"looks: [{at_information: 0.5, of: os}, {at_month: 30}]", "is a fraction of events that nobody says"},
      {"looks: [{information: 0.5}, {at_month: 30}]", "one of them; or after min_follow_up_months alone"}};
  for (const auto& c : cases) EXPECT_THAT(mistakes(study_with(c.design)), testing::HasSubstr(c.message)) << c.design;
  std::string late = study_with("looks: [{at_month: 2, information: 0.5}, {at_month: 30}]");
  late.replace(late.find("over_months: 20"), 15,
               "rate_per_month: [{from_month: 0, rate: 0}, {from_month: 3, rate: 5}]");
  EXPECT_THAT(mistakes(late), testing::HasSubstr("no patient has entered by then"));
}

TEST(Design, PropertyResolvedDesignReadsAsItself) {
  for (const char* rest :
       {", efficacy: {spending: kim_demets, rho: 2}, futility: {spending: pocock, beta: 0.1, binding: true}",
        ", efficacy: {boundary: haybittle_peto}, futility: {conditional_power: [0.1, 0.2], assumed_hazard_ratio: 0.8}",
        ", efficacy: {spending: user, cumulative: [0, 0.01, 0.025]}"}) {
    const Study study = study_from(study_with(thirds + rest));
    const Study again = study_from(to_yaml(study.resolved));
    EXPECT_EQ(to_yaml(again.resolved), to_yaml(study.resolved));
  }
  const Study study = study_from(study_with(
      "final_events: 120, looks: [{at_information: 0.5, of: os, min_follow_up_months: 2}, {at_month: 50, of: os}]"));
  EXPECT_EQ(study.scenarios[0].design->looks()[0].events, 60u);
  EXPECT_EQ(study.scenarios[0].design->looks()[0].follow_up_months, 2);
  EXPECT_EQ(to_yaml(study_from(to_yaml(study.resolved)).resolved), to_yaml(study.resolved));
}

// Nothing stops before the end: the trial has the events planned, on the day they are there.
TEST(Design, PropertyTheTrialEndsWithTheEventsPlanned) {
  const Study study = study_from(study_with(thirds + ", efficacy: {boundary: haybittle_peto, z: 8}"));
  const auto rows = run_in_memory(study, 2, false);
  const Measure events = row_of(rows, "base", "expected_events", "test").measure;
  EXPECT_EQ(events.value, 150);
  EXPECT_EQ(events.mcse, 0);
  const Trial& trial = *study.scenarios[0].trial;
  Arena arena;
  const Patients patients = trial.simulate(Streams(3, 1), arena);
  double before = 0;
  for (std::size_t d = 1; d <= 200; ++d) {
    const double day = trial.event_day(patients, 0, d, arena);
    EXPECT_GE(day, before);
    EXPECT_GE(Trial::events_known(patients, 0, day), d);
    EXPECT_LT(Trial::events_known(patients, 0, std::nextafter(day, 0)), d);
    before = day;
  }
}

TEST(Design, PropertyFollowUpOfTheLastPatientDelaysALook) {
  const Study study =
      study_from(study_with("looks: [{at_events: 20, of: os, min_follow_up_months: 6}, {at_events: 180, of: os}]"));
  const auto rows = run_in_memory(study, 2, false);
  // By then far more than the 20 events have come; the second look waits for its own.
  EXPECT_GT(row_of(rows, "base", "expected_events", "test").measure.value, 100);
}

// Looks by date: boundaries at the events seen, made by whichever thread comes first.
TEST(Design, PropertySameNumbersForAnyNumberOfThreads) {
  const Study study =
      study_from(study_with(dates + ", futility: {spending: pocock, beta: 0.2}", "method: log_rank, by: arm", 1500));
  const auto one = run_in_memory(study, 1, false), three = run_in_memory(study, 3, false);
  EXPECT_EQ(summary_csv(one), summary_csv(three));
}

TEST(Design, StatisticalLooksByDateKeepTheLevel) {
  std::string text = study_with(dates + ", efficacy: {spending: pocock}", "method: log_rank, by: arm", 20000);
  text.replace(text.find("hazard_ratio: 0.7"), 17, "hazard_ratio: 1.0");
  const auto rows = run_in_memory(study_from(text), 2, false);
  const Measure level = row_of(rows, "base", "reject", "test").measure;
  EXPECT_NEAR(level.value, 0.025, 4 * level.mcse);
  // The p value of the stage-wise ordering is at most alpha just where the trial claims efficacy.
  EXPECT_EQ(row_of(rows, "base", "power", "test", "median_unbiased_hazard_ratio").measure.value, level.value);
}

TEST(Design, ContractWhatTheStoppedEstimateEstimates) {
  const auto row_with = [](const std::string& analysis) {
    const auto rows = run_in_memory(study_from(study_with(thirds, analysis)));
    for (const SummaryRow& r : rows)
      if (r.label.method == "group_sequential" && r.metric == "mean") return r;
    throw std::runtime_error("no row");
  };
  const SummaryRow reversed = row_with("method: log_rank, by: arm, levels: [experimental, control]");
  EXPECT_EQ(reversed.label.parameter, "median_unbiased_hazard_ratio");
  EXPECT_TRUE(std::isnan(reversed.truth));  // no number of the plan estimates this ratio
  EXPECT_NEAR(reversed.measure.value, 1 / 0.7, 4 * reversed.measure.mcse + 0.05);
  const SummaryRow weighted = row_with("method: log_rank, by: arm, rho: 1");
  EXPECT_EQ(weighted.label.parameter, "median_unbiased_effect");
  EXPECT_TRUE(std::isnan(weighted.truth));
  // About Schoenfeld's drift at 150 events.
  EXPECT_NEAR(weighted.measure.value, -std::log(0.7) * std::sqrt(150 / 4.0), 4 * weighted.measure.mcse + 0.2);
}

TEST(Design, StatisticalStageWiseIntervalsCoverWhereTheUsualDoNot) {
  const std::string design = thirds + ", efficacy: {spending: pocock}";
  for (const std::string analysis : {"method: log_rank, by: arm", "method: cox, terms: [arm]"}) {
    const auto rows = run_in_memory(study_from(study_with(design, analysis, 10000)));
    for (const SummaryRow& r : rows) {
      if (r.label.method != "group_sequential" || r.metric != "coverage") continue;
      EXPECT_NEAR(r.truth, 0.7, 1e-9);
      if (r.label.interval == "stage_wise") {
        EXPECT_NEAR(r.measure.value, 0.95, 0.006) << analysis;  // Wald at 50 to 150 events
      } else {
        EXPECT_GT(r.measure.value, 0.95 - 0.004) << analysis;
      }
    }
    const SummaryRow& bias = row_of(rows, "base", "bias", "test", "median_unbiased_hazard_ratio");
    const SummaryRow& median = row_of(rows, "base", "median", "test", "median_unbiased_hazard_ratio");
    EXPECT_NEAR(median.measure.value, 0.7, 0.012) << analysis << bias.measure.value;
    const SummaryRow& usual = row_of(rows, "base", "median", "cox", "hazard_ratio");
    EXPECT_LT(usual.measure.value, median.measure.value);
  }
}

}  // namespace
}  // namespace oligosim
