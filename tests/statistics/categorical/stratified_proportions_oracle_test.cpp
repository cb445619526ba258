// Two proportions within strata: a second implementation on random strata, and the level of the tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/mantel_haenszel.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using Interval = RiskDifferenceInterval;
using Score = RiskDifferenceTest;
using Strata = std::vector<TwoProportions>;

/// Patients one by one, and everything from sums over them or over pairs of a stratum's patients.
struct Patient {
  int stratum;
  bool later, success;
};

Strata counted(const std::vector<Patient>& patients, int strata) {
  Strata counts(static_cast<std::size_t>(strata), TwoProportions{});
  for (const Patient& p : patients) {
    TwoProportions& c = counts[static_cast<std::size_t>(p.stratum)];
    (p.later ? c.later_n : c.reference_n) += 1;
    if (p.success) (p.later ? c.later : c.reference) += 1;
  }
  return counts;
}

/// Over pairs of a later patient and one of the reference in the same stratum, each worth one over the stratum's
/// patients: pairs, those in which the later alone succeeded, and those in which the other did.
struct Pairs {
  double all = 0, better = 0, worse = 0;
};
Pairs pairs_of(const std::vector<Patient>& patients) {
  Pairs pairs;
  for (const Patient& a : patients)
    for (const Patient& b : patients) {
      if (!a.later || b.later || a.stratum != b.stratum) continue;
      double n = 0;
      for (const Patient& c : patients) n += c.stratum == a.stratum;
      pairs.all += 1 / n;
      if (a.success && !b.success) pairs.better += 1 / n;
      if (!a.success && b.success) pairs.worse += 1 / n;
    }
  return pairs;
}

/// The restricted probability of the reference by bisection of the likelihood's slope.
double restricted_by_bisection(const TwoProportions& c, double d) {
  double low = std::max(0.0, -d), high = std::min(1.0, 1 - d);
  const auto part = [](double x, double p) { return x == 0 ? 0 : x / p; };
  for (int k = 0; k < 200; ++k) {
    const double p = (low + high) / 2, q = p + d;
    const double slope = part(c.reference, p) - part(c.reference_n - c.reference, 1 - p) + part(c.later, q) -
                         part(c.later_n - c.later, 1 - q);
    (slope > 0 ? low : high) = p;
  }
  return (low + high) / 2;
}

double naive_score(const Strata& strata, double d, bool corrected) {
  double above = 0, variance = 0;
  for (const TwoProportions& c : strata) {
    const double n = c.reference_n + c.later_n;
    if (c.reference_n == 0 || c.later_n == 0) continue;
    const double p = restricted_by_bisection(c, d), q = p + d;
    above += (c.later * c.reference_n - c.reference * c.later_n - d * c.reference_n * c.later_n) / n;
    variance += (c.reference_n * c.later_n / n) * (c.reference_n * c.later_n / n) * (corrected ? n / (n - 1) : 1) *
                (p * (1 - p) / c.reference_n + q * (1 - q) / c.later_n);
  }
  return above / std::sqrt(variance);
}

/// The hypergeometric variance of the later group's successes, by its probabilities.
double hypergeometric_variance(const TwoProportions& c) {
  const double successes = c.reference + c.later;
  double total = 0, first = 0, second = 0;
  for (double x = std::max(0.0, successes - c.reference_n); x <= std::min(successes, c.later_n); x += 1) {
    const auto choose = [](double n, double k) {
      return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    };
    const double p = std::exp(choose(c.later_n, x) + choose(c.reference_n, successes - x));
    total += p, first += p * x, second += p * x * x;
  }
  return second / total - first / total * (first / total);
}

std::vector<Patient> random_patients(std::mt19937_64& random, int strata) {
  std::vector<Patient> patients;
  const std::size_t n = 2 + random() % 60;
  for (std::size_t i = 0; i < n; ++i) {
    const int stratum = static_cast<int>(random() % static_cast<std::uint64_t>(strata));
    const bool later = random() % 3 > 0;
    patients.push_back(
        {stratum, later, random() % 10 < 2 + 2 * static_cast<std::uint64_t>(stratum % 3) + (later ? 2 : 0)});
  }
  return patients;
}

TEST(StratifiedProportions, OracleOfRandomStrata) {
  std::mt19937_64 random(20);
  int with_score = 0, with_ratio = 0;
  for (int set = 0; set < 300; ++set) {
    const int strata = 1 + static_cast<int>(random() % 6);
    const std::vector<Patient> patients = random_patients(random, strata);
    const Strata counts = counted(patients, strata);
    const Pairs pairs = pairs_of(patients);
    const Estimate difference =
        stratified_risk_difference(counts, Interval::miettinen_nurminen, Score::miettinen_nurminen, 0.1, 0.9);
    EXPECT_EQ(difference.n, static_cast<double>(patients.size()));
    if (pairs.all == 0) {
      EXPECT_NE(difference.status, Status::ok);
      continue;
    }
    EXPECT_NEAR(difference.estimate, (pairs.better - pairs.worse) / pairs.all, 1e-12);
    if (!std::isnan(difference.signed_statistic)) {
      ++with_score;
      EXPECT_TRUE(close(difference.signed_statistic, naive_score(counts, 0.1, true), 1e-6));
      const double z = normal_quantile(0.95);
      if (difference.lower > -0.999) {
        EXPECT_NEAR(naive_score(counts, difference.lower, true), z, 1e-5);
      }
      if (difference.upper < 0.999) {
        EXPECT_NEAR(naive_score(counts, difference.upper, true), -z, 1e-5);
      }
    }
    const Estimate ratio = mantel_haenszel_odds_ratio(counts, OddsRatioTest::miettinen_nurminen, 0.95);
    if (pairs.better + pairs.worse > 0) {
      double variance = 0;
      for (const TwoProportions& c : counts)
        if (c.reference_n > 0 && c.later_n > 0) variance += hypergeometric_variance(c);
      EXPECT_TRUE(close(ratio.statistic, (pairs.better - pairs.worse) / std::sqrt(variance), 1e-9));
    }
    if (ratio.status != Status::ok) {
      EXPECT_FALSE(pairs.better > 0 && pairs.worse > 0);
      continue;
    }
    ++with_ratio;
    EXPECT_TRUE(close(ratio.estimate, pairs.better / pairs.worse, 1e-12));
  }
  EXPECT_GT(with_score, 250);
  EXPECT_GT(with_ratio, 200);
}

/// Shares of trials in which tests of a true null hypothesis reject at 5 % (two-sided).
struct Levels {
  double difference = 0, superiority = 0, homogeneity = 0, held = 0;
};
TEST(StratifiedProportions, TheoryLevelOfTheTests) {
  // Prognosis and allocation both depend on the stratum, so that an unstratified comparison would be biased.
  const std::array<double, 4> reference = {0.2, 0.35, 0.6, 0.75}, share = {0.3, 0.4, 0.6, 0.7};
  constexpr int trials = 10000, patients = 250;
  std::mt19937_64 random(31);
  Levels levels;
  for (int trial = 0; trial < trials; ++trial) {
    Strata lower, same;
    for (std::size_t h = 0; h < 4; ++h) {
      const auto n2 = std::binomial_distribution<>(patients, share[h])(random);
      const auto draw = [&](int n, double p) {
        return static_cast<double>(std::binomial_distribution<>(n, p)(random));
      };
      const double x1 = draw(patients - n2, reference[h]);
      lower.push_back({x1, double(patients - n2), draw(n2, reference[h] - 0.1), double(n2)});
      same.push_back({x1, double(patients - n2), draw(n2, reference[h]), double(n2)});
    }
    const Estimate e = stratified_risk_difference(lower, Interval::wald, Score::miettinen_nurminen, -0.1, 0.95);
    levels.difference += e.p_value < 0.05;
    levels.held += e.lower <= -0.1 && -0.1 <= e.upper;
    levels.superiority += mantel_haenszel_odds_ratio(same, OddsRatioTest::miettinen_nurminen, 0.95).p_value < 0.05;
    levels.homogeneity += breslow_day_test(same).p_value < 0.05;
  }
  const double limit = 4 * std::sqrt(0.05 * 0.95 / trials);
  EXPECT_NEAR(levels.difference / trials, 0.05, limit);
  EXPECT_NEAR(levels.superiority / trials, 0.05, limit);
  EXPECT_NEAR(levels.homogeneity / trials, 0.05, limit);
  EXPECT_NEAR(levels.held / trials, 0.95, limit);
}

}  // namespace
}  // namespace oligosim
