#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "engine/statistics/chain_diagnostics.hpp"
#include "models/calibration/emulator.hpp"

namespace oligosim {

/// What is believed of the parameters once the published figures are seen.
struct Posterior {
  std::vector<Eigen::MatrixXd> chains;        // a row a draw, a column a parameter, on the scale of the priors
  std::vector<double> acceptance;             // of each chain
  std::vector<ChainDiagnostics> diagnostics;  // of each parameter
  Eigen::VectorXd emulator_error;  // of each target used in the fit: root mean square, in sampling standard deviations;
                                   // NaN where hardly a cohort has all targets
  std::size_t design_points = 0;   // used

  Eigen::MatrixXd draws() const;  // of all chains
  double largest_emulator_error() const { return emulator_error.maxCoeff<Eigen::PropagateNaN>(); }
};

/// Targets in cohorts of the published size under the posterior.
struct Predictive {
  std::vector<double> values;  // those that are not missing; infinite: not reached
  std::size_t missing_values = 0;
  double percentile = missing;  // of the published figure among them, in percent; half of those equal count as below
};

/// Fills the empty places of `bank`, one a design point, some at a time; after each lot `report` gets how many there
/// are. Stops after a lot once `stop` is set. The same numbers for any number of threads and in any portions.
void simulate_bank(const Calibration& calibration, const TargetSimulator& simulator, const CalibrationDesign& design,
                   std::vector<std::optional<CohortMoments>>& bank, unsigned threads,
                   const std::function<void(std::size_t)>& report, const std::atomic<bool>& stop);

/// Synthetic likelihood (Wood 2010; Price, Drovandi, Lee and Nott 2018): in cohorts of the published size the targets
/// are taken as normal, with mean and covariance emulated from the bank (complete), and the published figures as one
/// draw. Several chains from points apart.
Posterior find_posterior(const Calibration& calibration, const TargetSimulator& simulator,
                         const CalibrationDesign& design, const std::vector<std::optional<CohortMoments>>& bank,
                         unsigned threads);

/// Cohorts of the published size at draws of the posterior, with all targets of the simulator.
std::vector<Predictive> predict(const Calibration& calibration, const TargetSimulator& simulator,
                                const Posterior& posterior, unsigned threads);

}  // namespace oligosim
