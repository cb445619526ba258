#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/montecarlo/runner.hpp"

namespace oligosim {

/// Exit codes that users' scripts rely on.
enum Exit { done = 0, defect = 1, bad_input = 2, quality_missed = 3, disk_failed = 4, folder_busy = 5 };

struct RunOptions {
  std::filesystem::path study;
  std::filesystem::path out;
  std::optional<std::int64_t> replicates, seed;
  std::optional<std::string> scenario;
  std::optional<std::string> shard;  // "K/N"
  unsigned threads = 0;              // 0: all usable cores
  bool keep_estimates = false;
  bool json_progress = false;
  std::optional<double> until_mcse;
};

struct AnalyzeOptions {
  std::filesystem::path plan;
  std::filesystem::path data;
  std::optional<std::filesystem::path> lesions;
  std::filesystem::path out;
};

struct CheckOptions {
  std::filesystem::path file;
  std::optional<std::filesystem::path> data, lesions;  // of a plan
};

struct CalibrateOptions {
  std::filesystem::path targets;
  std::filesystem::path out;
  unsigned threads = 0;  // 0: all usable cores
};

struct StressOptions {
  std::filesystem::path findings;
  std::filesystem::path out;
  unsigned threads = 0;  // 0: all usable cores
};

struct MonitorOptions {
  std::filesystem::path trial;
  std::filesystem::path out;
};

struct SizeOptions {
  std::filesystem::path study;
  std::filesystem::path out;
  std::optional<std::int64_t> seed;
  unsigned threads = 0;  // 0: all usable cores
};

struct ReplayOptions {
  std::filesystem::path folder;         // of a run
  std::optional<std::string> scenario;  // needed where there are several
  std::uint32_t replicate = 1;
};

struct SimulateOptions {
  std::filesystem::path study;
  std::filesystem::path out;
  std::optional<std::int64_t> seed;
  std::optional<std::string> scenario;
  std::uint32_t replicates = 1;
};

struct SlurmOptions {
  std::filesystem::path study;
  std::filesystem::path out;
  std::optional<std::int64_t> replicates, seed;
  std::uint32_t shards = 0;
  std::vector<std::string> sbatch;  // further #SBATCH lines: "--time=2:00:00"
  bool write_only = false;
};

struct SelftestOptions {
  std::filesystem::path out;
  std::optional<std::filesystem::path> oracles;  // a folder whose files stand in for those built in
};

int analyze_command(const AnalyzeOptions& options);
int calibrate_command(const CalibrateOptions& options);
int run_command(const RunOptions& options);
int size_command(const SizeOptions& options);
int check_command(const CheckOptions& options);
int stress_command(const StressOptions& options);
int monitor_command(const MonitorOptions& options);
int replay_command(const ReplayOptions& options);
int simulate_command(const SimulateOptions& options);
int slurm_command(const SlurmOptions& options);
int selftest_command(const SelftestOptions& options);
int schema_command(const std::string& kind);
int reference_command();
int report_command(const std::filesystem::path& folder);
int compare_command(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out);
int merge_command(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out);

}  // namespace oligosim
