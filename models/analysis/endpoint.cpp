#include "models/analysis/endpoint.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/near_ties.hpp"
#include "models/analysis/intercurrent.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {
namespace {

std::vector<EndpointCoding::Cause> read_causes(ConfigNode& node) {
  std::vector<EndpointCoding::Cause> causes;
  ConfigNode named = node.child("causes");
  for (const std::string& code : named.keys()) {
    const auto value = read_number(code).value;
    if (!value || *value == 0)
      named.problem(code, "is not a code of a cause (a number other than 0, which is censored)");
    causes.push_back({value.value_or(1), named.text(code)});
  }
  if (causes.empty() && node.has("causes")) node.problem("causes", "is empty (code: name, at least one)");
  named.finish();
  return causes;
}

void read_event(SurvivalEndpoint& endpoint, ConfigNode& node, PlanReader& reader, const std::string& suffix) {
  const char* const keys[] = {"event", "censor", "cause"};
  const auto given = std::count_if(std::begin(keys), std::end(keys), [&](const char* key) { return node.has(key); });
  for (const char* key : keys) node.accept(key);
  if (given > 1) node.problem("", "has more than one of event, censor and cause (one of the three)");
  using Kind = EndpointCoding::Kind;
  EndpointCoding& coding = endpoint.coding;
  coding.kind = node.has("censor") ? Kind::censor : node.has("cause") ? Kind::cause : Kind::event;
  endpoint.status = reader.number_column(node, keys[static_cast<std::size_t>(coding.kind)], suffix);
  if (coding.kind == Kind::cause) coding.causes = read_causes(node);
  if (coding.kind != Kind::event) return;
  coding.event = node.number("event_value", Range::any(), 1);
  coding.censored = node.number("censored_value", Range::any(), 0);
  if (coding.event == coding.censored) node.problem("event_value", "is the value for censored too (another number)");
}

/// Reads `censored_at: DATE_COLUMN`: who has no event is censored on that date, as the last one on which an event would
/// have been seen. After the intercurrent events, which are dates that the trial knows of.
void read_censoring_date(SurvivalEndpoint& endpoint, ConfigNode& node, PlanReader& reader) {
  node.accept("censored_at");
  if (!node.has("censored_at")) return;
  if (endpoint.start) node.problem("censored_at", "cannot stand beside start times (an endpoint without)");
  if (!endpoint.recorded) endpoint.recorded = {endpoint.time, endpoint.status, endpoint.coding};
  DerivedColumn::Until until{.time = endpoint.time, .status = endpoint.status};
  until.date = reader.number_column(node, "censored_at");
  until.before = endpoint.coding;
  endpoint.censored_at = until.date;
  const std::string name = endpoint.name + " censored at " + reader.columns()[until.date].name;
  endpoint.time = reader.add(DerivedColumn::time_censored(name, until, reader.columns()));
}

/// Reads `free_at: DATE_COLUMN`, for analyses that know that visits show an event late.
void read_free_date(SurvivalEndpoint& endpoint, ConfigNode& node, PlanReader& reader) {
  node.accept("free_at");
  if (!node.has("free_at")) return;
  if (endpoint.start) node.problem("free_at", "cannot stand beside start times (an endpoint without)");
  if (endpoint.competing()) node.problem("free_at", "is of one kind of event (an endpoint without causes)");
  endpoint.free_at = reader.number_column(node, "free_at");
}

/// Those that columns AVAL.PARAMETER of long data tell; empty where there are none.
std::vector<std::string> parameters_of(const Columns& columns) {
  constexpr std::string_view value = "AVAL.";
  std::vector<std::string> parameters;
  for (const std::string& name : columns.names())
    if (name.starts_with(value)) parameters.push_back(name.substr(value.size()));
  return parameters;
}

/// What the names of a parameter's columns end in: nothing where it is the only one of a long file, all of whose names
/// stay.
std::string read_parameter(ConfigNode& node, const Columns& columns) {
  node.accept("parameter");
  if (!node.has("parameter")) return "";
  const std::vector<std::string> known = parameters_of(columns);
  const std::string parameter =
      known.empty() ? node.text("parameter") : node.one_of("parameter", known, "parameter of the data");
  const std::string suffix = "." + parameter;
  for (const std::string& name : columns.names())
    if (name.ends_with(suffix)) return suffix;
  for (std::size_t column = 0; column < columns.size(); ++column)
    if (own_levels(columns[column]) == std::vector{parameter}) return "";
  return suffix;
}

/// An endpoint defined on an earlier one.
SurvivalEndpoint read_landmark(const std::string& name, ConfigNode& node, PlanReader& reader) {
  SurvivalEndpoint endpoint;
  std::vector<std::string> names;
  for (const SurvivalEndpoint& e : reader.parts().endpoints) names.push_back(e.name);
  const std::string of = node.one_of("of", names, "endpoint above");
  for (const SurvivalEndpoint& e : reader.parts().endpoints)
    if (e.name == of) endpoint = e;
  endpoint.name = name;
  if (endpoint.start) node.problem("of", "'" + of + "' has start times (an endpoint without)");
  endpoint.landmark += node.number("landmark_months", Range::above(0)) * reader.parts().units_per_month;
  return endpoint;
}

/// The times of all rows and behind them the start times, where the endpoint has some; missing where the state is not
/// known. Near ties are those of both together.
std::span<double> known_times(const SurvivalEndpoint& endpoint, const Cohort& cohort,
                              std::span<const std::uint8_t> states, bool near_ties, Arena& arena) {
  const std::size_t rows = states.size();
  const std::span<double> all = arena.take<double>(endpoint.start ? 2 * rows : rows);
  const std::span<const double> times = cohort.numbers(endpoint.time);
  for (std::size_t i = 0; i < rows; ++i) all[i] = is_known(states[i]) ? endpoint.since_landmark(times[i]) : missing;
  if (endpoint.start) {
    const std::span<const double> starts = cohort.numbers(*endpoint.start);
    for (std::size_t i = 0; i < rows; ++i) all[rows + i] = is_known(states[i]) ? starts[i] : missing;
  }
  if (near_ties) join_near_ties(all, arena);
  return all;
}

}  // namespace

SurvivalEndpoint read_endpoint(const std::string& name, ConfigNode node, PlanReader& reader) {
  SurvivalEndpoint endpoint{.name = name};
  if (node.has("of")) {
    endpoint = read_landmark(name, node, reader);
  } else {
    node.accept("of");
    const std::string parameter = read_parameter(node, reader.columns());
    endpoint.time = reader.number_column(node, "time", parameter);
    node.accept("start");
    if (node.has("start")) endpoint.start = reader.number_column(node, "start", parameter);
    read_event(endpoint, node, reader, parameter);
    read_intercurrent_events(endpoint, node, reader);
    read_censoring_date(endpoint, node, reader);
    read_free_date(endpoint, node, reader);
  }
  node.finish();
  return endpoint;
}

double SurvivalEndpoint::since_landmark(double since_start) const {
  if (landmark == 0) return since_start;
  return since_start > landmark ? since_start - landmark : missing;
}

void SurvivalEndpoint::states(const Cohort& cohort, std::span<std::uint8_t> out) const {
  const std::span<const double> times = cohort.numbers(time);
  const std::span<const double> codes = cohort.numbers(status);
  if (coding.kind == EndpointCoding::Kind::event) {  // by far the most: without a call or a branch for each
    const double event = coding.event, censored = coding.censored;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint8_t other = std::isnan(codes[i]) ? missing_state : unknown_state;
      out[i] = codes[i] == event ? 1 : codes[i] == censored ? censored_state : other;
    }
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = coding.state_of(codes[i]);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::isnan(since_landmark(times[i])) ? missing_state : out[i];
  if (!start) return;
  const std::span<const double> starts = cohort.numbers(*start);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::isnan(starts[i]) ? missing_state : out[i];
}

SurvivalTable SurvivalEndpoint::sorted(const Cohort& cohort, bool near_ties, Arena& arena) const {
  const std::span<std::uint8_t> event = arena.take<std::uint8_t>(cohort.patients());
  states(cohort, event);
  const std::span<const double> times = known_times(*this, cohort, event, near_ties, arena).first(event.size());
  for (std::uint8_t& state : event) state = state != censored_state;
  return sort_survival(times, event, arena);
}

std::span<const double> SurvivalEndpoint::start_times(const Cohort& cohort, bool near_ties, Arena& arena) const {
  const std::span<std::uint8_t> state = arena.take<std::uint8_t>(cohort.patients());
  states(cohort, state);
  return known_times(*this, cohort, state, near_ties, arena).last(state.size());
}

std::vector<EndpointColumns> endpoint_columns(const PlanParts& parts, std::size_t in_file) {
  std::vector<EndpointColumns> all;
  for (const SurvivalEndpoint& e : parts.endpoints) {
    if (e.landmark != 0) continue;
    const SurvivalEndpoint::Recorded own = e.recorded.value_or(SurvivalEndpoint::Recorded{e.time, e.status, e.coding});
    if (own.time < in_file && own.status < in_file)
      all.push_back({e.name, parts.columns[own.time].name, parts.columns[own.status].name, own.coding,
                     e.start && *e.start < in_file ? parts.columns[*e.start].name : ""});
  }
  return all;
}

}  // namespace oligosim
