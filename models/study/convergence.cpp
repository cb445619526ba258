#include "models/study/convergence.hpp"

#include <cmath>

#include "engine/montecarlo/performance.hpp"

namespace oligosim {
namespace {

constexpr double most_points = 60;

}  // namespace

Convergence::Convergence(const TrialExperiment& experiment, BlockLog::Kept kept)
    : path_{.scenario = experiment.scenario().name, .replicates = {}, .share = {}, .lower = {}, .upper = {}},
      column_(experiment.efficacy_column()),
      kept_(kept) {}

void Convergence::add(const BlockSummary& block) {
  claims_.merge(block.moments[column_]);
  const auto now = static_cast<double>(claims_.n);
  if (++blocks_ == 1 && static_cast<double>(kept_.blocks) > most_points)
    step_ = std::pow(static_cast<double>(kept_.replicates) / now, 1 / (most_points - 1));
  if (now < wanted_ && blocks_ < kept_.blocks) return;
  wanted_ = now * step_;
  const Measure reached = share(claims_);
  path_.replicates.push_back(now);
  path_.share.push_back(reached.value);
  path_.lower.push_back(reached.lower);
  path_.upper.push_back(reached.upper);
}

}  // namespace oligosim
