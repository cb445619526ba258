// Designs of all families against rpact, printed tables and other ways to compute the same.
#include "engine/statistics/sequential/sequential_design.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/numeric/multivariate_normal.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/classical_boundaries.hpp"
#include "engine/statistics/sequential/sequential_characteristics.hpp"
#include "tests/statistics/reference.hpp"
#include "tests/statistics/sequential/sequential.hpp"

namespace oligosim {
namespace {

double level_of(const SequentialDesign& design, const SequentialStage& last) {
  const ExitProbabilities exit = exit_probabilities(design, last, 0);
  double sum = 0;
  for (std::size_t k = 0; k < exit.efficacy.size(); ++k) sum += exit.efficacy[k] + exit.harm[k];
  return sum;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> thirds() { return {1.0 / 3, 2.0 / 3, 1}; }

TEST(SequentialDesign, ReferenceEveryDesignOfRpact) {
  const test::ReferenceTable reference("group_sequential_designs.csv");
  int designs = 0;
  for (std::size_t row = 0; row < reference.size(); ++designs) {
    const SequentialDesign design = test::reference_design(reference, row);
    const double power = 1 - reference.number(row, "beta");
    const SequentialStage& last = *design.planned().back();
    const double drift = drift_for_power(design, power);
    const ExitProbabilities exit = exit_probabilities(design, last, drift);
    const double inflation = inflation_factor(design, power);
    EXPECT_NEAR(inflation, reference.number(row, "inflation"), 1e-6) << reference.describe(row);
    EXPECT_NEAR(inflation * expected_information(design, last, drift), reference.number(row, "expected_h1"), 1e-6);
    EXPECT_NEAR(inflation * expected_information(design, last, 0), reference.number(row, "expected_h0"), 1e-6);
    if (design.beta_drift() > 0) {
      EXPECT_NEAR(drift, design.beta_drift(), 1e-8);
    }
    for (std::size_t k = 0; k <= last.look; ++k, ++row) {
      const SequentialStage& stage = *design.planned()[k];
      EXPECT_NEAR(stage.efficacy, reference.number(row, "boundary"), 1e-6) << reference.describe(row);
      EXPECT_NEAR(exit.efficacy[k], reference.number(row, "rejection"), 1e-6) << reference.describe(row);
      EXPECT_NEAR(exit.futility[k], reference.number(row, "futility_stop"), 1e-6) << reference.describe(row);
      if (design.beta_drift() > 0 && k < last.look) {
        EXPECT_NEAR(stage.futility, reference.number(row, "futility_boundary"), 1e-6) << reference.describe(row);
      } else {
        EXPECT_EQ(stage.futility, -infinity);
      }
    }
  }
  EXPECT_EQ(designs, 37);
}

// Jennison and Turnbull (2000), tables 2.1, 2.3 and 2.9 as printed: constants of two-sided tests at .05.
TEST(SequentialDesign, ReferenceConstantsOfJennisonAndTurnbull) {
  const double pocock[] = {2.178, 2.289, 2.361, 2.413}, obrien_fleming[] = {1.977, 2.004, 2.024, 2.040};
  for (int looks = 2; looks <= 5; ++looks) {
    std::vector<double> information;
    for (int k = 1; k <= looks; ++k) information.push_back(static_cast<double>(k) / looks);
    const auto last = [&](double delta) {
      return classical_boundaries(BoundaryShape::wang_tsiatis, delta, 0.025, true, information).back();
    };
    EXPECT_NEAR(last(0.5), pocock[looks - 2], 0.0005) << looks;
    EXPECT_NEAR(last(0), obrien_fleming[looks - 2], 0.0005) << looks;
  }
}

TEST(SequentialDesign, ReferencePrintedFutilityBoundaries) {
  const SequentialDesign design({Spending::obrien_fleming},
                                test::beta_spending(Spending::obrien_fleming, 0, 0.1, false), 0.025, false,
                                {0.5, 0.75, 1});
  EXPECT_NEAR(design.planned()[0]->futility, .3315708046, 1e-6);
  EXPECT_NEAR(design.planned()[1]->futility, 1.2916563372, 1e-6);
  EXPECT_NEAR(inflation_factor(design, 0.9), 1.082822791, 1e-6);
}

// Survival trial of rpact: HR .65, power .8, one interim look at .67 of the events (Schoenfeld 1981).
TEST(SequentialDesign, ReferenceEventsOfASurvivalTrial) {
  const SequentialDesign design({Spending::obrien_fleming}, {}, 0.025, false, {0.67, 1});
  const double drift = drift_for_power(design, 0.8);
  const double events = 4 * drift * drift / (std::log(0.65) * std::log(0.65));
  EXPECT_NEAR(events, 171.3643126, 1e-4);
  EXPECT_NEAR(0.67 * events, 114.8140895, 1e-4);
  EXPECT_NEAR(events * expected_information(design, *design.planned().back(), drift), 147.4385969, 1e-4);
}

// P(the first look stops nobody, the second does) and so on, of three correlated normals.
TEST(SequentialDesign, OracleOtherInformationThanPlanned) {
  const double information[] = {65.8, 75.4, 175.4}, drift = 0.21;
  for (const bool symmetric : {false, true}) {
    const FutilityRule futility =
        symmetric ? FutilityRule{} : FutilityRule{.kind = FutilityKind::z, .threshold = {0.5, 1}};
    const SequentialDesign design({Spending::obrien_fleming}, futility, 0.025, symmetric, {0.7, 0.9, 1});
    const ExitProbabilities exit = exit_probabilities(design, information, drift);
    const auto p = [&](std::array<std::array<double, 2>, 3> z) {
      double lower[3], upper[3], correlation[9];
      for (std::size_t k = 0; k < 3; ++k) {
        lower[k] = z[k][0] - drift * std::sqrt(information[k]), upper[k] = z[k][1] - drift * std::sqrt(information[k]);
        for (std::size_t j = 0; j < 3; ++j)
          correlation[3 * k + j] =
              std::sqrt(std::min(information[j], information[k]) / std::max(information[j], information[k]));
      }
      return multivariate_normal(lower, upper, correlation).inside;
    };
    const std::array<double, 2> all{-INFINITY, INFINITY};
    std::array<double, 2> on[3];
    for (std::size_t k = 0; k < 3; ++k) {
      const SequentialStage& look = *design.planned()[k];
      on[k] = {symmetric ? -look.efficacy : look.futility, look.efficacy};
    }
    const auto from = [](double z) { return std::array<double, 2>{z, INFINITY}; };
    const auto to = [](double z) { return std::array<double, 2>{-INFINITY, z}; };
    EXPECT_NEAR(exit.efficacy[0], p({from(on[0][1]), all, all}), 1e-10);
    EXPECT_NEAR(exit.efficacy[1], p({on[0], from(on[1][1]), all}), 1e-10);
    EXPECT_NEAR(exit.efficacy[2], p({on[0], on[1], from(on[2][1])}), 1e-10);
    const std::vector<double>& below = symmetric ? exit.harm : exit.futility;
    EXPECT_NEAR(below[0], p({to(on[0][0]), all, all}), 1e-10);
    EXPECT_NEAR(below[1], p({on[0], to(on[1][0]), all}), 1e-10);
  }
}

// Normal increments, drawn path by path, stopped at both boundaries.
TEST(SequentialDesign, StatisticalExitsOfAMillionPaths) {
  const FutilityRule rules[] = {test::beta_spending(Spending::kim_demets, 1.5, 0.2, true),
                                {.kind = FutilityKind::z, .threshold = {-0.2, 0.4, 0.9}},
                                {.kind = FutilityKind::trend_power, .threshold = {0.1, 0.2, 0.3}}};
  for (const FutilityRule& rule : rules) {
    const SequentialDesign design({{Spending::hwang_shih_decani, -3}}, rule, 0.05, false, {0.25, 0.4, 0.8, 1});
    for (const double drift : {0.0, 1.7}) {
      const ExitProbabilities exact = exit_probabilities(design, *design.planned().back(), drift);
      const ExitProbabilities drawn = test::drawn_exits(design, drift, 1000000);
      for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_NEAR(drawn.efficacy[k], exact.efficacy[k], 4 * std::sqrt(exact.efficacy[k] / 1e6) + 1e-12) << k;
        EXPECT_NEAR(drawn.futility[k], exact.futility[k], 4 * std::sqrt(exact.futility[k] / 1e6) + 1e-12) << k;
      }
    }
  }
}

// With as much beta as alpha and the same spending, a binding design is the same seen from either hypothesis.
TEST(SequentialDesign, PropertyBindingDesignIsItsOwnMirror) {
  const SequentialDesign design({{Spending::hwang_shih_decani, -4}},
                                test::beta_spending(Spending::hwang_shih_decani, -4, 0.05, true), 0.05, false,
                                {0.3, 0.7, 1});
  for (const auto& stage : design.planned()) {
    const double mirrored = design.beta_drift() * std::sqrt(stage->information) - stage->efficacy;
    if (!stage->last) {
      EXPECT_NEAR(stage->futility, mirrored, 1e-8);
    } else {
      EXPECT_NEAR(stage->efficacy, mirrored, 1e-8);
    }
  }
}

TEST(SequentialDesign, PropertyTheLevelHoldsAtAnyInformation) {
  const FutilityRule none;
  for (const bool symmetric : {false, true}) {
    const SequentialDesign spending({Spending::pocock}, none, 0.025, symmetric, thirds());
    const SequentialDesign classical(
        {{}, classical_boundaries(BoundaryShape::wang_tsiatis, 0.2, 0.025, symmetric, thirds())}, none, 0.025,
        symmetric, thirds());
    for (const SequentialDesign* design : {&spending, &classical}) {
      std::shared_ptr<const SequentialStage> stage;
      for (const double t : {0.41, 0.56, 0.87})
        stage = std::make_shared<SequentialStage>(design->next(stage, t, t == 0.87));
      EXPECT_NEAR(level_of(*design, *stage), symmetric ? 0.05 : 0.025, 1e-11);
    }
  }
}

// So close that the tail beyond the boundary before is below the smallest number.
TEST(SequentialDesign, DegenerateLooksHardlyApart) {
  for (const bool symmetric : {false, true}) {
    const SequentialDesign design({Spending::obrien_fleming}, {}, 0.05, symmetric, {0.49, 0.495, 0.4951, 0.8, 1});
    for (const auto& stage : design.planned()) EXPECT_TRUE(std::isfinite(stage->efficacy)) << stage->look;
    EXPECT_NEAR(level_of(design, *design.planned().back()), symmetric ? 0.1 : 0.05, 1e-10);
  }
}

TEST(SequentialDesign, PropertyFutilityThatDoesNotBindLeavesTheLevelAlone) {
  const SequentialDesign with({Spending::pocock}, {.kind = FutilityKind::z, .threshold = {0, 0.5}}, 0.025, false,
                              thirds());
  const SequentialDesign without({Spending::pocock}, {}, 0.025, false, thirds());
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(with.planned()[k]->efficacy, without.planned()[k]->efficacy, 1e-12);
  EXPECT_LT(level_of(with, *with.planned().back()), 0.0249);
  const SequentialDesign binding({Spending::pocock}, {.kind = FutilityKind::z, .binding = true, .threshold = {0, 0.5}},
                                 0.025, false, thirds());
  EXPECT_LT(binding.planned()[2]->efficacy, with.planned()[2]->efficacy - 0.01);
  EXPECT_NEAR(level_of(binding, *binding.planned().back()), 0.025, 1e-11);
}

// z = 1.2 at half of the information: conditional power .355018034238 by its trend, .658808049944 at drift 2.801585218.
TEST(SequentialDesign, ReferenceConditionalPower) {
  const std::vector<double> fixed = {9, 1.959963984540054}, half = {0.5, 1};
  const SequentialDesign trend({{}, fixed}, {.kind = FutilityKind::trend_power, .threshold = {.355018034238}}, 0.025,
                               false, half);
  EXPECT_NEAR(trend.planned()[0]->futility, 1.2, 1e-9);
  const SequentialDesign given(
      {{}, fixed}, {.kind = FutilityKind::conditional_power, .threshold = {.658808049944}, .drift = 2.801585218}, 0.025,
      false, half);
  EXPECT_NEAR(given.planned()[0]->futility, 1.2, 1e-9);
}

TEST(SequentialDesign, PropertySpendingRisesToItsLevel) {
  SpendingFunction user(Spending::user);
  user.information = {0.4, 1};
  user.share = {0.1, 1};
  EXPECT_DOUBLE_EQ(spent(user, 0.05, 0.2), 0.0025);
  EXPECT_DOUBLE_EQ(spent(user, 0.05, 0.7), 0.0275);
  for (const SpendingFunction& f : {SpendingFunction{Spending::hwang_shih_decani, -4},
                                    {Spending::hwang_shih_decani, 0},
                                    {Spending::hwang_shih_decani, 3},
                                    {Spending::kim_demets, 2},
                                    user}) {
    EXPECT_EQ(spent(f, 0.025, 0), 0);
    EXPECT_EQ(spent(f, 0.025, 1), 0.025);
    EXPECT_EQ(spent(f, 0.025, 1.2), 0.025);
    for (double t = 0.01; t < 1; t += 0.01) EXPECT_LT(spent(f, 0.025, t), spent(f, 0.025, t + 0.01));
  }
}

}  // namespace
}  // namespace oligosim
