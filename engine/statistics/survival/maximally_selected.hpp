#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The cut of a marker that tells survival apart best, of all cuts with a share of patients from `lowest` to `highest`
/// at or below. Each cut's statistic is the sum of the log-rank scores (event less Nelson-Aalen hazard: observed less
/// expected events) below it, standardized by its variance over permutations of the scores (Lausen and Schumacher
/// 1992).
struct SelectedCut {
  double cut = missing;                  // patients at or below it against those above
  double largest = missing;              // of the absolute statistics; standard normal if the cut were fixed
  double minimum_p = missing;            // two-sided, as if it had been
  double lausen_schumacher_p = missing;  // of the largest, over all cuts (Miller and Siegmund 1982)
  double n = 0, n_events = 0;
  Status status = Status::ok;  // no_events; singular: no admissible cut, or nothing to tell apart

  std::span<const double> score;        // of patients in the order of the marker
  std::span<const std::uint32_t> size;  // of the lower group at each admissible cut
};

/// `marker` in table order, without NaN; shares in (0, 1).
SelectedCut maximally_selected_log_rank(const SurvivalTable& table, std::span<const double> marker, double lowest,
                                        double highest, Arena& arena);

/// P(largest statistic of a permutation >= the one seen) with the one seen among them: (1 + count) / (1 +
/// permutations).
double permutation_p_value(const SelectedCut& selected, Stream stream, std::size_t permutations, Arena& arena);

}  // namespace oligosim
