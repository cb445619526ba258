#include "engine/statistics/survival/log_rank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/naive.hpp"
#include "tests/statistics/resamples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;

Estimate log_rank(const Patients& patients, std::size_t groups = 2, bool stratified = false,
                  FlemingHarrington family = {}, bool weighted = false) {
  Sorted s(patients, groups, stratified);
  return log_rank_test(s.table, s.grouping, weighted ? s.weight : std::span<double>(), family, s.arena);
}

TEST(LogRank, ReferenceSurvdiff) {
  const test::ReferenceTable reference("log_rank.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const std::string grouping = reference.text(r, "grouping");
    const Patients patients = test::read_patients(reference.text(r, "data"), grouping);
    Sorted s(patients, grouping == "group4" ? 4 : 2, reference.number(r, "stratified") != 0);
    const std::span<const double> weight = reference.number(r, "weighted") != 0 ? s.weight : std::span<double>();
    const FlemingHarrington family{reference.number(r, "rho"), 0};
    const Estimate e = log_rank_test(s.table, s.grouping, weight, family, s.arena);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "chi_square"), 1e-8));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
    EXPECT_EQ(e.df, reference.number(r, "df"));
    const LogRankSums sums = log_rank_sums(s.table, s.grouping, weight, family, s.arena);
    EXPECT_TRUE(close(sums.observed[0], reference.number(r, "observed_1"), 1e-8));
    EXPECT_TRUE(close(sums.expected[0], reference.number(r, "expected_1"), 1e-8));
    EXPECT_TRUE(close(sums.variance[0], reference.number(r, "variance_11"), 1e-8));
    EXPECT_TRUE(close(sums.variance[1], reference.number(r, "variance_12"), 1e-8));
  }
}

TEST(LogRank, ReferenceFlemingHarringtonWeights) {
  const test::ReferenceTable reference("log_rank_weighted.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const std::string grouping = reference.text(r, "grouping");
    const Patients patients = test::read_patients(reference.text(r, "data"), grouping);
    const double df = reference.number(r, "df");
    Sorted s(patients, static_cast<std::size_t>(df) + 1, reference.number(r, "stratified") != 0);
    const FlemingHarrington family{reference.number(r, "rho"), reference.number(r, "gamma")};
    const Estimate e = log_rank_test(s.table, s.grouping, {}, family, s.arena);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "chi_square"), 1e-8));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
    EXPECT_EQ(e.df, df);
    const LogRankSums sums = log_rank_sums(s.table, s.grouping, {}, family, s.arena);
    EXPECT_TRUE(close(sums.variance[s.grouping.groups + 1], reference.number(r, "variance_11"), 1e-8));
  }
}

TEST(LogRank, ReferenceFlemingHarringtonOfTheVeteranTrial) {
  // Computed in R from survfit's pooled left-continuous curve; z of group 2 against 1 with the sign of O - E.
  const Patients veteran = test::read_patients("veteran");
  EXPECT_TRUE(close(-log_rank(veteran).signed_statistic, .0907047033089, 1e-11));
  EXPECT_TRUE(close(-log_rank(veteran, 2, false, {0, 1}).signed_statistic, -.898024314591, 1e-11));
  EXPECT_TRUE(close(-log_rank(veteran, 2, false, {1, 0}).signed_statistic, .9333860363896, 1e-11));
  EXPECT_TRUE(close(-log_rank(veteran, 2, false, {1, 1}).signed_statistic, .602346584211, 1e-11));
}

constexpr FlemingHarrington families[] = {{0, 0}, {1, 0}, {0, 1}, {0.5, 0}, {1, 1}, {0, 2}};

void expect_as_naive(const Patients& rows, const LogRankSums& sums, const Estimate& e, std::size_t groups,
                     bool stratified, FlemingHarrington family) {
  const test::naive::LogRank naive = test::naive::log_rank(rows, groups, stratified ? 2 : 1, family.rho, family.gamma);
  for (std::size_t g = 0; g < groups; ++g) {
    ASSERT_TRUE(close(sums.observed[g], naive.observed[g], 1e-10));
    ASSERT_TRUE(close(sums.expected[g], naive.expected[g], 1e-10));
    for (std::size_t h = 0; h < groups; ++h) {
      ASSERT_TRUE(close(sums.variance[g * groups + h], naive.variance[g][h], 1e-10));
    }
  }
  std::vector<std::size_t> used;
  double variance = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    if (naive.expected[g] > 0) used.push_back(g);
    variance += naive.variance[g][g];
  }
  if (used.size() < 2 || variance < 1e-12) {
    ASSERT_TRUE(e.status == (e.n_events > 0 ? Status::singular : Status::no_events) || e.status == Status::empty_group);
    ASSERT_TRUE(std::isnan(e.statistic) && std::isnan(e.p_value) && std::isnan(e.signed_statistic));
    return;
  }
  std::vector<double> difference;
  std::vector<std::vector<double>> part;
  for (std::size_t i = 0; i + 1 < used.size(); ++i) {  // the last group left out: the form is the same
    difference.push_back(naive.observed[used[i]] - naive.expected[used[i]]);
    part.emplace_back();
    for (std::size_t j = 0; j + 1 < used.size(); ++j) part.back().push_back(naive.variance[used[i]][used[j]]);
  }
  const double form = test::naive::quadratic_form(part, difference);
  ASSERT_EQ(e.status, std::isnan(form) ? Status::singular : Status::ok);
  ASSERT_TRUE(close(e.statistic, form, 1e-10));
  ASSERT_TRUE(groups != 2 || close(e.signed_statistic, difference[0] / std::sqrt(part[0][0]), 1e-10));
}

TEST(LogRank, OracleTablesAtEachTimeOn12000TiedDataSets) {
  std::mt19937_64 random(11);
  for (int set = 0; set < 12000; ++set) {
    const unsigned groups = set % 3 == 0 ? 4 : 2;
    const bool stratified = set % 2 == 0, weighted = set % 5 < 2;
    const FlemingHarrington family = families[random() % 6];
    const Patients patients = test::random_patients(random, 1 + random() % 14, groups);
    Sorted s(patients, groups, stratified);
    const std::span<const double> weight = weighted ? s.weight : std::span<double>();
    const LogRankSums sums = log_rank_sums(s.table, s.grouping, weight, family, s.arena);
    const Estimate e = log_rank_test(s.table, s.grouping, weight, family, s.arena);
    expect_as_naive(weighted ? test::written_out(patients) : patients, sums, e, groups, stratified, family);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set;
  }
}

TEST(LogRank, PropertyIntegerWeightsAreRowsWrittenOutExactly) {
  std::mt19937_64 random(12);
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, 2 + random() % 20, 3);
    const bool stratified = random() % 2;
    const FlemingHarrington family = families[random() % 6];
    const Estimate a = log_rank(patients, 3, stratified, family, true);
    const Estimate b = log_rank(test::written_out(patients), 3, stratified, family);
    ASSERT_TRUE(close(a.statistic, b.statistic, 0));
    ASSERT_EQ(a.status, b.status);
    ASSERT_EQ(a.n, b.n);
    ASSERT_EQ(a.n_events, b.n_events);
  }
}

TEST(LogRank, PropertyPermutingRescalingAndSwapping) {
  std::mt19937_64 random(13);
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 20, 2);
    const Estimate before = log_rank(patients, 2, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30;
    ASSERT_TRUE(close(log_rank(patients, 2, true).statistic, before.statistic, 0));
    for (Patient& p : patients) p.group = 1 - p.group;
    const Estimate swapped = log_rank(patients, 2, true);
    ASSERT_TRUE(close(swapped.statistic, before.statistic, 1e-12));
    ASSERT_TRUE(close(swapped.signed_statistic, -before.signed_statistic, 1e-12));
  }
}

TEST(LogRank, ContractSignIsPositiveWhereTheSecondGroupHasFewerEvents) {
  Patients patients = test::read_patients("aml");  // 1 is the group not maintained: it does worse
  EXPECT_LT(log_rank(patients).signed_statistic, 0);
  const Estimate e = log_rank(patients);
  EXPECT_TRUE(close(e.signed_statistic * e.signed_statistic, e.statistic, 1e-12));
  EXPECT_EQ(e.n, 23);
  EXPECT_EQ(e.n_events, 18);
}

TEST(LogRank, DegenerateDataHaveAStatus) {
  const Patients aml = test::read_patients("aml");
  Patients censored = aml, one_group = aml, tied = aml;
  for (Patient& p : censored) p.event = false;
  for (Patient& p : one_group) p.group = 1;
  for (Patient& p : tied) p.time = 1, p.event = true;
  EXPECT_EQ(log_rank(censored).status, Status::no_events);
  EXPECT_EQ(log_rank(one_group).status, Status::empty_group);
  EXPECT_EQ(log_rank({}).status, Status::empty_group);
  EXPECT_EQ(log_rank(tied).status, Status::singular);  // everybody dies at once: no variance
  EXPECT_TRUE(std::isnan(log_rank(tied).p_value));

  // A group that leaves before the first event takes no part, as in survdiff.
  Patients early = aml;
  for (Patient& p : early) {
    if (p.group == 0) p.time = 1, p.event = false;
  }
  EXPECT_EQ(log_rank(early).status, Status::singular);

  // Groups without patients leave the test; two remain.
  const Estimate wide = log_rank(aml, 5);
  EXPECT_EQ(wide.df, 1);
  EXPECT_TRUE(close(wide.statistic, log_rank(aml).statistic, 1e-12));
}

TEST(LogRank, PropertyAStratumWithOneArmAddsNothing) {
  Patients patients = test::read_patients("aml");
  for (Patient& p : patients) p.stratum = 0;
  const Estimate before = log_rank(patients, 2, true);
  for (Patient p : test::read_patients("veteran")) {
    p.stratum = 1;
    p.group = 1;
    patients.push_back(p);
  }
  EXPECT_TRUE(close(log_rank(patients, 2, true).statistic, before.statistic, 1e-12));
}

}  // namespace
}  // namespace oligosim
