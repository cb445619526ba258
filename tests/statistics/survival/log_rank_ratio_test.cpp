#include "engine/statistics/survival/log_rank_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;

TEST(LogRankRatio, ReferenceScoreTestOfCoxRegressionWithAnOffset) {
  const test::ReferenceTable reference("hazard_ratio_null.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    test::Patients patients = test::read_patients(reference.text(r, "data"));
    for (std::size_t i = 0; i < patients.size(); ++i) patients[i].time += static_cast<double>(i + 1) / 1024;
    test::Sorted s(patients, 2, reference.number(r, "stratified") != 0);
    const Estimate e = log_rank_ratio_test(s.table, s.grouping, reference.number(r, "ratio"), s.arena);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "score"), 1e-8)) << reference.describe(r);
    EXPECT_EQ(std::copysign(1.0, e.signed_statistic), reference.number(r, "side")) << reference.describe(r);
  }
}

TEST(LogRankRatio, OracleAtRatioOneItIsTheLogRankTest) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200; ++i) {
    const test::Patients patients = test::random_patients(random, 5 + random() % 40, 2);
    test::Sorted s(patients, 2, i % 2 == 1);
    const Estimate usual = log_rank_test(s.table, s.grouping, {}, {}, s.arena);
    const Estimate own = log_rank_ratio_test(s.table, s.grouping, 1, s.arena);
    ASSERT_EQ(own.status, usual.status);
    if (own.status != Status::ok) continue;
    EXPECT_NEAR(own.signed_statistic, usual.signed_statistic, 1e-10);
    EXPECT_NEAR(own.p_value, usual.p_value, 1e-10);
    EXPECT_EQ(own.n, usual.n);
    EXPECT_EQ(own.n_events, usual.n_events);
  }
}

// Tied events, from the patients one by one.
TEST(LogRankRatio, OracleTiesByANaiveSum) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 200; ++i) {
    const test::Patients patients = test::random_patients(random, 10 + random() % 30, 2);
    const double ratio = 0.5 + static_cast<double>(random() % 20) / 10;
    double fewer = 0, variance = 0;
    for (double time = 1; time <= 6; ++time) {
      double n[2] = {0, 0}, d = 0, second = 0;
      for (const test::Patient& p : patients) {
        if (p.time >= time) ++n[p.group];
        if (p.time == time && p.event) ++d, second += p.group;
      }
      if (d == 0) continue;
      const double p = ratio * n[1] / (n[0] + ratio * n[1]);
      fewer += d * p - second;
      if (n[0] + n[1] > 1) variance += d * p * (1 - p) * (n[0] + n[1] - d) / (n[0] + n[1] - 1);
    }
    test::Sorted s(patients, 2, false);
    const Estimate own = log_rank_ratio_test(s.table, s.grouping, ratio, s.arena);
    if (own.status == Status::ok) {
      EXPECT_NEAR(own.signed_statistic, fewer / std::sqrt(variance), 1e-10);
    }
  }
}

TEST(LogRankRatio, PropertySwappedGroupsAndInverseRatioMirror) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 100; ++i) {
    test::Patients patients = test::random_patients(random, 30, 2);
    test::Sorted s(patients, 2, false);
    const Estimate first = log_rank_ratio_test(s.table, s.grouping, 1.7, s.arena);
    for (test::Patient& p : patients) p.group = 1 - p.group;
    test::Sorted swapped(patients, 2, false);
    const Estimate second = log_rank_ratio_test(swapped.table, swapped.grouping, 1 / 1.7, swapped.arena);
    EXPECT_NEAR(first.signed_statistic, -second.signed_statistic, 1e-10);
  }
}

}  // namespace
}  // namespace oligosim
