#include "engine/statistics/least_squares.hpp"

#include <Eigen/Cholesky>
#include <algorithm>

namespace oligosim {
namespace {

// Dampings tried in each iteration, as multiples of the current one.
constexpr double factors[] = {0.1, 1, 10, 100};

Eigen::VectorXd move(const LeastSquaresFit& at, double damping, double longest) {
  Eigen::MatrixXd normal = at.jacobian.transpose() * at.jacobian;
  // A coordinate that no residual depends on is not moved.
  for (Eigen::Index k = 0; k < normal.rows(); ++k) normal(k, k) += damping * std::max(normal(k, k), 1e-8);
  const Eigen::VectorXd step = -normal.ldlt().solve(at.jacobian.transpose() * at.residuals);
  const double largest = step.cwiseAbs().maxCoeff();
  return largest > longest ? Eigen::VectorXd(step * (longest / largest)) : step;
}

}  // namespace

Eigen::MatrixXd difference_jacobian(const Residuals& residuals, const Eigen::VectorXd& point,
                                    const Eigen::VectorXd& at_point, double step) {
  std::vector<Eigen::VectorXd> sides;
  for (Eigen::Index k = 0; k < point.size(); ++k)
    for (const double side : {step, -step}) {
      sides.push_back(point);
      sides.back()[k] += side;
    }
  const std::vector<std::optional<Eigen::VectorXd>> values = residuals(sides);
  Eigen::MatrixXd jacobian = Eigen::MatrixXd::Zero(at_point.size(), point.size());
  for (Eigen::Index k = 0; k < point.size(); ++k) {
    const auto &above = values[2 * static_cast<std::size_t>(k)], &below = values[2 * static_cast<std::size_t>(k) + 1];
    if (!above && !below) continue;
    jacobian.col(k) = ((above ? *above : at_point) - (below ? *below : at_point)) / (above && below ? 2 * step : step);
  }
  return jacobian;
}

std::optional<LeastSquaresFit> least_squares(const Residuals& residuals, const Eigen::VectorXd& start,
                                             const LeastSquaresOptions& options) {
  const std::optional<Eigen::VectorXd> first = residuals({&start, 1}).front();
  if (!first) return {};
  LeastSquaresFit fit{.point = start, .residuals = *first, .jacobian = {}, .sum_of_squares = first->squaredNorm()};
  double damping = 0.01;
  bool moved = true;
  while (fit.iterations < options.iterations) {
    ++fit.iterations;
    if (moved) fit.jacobian = difference_jacobian(residuals, fit.point, fit.residuals, options.step);
    std::vector<Eigen::VectorXd> candidates;
    for (const double factor : factors)
      candidates.push_back(fit.point + move(fit, damping * factor, options.longest_move));
    const auto values = residuals(candidates);
    std::optional<std::size_t> best;
    for (std::size_t k = 0; k < candidates.size(); ++k)
      if (values[k] && (!best || values[k]->squaredNorm() < values[*best]->squaredNorm())) best = k;
    if (!best || !(values[*best]->squaredNorm() < fit.sum_of_squares)) {
      if (damping > 1e4) break;
      fit.converged = best && damping >= 1;  // even a short step downhill gains nothing
      if (fit.converged) break;
      damping = std::max(damping * 100, 1.0);
      moved = false;
      continue;
    }
    const double gained = 1 - values[*best]->squaredNorm() / fit.sum_of_squares;
    damping = std::clamp(damping * factors[*best], 1e-6, 1e6);
    moved = true;
    fit.point = candidates[*best];
    fit.residuals = *values[*best];
    fit.sum_of_squares = fit.residuals.squaredNorm();
    fit.converged = gained < options.tolerance;
    if (fit.converged) break;
  }
  return fit;
}

}  // namespace oligosim
