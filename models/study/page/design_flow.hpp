#pragma once

#include <string>

#include "models/study/study.hpp"

namespace oligosim {

/// The trial as a chain of boxes from enrollment to the primary analysis: HTML that needs no script.
std::string design_flow(const Study& study);

/// The boundaries on the z scale against the share of the final information; empty for a design of one look.
std::string boundary_figure(const Design& design);

}  // namespace oligosim
