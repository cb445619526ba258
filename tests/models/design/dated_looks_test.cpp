// Looks that wait for events between two dates, and some time after the look before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "models/study/closed_form/closed_form_design.hpp"
#include "models/study/large_trial.hpp"
#include "tests/models/design/design_support.hpp"

namespace oligosim {
namespace {

constexpr double month_days = 30.4375;
const std::string never_stops = ", efficacy: {boundary: haybittle_peto, z: 8}";

/// Calendar days of all events, in order.
std::vector<double> event_days(const Patients& patients) {
  std::vector<double> days;
  for (std::size_t i = 0; i < patients.count(); ++i)
    if (patients.course.event_day[0][i] <= patients.dropout_day[i])
      days.push_back(patients.enrollment_day[i] + patients.course.event_day[0][i]);
  std::ranges::sort(days);
  return days;
}

struct NaiveLook {
  std::size_t events;
  std::optional<double> earliest, latest;
  double gap = 0;
};

/// Months of the looks, from what the words of the documentation say.
std::vector<double> naive_looks(const std::vector<double>& days, const std::vector<NaiveLook>& looks) {
  std::vector<double> months;
  for (const NaiveLook& look : looks) {
    double month = days[look.events - 1] / month_days;
    if (look.latest && month > *look.latest) month = *look.latest;
    if (look.earliest && month < *look.earliest) month = *look.earliest;
    if (!months.empty() && month < months.back() + look.gap) month = months.back() + look.gap;
    months.push_back(month);
  }
  return months;
}

TEST(DatedLooks, OracleOfTheDays) {
  struct Case {
    std::string looks;
    std::vector<NaiveLook> naive;
  };
  const Case cases[] = {
      {"looks: [{at_events: 50, of: os, earliest_month: 14.3, latest_month: 15.2}, {at_events: 100, of: os, "
       "min_gap_months: 8}, {at_events: 150, of: os, earliest_month: 35}]",
       {{50, 14.3, 15.2}, {100, {}, {}, 8}, {150, 35, {}}}},
      {"looks: [{at_events: 50, of: os, latest_month: 14.8}, {at_events: 100, of: os, latest_month: 23, "
       "min_gap_months: "
       "8}, {at_events: 150, of: os, min_gap_months: 12}]",
       {{50, {}, 14.8}, {100, {}, 23, 8}, {150, {}, {}, 12}}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.looks);
    const Study study = study_from(study_with(c.looks + never_stops));
    const TrialExperiment experiment(study.scenarios[0], study.seed);
    Arena arena;
    std::vector<int> moved(3, 0);
    for (std::uint32_t replicate = 1; replicate <= 200; ++replicate) {
      arena.reset();
      const TrialExperiment::Record record = experiment.record(replicate, arena);
      const std::vector<double> days = event_days(record.patients);
      const std::vector<double> months = naive_looks(days, c.naive);
      ASSERT_EQ(record.looks.size(), 3u);
      for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(record.looks[k].day / month_days, months[k], 1e-9) << "look " << k + 1 << " of " << replicate;
        const auto known = std::ranges::upper_bound(days, record.looks[k].day + 1e-9) - days.begin();
        EXPECT_EQ(record.looks[k].events, static_cast<std::size_t>(known));
        const bool other = std::abs(days[c.naive[k].events - 1] / month_days - months[k]) > 1e-9;
        EXPECT_EQ(record.looks[k].moved, other);
        moved[k] += other;
      }
    }
    for (const int often : moved) {
      EXPECT_GT(often, 10);
      EXPECT_LT(often, 200);
    }
  }
}

/// Numbers of two studies but for those that are held against true values.
void expect_the_same(const std::string& one, const std::string& other) {
  const auto a = run_in_memory(study_from(one), 2, false), b = run_in_memory(study_from(other), 2, false);
  EXPECT_EQ(summary_csv(a), summary_csv(b));
}

// A date that always decides is a look at that date.
TEST(DatedLooks, OracleALookOnThatDate) {
  const std::string end = ", {at_events: 150, of: os}], efficacy: {spending: pocock}";
  const std::string dated = study_with("looks: [{at_month: 14, information: 0.5}" + end);
  expect_the_same(
      study_with("looks: [{at_events: 75, of: os, latest_month: 14, earliest_month: 13.999999999999999}" + end), dated);
  expect_the_same(study_with("looks: [{at_events: 149, of: os, latest_month: 14}" + end), dated);
  expect_the_same(study_with("looks: [{at_events: 1, of: os, earliest_month: 14}" + end), dated);
}

// Dates that decide nothing change nothing.
TEST(DatedLooks, OracleDatesFarAway) {
  std::string text = thirds + ", efficacy: {spending: pocock}";
  const std::string plain = study_with(text);
  text.replace(text.find("50, of: os"), 10, "50, of: os, earliest_month: 1, latest_month: 100");
  text.replace(text.find("100, of: os}"), 12, "100, of: os, min_gap_months: 0.01}");
  expect_the_same(study_with(text), plain);
}

TEST(DatedLooks, StatisticalKeepTheLevel) {
  std::string text = study_with(
      "looks: [{at_events: 50, of: os, latest_month: 13.5}, {at_events: 100, of: os, min_gap_months: 6.5}, {at_events: "
      "150, of: os, earliest_month: 31}], efficacy: {spending: pocock}",
      "method: log_rank, by: arm", 20000);
  text.replace(text.find("hazard_ratio: 0.7"), 17, "hazard_ratio: 1.0");
  const Measure level = row_of(run_in_memory(study_from(text), 2, false), "base", "reject", "test").measure;
  EXPECT_NEAR(level.value, 0.025, 4 * level.mcse);
}

// True values are those of the day on which the last look is due in expectation.
TEST(DatedLooks, OracleOfTheLargeTrial) {
  const auto last_month = [](const std::string& looks) {
    const Study study = study_from(study_with("looks: [" + looks + "]"));
    Arena arena(1 << 20);
    return large_trial(study.scenarios[0], 3, {40000}, 2, arena).day / month_days;
  };
  const double first = last_month("{at_events: 50, of: os}"), last = last_month("{at_events: 150, of: os}");
  EXPECT_EQ(last_month("{at_events: 50, of: os}, {at_events: 150, of: os, min_gap_months: 1}"), last);
  EXPECT_NEAR(last_month("{at_events: 50, of: os}, {at_events: 150, of: os, min_gap_months: 40}"), first + 40, 1e-9);
  EXPECT_NEAR(last_month("{at_events: 50, of: os, latest_month: 10}, {at_events: 150, of: os, min_gap_months: 40}"), 50,
              1e-9);
  EXPECT_NEAR(last_month("{at_events: 50, of: os}, {at_events: 150, of: os, earliest_month: 60}"), 60, 1e-9);
}

// Looks that hold up the last one, and one that has all its events: the true value is that of the day on which trials
// end.
TEST(DatedLooks, OracleTheTruthIsOfTheDayOnWhichTrialsEnd) {
  for (const char* looks :
       {"{at_events: 50, of: os, earliest_month: 33}, {at_events: 80, of: os}",
        "{at_month: 33, information: 0.5}, {at_events: 80, of: os}",
        "{at_events: 50, of: os, earliest_month: 33}, {at_month: 35}], final_events: 100, looks: [",
        "{at_events: 40, of: os, earliest_month: 33}, {at_events: 60, of: os}, {at_events: 80, of: os, "
        "min_gap_months: 6}"}) {
    SCOPED_TRACE(looks);
    std::string text = study_with("looks: [" + std::string(looks) + "]" + never_stops);
    if (const std::size_t twice = text.find("], final_events: 100, looks: []"); twice != std::string::npos)
      text.replace(twice, 31, "], final_events: 100");
    if (const std::size_t date = text.find("{at_month: 35}"); date != std::string::npos)
      text.replace(date, 14, "{at_month: 35, of: os}");
    text.replace(text.find("hazard_ratio: 0.7"), 17, "hazard_ratio: 0.4, from_month: 9");
    const Study study = study_from(text);
    Arena arena(1 << 20);
    const double day = large_trial(study.scenarios[0], 3, {40000}, 2, arena).day;
    double sum = 0;
    for (std::uint32_t replicate = 1; replicate <= 100; ++replicate) {
      arena.reset();
      sum += TrialExperiment(study.scenarios[0], study.seed).record(replicate, arena).looks.back().day;
    }
    EXPECT_NEAR(day, sum / 100, 5) << day / month_days;
    const auto rows = run_in_memory(study);
    const SummaryRow& bias = row_of(rows, "base", "bias", "cox", "hazard_ratio");
    EXPECT_NEAR(bias.measure.value, 0, 4 * bias.measure.mcse) << bias.truth;
  }
}

TEST(DatedLooks, NoFormula) {
  EXPECT_FALSE(
      design_formula(study_from(study_with("looks: [{at_events: 90, of: os, earliest_month: 1}]")).scenarios[0]));
  const std::vector<std::string> lines = doubtful_looks(
      study_from(study_with("looks: [{at_events: 50, of: os, latest_month: 12}, {at_events: 150, of: os}]"))
          .scenarios[0]);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::StartsWith("look 1: 50 events come by month 12 in "));
}

TEST(DatedLooks, Mistakes) {
  const std::string end = ", {at_events: 150, of: os}]";
  const struct {
    std::string looks, message;
  } cases[] = {{"looks: [{at_month: 12, information: 0.5, latest_month: 14}" + end,
                "design.looks[0].latest_month: stands beside at_month, which is a date already"},
               {"looks: [{at_events: 50, of: os}, {at_events: 150, of: os, latest_month: 40}]",
                "design.looks[1].latest_month: is that of the design for its last look (design.latest_month)"},
               {"looks: [{at_events: 50, of: os, min_gap_months: 3}" + end,
                "design.looks[0].min_gap_months: is counted from the look before, and this is the first"},
               {"looks: [{at_events: 50, of: os, earliest_month: 14, latest_month: 14}" + end,
                "design.looks[0].latest_month: is not after earliest_month"},
               {"looks: [{at_events: 50, of: os, earliest_month: 24}, {at_events: 100, of: os, latest_month: 20}" + end,
                "design.looks[1].latest_month: is not after month 24, before which the look before it is not held"},
               {"looks: [{at_events: 50, of: os, earliest_month: 24}, {at_events: 100, of: os, latest_month: 30, "
                "min_gap_months: "
                "6}" +
                    end,
                "design.looks[1].latest_month: is not after month 30, before which the look before it and "
                "min_gap_months do not"},
               {"final_events: 100, looks: [{at_events: 50, of: os, earliest_month: 40}, {at_month: 30, of: os}]",
                "design.looks[1].at_month: is not after month 40, before which the look before it is not held"},
               {"looks: [{at_events: 50, of: os, earliest_month: 60}, {at_events: 150, of: os, min_gap_months: 70}]",
                "design.looks[1].min_gap_months: lies after the latest month of the trial"},
               {"looks: [{at_events: 50, of: os, earliest_month: 130}" + end,
                "design.looks[0].earliest_month: lies after the latest month of the trial"}};
  for (const auto& c : cases) EXPECT_THAT(mistakes(study_with(c.looks)), testing::HasSubstr(c.message)) << c.looks;
  std::string late = study_with("looks: [{at_events: 50, of: os, latest_month: 2}" + end);
  late.replace(late.find("over_months: 20"), 15,
               "rate_per_month: [{from_month: 0, rate: 0}, {from_month: 3, rate: 5}]");
  EXPECT_THAT(mistakes(late), testing::HasSubstr("latest_month: no patient has entered by then"));
  std::string promising = study_with("looks: [{at_events: 50, of: os, earliest_month: 9}" + end);
  promising.replace(promising.find("group_sequential"), 16, "promising_zone");
  EXPECT_THAT(mistakes(promising), testing::HasSubstr("have dates between which they are held"));
}

}  // namespace
}  // namespace oligosim
