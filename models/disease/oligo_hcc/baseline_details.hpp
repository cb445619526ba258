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

  LesionSite at(double u) const {
    double place = u * total_;  // on the sites laid end to end
    std::size_t passed = 0;
    for (const double weight : weight_) {
      passed += place >= weight;
      place -= weight;
    }
    return site_[std::min(passed, last_)];
  }

  /// 1 where the site is the liver, by the chances of the patient's cohort: where `of_om` is 1, `om`.
  template <Weight V>
  static V liver(const SiteChances& op, const SiteChances& om, const V& of_om, const V& u) {
    V place = u * either(of_om, om.total_, op.total_), is_liver{};
    for (std::size_t k = 0; k < lesion_site_count; ++k) {
      const V weight = either(of_om, om.weight_[k], op.weight_[k]);
      const V here = ((place >= 0.0) & (place < weight)) ? V{} + 1.0 : V{};
      is_liver =
          here > 0.0 ? either(of_om, om.site_[k] == LesionSite::liver, op.site_[k] == LesionSite::liver) : is_liver;
      place = place - weight;
    }
    return is_liver;
  }

 private:
  std::array<double, lesion_site_count> weight_;      // infinite after the last
  std::array<LesionSite, lesion_site_count> site_{};  // the last again where there are no more
  double total_ = 0;
  std::size_t last_ = 0;
};

}  // namespace oligosim
