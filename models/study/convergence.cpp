#include "models/study/convergence.hpp"

#include <array>
#include <cmath>

#include "engine/montecarlo/performance.hpp"

namespace oligosim {
namespace {

constexpr double most_points = 60;

std::array<std::vector<double>*, 4> all(ConvergencePath& path) {
  return {&path.replicates, &path.share, &path.lower, &path.upper};
}

}  // namespace

ConvergencePath convergence_of(const TrialExperiment& experiment, const BlockLog& log, std::uint32_t scenario) {
  ConvergencePath path{.scenario = experiment.scenario().name, .replicates = {}, .share = {}, .lower = {}, .upper = {}};
  const std::size_t column = experiment.claims_column();
  Moments claims;
  log.for_each(scenario, [&](const BlockSummary& block) {
    claims.merge(block.moments[column]);
    const Measure reached = share(claims);
    path.replicates.push_back(static_cast<double>(claims.n));
    path.share.push_back(reached.value);
    path.lower.push_back(reached.lower);
    path.upper.push_back(reached.upper);
  });
  const std::size_t blocks = path.replicates.size();
  if (static_cast<double>(blocks) <= most_points) return path;
  const double step = std::pow(path.replicates.back() / path.replicates.front(), 1 / (most_points - 1));
  std::size_t kept = 0;
  double wanted = 0;
  for (std::size_t k = 0; k < blocks; ++k) {
    if (path.replicates[k] < wanted && k + 1 < blocks) continue;
    wanted = path.replicates[k] * step;
    for (std::vector<double>* values : all(path)) (*values)[kept] = (*values)[k];
    ++kept;
  }
  for (std::vector<double>* values : all(path)) values->resize(kept);
  return path;
}

}  // namespace oligosim
