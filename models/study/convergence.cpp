#include "models/study/convergence.hpp"

#include <cmath>

#include "engine/montecarlo/performance.hpp"

namespace oligosim {
namespace {

constexpr double most_points = 60;

}  // namespace

ConvergencePath convergence_of(const TrialExperiment& experiment, const BlockLog& log, std::uint32_t scenario) {
  ConvergencePath path{.scenario = experiment.scenario().name, .replicates = {}, .share = {}, .lower = {}, .upper = {}};
  const std::size_t column = experiment.claims_column();
  const BlockLog::Kept kept = log.kept(scenario);
  Moments claims;
  std::size_t blocks = 0;
  double step = 1, wanted = 0;
  log.for_each(scenario, [&](const BlockSummary& block) {
    claims.merge(block.moments[column]);
    const auto now = static_cast<double>(claims.n);
    if (++blocks == 1 && static_cast<double>(kept.blocks) > most_points)
      step = std::pow(static_cast<double>(kept.replicates) / now, 1 / (most_points - 1));
    if (now < wanted && blocks < kept.blocks) return;
    wanted = now * step;
    const Measure reached = share(claims);
    path.replicates.push_back(now);
    path.share.push_back(reached.value);
    path.lower.push_back(reached.lower);
    path.upper.push_back(reached.upper);
  });
  return path;
}

}  // namespace oligosim
