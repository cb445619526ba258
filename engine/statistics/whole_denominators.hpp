#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox.hpp"
#include "engine/statistics/lanes.hpp"

namespace oligosim {

/// What the partial likelihood of two groups with Efron's ties consists of, for eight resamples by whole weights.
struct WholeDenominators {
  std::span<const Lanes> pair;  // as Denominators::pair
  Lanes events[2];              // by group, at times at which both are at risk
  Lanes constant;               // minus the logarithms of the denominators at the other times
};

/// `group`: the covariate in table order; everybody is at risk from the beginning. Nothing where a weight is not whole,
/// or a resample's are more than 32767 together or more than 200 of its events tied between the groups.
std::optional<WholeDenominators> whole_denominators(const SurvivalTable& table, std::span<const std::uint8_t> group,
                                                    const CoxCovariates& covariates, std::span<const Lanes> weight,
                                                    Arena& arena);

}  // namespace oligosim
