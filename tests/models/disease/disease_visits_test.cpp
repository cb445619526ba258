// Visits: planned dates, actual dates, and how they are read.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/trial/visits.hpp"

namespace oligosim {
namespace {

VisitSchedule published() {
  return {.months = {1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61},
          .delay_months = 0.3,
          .jitter_sd_months = 0.6};
}

TEST(Visits, ReferencePlannedMonths) {
  const VisitSchedule visits = published();
  EXPECT_EQ(visits.planned(14), 61);
  EXPECT_EQ(visits.planned(15), 73);
  EXPECT_EQ(visits.count(), 15 + 14);  // 73, 85, ... 229
  EXPECT_EQ((VisitSchedule{.months = {1, 4, 7}, .horizon_months = 4}.count()), 2);
  EXPECT_EQ(VisitSchedule{}.count(), 0);
}

TEST(Visits, PropertyWithoutJitterTheyAreOnSchedule) {
  VisitSchedule visits = published();
  visits.jitter_sd_months = visits.delay_months = 0;
  std::vector<double> months(15);
  ASSERT_EQ(visits.actual(Streams(1, 1).stream(Purpose::visits), months), 15);
  EXPECT_EQ(months, visits.months);
}

TEST(Visits, PropertyActualVisitsAreApart) {
  VisitSchedule visits = published();
  visits.jitter_sd_months = 3;
  std::vector<double> months(visits.count());
  int pushed = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(visits.actual(Streams(1, 1).stream(Purpose::visits, i), months), months.size());
    EXPECT_GE(months[0], 0.5);
    pushed += months[0] == 0.5;
    for (std::size_t k = 1; k < months.size(); ++k) EXPECT_GE(months[k], months[k - 1] + 0.25);
  }
  EXPECT_GT(pushed, 100);
}

TEST(Visits, StatisticalMeanAndSpread) {
  const VisitSchedule visits = published();
  const int n = 20000;
  double sum = 0, squares = 0;
  std::vector<double> months(3);
  for (std::uint32_t i = 0; i < n; ++i) {
    visits.actual(Streams(2, 1).stream(Purpose::visits, i), months);
    sum += months[2] - 7, squares += (months[2] - 7.3) * (months[2] - 7.3);
  }
  EXPECT_NEAR(sum / n, 0.3, 4 * 0.6 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 0.36, 4 * 0.36 * std::sqrt(2.0 / n));
}

TEST(Visits, PropertyOnDemandEqualsAllAtOnce) {
  const VisitSchedule visits = published();
  std::vector<double> months(visits.count()), room(visits.count());
  for (std::uint32_t i = 0; i < 200; ++i) {
    visits.actual(Streams(3, 1).stream(Purpose::visits, i), months);
    ActualVisits lazy(visits, Streams(3, 1).stream(Purpose::visits, i), room);
    for (const double month : {12.0, 0.1, 45.0, months[7], 1e9}) {
      const std::size_t k = lazy.first_from(month);
      const std::size_t expected =
          static_cast<std::size_t>(std::lower_bound(months.begin(), months.end(), month) - months.begin());
      ASSERT_EQ(k, expected);
      EXPECT_EQ(lazy.month(k), k < months.size() ? months[k] : std::numeric_limits<double>::infinity());
    }
  }
}

TEST(Visits, ReferenceReadFromAStudy) {
  Problems problems;
  const YamlNode tree =
      parse_yaml("visits: {months: [1, 4], then_every_months: 3, jitter_sd_months: 0.5}", "s.yaml", problems);
  ConfigNode root(tree, problems);
  const VisitSchedule visits = read_visits(root.child("visits"));
  EXPECT_TRUE(problems.empty()) << problems.text();
  EXPECT_EQ(visits.months, (std::vector<double>{1, 4}));
  EXPECT_EQ(visits.planned(2), 7);
  EXPECT_EQ(visits.jitter_sd_months, 0.5);
}

TEST(Visits, PropertyMistakesAreNamed) {
  Problems problems;
  const YamlNode tree = parse_yaml("visits: {months: [4, 1], every: 3}", "s.yaml", problems);
  ConfigNode root(tree, problems);
  read_visits(root.child("visits"));
  EXPECT_NE(problems.text().find("visits.months: are not in ascending order"), std::string::npos) << problems.text();
  EXPECT_NE(problems.text().find("visits.every: unknown key"), std::string::npos) << problems.text();
}

}  // namespace
}  // namespace oligosim
