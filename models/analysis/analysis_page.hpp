#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/analysis/endpoint_counts.hpp"
#include "models/analysis/plan.hpp"

namespace oligosim {

/// What the page says of an analysis of real data besides its numbers.
struct AnalysisFacts {
  std::string title;
  std::string data;  // the files, and how many patients (and lesions) they have
  std::vector<EndpointCount> counts;
  std::string counted = "patients";  // what those are of (counted() of the plan)
  std::vector<std::string> warnings;
  std::string program;  // name, version, revision
  std::string command;  // that makes this again
  std::string plan;     // as understood
};

/// The page of an analysis: the data first, then each analysis with its picture and table, hazard ratios in one forest
/// plot, the definition of every method used, what was left out, and how to make it again. `figures`: of each analysis
/// of the plan; `estimates`: one a label.
std::string analysis_page(const Plan& plan, std::span<const Estimate> estimates,
                          std::span<const std::vector<Figure>> figures, const AnalysisFacts& facts);

/// "0.63 (0.41 to 0.97)", percent for shares; the status in words where it is missing.
std::string estimate_text(const EstimateLabel& label, const Estimate& estimate);

/// "p = 0.032", "p < 0.001"
std::string p_value_text(double p);

}  // namespace oligosim
