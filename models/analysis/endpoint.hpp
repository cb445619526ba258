#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/memory/arena.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "models/cohort/cohort.hpp"
#include "models/cohort/endpoint.hpp"

namespace oligosim {

struct PlanParts;
class PlanReader;

/// Where an endpoint stands in the data set, and what its codes say.
struct SurvivalEndpoint {
  std::string name;
  std::size_t time = 0;
  std::optional<std::size_t> start;  // of a counting process: rows are intervals (start, time]
  std::size_t status = 0;            // the column under `event`, `censor` or `cause`
  EndpointCoding coding;
  /// As it stands in the data, where intercurrent events or a date of censoring change it.
  struct Recorded {
    std::size_t time, status;
    EndpointCoding coding;
  };
  std::optional<Recorded> recorded;
  std::optional<std::size_t> censored_at;  // the column of the date on which who has no event is censored
  std::optional<std::size_t> free_at;      // of the last date on which the patient is known to be free of the event
  /// Landmark (Anderson, Cain and Gelber 1983): only patients with a time above it, counted from it; in the unit of
  /// the time column, 0 for none.
  double landmark = 0;

  bool competing() const { return coding.competing(); }
  /// A recorded time, counted from the landmark; missing at or before it.
  double since_landmark(double since_start) const;
  /// What happened to each row: censored_state, 1 for an event (k for the k-th cause), otherwise not known.
  void states(const Cohort& cohort, std::span<std::uint8_t> out) const;
  /// The rows of known state, sorted.
  /// `near_ties`: times of a file that differ by rounding are the same, as R's survival has them; start times too.
  SurvivalTable sorted(const Cohort& cohort, bool near_ties, Arena& arena) const;
  /// The start times of an endpoint that has some, one a row; missing where the state is not known.
  std::span<const double> start_times(const Cohort& cohort, bool near_ties, Arena& arena) const;
};

/// Reads `NAME: {time, event | censor | cause, intercurrent, censored_at, free_at, ...}` or
/// `NAME: {of: ENDPOINT, landmark_months: M}`.
SurvivalEndpoint read_endpoint(const std::string& name, ConfigNode node, PlanReader& reader);

/// The endpoints that stand in a file as they are, without derived columns or landmarks, for checks with its lines: of
/// those whose columns are the first `in_file` of the plan's.
std::vector<EndpointColumns> endpoint_columns(const PlanParts& parts, std::size_t in_file);

}  // namespace oligosim
