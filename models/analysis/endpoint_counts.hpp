#pragma once

#include <string>
#include <vector>

#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// How many patients (or lesions) of a group have what in an endpoint.
struct EndpointCount {
  std::string endpoint;  // "local_control (lesions)": of lesions
  std::string group;     // "all"; "grp A" for level A of a column; "grp NA" for those whose group is missing
  std::size_t patients = 0;
  std::size_t events = 0;
  std::size_t censored = 0;
  std::size_t missing = 0;            // time or status; with a landmark also those not followed beyond it
  std::vector<std::string> causes;    // of the endpoint, where it has any
  std::vector<std::size_t> of_cause;  // the events by cause
};

/// For each endpoint everybody, then the levels of every column that the plan groups, stratifies or adjusts by; of
/// lesions too, where the plan has a section on them.
std::vector<EndpointCount> count_endpoints(PlanData& data);

/// What they count: rows, where a patient may have several.
std::string counted(const PlanParts& parts);

/// As an aligned table with a line of names, `counted` among them; events by cause are named after the events.
std::string to_text(const std::vector<EndpointCount>& counts, const std::string& counted);

}  // namespace oligosim
