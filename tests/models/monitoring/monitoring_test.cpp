// A trial under way held against its design: rpact's numbers from a study file, and what is refused.
#include "models/monitoring/monitoring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "models/monitoring/monitoring_files.hpp"
#include "models/monitoring/monitoring_page.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// A trial of two arms with this design, its looks by events of os.
std::string study_with(const std::string& design,
                       const std::string& analysis = "method: log_rank, endpoint: os, by: arm") {
  return "study: two arms\nreplicates: 100\n"
         "disease: {os: {median_months: 10}}\n"
         "arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}\n"
         "trial: {enrollment: {patients: 400, over_months: 6}}\n"
         "design: {" +
         design +
         ", primary: effect}\n"
         "plan: {time_unit: days, endpoints: {os: {time: os_d, event: os_e}}, analyses: [{name: effect, " +
         analysis + "}]}\n";
}

TrialSoFar trial_from(const std::string& text, Problems& problems) {
  static std::vector<std::unique_ptr<YamlNode>> trees;
  trees.push_back(std::make_unique<YamlNode>(parse_yaml(text, "trial.yaml", problems)));
  return read_trial_so_far(*trees.back(), problems);
}

MonitoredTrial monitored(const std::string& study, const std::string& rest) {
  Problems problems;
  const TrialSoFar trial = trial_from("title: t\nstudy: s.yaml\n" + rest, problems);
  problems.refuse();
  const Study planned = study_from(study);
  const MonitoredTrial shown = monitor(planned.scenarios.front(), trial, problems);
  problems.refuse();
  return shown;
}

std::string refused(const std::string& study, const std::string& rest) {
  try {
    monitored(study, rest);
    return "";
  } catch (const InputError& e) {
    return e.what();
  }
}

std::string spending_of(const test::ReferenceTable& looks, std::size_t row) {
  const std::string family = looks.text(row, "spending");
  const std::string parameter = family == "kim_demets" ? ", rho: " : family == "hwang_shih_decani" ? ", gamma: " : "";
  return "{spending: " + family + parameter + (parameter.empty() ? "" : looks.text(row, "parameter")) + "}";
}

/// The looks of a trial of the reference file, as a document; `all`: of so many.
struct ReferenceTrial {
  std::string study, looks;
  std::vector<std::size_t> rows;
};

ReferenceTrial reference_trial(const test::ReferenceTable& looks, const std::string& name, std::size_t all) {
  ReferenceTrial trial;
  std::string planned;
  for (std::size_t row = 0; row < looks.size(); ++row) {
    if (looks.text(row, "trial") != name) continue;
    const std::string events = looks.text(row, "events"), last = looks.text(row, "final_events");
    if (events != last) planned += "{at_events: " + events + ", of: os}, ";
    trial.study = "kind: group_sequential, alpha: 0.025, efficacy: " + spending_of(looks, row) + ", looks: [" +
                  planned + "{at_events: " + last + ", of: os}]";
    if (trial.rows.size() >= all) continue;
    trial.rows.push_back(row);
    trial.looks += "  - {events: " + events + ", z: " + looks.text(row, "z") + "}\n";
  }
  trial.study = study_with(trial.study);
  trial.looks = "looks:\n" + trial.looks;
  return trial;
}

const char* const reference_trials[] = {"obrien_fleming", "three_looks", "off_schedule", "pocock_stops",
                                        "hwang",          "kim_demets",  "against"};

// rpact's hazard ratios are those of the first arm over the second.
TEST(Monitoring, ReferenceLooksOfRpact) {
  const test::ReferenceTable looks("monitoring_looks.csv");
  for (const char* name : reference_trials) {
    const ReferenceTrial trial = reference_trial(looks, name, 9);
    const MonitoredTrial shown = monitored(trial.study, trial.looks);
    ASSERT_TRUE(shown.of_ratio);
    for (std::size_t k = 0; k < trial.rows.size(); ++k) {
      const std::size_t row = trial.rows[k];
      const MonitoredLook& look = shown.looks[k];
      EXPECT_NEAR(look.stage->efficacy, looks.number(row, "boundary"), 1e-6) << looks.describe(row);
      EXPECT_NEAR(look.repeated_p, looks.number(row, "repeated_p"), 2e-6) << looks.describe(row);
      EXPECT_NEAR(1 / look.repeated_upper, looks.number(row, "lower"), 2e-6) << looks.describe(row);
      EXPECT_NEAR(1 / look.repeated_lower, looks.number(row, "upper"), 6e-6) << looks.describe(row);
      EXPECT_NEAR(look.effect_at_boundary, std::exp(-2 * look.stage->efficacy / std::sqrt(looks.number(row, "events"))),
                  1e-12);
    }
  }
}

TEST(Monitoring, ReferenceEndOfRpact) {
  const test::ReferenceTable looks("monitoring_looks.csv"), end("monitoring_end.csv");
  for (std::size_t row = 0; row < end.size(); ++row) {
    const ReferenceTrial trial = reference_trial(looks, end.text(row, "trial"), 9);
    const MonitoredTrial shown = monitored(trial.study, trial.looks);
    EXPECT_TRUE(shown.over);
    EXPECT_TRUE(shown.power.empty());
    EXPECT_EQ(shown.decided_at, static_cast<std::size_t>(end.number(row, "look")));
    ASSERT_EQ(shown.labels.size(), 2u);
    const Estimate& e = shown.estimates.front();
    const double p = end.number(row, "p");
    EXPECT_NEAR(e.p_value, 2 * std::min(p, 1 - p), 2e-6) << end.describe(row);
    EXPECT_NEAR(1 / e.estimate, end.number(row, "ratio"), 1e-5) << end.describe(row);
    EXPECT_NEAR(1 / e.upper, end.number(row, "lower"), 1e-5) << end.describe(row);
    EXPECT_NEAR(1 / e.lower, end.number(row, "upper"), 1e-5) << end.describe(row);
  }
}

TEST(Monitoring, ReferencePowerOfRpact) {
  const test::ReferenceTable looks("monitoring_looks.csv"), power("monitoring_power.csv");
  std::size_t compared = 0;
  for (std::size_t row = 0; row < power.size(); ++row) {
    const std::string name = power.text(row, "trial");
    const auto held = static_cast<std::size_t>(power.number(row, "look"));
    if (name == "pocock_stops" && held == 2) continue;  // has stopped: nothing is to come
    const ReferenceTrial trial = reference_trial(looks, name, held);
    if (name == "pocock_stops" || trial.rows.size() < held) continue;  // whose last look the file does not have
    const double ratio = power.number(row, "ratio");
    const MonitoredTrial shown =
        monitored(trial.study, trial.looks + "hazard_ratios: [" + std::to_string(1 / ratio) + "]\n");
    ASSERT_EQ(shown.power.size(), 4u) << power.describe(row);
    EXPECT_FALSE(shown.over);
    EXPECT_EQ(shown.decided_at, 0u);
    EXPECT_TRUE(shown.labels.empty());
    EXPECT_NEAR(shown.power.front().power, power.number(row, "power"), 2e-6) << power.describe(row);
    if (ratio == 1) {
      EXPECT_NEAR(shown.power[2].power, power.number(row, "power"), 1e-6) << power.describe(row);
    }
    ++compared;
  }
  EXPECT_EQ(compared, 33u);
}

const std::string two_looks = study_with(
    "kind: group_sequential, looks: [{at_events: 60, of: os}, {at_events: 90, of: os}], futility: {z: [0.5]}");

TEST(Monitoring, PropertyOutcomes) {
  const auto outcome = [](const std::string& looks) {
    const MonitoredTrial shown = monitored(two_looks, "looks: [" + looks + "]\n");
    std::string text = shown.over ? "over" : "open";
    for (const MonitoredLook& look : shown.looks) text += std::string(", ") + name(look.outcome);
    return text + "; " + std::to_string(shown.decided_at);
  };
  EXPECT_EQ(outcome("{events: 60, z: 1}"), "open, goes on, planned; 0");
  EXPECT_EQ(outcome("{events: 60, z: 3}"), "over, efficacy; 1");
  EXPECT_EQ(outcome("{events: 60, z: 0.2}"), "open, futility, planned; 1");
  EXPECT_EQ(outcome("{events: 60, z: 0.2}, {events: 88, z: 0.9}"), "open, futility, goes on, planned; 0");
  EXPECT_EQ(outcome("{events: 60, z: 1}, {events: 88, z: 1.5, last: true}"), "over, goes on, no claim; 2");
  EXPECT_EQ(outcome("{events: 60, z: 1}, {events: 93, z: 2.5}"), "over, goes on, efficacy; 2");
  EXPECT_EQ(outcome("{events: 60, z: 3}, {events: 90, z: 0.2}"), "over, efficacy, no claim; 1");
}

TEST(Monitoring, PropertyWhatIsLeftOfTheLevelIsSpentAtTheLastLook) {
  const MonitoredTrial early = monitored(two_looks, "looks: [{events: 60, z: 1}, {events: 80, z: 1.5, last: true}]\n");
  EXPECT_NEAR(early.looks[1].stage->level_spent, 0.025, 1e-12);
  const MonitoredTrial open = monitored(two_looks, "looks: [{events: 60, z: 1}, {events: 80, z: 1.5}]\n");
  EXPECT_LT(open.looks[1].stage->level_spent, 0.024);
  EXPECT_GT(open.looks[1].stage->efficacy, early.looks[1].stage->efficacy);
}

// A standard error that is known takes the place of the events; both agree where it is Schoenfeld's.
TEST(Monitoring, PropertyStandardErrorOrEvents) {
  const std::string end = "looks: [{events: 60, z: 1, standard_error: 0.25}, {events: 90, z: 2.2, standard_error: ";
  const MonitoredTrial by_events = monitored(two_looks, "looks: [{events: 60, z: 1}, {events: 90, z: 2.2}]\n");
  const MonitoredTrial same = monitored(two_looks, end + std::to_string(2 / std::sqrt(90.0)) + "}]\n");
  EXPECT_NEAR(same.estimates[0].estimate, by_events.estimates[0].estimate, 1e-6);
  const MonitoredTrial wide = monitored(two_looks, end + "0.3}]\n");
  EXPECT_NEAR(std::log(wide.estimates[0].estimate) / std::log(same.estimates[0].estimate), 0.3 / (2 / std::sqrt(90.0)),
              1e-5);
}

TEST(Monitoring, PropertyOfADesignThatCountsNoEvents) {
  const std::string by_month =
      study_with("kind: group_sequential, looks: [{at_month: 12, information: 0.5}, {at_month: 20}]",
                 "method: rmst, endpoint: os, by: arm, at_months: [12]");
  const MonitoredTrial planned = monitored(by_month, "looks: [{z: 1}]\n");
  EXPECT_EQ(planned.looks[0].stage->information, 0.5);
  EXPECT_FALSE(planned.of_ratio);
  EXPECT_TRUE(std::isnan(planned.power[0].hazard_ratio));
  EXPECT_EQ(monitored(by_month, "looks: [{z: 1, information: 0.4}]\n").looks[0].stage->information, 0.4);
  EXPECT_THAT(refused(by_month, "looks: [{z: 1, information: 1.1}, {z: 1}]\n"), HasSubstr("is held after"));
  EXPECT_THAT(refused(by_month, "looks: [{z: 1, information: 0.6}, {z: 1, information: 0.5}]\n"),
              HasSubstr("looks[1]: has no more information than the look before"));
  EXPECT_THAT(refused(by_month, "looks: [{z: 1}]\nhazard_ratios: [0.7]\n"),
              HasSubstr("hazard_ratios: 'effect' tests no hazard ratio of the arms"));
  EXPECT_TRUE(monitored(by_month, "looks: [{z: 1}, {z: 2.1}]\n").over);
}

// Both tails: rpact's repeated p value of z -3.2 at the first look is 0.01115 of two sides; the power is the chance to
// reach either boundary, by the closed form of one look to come.
TEST(Monitoring, ReferenceOfTwoSides) {
  const std::string study = study_with(
      "kind: group_sequential, sides: 2, alpha: 0.05, looks: [{at_events: 60, of: os}, {at_events: 90, of: os}]");
  const MonitoredTrial harm = monitored(study, "looks: [{events: 60, z: -3.2}]\n");
  EXPECT_EQ(harm.looks[0].outcome, LookOutcome::harm);
  EXPECT_TRUE(harm.over);
  EXPECT_NEAR(harm.looks[0].repeated_p, 0.01115 / 2, 3e-6);
  EXPECT_NEAR(harm.looks[0].p, normal_cdf(-3.2), 1e-12);
  EXPECT_THAT(monitoring_texts(harm).front(), HasSubstr("the boundary ±2.509. It reaches the lower boundary"));
  const MonitoredTrial open = monitored(study, "looks: [{events: 60, z: -1.5}]\n");
  const double boundary = open.looks[1].stage->efficacy, mean = -1.5 * std::sqrt(1.5), sd = std::sqrt(1.0 / 3);
  const double either = normal_cdf((mean - boundary) / sd) + normal_cdf((-boundary - mean) / sd);
  EXPECT_NEAR(open.power[0].power, either, 1e-9);
  EXPECT_GT(either, 0.3);
}

TEST(Monitoring, PropertyFutilityThatBinds) {
  const MonitoredTrial shown =
      monitored(study_with("kind: group_sequential, looks: [{at_events: 60, of: os}, {at_events: 90, of: os}], "
                           "futility: {z: [0.5], binding: true}"),
                "looks: [{events: 60, z: 0.2}]\n");
  EXPECT_TRUE(shown.over);
  EXPECT_TRUE(shown.power.empty());
  EXPECT_TRUE(std::isnan(shown.looks[0].repeated_p));
  EXPECT_TRUE(std::isnan(shown.looks[0].repeated_lower));
}

// Looks count other events than the primary's: they are the information, and say nothing of the hazard ratio.
TEST(Monitoring, PropertyOtherEventsAreInformationAlone) {
  std::string study = study_with("kind: group_sequential, looks: [{at_events: 60, of: os}, {at_events: 90, of: os}]");
  const auto replace = [&study](const std::string& old, const std::string& changed) {
    study.replace(study.find(old), old.size(), changed);
  };
  replace("{os: {median_months: 10}}", "{os: {median_months: 10}, pfs: {median_months: 5}}");
  replace("{os: {time: os_d, event: os_e}}", "{os: {time: os_d, event: os_e}, pfs: {time: pfs_d, event: pfs_e}}");
  replace("endpoint: os, by: arm", "endpoint: pfs, by: arm");
  EXPECT_FALSE(counts_events_of_primary(study_from(study).scenarios.front()));
  const MonitoredTrial shown = monitored(study, "looks: [{events: 60, z: 1}]\nhazard_ratios: [0.7]\n");
  EXPECT_EQ(shown.looks[0].stage->information, 60.0 / 90);
  EXPECT_TRUE(std::isnan(shown.looks[0].repeated_lower));
  EXPECT_TRUE(std::isnan(shown.power[0].power));  // at a hazard ratio; as seen needs none
  EXPECT_FALSE(std::isnan(shown.power[1].power));
  for (const std::string& text : monitoring_texts(shown)) EXPECT_THAT(text, testing::Not(HasSubstr("NA")));
  const MonitoredTrial known =
      monitored(study, "looks: [{events: 60, z: 1, standard_error: 0.2}]\nhazard_ratios: [0.7]\n");
  EXPECT_FALSE(std::isnan(known.power[0].power));
}

TEST(Monitoring, PropertyWhatIsWritten) {
  const MonitoredTrial shown = monitored(two_looks, "looks: [{events: 60, z: 0.2}]\nhazard_ratios: [0.6]\n");
  EXPECT_THAT(looks_csv(shown), testing::StartsWith("look,outcome,events,information,level_spent,boundary_z,boundary_p,"
                                                    "boundary_effect,futility_z,z,p_value,repeated_p_value,"
                                                    "repeated_lower,repeated_upper\n1,futility,60,"));
  EXPECT_THAT(conditional_power_csv(shown), HasSubstr("assumption,hazard_ratio,power\nhazard ratio,0.6,0."));
  std::string all;
  for (const std::string& text : monitoring_texts(shown)) all += text + "\n";
  for (const char* part :
       {"At look 1 (60 events) z is 0.2", "is below the boundary for futility, 0.5", "at a hazard ratio of 0.6",
        "does not bind: the estimates are those of a trial that ends here"})
    EXPECT_THAT(all, HasSubstr(part));
}

TEST(Monitoring, PropertyMistakes) {
  EXPECT_THAT(refused(two_looks, "looks: [{events: 60, z: 1}, {events: 60, z: 2}]\n"),
              HasSubstr("trial.yaml:3:29: looks[1]: has no more events than the look before"));
  EXPECT_THAT(refused(two_looks, "looks: [{z: 1}]\n"), HasSubstr("looks[0]: says no events"));
  EXPECT_THAT(refused(two_looks, "looks: [{events: 60}]\n"), HasSubstr("looks[0]: says nothing of what was found"));
  EXPECT_THAT(refused(two_looks, "looks: [{events: 90, z: 1}, {events: 99, z: 2}]\n"),
              HasSubstr("looks[1]: is held after the information planned was there"));
  EXPECT_THAT(refused(two_looks, "looks: [{events: 50, z: 1, last: true}, {events: 99, z: 2}]\n"),
              HasSubstr("looks[0].last: is not the last look"));
  EXPECT_THAT(refused(two_looks, "looks: [{data: a.csv, z: 1}]\n"),
              testing::AllOf(HasSubstr("looks[0].data: needs the plan"), HasSubstr("looks[0].z: stands beside data")));
  EXPECT_THAT(refused(two_looks, "looks: [{events: 60, information: 0.6, z: 1}]\n"),
              HasSubstr("looks[0].information: is counted in events"));
  EXPECT_THAT(
      refused(study_with("kind: group_sequential, efficacy: {boundary: pocock}, looks: [{at_events: 60, of: os}, "
                         "{at_events: 90, of: os}]"),
              "looks: [{events: 40, z: 1}, {events: 60, z: 1}, {events: 70, z: 1}]\n"),
      HasSubstr("looks[2]: is beyond the looks planned, for which alone classical boundaries hold the level"));
  EXPECT_THAT(refused(two_looks, "looks: []\n"), HasSubstr("looks: is empty"));
  EXPECT_THAT(refused(two_looks, "looks: [{events: 5, z: 1, zz: 2}]\n"), HasSubstr("looks[0].zz: unknown key"));
  EXPECT_THAT(refused(study_with("kind: fixed, looks: [{at_events: 90, of: os}]"), "looks: [{events: 60, z: 1}]\n"),
              HasSubstr("trial.yaml:2:8: study: 'base' has a design of one look"));
}

}  // namespace
}  // namespace oligosim
