#include <gtest/gtest.h>

#include "tests/statistics/intervals.hpp"

// Eight resamples at once against each on its own: the same bits.

namespace oligosim {
namespace {

using test::Rows;
using test::SortedRows;

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_same_bits(const CoxFit& a, const CoxFit& b) {
  ASSERT_EQ(a.status, b.status);
  ASSERT_EQ(a.iterations, b.iterations);
  ASSERT_EQ(a.n, b.n);
  ASSERT_EQ(a.n_events, b.n_events);
  ASSERT_TRUE(same(a.null_log_likelihood, b.null_log_likelihood));
  ASSERT_TRUE(same(a.log_likelihood, b.log_likelihood));
  ASSERT_TRUE(same(a.score_test, b.score_test));
  ASSERT_TRUE(same(a.wald_test, b.wald_test));
  ASSERT_TRUE(same(a.likelihood_ratio_test, b.likelihood_ratio_test));
  for (std::size_t j = 0; j < a.coefficient.size(); ++j) {
    ASSERT_TRUE(same(a.coefficient[j], b.coefficient[j])) << a.coefficient[j] << " " << b.coefficient[j];
    ASSERT_TRUE(same(a.standard_error[j], b.standard_error[j]));
  }
  for (std::size_t j = 0; j < a.variance.size(); ++j) ASSERT_TRUE(same(a.variance[j], b.variance[j]));
}

void expect_as_one_by_one(SortedRows& s, const std::vector<Lanes>& weight, const CoxOptions& options) {
  const std::array<CoxFit, lanes> fits =
      CoxResamples(s.table, s.covariates, {}, s.arena).fits({weight}, options, s.arena);
  for (std::size_t k = 0; k < lanes; ++k) {
    std::vector<double> one;
    for (const Lanes& w : weight) one.push_back(w[k]);
    expect_same_bits(fits[k], cox(s.table, s.covariates, one, options, s.arena));
    if (::testing::Test::HasFatalFailure()) FAIL() << "lane " << k;
  }
}

TEST(CoxLanes, PropertyAreTheFitsOneByOneBitForBitOn10000Resamples) {
  std::mt19937_64 random(51);
  const std::vector<std::size_t> models[] = {{0}, {1}, {0, 1}, {0, 1, 2}};
  int statuses[8] = {};
  for (int set = 0; set < 1300; ++set) {
    SCOPED_TRACE(set);
    const bool with_start = set % 2, stratified = set % 3 == 0;
    const Rows rows = test::random_rows(random, 3 + random() % 25, with_start);
    SortedRows s(rows, models[set % 4], with_start, stratified);
    std::vector<Lanes> weight(rows.size(), Lanes{});
    for (std::size_t k = 0; k < lanes; ++k) {
      // Multinomial resamples; now and then one of nobody, or of one patient alone.
      const std::size_t draws = random() % 16 == 0 ? random() % 2 : rows.size();
      const std::size_t among = random() % 16 == 0 ? 1 : rows.size();
      for (std::size_t i = 0; i < draws; ++i) weight[random() % among][k] += 1;
    }
    CoxOptions options;
    options.ties = set % 5 < 3 ? Ties::efron : Ties::breslow;
    if (set % 7 == 0) options.max_iterations = 3;
    const std::vector<double> initial(models[set % 4].size(), 0.1);
    if (set % 6 == 1) options.initial = initial;
    expect_as_one_by_one(s, weight, options);
    for (const CoxFit& fit : CoxResamples(s.table, s.covariates, {}, s.arena).fits({weight}, options, s.arena)) {
      ++statuses[static_cast<int>(fit.status)];
    }
    if (::testing::Test::HasFatalFailure()) FAIL();
  }
  for (const Status status :
       {Status::ok, Status::no_events, Status::singular, Status::separation, Status::did_not_converge}) {
    EXPECT_GT(statuses[static_cast<int>(status)], 20) << name(status);
  }
}

TEST(CoxLanes, PropertyWeightsOfRowsInAnyOrderAndCountsGiveTheSame) {
  std::mt19937_64 random(55);
  for (int set = 0; set < 200; ++set) {
    SCOPED_TRACE(set);
    const bool with_start = set % 3 == 0;
    const Rows rows = test::random_rows(random, 3 + random() % 60, with_start);
    SortedRows s(rows, set % 2 == 0 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{0, 1}, with_start,
                 set % 5 == 0);
    std::vector<std::uint32_t> row(rows.size());
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint32_t>(i);
    std::shuffle(row.begin(), row.end(), random);
    const CoxResamples resamples(s.table, s.covariates, row, s.arena);
    for (int batch = 0; batch < 2; ++batch) {
      std::vector<Lanes> weight(rows.size(), Lanes{}), ordered(rows.size());
      for (std::size_t k = 0; k < lanes; ++k)
        for (std::size_t i = 0; i < rows.size(); ++i) weight[random() % rows.size()][k] += 1;
      for (std::size_t i = 0; i < rows.size(); ++i) ordered[i] = weight[row[i]];
      const std::array<CoxFit, lanes> fits = resamples.fits({weight}, {}, s.arena);
      const std::array<CoxFit, lanes> expected =
          CoxResamples(s.table, s.covariates, {}, s.arena).fits({ordered}, {}, s.arena);
      std::vector<WholeLanes> count(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < lanes; ++k) count[i][k] = static_cast<std::int32_t>(weight[i][k]);
      const std::array<CoxFit, lanes> of_counts =
          resamples.fits(CaseWeights(std::span<const WholeLanes>(count)), {}, s.arena);
      for (std::size_t k = 0; k < lanes; ++k) {
        expect_same_bits(fits[k], expected[k]);
        expect_same_bits(of_counts[k], expected[k]);
      }
      if (::testing::Test::HasFatalFailure()) FAIL();
    }
  }
}

// Those of one data set are summed four to a register where they are no more.
TEST(CoxLanes, PropertyOfThreeToFiveColumns) {
  std::mt19937_64 random(57);
  for (int set = 0; set < 150; ++set) {
    SCOPED_TRACE(set);
    Rows rows = test::random_rows(random, 20 + random() % 40, set % 4 == 0);
    std::vector<std::size_t> columns;
    for (std::size_t j = 0; j < 3 + static_cast<std::size_t>(set) % 3; ++j) columns.push_back(j);
    for (test::Row& row : rows) {
      row.x.resize(columns.size());
      for (double& x : row.x) x = static_cast<double>(random() % 1000) / 500;
    }
    SortedRows s(rows, columns, set % 4 == 0, set % 5 == 0);
    std::vector<Lanes> weight(rows.size(), Lanes{});
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::size_t i = 0; i < rows.size(); ++i) weight[random() % rows.size()][k] += 1;
    expect_as_one_by_one(s, weight, {set % 2 == 0 ? Ties::efron : Ties::breslow});
    if (::testing::Test::HasFatalFailure()) FAIL();
  }
}

// So many that their denominators' product leaves its range; times few enough that events of both groups are tied, or
// all different.
TEST(CoxLanes, PropertyOfTwoGroupsOfManyPatients) {
  std::mt19937_64 random(54);
  for (int set = 0; set < 60; ++set) {
    SCOPED_TRACE(set);
    Rows rows = test::random_rows(random, 100 + random() % 400, false);
    for (test::Row& row : rows) row.time += static_cast<double>(random() % (set % 2 == 0 ? 1 << 30 : 100)) * 0x1p-30;
    SortedRows s(rows, {0}, false, set % 3 == 0);
    std::vector<Lanes> weight(rows.size(), Lanes{});
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::size_t i = 0; i < rows.size(); ++i) weight[random() % rows.size()][k] += 1;
    expect_as_one_by_one(s, weight, {});
    if (::testing::Test::HasFatalFailure()) FAIL();
  }
}

TEST(CoxLanes, PropertyRealWeightsWithBreslow) {
  std::mt19937_64 random(52);
  for (int set = 0; set < 200; ++set) {
    SCOPED_TRACE(set);
    const Rows rows = test::random_rows(random, 15 + random() % 25, set % 2);
    SortedRows s(rows, set % 4 < 2 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{0, 1}, set % 2,
                 set % 3 == 0);
    std::vector<Lanes> weight(rows.size());
    for (Lanes& w : weight) {
      for (std::size_t k = 0; k < lanes; ++k) w[k] = -std::log((static_cast<double>(random() >> 11) + 0.5) * 0x1p-53);
    }
    expect_as_one_by_one(s, weight, {Ties::breslow});
    if (::testing::Test::HasFatalFailure()) FAIL();
  }
}

TEST(CoxLanes, WarmStartGivesTheSameMaximum) {
  std::mt19937_64 random(53);
  int compared = 0;
  for (int set = 0; set < 300; ++set) {
    const Rows rows = test::random_rows(random, 40, set % 2);
    SortedRows s(rows, {0, 1}, set % 2, false);
    CoxOptions options{Ties::efron, 50, 1e-14};
    const CoxFit all = cox(s.table, s.covariates, {}, options, s.arena);
    const CoxFit cold = cox(s.table, s.covariates, s.weight, options, s.arena);
    options.initial = all.coefficient;
    const CoxFit warm = cox(s.table, s.covariates, s.weight, options, s.arena);
    if (all.status != Status::ok || cold.status != Status::ok) continue;
    ++compared;
    ASSERT_EQ(warm.status, Status::ok);
    ASSERT_TRUE(test::close(warm.log_likelihood, cold.log_likelihood, 1e-12));
    for (std::size_t j = 0; j < 2; ++j) ASSERT_TRUE(test::close(warm.coefficient[j], cold.coefficient[j], 1e-9));
    for (std::size_t j = 0; j < 2; ++j) ASSERT_TRUE(test::close(warm.standard_error[j], cold.standard_error[j], 1e-9));
    ASSERT_TRUE(std::isnan(warm.null_log_likelihood) && std::isnan(warm.score_test));
  }
  EXPECT_GT(compared, 200);
}

}  // namespace
}  // namespace oligosim
