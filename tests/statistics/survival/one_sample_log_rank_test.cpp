#include "engine/statistics/survival/one_sample_log_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/resamples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;

std::vector<double> weibull_hazards(const Sorted& s, double median, double shape) {
  std::vector<double> hazard;
  for (const double t : s.table.time) hazard.push_back(std::numbers::ln2 * std::pow(t / median, shape));
  return hazard;
}

TEST(OneSampleLogRank, ReferencePoissonTest) {
  const test::ReferenceTable reference("one_sample_log_rank.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    Sorted s(test::read_patients(reference.text(r, "data")));
    const auto hazard = weibull_hazards(s, reference.number(r, "median"), reference.number(r, "shape"));
    const auto sums = observed_expected(s.table, hazard, {});
    EXPECT_EQ(sums.observed, reference.number(r, "observed"));
    EXPECT_TRUE(close(sums.expected, reference.number(r, "expected"), 1e-10));
    const Estimate test = one_sample_log_rank_test(sums, OneSampleVariance::expected);
    EXPECT_TRUE(close(test.statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_EQ(test.signed_statistic, -test.statistic);
    const Estimate average = one_sample_log_rank_test(sums, OneSampleVariance::average);
    EXPECT_TRUE(close(average.statistic, reference.number(r, "average_statistic"), 1e-8));
    EXPECT_TRUE(close(average.p_value, 2 * normal_cdf(-std::abs(reference.number(r, "average_statistic"))), 1e-8));
    const Estimate ratio = standardized_mortality_ratio(sums, reference.number(r, "confidence"));
    EXPECT_TRUE(close(ratio.estimate, reference.number(r, "ratio"), 1e-8));
    EXPECT_TRUE(close(ratio.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(ratio.upper, reference.number(r, "upper"), 1e-8));
  }
}

TEST(OneSampleLogRank, ReferenceAmlAgainstAMedianOf20) {
  Sorted aml(test::read_patients("aml"));
  const auto sums = observed_expected(aml.table, weibull_hazards(aml, 20, 1), {});
  EXPECT_TRUE(close(sums.expected, 23.497689421, 1e-10));
  EXPECT_TRUE(close(one_sample_log_rank_test(sums, OneSampleVariance::expected).statistic, -1.13414249207, 1e-11));
  const Estimate ratio = standardized_mortality_ratio(sums, .95);
  EXPECT_TRUE(close(ratio.estimate, .766032765074, 1e-11));
  EXPECT_TRUE(close(ratio.lower, .4539995652, 1e-9));
  EXPECT_TRUE(close(ratio.upper, 1.2106620254, 1e-9));
}

double poisson_at_most(double x, double mean) {
  double term = std::exp(-mean), sum = 0;
  for (double k = 0; k <= x; ++k) sum += term, term *= mean / (k + 1);
  return sum;
}

// The mean at which P(X <= x) is `target`, by bisection.
double poisson_mean(double x, double target) {
  double low = 0, high = 200;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (poisson_at_most(x, middle) > target ? low : high) = middle;
  }
  return (low + high) / 2;
}

TEST(OneSampleLogRank, OracleSumsAndPoissonTailsOn10000DataSets) {
  std::mt19937_64 random(61);
  for (int set = 0; set < 10000; ++set) {
    const bool weighted = random() % 2;
    const Patients patients = test::random_patients(random, random() % 16, 2);
    Sorted s(patients);
    const double median = 1 + static_cast<double>(random() % 50) / 10;
    const auto sums =
        observed_expected(s.table, weibull_hazards(s, median, 1.3), weighted ? s.weight : std::span<double>());
    double observed = 0, expected = 0, n = 0;
    for (const Patient& p : weighted ? test::written_out(patients) : patients) {
      observed += p.event, ++n;
      expected += std::log(2) * std::pow(p.time / median, 1.3);
    }
    const Estimate test = one_sample_log_rank_test(sums, OneSampleVariance::average);
    const Estimate ratio = standardized_mortality_ratio(sums, .9);
    ASSERT_EQ(test.n, n);
    ASSERT_EQ(ratio.n_events, observed);
    if (n == 0) {
      ASSERT_EQ(test.status, Status::empty_group);
      ASSERT_EQ(ratio.status, Status::empty_group);
      continue;
    }
    ASSERT_TRUE(close(test.signed_statistic, (expected - observed) / std::sqrt((expected + observed) / 2), 1e-10));
    ASSERT_TRUE(close(ratio.estimate, observed / expected, 1e-10));
    ASSERT_TRUE(close(ratio.upper, poisson_mean(observed, .05) / expected, 1e-10));
    ASSERT_TRUE(close(ratio.lower, observed == 0 ? 0 : poisson_mean(observed - 1, .95) / expected, 1e-10));
  }
}

TEST(OneSampleLogRank, PropertyEachLaneHasTheBitsOfItsOwnTest) {
  std::mt19937_64 random(62);
  for (int set = 0; set < 2000; ++set) {
    const Patients patients = test::random_patients(random, 1 + random() % 16, 2);
    Sorted s(patients);
    const test::Resamples resamples(random, patients.size(), s.arena);
    const auto hazard = weibull_hazards(s, 4, .8);
    const auto together = observed_expected<Lanes>(s.table, hazard, resamples.together());
    for (std::size_t k = 0; k < lanes; ++k) {
      const auto alone = observed_expected(s.table, hazard, resamples.apart(k));
      for (const auto variance : {OneSampleVariance::expected, OneSampleVariance::average})
        ASSERT_TRUE(
            test::same(one_sample_log_rank_test(together, variance, k), one_sample_log_rank_test(alone, variance)));
      ASSERT_TRUE(test::same(standardized_mortality_ratio(together, .9, k), standardized_mortality_ratio(alone, .9)));
    }
  }
}

TEST(OneSampleLogRank, DegenerateDataHaveAStatus) {
  const ObservedExpected<> nobody{0, 0, 0}, no_time{0, 0, 5}, at_once{2, 0, 5}, none{0, 3, 5};
  EXPECT_EQ(one_sample_log_rank_test(nobody, OneSampleVariance::expected).status, Status::empty_group);
  EXPECT_EQ(one_sample_log_rank_test(no_time, OneSampleVariance::average).status, Status::no_events);
  EXPECT_EQ(one_sample_log_rank_test(at_once, OneSampleVariance::expected).status, Status::no_events);
  EXPECT_EQ(one_sample_log_rank_test(at_once, OneSampleVariance::average).statistic, 2);
  EXPECT_EQ(standardized_mortality_ratio(no_time, .95).status, Status::no_events);
  EXPECT_EQ(standardized_mortality_ratio(none, .95).estimate, 0);
  EXPECT_EQ(standardized_mortality_ratio(none, .95).lower, 0);
  EXPECT_TRUE(close(standardized_mortality_ratio(none, .95).upper, -std::log(.025) / 3, 1e-12));
}

}  // namespace
}  // namespace oligosim
