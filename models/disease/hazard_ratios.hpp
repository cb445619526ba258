#pragma once

#include <span>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// A hazard ratio from a month on, until the next of its list.
struct HazardRatioFrom {
  double from_month;
  double ratio;
};

/// The hazard ratio at a month: 1 before the first of the list, whose months ascend.
double ratio_at(std::span<const HazardRatioFrom> ratios, double month);

/// The months at which something changes, ascending, each once; 0 among them.
std::vector<double> change_months(std::vector<double> months);

/// Reads `hazard_ratio`: a number, from `from_month` on (0 unless said), or a list [{from_month, ratio}, ...].
std::vector<HazardRatioFrom> read_hazard_ratios(ConfigNode node);

}  // namespace oligosim
