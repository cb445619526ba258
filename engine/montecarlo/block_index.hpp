#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "engine/montecarlo/block.hpp"

namespace oligosim {

/// Where the record of each block lies. It grows with the replicates of a run: 16 bytes a block, in pieces that are
/// never moved to a larger place.
class BlockIndex {
 public:
  struct Place {
    std::uint64_t offset;
    std::uint32_t block;
    std::uint32_t replicates;
  };

  /// A later place of the same block replaces an earlier one. Quick where blocks come nearly in order.
  void put(BlockId id, std::uint64_t offset, std::uint32_t replicates);
  /// Null where the block has no place.
  const Place* find(BlockId id) const;
  /// Calls f(place) for those of a scenario, ascending by block.
  template <class F>
  void for_each(std::uint32_t scenario, const F& f) const {
    const auto own = of_scenario_.find(scenario);
    if (own == of_scenario_.end()) return;
    for (const Place& place : own->second) f(place);
  }

 private:
  std::map<std::uint32_t, std::deque<Place>> of_scenario_;  // by block
};

}  // namespace oligosim
