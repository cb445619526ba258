#pragma once

#include "engine/io/config.hpp"
#include "engine/statistics/categorical/proportion.hpp"

namespace oligosim {

/// Names of the binomial intervals in plans and results.
inline constexpr Choice<ProportionInterval> proportion_intervals[] = {
    {"clopper_pearson", ProportionInterval::clopper_pearson},
    {"wilson", ProportionInterval::wilson},
    {"jeffreys", ProportionInterval::jeffreys},
    {"mid_p", ProportionInterval::mid_p},
    {"agresti_coull", ProportionInterval::agresti_coull},
    {"wald", ProportionInterval::wald}};

}  // namespace oligosim
