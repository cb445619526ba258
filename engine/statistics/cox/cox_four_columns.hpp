#pragma once

#include <cstdint>
#include <span>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/cox/cox.hpp"

namespace oligosim {

/// A row of a partial likelihood.
template <Weight V>
struct CoxRow {
  double time;
  bool event;
  V weight;
};

/// Up to four covariates with everybody at risk from the beginning: those of a row, then 0, are the numbers of one
/// register, and so are their sums over a risk set and each row of those of their products.
struct FourColumns {
  std::span<const CoxRow<double>> rows;  // by stratum, then in table order
  std::span<const std::uint32_t> end;    // of the strata
  std::span<const HalfLanes> x;          // one a row
  Ties ties = Ties::efron;
};

struct FourDerivatives {
  double log_likelihood = 0.0;
  HalfLanes score{};
  HalfLanes information[4] = {};  // by row, of which [j][l] is computed for l up to j alone
};

/// Derivatives of the log partial likelihood, to the bit as RiskSetLikelihood adds them up. `linear` and `risk`: the
/// predictor of each row, and its weight times the exponential of that.
FourDerivatives derivatives(const FourColumns& data, std::span<const double> linear, std::span<const double> risk);

}  // namespace oligosim
