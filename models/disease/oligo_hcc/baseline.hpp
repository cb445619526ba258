#pragma once

#include <cstddef>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/oligo_hcc/cohort_mix.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim {

/// Positions of the baseline columns.
enum class BaselineColumn : std::size_t {
  grp,
  cohort,
  late,
  line,
  multi,
  big,
  lesions,
  size_cm,
  untreated,
  ici_targeted,
  age,
  male,
  ecog,
  etiology,
  child_pugh_b,
  afp_high,
  macrovascular_invasion,
  prior_local,
  // From here on the course depends on none.
  total_lesions,
  total_lesions_group,
  total_size_cm,
  regimen,
  prior_intra_arterial,
  prior_resection,
  prior_radiotherapy,
  prior_rfa,
  prior_transplant,
  intrahepatic
};

/// A sum of diameters above this (cm) is "large": the median of Song et al. (2025).
inline constexpr double large_above_cm = 2.8;

std::vector<ColumnInfo> oligo_hcc_baseline_columns();

/// The columns that the course depends on.
std::vector<std::size_t> oligo_hcc_course_needs();

/// The columns that findings and lesions rest on besides.
std::vector<std::size_t> oligo_hcc_finding_needs();

/// Fills the columns of `cohort` that are there. Given the strategy, the margins are independent unless correlations
/// are given, except that size and untreated lesions depend on the number of lesions: the paper gives no joint data.
void sample_oligo_hcc_baseline(const BaselineMargins& margins, const CohortMix& mix, const Streams& streams,
                               Cohort& cohort, Arena& arena);

}  // namespace oligosim
