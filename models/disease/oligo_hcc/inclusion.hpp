#pragma once

#include <cstddef>

#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"

namespace oligosim {

/// Who a retrospective analysis looks at, where that depends on the course: included while it is 1.
Finding inclusion_finding();

/// Fills the steps of patient i: from day 0 on as a patient without event, from `pfs_day` on as one with. `uniform`
/// decides both, so that an event that speaks for inclusion puts no one out.
void store_inclusion(const InclusionParameters& parameters, double frailty, double uniform, double pfs_day,
                     const Steps& out, std::size_t i);

}  // namespace oligosim
