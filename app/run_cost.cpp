#include "app/run_cost.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "models/study/trial_experiment.hpp"
#include "models/study/truth.hpp"

namespace oligosim {
namespace {

template <class Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The most memory that this process has had, in MB.
double peak_megabytes() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) / 1024;
}

/// Seconds of one thread for one replicate, from some that take about as long as said.
double replicate_seconds(const Scenario& scenario, std::uint64_t seed, double probe_seconds) {
  constexpr std::uint32_t fewest = 3;
  const TrialExperiment experiment(scenario, seed);
  Arena arena;
  std::vector<double> row(experiment.columns().size());
  const auto once = [&](std::uint32_t replicate) {
    arena.reset();
    experiment.replicate(replicate, arena, row);
  };
  once(1);  // what is made at first use
  std::uint32_t replicates = 0;
  double seconds = 0;
  while (seconds < probe_seconds || replicates < fewest) {
    ++replicates;
    seconds += seconds_of([&] { once(replicates); });
  }
  return seconds / replicates;
}

/// What the true values of a scenario take, from two cohorts of at most so many patients. Most of the memory of a run
/// is theirs; replicates need next to none.
class TruthCost {
 public:
  TruthCost(const Scenario& scenario, std::uint64_t seed, std::size_t patients)
      : few_(std::min(most_probed, patients) / 4), many_(std::min(most_probed, patients)) {
    const auto seconds_with = [&](std::size_t of_probe) {
      return seconds_of([&] { true_values(scenario, seed, {of_probe, 1}, 1); });
    };
    seconds_at_few_ = seconds_with(few_), megabytes_at_few_ = peak_megabytes();
    seconds_at_many_ = seconds_with(many_), megabytes_at_many_ = peak_megabytes();
  }
  double seconds(std::size_t patients) const { return line(seconds_at_few_, seconds_at_many_, patients); }
  double megabytes(std::size_t patients) const { return line(megabytes_at_few_, megabytes_at_many_, patients); }

 private:
  static constexpr std::size_t most_probed = 200000;
  double line(double at_few, double at_many, std::size_t patients) const {
    const double slope = std::max(0.0, at_many - at_few) / static_cast<double>(many_ - few_);
    return std::max(0.0, at_many + slope * (static_cast<double>(patients) - static_cast<double>(many_)));
  }

  std::size_t few_, many_;  // patients
  double seconds_at_few_, seconds_at_many_, megabytes_at_few_, megabytes_at_many_;
};

}  // namespace

RunCost probe_cost(const Study& study, unsigned threads) {
  RunCost cost;
  constexpr double all_probes = 0.4;  // seconds
  const auto scenarios = static_cast<double>(study.scenarios.size());
  for (const Scenario& s : study.scenarios)
    cost.replicate_seconds += replicate_seconds(s, study.seed, all_probes / scenarios) / scenarios;

  cost.megabytes = peak_megabytes();
  const unsigned at_once = scenarios_at_once(study, threads);
  std::optional<TruthCost> truth;  // by the first that is not in closed form
  for (const Scenario& s : study.scenarios) {
    if (all_in_closed_form(s)) continue;
    const LargeTrialSize size = truth_size(s, study.truth_patients);
    if (!s.draws.empty()) {
      const double before = peak_megabytes();
      const double of_one = seconds_of([&] { true_values(s.at_draw(0), study.seed, size, 1); });
      const unsigned together = draws_at_once(s, study.truth_patients, threads);
      cost.truth_seconds += of_one * static_cast<double>(s.draws.size()) / together;
      cost.megabytes = std::max(cost.megabytes, before + together * (peak_megabytes() - before));
      continue;
    }
    const std::size_t patients = patients_of(s, size);
    if (!truth) truth.emplace(s, study.seed, patients);
    cost.truth_seconds += truth->seconds(patients) / at_once;
    cost.megabytes = std::max(cost.megabytes, truth->megabytes(at_once * patients));
  }
  return cost;
}

}  // namespace oligosim
