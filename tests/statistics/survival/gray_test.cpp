#include "engine/statistics/survival/gray.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <random>

#include "tests/statistics/survival/naive_competing.hpp"

namespace oligosim {
namespace {

using test::close;
using test::CompetingPatient;
using test::CompetingPatients;
using test::SortedCompeting;

Estimate gray(const CompetingPatients& patients, std::size_t groups = 2, bool stratified = false, double rho = 0,
              std::uint8_t cause = 1, bool weighted = false) {
  SortedCompeting s(patients, groups, stratified);
  return gray_test(s.table, {s.cause, cause, rho}, s.grouping, weighted ? s.weight : std::span<const double>(),
                   s.arena);
}

TEST(Gray, ReferenceCuminc) {
  const test::ReferenceTable reference("gray.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const CompetingPatients patients = test::read_competing(reference.text(r, "data"), reference.text(r, "grouping"));
    const auto cause = static_cast<std::uint8_t>(reference.number(r, "cause"));
    const Estimate e = gray(patients, 4, reference.number(r, "stratified") != 0, reference.number(r, "rho"), cause,
                            reference.number(r, "weighted") != 0);
    EXPECT_EQ(e.status, Status::ok);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "chi_square"), 1e-8));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
    EXPECT_EQ(e.df, reference.number(r, "df"));
  }
}

TEST(Gray, ReferencePublishedExample) {
  const CompetingPatients example = test::read_competing("example");
  EXPECT_NEAR(gray(example).statistic, .553965043073, 1e-12);
  EXPECT_NEAR(gray(example).p_value, .456702090356, 1e-12);
  EXPECT_NEAR(gray(example, 2, false, 0, 2).statistic, .105609100136, 1e-12);
  EXPECT_NEAR(gray(example, 2, false, 0, 2).p_value, .745199585768, 1e-12);
}

void expect_as_naive(const CompetingPatients& rows, const GraySums<double>& sums, const Estimate& e, std::size_t groups,
                     std::size_t strata, double rho) {
  const test::naive::Gray naive = test::naive::gray(rows, 1, groups, strata, rho);
  if (naive.pools_over_nobody) {
    ASSERT_TRUE(e.status == Status::singular || e.status == Status::empty_group);
    return;
  }
  double variance = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    ASSERT_TRUE(close(sums.score[g], naive.score[g], 1e-10));
    for (std::size_t h = 0; h < groups; ++h)
      ASSERT_TRUE(close(sums.variance[g * groups + h], naive.variance[g][h], 1e-10));
    variance += std::abs(naive.variance[g][g]);
  }
  std::vector<std::size_t> used;
  for (std::size_t g = 0; g < groups; ++g) {
    if (test::naive::count_rows(rows, [&](const auto& p) { return p.group == g; }) > 0) used.push_back(g);
  }
  if (used.size() < 2 || variance < 1e-12) {
    ASSERT_EQ(e.status, used.size() < 2 ? Status::empty_group : e.n_events > 0 ? Status::singular : Status::no_events);
    ASSERT_TRUE(std::isnan(e.statistic) && std::isnan(e.p_value) && std::isnan(e.signed_statistic));
    return;
  }
  const auto df = static_cast<Eigen::Index>(used.size()) - 1;  // the first group left out: the form is the same
  Eigen::MatrixXd part(df, df);
  Eigen::VectorXd score(df);
  for (Eigen::Index i = 0; i < df; ++i) {
    score(i) = naive.score[used[i + 1]];
    for (Eigen::Index j = 0; j < df; ++j) part(i, j) = naive.variance[used[i + 1]][used[j + 1]];
  }
  const Eigen::VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(part).eigenvalues();
  const double condition = eigenvalues(0) / eigenvalues(df - 1);
  ASSERT_FALSE(condition > 1e-13 && condition < 1e-4) << "neither singular nor safe to compare";
  ASSERT_EQ(e.status, eigenvalues(0) > 0 && condition > 1e-13 ? Status::ok : Status::singular);
  if (e.status != Status::ok) return;
  ASSERT_EQ(e.df, static_cast<double>(df));
  ASSERT_TRUE(close(e.statistic, score.dot(part.fullPivLu().solve(score)), 1e-10));
  if (groups == 2) {
    ASSERT_TRUE(close(e.signed_statistic, naive.score[0] / std::sqrt(naive.variance[0][0]), 1e-10));
  }
}

TEST(Gray, OracleDirectSumsOn10000TiedDataSets) {
  std::mt19937_64 random(31);
  const double rhos[] = {0, 1, -1};
  for (int set = 0; set < 10000; ++set) {
    const unsigned groups = set % 3 == 0 ? 4 : 2;
    const bool stratified = set % 2 == 0, weighted = set % 5 < 2;
    const double rho = rhos[random() % 3];
    const CompetingPatients patients = test::random_competing(random, 1 + random() % 14, groups, 2);
    SortedCompeting s(patients, groups, stratified);
    const std::span<const double> weight = weighted ? s.weight : std::span<const double>();
    const GraySums<double> sums = gray_sums<double>(s.table, {s.cause, 1, rho}, s.grouping, weight, s.arena);
    const Estimate e = gray_test(s.table, {s.cause, 1, rho}, s.grouping, weight, s.arena);
    expect_as_naive(weighted ? test::written_out(patients) : patients, sums, e, groups, stratified ? 2 : 1, rho);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set;
  }
}

TEST(Gray, PropertyIntegerWeightsAreRowsWrittenOutAndLanesAreTheScalarBitForBit) {
  std::mt19937_64 random(32);
  for (int set = 0; set < 10000; ++set) {
    const CompetingPatients patients = test::random_competing(random, 2 + random() % 20, 3, 2);
    const bool stratified = random() % 2;
    const double rho = set % 2;
    const Estimate a = gray(patients, 3, stratified, rho, 1, true);
    const Estimate b = gray(test::written_out(patients), 3, stratified, rho);
    ASSERT_TRUE(test::identical(a.statistic, b.statistic));
    ASSERT_EQ(a.status, b.status);
    ASSERT_EQ(a.n, b.n);
    ASSERT_EQ(a.n_events, b.n_events);
    SortedCompeting s(patients, 3, stratified);
    const std::span<const Lanes> weights = s.lane_weights(random);
    const GraySums<Lanes> all = gray_sums<Lanes>(s.table, {s.cause, 1, rho}, s.grouping, weights, s.arena);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const GraySums<double> one =
          gray_sums<double>(s.table, {s.cause, 1, rho}, s.grouping, s.one_lane(weights, lane), s.arena);
      for (std::size_t g = 0; g < 3; ++g) ASSERT_TRUE(test::identical(all.score[g][lane], one.score[g]));
      for (std::size_t g = 0; g < 9; ++g) ASSERT_TRUE(test::identical(all.variance[g][lane], one.variance[g]));
    }
  }
}

TEST(Gray, PropertyPermutingRescalingSwappingAndSplittingTheOtherCause) {
  std::mt19937_64 random(33);
  for (int set = 0; set < 1000; ++set) {
    CompetingPatients patients = test::random_competing(random, 20, 2, 2);
    const Estimate before = gray(patients, 2, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (CompetingPatient& p : patients) p.time *= 30, p.cause = p.cause == 2 && random() % 2 ? 3 : p.cause;
    ASSERT_TRUE(test::identical(gray(patients, 2, true).statistic, before.statistic));
    for (CompetingPatient& p : patients) p.group = 1 - p.group;
    const Estimate swapped = gray(patients, 2, true);
    ASSERT_EQ(swapped.status, before.status);
    ASSERT_TRUE(close(swapped.statistic, before.statistic, 1e-10));
    ASSERT_TRUE(close(swapped.signed_statistic, -before.signed_statistic, 1e-10));
  }
}

TEST(Gray, PropertyIdenticalStrataAddUp) {
  CompetingPatients patients = test::read_competing("example");
  for (CompetingPatient& p : patients) p.stratum = 0;
  const double once = gray(patients, 2, true).statistic;
  CompetingPatients twice = patients;
  for (CompetingPatient p : patients) p.stratum = 1, twice.push_back(p);
  EXPECT_TRUE(close(gray(twice, 2, true).statistic, 2 * once, 1e-12));
  for (CompetingPatient& p : twice) p.group = p.stratum == 1 ? 0 : p.group;  // a stratum with one group adds nothing
  EXPECT_TRUE(close(gray(twice, 2, true).statistic, once, 1e-12));
}

TEST(Gray, ContractSignIsPositiveWhereTheSecondGroupHasFewerEvents) {
  const Estimate e = gray(test::read_competing("gammopathy"));  // men progress less often: they die before
  EXPECT_GT(e.signed_statistic, 0);
  EXPECT_TRUE(close(e.signed_statistic * e.signed_statistic, e.statistic, 1e-12));
  EXPECT_EQ(e.n, 1384);
  EXPECT_EQ(e.n_events, 115);
}

TEST(Gray, DegenerateDataHaveAStatus) {
  const CompetingPatients example = test::read_competing("example");
  CompetingPatients other = example, one_group = example, tied = example, early = example, none = example;
  for (CompetingPatient& p : other) p.cause = p.cause == 1 ? 2 : p.cause;
  for (CompetingPatient& p : one_group) p.group = 1;
  for (CompetingPatient& p : tied) p.time = 1, p.cause = 1;
  for (CompetingPatient& p : early) p.time = p.group == 0 ? .5 : p.time, p.cause = p.group == 0 ? 0 : p.cause;
  for (CompetingPatient& p : none) p.cause = p.group == 0 && p.cause == 1 ? 2 : p.cause;
  EXPECT_EQ(gray(other).status, Status::no_events);
  EXPECT_EQ(gray(one_group).status, Status::empty_group);
  EXPECT_EQ(gray({}).status, Status::empty_group);
  EXPECT_EQ(gray(tied).status, Status::singular);   // everybody at once: no variance
  EXPECT_EQ(gray(early).status, Status::singular);  // one group has left before the first event
  for (const CompetingPatients& patients : {other, one_group, tied, early}) {
    EXPECT_TRUE(std::isnan(gray(patients).statistic) && std::isnan(gray(patients).p_value));
  }
  // A group without an event of the cause is compared like any other: cmprsk gives this.
  EXPECT_NEAR(gray(none).statistic, 2.70210053715702, 1e-12);
  // Groups without patients leave the test; two remain.
  EXPECT_EQ(gray(example, 5).df, 1);
  EXPECT_TRUE(close(gray(example, 5).statistic, gray(example).statistic, 1e-12));
  // A third group that leaves before the first event: cmprsk gives no statistic.
  CompetingPatients third = example;
  for (int i = 0; i < 3; ++i) third.push_back({.time = .5, .group = 2});
  EXPECT_EQ(gray(third, 3).status, Status::singular);
  // Two patients.
  const CompetingPatient first{.time = 1, .cause = 1}, second{.time = 2, .cause = 1, .group = 1};
  EXPECT_EQ(gray({first, second}).status, Status::ok);
  EXPECT_NEAR(gray({first, second}).statistic, 1, 1e-12);
}

}  // namespace
}  // namespace oligosim
