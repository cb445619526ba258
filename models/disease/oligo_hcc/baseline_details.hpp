#pragma once

#include <algorithm>
#include <array>
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

/// The site of a lesion by a uniform number, in proportion: of any, as of irradiated lesions, or outside the liver.
class SiteChances {
 public:
  SiteChances(const CohortDetails& details, bool liver_too);

  LesionSite at(double u) const {
    double place = u * total_;  // on the sites laid end to end
    std::size_t passed = 0;
    for (const double weight : weight_) {
      passed += place >= weight;
      place -= weight;
    }
    return site_[std::min(passed, last_)];
  }

 private:
  std::array<double, lesion_site_count> weight_;  // infinite after the last
  std::array<LesionSite, lesion_site_count> site_{};
  double total_ = 0;
  std::size_t last_ = 0;
};

}  // namespace oligosim
