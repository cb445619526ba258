#include "app/quality.hpp"

#include "app/console.hpp"
#include "engine/io/number.hpp"
#include "models/analysis/label_text.hpp"

namespace oligosim {

int judge_failures(const Prepared& prepared, const RunResults& results, const BlockLog& log,
                   const std::filesystem::path& folder) {
  int verdict = done;
  for (std::uint32_t s = 0; s < prepared.experiments.size(); ++s) {
    const TrialExperiment& experiment = prepared.experiments[s];
    const Scenario& scenario = experiment.scenario();
    for (const TooManyFailures& f : results.failures[s]) {
      verdict = quality_missed;
      const FirstFailure first = first_failure(experiment, log, s, f);
      const double share = static_cast<double>(f.failed) / static_cast<double>(f.replicates);
      print_message(
          "oligosim: scenario {}, analysis {}: no number in {} of {} replicates ({}), where the study allows {}; the "
          "first is replicate {} ({}):\n  oligosim replay {} --scenario {} --replicate {}\n",
          scenario.name, label_text(experiment.labels()[f.label]), f.failed, f.replicates, percent(share),
          percent(scenario.failures->at_most), first.replicate, name(first.status), shell_quoted(folder.string()),
          shell_quoted(scenario.name), first.replicate);
    }
  }
  return verdict;
}

}  // namespace oligosim
