#include "engine/montecarlo/block_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

TEST(BlockIndex, OracleMap) {
  Stream draw(7, 1, Purpose::course);
  for (int round = 0; round < 50; ++round) {
    BlockIndex index;
    std::map<BlockId, std::pair<std::uint64_t, std::uint32_t>> all;
    const std::uint32_t blocks = 1 + draw.below(60);
    for (std::uint64_t offset = 0; offset < 80; ++offset) {
      const BlockId id{draw.below(3), draw.below(blocks)};
      const std::uint32_t replicates = 1 + draw.below(500);
      index.put(id, offset, replicates);
      all[id] = {offset, replicates};
    }
    for (std::uint32_t scenario = 0; scenario < 4; ++scenario) {
      for (std::uint32_t block = 0; block <= blocks; ++block) {
        const BlockIndex::Place* place = index.find({scenario, block});
        const auto own = all.find({scenario, block});
        ASSERT_EQ(place != nullptr, own != all.end());
        if (!place) continue;
        EXPECT_EQ(place->offset, own->second.first);
        EXPECT_EQ(place->replicates, own->second.second);
        EXPECT_EQ(place->block, block);
      }
      auto own = all.lower_bound({scenario, 0});
      index.for_each(scenario, [&](const BlockIndex::Place& place) {
        ASSERT_NE(own, all.end());
        EXPECT_EQ(own->first, (BlockId{scenario, place.block}));
        EXPECT_EQ(own->second.first, place.offset);
        ++own;
      });
      EXPECT_TRUE(own == all.end() || own->first.scenario > scenario);
    }
  }
}

}  // namespace
}  // namespace oligosim
