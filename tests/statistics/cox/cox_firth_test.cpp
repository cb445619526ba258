#include <gtest/gtest.h>

#include "tests/statistics/intervals.hpp"

// Firth's penalized Cox regression against the penalized likelihood written down from its definition.

namespace oligosim {
namespace {

using test::close;
using test::Row;
using test::Rows;
using test::SortedRows;
using test::naive::Likelihood;

CoxOptions firth(Ties ties) {
  CoxOptions options;
  options.ties = ties;
  options.penalty = Penalty::firth;
  return options;
}

TEST(CoxFirth, OracleFromTheDefinitionOn10000TiedDataSets) {
  std::mt19937_64 random(61);
  const std::vector<std::size_t> models[] = {{0}, {1}, {2}, {0, 1}, {0, 1, 2}};
  int ok = 0, separated = 0;
  for (int set = 0; set < 10000; ++set) {
    SCOPED_TRACE(set);
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 < 2, with_start = random() % 2;
    const std::vector<std::size_t>& columns = models[set % 5];
    const Rows rows = test::random_rows(random, 3 + random() % 8 + 4 * columns.size(), with_start);
    const Rows copies = weighted ? test::written_out(rows) : rows;
    SortedRows s(rows, columns, with_start, stratified);
    const std::vector<double> weight = weighted ? s.weight : std::vector<double>();
    const CoxFit plain = cox(s.table, s.covariates, weight, {ties}, s.arena);
    const CoxFit fit = cox(s.table, s.covariates, weight, firth(ties), s.arena);
    if (plain.status == Status::no_events || plain.status == Status::singular) {
      ASSERT_EQ(fit.status, plain.status);
      ASSERT_TRUE(std::isnan(fit.coefficient[0]));
      continue;
    }
    ASSERT_EQ(fit.status, Status::ok);
    ++ok;
    separated += plain.status == Status::separation;
    const Likelihood likelihood{copies, columns, ties, stratified};
    const std::size_t p = columns.size();
    const std::vector<double> zero(p, 0.0), beta(fit.coefficient.begin(), fit.coefficient.end());
    ASSERT_NEAR(fit.null_log_likelihood, likelihood.penalized_value(zero), 1e-9);
    ASSERT_NEAR(fit.log_likelihood, likelihood.penalized_value(beta), 1e-9);
    ASSERT_NEAR(fit.likelihood_ratio_test, 2 * (fit.log_likelihood - fit.null_log_likelihood), 1e-12);
    ASSERT_GE(fit.likelihood_ratio_test, -1e-12);
    // The penalized score is 0 to 1e-10 standard errors, and to the rounding of the penalty, which has the variance as
    // a factor; the variance is the inverse information there.
    const std::vector<double> score = likelihood.penalized_gradient(beta);
    const test::naive::Matrix information = likelihood.information(beta);
    for (std::size_t j = 0; j < p; ++j) {
      const double se = fit.standard_error[j];
      ASSERT_NEAR(score[j] * se, 0, 1e-10 * (1 + se) + 1e-12 * se * se);
      for (std::size_t i = 0; i < p; ++i) {
        double product = 0;
        for (std::size_t k = 0; k < p; ++k) product += fit.variance[i * p + k] * information[k][j];
        ASSERT_NEAR(product, i == j, 1e-9);
      }
    }
    // No better place nearby: it is a maximum.
    for (std::size_t j = 0; j < p; ++j) {
      for (const double step : {-0.1, 0.1}) {
        std::vector<double> beside = beta;
        beside[j] += step * fit.standard_error[j];
        ASSERT_LT(likelihood.penalized_value(beside), fit.log_likelihood);
      }
    }
  }
  EXPECT_GT(ok, 8000);
  EXPECT_GT(separated, 500);
}

// One event among n: log(p) + log(p (1 - p)) / 2 with p the share of the group of the event is largest at p = 3/4.
TEST(CoxFirth, OracleASingleEventByHand) {
  for (const double code : {1.0, 3.0}) {
    for (const int others : {1, 2, 7}) {
      Rows rows = {{0, 1, true, 0, {code}, 1}};
      for (int i = 0; i < others; ++i) rows.push_back({0, 2, false, 0, {0}, 1});
      SortedRows s(rows, {0}, false, false);
      const CoxFit fit = cox(s.table, s.covariates, {}, firth(Ties::efron), s.arena);
      ASSERT_EQ(fit.status, Status::ok);
      EXPECT_NEAR(fit.coefficient[0], std::log(3.0 * others) / code, 1e-12);
      EXPECT_NEAR(fit.standard_error[0], std::sqrt(16.0 / 3) / code, 1e-11);
    }
  }
}

TEST(CoxFirth, PropertyUnitsAndOrderOfTheCovariates) {
  std::mt19937_64 random(62);
  for (int set = 0; set < 300; ++set) {
    Rows rows = test::random_rows(random, 30, false);
    SortedRows a(rows, {0, 1, 2}, false, true);
    const CoxFit before = cox(a.table, a.covariates, a.weight, firth(Ties::efron), a.arena);
    if (before.status != Status::ok) continue;
    for (Row& row : rows) row.x[1] = 5 - 100 * row.x[1], row.time *= 30;
    std::shuffle(rows.begin(), rows.end(), random);
    SortedRows b(rows, {2, 1, 0}, false, true);
    const CoxFit after = cox(b.table, b.covariates, b.weight, firth(Ties::efron), b.arena);
    ASSERT_EQ(after.status, Status::ok);
    ASSERT_TRUE(close(after.coefficient[0], before.coefficient[2], 1e-8));
    ASSERT_TRUE(close(after.coefficient[1], before.coefficient[1] / -100, 1e-8));
    ASSERT_TRUE(close(after.coefficient[2], before.coefficient[0], 1e-8));
    ASSERT_NEAR(after.likelihood_ratio_test, before.likelihood_ratio_test, 1e-9);
    ASSERT_NEAR(after.wald_test, before.wald_test, 1e-7);
  }
}

}  // namespace
}  // namespace oligosim
