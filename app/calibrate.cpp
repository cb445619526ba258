#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <system_error>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/out_folder.hpp"
#include "app/program.hpp"
#include "app/result_files.hpp"
#include "app/stop.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "engine/montecarlo/cores.hpp"
#include "engine/random/stream.hpp"
#include "models/calibration/calibration_files.hpp"
#include "models/calibration/calibration_page.hpp"
#include "models/calibration/checkpoint.hpp"
#include "version.hpp"

namespace oligosim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double seconds_between_checkpoints = 20;
constexpr const char* checkpoint_name = "checkpoint.txt";

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Holds the folder until destruction; throws LogLocked where another run holds it.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), folder.string());
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    close(descriptor_);
    throw LogLocked(folder.string() + ": another run holds this folder");
  }
  ~FolderLock() { close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

/// The folder of the results, taken back where nothing came to stand in it.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& folder)
      : folder_(folder), is_new_(std::filesystem::create_directories(folder)) {}
  ~NewFolder() {
    std::error_code not_empty;
    if (is_new_) std::filesystem::remove(folder_, not_empty);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

 private:
  std::filesystem::path folder_;
  bool is_new_;
};

/// What decides the numbers of a calibration.
std::string identity(const Calibration& calibration) {
  return fmt::format("{} version {} streams {}", calibration_hash(calibration), build::version, stream_version);
}

Checkpoint found(const std::filesystem::path& out, const Calibration& calibration) {
  if (!std::filesystem::exists(out / checkpoint_name)) return {};
  const std::string text = read_file(out / checkpoint_name);
  try {
    if (auto checkpoint = Checkpoint::read(text, identity(calibration))) return *checkpoint;
  } catch (const std::runtime_error& e) {
    print_message("oligosim: {}: {}; it begins again\n", (out / checkpoint_name).string(), e.what());
    return {};
  }
  throw InputError("--out: " + out.string() +
                   " holds the calibration of other targets, another seed or program version "
                   "(another folder)");
}

/// Point fit and bank, each kept as soon as it is there. False where it was stopped.
bool go_on(const Calibration& calibration, const TargetSimulator& simulator, Checkpoint& checkpoint,
           const std::filesystem::path& out, unsigned threads) {
  const auto keep = [&] { write_file(out / checkpoint_name, checkpoint.text(identity(calibration))); };
  if (!checkpoint.fit) {
    PointFit fit = fit_point(
        calibration, simulator, threads, [](const std::string& text) { print_message("oligosim: {}\n", text); },
        StopSignals::requested());
    if (StopSignals::requested()) return false;
    if (fit.coordinates.size() == 0)
      throw InputError("parameters: from none of the starts does the disease model give all targets\n");
    checkpoint.fit = fit;
    keep();
  }
  const Clock::time_point start = Clock::now();
  Clock::time_point kept = start;
  std::size_t before = 0;
  for (const auto& m : checkpoint.bank) before += m.has_value();
  const std::size_t all = calibration.posterior.design_points;
  simulate_bank(
      calibration, simulator, CalibrationDesign(*checkpoint.fit), checkpoint.bank, threads,
      [&](std::size_t done) {
        if (seconds_since(kept) < seconds_between_checkpoints && done < all && !StopSignals::requested()) return;
        keep();
        kept = Clock::now();
        const double each = seconds_since(start) / static_cast<double>(std::max<std::size_t>(1, done - before));
        print_message("oligosim: {} of {} design points, {:.0f} s left\n", done, all,
                      each * static_cast<double>(all - done));
      },
      StopSignals::requested());
  return !StopSignals::requested();
}

/// Posterior and predictions from what is kept: a stop loses nothing of that.
CalibrationResult finish(const Calibration& calibration, const TargetSimulator& used, const Checkpoint& checkpoint,
                         unsigned threads) {
  const StopSignals::Deadline deadline;
  CalibrationResult result;
  result.fit = *checkpoint.fit;
  result.posterior = find_posterior(calibration, used, CalibrationDesign(result.fit), checkpoint.bank, threads);
  const TargetSimulator all(calibration, false);
  result.targets =
      compare_targets(calibration, all, result.fit, predict(calibration, all, result.posterior, threads), threads);
  return result;
}

Json diagnostics(const CalibrationResult& result) {
  Json parameters = Json::array();
  for (const ChainDiagnostics& d : result.posterior.diagnostics)
    parameters.push_back({{"r_hat", json_number(d.r_hat)}, {"effective_size", json_number(d.effective_size)}});
  Json starts = Json::array();
  for (const PointFit::Start& s : result.fit.starts) starts.push_back(json_number(s.distance));
  return {{"distance", result.fit.distance},
          {"penalty", result.fit.penalty},
          {"gradient", result.fit.gradient},
          {"condition_number", json_number(result.fit.condition)},
          {"converged", result.fit.converged},
          {"distance_of_starts", starts},
          {"design_points_used", result.posterior.design_points},
          {"acceptance", result.posterior.acceptance},
          {"emulator_error", json_number(result.posterior.largest_emulator_error())},
          {"chains", parameters}};
}

std::string command_of(unsigned threads) {
  return fmt::format("oligosim calibrate targets.yaml --out DIR --threads {}", threads);
}

void write_results(const Calibration& calibration, const CalibrationResult& result, const std::filesystem::path& out,
                   unsigned threads, double seconds) {
  const CalibrationFacts facts{program_name(), calibration_hash(calibration),
                               "oligosim calibrate targets.yaml --out DIR"};
  ResultFiles files(out);
  files.write("targets.yaml", to_yaml(calibration.document));
  files.write("disease.yaml", fitted_disease_yaml(calibration, result.fit));
  files.write("posterior.csv", posterior_csv(calibration, result.posterior));
  files.write("targets.csv", targets_csv(result));
  files.write("report.html", calibration_page(calibration, result, facts));
  Json all = program_facts();
  all.update({{"command", command_of(threads)},
              {"seed", calibration.seed},
              {"targets_hash", calibration_hash(calibration)},
              {"stream_version", stream_version},
              {"threads", threads},
              {"finished", utc_now()},
              {"seconds", seconds},
              {"diagnostics", diagnostics(result)}});
  files.write_manifest(all);
}

void print_targets(const CalibrationResult& result) {
  print_result("{:<45} {:>11} {:>9} {:>6} {:>11}\n", "target", "published", "fitted", "z", "percentile");
  for (const TargetResult& r : result.targets)
    if (r.target.used_in_fit)
      print_result("{:<45} {:>11} {:>9} {:>6.2f} {:>11.1f}\n", r.target.name, target_text(r.target, r.target.published),
                   target_text(r.target, r.fitted), r.z, r.predictive.percentile);
  for (const std::string& text : not_reconciled(result)) print_result("not reconciled: {}\n", text);
  if (const std::string doubt = doubtful_posterior(result); !doubt.empty()) print_result("doubtful: {}\n", doubt);
}

}  // namespace

int calibrate_command(const CalibrateOptions& options) {
  check_own_out(options.out, "calibrate");
  const Clock::time_point start = Clock::now();
  const Calibration calibration = load_calibration(options.targets);
  const unsigned threads = options.threads ? options.threads : usable_cores();
  const NewFolder folder(options.out);
  const FolderLock lock(options.out);
  Checkpoint checkpoint = found(options.out, calibration);
  StopSignals::listen();

  const TargetSimulator used(calibration, true);
  if (!go_on(calibration, used, checkpoint, options.out, threads)) {
    print_message("oligosim: stopped; {}\n", checkpoint.fit
                                                 ? "what is finished is kept. The same command goes on from here."
                                                 : "the point fit was not finished, so nothing is kept.");
    return StopSignals::exit_code();
  }
  const CalibrationResult result = finish(calibration, used, checkpoint, threads);
  write_results(calibration, result, options.out, threads, seconds_since(start));
  print_targets(result);
  return done;
}

}  // namespace oligosim
