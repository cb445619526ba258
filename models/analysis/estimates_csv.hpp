#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/io/csv.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

/// estimates.csv of one data set: one row a number, missing as NA with its status.
std::string estimates_csv(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates);

/// Which simulated trial a row is of.
struct SimulatedTrial {
  std::string scenario;
  std::uint32_t replicate;
  std::size_t look;  // at which it ended
};

/// The same for simulated trials, with `scenario, replicate, look` in front.
CsvWriter simulated_estimates_header();
void add_estimates(CsvWriter& csv, const SimulatedTrial& trial, std::span<const EstimateLabel> labels,
                   std::span<const Estimate> estimates);

}  // namespace oligosim
