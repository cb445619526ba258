#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
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

  /// The code of the site by the chances of the patient's cohort: where `of_om` is 1, `om`. Sites of higher codes than
  /// `Told` are told apart no further and have the code Told + 1.
  template <LesionSite Told = LesionSite{lesion_site_count - 1}, Weight V>
  static V code(const SiteChances& op, const SiteChances& om, const V& of_om, const V& u) {
    V place = u * either(of_om, om.total_, op.total_), passed{};  // on the sites laid end to end
    for (std::size_t k = 0; k <= static_cast<std::size_t>(Told); ++k) {
      const V weight = either(of_om, om.weight_[k], op.weight_[k]);
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
