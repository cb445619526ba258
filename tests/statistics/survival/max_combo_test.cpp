#include "engine/statistics/survival/max_combo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/numeric/naive_normal.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/resamples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;
using Families = std::vector<FlemingHarrington>;

const Families all = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, singular = {{0, 0}, {0, 1}, {1, 0}},
               halves = {{0, .5}, {.5, 0}, {.5, .5}}, log_rank = {{0, 0}};

Families families_named(const std::string& name) {
  return name == "all" ? all : name == "singular" ? singular : name == "halves" ? halves : log_rank;
}

Estimate max_combo(const Patients& patients, const Families& families, bool stratified = false, bool weighted = false) {
  Sorted s(patients, 2, stratified);
  return max_combo_test(s.table, s.grouping, weighted ? s.weight : std::span<double>(), families, s.arena);
}

TEST(MaxCombo, ReferenceStatisticsAndProbabilities) {
  const test::ReferenceTable reference("max_combo.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Families families = families_named(reference.text(r, "weights"));
    Sorted s(test::read_patients(reference.text(r, "data")), 2, reference.number(r, "stratified") != 0);
    const auto sums = weighted_log_ranks(s.table, s.grouping, {}, families, s.arena);
    const std::size_t n = families.size();
    EXPECT_TRUE(close(sums.difference[0] / std::sqrt(sums.covariance[0]), reference.number(r, "z_1"), 1e-8));
    const double z_last = sums.difference[n - 1] / std::sqrt(sums.covariance[n * n - 1]);
    EXPECT_TRUE(close(z_last, reference.number(r, "z_last"), 1e-8));
    EXPECT_TRUE(close(sums.covariance[(n - 1) * n], reference.number(r, "covariance_1_last"), 1e-8));
    const Estimate e = max_combo_test(sums);
    EXPECT_EQ(e.status, Status::ok);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_NEAR(e.p_value, reference.number(r, "p_value"), 1e-9);
    EXPECT_NEAR(normal_cdf(-e.signed_statistic), reference.number(r, "one_sided"), 1e-9);
  }
}

TEST(MaxCombo, ReferenceOfTheVeteranTrial) {
  const Estimate e = max_combo(test::read_patients("veteran"), all);
  EXPECT_TRUE(close(e.statistic, .9333860364, 1e-9));
  EXPECT_NEAR(e.p_value, .587912, 1e-6);
}

// Each covariance is the variance of the log-rank whose weight is the geometric mean of the two. With the log-ranks
// that span a plane the probabilities are checked too.
void expect_as_naive(const Patients& rows, const WeightedLogRanks<>& sums, const Families& families, bool stratified) {
  const std::size_t n = families.size();
  std::vector<double> z, variance(n * n);
  for (std::size_t a = 0; a < n; ++a) {
    const auto own = test::naive::log_rank(rows, 2, stratified ? 2 : 1, families[a].rho, families[a].gamma);
    ASSERT_TRUE(close(sums.difference[a], own.expected[1] - own.observed[1], 1e-10));
    for (std::size_t b = 0; b < n; ++b) {
      const double rho = (families[a].rho + families[b].rho) / 2, gamma = (families[a].gamma + families[b].gamma) / 2;
      variance[a * n + b] = test::naive::log_rank(rows, 2, stratified ? 2 : 1, rho, gamma).variance[1][1];
      ASSERT_TRUE(close(sums.covariance[std::max(a, b) * n + std::min(a, b)], variance[a * n + b], 1e-10));
    }
    if (variance[a * n + a] > 1e-14) z.push_back((own.expected[1] - own.observed[1]) / std::sqrt(variance[a * n + a]));
  }
  const Estimate e = max_combo_test(sums);
  if (z.empty()) {
    ASSERT_TRUE(e.status == (e.n_events > 0 ? Status::singular : Status::no_events) || e.status == Status::empty_group);
    ASSERT_TRUE(std::isnan(e.statistic) && std::isnan(e.p_value) && std::isnan(e.signed_statistic));
    return;
  }
  ASSERT_EQ(e.status, Status::ok);
  const double best = *std::max_element(z.begin(), z.end()), worst = *std::min_element(z.begin(), z.end());
  ASSERT_TRUE(close(e.statistic, std::max(best, -worst), 1e-10));
  if (z.size() == 1) {
    ASSERT_NEAR(e.p_value, 2 * normal_cdf(-std::abs(z[0])), 1e-10);
    ASSERT_NEAR(e.signed_statistic, z[0], 1e-8);
  }
  if (n != 3 || z.size() != 3 || families[1].gamma != 1) return;
  // The three lie in a plane: the first along one axis, the second at its correlation, the third follows.
  const double s[] = {std::sqrt(variance[0]), std::sqrt(variance[4]), std::sqrt(variance[8])};
  const double r = variance[1] / (s[0] * s[1]), left = std::sqrt(1 - r * r);
  if (!(left > 1e-3)) return;
  // Turned a little, so that no line is upright.
  const double c = std::cos(0.3), d = std::sin(0.3);
  const std::array<double, 2> first = {c, d}, second = {r * c - left * d, r * d + left * c};
  const std::array<double, 2> third = {(s[0] * first[0] - s[1] * second[0]) / s[2],
                                       (s[0] * first[1] - s[1] * second[1]) / s[2]};
  const std::vector<double> low(3, -e.statistic), high(3, e.statistic), open(3, -INFINITY), to_best(3, best);
  ASSERT_NEAR(e.p_value, 1 - test::naive::plane_probability({first, second, third}, low, high), 1e-8);
  const double below = test::naive::plane_probability({first, second, third}, open, to_best);
  ASSERT_NEAR(normal_cdf(e.signed_statistic), below, 1e-8);
}

TEST(MaxCombo, OracleGeometricMeanWeightsOn10000TiedDataSets) {
  std::mt19937_64 random(51);
  for (int set = 0; set < 10000; ++set) {
    const bool stratified = random() % 2, weighted = random() % 2;
    const Families& families = set % 10 == 0 ? singular : set % 10 < 5 ? all : set % 10 < 8 ? halves : log_rank;
    const Patients patients = test::random_patients(random, 1 + random() % 14, 2);
    Sorted s(patients, 2, stratified);
    const auto sums =
        weighted_log_ranks(s.table, s.grouping, weighted ? s.weight : std::span<double>(), families, s.arena);
    expect_as_naive(weighted ? test::written_out(patients) : patients, sums, families, stratified);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set;
  }
}

TEST(MaxCombo, PropertyOneWeightIsItsLogRankTest) {
  const Patients veteran = test::read_patients("veteran");
  Sorted s(veteran, 2, true);
  const Estimate alone = log_rank_test(s.table, s.grouping, {}, {0, 1}, s.arena);
  const Estimate e = max_combo(veteran, {{0, 1}}, true);
  EXPECT_TRUE(close(e.statistic * e.statistic, alone.statistic, 1e-12));
  EXPECT_NEAR(e.p_value, alone.p_value, 1e-10);
  EXPECT_NEAR(e.signed_statistic, alone.signed_statistic, 1e-10);
  EXPECT_NEAR(max_combo(veteran, {{0, 1}, {0, 1}}, true).p_value, alone.p_value, 1e-9);
}

TEST(MaxCombo, PropertyEachLaneHasTheBitsOfItsOwnTest) {
  std::mt19937_64 random(52);
  for (int set = 0; set < 500; ++set) {
    const Families& families = set % 2 == 0 ? all : singular;
    const Patients patients = test::random_patients(random, 1 + random() % 16, 2);
    Sorted s(patients, 2, random() % 2);
    const test::Resamples resamples(random, patients.size(), s.arena);
    const auto together = weighted_log_ranks<Lanes>(s.table, s.grouping, resamples.together(), families, s.arena);
    for (std::size_t k = 0; k < lanes; ++k) {
      const Estimate alone = max_combo_test(s.table, s.grouping, resamples.apart(k), families, s.arena);
      ASSERT_TRUE(test::same(max_combo_test(together, k), alone)) << set << " " << k;
    }
  }
}

TEST(MaxCombo, PropertyOrderUnitsAndSwapping) {
  std::mt19937_64 random(53);
  for (int set = 0; set < 300; ++set) {
    Patients patients = test::random_patients(random, 20, 2);
    const Estimate before = max_combo(patients, all, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30;
    ASSERT_TRUE(test::same(max_combo(patients, all, true), before));
    Families reversed = all;
    std::reverse(reversed.begin(), reversed.end());
    ASSERT_NEAR(max_combo(patients, reversed, true).p_value, before.p_value, 1e-9);
    for (Patient& p : patients) p.group = 1 - p.group;
    ASSERT_NEAR(max_combo(patients, all, true).statistic, before.statistic, 1e-12);
    ASSERT_NEAR(max_combo(patients, all, true).p_value, before.p_value, 1e-9);
  }
}

TEST(MaxCombo, ContractSignIsPositiveWhereTheSecondGroupHasFewerEvents) {
  Patients aml = test::read_patients("aml");  // the second group does worse
  EXPECT_LT(max_combo(aml, all).signed_statistic, 0);
  for (Patient& p : aml) p.group = 1 - p.group;
  EXPECT_GT(max_combo(aml, all).signed_statistic, 1);
}

TEST(MaxCombo, DegenerateDataHaveAStatus) {
  Patients patients = test::read_patients("aml");
  const auto changed = [&](auto change) {
    Patients copy = patients;
    for (Patient& p : copy) change(p);
    return copy;
  };
  EXPECT_EQ(max_combo({}, all).status, Status::empty_group);
  EXPECT_EQ(max_combo(changed([](Patient& p) { p.group = 1; }), all).status, Status::empty_group);
  EXPECT_EQ(max_combo(changed([](Patient& p) { p.event = false; }), all).status, Status::no_events);
  EXPECT_EQ(max_combo(changed([](Patient& p) { p.stratum = p.group; }), all, true).status, Status::singular);
  // All events at one time: the weights with gamma above 0 have no variance and take no part.
  const Patients tied = changed([](Patient& p) { p.time = 5; });
  EXPECT_EQ(max_combo(tied, all).status, Status::ok);
  EXPECT_NEAR(max_combo(tied, all).p_value, max_combo(tied, log_rank).p_value, 1e-9);
  EXPECT_EQ(max_combo(tied, {{0, 1}}).status, Status::singular);
}

}  // namespace
}  // namespace oligosim
