// What a formula says of a design.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "models/study/closed_form/closed_form_design.hpp"
#include "models/study/page/design_page.hpp"
#include "tests/models/design/design_support.hpp"

namespace oligosim {
namespace {

std::string replaced(std::string text, const std::string& old, const std::string& now) {
  return text.replace(text.find(old), old.size(), now);
}

// The expected number of events by a date is exact; the exits are Schoenfeld's.
TEST(Formula, OracleEventsExpectedByADate) {
  std::string text = study_with(
      "looks: [{at_month: 18, information: 0.4}, {at_month: 40, of: os}], final_events: 150, "
      "efficacy: {boundary: haybittle_peto, z: 8}",
      "method: log_rank, by: arm", 20000);
  text.replace(text.find("blocks: [4]}"), 12, "blocks: [4]}, dropout: {probability: 0.2, by_month: 12}");
  const Study study = study_from(text);
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  const Measure simulated = row_of(run_in_memory(study, 2, false), "base", "expected_events", "test").measure;
  EXPECT_NEAR(formula.events[1], simulated.value, 4 * simulated.mcse);
  EXPECT_NEAR(formula.hazard_ratio, 0.7, 1e-12);
  EXPECT_NEAR(formula.drift, -std::log(0.7) * std::sqrt(formula.events[1] / 4), 1e-12);
}

// Without final_events the boundaries are those of the information planned, whatever the looks see: here far less of
// it.
TEST(Formula, StatisticalLooksByDateThatSeeOtherInformationThanPlanned) {
  const Study study =
      study_from(study_with("looks: [{at_month: 9, information: 0.6}, {at_month: 12, information: 0.9}, {at_month: "
                            "36}], futility: {z: [0.3, 0.8]}",
                            "method: log_rank, by: arm", 20000));
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  const auto rows = run_in_memory(study, 2, false);
  const auto near = [&](const char* metric, double exact, double rough) {
    const Measure m = row_of(rows, "base", metric, "test").measure;
    EXPECT_NEAR(m.value, exact, 4 * m.mcse + rough) << metric;
  };
  // Schoenfeld's drift and normal z are worth a hundredth.
  near("reject", formula.reject(), 0.01);
  near("stop_futility", formula.futility[0] + formula.futility[1], 0.01);
  near("expected_events", formula.expected_events, 1);
  EXPECT_LT(formula.events[0] / formula.events[2], 0.3);
}

// All events have come by month 400: nothing is new later.
TEST(Formula, ContractNothingOfLooksWithoutNewEvents) {
  for (const std::string looks :
       {"{at_month: 400, information: 0.5}, {at_month: 900}", "{at_month: 170, information: 0.5}, {at_month: 200}"}) {
    const Study study = study_from(study_with("looks: [" + looks + "], latest_month: 1000"));
    EXPECT_FALSE(design_formula(study.scenarios[0])) << looks;
  }
}

/// Experimental patients are lost at a rate of their own.
Study losing_study(const std::string& looks, const std::string& loss) {
  const std::string dropout = "blocks: [4]}, dropout: {by_month: 12, " + loss + "}";
  return study_from(replaced(study_with(looks, "method: log_rank, by: arm", 20000), "blocks: [4]}", dropout));
}

// The same where each arm loses patients at its own rate; the month of a number of events, too.
TEST(Formula, OracleEventsOfArmsThatLosePatientsDifferently) {
  const auto of = [&](const std::string& looks) {
    return losing_study(looks, "probability: 0, by_arm: {experimental: {probability: 0.6}}");
  };
  const Study by_date =
      of("looks: [{at_month: 18, information: 0.4}, {at_month: 40, of: os}], final_events: 150, "
         "efficacy: {boundary: haybittle_peto, z: 8}");
  const DesignFormula formula = design_formula(by_date.scenarios[0]).value();
  const Measure simulated = row_of(run_in_memory(by_date, 2, false), "base", "expected_events", "test").measure;
  EXPECT_NEAR(formula.events[1], simulated.value, 4 * simulated.mcse);
  const Study by_events = of("looks: [{at_events: 90, of: os}]");
  const Measure month = row_of(run_in_memory(by_events, 2, false), "base", "expected_duration_months", "test").measure;
  EXPECT_NEAR(expected_months(by_events.scenarios[0], *design_formula(by_events.scenarios[0])).value(), month.value,
              4 * month.mcse);
}

// The share of the second arm among those followed, over the events by month 40: a sum over narrow strips.
TEST(Formula, OracleInformationOfArmsThatLosePatientsDifferently) {
  const Study study = losing_study("looks: [{at_month: 40, of: os}], final_events: 150",
                                   "probability: 0.05, by_arm: {experimental: {probability: 0.3}}");
  const double hazard = std::log(2) / 10, first_loss = -std::log(0.95) / 12, second_loss = -std::log(0.7) / 12;
  double information = 0;
  for (double t = 0.0005; t < 40; t += 0.001) {
    const double first = std::exp(-first_loss * t) / 2, second = std::exp(-second_loss * t) / 2;
    const double events = first * hazard * std::exp(-hazard * t) + second * 0.7 * hazard * std::exp(-0.7 * hazard * t);
    const double share = second / (first + second), entered = std::min(1.0, (40 - t) / 20);
    information += 0.001 * 200 * events * entered * share * (1 - share);
  }
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  EXPECT_NEAR(formula.drift, -std::log(0.7) * std::sqrt(information), 1e-6);
  const Measure reject = row_of(run_in_memory(study, 2, false), "base", "reject", "test").measure;
  EXPECT_NEAR(formula.reject(), reject.value, 4 * reject.mcse);
  // Losses after an event of their own have no closed form, nor the patients still followed.
  const std::string after = "probability: 0.05, after: {os: {hazard_ratio: 2}}",
                    events = "looks: [{at_events: 90, of: os}]";
  EXPECT_TRUE(design_formula(losing_study(events, after).scenarios[0]));
  EXPECT_FALSE(
      design_formula(losing_study(events, after + ", by_arm: {experimental: {probability: 0.3}}").scenarios[0]));
}

TEST(Formula, OracleOneLookIsTheNormalTail) {
  const Study study =
      study_from(study_with("looks: [{at_events: 120, of: os}]", "method: log_rank, by: arm, null_value: 1.2"));
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  EXPECT_NEAR(formula.reject(), normal_cdf(std::log(1.2 / 0.7) * std::sqrt(30.0) - 1.959963984540054), 1e-12);
  EXPECT_EQ(formula.expected_events, 120);
}

// All enter at once: the mean of the d-th of N exponential times is the sum of 1 / (rate (N - i)), i from 0 to d - 1.
TEST(Formula, OracleMonthsOfAnOrderStatistic) {
  std::string text = study_with("looks: [{at_events: 120, of: os}]");
  text.replace(text.find("over_months: 20"), 15, "over_months: 0.01");
  text.replace(text.find("hazard_ratio: 0.7"), 17, "hazard_ratio: 1");
  const Study study = study_from(text);
  double months = 0.005;  // mean entry
  for (int i = 0; i < 120; ++i) months += 10 / std::log(2) / (200 - i);
  EXPECT_NEAR(expected_months(study.scenarios[0], *design_formula(study.scenarios[0])).value(), months, 1e-4);
}

TEST(Formula, StatisticalMonthsBesideTheSimulated) {
  const Study study =
      study_from(study_with(thirds + ", futility: {z: [-0.5, 0.7]}", "method: log_rank, by: arm", 20000));
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  const Measure simulated = row_of(run_in_memory(study, 2, false), "base", "expected_duration_months", "test").measure;
  // z and the day of a look are taken as independent, and z as normal.
  EXPECT_NEAR(expected_months(study.scenarios[0], formula).value(), simulated.value, 4 * simulated.mcse + 0.1);
}

TEST(Formula, ContractNothingWhereItIsNotKnown) {
  const std::string looks = "looks: [{at_events: 120, of: os}]";
  EXPECT_FALSE(design_formula(study_from(study_with(looks, "method: log_rank, by: arm, rho: 1")).scenarios[0]));
  EXPECT_FALSE(
      design_formula(study_from(study_with("looks: [{at_events: 90, of: os, min_follow_up_months: 1}]")).scenarios[0]));
  // The other arm's hazard over this one's: the trial asks whether the control is better.
  EXPECT_FALSE(design_formula(
      study_from(study_with(looks, "method: log_rank, by: arm, levels: [experimental, control]")).scenarios[0]));
  EXPECT_FALSE(
      design_formula(study_from(replaced(study_with(looks), "hazard_ratio: 0.7", "hazard_ratio: 0")).scenarios[0]));
  std::string delayed = study_with(looks);
  delayed.replace(delayed.find("hazard_ratio: 0.7"), 17, "hazard_ratio: 0.7, from_month: 2");
  EXPECT_FALSE(design_formula(study_from(delayed).scenarios[0]));
}

// Once all patients have entered there is no formula of the events by then; nor of events of another endpoint.
TEST(Formula, ContractNothingOfLooksThatCountSomethingElse) {
  const auto of = [](const std::string& text) { return design_formula(study_from(text).scenarios[0]); };
  EXPECT_FALSE(of(study_with("looks: [{at_patients: 200}]")));
  EXPECT_FALSE(of(study_with("looks: [{at_patients: 100, information: 0.5}, {at_events: 120, of: os}]")));
  const std::string two = "{os: {median_months: 10}, pfs: {median_months: 4}}";
  const std::string own = replaced(study_with("looks: [{at_events: 120, of: os}]"), "{os: {median_months: 10}}", two);
  EXPECT_TRUE(of(own));
  EXPECT_FALSE(of(replaced(own, "at_events: 120, of: os", "at_events: 120, of: pfs")));
}

// The probability that 120 of 200 patients have died by a month, by simulation; below 0.99 nothing is said.
TEST(Formula, StatisticalNothingWhereEventsNeedNotCome) {
  for (const auto& [latest, said] : {std::pair{26, false}, std::pair{29, false}, std::pair{36, true}}) {
    const Study study =
        study_from(study_with("latest_month: " + std::to_string(latest) + ", looks: [{at_events: 120, of: os}]",
                              "method: log_rank, by: arm", 4000));
    const Measure lacking = row_of(run_in_memory(study, 2, false), "base", "events_not_reached", "test").measure;
    EXPECT_EQ(design_formula(study.scenarios[0]).has_value(), said) << latest << ": " << lacking.value;
    const std::vector<std::string> doubtful = doubtful_looks(study.scenarios[0]);
    ASSERT_EQ(doubtful.empty(), said);
    if (said) {
      EXPECT_LT(lacking.value, 0.01 + 4 * lacking.mcse);
    } else {  // "look 1: 120 events come by month 26 in 43.2 % of trials ..."
      EXPECT_NEAR(std::stod(doubtful[0].substr(doubtful[0].find(" in ") + 4)) / 100, 1 - lacking.value,
                  4 * lacking.mcse + 0.0005);
      EXPECT_GT(lacking.value, 0.01 - 4 * lacking.mcse);
    }
  }
}

TEST(Formula, PropertyThePageShowsItBesideTheSimulated) {
  const Study study = study_from(study_with(thirds + ", futility: {z: [-0.5, 0.7]}"));
  const std::string page = design_section(study, run_in_memory(study, 2, false));
  EXPECT_THAT(page, testing::HasSubstr("futility z"));
  EXPECT_THAT(page, testing::HasSubstr("stops for efficacy, formula"));
  const DesignFormula formula = design_formula(study.scenarios[0]).value();
  EXPECT_THAT(page, testing::HasSubstr(percent(formula.reject())));
}

}  // namespace
}  // namespace oligosim
