#include "engine/statistics/categorical/cluster_proportion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/statistics/categorical/proportion.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

constexpr ClusterProportionInterval logit = ClusterProportionInterval::logit;
constexpr ClusterProportionInterval wald = ClusterProportionInterval::wald;

std::vector<double> numbers(const std::string& text) {
  std::vector<double> values;
  std::stringstream stream(text);
  for (double value; stream >> value;) values.push_back(value);
  return values;
}

TEST(ClusterProportion, ReferenceSandwichOfLogisticRegression) {
  const test::ReferenceTable reference("cluster_proportion.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const ClusterProportionOptions options{reference.text(r, "interval") == "logit" ? logit : wald,
                                           reference.number(r, "few_clusters") != 0,
                                           reference.number(r, "student_t") != 0, reference.number(r, "confidence")};
    const Estimate e =
        cluster_proportion(numbers(reference.text(r, "successes")), numbers(reference.text(r, "trials")), {}, options);
    ASSERT_EQ(e.status, Status::ok);
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
  }
}

struct Lesions {
  std::vector<double> successes, trials, weight;
};

Lesions random_lesions(std::mt19937_64& random, std::size_t patients) {
  Lesions lesions;
  for (std::size_t i = 0; i < patients; ++i) {
    lesions.trials.push_back(static_cast<double>(random() % 5));
    lesions.successes.push_back(static_cast<double>(random() % (1 + static_cast<unsigned>(lesions.trials[i]))));
    lesions.weight.push_back(static_cast<double>(random() % 4));
  }
  return lesions;
}

Lesions written_out(const Lesions& lesions) {
  Lesions rows;
  for (std::size_t i = 0; i < lesions.trials.size(); ++i) {
    for (double c = 0; c < lesions.weight[i]; ++c) {
      rows.successes.push_back(lesions.successes[i]);
      rows.trials.push_back(lesions.trials[i]);
      rows.weight.push_back(1);
    }
  }
  return rows;
}

// Lesion by lesion: the covariances of all pairs of lesions of one patient, added up.
double variance_by_pairs(const Lesions& rows, double p) {
  double sum = 0, lesions = 0;
  for (std::size_t i = 0; i < rows.trials.size(); ++i) {
    for (double a = 0; a < rows.trials[i]; ++a, ++lesions) {
      for (double b = 0; b < rows.trials[i]; ++b) {
        sum += ((a < rows.successes[i]) - p) * ((b < rows.successes[i]) - p);
      }
    }
  }
  return sum / lesions / lesions;
}

TEST(ClusterProportion, OraclePairsOfLesionsOn10000DataSets) {
  std::mt19937_64 random(71);
  int at_the_ends = 0;
  for (int set = 0; set < 10000; ++set) {
    const Lesions lesions = random_lesions(random, random() % 12);
    const bool weighted = random() % 2;
    const ClusterProportionOptions options{random() % 2 ? logit : wald, random() % 2 == 0, random() % 2 == 0, .9};
    const Estimate e = cluster_proportion(lesions.successes, lesions.trials,
                                          weighted ? lesions.weight : std::vector<double>(), options);
    const Lesions rows = weighted ? written_out(lesions) : lesions;
    double x = 0, n = 0, m = 0;
    for (std::size_t i = 0; i < rows.trials.size(); ++i) {
      x += rows.successes[i];
      n += rows.trials[i];
      m += rows.trials[i] > 0;
    }
    ASSERT_EQ(e.n, n);
    ASSERT_EQ(e.n_events, x);
    if (n == 0) {
      ASSERT_EQ(e.status, Status::empty_group);
      ASSERT_TRUE(std::isnan(e.estimate));
      continue;
    }
    ASSERT_EQ(e.estimate, x / n);
    if (m < 2 || (options.interval == logit && (x == 0 || x == n))) {
      ++at_the_ends;
      ASSERT_EQ(e.status, Status::singular);
      ASSERT_TRUE(std::isnan(e.lower) && std::isnan(e.upper));
      ASSERT_EQ(std::isnan(e.standard_error), m < 2);
      continue;
    }
    ASSERT_EQ(e.status, Status::ok);
    const double variance = variance_by_pairs(rows, x / n) * (options.few_clusters ? m / (m - 1) : 1);
    ASSERT_NEAR(e.standard_error * e.standard_error, variance, 1e-12);
    ASSERT_LE(e.lower, e.estimate + 1e-15);
    ASSERT_GE(e.upper, e.estimate - 1e-15);
    ASSERT_GE(e.lower, 0);
    ASSERT_LE(e.upper, 1);
  }
  EXPECT_GT(at_the_ends, 500);
}

TEST(ClusterProportion, PropertyOneLesionAPatientIsTheBinomialWaldInterval) {
  const std::vector<double> one(20, 1);
  std::vector<double> x(20, 0);
  std::fill_n(x.begin(), 7, 1.0);
  const Estimate e = cluster_proportion(x, one, {}, {wald, false, false, .95});
  const Estimate binomial = proportion(7, 20, ProportionInterval::wald, .95);
  EXPECT_TRUE(close(e.standard_error, binomial.standard_error, 1e-14));
  EXPECT_TRUE(close(e.lower, binomial.lower, 1e-14));
  EXPECT_TRUE(close(e.upper, binomial.upper, 1e-14));
}

TEST(ClusterProportion, PropertyFailuresMirrorSuccesses) {
  std::mt19937_64 random(72);
  for (int set = 0; set < 1000; ++set) {
    Lesions lesions = random_lesions(random, 8);
    const Estimate a = cluster_proportion(lesions.successes, lesions.trials, {}, {});
    for (std::size_t i = 0; i < 8; ++i) lesions.successes[i] = lesions.trials[i] - lesions.successes[i];
    const Estimate b = cluster_proportion(lesions.successes, lesions.trials, {}, {});
    ASSERT_EQ(a.status, b.status);
    if (a.status != Status::ok) continue;
    ASSERT_NEAR(a.lower, 1 - b.upper, 1e-13);
    ASSERT_NEAR(a.upper, 1 - b.lower, 1e-13);
    ASSERT_NEAR(a.standard_error, b.standard_error, 1e-14);
  }
}

TEST(ClusterProportion, PropertyLanesAreTheScalarResultsBitForBit) {
  std::mt19937_64 random(73);
  for (int set = 0; set < 2000; ++set) {
    const Lesions lesions = random_lesions(random, random() % 12);
    std::vector<Lanes> weight(lesions.trials.size());
    for (Lanes& w : weight) {
      for (std::size_t k = 0; k < lanes; ++k) w[k] = static_cast<double>(random() % 4);
    }
    const auto together = cluster_ratio<Lanes>(lesions.successes, lesions.trials, weight);
    for (std::size_t k = 0; k < lanes; ++k) {
      std::vector<double> one(weight.size());
      for (std::size_t i = 0; i < one.size(); ++i) one[i] = weight[i][k];
      const auto alone = cluster_ratio<double>(lesions.successes, lesions.trials, one);
      ASSERT_EQ(together.clusters[k], alone.clusters);
      ASSERT_TRUE(close(together.proportion[k], alone.proportion, 0));
      ASSERT_TRUE(close(together.variance[k], alone.variance, 0));
    }
  }
}

TEST(ClusterProportion, DegenerateDataHaveAStatus) {
  EXPECT_EQ(cluster_proportion({}, {}, {}, {}).status, Status::empty_group);
  const std::vector<double> none(3, 0.0), five = {2, 2, 1}, two = {2, 0, 0};
  EXPECT_EQ(cluster_proportion(none, none, {}, {}).status, Status::empty_group);
  const Estimate single = cluster_proportion(std::vector<double>{1, 0, 0}, two, {}, {});
  EXPECT_EQ(single.status, Status::singular);
  EXPECT_EQ(single.estimate, .5);
  EXPECT_EQ(cluster_proportion(none, five, {}, {}).status, Status::singular);
  const Estimate at_zero = cluster_proportion(none, five, {}, {wald});
  EXPECT_EQ(at_zero.status, Status::ok);
  EXPECT_EQ(at_zero.standard_error, 0);
  EXPECT_EQ(at_zero.upper, 0);
  const Estimate equal = cluster_proportion(std::vector<double>{1, 1, 2}, std::vector<double>{2, 2, 4}, {}, {});
  EXPECT_EQ(equal.status, Status::ok);  // no spread between patients: no width
  EXPECT_EQ(equal.standard_error, 0);
  EXPECT_EQ(equal.lower, .5);
}

}  // namespace
}  // namespace oligosim
