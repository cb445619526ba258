#pragma once

#include <Eigen/Core>
#include <atomic>
#include <functional>
#include <vector>

#include "models/calibration/target_simulator.hpp"

namespace oligosim {

/// The disease model that shows the published figures best.
struct PointFit {
  Eigen::VectorXd coordinates;  // of the free parameters, on the scale of their priors
  Eigen::VectorXd fitted;       // targets used in the fit, in a large cohort, on their scale of comparison
  Eigen::VectorXd sampling_sd;  // of each in cohorts of the published size, at the fit
  Eigen::MatrixXd covariance;   // of the same, at the fit
  Eigen::MatrixXd jacobian;     // fitted by coordinates
  double distance = 0;          // sum of ((published - fitted) / sampling sd)^2
  double penalty = 0;           // prior_weight times the squared coordinates
  double gradient = 0;          // largest slope of distance + penalty by any coordinate
  double condition = 0;         // of the matrix that the fit's last step would solve, ridge included
  bool converged = false;
  struct Start {
    double distance;  // of its own fit, on the coarse cohort
    std::vector<double> coordinates;
  };
  std::vector<Start> starts;
};

/// A parameter as the fitted disease file has it: six significant digits.
double written(double parameter);

/// Moments of simulated cohorts of the published size.
struct CohortMoments {
  std::size_t complete = 0;  // cohorts with every target
  std::size_t simulated = 0;
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// Targets of `cohorts` cohorts at these coordinates, numbered from `first`; those where a target is missing are left
/// out. Empty where the model refuses the coordinates.
CohortMoments cohort_moments(const TargetSimulator& simulator, std::span<const double> coordinates, std::uint64_t key,
                             std::uint32_t first, std::size_t cohorts, Arena& arena);

/// Minimizes the squared distances between published figures and one large simulated cohort, each in units of the
/// standard deviation that it has in cohorts of the published size and times its weight, plus a light pull to the
/// middle of the priors (a ridge, which keeps directions in place that no figure determines). The random numbers are
/// the same throughout, so that the distance is a function of the parameters. Several starts on a coarse cohort, the
/// best refined on the large one. The same numbers for any number of threads. `report`: what is being done. Throws
/// InputError where the file's start is refused. Returns early with what there is once `stop` is set; that result is
/// not to be used.
PointFit fit_point(const Calibration& calibration, const TargetSimulator& simulator, unsigned threads,
                   const std::function<void(const std::string&)>& report, const std::atomic<bool>& stop);

/// What the targets of a published cohort tell of the coordinates: jacobian' covariance^-1 jacobian.
Eigen::MatrixXd fisher_information(const PointFit& fit);

}  // namespace oligosim
