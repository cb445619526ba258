#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/quality.hpp"
#include "app/shard.hpp"
#include "app/stop.hpp"
#include "engine/io/config.hpp"
#include "engine/montecarlo/cores.hpp"

namespace oligosim {
namespace {

/// Largest Monte Carlo standard error, over the scenarios, of how often the trial rejects. Two successes and
/// two failures are added (Agresti and Coull 1998), so that a share of 0 or 1 does not pass for exact.
double largest_error(const Prepared& prepared, const BlockLog& log, unsigned threads) {
  double largest = 0;
  for (std::uint32_t s = 0; s < prepared.experiments.size(); ++s) {
    const TrialExperiment& experiment = prepared.experiments[s];
    const Folded folded = fold(log, s, experiment.columns(), threads);
    const double n = static_cast<double>(folded.replicates) + 4;
    const double rejections = folded.moments[experiment.rejects_column()].mean * static_cast<double>(folded.replicates);
    const double share = (rejections + 2) / n;
    largest = std::max(largest, std::sqrt(share * (1 - share) / n));
  }
  return largest;
}

/// Replicates after each of which the error is looked at: by a quarter more each time, in whole blocks, so that where a
/// run stops depends on its numbers alone.
std::uint32_t next_goal(std::uint32_t goal, const Study& study) {
  const std::uint64_t grown = std::max<std::uint64_t>(goal + goal / 4, std::uint64_t{goal} + study.block_size);
  const std::uint64_t whole = (grown + study.block_size - 1) / study.block_size * study.block_size;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(whole, study.replicates));
}

}  // namespace

int run_command(const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  check_run_out(options.out);
  std::signal(SIGUSR1, [](int) { ProgressBar::ask(); });
  Study study = load_study(options.study, {options.seed, options.replicates, options.scenario});
  const SanityCheck sanity = sanity_of(study);
  const ShardChoice choice = choose_shard(options.shard);
  const Shard shard = choice.shard;
  if (options.until_mcse && shard.parts > 1)
    throw InputError("--until-mcse: a part of a run cannot tell the error of the whole (a run without --shard)");
  const bool launched = !options.shard && !choice.source.empty();  // all parts were started with the same --out
  const std::filesystem::path out = launched ? options.out / shard_folder(shard) : options.out;
  if (launched)
    print_message("oligosim: {} makes this part {} of {}; it goes to {}\n", choice.source, shard.part, shard.parts,
                  out.string());
  const unsigned threads = options.threads ? options.threads : usable_cores();

  std::filesystem::create_directories(out);
  const Prepared prepared = prepare(study, sanity, threads, {out});
  BlockLog log(out / "blocks.log", log_header(study, prepared.experiments.front().columns().size()));
  keep_truths(prepared, out);
  if (log.dropped_bytes() > 0)
    print_message("oligosim: the last record of blocks.log was torn and is dropped; its block runs again\n");
  if (largest_count(log, study) > study.replicates)
    throw InputError("--replicates: " + out.string() + " holds more replicates than the " +
                     std::to_string(study.replicates) + " asked for (ask for at least as many, or another folder)");

  StopSignals::listen();
  std::vector<const Experiment*> experiments;
  for (const TrialExperiment& e : prepared.experiments) experiments.push_back(&e);
  ProgressBar progress("replicates", options.json_progress);
  std::uint32_t goal = options.until_mcse ? next_goal(0, study) : study.replicates;
  const auto run_to_goal = [&] {
    const StopSignals::Deadline deadline;  // of the replicates under way
    return run_blocks(
        {experiments, goal, study.block_size, shard, threads, false}, log, [&](const Progress& p) { progress(p); },
        StopSignals::requested());
  };
  bool complete = run_to_goal();
  double error = 0;
  const auto misses_error = [&] {
    return options.until_mcse && (error = largest_error(prepared, log, threads)) > *options.until_mcse;
  };
  while (complete && goal < study.replicates && misses_error()) {
    goal = next_goal(goal, study);
    complete = run_to_goal();
  }
  progress.finish();
  if (complete && goal == study.replicates && misses_error())
    print_message("oligosim: the Monte Carlo error is {:.2g} after all {} replicates, not the {:.2g} of --until-mcse\n",
                  error, study.replicates, *options.until_mcse);
  if (complete && goal < study.replicates)  // the run is whole with these
    study = load_study(options.study, {options.seed, largest_count(log, study), options.scenario});
  log.sync();

  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const bool partial = !complete || shard.parts > 1;
  const std::string command = command_of(study) + (options.scenario ? " --scenario '" + *options.scenario + "'" : "");
  const RunResults results = write_results(study, prepared, log, out, {seconds.count(), threads, partial, command});
  try {
    if (!complete) throw Stopped();
    const bool has_estimates = std::filesystem::exists(out / "estimates.csv");  // of fewer replicates
    if (options.keep_estimates || has_estimates) write_estimates(prepared, log, out, threads);
  } catch (const Stopped&) {
    print_message("oligosim: stopped; what is finished is kept. The same command goes on from here.\n");
    return StopSignals::exit_code();
  }
  print_result(terminal_summary(study, results.rows));
  return partial ? done : judge_failures(prepared, results, log, out);
}

int report_command(const std::filesystem::path& folder) {
  const Study study = load_study(folder / "study.yaml", {});
  const SanityCheck sanity = sanity_of(study);
  const unsigned threads = usable_cores();
  const Prepared prepared = prepare(study, sanity, threads, {folder});
  const BlockLog log = blocks_of(folder, study, prepared.experiments.front().columns().size());
  keep_truths(prepared, folder);
  const bool complete = holds_all(log, study);
  const RunResults results = write_results(study, prepared, log, folder, {0, threads, !complete, command_of(study)});
  return complete ? judge_failures(prepared, results, log, folder) : done;
}

}  // namespace oligosim
