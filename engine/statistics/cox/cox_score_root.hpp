#pragma once

#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

/// Where the score of two groups is 0, to 1e-7 of the standard error. As the score of one coefficient only falls, it
/// needs no look at the likelihood: Halley's (1694) steps from `start`, of at most 2 and between the places known to
/// be below and above. They leave the cube of an error where Newton's leave its square, so that resamples of
/// 200 patients, which start from the estimate of their data, are there by two. `events`: of each, at any time.
///
/// Status: `no_events`, `singular` and `separation` as cox() has them. A root there is wherever it is none of these,
/// also where Newton's steps of cox() end early (`did_not_converge`).
template <Weight V>
LogHazardRatios<V> score_root(const TwoGroupLikelihood<V>& likelihood, const V& events, double start);

}  // namespace oligosim
