#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
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

  /// The code of the site. chosen(f) is f(chances) by those of the patient. Sites of higher codes than `Told` are told
  /// apart no further and have the code Told + 1.
  template <LesionSite Told = LesionSite{lesion_site_count - 2}, Weight V, class Chosen>
  static V code(const V& u, const Chosen& chosen) {
    V place = u * chosen([](const SiteChances&of) { return of.total_; }), passed{};  // on the sites laid end to end
    for (std::size_t k = 0; k <= static_cast<std::size_t>(Told); ++k) {
      const V weight = chosen([k](const SiteChances& of) { return of.weight_[k]; });
      passed = passed + (place >= weight ? V{} + 1.0 : V{});
      place = place - weight;
    }
    return passed;
  }

 private:
  std::array<double, lesion_site_count> weight_;  // infinite at the last
  double total_ = 0;
};

}  // namespace oligosim
