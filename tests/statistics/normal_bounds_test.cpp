#include "engine/statistics/normal_bounds.hpp"

#include <gtest/gtest.h>

#include "engine/random/stream.hpp"
#include "engine/statistics/normal.hpp"

namespace oligosim {
namespace {

void expect_between(double p) {
  const QuantileBounds bounds = normal_quantile_bounds(p);
  const double quantile = normal_quantile(p);
  ASSERT_LE(bounds.lower, quantile) << p;
  ASSERT_GE(bounds.upper, quantile) << p;
  if (p > 0.01 && p < 0.99) {
    ASSERT_LT(bounds.upper - bounds.lower, 0.2) << p;
  }
}

TEST(NormalBounds, OracleQuantileLiesBetweenThem) {
  Stream draw(8, 1, Purpose::course);
  for (int i = 0; i < 200'000; ++i) expect_between(draw.uniform());
  for (int k = 0; k <= 256; ++k)
    for (const double off : {-0x1p-53, 0.0, 0x1p-53}) {
      const double p = k / 256.0 + off;
      if (p > 0.0 && p < 1.0) expect_between(p);
    }
}

}  // namespace
}  // namespace oligosim
