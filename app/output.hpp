#pragma once

#include <filesystem>
#include <vector>

#include "app/commands.hpp"
#include "models/study/page/study_page.hpp"
#include "models/study/sanity.hpp"
#include "models/study/study.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// The study made ready to run: control arms solved, true values found, one experiment a scenario.
struct Prepared {
  std::vector<TrialExperiment> experiments;
  std::vector<SanityRow> sanity;
  std::vector<SanityCurves> sanity_curves;
  std::string truths;  // as a folder keeps them
};
/// True values are taken from the first of the folders that keeps them.
Prepared prepare(const Study& study, const SanityCheck& sanity, unsigned threads,
                 const std::vector<std::filesystem::path>& known_in);

/// Keeps the true values in a folder whose blocks are of this study.
void keep_truths(const Prepared& prepared, const std::filesystem::path& out);

/// The study's check of its patients against what was published. Throws InputError with all mistakes.
SanityCheck sanity_of(const Study& study);

struct RunRecord {
  double seconds = 0;
  unsigned threads = 0;
  bool partial = false;
  std::string command;
};

/// What a run showed: its summary, and of each scenario the numbers that are missing too often.
struct RunResults {
  std::vector<SummaryRow> rows;
  std::vector<std::vector<TooManyFailures>> failures;
};

/// Folds the log and writes summary.csv, summary.json, sanity.csv, study.yaml, report.html, read_results.R,
/// check_design.R where the design has a closed form, and manifest.json.
RunResults write_results(const Study& study, const Prepared& prepared, const BlockLog& log,
                         const std::filesystem::path& out, const RunRecord& record);

/// Writes estimates.csv: the estimates of all replicates that the log holds, which are made again, a part of them in
/// memory at a time. Throws Stopped where a signal has asked to stop; the file is then as it was.
void write_estimates(const Prepared& prepared, const BlockLog& log, const std::filesystem::path& out, unsigned threads);

/// Whether the log holds all replicates of a block, of every scenario.
bool holds_block(const BlockLog& log, const Study& study, std::uint64_t block);

/// Whether it holds all replicates of the study that a shard has.
bool holds_all(const BlockLog& log, const Study& study, const Shard& shard = {});

/// The largest number of a replicate that the log holds, of any scenario.
std::uint32_t largest_count(const BlockLog& log, const Study& study);

/// What makes this run again from the folder's study.yaml.
std::string command_of(const Study& study);

/// The short table at the end of a run, for stdout.
std::string terminal_summary(const Study& study, const std::vector<SummaryRow>& rows);

LogHeader log_header(const Study& study, std::size_t columns);

/// The blocks of a run's folder, for reading. Throws InputError where they are not of this study and program.
BlockLog blocks_of(const std::filesystem::path& folder, const Study& study, std::size_t columns);

}  // namespace oligosim
