#include "models/cohort/endpoint_checks.hpp"

#include <cmath>

namespace oligosim {
namespace {

/// Whether the column can be read as numbers; lists its texts if not.
bool all_numbers(const DataSet& data, std::size_t column, const std::string& accepted, MistakeList& mistakes) {
  const std::size_t before = mistakes.size();
  data.list_texts(column, accepted, mistakes);
  return data.is_number(column) && mistakes.size() == before;
}

void refuse_times(const DataSet& data, std::size_t time, MistakeList& mistakes) {
  const std::span<const double> times = data.numbers(time);
  for (std::size_t row = 0; row < times.size(); ++row) {
    if (std::isnan(times[row]) || (times[row] >= 0 && std::isfinite(times[row]))) continue;
    const std::string what = std::isinf(times[row]) ? " is not finite" : " is negative";
    mistakes.add(data.place(time, row), data.name(time),
                 std::string(data.text(time, row)) + what + " (a time of at least 0)");
  }
}

void refuse_codes(const DataSet& data, std::size_t status, const EndpointColumns& endpoint, MistakeList& mistakes) {
  const std::span<const double> codes = data.numbers(status);
  for (std::size_t row = 0; row < codes.size(); ++row)
    if (endpoint.coding.state_of(codes[row]) == unknown_state)
      mistakes.add(data.place(status, row), data.name(status),
                   std::string(data.text(status, row)) + " is not a code of endpoint " + endpoint.name + " (" +
                       endpoint.coding.in_words() + ")");
}

void refuse_events_without_time(const DataSet& data, std::size_t time, std::size_t status,
                                const EndpointColumns& endpoint, MistakeList& mistakes) {
  const std::span<const double> times = data.numbers(time), codes = data.numbers(status);
  for (std::size_t row = 0; row < times.size(); ++row) {
    const std::uint8_t state = endpoint.coding.state_of(codes[row]);
    if (!std::isnan(times[row]) || state == censored_state || state == missing_state || state == unknown_state)
      continue;
    mistakes.add(data.place(time, row), data.name(time),
                 "is missing although " + data.name(status) + " is " + std::string(data.text(status, row)) +
                     " (an event has a time)");
  }
}

void refuse_empty_rows(const DataSet& data, std::size_t start, std::size_t time, MistakeList& mistakes) {
  const std::span<const double> starts = data.numbers(start), times = data.numbers(time);
  for (std::size_t row = 0; row < times.size(); ++row)
    if (starts[row] >= times[row])
      mistakes.add(data.place(start, row), data.name(start),
                   std::string(data.text(start, row)) + " is not before " + data.name(time) + ", " +
                       std::string(data.text(time, row)) + " (a row is at risk from its start to its end)");
}

}  // namespace

bool refuse_endpoint(const DataSet& data, const EndpointColumns& endpoint, Problems& problems) {
  const auto time = data.find(endpoint.time), status = data.find(endpoint.status);
  MistakeList mistakes(problems);
  const bool times_read = time && all_numbers(data, *time, "a number", mistakes);
  const bool codes_read = status && all_numbers(data, *status, endpoint.coding.in_words(), mistakes);
  if (times_read) refuse_times(data, *time, mistakes);
  if (codes_read) refuse_codes(data, *status, endpoint, mistakes);
  if (times_read && codes_read) refuse_events_without_time(data, *time, *status, endpoint, mistakes);
  if (const auto start = data.find(endpoint.start); start && times_read)
    if (all_numbers(data, *start, "a number", mistakes)) refuse_empty_rows(data, *start, *time, mistakes);
  const bool accepted = mistakes.empty();
  mistakes.finish();
  return accepted;
}

void check_endpoints(const DataSet& data, std::span<const EndpointColumns> endpoints, const TimeScale& scale,
                     Problems& problems, Warnings& warnings) {
  bool accepted = true;
  for (const EndpointColumns& endpoint : endpoints) accepted = refuse_endpoint(data, endpoint, problems) && accepted;
  if (accepted) warn_of_endpoints(data, endpoints, scale, warnings);
}

}  // namespace oligosim
