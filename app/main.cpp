// The command line: what each word means is in commands.hpp; here it is only read and its errors become exit codes.
#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <string>
#include <system_error>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "engine/io/yaml.hpp"
#include "engine/montecarlo/block_log.hpp"
#include "version.hpp"

namespace {

using namespace oligosim;

int parse_and_run(int argc, char** argv) {
  CLI::App app{"Simulation engine for trial design", "oligosim"};
  app.set_version_flag("--version", std::string("oligosim ") + build::version + " (" + build::revision + ")");
  app.require_subcommand(1);

  RunOptions run;
  CLI::App* run_app =
      app.add_subcommand("run", "simulate every scenario of a study and report operating characteristics");
  run_app->add_option("study", run.study, "study file")->required();
  run_app->add_option("--out", run.out, "folder for the results")->required();
  run_app->add_option("--replicates", run.replicates, "replicates of each scenario, instead of the study's");
  run_app->add_option("--seed", run.seed, "seed, instead of the study's");
  run_app->add_option("--threads", run.threads, "threads; all usable cores if not given");
  run_app->add_option("--scenario", run.scenario, "this scenario only");
  run_app->add_option("--shard", run.shard, "K/N: every N-th block from the K-th");

  run_app->add_flag("--keep-estimates", run.keep_estimates, "write estimates.csv, every number of every replicate");

  run_app->add_flag("--json-progress", run.json_progress, "progress as lines of JSON on stderr");

  run_app
      ->add_option("--until-mcse", run.until_mcse,
                   "stop before --replicates once the Monte Carlo error of the power is this small in all scenarios")
      ->check(CLI::Range(1e-6, 0.5));

  SizeOptions size;
  CLI::App* size_app =
      app.add_subcommand("size", "find the smallest sample size, or number of events, that holds what a study wants");
  size_app->add_option("study", size.study, "study file with a block size")->required();
  size_app->add_option("--out", size.out, "folder for the results")->required();
  size_app->add_option("--seed", size.seed, "seed, instead of the study's");
  size_app->add_option("--threads", size.threads, "threads; all usable cores if not given");

  AnalyzeOptions analyze;
  CLI::App* analyze_app = app.add_subcommand("analyze", "run an analysis plan on a file of patients");
  analyze_app->add_option("plan", analyze.plan, "analysis plan")->required();
  analyze_app->add_option("--data", analyze.data, "CSV file, one row a patient, or long by PARAMCD")->required();
  analyze_app->add_option("--lesions", analyze.lesions, "CSV file of their lesions, one row a lesion");
  analyze_app->add_option("--out", analyze.out, "folder for the results")->required();

  CalibrateOptions calibrate;
  CLI::App* calibrate_app = app.add_subcommand("calibrate", "fit a disease model to published figures");
  calibrate_app->add_option("targets", calibrate.targets, "targets file")->required();
  calibrate_app->add_option("--out", calibrate.out, "folder for the results")->required();
  calibrate_app->add_option("--threads", calibrate.threads, "threads; all usable cores if not given");

  StressOptions stress;
  CLI::App* stress_app = app.add_subcommand("stress", "say what published findings are worth, from printed numbers");
  stress_app->add_option("findings", stress.findings, "file of findings")->required();
  stress_app->add_option("--out", stress.out, "folder for the results")->required();
  stress_app->add_option("--threads", stress.threads, "threads; all usable cores if not given");

  std::filesystem::path file;
  CLI::App* check_app =
      app.add_subcommand("check", "validate a study, targets or findings and say what will be simulated");
  check_app->add_option("file", file, "study, targets or findings file")->required();

  std::vector<std::filesystem::path> folders;
  std::filesystem::path merged;
  CLI::App* merge_app = app.add_subcommand("merge", "join the shards of a run");
  merge_app->add_option("folders", folders, "folders of the shards")->required();
  merge_app->add_option("--out", merged, "folder for the whole")->required();

  std::vector<std::filesystem::path> compared;
  std::filesystem::path comparison;
  CLI::App* compare_app =
      app.add_subcommand("compare", "several runs side by side, with the error of their differences");
  compare_app->add_option("folders", compared, "folders of runs; the first is what the others are held against")
      ->required();
  compare_app->add_option("--out", comparison, "folder for comparison.csv and comparison.html")->required();

  std::filesystem::path reported;
  CLI::App* report_app = app.add_subcommand("report", "write the page and tables of a run again");
  report_app->add_option("folder", reported, "folder of the run")->required();

  ReplayOptions replay;
  CLI::App* replay_app = app.add_subcommand("replay", "one replicate of a run again: its patients and estimates");
  replay_app->add_option("folder", replay.folder, "folder of the run")->required();
  replay_app->add_option("--scenario", replay.scenario, "scenario, where the run has several");
  replay_app->add_option("--replicate", replay.replicate, "its number, from 1")->required();

  SimulateOptions simulate;
  CLI::App* simulate_app = app.add_subcommand("simulate", "write simulated trials as CSV, wide and as CDISC ADTTE");
  simulate_app->add_option("study", simulate.study, "study file")->required();
  simulate_app->add_option("--replicates", simulate.replicates, "trials of each scenario")->required();
  simulate_app->add_option("--out", simulate.out, "folder for the files")->required();
  simulate_app->add_option("--seed", simulate.seed, "seed, instead of the study's");
  simulate_app->add_option("--scenario", simulate.scenario, "this scenario only");

  SlurmOptions slurm;
  CLI::App* slurm_app = app.add_subcommand("slurm", "submit a run as a Slurm job array with its merge job");
  slurm_app->add_option("study", slurm.study, "study file")->required();
  slurm_app->add_option("--out", slurm.out, "folder for the results")->required();
  slurm_app->add_option("--shards", slurm.shards, "tasks of the array")->required()->check(CLI::Range(1, 100000));
  slurm_app->add_option("--replicates", slurm.replicates, "replicates of each scenario, instead of the study's");
  slurm_app->add_option("--seed", slurm.seed, "seed, instead of the study's");
  slurm_app->add_option("--sbatch", slurm.sbatch, "an option for sbatch, such as --sbatch=--time=2:00:00; repeatable");
  slurm_app->add_flag("--write-only", slurm.write_only, "write the scripts and submit nothing");

  SelftestOptions selftest;
  CLI::App* selftest_app = app.add_subcommand("selftest", "hold this computer's program against published numbers");
  selftest_app->add_option("--out", selftest.out, "folder for the page")->required();
  selftest_app->add_option("--oracles", selftest.oracles, "folder of other files of expected numbers");
  std::string kind;
  CLI::App* schema_app = app.add_subcommand("schema", "print the JSON Schema of a kind of file");
  schema_app->add_option("kind", kind, "study, plan, targets, findings or disease")
      ->required()
      ->check(CLI::IsMember({"study", "plan", "targets", "findings", "disease"}));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? done : bad_input;
  }
  if (run_app->parsed()) return run_command(run);
  if (size_app->parsed()) return size_command(size);
  if (analyze_app->parsed()) return analyze_command(analyze);
  if (calibrate_app->parsed()) return calibrate_command(calibrate);
  if (stress_app->parsed()) return stress_command(stress);
  if (report_app->parsed()) return report_command(reported);
  if (replay_app->parsed()) return replay_command(replay);
  if (simulate_app->parsed()) return simulate_command(simulate);
  if (slurm_app->parsed()) return slurm_command(slurm);
  if (selftest_app->parsed()) return selftest_command(selftest);
  if (schema_app->parsed()) return schema_command(kind);
  if (compare_app->parsed()) return compare_command(compared, comparison);
  if (check_app->parsed()) return check_command(file);
  return merge_command(folders, merged);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of stdout that goes away ends nothing (console.hpp)
  try {
    return parse_and_run(argc, argv);
  } catch (const InputError& e) {
    std::string text = e.what();
    if (!text.ends_with('\n')) text += '\n';
    print_message(text);
    return bad_input;
  } catch (const LogLocked& e) {
    print_message("oligosim: {}\n", e.what());
    return folder_busy;
  } catch (const LogError& e) {
    print_message("oligosim: {}\n", e.what());
    return bad_input;
  } catch (const std::system_error& e) {
    print_message("oligosim: {}\n", e.what());
    return disk_failed;
  } catch (const std::exception& e) {
    print_message("oligosim: this is a defect of the program: {}\n", e.what());
    return defect;
  }
}
