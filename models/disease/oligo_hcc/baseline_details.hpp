#pragma once

#include <cstddef>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim {

/// Whether the cohort has a column on which the course does not depend, from total_lesions on.
bool details_wanted(const Cohort& cohort);

/// Fills those of them that are there. `base`: the same patients with the columns grp, lesions, size_cm, untreated,
/// ici_targeted and prior_local, which the details agree with.
void sample_details(const BaselineMargins& margins, const Streams& streams, const Cohort& base, Cohort& cohort,
                    Arena& arena);

/// The site of an irradiated lesion, drawn by `u` in proportion.
LesionSite irradiated_site(const CohortDetails& details, double u);
/// The same outside the liver, for lesions that are not irradiated.
LesionSite site_outside_liver(const CohortDetails& details, double u);

}  // namespace oligosim
