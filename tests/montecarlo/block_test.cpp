#include "engine/montecarlo/block.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "engine/montecarlo/fold.hpp"
#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

TEST(BlockOracle, SummaryIsThatOfItsRows) {
  const ToyTrial trial(0.05);
  Arena arena;
  const BlockSummary block = run_block(trial, {3, 1}, 101, 100, true, arena);
  EXPECT_EQ(block.id, (BlockId{3, 1}));
  EXPECT_EQ(block.replicates, 100u);
  ASSERT_EQ(block.rows.size(), 400u);
  ASSERT_EQ(block.moments.size(), 4u);
  ASSERT_EQ(block.bins.size(), 3u);  // of the sketched columns 0, 2, 3
  Moments moments[4];
  std::map<std::uint32_t, std::uint32_t> bins[4];
  for (std::uint32_t i = 0; i < 100; ++i) {
    double row[4];
    arena.reset();
    trial.replicate(101 + i, arena, row);
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_TRUE(row[c] == block.rows[4 * i + c] || (std::isnan(row[c]) && std::isnan(block.rows[4 * i + c])));
      moments[c].add(row[c]);
      if (!std::isnan(row[c])) ++bins[c][Sketch::key(row[c])];
    }
  }
  for (std::size_t c = 0; c < 4; ++c) EXPECT_EQ(block.moments[c], moments[c]);
  std::size_t at = 0;
  for (const std::size_t c : {0, 2, 3}) {
    EXPECT_EQ(std::vector(bins[c].begin(), bins[c].end()).size(), block.bins[at].size());
    EXPECT_TRUE(std::equal(bins[c].begin(), bins[c].end(), block.bins[at].begin(),
                           [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; }));
    ++at;
  }
}

TEST(BlockProperty, RowsAreKeptOnlyWhereAskedForAndChangeNothingElse) {
  const ToyTrial trial(0.05);
  Arena arena;
  const BlockSummary with = run_block(trial, {0, 0}, 1, 50, true, arena);
  const BlockSummary without = run_block(trial, {0, 0}, 1, 50, false, arena);
  EXPECT_TRUE(without.rows.empty());
  EXPECT_EQ(with.moments, without.moments);
  EXPECT_EQ(with.bins, without.bins);
}

/// Gives its second number only now and then.
class Forgetful : public Experiment {
 public:
  std::span<const Column> columns() const override { return columns_; }
  void replicate(std::uint32_t number, Arena&, std::span<double> row) const override {
    row[0] = number;
    if (number == 1) row[1] = 1;
  }

 private:
  std::vector<Column> columns_ = {{"number"}, {"forgotten"}};
};

TEST(BlockProperty, ANumberNotGivenIsMissingAndNotTheOneBefore) {
  Arena arena;
  for (const bool keep_rows : {false, true}) {
    const BlockSummary block = run_block(Forgetful(), {0, 0}, 1, 10, keep_rows, arena);
    EXPECT_EQ(block.moments[1].n, 1u);
    EXPECT_EQ(block.moments[1].missing, 9u);
  }
}

TEST(FoldedProperty, AddsUpBlocks) {
  const ToyTrial trial(0.05);
  Arena arena;
  Folded folded(trial.columns().size());
  std::uint64_t missing = 0;
  for (std::uint32_t b = 0; b < 4; ++b) {
    const BlockSummary block = run_block(trial, {0, b}, 1 + 50 * b, 50, false, arena);
    folded.add(std::span(&block, 1), trial.columns());
    missing += block.moments[2].missing;
  }
  EXPECT_EQ(folded.replicates, 200u);
  EXPECT_EQ(folded.moments[0].n, 200u);
  EXPECT_EQ(folded.moments[2].missing, missing);
  EXPECT_EQ(folded.moments[3].infinite, 40u);
  EXPECT_EQ(folded.sketches[0].count(), 200u);
  EXPECT_EQ(folded.sketches[1].count(), 0u);  // not sketched
  EXPECT_EQ(folded.sketches[2].count(), 200u - missing);
  EXPECT_EQ(folded.sketches[3].quantile(1), std::numeric_limits<double>::infinity());
}

TEST(FoldedProperty, RefusesABlockOfOtherColumns) {
  const ToyTrial trial(0);
  Arena arena;
  const BlockSummary block = run_block(Forgetful(), {0, 0}, 1, 10, false, arena);
  Folded folded(trial.columns().size());
  EXPECT_THROW(folded.add(std::span(&block, 1), trial.columns()), std::invalid_argument);
}

}  // namespace
}  // namespace oligosim
