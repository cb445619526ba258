#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/montecarlo/fold.hpp"
#include "engine/montecarlo/performance.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// One row of summary.csv: a metric of an analysis or of the design, with its Monte Carlo error.
struct SummaryRow {
  std::string scenario;
  std::string look;  // "1", "2", ..., "final"
  EstimateLabel label;
  std::string metric;
  double threshold = missing;
  Measure measure{};
  double truth = missing;
};

/// The operating characteristics of one scenario.
std::vector<SummaryRow> summarize(const TrialExperiment& experiment, const Folded& folded);

std::string summary_csv(std::span<const SummaryRow> rows);
std::string summary_json(std::span<const SummaryRow> rows);

/// The first row with this metric, look and analysis; nullptr if there is none.
const SummaryRow* find_row(std::span<const SummaryRow> rows, const std::string& scenario, const std::string& metric,
                           const std::string& look, const std::string& analysis);

}  // namespace oligosim
