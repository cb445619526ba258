#pragma once

#include <cstdint>
#include <optional>

namespace oligosim {

/// Events among the patients of two groups.
struct TwoGroupCounts {
  std::uint32_t events[2], patients[2];
};

/// Whether Fisher's exact test (two-sided) is significant at alpha.
bool is_significant(const TwoGroupCounts& counts, double alpha);

/// Fragility index (Walsh et al. 2014): how many patients of the group with fewer events would have to have one for
/// Fisher's exact test (two-sided) to be no longer significant at alpha. Groups with equally many: the first of them.
/// Nothing if the table is not significant to begin with, or still is with an event in everybody of that group.
std::optional<std::uint32_t> fragility_index(const TwoGroupCounts& counts, double alpha);

/// Reverse fragility index (Khan et al. 2020): how many patients with an event of the group with fewer events would
/// have to have had none for the same test to be significant. Nothing if the table is significant to begin with, or is
/// not without any event in that group either.
std::optional<std::uint32_t> reverse_fragility_index(const TwoGroupCounts& counts, double alpha);

}  // namespace oligosim
