#pragma once

#include <cstdint>
#include <optional>

namespace oligosim {

/// Events among the patients of two groups.
struct TwoGroupCounts {
  std::uint32_t events[2], patients[2];
};

/// Fragility index (Walsh et al. 2014): how many patients of the group with fewer events would have to have one for
/// Fisher's exact test (two-sided) to be no longer significant at alpha. Groups with equally many: the first of them.
/// Nothing if the table is not significant to begin with.
std::optional<std::uint32_t> fragility_index(const TwoGroupCounts& counts, double alpha);

}  // namespace oligosim
