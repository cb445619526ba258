#include "models/cohort/endpoint_checks.hpp"

#include <cmath>
#include <vector>

#include "engine/statistics/survival/near_ties.hpp"

namespace oligosim {
namespace {

/// Whether the column can be read as numbers; lists its texts if not.
bool all_numbers(const DataSet& data, std::size_t column, const std::string& accepted, MistakeList& mistakes) {
  const std::size_t before = mistakes.size();
  data.list_texts(column, accepted, mistakes);
  return data.is_number(column) && mistakes.size() == before;
}

void refuse_times(const CheckedColumn& time, MistakeList& mistakes) {
  for (std::size_t row = 0; row < time.numbers.size(); ++row) {
    const double t = time.numbers[row];
    if (std::isnan(t) || (t >= 0 && std::isfinite(t))) continue;
    mistakes.add(time.place(row), time.name,
                 time.text(row) + (std::isinf(t) ? " is not finite" : " is negative") + " (a time of at least 0)");
  }
}

void refuse_codes(const CheckedEndpoint& endpoint, MistakeList& mistakes) {
  const CheckedColumn& status = *endpoint.status;
  for (std::size_t row = 0; row < status.numbers.size(); ++row)
    if (endpoint.coding.state_of(status.numbers[row]) == unknown_state)
      mistakes.add(
          status.place(row), status.name,
          status.text(row) + " is not a code of endpoint " + endpoint.name + " (" + endpoint.coding.in_words() + ")");
}

void refuse_events_without_time(const CheckedEndpoint& endpoint, MistakeList& mistakes) {
  const CheckedColumn &time = *endpoint.time, &status = *endpoint.status;
  for (std::size_t row = 0; row < time.numbers.size(); ++row) {
    const std::uint8_t state = endpoint.coding.state_of(status.numbers[row]);
    if (!std::isnan(time.numbers[row]) || state == censored_state || !is_known(state)) continue;
    mistakes.add(time.place(row), time.name,
                 "is missing although " + status.name + " is " + status.text(row) + " (an event has a time)");
  }
}

/// Rows that would be at risk at no time, their near ties joined as the analyses have them.
void refuse_empty_rows(const CheckedColumn& start, const CheckedColumn& time, MistakeList& mistakes) {
  const std::size_t rows = time.numbers.size();
  std::vector<double> joined(time.numbers.begin(), time.numbers.end());
  joined.insert(joined.end(), start.numbers.begin(), start.numbers.end());
  Arena arena;
  join_near_ties(joined, arena);
  for (std::size_t row = 0; row < rows; ++row)
    if (joined[rows + row] >= joined[row])
      mistakes.add(start.place(row), start.name,
                   start.text(row) + " is " + (start.numbers[row] < time.numbers[row] ? "only by rounding" : "not") +
                       " before " + time.name + ", " + time.text(row) +
                       " (a row is at risk from its start to its end)");
}

CheckedColumn of_file(const DataSet& data, std::size_t column) {
  return {data.name(column), data.numbers(column),
          [&data, column](std::size_t row) { return std::string(data.text(column, row)); },
          [&data, column](std::size_t row) { return data.place(column, row); }};
}

}  // namespace

void refuse_rows(const CheckedEndpoint& endpoint, MistakeList& mistakes) {
  if (endpoint.time) refuse_times(*endpoint.time, mistakes);
  if (endpoint.status) refuse_codes(endpoint, mistakes);
  if (endpoint.time && endpoint.status) refuse_events_without_time(endpoint, mistakes);
  if (endpoint.time && endpoint.start) refuse_empty_rows(*endpoint.start, *endpoint.time, mistakes);
}

bool refuse_endpoint(const DataSet& data, const EndpointColumns& endpoint, Problems& problems) {
  MistakeList mistakes(problems);
  const auto read = [&](const std::string& name, const std::string& accepted) -> std::optional<CheckedColumn> {
    const auto column = data.find(name);
    if (!column || !all_numbers(data, *column, accepted, mistakes)) return {};
    return of_file(data, *column);
  };
  CheckedEndpoint own{endpoint.name,
                      endpoint.coding,
                      read(endpoint.time, "a number"),
                      read(endpoint.status, endpoint.coding.in_words()),
                      {}};
  if (own.time) own.start = read(endpoint.start, "a number");
  refuse_rows(own, mistakes);
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
