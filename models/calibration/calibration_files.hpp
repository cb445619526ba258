#pragma once

#include <string>

#include "models/calibration/findings.hpp"

namespace oligosim {

/// The disease file with the point fit in it, every key written out: what a study names under `disease`. Parameters
/// of the published cohort go to its `published.study`, where it has one.
std::string fitted_disease_yaml(const Calibration& calibration, const PointFit& fit);

/// `chain, draw`, then a column a parameter by its path.
std::string posterior_csv(const Calibration& calibration, const Posterior& posterior);

/// `target, published, fitted, sampling_sd, z, posterior_predictive_percentile, used_in_fit`. Ratios as ratios, their
/// sampling_sd that of the log; a figure not reached is Inf.
std::string targets_csv(const CalibrationResult& result);

}  // namespace oligosim
