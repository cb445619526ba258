#include "models/calibration/findings.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {
namespace {

constexpr double as_wide = 0.9;      // of the prior's standard deviation
constexpr double little_told = 0.1;  // information against the prior's
constexpr double large_error = 0.2;  // of the emulator, in sampling standard deviations
constexpr double large_part = 0.35;  // of a direction: its entries worth naming

bool is_limit(const Target& t) { return t.field == TargetField::lower || t.field == TargetField::upper; }

/// Quantile of ascending values, linear between neighbours (type 7).
double quantile(const std::vector<double>& ascending, double p) {
  const double place = p * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

/// Standard deviation of each target in cohorts at the fit; NaN where it is not finite in half of them or more.
std::vector<double> standard_deviations(const Calibration& calibration, const TargetSimulator& all, const PointFit& fit,
                                        unsigned threads) {
  const std::uint64_t key = derived_key(calibration.seed, "calibration checks");
  const std::size_t n = all.targets().size(), cohorts = calibration.fit.cohorts;
  const std::span<const double> point{fit.coordinates.data(), static_cast<std::size_t>(fit.coordinates.size())};
  const std::optional<CohortModel> model = all.model(point);
  std::vector<double> values(n * cohorts, missing), sds(n, missing);
  if (!model) return sds;
  parallel_for(cohorts, threads, [&](std::size_t c, Arena& arena) {
    all.simulate(*model, Streams(key, static_cast<std::uint32_t>(c + 1)), arena, {values.data() + c * n, n});
  });
  for (std::size_t t = 0; t < n; ++t) {
    double count = 0, mean = 0, squares = 0;
    for (std::size_t c = 0; c < cohorts; ++c) {
      const double x = values[c * n + t];
      if (!std::isfinite(x)) continue;
      const double apart = x - mean;
      mean += apart / ++count;
      squares += apart * (x - mean);
    }
    if (2 * count > static_cast<double>(cohorts)) sds[t] = std::sqrt(squares / (count - 1));
  }
  return sds;
}

std::string direction_text(const Calibration& calibration, const Eigen::VectorXd& direction) {
  std::string text;
  for (Eigen::Index k = 0; k < direction.size(); ++k) {
    if (std::abs(direction[k]) < large_part) continue;
    const std::string sign = text.empty() ? "" : direction[k] < 0 ? " - " : " + ";  // the first is positive
    text += sign + rounded(std::abs(direction[k]), 2) + " " + calibration.parameters[static_cast<std::size_t>(k)].path;
  }
  return text;
}

/// With the first entry that is worth naming positive, whatever sign the eigenvector came with.
Eigen::VectorXd oriented(Eigen::VectorXd direction) {
  for (const double x : direction)
    if (std::abs(x) >= large_part) return x < 0 ? Eigen::VectorXd(-direction) : direction;
  return direction;
}

}  // namespace

std::string target_text(const Target& target, double on_scale) {
  if (std::isnan(on_scale)) return "NA";
  if (std::isinf(on_scale)) return on_scale > 0 ? "not reached" : "-∞";
  return rounded(target.printed(on_scale), 4);
}

std::vector<TargetResult> compare_targets(const Calibration& calibration, const TargetSimulator& all,
                                          const PointFit& fit, std::vector<Predictive> predictive, unsigned threads) {
  Arena arena;
  const std::size_t times = std::max<std::size_t>(1, calibration.fit.patients / calibration.patients);
  const Streams streams(derived_key(calibration.seed, "calibration fit"), 1);
  const std::span<const double> point{fit.coordinates.data(), static_cast<std::size_t>(fit.coordinates.size())};
  const auto large = all.at_large(point, times, streams, arena);
  const std::vector<double> sds = standard_deviations(calibration, all, fit, threads);
  std::vector<TargetResult> results;
  Eigen::Index used = 0;
  for (std::size_t t = 0; t < all.targets().size(); ++t) {
    TargetResult r{.target = all.targets()[t], .predictive = std::move(predictive[t])};
    if (r.target.used_in_fit) {
      r.fitted = fit.fitted[used];
      r.sampling_sd = fit.sampling_sd[used++];
    } else {
      if (large && !is_limit(r.target)) r.fitted = (*large)[t];
      r.sampling_sd = sds[t];
    }
    const double apart = r.target.published - r.fitted;
    if (std::isfinite(apart) && r.sampling_sd > 0) r.z = apart / r.sampling_sd;
    results.push_back(std::move(r));
  }
  return results;
}

std::vector<ParameterSummary> summarize_parameters(const Calibration& calibration, const Posterior& posterior) {
  const Eigen::MatrixXd draws = posterior.draws();
  constexpr double z = 1.959963984540054;
  std::vector<ParameterSummary> summaries;
  for (std::size_t k = 0; k < calibration.parameters.size(); ++k) {
    const auto column = draws.col(static_cast<Eigen::Index>(k));
    std::vector<double> u(column.begin(), column.end());
    std::sort(u.begin(), u.end());
    const Prior& prior = calibration.parameters[k].prior;
    ParameterSummary s;
    s.coordinate_median = quantile(u, 0.5), s.coordinate_lower = quantile(u, 0.025);
    s.coordinate_upper = quantile(u, 0.975);
    s.median = prior.at(s.coordinate_median), s.lower = prior.at(s.coordinate_lower);
    s.upper = prior.at(s.coordinate_upper);
    s.prior_median = prior.at(0), s.prior_lower = prior.at(-z), s.prior_upper = prior.at(z);
    s.sd_ratio = std::sqrt((column.array() - column.mean()).square().sum() / static_cast<double>(u.size() - 1));
    summaries.push_back(s);
  }
  return summaries;
}

std::vector<std::string> not_identified(const Calibration& calibration, const CalibrationResult& result) {
  std::vector<std::string> sentences;
  const std::vector<ParameterSummary> summaries = summarize_parameters(calibration, result.posterior);
  for (std::size_t k = 0; k < summaries.size(); ++k) {
    const std::string& path = calibration.parameters[k].path;
    if (result.fit.jacobian.col(static_cast<Eigen::Index>(k)).isZero()) {
      sentences.push_back(path + ": no target used in the fit depends on it.");
    } else if (summaries[k].sd_ratio > as_wide) {
      sentences.push_back(path + ": the posterior is as wide as the prior (" + rounded(100 * summaries[k].sd_ratio, 3) +
                          " % of its standard deviation).");
    }
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(fisher_information(result.fit));
  std::size_t weak = 0;
  for (const double value : eigen.eigenvalues()) weak += value < little_told;
  if (weak == 0) return sentences;
  sentences.push_back("Of " + std::to_string(summaries.size()) + " independent directions of the parameters, the " +
                      "figures tell less than a tenth of what the priors do in " + std::to_string(weak) +
                      ". The weakest, in prior standard deviations:");
  for (Eigen::Index k = 0; k < static_cast<Eigen::Index>(std::min<std::size_t>(weak, 5)); ++k)
    sentences.push_back(direction_text(calibration, oriented(eigen.eigenvectors().col(k))) + " (information " +
                        rounded(std::max(eigen.eigenvalues()[k], 0.0), 2) + ", prior 1).");
  return sentences;
}

std::vector<std::string> not_reconciled(const CalibrationResult& result) {
  std::vector<std::string> sentences;
  for (const TargetResult& r : result.targets) {
    // A figure that no parameter was fitted to may be far from the fit only because a parameter is hardly known.
    const bool far = r.target.used_in_fit && std::abs(r.z) > 1;
    const bool outside = r.predictive.percentile < 1 || r.predictive.percentile > 99;
    if (!far && !outside) continue;
    std::string text = r.target.name + ": published " + target_text(r.target, r.target.published);
    if (!std::isnan(r.fitted)) text += ", fitted " + target_text(r.target, r.fitted);
    if (far) text += ", " + rounded(std::abs(r.z), 2) + " sampling standard deviations apart";
    if (outside) text += ", at " + rounded(r.predictive.percentile, 2) + " % of the predictive distribution";
    sentences.push_back(text + (r.target.used_in_fit ? "." : " (a check)."));
  }
  return sentences;
}

std::string doubtful_posterior(const CalibrationResult& result) {
  const Eigen::VectorXd& error = result.posterior.emulator_error;
  Eigen::Index worst = 0;
  if (error.hasNaN()) return "Hardly a cohort at draws of the posterior has all targets: it is not to be relied on.";
  if (error.maxCoeff(&worst) <= large_error) return "";
  std::vector<std::string> fitted;
  for (const TargetResult& r : result.targets)
    if (r.target.used_in_fit) fitted.push_back(r.target.name);
  return "The emulator is off by " + rounded(error[worst], 2) + " sampling standard deviations of " +
         fitted[static_cast<std::size_t>(worst)] +
         ": the posterior is not to be relied on (more posterior.design_points and posterior.cohorts; narrower "
         "priors).";
}

}  // namespace oligosim
