// Parameters drawn from the prior, a cohort simulated with them, its figures taken as published: the parameters lie in
// the posterior's intervals as often as these say (Cook, Gelman and Rubin 2006).
#include <algorithm>

#include "engine/io/number.hpp"
#include "tests/models/calibration_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t repeats = 80;

std::string with_figures(double survival, double response) {
  std::string text = tiny_targets(
      "",
      "fit: {patients: 20000, coarse_patients: 5000, cohorts: 500, starts: 1}\nposterior: {design_points: 60, cohorts: "
      "200, chains: 2, iterations: 10000, draws: 500, predictive: 100}\n");
  const auto put = [&](const std::string& old, const std::string& now) {
    text.replace(text.find(old), old.size(), now);
  };
  put("0.382893", shortest(survival));
  put("[22, 40]", shortest(response));
  return text;
}

TEST(CalibrationRecovery, OracleIntervalsCoverParametersDrawnFromThePrior) {
  const Calibration prior = calibration_from(with_figures(0.4, 0.5));
  const TargetSimulator simulator(prior, true);
  std::size_t covered[2] = {0, 0}, done = 0;
  for (std::uint32_t r = 1; r <= repeats; ++r) {
    Stream stream(99, r, Purpose::design_points);
    const std::vector<double> truth = {stream.normal(), stream.normal()};
    Arena arena;
    double figures[2];
    simulator.simulate(simulator.model(truth).value(), Streams(17, r), arena, figures);
    // Figures at the edge have no spread left; what is asked is how intervals cover elsewhere.
    if (std::ranges::any_of(figures, [](double x) { return !(x > 0.05 && x < 0.95); })) continue;
    ++done;
    const Calibration calibration = calibration_from(with_figures(figures[0], figures[1]));
    const TargetSimulator own(calibration, true);
    const PointFit fit = fit_of(calibration);
    const CalibrationDesign design(fit);
    std::vector<std::optional<CohortMoments>> bank;
    const std::atomic<bool> stop{false};
    simulate_bank(
        calibration, own, design, bank, 2, [](std::size_t) {}, stop);
    const Eigen::MatrixXd draws = find_posterior(calibration, own, design, bank, 2).draws();
    for (Eigen::Index k = 0; k < 2; ++k) {
      const double rank = (draws.col(k).array() < truth[static_cast<std::size_t>(k)]).cast<double>().mean();
      covered[k] += rank > 0.1 && rank < 0.9;
    }
  }
  ASSERT_GT(done, 50u);
  for (const std::size_t c : covered) {
    const double n = static_cast<double>(done);
    EXPECT_NEAR(static_cast<double>(c) / n, 0.8, 3 * std::sqrt(0.8 * 0.2 / n));
  }
}

}  // namespace
}  // namespace oligosim
