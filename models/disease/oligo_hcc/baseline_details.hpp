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

/// Sites of the lesions of patient i, in order: those to irradiate, then the others.
class LesionSites {
 public:
  LesionSites(const CohortDetails& details, const Streams& streams, std::uint32_t patient)
      : details_(details),
        stream_(streams.stream(Purpose::lesion_sites, patient)),
        others_in_liver_(stream_.uniform() < details.untreated_in_liver) {}

  bool others_in_liver() const { return others_in_liver_; }

  LesionSite next(bool irradiated) {
    const double u = stream_.uniform();
    if (irradiated) return irradiated_site(details_, u);
    return others_in_liver_ ? LesionSite::liver : site_outside_liver(details_, u);
  }

 private:
  const CohortDetails& details_;
  Stream stream_;
  bool others_in_liver_;
};

}  // namespace oligosim
