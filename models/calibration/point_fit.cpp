#include "models/calibration/point_fit.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "engine/io/number.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "engine/statistics/least_squares.hpp"

namespace oligosim {
namespace {

constexpr double start_spread = 0.7;  // of starts around the file's, in prior standard deviations

std::span<const double> as_span(const Eigen::VectorXd& x) { return {x.data(), static_cast<std::size_t>(x.size())}; }

Eigen::VectorXd published(const TargetSimulator& simulator) {
  Eigen::VectorXd y(static_cast<Eigen::Index>(simulator.targets().size()));
  for (Eigen::Index k = 0; k < y.size(); ++k) y[k] = simulator.targets()[static_cast<std::size_t>(k)].published;
  return y;
}

/// The targets in one large cohort, at several points at once.
class LargeCohort {
 public:
  LargeCohort(const Calibration& calibration, const TargetSimulator& simulator, unsigned threads,
              const std::atomic<bool>& stop)
      : calibration_(calibration), simulator_(simulator), threads_(threads), stop_(stop) {}

  std::vector<std::optional<Eigen::VectorXd>> at(std::span<const Eigen::VectorXd> points, std::size_t patients) const {
    const std::size_t times = std::max<std::size_t>(1, patients / calibration_.patients);
    const Streams streams(derived_key(calibration_.seed, "calibration fit"), 1);
    std::vector<std::optional<Eigen::VectorXd>> all(points.size());
    parallel_for(points.size(), threads_, [&](std::size_t k, Arena& arena) {
      if (stop_) return;
      const auto values = simulator_.at_large(as_span(points[k]), times, streams, arena);
      if (!values || std::ranges::any_of(*values, [](double x) { return !std::isfinite(x); })) return;
      all[k] = Eigen::Map<const Eigen::VectorXd>(values->data(), static_cast<Eigen::Index>(values->size()));
    });
    return all;
  }

 private:
  const Calibration& calibration_;
  const TargetSimulator& simulator_;
  unsigned threads_;
  const std::atomic<bool>& stop_;
};

/// Standardized distances from the published figures, then the pull of the priors.
Residuals residuals(const Calibration& calibration, const LargeCohort& cohort, const Eigen::VectorXd& y,
                    const Eigen::VectorXd& scale, std::size_t patients) {
  return [&calibration, &cohort, &y, &scale, patients](std::span<const Eigen::VectorXd> points) {
    std::vector<std::optional<Eigen::VectorXd>> all = cohort.at(points, patients);
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (!all[k]) continue;
      Eigen::VectorXd r(y.size() + points[k].size());
      r << (*all[k] - y).cwiseQuotient(scale), std::sqrt(calibration.fit.prior_weight) * points[k];
      all[k] = r;
    }
    return all;
  };
}

/// The file's start, then others around it, where the model accepts them.
std::vector<Eigen::VectorXd> starts(const Calibration& calibration, const TargetSimulator& simulator) {
  const std::vector<double> first = calibration.start();
  const auto n = static_cast<Eigen::Index>(first.size());
  std::vector<Eigen::VectorXd> all(calibration.fit.starts, Eigen::Map<const Eigen::VectorXd>(first.data(), n));
  const std::uint64_t key = derived_key(calibration.seed, "calibration starts");
  for (std::size_t s = 1; s < all.size(); ++s) {
    Stream stream(key, static_cast<std::uint32_t>(s), Purpose::design_points);
    for (int tries = 0; tries < 100; ++tries) {
      for (Eigen::Index k = 0; k < n; ++k)
        all[s][k] = first[static_cast<std::size_t>(k)] + start_spread * stream.normal();
      if (simulator.model(as_span(all[s]))) break;
    }
  }
  return all;
}

/// Cohorts by turns over the threads, added up in the order of their numbers.
CohortMoments moments_in_parallel(const Calibration& calibration, const TargetSimulator& simulator,
                                  const Eigen::VectorXd& point, unsigned threads) {
  const std::uint64_t key = derived_key(calibration.seed, "calibration cohorts");
  constexpr std::size_t batch = 100;
  std::vector<CohortMoments> parts((calibration.fit.cohorts + batch - 1) / batch);
  parallel_for(parts.size(), threads, [&](std::size_t k, Arena& arena) {
    const std::size_t here = std::min(batch, calibration.fit.cohorts - k * batch);
    parts[k] = cohort_moments(simulator, as_span(point), key, static_cast<std::uint32_t>(k * batch + 1), here, arena);
  });
  CohortMoments all = parts.front();
  for (std::size_t k = 1; k < parts.size(); ++k) {
    const auto a = static_cast<double>(all.complete), b = static_cast<double>(parts[k].complete);
    all.simulated += parts[k].simulated;
    if (b == 0) continue;
    const Eigen::VectorXd apart = parts[k].mean - all.mean;
    all.covariance = (all.covariance * std::max(a - 1, 0.0) + parts[k].covariance * (b - 1) +
                      apart * apart.transpose() * (a * b / (a + b))) /
                     (a + b - 1);
    all.mean += apart * (b / (a + b));
    all.complete += parts[k].complete;
  }
  return all;
}

/// The coordinates of the parameters as the fitted disease file will have them, rounded.
Eigen::VectorXd as_written(const Calibration& calibration, Eigen::VectorXd point) {
  for (std::size_t k = 0; k < calibration.parameters.size(); ++k) {
    const Prior& prior = calibration.parameters[k].prior;
    double& u = point[static_cast<Eigen::Index>(k)];
    u = prior.coordinate(written(prior.at(u)));
  }
  return point;
}

/// By how much the distance of each target counts for more.
Eigen::VectorXd weights(const TargetSimulator& simulator) {
  Eigen::VectorXd w(static_cast<Eigen::Index>(simulator.targets().size()));
  for (Eigen::Index k = 0; k < w.size(); ++k) w[k] = simulator.targets()[static_cast<std::size_t>(k)].weight;
  return w;
}

/// A target that no cohort varies in would weigh without end: a floor of half of what one patient changes.
Eigen::VectorXd standard_deviations(const CohortMoments& moments, std::size_t patients) {
  return moments.covariance.diagonal().cwiseSqrt().cwiseMax(0.5 / static_cast<double>(patients));
}

}  // namespace

double written(double parameter) { return std::strtod(rounded(parameter, 6).c_str(), nullptr); }

CohortMoments cohort_moments(const TargetSimulator& simulator, std::span<const double> coordinates, std::uint64_t key,
                             std::uint32_t first, std::size_t cohorts, Arena& arena) {
  const auto n = static_cast<Eigen::Index>(simulator.targets().size());
  CohortMoments moments{0, cohorts, Eigen::VectorXd::Zero(n), Eigen::MatrixXd::Zero(n, n)};
  const std::optional<CohortModel> model = simulator.model(coordinates);
  if (!model) return moments;
  Eigen::VectorXd values(n), apart(n);
  for (std::size_t c = 0; c < cohorts; ++c) {
    const Arena::Scope scope(arena);
    simulator.simulate(*model, Streams(key, first + static_cast<std::uint32_t>(c)), arena,
                       {values.data(), static_cast<std::size_t>(n)});
    if (!values.allFinite()) continue;
    ++moments.complete;
    const auto count = static_cast<double>(moments.complete);
    apart = values - moments.mean;
    moments.mean += apart / count;
    moments.covariance.noalias() += apart * apart.transpose() * ((count - 1) / count);
  }
  if (moments.complete > 1) moments.covariance /= static_cast<double>(moments.complete - 1);
  for (Eigen::Index r = 0; r < n; ++r)
    for (Eigen::Index c = 0; c < r; ++c) moments.covariance(c, r) = moments.covariance(r, c);  // to the bit
  return moments;
}

PointFit fit_point(const Calibration& calibration, const TargetSimulator& simulator, unsigned threads,
                   const std::function<void(const std::string&)>& report, const std::atomic<bool>& stop) {
  const FitSettings& settings = calibration.fit;
  const Eigen::VectorXd y = published(simulator);
  const LargeCohort cohort(calibration, simulator, threads, stop);
  const std::vector<Eigen::VectorXd> begin = starts(calibration, simulator);
  const LeastSquaresOptions options{.iterations = settings.iterations};

  CohortMoments moments = moments_in_parallel(calibration, simulator, begin.front(), threads);
  if (moments.complete < settings.cohorts / 2)
    throw InputError(
        "parameters: at their start the disease model gives too few cohorts in which all targets are "
        "defined (" +
        std::to_string(moments.complete) + " of " + std::to_string(settings.cohorts) + ")\n");
  const Eigen::VectorXd weight = weights(simulator);
  Eigen::VectorXd sd = standard_deviations(moments, calibration.patients);
  Eigen::VectorXd scale = sd.cwiseQuotient(weight.cwiseSqrt());
  const auto distance_of = [&](const Eigen::VectorXd& r) {
    return r.head(y.size()).cwiseAbs2().cwiseQuotient(weight).sum();
  };
  PointFit fit;
  std::optional<LeastSquaresFit> best;
  for (std::size_t s = 0; s < begin.size() && !stop; ++s) {
    const auto own =
        least_squares(residuals(calibration, cohort, y, scale, settings.coarse_patients), begin[s], options);
    if (!own) continue;
    const double distance = distance_of(own->residuals);
    fit.starts.push_back({distance, {own->point.data(), own->point.data() + own->point.size()}});
    report("start " + std::to_string(s + 1) + " of " + std::to_string(begin.size()) + ": distance " +
           rounded(distance, 4) + " after " + std::to_string(own->iterations) + " iterations");
    if (!best || own->sum_of_squares < best->sum_of_squares) best = own;
  }
  if (stop || !best) return fit;

  moments = moments_in_parallel(calibration, simulator, best->point, threads);
  sd = standard_deviations(moments, calibration.patients);
  scale = sd.cwiseQuotient(weight.cwiseSqrt());
  const Residuals large = residuals(calibration, cohort, y, scale, settings.patients);
  const auto refined = least_squares(large, best->point, options);
  if (stop || !refined) return fit;
  fit.coordinates = as_written(calibration, refined->point);
  fit.converged = refined->converged;
  const Eigen::VectorXd r = large({&fit.coordinates, 1}).front().value_or(refined->residuals);
  const Eigen::MatrixXd slopes = difference_jacobian(large, fit.coordinates, r, options.step);
  if (stop) return fit;
  fit.sampling_sd = sd;
  fit.fitted = y + r.head(y.size()).cwiseProduct(scale);
  fit.jacobian = scale.asDiagonal() * slopes.topRows(y.size());
  fit.distance = distance_of(r);
  fit.penalty = r.tail(fit.coordinates.size()).squaredNorm();
  fit.gradient = (2 * slopes.transpose() * r).cwiseAbs().maxCoeff();
  fit.covariance = moments_in_parallel(calibration, simulator, fit.coordinates, threads).covariance;
  const Eigen::MatrixXd normal = slopes.transpose() * slopes;
  const Eigen::VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(normal).eigenvalues();
  fit.condition = eigenvalues.maxCoeff() / std::max(eigenvalues.minCoeff(), 1e-300);
  report("fit: distance " + rounded(fit.distance, 4) + " after " + std::to_string(refined->iterations) +
         " iterations on " + std::to_string(settings.patients) + " patients");
  return fit;
}

Eigen::MatrixXd fisher_information(const PointFit& fit) {
  // Targets that are nearly functions of each other would make the covariance singular: a thousandth of each variance.
  Eigen::MatrixXd covariance = fit.covariance;
  covariance.diagonal() += 1e-3 * fit.sampling_sd.cwiseAbs2();
  return fit.jacobian.transpose() * covariance.ldlt().solve(fit.jacobian);
}

}  // namespace oligosim
