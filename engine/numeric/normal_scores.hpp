#pragma once

#include <span>

namespace oligosim {

/// normal_quantile() of each probability in its place, with the same bits; in (0, 1).
void to_normal_scores(std::span<double> p);

}  // namespace oligosim
