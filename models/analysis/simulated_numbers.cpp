#include "models/analysis/simulated_numbers.hpp"

#include <algorithm>
#include <cassert>

namespace oligosim {

void SimulatedNumbers::copy(const std::vector<double>& value, const std::vector<double>& variance,
                            const std::vector<EstimateLabel>& wanted, const ResampledValues& out) const {
  assert(out.count <= cohorts_);
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    const auto own = std::ranges::find_if(labels_, [&](const EstimateLabel& l) { return same_number(l, wanted[k]); });
    if (own == labels_.end()) continue;
    const auto first = (own - labels_.begin()) * static_cast<std::ptrdiff_t>(cohorts_);
    std::copy_n(value.begin() + first, out.count, out.of(k).begin());
    if (!out.variance.empty()) std::copy_n(variance.begin() + first, out.count, out.variance_of(k).begin());
  }
}

}  // namespace oligosim
