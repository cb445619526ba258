#include "engine/statistics/interval_censored/interval_log_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/statistics/interval_censored/interval_patients.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;
using test::IntervalPatients;
using test::never;

TEST(IntervalLogRank, ReferenceSunScores) {
  const test::ReferenceTable reference("interval_log_rank.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const IntervalPatients patients = test::read_intervals(reference.text(r, "data"));
    Arena arena;
    const Estimate e = interval_log_rank_test(patients.intervals(),
                                              patients.grouping(2, reference.number(r, "stratified") != 0), arena);
    const double z = reference.number(r, "z");
    EXPECT_TRUE(close(e.signed_statistic, -z, 1e-9));
    EXPECT_TRUE(close(e.statistic, z * z, 1e-9));
    EXPECT_EQ(e.df, 1);
    EXPECT_TRUE(close(e.p_value, std::erfc(std::abs(z) / std::sqrt(2)), 1e-9));
  }
}

// Fay and Shaw (2010), Journal of Statistical Software 36(2): ictest of these data gives Z = -2.6684, p = 0.007622.
TEST(IntervalLogRank, ReferencePublishedOfBreastRetraction) {
  const IntervalPatients patients = test::read_intervals("cosmesis");
  Arena arena;
  const Estimate e = interval_log_rank_test(patients.intervals(), patients.grouping(2), arena);
  EXPECT_NEAR(e.signed_statistic, -2.6684, 5e-5);
  EXPECT_NEAR(e.p_value, 0.007622, 5e-7);
  EXPECT_EQ(e.n, 94);
  EXPECT_EQ(e.n_events, 56);
}

// Over all ways to give the patients to the groups the statistic is its degrees of freedom on average.
TEST(IntervalLogRank, OracleVarianceOverAllPermutations) {
  std::mt19937_64 random(21);
  for (int set = 0; set < test::oracle_sets(30); ++set) {
    SCOPED_TRACE(set);
    const unsigned groups = 2 + static_cast<unsigned>(set % 2);
    IntervalPatients patients = test::random_intervals(random, 7, groups);
    for (unsigned g = 0; g < groups; ++g) patients.group[g] = static_cast<std::uint8_t>(g);
    std::ranges::sort(patients.group);
    double sum = 0, count = 0, df = 0;
    do {
      Arena arena;
      const Estimate e = interval_log_rank_test(patients.intervals(), patients.grouping(groups), arena);
      if (e.status == Status::no_events) break;
      sum += e.statistic, count += 1, df = e.df;
    } while (std::ranges::next_permutation(patients.group).found);
    if (count == 0) continue;
    EXPECT_EQ(df, groups - 1);
    EXPECT_NEAR(sum / count, df, 1e-9);
  }
}

// Two groups of right-censored data: the numerator is the log-rank test's, so that the statistics differ by their
// variances alone, whose ratio is the same for all hypotheses of who is in which group but for sampling: its square
// root times the signed statistic is compared by hand with the scores 1 - H of events and -H of censored patients.
TEST(IntervalLogRank, OracleOfRightCensoredData) {
  std::mt19937_64 random(22);
  for (int set = 0; set < test::oracle_sets(100); ++set) {
    SCOPED_TRACE(set);
    const test::Patients patients = test::random_patients(random, 4 + random() % 30, 2);
    test::Sorted sorted(patients);
    IntervalPatients intervals;
    std::vector<double> score;
    double squares = 0, size = 0;
    const auto n = static_cast<double>(patients.size());
    for (const test::Patient& p : patients) {
      intervals.add(p.time, p.event ? p.time : never, p.group);
      double hazard = 0;
      for (double t = 1; t <= p.time; ++t) {
        double events = 0, at_risk = 0;
        for (const test::Patient& q : patients) events += q.event && q.time == t, at_risk += q.time >= t;
        hazard += events / at_risk;
      }
      score.push_back(p.event - hazard);
      squares += score.back() * score.back();
      size += p.group;
    }
    Arena arena;
    const Estimate e = interval_log_rank_test(intervals.intervals(), intervals.grouping(2), arena);
    if (e.status != Status::ok) continue;
    const LogRankSums sums = log_rank_sums(sorted.table, sorted.grouping, {}, {}, arena);
    const double variance = squares / (n - 1) * size * (n - size) / n;
    EXPECT_TRUE(close(e.signed_statistic, (sums.expected[1] - sums.observed[1]) / std::sqrt(variance), 1e-8));
  }
}

TEST(IntervalLogRank, StatusOfDataThatSayNothing) {
  Arena arena;
  IntervalPatients one;
  one.add(1, 3), one.add(2, 5);
  EXPECT_EQ(interval_log_rank_test(one.intervals(), one.grouping(2), arena).status, Status::empty_group);
  EXPECT_EQ(interval_log_rank_test({}, {.group = {}, .groups = 2}, arena).status, Status::empty_group);
  IntervalPatients censored;
  censored.add(1, never, 0), censored.add(4, never, 1), censored.add(2, never, 1);
  EXPECT_EQ(interval_log_rank_test(censored.intervals(), censored.grouping(2), arena).status, Status::no_events);
}

}  // namespace
}  // namespace oligosim
