#include "app/command_line.hpp"

#include <algorithm>
#include <utility>

#include "app/command_table.hpp"
#include "engine/io/words.hpp"
#include "engine/io/yaml.hpp"
#include "models/schema/documents.hpp"
#include "version.hpp"

namespace oligosim {
namespace {

// Names of values say to help and completion what they are.
constexpr const char* file = "FILE";
constexpr const char* folder = "DIR";

CLI::Option* needed(CLI::App& app, const char* name, std::filesystem::path& to, const char* what, const char* value) {
  return app.add_option(name, to, what)->required()->type_name(value);
}

void out_folder(CLI::App& app, std::filesystem::path& to, const char* what = "folder for the results") {
  needed(app, "--out", to, what, folder);
}

void seed(CLI::App& app, std::optional<std::int64_t>& to) {
  app.add_option("--seed", to, "seed, instead of the study's")->type_name("N");
}

void threads(CLI::App& app, unsigned& to) {
  app.add_option("--threads", to, "threads; all usable cores if not given")->type_name("N");
}

void replicates(CLI::App& app, std::optional<std::int64_t>& to) {
  app.add_option("--replicates", to, "replicates of each scenario, instead of the study's")->type_name("N");
}

void one_scenario(CLI::App& app, std::optional<std::string>& to, const char* what = "this scenario only") {
  app.add_option("--scenario", to, what)->type_name("NAME");
}

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const DocumentKind& kind : document_kinds()) names.emplace_back(kind.name);
  return names;
}

}  // namespace

CommandLine::CommandLine() {
  app_.set_version_flag("--version", std::string("oligosim ") + build::version + " (" + build::revision + ")");
  app_.require_subcommand(1);
  add_runs();
  add_fits();
  add_results();
  add_trials();
  add_about();
}

CLI::App& CommandLine::add(const char* name, const char* what, const char* examples, std::function<int()> action) {
  CLI::App* app = app_.add_subcommand(name, what);
  app->footer(examples_footer(examples));
  actions_.emplace_back(app, std::move(action));
  return *app;
}

void CommandLine::add_runs() {
  CLI::App& run = add("run", "simulate every scenario of a study and report operating characteristics",
                      "oligosim run configs/studies/randomized_pfs.yaml --out results/randomized_pfs\n"
                      "oligosim run STUDY.yaml --out DIR --replicates 1000 --scenario target\n"
                      "oligosim run STUDY.yaml --out DIR --shard 1/4",
                      [this] { return run_command(run_); });
  needed(run, "study", run_.study, "study file", file);
  out_folder(run, run_.out);
  replicates(run, run_.replicates);
  seed(run, run_.seed);
  threads(run, run_.threads);
  one_scenario(run, run_.scenario);
  run.add_option("--shard", run_.shard, "K/N: every N-th block from the K-th")->type_name("K/N");
  run.add_flag("--keep-estimates", run_.keep_estimates,
               "write estimates.csv, every number of every replicate; a folder that has one keeps it in step");
  run.add_flag("--json-progress", run_.json_progress, "progress as lines of JSON on stderr");
  run.add_option("--until-mcse", run_.until_mcse,
                 "stop before --replicates once the Monte Carlo error of the power is this small in all scenarios")
      ->type_name("X")
      ->check(CLI::Range(1e-6, 0.5));

  CLI::App& size = add("size", "find the smallest sample size, or number of events, that holds what a study wants",
                       "oligosim size configs/studies/randomized_pfs.yaml --out results/size",
                       [this] { return size_command(size_); });
  needed(size, "study", size_.study, "study file with a block size", file);
  out_folder(size, size_.out);
  seed(size, size_.seed);
  threads(size, size_.threads);

  CLI::App& slurm = add("slurm", "submit a run as a Slurm job array with its merge job",
                        "oligosim slurm STUDY.yaml --shards 20 --out DIR\n"
                        "oligosim slurm STUDY.yaml --shards 20 --out DIR --sbatch=--time=2:00:00 --write-only",
                        [this] { return slurm_command(slurm_); });
  needed(slurm, "study", slurm_.study, "study file", file);
  out_folder(slurm, slurm_.out);
  slurm.add_option("--shards", slurm_.shards, "tasks of the array")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  replicates(slurm, slurm_.replicates);
  seed(slurm, slurm_.seed);
  slurm.add_option("--sbatch", slurm_.sbatch, "an option for sbatch, such as --sbatch=--time=2:00:00; repeatable")
      ->type_name("OPTION");
  slurm.add_flag("--write-only", slurm_.write_only, "write the scripts and submit nothing");
}

void CommandLine::add_fits() {
  CLI::App& analyze = add("analyze", "run an analysis plan on a file of patients",
                          "oligosim analyze configs/plans/song2025.yaml --data FILE.csv --out results/patients",
                          [this] { return analyze_command(analyze_); });
  needed(analyze, "plan", analyze_.plan, "analysis plan", file);
  needed(analyze, "--data", analyze_.data, "CSV file, one row a patient, or long by PARAMCD", file);
  analyze.add_option("--lesions", analyze_.lesions, "CSV file of their lesions, one row a lesion")->type_name(file);
  out_folder(analyze, analyze_.out);

  CLI::App& monitor = add("monitor", "hold the looks of a real trial against the design of its study",
                          "oligosim monitor configs/monitoring/randomized_pfs.yaml --out results/first_look",
                          [this] { return monitor_command(monitor_); });
  needed(monitor, "trial", monitor_.trial, "file of a trial under way", file);
  out_folder(monitor, monitor_.out);

  CLI::App& calibrate = add("calibrate", "fit a disease model to published figures",
                            "oligosim calibrate configs/targets/song2025.yaml --out results/calibration",
                            [this] { return calibrate_command(calibrate_); });
  needed(calibrate, "targets", calibrate_.targets, "targets file", file);
  out_folder(calibrate, calibrate_.out);
  threads(calibrate, calibrate_.threads);

  CLI::App& stress = add("stress", "say what published findings are worth, from printed numbers",
                         "oligosim stress configs/findings/song2025.yaml --out results/stress",
                         [this] { return stress_command(stress_); });
  needed(stress, "findings", stress_.findings, "file of findings", file);
  out_folder(stress, stress_.out);
  threads(stress, stress_.threads);

  CLI::App& check =
      add("check", "validate a study, plan, trial under way, targets or findings and say what will be done",
          "oligosim check configs/studies/randomized_pfs.yaml\n"
          "oligosim check configs/plans/song2025.yaml\n"
          "oligosim check PLAN.yaml --data FILE.csv",
          [this] { return check_command(check_); });
  needed(check, "file", check_.file, "study, plan, targets, findings or trial file", file);
  check.add_option("--data", check_.data, "of a plan: the CSV file of patients it is meant for")->type_name(file);
  check.add_option("--lesions", check_.lesions, "of a plan: CSV file of their lesions")->type_name(file);
}

void CommandLine::add_results() {
  CLI::App& merge = add("merge", "join the shards of a run", "oligosim merge shard1 shard2 shard3 --out results/whole",
                        [this] { return merge_command(folders_, out_); });
  merge.add_option("folders", folders_, "folders of the shards")->required()->type_name(folder);
  out_folder(merge, out_, "folder for the whole");

  CLI::App& compare = add("compare", "several runs side by side, with the error of their differences",
                          "oligosim compare results/three_looks results/two_looks --out results/comparison",
                          [this] { return compare_command(folders_, out_); });
  compare.add_option("folders", folders_, "folders of runs; the first is what the others are held against")
      ->required()
      ->type_name(folder);
  out_folder(compare, out_, "folder for comparison.csv and comparison.html");

  CLI::App& report = add("report", "write the page and tables of a run again", "oligosim report results/randomized_pfs",
                         [this] { return report_command(folder_); });
  needed(report, "folder", folder_, "folder of the run", folder);
}

void CommandLine::add_trials() {
  CLI::App& replay = add("replay", "one replicate of a run again: its patients and estimates",
                         "oligosim replay results/randomized_pfs --scenario target --replicate 7",
                         [this] { return replay_command(replay_); });
  needed(replay, "folder", replay_.folder, "folder of the run", folder);
  one_scenario(replay, replay_.scenario, "scenario, where the run has several");
  replay.add_option("--replicate", replay_.replicate, "its number, from 1")->required()->type_name("K");

  CLI::App& simulate =
      add("simulate", "write simulated trials as CSV, wide and as CDISC ADTTE",
          "oligosim simulate configs/studies/randomized_pfs.yaml --replicates 100 --out results/trials",
          [this] { return simulate_command(simulate_); });
  needed(simulate, "study", simulate_.study, "study file", file);
  simulate.add_option("--replicates", simulate_.replicates, "trials of each scenario")->required()->type_name("N");
  out_folder(simulate, simulate_.out, "folder for the files");
  seed(simulate, simulate_.seed);
  one_scenario(simulate, simulate_.scenario);
}

void CommandLine::add_about() {
  CLI::App& selftest = add("selftest", "hold this computer's program against published numbers",
                           "oligosim selftest --out results/selftest", [this] { return selftest_command(selftest_); });
  out_folder(selftest, selftest_.out, "folder for the page");
  selftest.add_option("--oracles", selftest_.oracles, "folder of other files of expected numbers")->type_name(folder);

  CLI::App& schema = add("schema", "print the JSON Schema of a kind of file",
                         "oligosim schema study > study.schema.json", [this] { return schema_command(word_); });
  schema.add_option("kind", word_, "study, plan, monitoring, targets, findings or disease")
      ->required()
      ->type_name("KIND")
      ->check(CLI::IsMember(kinds()));

  add("reference", "print what every key of every kind of file means, as Markdown",
      "oligosim reference > docs/reference.md", [] { return reference_command(); });

  add("man", "print the manual page", "oligosim man > oligosim.1", [this] { return man_command(app_); });

  CLI::App& completion = add("completion", "print what makes a shell complete commands and options",
                             "source <(oligosim completion bash)\n"
                             "oligosim completion fish > ~/.config/fish/completions/oligosim.fish",
                             [this] { return completion_command(app_, word_); });
  completion.add_option("shell", word_, "the shell")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember(completion_shells()));
}

void CommandLine::refuse_unknown(const std::string& word) const {
  std::vector<std::string> commands;
  for (const auto& [app, action] : actions_) commands.push_back(app->get_name());
  if (!word.empty() && word.front() != '-' && std::ranges::find(commands, word) == commands.end())
    throw InputError("oligosim: there is no command " + quoted(word) + " (" + either_or_nearest(word, commands) + ")");
}

int CommandLine::run(int argc, char** argv) {
  if (argc > 1) refuse_unknown(argv[1]);
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app_.exit(e) == 0 ? done : bad_input;
  }
  for (const auto& [app, action] : actions_)
    if (app->parsed()) return action();
  return bad_input;
}

}  // namespace oligosim
