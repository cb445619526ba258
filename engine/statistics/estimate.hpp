#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace oligosim {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// Why a number is missing; `ok` otherwise. The names are those of the `status` column of estimates.csv.
enum class Status : std::uint8_t {
  ok,
  no_events,
  not_reached,
  separation,
  singular,
  empty_group,
  did_not_converge,
  degenerate_resamples,  // too many resamples without a finite value for the limits asked for
  dropped,               // of an arm that left the trial
};

std::string_view name(Status status);

/// One number of an analysis with everything said about it; NaN where it does not apply or cannot be computed.
struct Estimate {
  double estimate = missing;
  double standard_error = missing;  // of log HR for hazard ratios
  double lower = missing;
  double upper = missing;
  double statistic = missing;
  double df = missing;
  double p_value = missing;           // two-sided
  double signed_statistic = missing;  // standard normal under the null, positive where it favours the later level
  double n = missing;
  double n_events = missing;
  double lower_mcse = missing;  // Monte Carlo errors of limits that resamples gave
  double upper_mcse = missing;
  double degenerate = missing;  // share of those resamples without a value
  Status status = Status::ok;
};

}  // namespace oligosim
