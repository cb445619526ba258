#include <algorithm>
#include <set>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/missing_blocks.hpp"
#include "app/out_folder.hpp"
#include "app/output.hpp"
#include "app/quality.hpp"
#include "engine/io/number.hpp"
#include "engine/montecarlo/cores.hpp"

namespace oligosim {
namespace {

using Folders = std::vector<std::filesystem::path>;

/// Refuses folders that do not go together. What they agree in.
LogHeader common_header(const Folders& folders) {
  for (const auto& folder : folders)
    if (!std::filesystem::is_regular_file(folder / "blocks.log"))
      throw InputError(folder.string() + ": is not the folder of a run (there is no blocks.log in it)");
  const LogHeader first = BlockLog::read_only(folders.front() / "blocks.log").header();
  for (const auto& folder : folders)
    if (!(BlockLog::read_only(folder / "blocks.log").header() == first))
      throw InputError(folder.string() + ": is of another study, seed or program version than " +
                       folders.front().string());
  return first;
}

bool has_study(const std::filesystem::path& folder) { return std::filesystem::exists(folder / "study.yaml"); }

/// How many of them there are, each counted once however often it is named.
std::size_t distinct(const Folders& folders) {
  std::set<std::filesystem::path> paths;
  for (const auto& folder : folders) paths.insert(std::filesystem::canonical(folder));
  return paths.size();
}

/// What the study.yaml of a folder asks for; 0 where a run was killed before it left one.
std::uint32_t replicates_of(const std::filesystem::path& folder) {
  if (!has_study(folder)) return 0;
  Problems problems;
  const YamlNode tree = load_yaml(folder / "study.yaml", problems);
  problems.refuse();
  const YamlNode* const replicates = tree.find("replicates");
  const auto count = read_number(replicates ? replicates->scalar : "").value;
  return count && *count >= 1 && *count <= 4e9 ? static_cast<std::uint32_t>(*count) : 0;
}

/// The whole is as long as its longest part was to be, whichever folder is named first.
std::int64_t most_replicates(const Folders& folders) {
  std::int64_t most = 0;
  for (const auto& folder : folders) most = std::max<std::int64_t>(most, replicates_of(folder));
  return most;
}

/// The study of folders that agree, for that many replicates.
Study study_of(const Folders& folders, std::int64_t replicates) {
  const auto with_study = std::ranges::find_if(folders, has_study);
  const std::filesystem::path& folder = with_study == folders.end() ? folders.front() : *with_study;
  StudyOverrides overrides;
  if (replicates > 0) overrides.replicates = replicates;
  return load_study(folder / "study.yaml", overrides);
}

void add_blocks(BlockLog& log, const std::filesystem::path& folder, std::size_t scenarios) {
  const BlockLog part = BlockLog::read_only(folder / "blocks.log");
  for (std::uint32_t s = 0; s < scenarios; ++s)
    part.for_each(s, [&](const BlockSummary& b) {
      if (log.replicates(b.id) < b.replicates) log.append(b);
    });
}

}  // namespace

int merge_command(const Folders& folders, const std::filesystem::path& out) {
  check_run_out(out);
  const LogHeader header = common_header(folders);
  const std::int64_t asked = most_replicates(folders);
  Study study = study_of(folders, asked);
  const SanityCheck sanity = sanity_of(study);
  const unsigned threads = usable_cores();
  const Prepared prepared = prepare(study, sanity, threads, folders);
  if (!(header == log_header(study, prepared.experiments.front().columns().size())))
    throw InputError(folders.front().string() +
                     ": its blocks are not of its study.yaml and this version of the program");
  std::filesystem::create_directories(out);
  BlockLog log(out / "blocks.log", header);
  for (const auto& folder : folders) add_blocks(log, folder, study.scenarios.size());
  keep_truths(prepared, out);
  log.sync();
  // Blocks may be there of more replicates: of a part that was killed, or of an earlier merge.
  if (const std::uint32_t held = largest_count(log, study); held > study.replicates) study = study_of(folders, held);
  const std::string lacking = missing_blocks(log, study, distinct(folders));
  const RunResults results =
      write_results(study, prepared, log, out, {0, threads, !lacking.empty(), command_of(study)});
  if (std::ranges::any_of(folders, [](const auto& f) { return std::filesystem::exists(f / "estimates.csv"); }))
    write_estimates(prepared, log, out, threads);
  if (!lacking.empty()) print_message("oligosim: none of the folders has {}; the summary is partial\n", lacking);
  print_result(terminal_summary(study, results.rows));
  return lacking.empty() ? judge_failures(prepared, results, log, out) : done;
}

}  // namespace oligosim
