#include "models/calibration/posterior.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "engine/montecarlo/parallel_for.hpp"
#include "engine/statistics/metropolis.hpp"

namespace oligosim {
namespace {

constexpr std::size_t lot = 64;                // design points between two reports
constexpr std::size_t cohorts_of_a_draw = 20;  // in the predictive distributions
constexpr std::size_t checked_draws = 100;     // at which the emulator is compared with cohorts
constexpr double spread_of_starts = 2;         // of the chains, in standard deviations

std::span<const double> as_span(const Eigen::VectorXd& x) { return {x.data(), static_cast<std::size_t>(x.size())}; }

std::vector<Eigen::VectorXd> design_points(const Calibration& calibration, const CalibrationDesign& design,
                                           std::size_t count) {
  const std::uint64_t key = derived_key(calibration.seed, "calibration design");
  std::vector<Eigen::VectorXd> points;
  for (std::size_t k = 0; k < count; ++k) points.push_back(design.point(key, static_cast<std::uint32_t>(k + 1)));
  return points;
}

/// How far points are from the centre of the design, by its covariance, squared, beyond the farthest design point:
/// there the emulator knows nothing, and its surfaces may bend back to what was published.
class Beyond {
 public:
  Beyond(const CalibrationDesign& design, std::span<const Eigen::VectorXd> points)
      : centre_(design.centre()), factor_(design.covariance()) {
    for (const Eigen::VectorXd& p : points) farthest_ = std::max(farthest_, distance(p));
  }
  double operator()(const Eigen::VectorXd& u) const { return std::max(0.0, distance(u) - farthest_); }

 private:
  double distance(const Eigen::VectorXd& u) const { return factor_.matrixL().solve(u - centre_).squaredNorm(); }

  Eigen::VectorXd centre_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  double farthest_ = 0;
};

/// Row k of `wanted` draws evenly spread over all.
Eigen::VectorXd spread(const Eigen::MatrixXd& draws, std::size_t k, std::size_t wanted) {
  const auto rows = static_cast<std::size_t>(draws.rows());
  return draws.row(static_cast<Eigen::Index>((2 * k + 1) * rows / (2 * wanted)));
}

/// How far the emulated means are from those of simulated cohorts at draws of the posterior, beyond what these vary by.
Eigen::VectorXd emulator_error(const Calibration& calibration, const TargetSimulator& simulator,
                               const Emulator& emulator, const Eigen::MatrixXd& draws, unsigned threads) {
  const std::uint64_t key = derived_key(calibration.seed, "calibration emulator check");
  const std::size_t count = std::min<std::size_t>(checked_draws, static_cast<std::size_t>(draws.rows()));
  const std::size_t cohorts = calibration.posterior.cohorts;
  std::vector<Eigen::VectorXd> squares(count);
  parallel_for(count, threads, [&](std::size_t k, Arena& arena) {
    const Eigen::VectorXd point = spread(draws, k, count);
    const auto first = static_cast<std::uint32_t>(k * cohorts + 1);
    const CohortMoments m = cohort_moments(simulator, as_span(point), key, first, cohorts, arena);
    if (m.complete < 2) return;
    const Eigen::VectorXd sd = emulator.sd(point);
    const Eigen::VectorXd noise = m.covariance.diagonal() / static_cast<double>(m.complete);
    squares[k] = ((m.mean - emulator.mean(point)).cwiseAbs2() - noise).cwiseQuotient(sd.cwiseAbs2());
  });
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(simulator.targets().size()));
  double used = 0;
  for (const Eigen::VectorXd& s : squares)
    if (s.size() > 0) sum += s, used += 1;
  if (used == 0) return sum.setConstant(missing);
  return (sum / used).cwiseMax(0).cwiseSqrt();
}

}  // namespace

Eigen::MatrixXd Posterior::draws() const {
  Eigen::MatrixXd all(chains.front().rows() * static_cast<Eigen::Index>(chains.size()), chains.front().cols());
  for (std::size_t c = 0; c < chains.size(); ++c)
    all.middleRows(static_cast<Eigen::Index>(c) * chains[c].rows(), chains[c].rows()) = chains[c];
  return all;
}

void simulate_bank(const Calibration& calibration, const TargetSimulator& simulator, const CalibrationDesign& design,
                   std::vector<std::optional<CohortMoments>>& bank, unsigned threads,
                   const std::function<void(std::size_t)>& report, const std::atomic<bool>& stop) {
  bank.resize(calibration.posterior.design_points);
  const std::uint64_t key = derived_key(calibration.seed, "calibration bank");
  const std::vector<Eigen::VectorXd> points = design_points(calibration, design, bank.size());
  std::vector<std::size_t> open;
  for (std::size_t k = 0; k < bank.size(); ++k)
    if (!bank[k]) open.push_back(k);
  const std::size_t cohorts = calibration.posterior.cohorts;
  for (std::size_t done = 0; done < open.size() && !stop; done += lot) {
    const std::size_t here = std::min(lot, open.size() - done);
    parallel_for(here, threads, [&](std::size_t i, Arena& arena) {
      if (stop) return;
      const std::size_t k = open[done + i];
      bank[k] = cohort_moments(simulator, as_span(points[k]), key, static_cast<std::uint32_t>(k * cohorts + 1), cohorts,
                               arena);
    });
    report(bank.size() - open.size() + done + here);
  }
}

Posterior find_posterior(const Calibration& calibration, const TargetSimulator& simulator,
                         const CalibrationDesign& design, const std::vector<std::optional<CohortMoments>>& bank,
                         unsigned threads) {
  const PosteriorSettings& settings = calibration.posterior;
  std::vector<CohortMoments> moments;
  for (const auto& m : bank) moments.push_back(*m);
  std::vector<bool> share;
  for (const Target& t : simulator.targets()) share.push_back(t.share);
  const std::vector<Eigen::VectorXd> points = design_points(calibration, design, bank.size());
  const Emulator emulator(design, share, points, moments);
  const Beyond beyond(design, points);
  Eigen::VectorXd published(static_cast<Eigen::Index>(simulator.targets().size()));
  for (std::size_t k = 0; k < simulator.targets().size(); ++k)
    published[static_cast<Eigen::Index>(k)] = simulator.targets()[k].published;
  // The priors are standard normal on this scale.
  const auto log_density = [&](const Eigen::VectorXd& u) {
    return emulator.log_likelihood(u, published) - 0.5 * u.squaredNorm() - 0.5 * beyond(u);
  };

  const std::uint64_t key = derived_key(calibration.seed, "calibration chains");
  const ChainOptions options{settings.iterations, settings.iterations / 5, settings.draws};
  const Eigen::VectorXd sd = design.covariance().diagonal().cwiseSqrt();
  std::vector<Chain> chains(settings.chains);
  parallel_for(chains.size(), threads, [&](std::size_t c, Arena&) {
    Stream stream(key, static_cast<std::uint32_t>(c + 1), Purpose::chain);
    Eigen::VectorXd start = design.centre();
    for (Eigen::Index k = 0; k < start.size(); ++k) start[k] += spread_of_starts * sd[k] * stream.normal();
    chains[c] = metropolis(log_density, start, design.covariance(), options, stream);
  });

  Posterior posterior;
  posterior.design_points = emulator.points_used();
  for (Chain& c : chains) {
    posterior.chains.push_back(std::move(c.draws));
    posterior.acceptance.push_back(c.acceptance);
  }
  for (Eigen::Index k = 0; k < sd.size(); ++k) {
    std::vector<std::vector<double>> own;
    for (const Eigen::MatrixXd& c : posterior.chains) own.emplace_back(c.col(k).begin(), c.col(k).end());
    posterior.diagnostics.push_back(chain_diagnostics(own));
  }
  posterior.emulator_error = emulator_error(calibration, simulator, emulator, posterior.draws(), threads);
  return posterior;
}

std::vector<Predictive> predict(const Calibration& calibration, const TargetSimulator& simulator,
                                const Posterior& posterior, unsigned threads) {
  const std::uint64_t key = derived_key(calibration.seed, "calibration predictive");
  const Eigen::MatrixXd draws = posterior.draws();
  const std::size_t count = std::min(calibration.posterior.predictive, static_cast<std::size_t>(draws.rows()));
  const std::size_t targets = simulator.targets().size();
  std::vector<double> all(count * cohorts_of_a_draw * targets, missing);
  parallel_for(count, threads, [&](std::size_t d, Arena& arena) {
    const Eigen::VectorXd point = spread(draws, d, count);
    const std::optional<CohortModel> model = simulator.model(as_span(point));
    if (!model) return;
    for (std::size_t c = 0; c < cohorts_of_a_draw; ++c) {
      const Arena::Scope scope(arena);
      const std::size_t number = d * cohorts_of_a_draw + c;
      simulator.simulate(*model, Streams(key, static_cast<std::uint32_t>(number + 1)), arena,
                         {all.data() + number * targets, targets});
    }
  });
  std::vector<Predictive> predictive(targets);
  for (std::size_t t = 0; t < targets; ++t) {
    Predictive& p = predictive[t];
    const double published = simulator.targets()[t].published;
    double below = 0;
    for (std::size_t i = t; i < all.size(); i += targets) {
      if (std::isnan(all[i])) {
        ++p.missing_values;
        continue;
      }
      p.values.push_back(all[i]);
      const bool equal = all[i] == published || std::abs(all[i] - published) < 1e-9 * (1 + std::abs(published));
      below += equal ? 0.5 : all[i] < published ? 1 : 0;
    }
    if (!p.values.empty()) p.percentile = 100 * below / static_cast<double>(p.values.size());
  }
  return predictive;
}

}  // namespace oligosim
