#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "app/commands.hpp"

namespace oligosim {

/// The commands and what each word of theirs means: one table, from which command lines are read and from which help,
/// man page and completion are made (command_table.hpp).
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;

  /// Runs what a command line asks for; the exit code.
  int run(int argc, char** argv);

 private:
  /// A command, what it does in one line, and examples that stand at the end of its help, one a line.
  CLI::App& add(const char* name, const char* what, const char* examples, std::function<int()> action);
  void refuse_unknown(const std::string& word) const;
  void add_runs();
  void add_fits();
  void add_results();
  void add_trials();
  void add_about();

  CLI::App app_{"Simulation engine for trial design", "oligosim"};
  std::vector<std::pair<CLI::App*, std::function<int()>>> actions_;

  RunOptions run_;
  SizeOptions size_;
  SlurmOptions slurm_;
  AnalyzeOptions analyze_;
  CheckOptions check_;
  CalibrateOptions calibrate_;
  StressOptions stress_;
  MonitorOptions monitor_;
  ReplayOptions replay_;
  SimulateOptions simulate_;
  SelftestOptions selftest_;
  std::filesystem::path folder_, out_;
  std::vector<std::filesystem::path> folders_;
  std::string word_;
};

}  // namespace oligosim
