#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/io/mistake_list.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/endpoint.hpp"

namespace oligosim {

/// The unit of the time columns, as the plan has it.
struct TimeScale {
  std::string unit;            // "days" ...
  double units_per_month = 1;  // 30.4375 for days
};

/// Refuses, each with its place, what an analysis of these endpoints could not mean: texts and codes that are not known
/// (event: 0 or 1; censor: whole, not negative; cause: those listed and 0), times that are negative or infinite, an
/// event without a time, rows that end no later than they start. Columns that are not there are left to the reader of
/// the plan. Then, if nothing was refused, warns of what is likely a slip:
/// - a name like cns or cens used as `event`, a name like event or death used as `censor`;
/// - at least 80 % events in 20 patients or more, with the censored times shorter than the events' (Mann-Whitney z
///   below -3: one in 700 if they are alike), as where 0 and 1 are exchanged;
/// - no event; times of zero;
/// - a median above 300 months or below 0.1 month; days that are mostly not whole and all below 150, as months are;
/// - overall survival (an endpoint named os or overall_survival) shorter than pfs, dfs, rfs, efs, mfs or ttp.
void check_endpoints(const DataSet& data, std::span<const EndpointColumns> endpoints, const TimeScale& scale,
                     Problems& problems, Warnings& warnings);

/// A column of an endpoint under check, by rows of the file.
struct CheckedColumn {
  std::string name;
  std::span<const double> numbers;
  std::function<std::string(std::size_t)> text;  // of a row, as a message has it
  std::function<Place(std::size_t)> place;
};

/// What of an endpoint can be checked; a column that cannot be read as numbers is not there.
struct CheckedEndpoint {
  std::string name;
  EndpointCoding coding;
  std::optional<CheckedColumn> time, status, start;
};

/// The rules that an endpoint's rows keep, wherever its columns come from.
void refuse_rows(const CheckedEndpoint& endpoint, MistakeList& mistakes);

// The two halves of check_endpoints.
/// False if anything was refused.
bool refuse_endpoint(const DataSet& data, const EndpointColumns& endpoint, Problems& problems);
void warn_of_endpoints(const DataSet& data, std::span<const EndpointColumns> endpoints, const TimeScale& scale,
                       Warnings& warnings);

}  // namespace oligosim
