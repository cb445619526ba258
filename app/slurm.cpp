// A run as a Slurm job array with a merge job behind it. The array's tasks are shards; a shard whose block log is
// complete is not submitted again.
#include <stdio.h>
#include <sys/wait.h>

#include <filesystem>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/output.hpp"
#include "app/shard.hpp"
#include "engine/io/file.hpp"
#include "models/study/study.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

/// Whether a shard's log holds every block that is asked of it. A folder without a log, or of another study, is not
/// complete; the run that is submitted for it says what is wrong there.
bool is_complete(const Study& study, const Shard& shard, const fs::path& folder) {
  if (!fs::exists(folder / "blocks.log")) return false;
  const BlockLog log = BlockLog::read_only(folder / "blocks.log");
  if (log.header().study_hash != study_hash(study) || log.header().seed != study.seed) return false;
  return holds_all(log, study, shard);
}

/// A path as a directive's argument has it: in quotation marks, and % doubled, which begins what Slurm fills in.
std::string slurm_path(const std::string& path) {
  std::string text = "\"";
  for (const char c : path) {
    if (c == '%') text += '%';
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

class Jobs {
 public:
  Jobs(const SlurmOptions& options, const Study& study)
      : study_(study),
        out_(fs::absolute(options.out)),
        scripts_(out_ / "slurm"),
        shards_(options.shards),
        options_(options.sbatch) {
    for (std::uint32_t k = 1; k <= shards_; ++k)
      if (!is_complete(study, {k, shards_}, folder(k))) missing_.push_back(k);
  }

  const std::vector<std::uint32_t>& missing() const { return missing_; }
  fs::path array_script() const { return scripts_ / "array.sh"; }
  fs::path merge_script() const { return scripts_ / "merge.sh"; }

  void write() const {
    fs::create_directories(scripts_);
    write_file(scripts_ / "study.yaml", to_yaml(study_.resolved));  // whole: the files it names may change or move
    write_file(array_script(), head("%A_%a") + program() + " run " + shell_quoted((scripts_ / "study.yaml").string()) +
                                   " --shard \"$SLURM_ARRAY_TASK_ID/" + std::to_string(shards_) + "\" --out " +
                                   shell_quoted((out_ / "shard-").string()) + "\"$SLURM_ARRAY_TASK_ID\"-of-" +
                                   std::to_string(shards_) + " --threads \"${SLURM_CPUS_PER_TASK:-1}\"\n");
    std::string merge = head("merge_%j") + program() + " merge";
    for (std::uint32_t k = 1; k <= shards_; ++k) merge += " " + shell_quoted(folder(k).string());
    write_file(merge_script(), merge + " --out " + shell_quoted(out_.string()) + "\n");
  }

  /// "1,4,7": what --array takes.
  std::string missing_list() const {
    std::string list;
    for (const std::uint32_t k : missing_) list += (list.empty() ? "" : ",") + std::to_string(k);
    return list;
  }

 private:
  fs::path folder(std::uint32_t k) const { return out_ / shard_folder({k, shards_}); }
  static std::string program() { return "exec " + shell_quoted(fs::read_symlink("/proc/self/exe").string()); }
  std::string head(const std::string& log) const {
    std::string text = "#!/bin/sh\n#SBATCH --job-name=oligosim-" + study_hash(study_).substr(0, 8) +
                       "\n#SBATCH --output=" + slurm_path(scripts_.string()) + "/" + log + ".log\n";
    for (const std::string& option : options_) text += "#SBATCH " + option + "\n";
    return text;
  }

  const Study& study_;
  fs::path out_, scripts_;
  std::uint32_t shards_;
  std::vector<std::string> options_;
  std::vector<std::uint32_t> missing_;
};

/// The number of the job that sbatch has queued.
std::string submit(const std::string& arguments) {
  const std::string command = "sbatch --parsable " + arguments;
  std::string printed;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[256];
  while (pipe != nullptr && fgets(buffer, sizeof buffer, pipe) != nullptr) printed += buffer;
  const int status = pipe != nullptr ? pclose(pipe) : -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw InputError("sbatch did not take the job (" + command +
                     "); the scripts are written and can be submitted by hand");
  printed.erase(std::min(printed.find_first_not_of("0123456789"), printed.size()));
  return printed;
}

}  // namespace

int slurm_command(const SlurmOptions& options) {
  const Study study = load_study(options.study, {options.seed, options.replicates, {}});
  const Jobs jobs(options, study);
  jobs.write();
  const std::size_t to_run = jobs.missing().size();
  print_message("oligosim: {} of {} shards are finished{}\n", options.shards - to_run, options.shards,
                to_run ? "; to run: " + jobs.missing_list() : "");
  if (options.write_only) {
    print_result("{}\n{}\n", jobs.array_script().string(), jobs.merge_script().string());
    return done;
  }
  std::string after;
  if (to_run > 0) {
    const std::string job = submit("--array=" + jobs.missing_list() + " " + shell_quoted(jobs.array_script().string()));
    print_result("array job {}\n", job);
    after = "--dependency=afterok:" + job + " --kill-on-invalid-dep=yes ";
  }
  print_result("merge job {}\n", submit(after + shell_quoted(jobs.merge_script().string())));
  return done;
}

}  // namespace oligosim
