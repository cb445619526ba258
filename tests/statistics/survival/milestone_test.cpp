#include "engine/statistics/survival/milestone.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/survival/two_curves.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::TwoCurves;

Estimate difference(const TwoCurves& c, double time, MilestoneTest test = MilestoneTest::plain) {
  return survival_difference(c.reference, c.later, time, test, .95);
}

TEST(Milestone, ReferenceDifferencesOfSurvfit) {
  const test::ReferenceTable reference("milestone.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const TwoCurves c(test::read_patients(reference.text(r, "data")));
    const Estimate e = difference(c, reference.number(r, "at"));
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
    EXPECT_TRUE(close(e.statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
    const Estimate log_log = difference(c, reference.number(r, "at"), MilestoneTest::log_log);
    EXPECT_EQ(log_log.estimate, e.estimate);
    EXPECT_TRUE(close(log_log.signed_statistic, reference.number(r, "log_log_statistic"), 1e-8));
    EXPECT_TRUE(close(log_log.p_value, reference.number(r, "log_log_p_value"), 1e-8));
  }
}

void expect_as_naive(const TwoCurves& c, const Patients& rows, double t) {
  const Estimate e = difference(c, t), log_log = difference(c, t, MilestoneTest::log_log);
  const Estimate odds = survival_odds_ratio(c.reference, c.later, t, 1.3, .95);
  double s[2], variance[2], events = 0;
  for (std::uint8_t g = 0; g < 2; ++g) {
    const Patients own = test::in_group(rows, g);
    if (own.empty() || test::in_group(rows, static_cast<std::uint8_t>(1 - g)).empty()) {
      ASSERT_TRUE(e.status == Status::empty_group && odds.status == Status::empty_group);
      return;
    }
    s[g] = test::naive::survival(own, t);
    if (s[g] < 1e-14) s[g] = 0;
    if (t > *test::naive::times(own, false).rbegin() && s[g] > 0) {
      ASSERT_TRUE(e.status == Status::not_reached && odds.status == Status::not_reached);
      return;
    }
    variance[g] = s[g] == 0 ? 0 : test::naive::greenwood(own, t);
    events += test::naive::count(own, [t](const Patient& p) { return p.event && p.time <= t; });
  }
  ASSERT_TRUE(close(e.estimate, s[1] - s[0], 1e-10));
  const double se = std::sqrt(s[0] * s[0] * variance[0] + s[1] * s[1] * variance[1]);
  ASSERT_TRUE(close(e.standard_error, se, 1e-10));
  ASSERT_TRUE(close(e.upper, s[1] - s[0] + normal_quantile(.975) * se, 1e-10));
  const Status without_test = events > 0 ? Status::singular : Status::no_events;
  ASSERT_EQ(e.status, se > 1e-14 ? Status::ok : without_test);
  ASSERT_TRUE(close(e.signed_statistic, e.status == Status::ok ? (s[1] - s[0]) / se : missing, 1e-10));
  double scale[2], scale_variance = 0;
  for (int g = 0; g < 2; ++g) {
    if (s[g] < 1e-14 || s[g] > 1 - 1e-14) {
      ASSERT_EQ(log_log.status, without_test);
      ASSERT_EQ(odds.status, events > 0 ? Status::separation : Status::no_events);
      ASSERT_TRUE(std::isnan(odds.estimate));
      ASSERT_TRUE(std::isnan(log_log.p_value));
      return;
    }
    scale[g] = std::log(-std::log(s[g]));
    scale_variance += variance[g] / (std::log(s[g]) * std::log(s[g]));
  }
  ASSERT_EQ(log_log.status, Status::ok);
  ASSERT_TRUE(close(log_log.statistic, (scale[0] - scale[1]) / std::sqrt(scale_variance), 1e-10));
  const double ratio = s[1] * (1 - s[0]) / (s[0] * (1 - s[1]));
  const double error = std::sqrt(variance[0] / std::pow(1 - s[0], 2) + variance[1] / std::pow(1 - s[1], 2));
  ASSERT_TRUE(close(odds.estimate, ratio, 1e-9));
  ASSERT_TRUE(close(odds.standard_error, error, 1e-9));
  ASSERT_TRUE(close(odds.upper, ratio * std::exp(normal_quantile(.975) * error), 1e-9));
  ASSERT_TRUE(close(odds.signed_statistic, std::log(ratio / 1.3) / error, 1e-9));
}

TEST(Milestone, OracleFromTheDefinitionOn10000TiedDataSets) {
  std::mt19937_64 random(31);
  for (int set = 0; set < 10000; ++set) {
    const bool weighted = set % 2 == 0;
    const Patients patients = test::random_patients(random, 1 + random() % 16, 2);
    const double t = 0.5 * static_cast<double>(1 + random() % 13);
    expect_as_naive(TwoCurves(patients, weighted), weighted ? test::written_out(patients) : patients, t);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set << " time " << t;
  }
}

TEST(Milestone, PropertyEachLaneHasTheBitsOfItsOwnDifference) {
  std::mt19937_64 random(32);
  for (int set = 0; set < 2000; ++set) {
    test::TwoResampledCurves c(test::random_patients(random, 1 + random() % 16, 2), random);
    const double t = 0.5 * static_cast<double>(1 + random() % 13);
    const MilestoneTest test = set % 2 == 0 ? MilestoneTest::plain : MilestoneTest::log_log;
    for (std::size_t k = 0; k < lanes; ++k) {
      ASSERT_TRUE(test::same(survival_difference(c.reference, c.later, t, test, .9, k),
                             survival_difference(c.reference_alone(k), c.later_alone(k), t, test, .9)));
      ASSERT_TRUE(test::same(survival_odds_ratio(c.reference, c.later, t, 1.3, .9, k),
                             survival_odds_ratio(c.reference_alone(k), c.later_alone(k), t, 1.3, .9)));
    }
  }
}

TEST(Milestone, PropertySwappingTheGroupsTurnsTheSign) {
  Patients patients = test::read_patients("veteran");
  const Estimate plain = difference(TwoCurves(patients), 90);
  const Estimate log_log = difference(TwoCurves(patients), 90, MilestoneTest::log_log);
  for (Patient& p : patients) p.group = 1 - p.group;
  EXPECT_TRUE(close(difference(TwoCurves(patients), 90).lower, -plain.upper, 1e-12));
  EXPECT_TRUE(close(difference(TwoCurves(patients), 90, MilestoneTest::log_log).statistic, -log_log.statistic, 1e-12));
  EXPECT_GT(log_log.statistic * plain.statistic, 0);  // both tests point to the same group
}

TEST(Milestone, DegenerateDataHaveAStatus) {
  Patients patients = test::read_patients("midpoint");  // two patients a group, events at 2, 6 and 4, 8
  EXPECT_EQ(difference(TwoCurves(patients), 1).status, Status::no_events);
  EXPECT_EQ(difference(TwoCurves(patients), 1).estimate, 0);
  EXPECT_EQ(difference(TwoCurves(patients), 3).status, Status::ok);
  EXPECT_EQ(difference(TwoCurves(patients), 3, MilestoneTest::log_log).status, Status::singular);
  EXPECT_EQ(difference(TwoCurves(patients), 9).status, Status::singular);
  EXPECT_EQ(difference(TwoCurves(patients), 9).estimate, 0);
  for (Patient& p : patients) p.event = false;
  EXPECT_EQ(difference(TwoCurves(patients), 7).status, Status::not_reached);
  EXPECT_EQ(difference(TwoCurves({}), 1).status, Status::empty_group);
}

}  // namespace
}  // namespace oligosim
