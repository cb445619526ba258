#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>

#include "engine/random/stream.hpp"

namespace oligosim {

struct ChainOptions {
  std::size_t iterations = 50000;
  std::size_t burn_in = 10000;  // of them: the proposal is learnt, nothing is kept
  std::size_t draws = 1000;     // kept, evenly spaced, of the others
};

struct Chain {
  Eigen::MatrixXd draws;  // a row a draw
  double acceptance = 0;  // after the burn-in
};

/// Random-walk Metropolis sampling. During the burn-in the covariance of the proposal follows the chain's (Haario,
/// Saksman and Tamminen 2001) and its scale the acceptance of 0.234 (Roberts and Rosenthal 2009); from then on both
/// stay as they are, so that the chain has the density as its limit. `log_density` up to a constant; -infinity where
/// the density is 0. `covariance`: a first guess, positive definite.
Chain metropolis(const std::function<double(const Eigen::VectorXd&)>& log_density, const Eigen::VectorXd& start,
                 const Eigen::MatrixXd& covariance, const ChainOptions& options, Stream stream);

}  // namespace oligosim
