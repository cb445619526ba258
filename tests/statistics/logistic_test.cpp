#include "engine/statistics/logistic.hpp"

#include <random>

#include "engine/statistics/propensity_weights.hpp"
#include "tests/statistics/covariates.hpp"

namespace oligosim {
namespace {

using test::close;

struct Outcomes {
  std::vector<std::uint8_t> outcome;
  std::vector<double> values;  // column by column
  std::size_t columns = 0;
};

TEST(Logistic, ReferenceGlm) {
  const test::ReferenceTable reference("logistic.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const test::Patients patients = test::read_patients(reference.text(r, "data"));
    Outcomes o;
    for (const test::Patient& p : patients) o.outcome.push_back(p.group);
    const std::vector<std::size_t> columns = test::columns_named(reference.text(r, "terms"));
    for (const std::size_t c : columns)
      for (const test::Patient& p : patients) o.values.push_back(p.x[c]);
    Arena arena;
    const LogisticFit fit = logistic(o.outcome, o.values, columns.size(), arena);
    ASSERT_EQ(fit.status, Status::ok);
    const auto position = static_cast<std::size_t>(reference.number(r, "position"));
    EXPECT_TRUE(close(fit.coefficient[position], reference.number(r, "coefficient"), 1e-8));
  }
}

Outcomes random_outcomes(std::mt19937_64& random, std::size_t rows) {
  Outcomes o{{}, {}, 2};
  for (std::size_t i = 0; i < 2 * rows; ++i) o.values.push_back(static_cast<double>(random() % 100) / 25.0);
  for (std::size_t i = 0; i < rows; ++i) o.outcome.push_back(random() % 3 == 0);
  return o;
}

/// At the maximum observed and expected sums of every column agree, and nowhere else: the likelihood is concave.
TEST(Logistic, OracleScoreEquations) {
  std::mt19937_64 random(5);
  int fitted = 0;
  for (int set = 0; set < 300; ++set) {
    const std::size_t rows = 12 + random() % 30;
    const Outcomes o = random_outcomes(random, rows);
    Arena arena;
    const LogisticFit fit = logistic(o.outcome, o.values, o.columns, arena);
    if (fit.status != Status::ok) continue;
    ++fitted;
    for (std::size_t j = 0; j <= o.columns; ++j) {
      double difference = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        double predictor = fit.coefficient[0];
        for (std::size_t k = 0; k < o.columns; ++k) predictor += fit.coefficient[k + 1] * o.values[k * rows + i];
        const double probability = 1 / (1 + std::exp(-predictor));
        EXPECT_NEAR(probability, fit.probability[i], 1e-12);
        difference += (j == 0 ? 1 : o.values[(j - 1) * rows + i]) * (o.outcome[i] - probability);
      }
      EXPECT_NEAR(difference, 0, 1e-8);
    }
  }
  EXPECT_GT(fitted, 250);
}

/// Whoever has x = 0 is in group 0; of the others 3 of 5 are in group 1.
TEST(Logistic, DegenerateSeparationHasProbabilitiesWithoutCoefficients) {
  const std::vector<std::uint8_t> outcome = {0, 0, 0, 1, 1, 1, 0, 0};
  const std::vector<double> x = {0, 0, 0, 1, 1, 1, 1, 1};
  Arena arena;
  const LogisticFit fit = logistic(outcome, x, 1, arena);
  EXPECT_EQ(fit.status, Status::separation);
  EXPECT_TRUE(std::isnan(fit.coefficient[0]));
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(fit.probability[i], x[i] == 0 ? 0 : 0.6, 1e-9);
  const std::vector<double> same = {0, 0, 0, 1, 1, 1, 0, 0};
  EXPECT_EQ(logistic(outcome, same, 1, arena).status, Status::separation);
}

TEST(Logistic, DegenerateConstantAndRepeatedColumnsAreLeftOut) {
  const std::vector<std::uint8_t> outcome = {0, 1, 0, 1, 1, 0, 1};
  const std::vector<double> x = {1, 2, 3, 4, 6, 5, 7}, z = {2, 1, 1, 0, 3, 2, 2};
  Outcomes o{outcome, x, 5};
  o.values.resize(2 * x.size(), 3.1);                      // a constant
  for (const double v : x) o.values.push_back(2 * v + 1);  // a combination of what stands before it
  o.values.insert(o.values.end(), z.begin(), z.end());
  for (std::size_t i = 0; i < x.size(); ++i) o.values.push_back(x[i] - z[i]);
  std::vector<double> both = x;
  both.insert(both.end(), z.begin(), z.end());
  Arena arena;
  const LogisticFit fit = logistic(outcome, o.values, o.columns, arena), left = logistic(outcome, both, 2, arena);
  ASSERT_EQ(fit.status, Status::ok);
  ASSERT_EQ(left.status, Status::ok);
  for (const std::size_t j : {2, 3, 5}) EXPECT_TRUE(std::isnan(fit.coefficient[j])) << j;
  EXPECT_EQ(fit.coefficient[0], left.coefficient[0]);
  EXPECT_EQ(fit.coefficient[1], left.coefficient[1]);
  EXPECT_EQ(fit.coefficient[4], left.coefficient[2]);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(fit.probability[i], left.probability[i]);
  const LogisticFit alone = logistic(outcome, std::vector<double>(7, 3.1), 1, arena);
  EXPECT_EQ(alone.status, Status::ok);
  EXPECT_NEAR(alone.probability[0], 4 / 7.0, 1e-12);
  EXPECT_EQ(logistic(std::vector<std::uint8_t>(7, 1), x, 1, arena).status, Status::empty_group);
}

/// With one binary covariate the propensities are shares, and the weighted share of that covariate is that of the
/// target population in both groups.
TEST(PropensityWeights, OracleGroupsBecomeAlike) {
  const std::vector<std::uint8_t> group = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
  const std::vector<double> x = {0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1}, share = {1 / 4.0, 5 / 7.0};
  std::vector<double> probability;
  for (const double v : x) probability.push_back(share[v == 1]);
  const auto weighted_share = [&](TargetPopulation target, std::uint8_t of) {
    Arena arena;
    const PropensityWeights w = propensity_weights(group, probability, target, arena);
    double sum = 0, all = 0;
    for (std::size_t i = 0; i < group.size(); ++i)
      if (group[i] == of) sum += w.weight[i] * x[i], all += w.weight[i];
    return sum / all;
  };
  for (const std::uint8_t of : {std::uint8_t{0}, std::uint8_t{1}}) {
    EXPECT_NEAR(weighted_share(TargetPopulation::all, of), 7 / 11.0, 1e-12);
    EXPECT_NEAR(weighted_share(TargetPopulation::first_group, of), 2 / 5.0, 1e-12);
    EXPECT_NEAR(weighted_share(TargetPopulation::second_group, of), 5 / 6.0, 1e-12);
    EXPECT_NEAR(weighted_share(TargetPopulation::overlap, of), 10 / 7.0 / (10 / 7.0 + 3 / 4.0), 1e-12);
  }
  EXPECT_NEAR(effective_patients(group, std::vector<double>(11, 0.3), 1), 6, 1e-12);
  EXPECT_NEAR(effective_patients(group, std::vector<double>{2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0), 9 / 5.0, 1e-12);
}

/// Nobody with x = 0 is in group 1: all patients, and those like group 0, cannot be compared; those like group 1 can.
TEST(PropensityWeights, DegenerateWithoutCounterparts) {
  const std::vector<std::uint8_t> group = {0, 0, 0, 1, 1};
  const std::vector<double> probability = {0, 0.5, 0.5, 0.5, 0.5};
  Arena arena;
  EXPECT_EQ(propensity_weights(group, probability, TargetPopulation::all, arena).status, Status::separation);
  EXPECT_EQ(propensity_weights(group, probability, TargetPopulation::first_group, arena).status, Status::separation);
  const PropensityWeights like_second = propensity_weights(group, probability, TargetPopulation::second_group, arena);
  EXPECT_EQ(like_second.status, Status::ok);
  EXPECT_EQ(like_second.weight[0], 0);
  EXPECT_EQ(propensity_weights(group, probability, TargetPopulation::overlap, arena).status, Status::ok);
  const std::vector<double> apart = {0, 0, 0, 1, 1};
  EXPECT_EQ(propensity_weights(group, apart, TargetPopulation::overlap, arena).status, Status::separation);
}

}  // namespace
}  // namespace oligosim
