#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/montecarlo/block_log.hpp"
#include "engine/montecarlo/performance.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// What designs are compared by.
struct ComparedMetric {
  const char* name;  // as in summary.csv
  const char* what;  // in words
  bool share;
};
std::span<const ComparedMetric> compared_metrics();

/// One scenario of a run: the metrics in each of its blocks.
struct ComparedScenario {
  std::string scenario;
  std::uint64_t seed = 0;
  std::uint32_t block_size = 0;              // replicates
  std::vector<std::vector<Moments>> blocks;  // by number; one a metric, or empty where the run has not got it
};

/// Reads a scenario's blocks; metrics that the design has not (no interval of the primary's endpoint) are empty.
ComparedScenario compared_scenario(const TrialExperiment& experiment, std::uint64_t seed, const BlockLog& log,
                                   std::uint32_t scenario);

/// A metric of a run, and what it has more than that of the first run.
struct Difference {
  std::string scenario;
  std::size_t run = 0;     // position among the runs
  std::size_t metric = 0;  // of compared_metrics()
  Measure value{};
  Measure more{};       // than the first run; NaN for that one
  bool paired = false;  // the Monte Carlo error of `more` is that of differences of blocks with the same random numbers
};

/// Every scenario that all runs have, in the order of the first. Runs with the same seed and blocks of the same size
/// have random numbers in common, all or those of the blocks that both have: the error of a difference is then that of
/// means over blocks, where both have 20 of them or more. Others are taken as independent.
std::vector<Difference> compare_runs(std::span<const std::vector<ComparedScenario>> runs);

std::string comparison_csv(std::span<const std::string> names, std::span<const Difference> differences);

/// The page: a table a metric, and the differences as a picture.
std::string comparison_page(std::span<const std::string> names, std::span<const std::string> titles,
                            std::span<const Difference> differences, const std::string& program);

}  // namespace oligosim
