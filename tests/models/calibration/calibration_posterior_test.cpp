// The posterior against posteriors in closed form, and its checkpoint.
#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/metropolis.hpp"
#include "models/calibration/checkpoint.hpp"
#include "tests/models/calibration/calibration_support.hpp"

namespace oligosim {
namespace {

/// Targets that are linear in the coordinates, with a constant covariance.
struct Linear {
  Eigen::MatrixXd slopes = (Eigen::MatrixXd(3, 2) << 1, 0.5, -0.3, 0.8, 0.2, 0.1).finished();
  Eigen::VectorXd base = (Eigen::VectorXd(3) << 0.2, -0.1, 0.4).finished();
  Eigen::MatrixXd covariance = (Eigen::MatrixXd(3, 3) << 0.25, 0.1, 0, 0.1, 0.16, 0.02, 0, 0.02, 0.09).finished();
  Eigen::VectorXd published = (Eigen::VectorXd(3) << 1.0, 0.5, 0.1).finished();

  PointFit fit() const {
    PointFit f;
    f.coordinates = Eigen::VectorXd::Zero(2);
    f.jacobian = slopes, f.covariance = covariance;
    f.sampling_sd = covariance.diagonal().cwiseSqrt();
    return f;
  }
  Emulator emulator(const CalibrationDesign& design) const {
    std::vector<Eigen::VectorXd> points;
    std::vector<CohortMoments> moments;
    for (std::uint32_t k = 1; k <= 40; ++k) {
      points.push_back(design.point(5, k));
      moments.push_back({100, 100, base + slopes * points.back(), covariance});
    }
    return {design, {false, false, false}, points, moments};
  }
};

TEST(CalibrationPosterior, OracleLinearNormalTargetsGiveTheNormalPosterior) {
  const Linear linear;
  const CalibrationDesign design(linear.fit());
  const Emulator emulator = linear.emulator(design);
  const Eigen::VectorXd u = (Eigen::VectorXd(2) << 0.7, -1.1).finished();
  EXPECT_TRUE(emulator.mean(u).isApprox(linear.base + linear.slopes * u, 1e-10));
  const Eigen::VectorXd apart = linear.published - linear.base - linear.slopes * u;
  Eigen::MatrixXd noise = linear.covariance;
  noise.diagonal() *= 1.001;  // for targets that are nearly functions of each other
  const double naive = -0.5 * std::log(noise.determinant()) - 0.5 * apart.dot(noise.inverse() * apart);
  EXPECT_NEAR(emulator.log_likelihood(u, linear.published), naive, 1e-9);

  const Chain chain = metropolis(
      [&](const Eigen::VectorXd& x) { return emulator.log_likelihood(x, linear.published) - 0.5 * x.squaredNorm(); },
      Eigen::VectorXd::Constant(2, 3), design.covariance(), {200000, 20000, 18000}, Stream(3, 1, Purpose::chain));
  const Eigen::MatrixXd precision =
      linear.slopes.transpose() * noise.inverse() * linear.slopes + Eigen::MatrixXd::Identity(2, 2);
  const Eigen::VectorXd mean =
      precision.inverse() * linear.slopes.transpose() * noise.inverse() * (linear.published - linear.base);
  const Eigen::MatrixXd centred = chain.draws.rowwise() - chain.draws.colwise().mean();
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(centred.rows() - 1);
  EXPECT_NEAR((chain.draws.colwise().mean().transpose() - mean).cwiseAbs().maxCoeff(), 0, 0.02);
  EXPECT_NEAR((covariance - precision.inverse()).cwiseAbs().maxCoeff(), 0, 0.02);
  EXPECT_NEAR(chain.acceptance, 0.234, 0.06);
  EXPECT_TRUE(design.covariance().isApprox(precision.inverse(), 1e-9));
}

// A share with a linear logit, and never seen where it is below 1 in 100, so that its logit there is anything.
TEST(CalibrationPosterior, OracleSharesNeverSeenSayLittleOfTheOthers) {
  PointFit fit;
  fit.coordinates = Eigen::VectorXd::Zero(1);
  fit.jacobian = Eigen::MatrixXd::Constant(1, 1, 0.2), fit.covariance = Eigen::MatrixXd::Constant(1, 1, 0.01);
  fit.sampling_sd = Eigen::VectorXd::Constant(1, 0.1);
  const CalibrationDesign design(fit);
  const auto share = [](double u) { return 1 / (1 + std::exp(2 - 4 * u)); };
  std::vector<Eigen::VectorXd> points;
  std::vector<CohortMoments> moments;
  for (std::uint32_t k = 1; k <= 35; ++k) {  // too few for more than a quadratic function
    points.push_back(design.point(5, k));
    const double p = share(points.back()[0]);
    moments.push_back({100, 100, Eigen::VectorXd::Constant(1, p < 0.01 ? 0 : p), fit.covariance});
  }
  const Emulator emulator(design, {true}, points, moments);
  for (const double u : {-0.4, 0.0, 0.4, 0.8})
    EXPECT_NEAR(emulator.mean(Eigen::VectorXd::Constant(1, u))[0], share(u), 0.01) << u;
}

TEST(CalibrationPosterior, OracleTooFewPointsAreRefused) {
  const Linear linear;
  const CalibrationDesign design(linear.fit());
  const std::vector<Eigen::VectorXd> points(5, design.centre());
  const std::vector<CohortMoments> moments(5, {100, 100, linear.base, linear.covariance});
  EXPECT_THROW(Emulator(design, {false, false, false}, points, moments), std::invalid_argument);
}

const std::string quick = R"(fit: {patients: 20000, coarse_patients: 5000, starts: 2}
posterior: {design_points: 60, cohorts: 200, chains: 3, iterations: 20000, draws: 1000, predictive: 200}
)";

struct Moment {
  double mean = 0, sd = 0;
};

/// Of the synthetic posterior of one parameter, by quadrature over its prior: its own figure is a share of 40 patients,
/// taken as normal.
template <class Parameter, class Share>
Moment by_quadrature(Parameter parameter, Share share, double published) {
  double total = 0, first = 0, second = 0;
  for (double u = -6; u <= 6; u += 0.001) {
    const double x = parameter(u), p = share(x), variance = p * (1 - p) / 40;
    const double w = std::exp(-0.5 * u * u - 0.5 * (published - p) * (published - p) / variance) / std::sqrt(variance);
    total += w, first += w * x, second += w * x * x;
  }
  return {first / total, std::sqrt(second / total - first * first / (total * total))};
}

Moment of_draws(const Calibration& calibration, const Eigen::MatrixXd& draws, std::size_t parameter) {
  double first = 0, second = 0;
  const auto n = static_cast<double>(draws.rows());
  for (const double u : draws.col(static_cast<Eigen::Index>(parameter))) {
    const double x = calibration.parameters[parameter].prior.at(u);
    first += x / n, second += x * x / n;
  }
  return {first, std::sqrt(second - first * first)};
}

Posterior posterior_of(const Calibration& calibration, const TargetSimulator& simulator,
                       const CalibrationDesign& design) {
  std::vector<std::optional<CohortMoments>> bank;
  const std::atomic<bool> stop{false};
  simulate_bank(
      calibration, simulator, design, bank, 2, [](std::size_t) {}, stop);
  return find_posterior(calibration, simulator, design, bank, 2);
}

// Three heights of a Weibull curve, two parameters, and no censoring: multinomial counts of 60 patients, whose normal
// likelihood is summed over a grid. Far from the fit the last height is next to nothing, where its logit is no
// polynomial of low degree.
TEST(CalibrationPosterior, OracleACurvesShapeAndMedianByAGrid) {
  const Calibration calibration = calibration_from(R"(title: weibull
seed: 9
disease: {model: survival, pfs: {median_months: 7, shape: 1}}
trial: {enrollment: {patients: 60, over_months: 12}}
cut_off_month: 40
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses: [{name: km, method: kaplan_meier, endpoint: pfs, at_months: [3, 6, 12]}]
targets:
  - {name: s3, analysis: km, parameter: survival, at: 3, published: 0.75, used_in_fit: true, source: text}
  - {name: s6, analysis: km, parameter: survival, at: 6, published: 0.45, used_in_fit: true, source: text}
  - {name: s12, analysis: km, parameter: survival, at: 12, published: 0.10, used_in_fit: true, source: text}
parameters:
  pfs.median_months: {distribution: lognormal, median: 7, log_sd: 0.5}
  pfs.shape: {distribution: lognormal, median: 1, log_sd: 0.4}
fit: {patients: 40000, coarse_patients: 10000, starts: 2}
posterior: {design_points: 1000, cohorts: 200, chains: 4, iterations: 30000, draws: 4000, predictive: 100}
)");
  const TargetSimulator simulator(calibration, true);
  const CalibrationDesign design(fit_of(calibration));
  const Posterior posterior = posterior_of(calibration, simulator, design);
  EXPECT_LT(posterior.emulator_error.maxCoeff(), 0.1);

  struct Sums {
    double w = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
    void add(double weight, double x, double y) {
      w += weight, a += weight * x, b += weight * y;
      aa += weight * x * x, bb += weight * y * y, ab += weight * x * y;
    }
    double sd_a() const { return std::sqrt(aa / w - a * a / (w * w)); }
    double sd_b() const { return std::sqrt(bb / w - b * b / (w * w)); }
    double correlation() const { return (ab / w - a * b / (w * w)) / (sd_a() * sd_b()); }
  } grid, drawn;
  const Eigen::Vector3d published(0.75, 0.45, 0.10);
  for (double u = -2.5; u <= 1.5; u += 0.01) {  // of the priors' standard deviations
    for (double v = -1.5; v <= 2.7; v += 0.01) {
      const double median = 7 * std::exp(0.5 * u), shape = std::exp(0.4 * v), month[] = {3, 6, 12};
      Eigen::Vector3d s;
      Eigen::Matrix3d covariance;
      for (int i = 0; i < 3; ++i) s[i] = std::exp(-std::log(2) * std::pow(month[i] / median, shape));
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) covariance(i, j) = (s[std::max(i, j)] - s[i] * s[j]) / 60;
      const Eigen::LLT<Eigen::Matrix3d> factor(covariance);
      if (factor.info() != Eigen::Success) continue;
      const double apart = factor.matrixL().solve(published - s).squaredNorm();
      const double root = factor.matrixLLT().diagonal().prod();
      grid.add(std::exp(-0.5 * (u * u + v * v + apart)) / root, u, v);
    }
  }
  const Eigen::MatrixXd draws = posterior.draws();
  for (Eigen::Index k = 0; k < draws.rows(); ++k) drawn.add(1, draws(k, 0), draws(k, 1));
  EXPECT_NEAR(drawn.a / drawn.w, grid.a / grid.w, 0.1 * grid.sd_a());
  EXPECT_NEAR(drawn.b / drawn.w, grid.b / grid.w, 0.1 * grid.sd_b());
  EXPECT_NEAR(drawn.sd_a() / grid.sd_a(), 1, 0.07);
  EXPECT_NEAR(drawn.sd_b() / grid.sd_b(), 1, 0.07);
  EXPECT_NEAR(drawn.correlation(), grid.correlation(), 0.08);
}

TEST(CalibrationPosterior, OracleSharesGetTheirPosteriorsByQuadrature) {
  const Calibration calibration = calibration_from(tiny_targets("", quick));
  const TargetSimulator simulator(calibration, true);
  const PointFit fit = fit_of(calibration);
  const CalibrationDesign design(fit);
  const Posterior posterior = posterior_of(calibration, simulator, design);
  const Eigen::MatrixXd draws = posterior.draws();
  const Prior& share = calibration.parameters[1].prior;
  const Moment p = by_quadrature([&](double u) { return share.at(u); }, [](double x) { return x; }, 0.55);
  const Moment hazard = by_quadrature([](double u) { return 0.06 * std::exp(0.8 * u); },
                                      [](double x) { return std::exp(-12 * x); }, 0.382893);
  const Moment drawn_p = of_draws(calibration, draws, 1), drawn_hazard = of_draws(calibration, draws, 0);
  EXPECT_NEAR(drawn_p.mean, p.mean, 0.1 * p.sd);
  EXPECT_NEAR(drawn_p.sd, p.sd, 0.1 * p.sd);
  EXPECT_NEAR(drawn_hazard.mean, hazard.mean, 0.1 * hazard.sd);
  EXPECT_NEAR(drawn_hazard.sd, hazard.sd, 0.1 * hazard.sd);
  // Prior Beta(2, 2) and 22 of 40 make Beta(24, 20).
  EXPECT_NEAR(drawn_p.mean, 24.0 / 44, 0.015);
  EXPECT_NEAR(drawn_p.sd, std::sqrt(24.0 * 20 / (44.0 * 44 * 45)), 0.015);
  for (const ChainDiagnostics& d : posterior.diagnostics) {
    EXPECT_LT(d.r_hat, 1.01);
    EXPECT_GT(d.effective_size, 300);
  }
  EXPECT_LT(posterior.emulator_error.maxCoeff(), 0.1);
  const std::vector<Predictive> predictive = predict(calibration, simulator, posterior, 2);
  EXPECT_EQ(predictive[1].values.size(), 4000u);
  EXPECT_NEAR(predictive[1].percentile, 50, 6);  // nearly all that is known of it is the figure itself
}

// Three heights of a Weibull curve under wide priors: far out the emulator's surfaces bend back to what was published,
// and a few draws in a thousand had medians twice too long. Moments by quadrature over the exact posterior.
TEST(CalibrationPosterior, OracleNoDrawsWhereTheEmulatorHasNoDesignPoints) {
  const Calibration calibration = calibration_from(R"(title: heights
seed: 6
disease: {os: {median_months: 9, shape: 1.0}}
arms: {a: {}}
trial: {enrollment: {patients: 200, over_months: 12}}
cut_off_month: 40
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: k, method: kaplan_meier, endpoint: os, at_months: [6, 12, 24]}]
targets:
  - {name: S6, analysis: k, parameter: survival, at: 6, published: 0.72, used_in_fit: true, source: x}
  - {name: S12, analysis: k, parameter: survival, at: 12, published: 0.45, used_in_fit: true, source: x}
  - {name: S24, analysis: k, parameter: survival, at: 24, published: 0.15, used_in_fit: true, source: x}
parameters:
  os.median_months: {distribution: lognormal, median: 9, log_sd: 1, between: [1, 60]}
  os.shape: {distribution: lognormal, median: 1, log_sd: 0.7, between: [0.2, 5]}
fit: {patients: 20000, coarse_patients: 5000, starts: 2}
posterior: {design_points: 100, cohorts: 200, chains: 4, iterations: 20000, draws: 1000, predictive: 200}
)");
  const TargetSimulator simulator(calibration, true);
  const CalibrationDesign design(fit_of(calibration));
  const Eigen::MatrixXd draws = posterior_of(calibration, simulator, design).draws();
  const Moment median = of_draws(calibration, draws, 0);
  EXPECT_NEAR(median.mean, 10.76, 0.1);  // by quadrature over a grid: 10.76 and 0.775
  EXPECT_NEAR(median.sd, 0.775, 0.06);
  std::size_t far = 0;
  for (const double u : draws.col(0)) far += calibration.parameters[0].prior.at(u) > 15;
  EXPECT_EQ(far, 0u) << "their share is 1e-6 or less";
}

TEST(CalibrationPosterior, OracleAnyThreadsAndInterruptionsGiveTheSameBytes) {
  const Calibration calibration = calibration_from(tiny_targets(
      "",
      "fit: {patients: 5000, coarse_patients: 2000, cohorts: 200, starts: 1}\nposterior: {design_points: 150, cohorts: "
      "30, chains: 2, iterations: 2000, draws: 50, predictive: 100}\n"));
  const TargetSimulator simulator(calibration, true);
  const PointFit fit = fit_of(calibration);
  const CalibrationDesign design(fit);
  std::atomic<bool> never{false}, stop{false};
  Checkpoint whole{fit, {}}, parts{fit, {}};
  simulate_bank(
      calibration, simulator, design, whole.bank, 3, [](std::size_t) {}, never);
  std::size_t lots = 0;
  simulate_bank(
      calibration, simulator, design, parts.bank, 1, [&](std::size_t) { stop = ++lots == 1; }, stop);
  EXPECT_LT(std::ranges::count_if(parts.bank, [](const auto& m) { return m.has_value(); }), 150);
  const std::string text = parts.text("id");
  Checkpoint resumed = Checkpoint::read(text, "id").value();
  EXPECT_EQ(resumed.text("id"), text);
  simulate_bank(
      calibration, simulator, design, resumed.bank, 2, [](std::size_t) {}, never);
  EXPECT_EQ(resumed.text("id"), whole.text("id"));
  const Posterior a = find_posterior(calibration, simulator, design, whole.bank, 1);
  const Posterior b = find_posterior(calibration, simulator, design, resumed.bank, 2);
  EXPECT_EQ(a.draws(), b.draws());
  EXPECT_EQ(a.emulator_error, b.emulator_error);
}

TEST(CalibrationPosterior, OracleACheckpointOfSomethingElseOrTornIsKnown) {
  PointFit fit;
  fit.coordinates = Eigen::VectorXd::Constant(2, std::numeric_limits<double>::quiet_NaN());
  fit.condition = std::numeric_limits<double>::infinity();
  const std::string text = Checkpoint{fit, {}}.text("a");
  EXPECT_FALSE(Checkpoint::read(text, "b"));
  EXPECT_EQ(Checkpoint::read(text, "a")->text("a"), text);
  EXPECT_THROW(Checkpoint::read(text.substr(0, text.size() - 2), "a"), std::runtime_error);
  EXPECT_THROW(Checkpoint::read(text + "1", "a"), std::runtime_error);
}

}  // namespace
}  // namespace oligosim
