#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/plan_data.hpp"
#include "models/analysis/resampled_rows.hpp"

namespace oligosim {

/// The numbers of an analysis in resamples of the times of its endpoint, given the censoring (ConditionalBootstrap):
/// out.count of them, each named by its number. Its patients with a known time are drawn in the order of their rows;
/// all else of them stays. `stratum`: of failures and of censorings, one a row of the data; empty: one.
void resample_times(const Analysis& analysis, PlanData& data, std::span<const std::uint16_t> stratum,
                    std::size_t strata, const Streams& streams, Arena& arena, const ResampledValues& out);

}  // namespace oligosim
