#include "engine/statistics/sequential/toxicity_boundary.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/sequential/binomial_design.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

TEST(ToxicityBoundary, ReferenceBoundariesAndStoppingPatientByPatient) {
  const test::ReferenceTable reference("toxicity_boundary.csv");
  const auto number = [&](std::size_t r, const char* name) { return reference.number(r, name); };
  for (std::size_t r = 0; r < reference.size();) {
    std::vector<BinomialStage> stages;  // of patients without the toxicity
    std::vector<double> stop;
    const double p = number(r, "p");
    for (; r < reference.size() && number(r, "p") == p; ++r) {
      const ToxicityRule rule{number(r, "a"), number(r, "b"), number(r, "limit"), number(r, "certainty")};
      const auto n = static_cast<std::size_t>(number(r, "n"));
      const auto too_many = static_cast<std::size_t>(number(r, "too_many"));
      EXPECT_EQ(fewest_too_many(rule, n), too_many) << reference.describe(r);
      stages.push_back({n, n - too_many});
      stop.push_back(number(r, "stop"));
    }
    const BinomialCharacteristics exact = binomial_characteristics(stages, 1 - p);
    double stopped = stop.back();
    for (std::size_t k = 0; k + 1 < stop.size(); ++k) {
      EXPECT_NEAR(exact.stop[k], stop[k], 1e-12);
      stopped += stop[k];
    }
    EXPECT_NEAR(exact.reject, 1 - stopped, 1e-12);
  }
}

/// The posterior probability above the limit by Simpson's rule on the density.
double integrated(double a, double b, double limit) {
  const auto density = [&](double x) { return std::pow(x, a - 1) * std::pow(1 - x, b - 1); };
  const auto area = [&](double from, double to) {
    constexpr int pieces = 20000;
    const double h = (to - from) / pieces;
    double sum = density(from) + density(to);
    for (int k = 1; k < pieces; ++k) sum += (k % 2 ? 4 : 2) * density(from + k * h);
    return sum * h / 3;
  };
  return area(limit, 1) / (area(0, limit) + area(limit, 1));
}

TEST(ToxicityBoundary, OracleIntegralsOfThePosterior) {
  for (const ToxicityRule& rule : {ToxicityRule{1, 1, .3, .9}, {2, 3, .2, .8}, {1, 4, .5, .99}})
    for (const std::size_t n : {4u, 9u, 20u}) {
      const std::optional<std::size_t> most = fewest_too_many(rule, n);
      const auto above = [&](double events) {
        return integrated(rule.prior_events + events, rule.prior_others + static_cast<double>(n) - events, rule.limit);
      };
      if (most) EXPECT_GT(above(static_cast<double>(*most)), rule.certainty);
      if (most != 0u) EXPECT_LE(above(static_cast<double>(most.value_or(n + 1)) - 1), rule.certainty);
    }
  EXPECT_FALSE(fewest_too_many({1, 1, .5, .9}, 1));  // one of one says too little
}

/// Probability that the events of independent patients reach too many at some look, patient by patient.
double stopped(const std::vector<std::size_t>& looks, const std::vector<std::size_t>& too_many, double probability) {
  std::vector<double> going(looks.back() + 1, 0.0);
  going[0] = 1;
  double sum = 0;
  for (std::size_t n = 1, k = 0; n <= looks.back(); ++n) {
    for (std::size_t x = n; x > 0; --x) going[x] = going[x] * (1 - probability) + going[x - 1] * probability;
    going[0] *= 1 - probability;
    if (n != looks[k]) continue;
    for (std::size_t x = too_many[k]; x < going.size(); ++x) sum += going[x], going[x] = 0;
    ++k;
  }
  return sum;
}

// Every level at which a boundary changes is tried; the best of those that keep the probability.
TEST(ToxicityBoundary, OraclePococksShapeByTryingEveryLevel) {
  const auto upper_tail = [](std::size_t n, std::size_t x, double p) {
    double sum = 0, term = std::pow(1 - p, static_cast<double>(n));
    for (std::size_t k = 0; k <= n; ++k) {
      if (k >= x) sum += term;
      term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * p / (1 - p);
    }
    return sum;
  };
  for (const double acceptable : {.1, .2, .35})
    for (const double wanted : {.05, .1}) {
      const std::vector<std::size_t> looks{3, 6, 10, 15, 24};
      std::vector<std::size_t> best;
      double best_level = -1;
      for (const std::size_t n : looks)
        for (std::size_t x = 1; x <= n; ++x) {
          const double level = upper_tail(n, x, acceptable) * (1 + 1e-12);
          std::vector<std::size_t> too_many;
          for (const std::size_t m : looks) {
            std::size_t y = 0;
            while (y <= m && upper_tail(m, y, acceptable) > level) ++y;
            too_many.push_back(y);
          }
          if (level > best_level && stopped(looks, too_many, acceptable) <= wanted) best = too_many, best_level = level;
        }
      EXPECT_EQ(pocock_too_many(looks, acceptable, wanted), best) << acceptable << " " << wanted;
    }
}

}  // namespace
}  // namespace oligosim
