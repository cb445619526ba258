#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "models/cohort/endpoint_checks.hpp"

namespace oligosim {
namespace {

constexpr double longest_median_months = 300;
constexpr double shortest_median_months = 0.1;
constexpr double longest_month = 150;  // follow-up in months hardly exceeds it; follow-up in days does

/// An endpoint whose columns are there.
struct Endpoint {
  const EndpointColumns& columns;
  std::size_t time, status;
  std::vector<std::uint8_t> state;
  std::vector<std::size_t> known;  // rows with time and status, by time
  std::size_t events = 0;
};

std::optional<Endpoint> endpoint_of(const DataSet& data, const EndpointColumns& columns) {
  const auto time = data.find(columns.time), status = data.find(columns.status);
  if (!time || !status || !data.is_number(*time) || !data.is_number(*status)) return {};
  Endpoint e{columns, *time, *status, std::vector<std::uint8_t>(data.rows()), {}, 0};
  for (std::size_t row = 0; row < e.state.size(); ++row) {
    const bool timed = !std::isnan(data.numbers(*time)[row]);
    e.state[row] = timed ? columns.coding.state_of(data.numbers(*status)[row]) : missing_state;
    if (!is_known(e.state[row])) continue;
    e.known.push_back(row);
    e.events += e.state[row] != censored_state;
  }
  const std::span<const double> times = data.numbers(*time);
  std::stable_sort(e.known.begin(), e.known.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  return e;
}

/// Mann-Whitney z of the censored times against the events': negative where they are shorter. Average ranks at ties,
/// the variance without ties, which makes z the smaller.
double censored_against_events(const DataSet& data, const Endpoint& e) {
  const std::span<const double> times = data.numbers(e.time);
  double rank_sum = 0;
  for (std::size_t first = 0; first < e.known.size();) {
    std::size_t last = first;
    std::size_t censored = 0;
    for (; last < e.known.size() && times[e.known[last]] == times[e.known[first]]; ++last)
      censored += e.state[e.known[last]] == censored_state;
    rank_sum += static_cast<double>(censored) * (static_cast<double>(first + last + 1) / 2);
    first = last;
  }
  const double n = static_cast<double>(e.known.size()), events = static_cast<double>(e.events), censored = n - events;
  const double mean = censored * (n + 1) / 2, variance = censored * events * (n + 1) / 12;
  return variance > 0 ? (rank_sum - mean) / std::sqrt(variance) : 0;
}

bool any_start(const std::string& name, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return name.starts_with(word); });
}

void warn_of_name(const DataSet& data, const Endpoint& e, Warnings& warnings) {
  const std::string name = lower_case(data.name(e.status));
  const bool censoring = any_start(name, {"cns", "cens"});
  const bool event = any_start(name, {"event", "evt", "death", "dead", "died"}) || name.ends_with("_event");
  if (e.columns.coding.kind == EndpointCoding::Kind::event && censoring)
    warnings.add(data.header_place(e.status), data.name(e.status),
                 "is called like a censoring indicator, but endpoint " + e.columns.name +
                     " takes it as event (1 event, 0 censored; should it be censor?)");
  if (e.columns.coding.kind == EndpointCoding::Kind::censor && event)
    warnings.add(data.header_place(e.status), data.name(e.status),
                 "is called like an event indicator, but endpoint " + e.columns.name +
                     " takes it as censor (0 event, positive censored; should it be event?)");
}

void warn_of_events(const DataSet& data, const Endpoint& e, Warnings& warnings) {
  const auto add = [&](const std::string& message) {
    warnings.add(data.header_place(e.status), data.name(e.status), message);
  };
  if (e.known.empty()) return add("endpoint " + e.columns.name + " has no patient with both time and status");
  if (e.events == 0) return add("endpoint " + e.columns.name + " has no event");
  const double share = static_cast<double>(e.events) / static_cast<double>(e.known.size());
  if (e.known.size() >= 20 && share >= 0.8 && censored_against_events(data, e) < -3)
    add("may be coded the other way round: " + rounded(100 * share, 3) + " % of endpoint " + e.columns.name +
        " are events, and the censored times are clearly shorter (" + e.columns.coding.in_words() + ")");
}

void warn_of_times(const DataSet& data, const Endpoint& e, const TimeScale& scale, Warnings& warnings) {
  if (e.known.empty()) return;
  const std::span<const double> times = data.numbers(e.time);
  const auto zeros = static_cast<std::size_t>(
      std::count_if(e.known.begin(), e.known.end(), [&](std::size_t row) { return times[row] == 0; }));
  if (zeros > 0)
    warnings.add(data.place(e.time, e.known.front()), data.name(e.time),
                 "is 0 for " + std::to_string(zeros) + (zeros == 1 ? " patient" : " patients, the first here"));
  const double median = times[e.known[(e.known.size() - 1) / 2]], months = median / scale.units_per_month;
  const auto broken = static_cast<std::size_t>(std::count_if(
      e.known.begin(), e.known.end(), [&](std::size_t row) { return times[row] != std::trunc(times[row]); }));
  if (months > longest_median_months || months < shortest_median_months)
    warnings.add(data.header_place(e.time), data.name(e.time),
                 "the median time is " + rounded(median, 4) + " " + scale.unit + " (is time_unit right?)");
  else if (scale.unit == "days" && 2 * broken > e.known.size() && times[e.known.back()] < longest_month)
    warnings.add(
        data.header_place(e.time), data.name(e.time),
        "most times are not whole and none is above " + rounded(times[e.known.back()], 4) + " days (are they months?)");
}

bool is_overall_survival(const Endpoint& e) {
  const std::string name = lower_case(e.columns.name);
  return name == "os" || name == "overall_survival";
}

bool ends_at_death_too(const Endpoint& e) {
  constexpr std::array<std::string_view, 7> names{
      "pfs", "dfs", "rfs", "efs", "mfs", "ttp", "progression_free_survival"};
  return std::find(names.begin(), names.end(), lower_case(e.columns.name)) != names.end();
}

void warn_of_order(const DataSet& data, const Endpoint& survival, const Endpoint& earlier, MistakeList& list) {
  const std::span<const double> deaths = data.numbers(survival.time), times = data.numbers(earlier.time);
  for (std::size_t row = 0; row < deaths.size(); ++row) {
    if (!(deaths[row] < times[row])) continue;
    list.add(data.place(survival.time, row), data.name(survival.time),
             std::string(data.text(survival.time, row)) + " is shorter than " + data.name(earlier.time) + " " +
                 std::string(data.text(earlier.time, row)) + " of the same patient (line " +
                 std::to_string(data.place(earlier.time, row).line) + ")");
  }
}

}  // namespace

void warn_of_endpoints(const DataSet& data, std::span<const EndpointColumns> endpoints, const TimeScale& scale,
                       Warnings& warnings) {
  std::vector<Endpoint> found;
  for (const EndpointColumns& columns : endpoints)
    if (auto e = endpoint_of(data, columns)) found.push_back(std::move(*e));
  MistakeList order(warnings);
  for (const Endpoint& e : found) {
    warn_of_name(data, e, warnings);
    warn_of_events(data, e, warnings);
    warn_of_times(data, e, scale, warnings);
    for (const Endpoint& other : found)
      if (is_overall_survival(e) && ends_at_death_too(other)) warn_of_order(data, e, other, order);
  }
  order.finish();
}

}  // namespace oligosim
