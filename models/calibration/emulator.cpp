#include "models/calibration/emulator.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace oligosim {
namespace {

constexpr double widening = 1.4;  // of the design against the Laplace approximation, in standard deviations

/// 1, all coordinates, their squares, their products.
Eigen::VectorXd quadratic(const Eigen::VectorXd& v) {
  const Eigen::Index p = v.size();
  Eigen::VectorXd terms(1 + 2 * p + p * (p - 1) / 2);
  terms << 1, v, v.cwiseAbs2(), Eigen::VectorXd(p * (p - 1) / 2);
  Eigen::Index next = 1 + 2 * p;
  for (Eigen::Index a = 0; a < p; ++a)
    for (Eigen::Index b = a + 1; b < p; ++b) terms[next++] = v[a] * v[b];
  return terms;
}

/// Of the mean share in so many cohorts; a share that was never seen to happen, or always, stays finite.
double logit(double share, double cohorts) {
  const double least = 0.01 / cohorts;
  const double p = std::clamp(share, least, 1 - least);
  return std::log(p / (1 - p));
}

/// The first of them, without products.
Eigen::Index additive_terms(Eigen::Index p) { return 1 + 2 * p; }

}  // namespace

CalibrationDesign::CalibrationDesign(const PointFit& fit) : centre_(fit.coordinates) {
  const Eigen::Index p = centre_.size();
  const Eigen::MatrixXd precision = fisher_information(fit) + Eigen::MatrixXd::Identity(p, p);
  covariance_ = precision.ldlt().solve(Eigen::MatrixXd::Identity(p, p));
  factor_ = widening * Eigen::MatrixXd(covariance_.llt().matrixL());
}

Eigen::VectorXd CalibrationDesign::point(std::uint64_t key, std::uint32_t k) const {
  Stream stream(key, k, Purpose::design_points);
  Eigen::VectorXd z(centre_.size());
  for (double& x : z) x = stream.normal();
  return centre_ + factor_ * z;
}

Eigen::VectorXd CalibrationDesign::scaled(const Eigen::VectorXd& coordinates) const {
  return factor_.triangularView<Eigen::Lower>().solve(coordinates - centre_);
}

std::size_t Emulator::coefficients(std::size_t p) { return 1 + 2 * p + p * (p - 1) / 2; }

Emulator::Emulator(const CalibrationDesign& design, std::vector<bool> share, const std::vector<Eigen::VectorXd>& points,
                   const std::vector<CohortMoments>& moments)
    : design_(design), share_(std::move(share)) {
  std::vector<std::size_t> good;
  for (std::size_t k = 0; k < points.size(); ++k)
    if (moments[k].complete >= 10 && 2 * moments[k].complete >= moments[k].simulated) good.push_back(k);
  used_ = good.size();
  const auto rows = static_cast<Eigen::Index>(used_);
  const Eigen::Index p = design.centre().size(), targets = moments.empty() ? 0 : moments.front().mean.size();
  if (used_ < coefficients(static_cast<std::size_t>(p)))
    throw std::invalid_argument("too few design points for a quadratic emulator");
  Eigen::MatrixXd terms(rows, static_cast<Eigen::Index>(coefficients(static_cast<std::size_t>(p))));
  Eigen::MatrixXd means(rows, targets), log_sds(rows, targets);
  Eigen::MatrixXd correlation = Eigen::MatrixXd::Zero(targets, targets);
  for (Eigen::Index r = 0; r < rows; ++r) {
    const CohortMoments& m = moments[good[static_cast<std::size_t>(r)]];
    terms.row(r) = quadratic(design.scaled(points[good[static_cast<std::size_t>(r)]]));
    means.row(r) = m.mean;
    for (Eigen::Index t = 0; t < targets; ++t)
      if (share_[static_cast<std::size_t>(t)]) means(r, t) = logit(m.mean[t], static_cast<double>(m.complete));
    const Eigen::VectorXd sd = m.covariance.diagonal().cwiseSqrt().cwiseMax(1e-6);
    log_sds.row(r) = sd.array().log();
    correlation += sd.cwiseInverse().asDiagonal() * m.covariance * sd.cwiseInverse().asDiagonal();
  }
  mean_ = terms.householderQr().solve(means);
  log_sd_ = terms.leftCols(additive_terms(p)).householderQr().solve(log_sds);
  smallest_ = log_sds.colwise().minCoeff();
  largest_ = log_sds.colwise().maxCoeff();
  correlation /= static_cast<double>(rows);
  correlation.diagonal().setConstant(1.001);  // targets that are nearly functions of each other
  correlation_factor_ = correlation.llt().matrixL();
  log_determinant_ = correlation_factor_.diagonal().array().log().sum();
}

void Emulator::to_mean(Eigen::VectorXd& linear) const {
  for (std::size_t t = 0; t < share_.size(); ++t) {
    double& x = linear[static_cast<Eigen::Index>(t)];
    if (share_[t]) x = 1 / (1 + std::exp(-x));
  }
}

Eigen::VectorXd Emulator::mean(const Eigen::VectorXd& coordinates) const {
  Eigen::VectorXd mean = mean_.transpose() * quadratic(design_.scaled(coordinates));
  to_mean(mean);
  return mean;
}

Eigen::VectorXd Emulator::sd(const Eigen::VectorXd& coordinates) const {
  const Eigen::VectorXd terms = quadratic(design_.scaled(coordinates)).head(log_sd_.rows());
  return (log_sd_.transpose() * terms).cwiseMax(smallest_).cwiseMin(largest_).array().exp();
}

double Emulator::log_likelihood(const Eigen::VectorXd& coordinates, const Eigen::VectorXd& published) const {
  const Eigen::VectorXd terms = quadratic(design_.scaled(coordinates));
  const Eigen::VectorXd log_sd =
      (log_sd_.transpose() * terms.head(log_sd_.rows())).cwiseMax(smallest_).cwiseMin(largest_);
  Eigen::VectorXd mean = mean_.transpose() * terms;
  to_mean(mean);
  const Eigen::VectorXd apart = (published - mean).array() * (-log_sd).array().exp();
  return -log_sd.sum() - log_determinant_ -
         0.5 * correlation_factor_.triangularView<Eigen::Lower>().solve(apart).squaredNorm();
}

}  // namespace oligosim
