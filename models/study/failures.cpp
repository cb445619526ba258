#include "models/study/failures.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "engine/montecarlo/fold.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

std::optional<FailureLimit> read_failure_limit(ConfigNode study, const Plan& plan, const std::string& primary) {
  study.accept("failures");
  if (!study.has("failures")) return {};
  ConfigNode node = study.child("failures");
  FailureLimit limit;
  limit.at_most = node.number("at_most", Range::between(0, 1));
  limit.analyses = node.some_of("of", plan.analysis_names(), "analysis of the plan", std::vector<std::string>{primary});
  node.finish();
  return limit;
}

std::vector<TooManyFailures> too_many_failures(const TrialExperiment& experiment, const Folded& folded) {
  const std::optional<FailureLimit>& limit = experiment.scenario().failures;
  if (!limit || folded.replicates == 0) return {};
  const std::size_t planned = experiment.scenario().plan->labels().size();
  std::vector<TooManyFailures> all;
  for (const std::string& analysis : limit->analyses) {
    TooManyFailures worst{.replicates = folded.replicates};
    for (std::size_t c = 0; c < experiment.layout().size(); ++c) {
      const RowColumn& column = experiment.layout()[c];
      if (column.measured != Measured::estimate && column.measured != Measured::rejects) continue;
      if (column.label >= planned || experiment.labels()[column.label].analysis != analysis) continue;
      const std::uint64_t failed = folded.moments[c].missing;
      if (failed > worst.failed) worst = {column.label, c, failed, folded.replicates};
    }
    const double share = static_cast<double>(worst.failed) / static_cast<double>(worst.replicates);
    if (share > limit->at_most) all.push_back(worst);  // 29 of 100 are 0.29, though 0.29 * 100 is below 29
  }
  return all;
}

FirstFailure first_failure(const TrialExperiment& experiment, const BlockLog& log, std::uint32_t scenario,
                           const TooManyFailures& failures) {
  std::optional<BlockSummary> with_failures;
  log.for_each(scenario, [&](const BlockSummary& block) {
    if (!with_failures && block.moments[failures.column].missing > 0) with_failures = block;
  });
  if (!with_failures) throw std::logic_error("no block has the failures that were counted");
  const std::uint32_t first = with_failures->id.block * log.header().block_size + 1;
  std::vector<double> row(experiment.columns().size());
  Arena arena;
  for (std::uint32_t number = first; number < first + with_failures->replicates; ++number) {
    arena.reset();
    experiment.replicate(number, arena, row);
    if (!std::isnan(row[failures.column])) continue;
    arena.reset();
    return {number, experiment.record(number, arena).estimates[failures.label].status};
  }
  throw std::logic_error("a replicate made again has a number that it lacked in the run");
}

}  // namespace oligosim
