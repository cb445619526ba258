#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

struct Scenario;
struct Override;

/// What a study wants of its size: the block `size`, which `oligosim size` looks for and nothing else heeds.
struct SizeWanted {
  enum class Of { patients, events };

  /// What each replicate adds to the cost of the trial.
  struct Cost {
    double per_patient = 0, per_event = 0, per_month = 0;
    bool known() const { return per_patient > 0 || per_event > 0 || per_month > 0; }
  };

  std::optional<double> power;           // that the trial claims efficacy; or
  std::optional<double> interval_width;  // the mean width of an interval, of a ratio on the log scale
  EstimateLabel interval;                // whose width
  std::vector<std::string> in;           // scenarios, in all of which it is to hold
  Of of = Of::patients;
  std::optional<std::pair<std::size_t, std::size_t>> between;  // patients or events
  double precision = 0.01;            // half the width of the size's Monte Carlo interval, as a share of the size
  std::uint32_t replicates = 200000;  // of a scenario at most
  Cost cost;
  Place place;  // of the range, or of the block where there is none
};

/// Reads the block. `expanded`: all scenarios of the study by name, with what each puts in; `first`: one of them as
/// read.
SizeWanted read_size_wanted(ConfigNode node, std::span<const Override> expanded, const Scenario& first);

}  // namespace oligosim
