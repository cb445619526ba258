#include "engine/montecarlo/block_index.hpp"

#include <algorithm>

namespace oligosim {

void BlockIndex::put(BlockId id, std::uint64_t offset, std::uint32_t replicates) {
  std::deque<Place>& places = of_scenario_[id.scenario];
  const Place own{offset, id.block, replicates};
  if (places.empty() || places.back().block < id.block) {
    places.push_back(own);
    return;
  }
  const auto at = std::ranges::lower_bound(places, id.block, {}, &Place::block);
  if (at->block == id.block) {
    *at = own;
  } else {
    places.insert(at, own);
  }
}

const BlockIndex::Place* BlockIndex::find(BlockId id) const {
  const auto own = of_scenario_.find(id.scenario);
  if (own == of_scenario_.end()) return nullptr;
  const auto at = std::ranges::lower_bound(own->second, id.block, {}, &Place::block);
  return at != own->second.end() && at->block == id.block ? &*at : nullptr;
}

}  // namespace oligosim
