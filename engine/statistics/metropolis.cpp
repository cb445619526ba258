#include "engine/statistics/metropolis.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace oligosim {
namespace {

constexpr double wanted_acceptance = 0.234;

/// The proposal and what it has learnt.
class Proposal {
 public:
  explicit Proposal(const Eigen::MatrixXd& covariance)
      : factor_(covariance.llt().matrixL()),
        mean_(Eigen::VectorXd::Zero(covariance.rows())),
        scatter_(Eigen::MatrixXd::Zero(covariance.rows(), covariance.rows())),
        log_scale_(std::log(2.38 / std::sqrt(static_cast<double>(covariance.rows())))),
        normal_(covariance.rows()) {}

  Eigen::VectorXd from(const Eigen::VectorXd& point, Stream& stream) {
    for (double& z : normal_) z = stream.normal();
    const Eigen::VectorXd step = factor_.triangularView<Eigen::Lower>() * normal_;
    return point + std::exp(log_scale_) * step;
  }

  void learn(const Eigen::VectorXd& point, double acceptance) {
    ++seen_;
    const auto n = static_cast<double>(seen_);
    log_scale_ += (acceptance - wanted_acceptance) / std::pow(n, 0.6);
    const Eigen::VectorXd apart = point - mean_;
    mean_ += apart / n;
    scatter_.noalias() += apart * (point - mean_).transpose();
    const std::size_t enough = 20 * static_cast<std::size_t>(mean_.size());
    if (seen_ < enough || seen_ % 200 != 0) return;
    Eigen::MatrixXd covariance = (scatter_ + scatter_.transpose()) / (2 * n);
    covariance.diagonal().array() += 1e-9 + 1e-6 * covariance.diagonal().maxCoeff();
    factor_ = covariance.llt().matrixL();
  }

  /// Forgets the way from the start.
  void forget() {
    seen_ = 0;
    mean_.setZero();
    scatter_.setZero();
  }

 private:
  Eigen::MatrixXd factor_;
  Eigen::VectorXd mean_;
  Eigen::MatrixXd scatter_;
  double log_scale_;
  Eigen::VectorXd normal_;
  std::size_t seen_ = 0;
};

}  // namespace

Chain metropolis(const std::function<double(const Eigen::VectorXd&)>& log_density, const Eigen::VectorXd& start,
                 const Eigen::MatrixXd& covariance, const ChainOptions& options, Stream stream) {
  Proposal proposal(covariance);
  Eigen::VectorXd point = start;
  double density = log_density(point);
  const std::size_t after = options.iterations - options.burn_in;
  const std::size_t draws = std::min(options.draws, after);
  Chain chain{Eigen::MatrixXd(static_cast<Eigen::Index>(draws), start.size()), 0};
  std::size_t accepted = 0, kept = 0;
  for (std::size_t i = 0; i < options.iterations; ++i) {
    const Eigen::VectorXd candidate = proposal.from(point, stream);
    const double there = log_density(candidate);
    const double acceptance = there > density ? 1 : std::exp(there - density);  // NaN: -infinity to -infinity
    const bool move = stream.uniform() < acceptance;
    if (move) point = candidate, density = there;
    if (i < options.burn_in) {
      proposal.learn(point, std::isnan(acceptance) ? 0 : acceptance);
      if (i == options.burn_in / 4) proposal.forget();
      continue;
    }
    accepted += move;
    const std::size_t done = i - options.burn_in + 1;
    if (kept < draws && done * draws >= (kept + 1) * after) chain.draws.row(static_cast<Eigen::Index>(kept++)) = point;
  }
  chain.acceptance = static_cast<double>(accepted) / static_cast<double>(after);
  return chain;
}

}  // namespace oligosim
