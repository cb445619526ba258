// Permuted blocks: a naive second implementation, one number after the other from the stream of each stratum.
#include "models/trial/randomization.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace oligosim {
namespace {

struct Blocks {
  std::string text;
  std::vector<std::int64_t> allocation;
  std::vector<std::uint32_t> sizes;
};

Columns site() {
  Columns columns;
  columns.add({"site", ColumnKind::category, {"a", "b", "c"}, {}, "", ""});
  return columns;
}

std::size_t below(std::size_t count, Stream& draw) {
  return static_cast<std::size_t>(draw.uniform() * static_cast<double>(count));
}

std::vector<int> naive_block(const Blocks& blocks, Stream& draw) {
  const std::size_t which = blocks.sizes.size() > 1 ? below(blocks.sizes.size(), draw) : 0;
  std::vector<int> block;
  while (block.size() < blocks.sizes[which])
    for (std::size_t arm = 0; arm < blocks.allocation.size(); ++arm)
      block.insert(block.end(), static_cast<std::size_t>(blocks.allocation[arm]), static_cast<int>(arm));
  if (block.size() > 6) {
    for (std::size_t k = block.size(); k > 1; --k) std::swap(block[k - 1], block[below(k, draw)]);
    return block;
  }
  // The digits of one number, in the factorial number system.
  std::size_t orders = 1;
  for (std::size_t k = 2; k <= block.size(); ++k) orders *= k;
  std::size_t order = below(orders, draw);
  for (std::size_t k = 2; k <= block.size(); ++k) {
    std::swap(block[k - 1], block[order % k]);
    order /= k;
  }
  return block;
}

/// `stratum`: of each patient.
std::vector<int> naive(const Blocks& blocks, const std::vector<std::uint8_t>& stratum, const Streams& streams) {
  std::array<std::vector<int>, 3> open;
  std::array<Stream, 3> draw = {streams.stream(Purpose::randomization, 0), streams.stream(Purpose::randomization, 1),
                                streams.stream(Purpose::randomization, 2)};
  std::vector<int> arms;
  for (const std::uint8_t s : stratum) {
    if (open[s].empty()) open[s] = naive_block(blocks, draw[s]);
    arms.push_back(open[s].front());
    open[s].erase(open[s].begin());
  }
  return arms;
}

TEST(Randomization, OracleBlockByBlock) {
  const std::vector<Blocks> all = {{"{blocks: [2]}", {1, 1}, {2}},
                                   {"{blocks: [4]}", {1, 1}, {4}},
                                   {"{blocks: [6]}", {1, 2}, {6}},
                                   {"{blocks: [6]}", {1, 1, 1}, {6}},
                                   {"{blocks: [4, 6, 12]}", {1, 1}, {4, 6, 12}},
                                   {"{blocks: [3, 9]}", {2, 1}, {3, 9}},
                                   {"{blocks: [8]}", {1, 1}, {8}},
                                   {"{blocks: [1]}", {1}, {1}},
                                   {"{}", {100, 600, 7}, {1414}}};  // larger than may be written
  const Columns columns = site();
  Stream draw(1, 1, Purpose::course);
  for (const Blocks& blocks : all) {
    for (const bool stratified : {false, true}) {
      SCOPED_TRACE(blocks.text + (stratified ? " by site" : ""));
      std::string text = blocks.text;
      if (stratified) text.replace(text.size() - 1, 1, text == "{}" ? "strata: [site]}" : ", strata: [site]}");
      Problems problems;
      const YamlNode tree = parse_yaml(text, "test.yaml", problems);
      const Randomization randomization = Randomization::read(ConfigNode(tree, problems), columns, blocks.allocation);
      ASSERT_EQ(problems.text(), "");
      for (std::uint32_t replicate = 1; replicate <= 200; ++replicate) {
        Arena arena;
        Cohort baseline(columns, 1 + draw.below(120), {}, arena);
        std::vector<std::uint8_t> stratum(baseline.patients());
        for (std::size_t i = 0; i < stratum.size(); ++i) {
          baseline.categories(0)[i] = static_cast<std::uint8_t>(draw.below(3));
          stratum[i] = stratified ? baseline.categories(0)[i] : std::uint8_t{0};
        }
        const Streams streams(7, replicate);
        std::vector<std::uint8_t> arm(stratum.size());
        randomization.assign(streams, baseline, {}, arm, arena);
        ASSERT_EQ(std::vector<int>(arm.begin(), arm.end()), naive(blocks, stratum, streams));
      }
    }
  }
}

}  // namespace
}  // namespace oligosim
