#include "engine/statistics/sequential/inference_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/random/stream.hpp"
#include "tests/statistics/sequential/sequential.hpp"

namespace oligosim {
namespace {

std::vector<SequentialDesign> some_designs() {
  const FutilityRule binding{.kind = FutilityKind::z, .binding = true, .threshold = {0, 0.5}};
  const FutilityRule not_binding{.kind = FutilityKind::z, .threshold = {0, 0.5}};
  return {{{Spending::pocock}, {}, 0.025, false, {0.3, 0.6, 1}},
          {{Spending::obrien_fleming}, {}, 0.025, false, {0.2, 0.4, 1}},
          {{Spending::pocock}, {}, 0.05, true, {0.5, 0.8, 1}},
          {{Spending::obrien_fleming}, binding, 0.025, false, {0.3, 0.6, 1}},
          {{Spending::obrien_fleming}, not_binding, 0.025, false, {0.3, 0.6, 1}},
          {{{}, {8, 8, 1.96}}, {}, 0.025, false, {47.0 / 140, 93.0 / 140, 1}},
          {{Spending::pocock}, {}, 0.025, false, {0.05, 0.9, 0.95, 1}},     // looks close to each other ...
          {{Spending::pocock}, {}, 0.025, false, {0.5, 0.998, 0.999, 1}}};  // ... and too close
}

void expect_same(const SequentialInference& own, const SequentialInference& direct, double z) {
  EXPECT_NEAR(own.p_value, direct.p_value, 1e-9) << z;
  EXPECT_NEAR(own.p_value / direct.p_value, 1, 1e-7) << z;
  EXPECT_NEAR(own.median_unbiased, direct.median_unbiased, 1e-9) << z;
  EXPECT_NEAR(own.lower, direct.lower, 1e-9) << z;
  EXPECT_NEAR(own.upper, direct.upper, 1e-9) << z;
  EXPECT_EQ(own.repeated_lower, direct.repeated_lower) << z;
  EXPECT_EQ(own.repeated_upper, direct.repeated_upper) << z;
}

TEST(InferenceTable, OracleComputedOneByOne) {
  Stream draw(3, 1, Purpose::course);
  for (const SequentialDesign& design : some_designs()) {
    for (const auto& stage : design.planned()) {
      const InferenceTable table(stage, 0.95);
      for (int i = 0; i < 60; ++i) {
        const double z = -6 + 14 * draw.uniform();
        expect_same(table.at(z), sequential_inference(*stage, z, 0.95), z);
      }
      for (const double z : {-5.0, 0.0, 6.9999999, 7.0, -9.0}) {
        expect_same(table.at(z), sequential_inference(*stage, z, 0.95), z);
      }
      EXPECT_TRUE(std::isnan(table.at(std::numeric_limits<double>::quiet_NaN()).median_unbiased));
    }
  }
}

TEST(InferenceTable, PropertyDescribesLooksOfTheSameInformation) {
  const SequentialDesign design({Spending::pocock}, {}, 0.025, false, {0.3, 0.6, 1});
  const InferenceTable table(design.planned()[2], 0.95);
  const auto stage = [&](double first, double second, bool last) {
    const auto one = std::make_shared<SequentialStage>(design.next(nullptr, first, false));
    const auto two = std::make_shared<SequentialStage>(design.next(one, second, false));
    return design.next(two, 1, last);
  };
  EXPECT_TRUE(table.describes(*design.planned()[2]));
  EXPECT_TRUE(table.describes(stage(0.3, 0.6, true)));
  EXPECT_FALSE(table.describes(*design.planned()[1]));
  EXPECT_FALSE(table.describes(stage(0.3, 0.61, true)));
  EXPECT_FALSE(table.describes(stage(0.31, 0.6, true)));
  EXPECT_FALSE(table.describes(stage(0.3, 0.6, false)));
  EXPECT_FALSE(table.describes(design.next(nullptr, 1, true)));
}

}  // namespace
}  // namespace oligosim
