#include <fmt/format.h>

#include <cmath>

#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "engine/montecarlo/fold.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "models/selftest/oracle.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {
namespace {

Study study_of(GroupInput& input) {
  const std::string name = input.node.text("study");
  const YamlNode tree = oracle_yaml(input.files, name);
  Problems problems;
  Study study = read_study(tree, {}, problems);
  problems.refuse();
  return study;
}

/// The study's operating characteristics without true values, its blocks kept in memory.
std::vector<SummaryRow> simulate(const Study& study, unsigned threads) {
  std::vector<SummaryRow> rows;
  for (const Scenario& scenario : study.scenarios) {
    scenario.prepare(threads);
    const TrialExperiment experiment(scenario, study.seed);
    const std::uint32_t size = study.block_size, count = (study.replicates + size - 1) / size;
    std::vector<BlockSummary> blocks(count);
    parallel_for(count, threads, [&](std::size_t k, Arena& arena) {
      const auto block = static_cast<std::uint32_t>(k);
      const std::uint32_t first = block * size;
      blocks[k] = run_block(experiment, {0, block}, first + 1, std::min(size, study.replicates - first), false, arena);
    });
    Folded folded(experiment.columns().size());
    folded.add(blocks, experiment.columns());
    const std::vector<SummaryRow> own = summarize(experiment, folded);
    rows.insert(rows.end(), own.begin(), own.end());
  }
  return rows;
}

/// SHA-256 of the metrics that no later version adds to, with all their digits.
std::string hash_of(const std::vector<SummaryRow>& rows) {
  constexpr std::string_view kept[] = {"reject", "stop_futility", "expected_n",  "expected_events",
                                       "power",  "mean",          "empirical_se"};
  std::string text;
  for (const SummaryRow& r : rows)
    if (std::ranges::find(kept, r.metric) != std::end(kept))
      text += r.scenario + "," + r.look + "," + r.label.analysis + "," + r.label.parameter + "," + r.label.group + "," +
              r.label.interval + "," + r.metric + "," + shortest(r.measure.value) + "\n";
  return sha256(text);
}

}  // namespace

Checks check_golden(GroupInput& input) {
  const Study study = study_of(input);
  const std::string expected = input.node.text("sha256");
  Checks checks;
  for (const unsigned threads : {1u, input.threads + 1})
    checks.push_back(text_check(fmt::format("{} replicates on {} threads, SHA-256", study.replicates, threads),
                                expected, hash_of(simulate(study, threads))));
  return checks;
}

Checks check_binomial(GroupInput& input) {
  const Study study = study_of(input);
  const std::vector<SummaryRow> rows = simulate(study, input.threads);
  Checks checks;
  for (const Scenario& s : study.scenarios) {
    const std::string& primary = s.design->primary();
    const auto truth = closed_form_truth(s, s.plan->analysis(s.plan->position(primary)).labels().front());
    if (!truth || !s.design->binomial()) throw InputError("selftest: a study that counts responses is wanted");
    const BinomialCharacteristics exact = binomial_characteristics(s.design->binomial()->stages, *truth);
    const auto add = [&](const std::string& metric, double value) {
      const Measure& m = find_row(rows, s.name, metric, "final", primary)->measure;
      const bool near = std::fabs(m.value - value) <= 4 * m.mcse;
      checks.push_back(
          {s.name + ": " + metric, rounded(value, 5), rounded(m.value, 5) + " ± " + rounded(m.mcse, 2), near});
    };
    add("reject", exact.reject);
    add("expected_n", exact.expected_patients);
  }
  return checks;
}

}  // namespace oligosim
