#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/clusters.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

enum class MarkerDirection { higher_fails_earlier, higher_fails_later };

/// What is said to predict survival: the linear predictor of a Cox model, or any other number.
struct Marker {
  std::span<const double> value;  // one a patient in table order; NaN: the patient is not there
  MarkerDirection direction = MarkerDirection::higher_fails_earlier;
  std::span<const std::uint16_t> stratum;  // only pairs within a stratum are compared; empty: one stratum
  std::size_t strata = 1;
  std::span<const double> start;  // at risk at start < t <= time only: a marker that changes; empty: from the beginning
};

/// A marker sorted once, for any number of resamples of its patients.
struct RankedMarker {
  std::span<const std::uint32_t> rank;      // table order; from 1 within the stratum, ties share one; 0: not there
  std::span<const std::uint32_t> position;  // table positions by stratum, within a stratum in table order
  std::span<const std::uint32_t> end;       // of each stratum in `position`
  std::span<const std::uint32_t> levels;    // distinct values in each stratum
  MarkerDirection direction;
  std::span<const double> start;            // table order; empty without start times
  std::span<const std::uint32_t> by_start;  // table positions by stratum, the latest start first
};
/// A row whose start is not before its time is not there.
RankedMarker rank_marker(const SurvivalTable& table, const Marker& marker, Arena& arena);

/// Pairs of patients of a stratum, as R survival's concordance counts them. A pair is comparable where one has the
/// event and the other is still at risk afterwards; a censoring at the time of an event comes after it. With start
/// times rows are paired, and the other has to be at risk by then.
template <Weight V>
struct ConcordanceCounts {
  V concordant{};
  V discordant{};
  V tied_marker{};  // comparable, the same marker: tied.x
  V tied_time{};    // both have the event at one time: tied.y
  V tied_both{};    // the same, with the same marker: tied.xy

  V comparable() const { return concordant + discordant + tied_marker; }
  /// Harrell's C (Harrell et al. 1982); 0 / 0 where no pair is comparable.
  V concordance() const { return (concordant + 0.5 * tied_marker) / comparable(); }
};

/// `weight` in table order or empty for all ones; an integer weight is that many patients, paired with each other too.
/// O(n log n).
template <Weight V>
ConcordanceCounts<V> concordance_counts(const SurvivalTable& table, const RankedMarker& marker,
                                        std::span<const V> weight, Arena& arena);

/// Harrell's C with the infinitesimal-jackknife standard error of R survival's concordance (also that of coxph, whose
/// marker is the linear predictor), summed over clusters as its `cluster`. Status: `empty_group` without patients;
/// `no_events` where no pair is comparable.
Estimate concordance(const SurvivalTable& table, const Marker& marker, std::span<const double> weight,
                     const Clusters& clusters, Arena& arena);

}  // namespace oligosim
