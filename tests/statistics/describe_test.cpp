#include "engine/statistics/describe.hpp"

#include <gtest/gtest.h>

#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::TwoGroups;

TEST(Describe, ReferenceQuantilesOfR) {
  const test::ReferenceTable reference("quantile.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    Arena arena;
    const Sample sample = sort_sample(test::numbers(reference.text(r, "values")), {}, arena);
    EXPECT_TRUE(close(quantile<double>(sample, {}, reference.number(r, "probability")), reference.number(r, "quantile"),
                      1e-12));
    const Description<double> d = describe<double>(sample, {});
    EXPECT_TRUE(close(d.mean, reference.number(r, "mean"), 1e-12));
    EXPECT_TRUE(close(d.standard_deviation, reference.number(r, "standard_deviation"), 1e-12));
  }
}

// On the sorted rows written out: the place (n - 1) p between neighbours.
double type_7(const std::vector<double>& sorted, double p) {
  const double place = static_cast<double>(sorted.size() - 1) * p;
  const auto k = static_cast<std::size_t>(place);
  const double next = sorted[std::min(k + 1, sorted.size() - 1)];
  return sorted[k] + (place - static_cast<double>(k)) * (next - sorted[k]);
}

TEST(Describe, OracleRowsWrittenOutOn10000DataSets) {
  std::mt19937_64 random(113);
  for (int set = 0; set < 10000; ++set) {
    const TwoGroups data = test::random_groups(random, 15);
    Arena arena;
    const Sample sample = sort_sample(data.value, data.group, arena);  // the second group
    const Description<double> d = describe<double>(sample, in_sample_order<double>(sample, data.weight, arena));
    std::vector<double> rows = data.written_out(1);
    std::sort(rows.begin(), rows.end());
    ASSERT_EQ(d.n, static_cast<double>(rows.size()));
    if (rows.empty()) {
      ASSERT_TRUE(std::isnan(d.mean) && std::isnan(d.median) && std::isnan(d.minimum) && std::isnan(d.maximum));
      ASSERT_TRUE(std::isnan(d.standard_deviation) && std::isnan(d.quartile_1) && std::isnan(d.quartile_3));
      continue;
    }
    ASSERT_EQ(d.minimum, rows.front());
    ASSERT_EQ(d.maximum, rows.back());
    ASSERT_NEAR(d.quartile_1, type_7(rows, .25), 1e-12);
    ASSERT_NEAR(d.median, type_7(rows, .5), 1e-12);
    ASSERT_NEAR(d.quartile_3, type_7(rows, .75), 1e-12);
    double mean = 0, pairs = 0;
    for (const double a : rows) {
      mean += a / d.n;
      for (const double b : rows) pairs += (a - b) * (a - b) / 2;
    }
    ASSERT_NEAR(d.mean, mean, 1e-12);
    if (rows.size() == 1)
      ASSERT_TRUE(std::isnan(d.standard_deviation));
    else
      ASSERT_NEAR(d.standard_deviation, std::sqrt(pairs / d.n / (d.n - 1)), 1e-10);
  }
}

TEST(Describe, PropertyLanesAreTheScalarResultToTheBit) {
  std::mt19937_64 random(127);
  for (int set = 0; set < 300; ++set) {
    const TwoGroups data = test::random_groups(random, 20);
    const test::LaneWeights weights(random, data.value.size());
    Arena arena;
    const Sample sample = sort_sample(data.value, {}, arena);
    const auto together = describe<Lanes>(sample, in_sample_order<Lanes>(sample, weights.together, arena));
    for (std::size_t k = 0; k < lanes; ++k) {
      const auto apart = describe<double>(sample, in_sample_order<double>(sample, weights.apart[k], arena));
      for (const auto& [lanes_value, value] : {std::pair{together.n, apart.n},
                                               {together.mean, apart.mean},
                                               {together.minimum, apart.minimum},
                                               {together.quartile_1, apart.quartile_1},
                                               {together.median, apart.median},
                                               {together.quartile_3, apart.quartile_3},
                                               {together.maximum, apart.maximum},
                                               {together.standard_deviation, apart.standard_deviation}})
        ASSERT_TRUE(test::same(lanes_value[k], value));
    }
  }
}

TEST(Sample, DegenerateMissingValuesAreLeftOut) {
  Arena arena;
  const std::vector<double> value{3, missing, 1, 3, 2};
  const std::vector<std::uint8_t> keep{1, 1, 1, 1, 0};
  const Sample sample = sort_sample(value, keep, arena);
  EXPECT_EQ(std::vector<double>(sample.value.begin(), sample.value.end()), (std::vector<double>{1, 3, 3}));
  EXPECT_EQ(std::vector<std::uint32_t>(sample.row.begin(), sample.row.end()), (std::vector<std::uint32_t>{2, 0, 3}));
}

}  // namespace
}  // namespace oligosim
