#include "app/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/program.hpp"
#include "app/read_results.hpp"
#include "app/result_files.hpp"
#include "app/stop.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "engine/montecarlo/fold.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "engine/random/stream.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/study/interval_choice.hpp"
#include "models/study/r_code.hpp"
#include "models/study/truth_file.hpp"
#include "models/study/without_visits.hpp"
#include "version.hpp"

namespace oligosim {
namespace {

constexpr const char* truths_file = "truths.kept";

Json manifest(const Study& study, const RunRecord& record, std::uint64_t replicates,
              const std::vector<SummaryRow>& rows) {
  Json failures = Json::object();
  for (const SummaryRow& r : rows)
    if (r.metric == "power" && r.measure.n_missing > 0)
      failures[r.scenario + "/" + r.label.analysis + "/" + r.label.parameter] = r.measure.n_missing;
  Json all = program_facts();
  all.update({{"command", record.command},
              {"seed", study.seed},
              {"study_hash", study_hash(study)},
              {"stream_version", stream_version},
              {"replicates", replicates},
              {"partial", record.partial},
              {"threads", record.threads},
              {"finished", utc_now()},
              {"seconds", record.seconds},
              {"failures", failures}});
  return all;
}

/// What the page draws single trials from. So few of each scenario that they take seconds at most.
void add_samples(StudyResults& results, const Study& study, const Prepared& prepared, unsigned threads) {
  constexpr std::size_t most = 300, of_all = 1600, with_bootstrap = 60;
  std::size_t count = std::min(most, of_all / study.scenarios.size());
  if (study.scenarios.front().plan->resamples()) count = std::min(count, with_bootstrap);
  count = std::clamp<std::size_t>(count, 1, study.replicates);
  double nearest = 2;
  for (const TrialExperiment& experiment : prepared.experiments) {
    results.samples.push_back(sample_replicates(experiment, count, threads));
    const Scenario& s = experiment.scenario();
    const SummaryRow* claims = find_row(results.rows, s.name, "reject", "final", s.design->primary());
    const double away = claims ? std::abs(claims->measure.value - 0.5) : 2;
    if (away < nearest) nearest = away, results.examples_of = s.name;  // where trials end in several ways
  }
  for (std::size_t k = 0; k < results.samples.size(); ++k)
    if (results.samples[k].scenario == results.examples_of)
      results.examples = example_trials(prepared.experiments[k], results.samples[k]);
}

}  // namespace

Prepared prepare(const Study& study, const SanityCheck& sanity, unsigned threads,
                 const std::vector<std::filesystem::path>& known_in) {
  Prepared prepared;
  std::string key = fmt::format("{} {} streams {}", study_hash(study), program_name(), stream_version);
  for (const Scenario& scenario : study.scenarios) {
    scenario.prepare(threads);
    key += " " + sha256(scenario.name);
  }
  std::optional<std::vector<TruthsOfDraws>> truths;
  for (const std::filesystem::path& folder : known_in)
    if (!truths) truths = kept_truths(folder / truths_file, key, study);
  if (!truths) truths = truths_of(study, threads);
  prepared.truths = text_of_truths(key, *truths);
  for (std::size_t s = 0; s < study.scenarios.size(); ++s)
    prepared.experiments.emplace_back(study.scenarios[s], study.seed, (*truths)[s].mean, (*truths)[s].each);
  if (!sanity.empty()) prepared.sanity = sanity.run(threads), prepared.sanity_curves = sanity.curves(threads);
  return prepared;
}

void keep_truths(const Prepared& prepared, const std::filesystem::path& out) {
  write_file(out / truths_file, prepared.truths);
}

SanityCheck sanity_of(const Study& study) {
  Problems problems;
  SanityCheck sanity(study.resolved, problems);
  problems.refuse();
  return sanity;
}

LogHeader log_header(const Study& study, std::size_t columns) {
  LogHeader header;
  header.study_hash = study_hash(study);
  header.seed = study.seed;
  header.stream_version = stream_version;
  header.program_version = build::version;
  header.block_size = study.block_size;
  header.scenarios = static_cast<std::uint32_t>(study.scenarios.size());
  header.columns = static_cast<std::uint32_t>(columns);
  return header;
}

BlockLog blocks_of(const std::filesystem::path& folder, const Study& study, std::size_t columns) {
  BlockLog log = BlockLog::read_only(folder / "blocks.log");
  if (!(log.header() == log_header(study, columns)))
    throw InputError(folder.string() + ": its blocks are not of its study.yaml and this version of the program");
  return log;
}

RunResults write_results(const Study& study, const Prepared& prepared, const BlockLog& log,
                         const std::filesystem::path& out, const RunRecord& record) {
  std::vector<std::vector<TooManyFailures>> failures;
  StudyResults results;
  std::vector<SummaryRow>& rows = results.rows;
  std::uint64_t replicates = 0;
  for (std::uint32_t s = 0; s < prepared.experiments.size(); ++s) {
    const TrialExperiment& experiment = prepared.experiments[s];
    Convergence convergence(experiment, log.kept(s));
    const Folded folded =
        fold(log, s, experiment.columns(), record.threads, [&](const BlockSummary& block) { convergence.add(block); });
    failures.push_back(too_many_failures(experiment, folded));
    replicates = s == 0 ? folded.replicates : std::min(replicates, folded.replicates);
    if (folded.replicates == 0) continue;
    const std::vector<SummaryRow> own = summarize(experiment, folded);
    rows.insert(rows.end(), own.begin(), own.end());
    results.convergence.push_back(convergence.path());
  }
  const RunFacts facts{.replicates = replicates,
                       .partial = record.partial,
                       .program = program_name(),
                       .study_hash = study_hash(study),
                       .command = record.command};
  ResultFiles files(out);
  files.write("study.yaml", to_yaml(study.resolved));
  files.write("summary.csv", summary_csv(rows));
  files.write("summary.json", summary_json(rows));
  std::vector<std::string> names;
  std::vector<std::vector<TrueValue>> truths;
  for (const TrialExperiment& e : prepared.experiments) {
    names.push_back(e.scenario().name);
    truths.push_back(e.true_values());
  }
  files.write("truth.csv", truth_csv(names, labels_with_truths(study.scenarios.front()), truths));
  results.intervals = choose_intervals(study, rows);
  if (!results.intervals.empty()) files.write("intervals.csv", intervals_csv(results.intervals));
  if (!prepared.sanity.empty()) files.write("sanity.csv", sanity_csv(prepared.sanity));
  files.write("read_results.R", read_results);
  results.sanity = prepared.sanity;
  results.sanity_curves = prepared.sanity_curves;
  results.r_code = r_code(study, rows);
  if (!results.r_code.empty()) files.write("check_design.R", results.r_code);
  if (!record.partial) {
    add_samples(results, study, prepared, record.threads);
    files.write("by_month.csv", by_month_csv(results.samples));
  }
  files.write("report.html", study_page(study, results, facts));
  Json all = manifest(study, record, replicates, rows);
  files.write_manifest(all);
  return {std::move(rows), std::move(failures)};
}

void write_estimates(const Prepared& prepared, const BlockLog& log, const std::filesystem::path& out,
                     unsigned threads) {
  std::vector<BlockId> blocks;
  for (std::uint32_t s = 0; s < prepared.experiments.size(); ++s)
    for (const BlockId id : log.blocks(s)) blocks.push_back(id);
  const std::uint32_t size = log.header().block_size;
  const std::size_t at_once = 4 * std::size_t{threads};
  std::size_t done = 0;
  bool begun = false;
  Threads together(threads);
  write_file(out / "estimates.csv", [&](std::string& part) {
    if (!std::exchange(begun, true)) return part = simulated_estimates_header().text(), true;
    const std::size_t count = std::min(at_once, blocks.size() - done);
    std::vector<std::string> texts(count);
    together.for_each(count, [&](std::size_t k, Arena& arena) {
      const BlockId id = blocks[done + k];
      const TrialExperiment& experiment = prepared.experiments[id.scenario];
      CsvWriter csv;
      for (std::uint32_t i = 1; i <= log.replicates(id); ++i) {
        if (StopSignals::requested()) throw Stopped();
        arena.reset();
        const std::uint32_t number = id.block * size + i;
        const TrialExperiment::Record record = experiment.record(number, arena);
        add_estimates(csv, {experiment.scenario().name, number, record.looks.size()}, experiment.labels(),
                      record.estimates);
      }
      texts[k] = csv.text();
    });
    for (const std::string& text : texts) part += text;
    done += count;
    return count > 0;
  });
}

bool holds_block(const BlockLog& log, const Study& study, std::uint64_t block) {
  const std::uint64_t wanted = std::min<std::uint64_t>(study.block_size, study.replicates - block * study.block_size);
  for (std::uint32_t s = 0; s < study.scenarios.size(); ++s)
    if (log.replicates({s, static_cast<std::uint32_t>(block)}) < wanted) return false;
  return true;
}

bool holds_all(const BlockLog& log, const Study& study, const Shard& shard) {
  for (std::uint64_t block = shard.part - 1; block * study.block_size < study.replicates; block += shard.parts)
    if (!holds_block(log, study, block)) return false;
  return true;
}

std::uint32_t largest_count(const BlockLog& log, const Study& study) {
  std::uint32_t most = 0;
  for (std::uint32_t s = 0; s < study.scenarios.size(); ++s)
    for (const BlockId id : log.blocks(s)) most = std::max(most, id.block * study.block_size + log.replicates(id));
  return most;
}

std::string command_of(const Study& study) {
  return fmt::format("oligosim run study.yaml --out DIR --seed {} --replicates {}", study.seed, study.replicates);
}

std::string terminal_summary(const Study& study, const std::vector<SummaryRow>& rows) {
  std::size_t width = 8;
  for (const Scenario& s : study.scenarios) width = std::max(width, s.name.size());
  const bool two_sided = study.scenarios.front().design->sides() == 2;
  std::string text = fmt::format("{:<{}}  {:>10} {:>8}{}  {:>9} {:>8} {:>9}\n", "scenario", width, "efficacy", "mcse",
                                 two_sided ? fmt::format("{:>10}", "harm") : "", "patients", "events", "months");
  for (const Scenario& s : study.scenarios) {
    const auto row = [&](const char* metric) { return find_row(rows, s.name, metric, "final", s.design->primary()); };
    if (!row("stop_efficacy")) continue;
    const auto shown = [&](const char* metric) {  // a test of responses counts no events
      const double value = row(metric)->measure.value;
      return std::isnan(value) ? std::string("-") : fmt::format("{:.1f}", value);
    };
    const Measure& efficacy = row("stop_efficacy")->measure;
    text += fmt::format("{:<{}}  {:>10.4f} {:>8.4f}{}  {:>9} {:>8} {:>9}\n", s.name, width, efficacy.value,
                        efficacy.mcse, two_sided ? fmt::format("{:>10.4f}", row("stop_harm")->measure.value) : "",
                        shown("expected_n"), shown("expected_events"), shown("expected_duration_months"));
  }
  return text;
}

}  // namespace oligosim
