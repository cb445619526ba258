#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/statistics/cox/cox.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/oracle_sets.hpp"

// Cox regression against the likelihood written down from its definition, maximized in another way.

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;
namespace naive = test::naive;

constexpr CoxOptions to_the_end(Ties ties) { return {ties, 60, 1e-14}; }

TEST(CoxOracle, OneCovariateOn10000TiedDataSets) {
  std::mt19937_64 random(31);
  int finite = 0, separated = 0;
  for (int set = 0; set < 10000; ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 < 2;
    const std::size_t column = random() % 2 ? 0 : 2;  // 0/1, or 0/1/2
    const Patients patients = test::random_patients(random, 2 + random() % 10, 2);
    const Patients rows = weighted ? test::written_out(patients) : patients;
    Sorted s(patients, 2, stratified);
    const CoxFit fit =
        cox(s.table, s.terms(patients, {column}), weighted ? s.weight : std::span<double>(), to_the_end(ties), s.arena);
    SCOPED_TRACE(set);
    const double deaths = naive::count(rows, [](const Patient& p) { return p.event; });
    ASSERT_EQ(fit.n_events, deaths);
    if (deaths == 0) {
      ASSERT_EQ(fit.status, Status::no_events);
      continue;
    }
    const naive::Jet at_zero = naive::profile(rows, column, 0, ties, stratified);
    ASSERT_TRUE(fit.status == Status::singular || close(fit.null_log_likelihood, at_zero.value, 1e-10));
    if (std::abs(at_zero.second) < 1e-12) {
      ASSERT_EQ(fit.status, Status::singular);
      continue;
    }
    ASSERT_TRUE(close(fit.score_test, at_zero.first * at_zero.first / -at_zero.second, 1e-10));
    const double beta = naive::maximize(rows, column, ties, stratified);
    if (std::isnan(beta)) {
      ASSERT_EQ(fit.status, Status::separation);
      ++separated;
      continue;
    }
    const naive::Jet at_maximum = naive::profile(rows, column, beta, ties, stratified);
    const double se = 1 / std::sqrt(-at_maximum.second);
    ASSERT_EQ(fit.status, Status::ok);
    ASSERT_NEAR(fit.coefficient[0], beta, 1e-10);
    ASSERT_TRUE(close(fit.standard_error[0], se, 1e-10));
    ASSERT_TRUE(close(fit.log_likelihood, at_maximum.value, 1e-10));
    ASSERT_NEAR(fit.wald_test, beta * beta / (se * se), 1e-9);
    ++finite;
  }
  EXPECT_GT(finite, 5000);
  EXPECT_GT(separated, 500);
}

TEST(CoxOracle, ThreeCovariatesSolveTheScoreEquationsOfTiedDataSets) {
  std::mt19937_64 random(32);
  const std::vector<std::size_t> columns = {0, 1, 2};
  int solved = 0;
  for (int set = 0; set < test::oracle_sets(2000); ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 < 2;
    const Patients patients = test::random_patients(random, 12 + random() % 10, 2);
    const Patients rows = weighted ? test::written_out(patients) : patients;
    Sorted s(patients, 2, stratified);
    const CoxFit fit =
        cox(s.table, s.terms(patients, columns), weighted ? s.weight : std::span<double>(), to_the_end(ties), s.arena);
    if (fit.status != Status::ok) continue;
    ++solved;
    SCOPED_TRACE(set);
    const std::vector<double> beta(fit.coefficient.begin(), fit.coefficient.end());
    for (const double u : naive::gradient(rows, columns, beta, ties, stratified)) ASSERT_NEAR(u, 0, 1e-9);
    const std::vector<std::vector<double>> information = naive::information(rows, columns, beta, ties, stratified);
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t i = 0; i < 3; ++i) {
        double product = 0;
        for (std::size_t k = 0; k < 3; ++k) product += fit.variance[i * 3 + k] * information[k][j];
        ASSERT_NEAR(product, i == j, 1e-10);
      }
    }
  }
  EXPECT_GT(solved, 1700);
}

// Whether some direction separates, by trying many: with two covariates the candidates are the normals of all
// differences x_event - x_at_risk, and one between each pair of neighbours.
bool separated_in_the_plane(const Patients& rows, std::size_t a, std::size_t b) {
  std::vector<double> angles;
  const auto differences = [&](auto use) {
    for (const Patient& p : rows) {
      for (const Patient& q : rows) {
        if (p.event && q.time >= p.time) use(p.x[a] - q.x[a], p.x[b] - q.x[b]);
      }
    }
  };
  differences([&](double u, double v) {
    if (u == 0 && v == 0) return;
    for (const double turn : {0.5, -0.5}) angles.push_back(std::atan2(v, u) + turn * M_PI);
  });
  const std::size_t normals = angles.size();
  for (std::size_t i = 0; i < normals; ++i) angles.push_back(angles[i] + 1e-6), angles.push_back(angles[i] - 1e-6);
  return std::any_of(angles.begin(), angles.end(), [&](double angle) {
    bool never_less = true, sometimes_more = false;
    differences([&](double u, double v) {
      const double rise = std::cos(angle) * u + std::sin(angle) * v;
      never_less = never_less && rise > -1e-12;
      sometimes_more = sometimes_more || rise > 1e-12;
    });
    return never_less && sometimes_more;
  });
}

TEST(CoxOracle, SeparationOfTwoCovariatesOn10000DataSets) {
  std::mt19937_64 random(33);
  int separated = 0, finite = 0;
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, 4 + random() % 8, 2);
    Sorted s(patients);
    const CoxFit fit = cox(s.table, s.terms(patients, {0, 2}), {}, {}, s.arena);
    if (fit.status == Status::no_events || fit.status == Status::singular) continue;
    const bool expected = separated_in_the_plane(patients, 0, 2);
    ASSERT_EQ(fit.status, expected ? Status::separation : Status::ok) << set;
    ++(expected ? separated : finite);
  }
  EXPECT_GT(separated, 1000);
  EXPECT_GT(finite, 2000);
}

TEST(CoxOracle, IntegerWeightsAreRowsWrittenOutOn10000DataSets) {
  std::mt19937_64 random(34);
  for (int set = 0; set < 10000; ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0;
    const Patients patients = test::random_patients(random, 5 + random() % 20, 2);
    const Patients rows = test::written_out(patients);
    Sorted a(patients, 2, stratified), b(rows, 2, stratified);
    for (const std::vector<std::size_t>& columns : {std::vector<std::size_t>{0}, {1}, {0, 1, 2}}) {
      const CoxFit x = cox(a.table, a.terms(patients, columns), a.weight, {ties}, a.arena);
      const CoxFit y = cox(b.table, b.terms(rows, columns), {}, {ties}, b.arena);
      ASSERT_EQ(x.status, y.status) << set << " " << columns.size() << columns[0];
      ASSERT_EQ(x.n, y.n);
      ASSERT_EQ(x.n_events, y.n_events);
      if (columns == std::vector<std::size_t>{0}) {  // counts: the same sums, so the same bits
        ASSERT_TRUE(close(x.coefficient[0], y.coefficient[0], 0)) << set;
        ASSERT_TRUE(close(x.variance[0], y.variance[0], 0)) << set;
        ASSERT_TRUE(close(x.log_likelihood, y.log_likelihood, 0)) << set;
        continue;
      }
      ASSERT_TRUE(close(x.log_likelihood, y.log_likelihood, 1e-12)) << set;
      if (x.status != Status::ok) continue;
      for (std::size_t j = 0; j < columns.size(); ++j) {
        // 1e-12, and what rounding the score and the information (of order 1 an event) by 1e-14 makes of it.
        const double variance = x.variance[j * columns.size() + j];
        ASSERT_NEAR(x.coefficient[j], y.coefficient[j], 1e-12 * std::abs(y.coefficient[j]) + 1e-14 * (1 + variance));
        ASSERT_NEAR(x.standard_error[j] / y.standard_error[j], 1, 1e-12 + 1e-14 * variance);
      }
    }
  }
}

TEST(CoxOracle, RealWeightsWithBreslowScaleTheLikelihood) {
  // Weights of 1/4 on every row: the coefficient stays, the variance is four times as large.
  for (const std::size_t column : {std::size_t{0}, std::size_t{1}}) {
    Patients patients = test::read_patients("veteran");
    Sorted s(patients);
    const CoxFit plain = cox(s.table, s.terms(patients, {column}), {}, to_the_end(Ties::breslow), s.arena);
    for (double& w : s.weight) w = 0.25;
    const CoxFit quarter = cox(s.table, s.terms(patients, {column}), s.weight, to_the_end(Ties::breslow), s.arena);
    ASSERT_EQ(quarter.status, Status::ok);
    EXPECT_TRUE(close(quarter.coefficient[0], plain.coefficient[0], 1e-12));
    EXPECT_TRUE(close(quarter.variance[0], 4 * plain.variance[0], 1e-12));
  }
}

}  // namespace
}  // namespace oligosim
