#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"
#include "models/monitoring/forecast_spec.hpp"

namespace oligosim {

/// The patients of a trial under way on the day of a data cut. Months.
struct PatientsSoFar {
  std::string endpoint;
  bool of_primary = false;          // whether it is that of the primary analysis
  std::vector<double> entered;      // since the study opened
  std::vector<double> time;         // since entry: of the event, of the loss, or else until the cut
  std::vector<std::uint8_t> event;  // 1: it is known
  std::vector<std::uint8_t> lost;   // 1: without the event, and not followed any more
  std::vector<std::size_t> group;   // position in groups
  std::vector<std::string> groups;  // in order of first appearance; one without a name unless `by` is given

  std::size_t count() const { return entered.size(); }
  bool followed(std::size_t i) const { return !event[i] && !lost[i]; }
};

/// Reads them from a file and a plan of its columns. Who is followed and has no event is free of it on the day of the
/// cut, whenever he was last seen: what is forecast is the day on which an event is known. `primary`: the analysis
/// whose endpoint it is unless said. Mistakes go to `problems`.
PatientsSoFar patients_so_far(const ForecastSpec& spec, const std::string& primary, const Plan& plan,
                              const DataSet& file, PlanData& data, Problems& problems);

}  // namespace oligosim
