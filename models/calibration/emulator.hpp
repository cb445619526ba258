#pragma once

#include <Eigen/Core>
#include <vector>

#include "models/calibration/point_fit.hpp"

namespace oligosim {

/// Where cohorts are simulated to learn how their targets depend on the parameters: normal around the point fit, with
/// the covariance that fit and priors give the parameters (Laplace), widened.
class CalibrationDesign {
 public:
  explicit CalibrationDesign(const PointFit& fit);

  /// Point number k; by name, so that none depends on the others.
  Eigen::VectorXd point(std::uint64_t key, std::uint32_t k) const;
  /// Coordinates on the scale of the design: standard normal there.
  Eigen::VectorXd scaled(const Eigen::VectorXd& coordinates) const;
  const Eigen::VectorXd& centre() const { return centre_; }
  /// The covariance that fit and priors give the coordinates, not widened.
  const Eigen::MatrixXd& covariance() const { return covariance_; }

 private:
  Eigen::VectorXd centre_;
  Eigen::MatrixXd covariance_, factor_;
};

/// Mean and covariance of the targets in cohorts of the published size, as functions of the parameters: the mean a
/// polynomial (of a share its logit), quadratic or, where the points are many times its coefficients, of degree 3 or 4;
/// the log standard deviations sums of quadratic functions of one coordinate
/// each, on the scale of the design, kept to the range seen; the correlations constant.
class Emulator {
 public:
  /// `share`: whether each target is a share. `points` and `moments` side by side; points where fewer than half of the
  /// cohorts are complete are left out. Throws std::invalid_argument where fewer are left than the quadratic function
  /// has coefficients.
  Emulator(const CalibrationDesign& design, std::vector<bool> share, const std::vector<Eigen::VectorXd>& points,
           const std::vector<CohortMoments>& moments);

  Eigen::VectorXd mean(const Eigen::VectorXd& coordinates) const;
  Eigen::VectorXd sd(const Eigen::VectorXd& coordinates) const;
  /// Log density of published targets in a cohort at these coordinates (synthetic likelihood, Wood 2010), normal.
  double log_likelihood(const Eigen::VectorXd& coordinates, const Eigen::VectorXd& published) const;
  std::size_t points_used() const { return used_; }
  /// Coefficients of the quadratic function of so many parameters: the fewest points that can be used.
  static std::size_t coefficients(std::size_t parameters);

 private:
  void to_mean(Eigen::VectorXd& linear) const;

  CalibrationDesign design_;
  std::vector<bool> share_;
  std::size_t degree_ = 2;              // of the means
  Eigen::MatrixXd mean_, log_sd_;       // coefficients: a row a term, a column a target
  Eigen::VectorXd smallest_, largest_;  // of the log standard deviations
  Eigen::MatrixXd correlation_factor_;
  double log_determinant_ = 0;  // of the factor
  std::size_t used_ = 0;
};

}  // namespace oligosim
