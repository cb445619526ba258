#pragma once

#include <string>
#include <vector>

#include "models/analysis/plan.hpp"

namespace oligosim {

/// How many patients of a group have what in an endpoint.
struct EndpointCount {
  std::string endpoint;
  std::string group;  // "all"; "grp A" for level A of a column; "grp NA" for those whose group is missing
  std::size_t patients = 0;
  std::size_t events = 0;
  std::size_t censored = 0;
  std::size_t missing = 0;            // time or status; with a landmark also those not followed beyond it
  std::vector<std::size_t> of_cause;  // the events by cause, where the endpoint has causes
};

/// For each endpoint everybody, then the levels of every column that the plan groups, stratifies or adjusts by.
std::vector<EndpointCount> count_endpoints(const Plan& plan, PlanData& data);

/// As an aligned table with a line of names; events by cause are named after the events.
std::string to_text(const std::vector<EndpointCount>& counts, const Plan& plan);

}  // namespace oligosim
