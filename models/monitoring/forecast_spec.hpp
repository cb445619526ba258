#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

enum class HazardModel { exponential, piecewise_exponential, weibull };
const char* name(HazardModel model);

/// What a forecast of a trial's events rests on: the patients on the day of a data cut, and what is assumed of the
/// rest.
struct ForecastSpec {
  std::string data;                     // file beside the document
  double month = 0;                     // of the data cut, since the study opened
  std::string entered;                  // column: when each patient entered, in the plan's time unit, since then
  std::optional<std::string> lost;      // column: 1 of who is not followed any more; nobody
  std::optional<std::string> by;        // column of groups that have a hazard each; all have one
  std::optional<std::string> endpoint;  // of the plan; that of the primary analysis
  HazardModel model = HazardModel::exponential;
  std::vector<double> cuts_months;       // between the pieces, since entry
  std::optional<std::size_t> patients;   // who enter in all; as many as the study says
  std::optional<double> rate_per_month;  // of entries to come; as the data have it ...
  double rate_over_months = 6;           // ... in these last months before the cut
  std::vector<std::size_t> events;       // whose month is wanted besides the looks'
  double level = 0.9;                    // of the intervals
  std::size_t trials = 10000;
  std::uint64_t seed = 1;
  YamlNode at;  // as written, for messages
};

ForecastSpec read_forecast_spec(ConfigNode node, bool has_plan);

}  // namespace oligosim
