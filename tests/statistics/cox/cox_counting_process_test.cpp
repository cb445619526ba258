#include <gtest/gtest.h>

#include "engine/statistics/survival/counting_process.hpp"
#include "tests/statistics/intervals.hpp"
#include "tests/statistics/oracle_sets.hpp"

// Cox regression on rows (start, stop] against the likelihood written down from its definition.

namespace oligosim {
namespace {

using test::close;
using test::Row;
using test::Rows;
using test::SortedRows;

const std::vector<std::size_t> models[] = {{0}, {1}, {2}, {0, 1}, {0, 1, 2}};

TEST(CoxCountingProcess, OracleFromTheDefinitionOn10000TiedDataSets) {
  std::mt19937_64 random(41);
  int ok = 0, other = 0;
  for (int set = 0; set < 10000; ++set) {
    SCOPED_TRACE(set);
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 < 2;
    const std::vector<std::size_t>& columns = models[set % 5];
    const Rows rows = test::random_rows(random, 2 + random() % 10 + 6 * columns.size(), true);
    const Rows copies = weighted ? test::written_out(rows) : rows;
    SortedRows s(rows, columns, true, stratified);
    const CoxFit fit =
        cox(s.table, s.covariates, weighted ? s.weight : std::vector<double>(), {ties, 60, 1e-13}, s.arena);
    double n = 0, deaths = 0;
    for (const Row& row : copies) {
      if (row.start < row.time) ++n, deaths += row.event;
    }
    ASSERT_EQ(fit.n, n);
    ASSERT_EQ(fit.n_events, deaths);
    const test::naive::Likelihood likelihood{copies, columns, ties, stratified};
    const std::size_t p = columns.size();
    const std::vector<double> zero(p, 0.0);
    const test::naive::Matrix null_information = likelihood.information(zero);
    if (deaths == 0) {
      ASSERT_EQ(fit.status, Status::no_events);
    } else if (std::abs(test::naive::Likelihood::determinant(null_information)) < 1e-11) {
      ASSERT_EQ(fit.status, Status::singular);
    } else {
      ASSERT_TRUE(close(fit.null_log_likelihood, likelihood.value(zero), 1e-10));
      const std::vector<double> score = likelihood.gradient(zero);
      if (p == 1) {
        ASSERT_TRUE(close(fit.score_test, score[0] * score[0] / null_information[0][0], 1e-10));
      }
      ASSERT_TRUE(fit.status == Status::ok || fit.status == Status::separation);
      if (p == 1) {
        // Without a maximum the score keeps its sign far out; with one it changes it (gaps of x are at least 0.004).
        const double low = likelihood.gradient({-30})[0], high = likelihood.gradient({30})[0];
        if (columns[0] != 1) {
          ASSERT_EQ(fit.status == Status::ok, low > 1e-6 && high < -1e-6);
        }
      }
    }
    if (fit.status != Status::ok) {
      ++other;
      continue;
    }
    ++ok;
    const std::vector<double> beta(fit.coefficient.begin(), fit.coefficient.end());
    ASSERT_TRUE(close(fit.log_likelihood, likelihood.value(beta), 1e-10));
    const test::naive::Matrix information = likelihood.information(beta);
    double wald = 0;
    const std::vector<double> score = likelihood.gradient(beta);
    for (std::size_t j = 0; j < p; ++j) {
      // A score of 0 to rounding: beta is the maximum to 1e-10 standard errors.
      ASSERT_NEAR(score[j] * fit.standard_error[j], 0, 1e-10 * (1 + fit.standard_error[j]));
      for (std::size_t i = 0; i < p; ++i) {
        wald += beta[i] * information[i][j] * beta[j];
        double product = 0;
        for (std::size_t k = 0; k < p; ++k) product += fit.variance[i * p + k] * information[k][j];
        ASSERT_NEAR(product, i == j, 1e-10);
      }
    }
    ASSERT_TRUE(close(fit.wald_test, wald, 1e-9));
  }
  EXPECT_GT(ok, 7000);
  EXPECT_GT(other, 300);
}

TEST(CoxCountingProcess, IntegerWeightsAreRowsWrittenOut) {
  std::mt19937_64 random(42);
  int borderline = 0;
  for (int set = 0; set < 10000; ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0;
    const std::vector<std::size_t>& columns = models[set % 5];
    const Rows rows = test::random_rows(random, 5 + random() % 20, true), copies = test::written_out(rows);
    SortedRows a(rows, columns, true, stratified), b(copies, columns, true, stratified);
    const CoxFit x = cox(a.table, a.covariates, a.weight, {ties}, a.arena);
    const CoxFit y = cox(b.table, b.covariates, {}, {ties}, b.arena);
    if (x.status != y.status) {  // singular to rounding: either may see it
      const test::naive::Likelihood likelihood{copies, columns, ties, stratified};
      const std::vector<double> zero(columns.size(), 0.0);
      ASSERT_NEAR(test::naive::Likelihood::determinant(likelihood.information(zero)), 0, 1e-13) << set;
      ++borderline;
      continue;
    }
    ASSERT_EQ(x.n, y.n);
    ASSERT_EQ(x.n_events, y.n_events);
    const bool counts = columns == models[0];  // the same sums, so the same bits
    ASSERT_TRUE(close(x.log_likelihood, y.log_likelihood, counts ? 0 : 1e-12)) << set;
    ASSERT_TRUE(!counts || close(x.coefficient[0], y.coefficient[0], 0)) << set;
    for (std::size_t j = 0; j < columns.size() && x.status == Status::ok; ++j) {
      const double variance = x.variance[j * columns.size() + j];
      // 1e-12, and what rounding the score and the information by 1e-13 makes of it: sums are subtracted from, too.
      ASSERT_NEAR(x.coefficient[j], y.coefficient[j], 1e-12 * std::abs(y.coefficient[j]) + 1e-13 * (1 + variance));
      ASSERT_NEAR(x.standard_error[j] / y.standard_error[j], 1, 1e-12 + 1e-13 * variance);
    }
  }
  EXPECT_LT(borderline, 5);
}

void expect_same(const CoxFit& a, const CoxFit& b, double tolerance) {
  ASSERT_EQ(a.status, b.status);
  ASSERT_TRUE(close(a.null_log_likelihood, b.null_log_likelihood, tolerance));
  ASSERT_TRUE(close(a.log_likelihood, b.log_likelihood, tolerance));
  ASSERT_TRUE(close(a.score_test, b.score_test, tolerance));
  for (std::size_t j = 0; j < a.coefficient.size(); ++j) {
    ASSERT_TRUE(close(a.coefficient[j], b.coefficient[j], tolerance));
    ASSERT_TRUE(close(a.standard_error[j], b.standard_error[j], tolerance));
  }
}

TEST(CoxCountingProcess, PropertyCuttingARowInTwoChangesNothing) {
  std::mt19937_64 random(43);
  for (int set = 0; set < 2000; ++set) {
    SCOPED_TRACE(set);
    const std::vector<std::size_t>& columns = models[set % 5];
    const Rows rows = test::random_rows(random, 12 + random() % 10, set % 2);
    Rows cut;
    for (const Row& row : rows) {
      if (row.start >= row.time) continue;
      Row first = row, second = row;
      first.time = second.start = row.time - 0.5 * static_cast<double>(1 + random() % 3);
      first.event = false;
      if (first.start < first.time) cut.push_back(first);
      second.start = std::max(second.start, row.start);
      cut.push_back(second);
    }
    std::shuffle(cut.begin(), cut.end(), random);
    SortedRows a(rows, columns, set % 2, true), b(cut, columns, true, true);
    expect_same(cox(b.table, b.covariates, b.weight, {Ties::efron, 60, 1e-13}, b.arena),
                cox(a.table, a.covariates, a.weight, {Ties::efron, 60, 1e-13}, a.arena), 1e-9);
  }
}

TEST(CoxCountingProcess, PropertyStartsBeforeTheFirstTimeAreNone) {
  std::mt19937_64 random(44);
  for (int set = 0; set < 1000; ++set) {
    SCOPED_TRACE(set);
    Rows rows = test::random_rows(random, 12 + random() % 10, false);
    const std::vector<std::size_t>& columns = models[set % 5];
    SortedRows a(rows, columns, false, set % 2);
    for (Row& row : rows) row.start = static_cast<double>(random() % 100) / -50;
    SortedRows b(rows, columns, true, set % 2);
    expect_same(cox(a.table, a.covariates, a.weight, {}, a.arena), cox(b.table, b.covariates, b.weight, {}, b.arena),
                0);
  }
}

// Far more hazard leaves than stays: sums kept by subtraction alone would be off by 1e-16 e^30.
TEST(CoxCountingProcess, LeavingPatientsCostNoAccuracy) {
  const Rows rows = test::late_rows_at_a_high_risk(45, 200);
  for (const Ties ties : {Ties::efron, Ties::breslow}) {
    SortedRows s(rows, {0}, true, false);
    const CoxFit fit = cox(s.table, s.covariates, {}, {ties, 60, 1e-13}, s.arena);
    ASSERT_EQ(fit.status, Status::ok);
    const test::naive::Likelihood likelihood{rows, {0}, ties, false};
    EXPECT_TRUE(close(fit.log_likelihood, likelihood.value({fit.coefficient[0]}), 1e-12));
    EXPECT_NEAR(likelihood.gradient({fit.coefficient[0]})[0], 0, 1e-8);
    EXPECT_TRUE(close(fit.variance[0], 1 / likelihood.information({fit.coefficient[0]})[0][0], 1e-10));
  }
}

TEST(CoxCountingProcess, DegenerateRowsThatHoldNoTimeAreNotThere) {
  Rows rows = {{0, 3, true, 0, {1}, 1}, {1, 2, true, 0, {0}, 1}, {0, 4, false, 0, {0}, 1}, {2, 5, true, 0, {1}, 1}};
  SortedRows before(rows, {0}, true, false);
  rows.push_back({3, 3, true, 0, {1}, 1});
  rows.push_back({4, 2, true, 0, {0}, 1});
  rows.push_back({missing, 2, true, 0, {1}, 1});
  SortedRows after(rows, {0}, true, false);
  const CoxFit a = cox(before.table, before.covariates, {}, {}, before.arena);
  const CoxFit b = cox(after.table, after.covariates, {}, {}, after.arena);
  ASSERT_EQ(a.status, Status::ok);
  expect_same(a, b, 0);
  EXPECT_EQ(b.n, 4);
  EXPECT_EQ(b.n_events, 3);
}

TEST(CoxCountingProcess, DegenerateNobodyIsEverAtRiskTogether) {
  for (const double code : {1.0, 2.0}) {
    const Rows rows = {{0, 1, true, 0, {code}, 1}, {1, 2, true, 0, {0}, 1}, {2, 3, true, 0, {code}, 1}};
    SortedRows s(rows, {0}, true, false);
    const CoxFit fit = cox(s.table, s.covariates, {}, {}, s.arena);
    EXPECT_EQ(fit.status, Status::singular);
    EXPECT_TRUE(std::isnan(fit.coefficient[0]));
  }
}

TEST(CountingProcess, OracleASwitchBeforeTheStartIsOneRow) {
  Arena arena;
  const std::vector<double> time = {5, 5, 5, 5, 5}, known = {-2, 0, 3, 5, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<std::uint8_t> event(5, 1);
  const SwitchedRows rows = split_at_switch(time, event, known, arena);
  EXPECT_EQ(std::vector(rows.patient.begin(), rows.patient.end()), (std::vector<std::uint32_t>{0, 1, 1, 2, 2, 3, 4}));
  EXPECT_EQ(std::vector(rows.switched.begin(), rows.switched.end()), (std::vector<double>{1, 0, 1, 0, 1, 0, 0}));
  EXPECT_EQ(std::vector(rows.stop.begin(), rows.stop.end()), (std::vector<double>{5, 0, 5, 3, 5, 5, 5}));
}

TEST(CountingProcess, SplitsWhereTheSwitchIsKnownBeforeTheEnd) {
  Arena arena;
  const std::vector<double> time = {10, 10, 10, 10, missing}, known = {4, 10, missing, 12, 3};
  const std::vector<std::uint8_t> event = {1, 1, 0, 1, 1};
  const SwitchedRows rows = split_at_switch(time, event, known, arena);
  const double beginning = -std::numeric_limits<double>::infinity();
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows.patient[0], 0u);
  EXPECT_EQ(rows.start[0], beginning);
  EXPECT_EQ(rows.stop[0], 4);
  EXPECT_EQ(rows.event[0], 0);
  EXPECT_EQ(rows.switched[0], 0);
  EXPECT_EQ(rows.patient[1], 0u);
  EXPECT_EQ(rows.start[1], 4);
  EXPECT_EQ(rows.stop[1], 10);
  EXPECT_EQ(rows.event[1], 1);
  EXPECT_EQ(rows.switched[1], 1);
  for (std::size_t r = 2; r < 5; ++r) {  // at the very time, never, and later: not before the end
    EXPECT_EQ(rows.patient[r], r - 1);
    EXPECT_EQ(rows.start[r], beginning);
    EXPECT_EQ(rows.stop[r], 10);
    EXPECT_EQ(rows.event[r], r != 3);
    EXPECT_EQ(rows.switched[r], 0);
  }
  EXPECT_TRUE(std::isnan(rows.stop[5]));
}

// From the definition: the covariate of patient i at t is whether known_from < t.
TEST(CountingProcess, OracleATimeDependentCovariate) {
  std::mt19937_64 random(46);
  int ok = 0;
  for (int set = 0; set < test::oracle_sets(3000); ++set) {
    const std::size_t n = 6 + random() % 20;
    std::vector<double> time(n), known(n);
    std::vector<std::uint8_t> event(n);
    for (std::size_t i = 0; i < n; ++i) {
      time[i] = static_cast<double>(1 + random() % 8);
      event[i] = random() % 3 != 0;
      known[i] = random() % 3 == 0 ? missing : static_cast<double>(random() % 8);
    }
    Arena arena;
    const SwitchedRows split = split_at_switch(time, event, known, arena);
    const SurvivalTable table = sort_survival(split.stop, split.event, arena);
    const CoxCovariates covariates{
        in_table_order(table, split.switched, arena), 1, {}, 1, in_table_order(table, split.start, arena)};
    const CoxFit fit = cox(table, covariates, {}, {Ties::breslow, 60, 1e-13}, arena);
    if (fit.status != Status::ok) continue;
    ++ok;
    double score = 0, information = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (!event[i]) continue;
      double all = 0, switched = 0;
      for (std::size_t k = 0; k < n; ++k) {
        if (time[k] < time[i]) continue;
        const bool x = known[k] < time[i];
        all += x ? std::exp(fit.coefficient[0]) : 1;
        if (x) switched += std::exp(fit.coefficient[0]);
      }
      score += (known[i] < time[i]) - switched / all;
      information += switched / all * (1 - switched / all);
    }
    ASSERT_NEAR(score, 0, 1e-10) << set;
    ASSERT_TRUE(close(fit.variance[0], 1 / information, 1e-10));
  }
  EXPECT_GT(ok, 2000);
}

}  // namespace
}  // namespace oligosim
