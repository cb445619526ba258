#pragma once

#include <cstddef>
#include <span>

namespace oligosim {

/// How much of a comparison with a shared control is the control's: its correlation with another such comparison is
/// the product of both. `ratio`: patients of the arm over those of the control.
double shared_control_loading(double ratio);

/// P(at least one of several normal statistics reaches `limit`), whose correlations are products of `loading`, each
/// below 1: those of comparisons with a shared control (Dunnett 1955). Relative error below 1e-9, also of arms of a
/// hundred times the control's patients.
double any_reaches(double limit, std::span<const double> loading);

}  // namespace oligosim
