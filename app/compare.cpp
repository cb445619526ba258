#include <algorithm>
#include <cmath>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/missing_blocks.hpp"
#include "app/out_folder.hpp"
#include "app/output.hpp"
#include "app/program.hpp"
#include "engine/io/file.hpp"
#include "models/study/comparison.hpp"

namespace oligosim {
namespace {

struct LoadedRun {
  std::string name, title;
  std::vector<ComparedScenario> scenarios;
};

LoadedRun load_run(const std::filesystem::path& folder) {
  const Study study = load_study(folder / "study.yaml", {});
  LoadedRun run{
      .name = folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string(),
      .title = study.title,
      .scenarios = {}};
  std::vector<TrialExperiment> experiments;
  for (const Scenario& s : study.scenarios) experiments.emplace_back(s, study.seed);
  const BlockLog log = blocks_of(folder, study, experiments.front().columns().size());
  if (const std::string missing = missing_blocks(log, study, 1); !missing.empty())
    print_message("oligosim: {} lacks {}; it is compared by what it has\n", folder.string(), missing);
  for (std::uint32_t s = 0; s < experiments.size(); ++s)
    run.scenarios.push_back(compared_scenario(experiments[s], study.seed, log, s));
  return run;
}

/// "target: rejects A 0.9548 (0.0021), B 0.8999 (0.0030), difference -0.0549 (0.0031, paired)"
void print(std::span<const std::string> names, std::span<const Difference> differences) {
  for (const Difference& d : differences) {
    if (std::isnan(d.value.value)) continue;
    if (d.run == 0)
      print_result("{}{}: {}\n", d.metric == 0 ? "" : "  ", d.scenario, compared_metrics()[d.metric].what);
    print_result("    {:<24} {:>10.4f} ({:.4f})", names[d.run], d.value.value, d.value.mcse);
    if (d.run > 0) print_result("   {:>+10.4f} ({:.4f}{})", d.more.value, d.more.mcse, d.paired ? ", paired" : "");
    print_result("\n");
  }
}

}  // namespace

int compare_command(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out) {
  if (folders.size() < 2) throw InputError("compare: one folder alone cannot be compared (two or more)");
  check_own_out(out, "compare");
  std::vector<std::string> names, titles;
  std::vector<std::vector<ComparedScenario>> runs;
  for (const std::filesystem::path& folder : folders) {
    LoadedRun run = load_run(folder);
    names.push_back(std::ranges::find(names, run.name) == names.end() ? run.name : folder.string());
    titles.push_back(run.title);
    runs.push_back(std::move(run.scenarios));
  }
  const std::vector<Difference> differences = compare_runs(runs);
  if (differences.empty()) throw InputError("compare: the runs have no finished scenario with the same name");
  std::filesystem::create_directories(out);
  write_file(out / "comparison.csv", comparison_csv(names, differences));
  write_file(out / "comparison.html", comparison_page(names, titles, differences, program_name()));
  print(names, differences);
  return done;
}

}  // namespace oligosim
