#include "models/analysis/simulated_numbers.hpp"

#include <algorithm>
#include <cassert>

namespace oligosim {

void SimulatedNumbers::copy(const std::vector<double>& from, std::size_t each, const std::vector<EstimateLabel>& wanted,
                            std::size_t count, std::span<double> out) const {
  assert(count <= each);
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    const auto own = std::ranges::find_if(labels_, [&](const EstimateLabel& l) { return same_number(l, wanted[k]); });
    if (own == labels_.end()) continue;
    const auto first = (own - labels_.begin()) * static_cast<std::ptrdiff_t>(each);
    std::copy_n(from.begin() + first, count, out.begin() + static_cast<std::ptrdiff_t>(k * count));
  }
}

}  // namespace oligosim
