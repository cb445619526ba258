#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/montecarlo/crossing.hpp"
#include "engine/montecarlo/performance.hpp"
#include "models/size/sized_study.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// What was simulated of a scenario at one size.
struct SizePoint {
  std::size_t size = 0;
  CurvePoint curve;  // over the information: whether efficacy was claimed, or the width of the interval
  Moments answers;   // all of them
  Moments patients, events, months, cost;
  Moments late;  // whether the last look was held at the latest month, before its events
};

/// The share, or the mean width, with its Monte Carlo error.
Measure answer_of(const SizePoint& point, const SizeWanted& wanted);

struct SizeProgress {
  const std::string& scenario;
  const SizePoint& point;    // that has grown
  std::uint64_t replicates;  // of the scenario so far, at all sizes
};

/// Thrown where it was asked to stop.
struct SizeStopped {};

/// Simulates scenarios at sizes, in blocks of replicates with numbers. Replicate k has the same patients at every size
/// (streams are named by replicate and patient). The same numbers for any number of threads.
class SizeSimulator {
 public:
  static constexpr std::uint32_t block = 100;  // replicates

  SizeSimulator(const SizedStudy& study, unsigned threads, const std::atomic<bool>& stop,
                std::function<void(const SizeProgress&)> report);

  /// Another that has simulated nothing yet.
  SizeSimulator afresh() const { return {study_, threads_, stop_, report_}; }

  /// Adds blocks first ... first + count - 1 to what is known of scenario `k` at the size, unless they are there.
  /// Throws SizeStopped.
  const SizePoint& extend(std::size_t k, std::size_t size, std::uint32_t first, std::uint32_t count);
  /// All sizes of a scenario, ascending.
  std::vector<SizePoint> points(std::size_t k) const;
  std::uint64_t replicates(std::size_t k) const { return replicates_[k]; }
  const SizedStudy& study() const { return study_; }

 private:
  struct Columns {
    std::size_t answer, patients, events, months, late;
  };
  struct Entry {
    std::unique_ptr<TrialExperiment> experiment;
    Columns columns;
    SizePoint point;
  };
  struct Sums {
    Moments answers, patients, events, months, cost, late;
  };

  Entry& entry(std::size_t k, std::size_t size);
  Columns columns_of(const TrialExperiment& experiment) const;
  Sums run(const Entry& entry, std::uint32_t block_number, Arena& arena) const;

  const SizedStudy& study_;
  unsigned threads_;
  const std::atomic<bool>& stop_;
  std::function<void(const SizeProgress&)> report_;
  std::map<std::pair<std::size_t, std::size_t>, Entry> entries_;  // by scenario and size
  std::vector<std::uint64_t> replicates_;
};

}  // namespace oligosim
