#pragma once

#include <string>
#include <vector>

#include "models/calibration/posterior.hpp"

namespace oligosim {

/// A target beside the fitted model.
struct TargetResult {
  Target target;
  double fitted = missing;       // in a large cohort, on the scale of comparison; NaN for the limit of an interval
  double sampling_sd = missing;  // in cohorts of the published size at the fit
  double z = missing;            // (published - fitted) / sampling_sd
  Predictive predictive;
};

/// All that a calibration has found.
struct CalibrationResult {
  PointFit fit;
  Posterior posterior;
  std::vector<TargetResult> targets;  // those used in the fit and the checks, in the file's order
};

/// The targets beside the fit and the predictive distributions. `all`: the simulator of all targets; `predictive` is
/// its own.
std::vector<TargetResult> compare_targets(const Calibration& calibration, const TargetSimulator& all,
                                          const PointFit& fit, std::vector<Predictive> predictive, unsigned threads);

/// A posterior summary of one parameter.
struct ParameterSummary {
  double median = missing, lower = missing, upper = missing;  // 95 %
  double prior_median = missing, prior_lower = missing, prior_upper = missing;
  double coordinate_median = missing, coordinate_lower = missing, coordinate_upper = missing;  // in prior sd
  double sd_ratio = missing;  // posterior against prior standard deviation, on the scale of the prior
};
std::vector<ParameterSummary> summarize_parameters(const Calibration& calibration, const Posterior& posterior);

/// What the published figures do not tell: sentences. Parameters no target depends on; those whose posterior is as wide
/// as the prior (above 0.9 of its standard deviation); directions in which the figures tell less than a tenth of what
/// the prior does.
std::vector<std::string> not_identified(const Calibration& calibration, const CalibrationResult& result);

/// Figures of the fit that it misses by more than a sampling standard deviation, and any that lie outside 1 to 99 % of
/// their predictive distribution: sentences.
std::vector<std::string> not_reconciled(const CalibrationResult& result);

/// A sentence where the emulator, on which the posterior rests, is far from simulated cohorts; else empty.
std::string doubtful_posterior(const CalibrationResult& result);

/// "11.2", or "not reached".
std::string target_text(const Target& target, double on_scale);

}  // namespace oligosim
