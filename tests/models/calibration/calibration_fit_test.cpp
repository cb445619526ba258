// The point fit on a cohort whose figures have closed forms.
#include <cmath>

#include "tests/models/calibration/calibration_support.hpp"

namespace oligosim {
namespace {

const std::string no_ridge = "fit: {patients: 100000, coarse_patients: 20000, prior_weight: 0, starts: 3}\n";

TEST(CalibrationFit, OracleClosedFormParametersAreFound) {
  const Calibration calibration = calibration_from(tiny_targets("", no_ridge));
  const PointFit fit = fit_of(calibration);
  ASSERT_EQ(fit.coordinates.size(), 2);
  const ParameterValues values = calibration.values({fit.coordinates.data(), 2});
  // S(12) = exp(-12 h) = 0.382893: h = 0.08. Errors of the fitted values are those of 100 000 patients.
  const double s = 0.382893, hazard = -std::log(s) / 12;
  EXPECT_NEAR(values[0].second, hazard, 4 * std::sqrt(s * (1 - s) / 1e5) / (12 * s));
  EXPECT_NEAR(values[1].second, 0.55, 4 * std::sqrt(0.55 * 0.45 / 1e5));
  EXPECT_LT(fit.distance, 1e-3);
  EXPECT_TRUE(fit.converged);
  EXPECT_EQ(fit.starts.size(), 3u);
  for (const PointFit::Start& start : fit.starts) {
    EXPECT_LT(start.distance, 1e-2);
    for (Eigen::Index k = 0; k < 2; ++k)
      EXPECT_NEAR(start.coordinates[static_cast<std::size_t>(k)], fit.coordinates[k], 0.1);
  }
}

TEST(CalibrationFit, OracleSamplingVariationAndSlopesAreClosedForms) {
  const Calibration calibration = calibration_from(tiny_targets("", no_ridge));
  const PointFit fit = fit_of(calibration);
  const ParameterValues values = calibration.values({fit.coordinates.data(), 2});
  const double hazard = values[0].second, p = values[1].second, s = std::exp(-12 * hazard);
  EXPECT_NEAR(fit.sampling_sd[0], std::sqrt(s * (1 - s) / 40), 0.07 * fit.sampling_sd[0]);  // 2000 cohorts: 1.6 %
  EXPECT_NEAR(fit.sampling_sd[1], std::sqrt(p * (1 - p) / 40), 0.07 * fit.sampling_sd[1]);
  EXPECT_NEAR(fit.covariance(0, 1) / (fit.sampling_sd[0] * fit.sampling_sd[1]), 0, 0.1);
  // hazard = 0.06 exp(0.8 u)
  EXPECT_NEAR(fit.jacobian(0, 0), -12 * hazard * 0.8 * s, 0.02);
  EXPECT_NEAR(fit.jacobian(0, 1), 0, 1e-12);
  EXPECT_NEAR(fit.jacobian(1, 0), 0, 1e-12);
  EXPECT_GT(fit.jacobian(1, 1), 0.1);
}

TEST(CalibrationFit, OracleTheRidgeHoldsWhatNoTargetMoves) {
  const Calibration calibration = calibration_from(
      tiny_targets("",
                   "  os.cured: {distribution: beta, alpha: 1, beta: 9, start: 0.02}\nfit: {patients: 20000, "
                   "prior_weight: 0.02, starts: 1}\n"));
  const PointFit fit = fit_of(calibration);
  // Two parameters shape one survival figure: the fit reaches it, and the ridge decides between them.
  EXPECT_LT(fit.distance, 0.2);
  EXPECT_GT(fit.penalty, 0);
  EXPECT_LT(fit.coordinates.cwiseAbs().maxCoeff(), 2);
}

TEST(CalibrationFit, OracleTheSameNumbersForAnyThreads) {
  const Calibration calibration =
      calibration_from(tiny_targets("", "fit: {patients: 10000, coarse_patients: 2000, cohorts: 250, starts: 2}\n"));
  const PointFit one = fit_of(calibration, 1), three = fit_of(calibration, 3);
  EXPECT_EQ(one.coordinates, three.coordinates);
  EXPECT_EQ(one.fitted, three.fitted);
  EXPECT_EQ(one.covariance, three.covariance);
  EXPECT_EQ(one.jacobian, three.jacobian);
}

TEST(CalibrationFit, OracleTestsAndCountsAreBroughtBackToThePublishedSize) {
  const std::string text = R"(title: two arms
disease: {model: survival, os: {hazard_per_month: 0.06}}
arms: {control: {}, treated: {effects: {os: {hazard_ratio: 0.5}}}}
trial: {enrollment: {patients: 200, over_months: 12}}
cut_off_month: 36
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: test, method: log_rank, endpoint: os, by: arm}, {name: os, method: kaplan_meier, endpoint: os}]
targets:
  - {name: p, source: text, analysis: test, published_p: 0.05, favours: later, used_in_fit: true}
  - {name: events, source: text, analysis: os, field: n_events, published: 120, used_in_fit: true}
parameters: {os.hazard_per_month: {distribution: lognormal, median: 0.06, log_sd: 0.5}}
)";
  const Calibration calibration = calibration_from(text);
  EXPECT_NEAR(calibration.targets[0].published, 1.959963984540054, 1e-12);
  const TargetSimulator simulator(calibration, true);
  Arena arena;
  const std::vector<double> start = calibration.start();
  const std::vector<double> large = simulator.at_large(start, 500, Streams(1, 1), arena).value();
  const CohortMoments small = cohort_moments(simulator, start, 2, 1, 1000, arena);
  EXPECT_EQ(small.complete, 1000u);
  EXPECT_NEAR(large[0], small.mean[0], 0.15);  // standard error 0.03; the normal statistic is not quite linear
  EXPECT_NEAR(large[1], small.mean[1], 1);
}

}  // namespace
}  // namespace oligosim
