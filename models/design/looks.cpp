#include <algorithm>
#include <cmath>
#include <string>

#include "engine/io/number.hpp"
#include "models/design/design.hpp"

namespace oligosim {
namespace {

constexpr const char* kinds[] = {"at_events", "at_information", "at_patients", "at_month"};

/// The endpoint under `of`.
std::size_t read_endpoint(ConfigNode& node, const DesignInput& input) {
  const std::string of = node.one_of("of", input.endpoints, "endpoint of the disease model");
  const auto found = std::find(input.endpoints.begin(), input.endpoints.end(), of);
  if (found == input.endpoints.end()) return 0;
  return input.endpoint_positions[static_cast<std::size_t>(found - input.endpoints.begin())];
}

/// `count`: of patients, or of events, of which each has one at most.
void check_patients(const ConfigNode& node, const char* key, std::size_t count, const DesignInput& input) {
  if (input.patients > 0 && count > input.patients)
    node.problem(key, std::to_string(count) + " is more than the " + std::to_string(input.patients) +
                          " patients of trial.enrollment.patients");
}

/// The fraction of the final events, as a number of them.
std::size_t events_at_information(ConfigNode& node, std::size_t final_events) {
  const double information = node.number("at_information", Range::inside(0, 1));
  if (final_events == 0)
    node.problem("at_information", "is a fraction of events that nobody says (a last look at_events, or final_events)");
  return std::max<std::size_t>(1,
                               static_cast<std::size_t>(std::lround(information * static_cast<double>(final_events))));
}

std::string after_opening(double opens_month) {
  return " (after month " + std::to_string(opens_month) + ", when enrollment begins)";
}

Look read_look(ConfigNode node, const DesignInput& input, std::size_t final_events, bool last) {
  Look look;
  int given = 0;
  for (const char* kind : kinds) given += node.has(kind);
  if (given > 1 || (given == 0 && !node.has("min_follow_up_months")))
    node.problem(
        "",
        "a look is at_events or at_information (of an endpoint), at_patients or at_month, one of them; or after "
        "min_follow_up_months alone");
  if (node.has("at_events")) {
    look.events = static_cast<std::size_t>(node.integer("at_events", Range::between(1, 1e6)));
    check_patients(node, "at_events", *look.events, input);
  } else if (node.has("at_information")) {
    look.events = events_at_information(node, final_events);
  } else if (node.has("at_patients")) {
    look.patients = static_cast<std::size_t>(node.integer("at_patients", Range::between(1, 1e6)));
    check_patients(node, "at_patients", *look.patients, input);
  } else if (node.has("at_month")) {
    look.month = node.number("at_month", Range::above(0));
    if (*look.month <= input.opens_month)
      node.problem("at_month", "no patient has entered by then" + after_opening(input.opens_month));
  }
  look.counted = look.events || (last && final_events > 0);
  if (look.counted) look.endpoint = read_endpoint(node, input);
  if (node.has("min_follow_up_months")) look.follow_up_months = node.number("min_follow_up_months", Range::above(0));
  for (const char* key : {"at_events", "at_information", "at_patients", "at_month", "of", "min_follow_up_months"})
    node.accept(key);
  return look;
}

/// Reads when a look may be held that waits for something.
void read_dates(ConfigNode& node, Look& look, double opens_month, bool first, bool last) {
  const auto read = [&](const char* key) -> std::optional<double> {
    node.accept(key);
    if (!node.has(key)) return {};
    if (look.month) node.problem(key, "stands beside at_month, which is a date already");
    return node.number(key, Range::above(0));
  };
  look.earliest_month = read("earliest_month");
  look.latest_month = read("latest_month");
  look.gap_months = read("min_gap_months").value_or(0);
  if (last && look.latest_month)
    node.problem("latest_month", "is that of the design for its last look (design.latest_month)");
  if (first && look.gap_months > 0)
    node.problem("min_gap_months", "is counted from the look before, and this is the first");
  if (look.earliest_month && look.latest_month && *look.latest_month <= *look.earliest_month)
    node.problem("latest_month", "is not after earliest_month");
  if (look.latest_month && *look.latest_month <= opens_month)
    node.problem("latest_month", "no patient has entered by then" + after_opening(opens_month));
}

/// A look on a date, or by one at the latest, before the looks that it follows can be held.
void check_dates(std::vector<ConfigNode>& nodes, std::span<const Look> looks) {
  const std::vector<double> soonest = soonest_months(looks);
  for (std::size_t k = 1; k < looks.size(); ++k) {
    const double before = soonest[k - 1] + looks[k].gap_months;
    const std::string late = "is not after month " + rounded(before, 4) + ", before which the look before it " +
                             (looks[k].gap_months > 0 ? "and min_gap_months do not let it be held" : "is not held");
    if (looks[k].latest_month && *looks[k].latest_month <= before) nodes[k].problem("latest_month", late);
    // Of two looks by date that has been said.
    if (looks[k].month && !looks[k - 1].month && *looks[k].month <= before) nodes[k].problem("at_month", late);
  }
}

void check_order(ConfigNode& node, const Look& before, const Look& look) {
  const auto check_rise = [&node](const char* key, std::optional<std::size_t> earlier, std::optional<std::size_t> now) {
    if (earlier && now && *now <= *earlier)
      node.problem(key, std::to_string(*now) + " is not above the look before (" + std::to_string(*earlier) + ")");
  };
  if (before.endpoint == look.endpoint) check_rise("at_events", before.events, look.events);
  check_rise("at_patients", before.patients, look.patients);
  if (before.month && look.month && *look.month <= *before.month)
    node.problem("at_month", "is not after the look before");
}

/// Events planned at the end: of a last look that waits for them, or as said.
std::size_t read_final_events(DesignInput& input, std::vector<ConfigNode>& nodes) {
  input.node.accept("final_events");
  if (nodes.empty()) return 0;
  if (nodes.back().has("at_events")) {
    if (input.node.has("final_events"))
      input.node.problem("final_events", "stands beside a last look at_events, which says it");
    return static_cast<std::size_t>(nodes.back().integer("at_events", Range::between(1, 1e6)));
  }
  if (!input.node.has("final_events")) return 0;
  const auto events = static_cast<std::size_t>(input.node.integer("final_events", Range::between(1, 1e6)));
  check_patients(input.node, "final_events", events, input);
  return events;
}

}  // namespace

std::string DesignInput::read_primary() {
  const std::string primary = node.one_of("primary", testable, "analysis with a one-sided test");
  refuse_several("primary");
  return primary;
}

void DesignInput::refuse_several(const char* key) const {
  const YamlNode* written = node.as_written().find(key);
  if (!written) return;
  for (const auto& [name, column] : of_several) {
    const auto names = [&name](const YamlNode& n) { return n.scalar == name; };
    if (names(*written) || std::ranges::any_of(written->items, names))
      node.problem(key, "'" + name + "' compares more than two levels of " + column + " (with levels: {" + column +
                            ": [A, B]}, that name two, it has a one-sided test)");
  }
}

std::string DesignInput::events_not_counted(const std::string& analysis, const Look& look) const {
  const auto position = std::ranges::find(testable, analysis) - testable.begin();
  const std::string own =
      static_cast<std::size_t>(position) < events_of.size() ? events_of[static_cast<std::size_t>(position)] : "";
  const auto counted = std::ranges::find(endpoint_positions, look.endpoint) - endpoint_positions.begin();
  const bool same = !look.counted || own.empty() || static_cast<std::size_t>(counted) >= endpoints.size() ||
                    own == endpoints[static_cast<std::size_t>(counted)];
  return same ? "" : own;
}

std::vector<Look> read_looks(DesignInput& input, std::size_t& final_events) {
  std::vector<Look> looks;
  std::vector<ConfigNode> nodes = input.node.children("looks");
  final_events = read_final_events(input, nodes);
  for (ConfigNode& node : nodes) {
    const bool last = looks.size() + 1 == nodes.size();
    looks.push_back(read_look(node, input, final_events, last));
    read_dates(node, looks.back(), input.opens_month, looks.size() == 1, last);
    if (looks.size() > 1) check_order(node, looks[looks.size() - 2], looks.back());
  }
  check_dates(nodes, looks);
  // Information: events over the final events, or as said for looks by date.
  bool known_before = true;  // else it is missing, and there is nothing to compare with
  for (std::size_t k = 0; k < looks.size(); ++k) {
    const bool last = k + 1 == looks.size();
    const bool by_events = looks[k].events && final_events > 0 && looks[k].endpoint == looks.back().endpoint;
    if (last || by_events) {
      nodes[k].accept("information");
      looks[k].information = last ? 1 : static_cast<double>(*looks[k].events) / static_cast<double>(final_events);
    } else {
      looks[k].information = nodes[k].number("information", Range::inside(0, 1));
    }
    nodes[k].finish();
    const bool known = last || by_events || nodes[k].has("information");
    if (k > 0 && known && known_before && looks[k].information <= looks[k - 1].information &&
        !(by_events && looks[k - 1].events))
      nodes[k].problem("information", "is not above that of the look before");
    known_before = known;
  }
  if (looks.empty()) {
    if (input.node.has("looks")) input.node.problem("looks", "is empty (at least one look)");
    looks.emplace_back();
  }
  return looks;
}

}  // namespace oligosim
