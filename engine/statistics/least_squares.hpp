#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace oligosim {

/// Residuals at several points at once, so that whoever makes them may do so in parallel: one vector a point, all of
/// one length; nothing where a point is not allowed.
using Residuals = std::function<std::vector<std::optional<Eigen::VectorXd>>(std::span<const Eigen::VectorXd>)>;

struct LeastSquaresOptions {
  double step = 0.05;           // of the differences: large enough to drown what simulated residuals jump by
  std::size_t iterations = 20;  // at most
  double tolerance = 1e-3;      // ends where an iteration takes less than this share of the sum of squares
  double longest_move = 1.5;    // of any coordinate in one iteration
};

struct LeastSquaresFit {
  Eigen::VectorXd point;
  Eigen::VectorXd residuals;
  Eigen::MatrixXd jacobian;  // at the point before the last move: residuals by coordinates
  double sum_of_squares = 0;
  std::size_t iterations = 0;
  bool converged = false;
};

/// Minimizes the sum of squared residuals from `start` (Levenberg 1944, Marquardt 1963), with derivatives by central
/// differences. Nothing where the start is not allowed.
std::optional<LeastSquaresFit> least_squares(const Residuals& residuals, const Eigen::VectorXd& start,
                                             const LeastSquaresOptions& options);

/// Residuals by coordinates from central differences; one-sided where a side is not allowed, 0 where neither is.
Eigen::MatrixXd difference_jacobian(const Residuals& residuals, const Eigen::VectorXd& point,
                                    const Eigen::VectorXd& at_point, double step);

}  // namespace oligosim
