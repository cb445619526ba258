#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/yaml.hpp"
#include "models/monitoring/forecast_spec.hpp"

namespace oligosim {

/// A look that was held: what it found, as numbers or in a file of its data.
struct HeldLook {
  std::optional<std::size_t> events;     // known at the look; of those that the design counts, if it counts any
  std::optional<double> information;     // fraction of the planned, of a design that does not count events
  std::optional<double> own_events;      // that the primary analysis rests on, of data
  std::optional<double> z;               // of the primary analysis; positive where it favours the experimental arm
  std::optional<double> standard_error;  // of the log hazard ratio, where the primary analysis has one
  std::string data;                      // file beside the document; empty: the numbers are given
  bool last = false;                     // the trial ends here, whatever is missing of the planned information
  YamlNode at;                           // as written, for messages
  std::string path;                      // "looks[1]"
};

/// A trial under way: the study that planned it, the looks held so far, and what those to come are forecast from.
struct TrialSoFar {
  std::string title;
  std::string study;  // file beside the document
  std::optional<std::string> scenario;
  std::string plan;  // the plan of the real data, beside the document; empty: none
  std::vector<HeldLook> looks;
  std::optional<ForecastSpec> forecast;
  std::vector<double> hazard_ratios;  // assumed from here on, for the conditional power
  YamlNode written;                   // the document as it stands, for messages
  YamlNode document;                  // with every default written out
};

/// Reads a document of a trial under way. Mistakes go to `problems`; files are not opened.
TrialSoFar read_trial_so_far(const YamlNode& tree, Problems& problems);

}  // namespace oligosim
