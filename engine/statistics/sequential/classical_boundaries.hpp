#pragma once

#include <span>
#include <vector>

namespace oligosim {

/// Boundaries by their shape. wang_tsiatis (1987): c t^(parameter - 1/2), where 0 is O'Brien and Fleming (1979) and 1/2
/// Pocock (1977); haybittle_peto: the parameter at all looks but the last (Haybittle 1971; Peto et al. 1976).
enum class BoundaryShape { wang_tsiatis, haybittle_peto };

/// Boundaries on the z scale at the information fractions (increasing), with the constant that makes the probability
/// of crossing `level`. `symmetric`: a boundary below as well, `level` in each tail. haybittle_peto: the last boundary
/// is infinite where the earlier ones spend the level.
std::vector<double> classical_boundaries(BoundaryShape shape, double parameter, double level, bool symmetric,
                                         std::span<const double> information);

}  // namespace oligosim
