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

constexpr std::size_t highest_degree = 4;
constexpr std::size_t points_a_coefficient = 10;  // at least, where the degree is above 2

std::size_t term_count(std::size_t parameters, std::size_t degree) {
  std::size_t count = 1;
  for (std::size_t d = 1; d <= degree; ++d) count = count * (parameters + d) / d;
  return count;
}

/// Writes all products of so many coordinates from number `from` on, each times `product`, to `next` and behind.
void add_products(const Eigen::VectorXd& v, std::size_t factors, Eigen::Index from, double product, double*& next) {
  if (factors == 0) {
    *next++ = product;
    return;
  }
  for (Eigen::Index a = from; a < v.size(); ++a) add_products(v, factors - 1, a, product * v[a], next);
}

/// The terms of a polynomial: 1, all coordinates, their squares, their products, then those of degree 3 and more.
Eigen::VectorXd polynomial(const Eigen::VectorXd& v, std::size_t degree) {
  const Eigen::Index p = v.size();
  Eigen::VectorXd terms(static_cast<Eigen::Index>(term_count(static_cast<std::size_t>(p), degree)));
  terms[0] = 1;
  terms.segment(1, p) = v;
  terms.segment(1 + p, p) = v.cwiseAbs2();
  double* next = terms.data() + 1 + 2 * p;
  for (Eigen::Index a = 0; a < p; ++a) add_products(v, 1, a + 1, v[a], next);
  for (std::size_t d = 3; d <= degree; ++d) add_products(v, d, 0, 1, next);
  return terms;
}

/// As high as the points can tell.
std::size_t degree_for(std::size_t parameters, std::size_t points) {
  std::size_t degree = 2;
  while (degree < highest_degree && points_a_coefficient * term_count(parameters, degree + 1) <= points) ++degree;
  return degree;
}

/// The mean share in so many cohorts; one that was never seen to happen, or always, a little off that.
double inner(double share, double cohorts) {
  const double least = 0.01 / cohorts;
  return std::clamp(share, least, 1 - least);
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

std::size_t Emulator::coefficients(std::size_t p) { return term_count(p, 2); }

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
  degree_ = degree_for(static_cast<std::size_t>(p), used_);
  Eigen::MatrixXd terms(rows, static_cast<Eigen::Index>(term_count(static_cast<std::size_t>(p), degree_)));
  // A logit of a share p has the error of p over p (1 - p): where it hardly happens the logit is far off, and far from
  // a polynomial, and matters little.
  Eigen::MatrixXd means(rows, targets), weights = Eigen::MatrixXd::Ones(rows, targets), log_sds(rows, targets);
  Eigen::MatrixXd correlation = Eigen::MatrixXd::Zero(targets, targets);
  for (Eigen::Index r = 0; r < rows; ++r) {
    const CohortMoments& m = moments[good[static_cast<std::size_t>(r)]];
    terms.row(r) = polynomial(design.scaled(points[good[static_cast<std::size_t>(r)]]), degree_);
    means.row(r) = m.mean;
    for (Eigen::Index t = 0; t < targets; ++t) {
      if (!share_[static_cast<std::size_t>(t)]) continue;
      const double share_here = inner(m.mean[t], static_cast<double>(m.complete));
      means(r, t) = std::log(share_here / (1 - share_here));
      weights(r, t) = std::sqrt(share_here * (1 - share_here));
    }
    const Eigen::VectorXd sd = m.covariance.diagonal().cwiseSqrt().cwiseMax(1e-6);
    log_sds.row(r) = sd.array().log();
    correlation += sd.cwiseInverse().asDiagonal() * m.covariance * sd.cwiseInverse().asDiagonal();
  }
  mean_.resize(terms.cols(), targets);
  for (Eigen::Index t = 0; t < targets; ++t)
    mean_.col(t) =
        (weights.col(t).asDiagonal() * terms).householderQr().solve(weights.col(t).cwiseProduct(means.col(t)));
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
  Eigen::VectorXd mean = mean_.transpose() * polynomial(design_.scaled(coordinates), degree_);
  to_mean(mean);
  return mean;
}

Eigen::VectorXd Emulator::sd(const Eigen::VectorXd& coordinates) const {
  const Eigen::VectorXd terms = polynomial(design_.scaled(coordinates), 2).head(log_sd_.rows());
  return (log_sd_.transpose() * terms).cwiseMax(smallest_).cwiseMin(largest_).array().exp();
}

double Emulator::log_likelihood(const Eigen::VectorXd& coordinates, const Eigen::VectorXd& published) const {
  const Eigen::VectorXd terms = polynomial(design_.scaled(coordinates), degree_);
  const Eigen::VectorXd log_sd =
      (log_sd_.transpose() * terms.head(log_sd_.rows())).cwiseMax(smallest_).cwiseMin(largest_);
  Eigen::VectorXd mean = mean_.transpose() * terms;
  to_mean(mean);
  const Eigen::VectorXd apart = (published - mean).array() * (-log_sd).array().exp();
  return -log_sd.sum() - log_determinant_ -
         0.5 * correlation_factor_.triangularView<Eigen::Lower>().solve(apart).squaredNorm();
}

}  // namespace oligosim
