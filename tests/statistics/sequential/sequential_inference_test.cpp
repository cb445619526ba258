#include "engine/statistics/sequential/sequential_inference.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/statistics/sequential/sequential.hpp"

namespace oligosim {
namespace {

TEST(SequentialInference, ReferenceOfRpact) {
  const test::ReferenceTable reference("sequential_inference.csv");
  int trials = 0;
  for (std::size_t row = 0; row < reference.size(); ++trials) {
    std::vector<double> information, boundary;
    FutilityRule futility{.binding = reference.number(row, "binding") == 1};
    const std::size_t first = row;
    for (; row < reference.size() && reference.text(row, "design") == reference.text(first, "design"); ++row) {
      information.push_back(reference.number(row, "information"));
      boundary.push_back(reference.number(row, "boundary"));
      if (std::isnan(reference.number(row, "futility"))) continue;
      futility.kind = FutilityKind::z;
      futility.threshold.push_back(reference.number(row, "futility"));
    }
    const SequentialDesign design({{}, boundary}, futility, 0.025, false, information);
    const auto look = static_cast<std::size_t>(reference.number(first, "stop")) - 1;
    const SequentialInference own = sequential_inference(*design.planned()[look], reference.number(first, "z"), 0.95);
    const auto near = [&](double value, const char* column) {
      EXPECT_NEAR(value, reference.number(first, column), 1e-6) << column << " " << reference.describe(first);
    };
    near(own.p_value, "p");
    near(own.median_unbiased, "median_unbiased");
    near(own.lower, "lower");
    near(own.upper, "upper");
    near(own.repeated_lower, "repeated_lower");
    near(own.repeated_upper, "repeated_upper");
  }
  EXPECT_EQ(trials, 27);
}

// Trials drawn path by path: the estimate is above the truth in half of them, the interval misses a fortieth on each
// side, the p value is uniform without an effect.
TEST(SequentialInference, StatisticalHoldsItsLevelsInDrawnTrials) {
  const SequentialDesign designs[] = {
      {{Spending::pocock}, {}, 0.025, false, {0.3, 0.6, 1}},
      {{Spending::obrien_fleming}, test::beta_spending(Spending::pocock, 0, 0.2, true), 0.025, false, {0.5, 1}},
      {{Spending::pocock}, {}, 0.05, true, {0.5, 0.8, 1}}};
  for (const SequentialDesign& design : designs) {
    for (const double drift : {0.0, 2.4}) {
      const int trials = 20000;
      const test::DrawnTrials drawn = test::drawn_trials(design, drift, trials);
      int above = 0, below_limit = 0, above_limit = 0, outside_repeated = 0, small_p = 0;
      for (int i = 0; i < trials; ++i) {
        const SequentialInference own = sequential_inference(*drawn.stage[i], drawn.z[i], 0.95);
        above += own.median_unbiased > drift;
        below_limit += drift < own.lower;
        above_limit += drift > own.upper;
        outside_repeated += drift < own.repeated_lower || drift > own.repeated_upper;
        small_p += own.p_value < 0.1;
      }
      EXPECT_NEAR(above, trials / 2, 4 * std::sqrt(trials / 4.0));
      for (const int missed : {below_limit, above_limit})
        EXPECT_NEAR(missed, 0.025 * trials, 4 * std::sqrt(0.025 * 0.975 * trials));
      EXPECT_LT(outside_repeated, 2 * design.level() * trials + 4 * std::sqrt(0.05 * trials));
      if (drift == 0) {
        EXPECT_NEAR(small_p, 0.1 * trials, 4 * std::sqrt(0.09 * trials));
      }
    }
  }
}

TEST(SequentialInference, PropertyTheIntervalExcludesNoEffectJustWhereTheTrialClaimsIt) {
  const SequentialDesign design({{Spending::kim_demets, 2}}, {}, 0.025, false, {0.25, 0.5, 0.75, 1});
  for (const auto& stage : design.planned()) {
    const SequentialInference at = sequential_inference(*stage, stage->efficacy, 0.95);
    EXPECT_NEAR(at.p_value, stage->level_spent, 1e-12);
    EXPECT_NEAR(at.repeated_lower, 0, 1e-12);
    if (stage->last) {
      EXPECT_NEAR(at.lower, 0, 1e-8);
    }
  }
}

TEST(SequentialInference, PropertyOneLookIsTheUsualInterval) {
  const SequentialDesign design({Spending::pocock}, {}, 0.025, false, {1});
  const SequentialInference own = sequential_inference(*design.planned()[0], 1.3, 0.95);
  EXPECT_NEAR(own.median_unbiased, 1.3, 1e-12);
  EXPECT_NEAR(own.lower, 1.3 - 1.959963984540054, 1e-12);
  EXPECT_NEAR(own.upper, 1.3 + 1.959963984540054, 1e-12);
  EXPECT_NEAR(own.repeated_lower, own.lower, 1e-9);
}

TEST(SequentialInference, ContractExtremeAndMissingStatistics) {
  const SequentialDesign design({Spending::obrien_fleming}, {}, 0.025, false, {0.2, 0.4, 1});
  double before = -std::numeric_limits<double>::infinity();
  for (const double z : {-9.0, -5.0, -1.0, 0.0, 1.9, 2.5, 6.0}) {
    const SequentialInference own = sequential_inference(*design.planned()[2], z, 0.95);
    EXPECT_LT(own.lower, own.median_unbiased);
    EXPECT_LT(own.median_unbiased, own.upper);
    EXPECT_GT(own.median_unbiased, before) << z;
    before = own.median_unbiased;
  }
  const double none = std::numeric_limits<double>::quiet_NaN();
  const SequentialInference own = sequential_inference(*design.planned()[2], none, 0.95);
  EXPECT_TRUE(std::isnan(own.p_value) && std::isnan(own.median_unbiased) && std::isnan(own.repeated_upper));
}

}  // namespace
}  // namespace oligosim
