#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/montecarlo/fold.hpp"
#include "engine/montecarlo/runner.hpp"
#include "models/study/summary.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// Reads a study from text; throws InputError with all mistakes.
inline Study study_from(const std::string& text) {
  Problems problems;
  const YamlNode tree = parse_yaml(text, "study.yaml", problems);
  Study study = read_study(tree, {}, problems);
  problems.refuse();
  return study;
}

/// What is wrong with a study; empty if nothing is.
inline std::string mistakes(const std::string& text) {
  try {
    study_from(text);
    return "";
  } catch (const InputError& e) {
    return e.what();
  }
}

/// Runs every scenario in a fresh log and summarizes.
inline std::vector<SummaryRow> run_in_memory(const Study& study, unsigned threads = 2, bool with_truth = true) {
  std::vector<TrialExperiment> experiments;
  for (const Scenario& s : study.scenarios) {
    s.prepare(threads);
    TruthsOfDraws truths;
    if (with_truth && s.draws.empty()) truths.mean = true_values(s, study.seed, {study.truth_patients}, threads);
    if (with_truth && !s.draws.empty()) truths = true_values_of_draws(s, study.seed, study.truth_patients, threads);
    experiments.emplace_back(s, study.seed, truths.mean, truths.each);
  }
  std::vector<const Experiment*> pointers;
  for (const TrialExperiment& e : experiments) pointers.push_back(&e);
  char name[] = "/tmp/oligosim-test-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  std::vector<SummaryRow> rows;
  {
    LogHeader header;
    header.block_size = study.block_size;
    header.scenarios = static_cast<std::uint32_t>(study.scenarios.size());
    header.columns = static_cast<std::uint32_t>(experiments.front().columns().size());
    BlockLog log(folder / "blocks.log", header);
    const std::atomic<bool> stop{false};
    run_blocks(
        {pointers, study.replicates, study.block_size, {}, threads, false}, log, [](const Progress&) {}, stop);
    for (std::size_t s = 0; s < experiments.size(); ++s) {
      const auto own = summarize(experiments[s], fold(log, static_cast<std::uint32_t>(s), experiments[s].columns()));
      rows.insert(rows.end(), own.begin(), own.end());
    }
  }
  std::filesystem::remove_all(folder);
  return rows;
}

/// The value of a metric of the whole trial or of an analysis at the final look.
inline const SummaryRow& row_of(const std::vector<SummaryRow>& rows, const std::string& scenario,
                                const std::string& metric, const std::string& analysis,
                                const std::string& parameter = "") {
  for (const SummaryRow& r : rows)
    if (r.scenario == scenario && r.metric == metric && r.look == "final" && r.label.analysis == analysis &&
        r.label.parameter == parameter)
      return r;
  throw std::runtime_error("no row " + scenario + "/" + metric + "/" + analysis + "/" + parameter);
}

}  // namespace oligosim
