#include "models/study/size_wanted.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "models/study/overrides.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {
namespace {

constexpr Choice<SizeWanted::Of> counted[] = {{"patients", SizeWanted::Of::patients},
                                              {"events", SizeWanted::Of::events}};

constexpr const char* of_a_number[] = {"group", "term", "parameter", "at", "interval"};

/// "group control, parameter survival, at 12, interval log"
std::string told(const EstimateLabel& label) {
  std::string text = "parameter " + label.parameter;
  if (!label.group.empty()) text += ", group " + label.group;
  if (!label.term.empty()) text += ", term " + label.term;
  if (!std::isnan(label.at)) text += ", at " + shortest(label.at);
  return text + ", interval " + label.interval;
}

/// The one number with an interval that the keys name.
EstimateLabel read_interval(ConfigNode& node, const Scenario& scenario) {
  const Plan& plan = *scenario.plan;
  const std::string analysis =
      node.one_of("analysis", plan.analysis_names(), "analysis", std::optional(scenario.design->primary()));
  std::vector<EstimateLabel> fitting;
  std::string all;
  const auto agrees = [&](const char* key, const std::string& value) {
    return !node.has(key) || node.text(key) == value;
  };
  const double at = node.has("at") ? node.number("at", Range::any()) : missing;
  for (const EstimateLabel& l : plan.labels()) {
    if (l.analysis != analysis || !l.estimated || l.interval.empty()) continue;
    all += (all.empty() ? "" : "; ") + told(l);
    const bool same = agrees("group", l.group) && agrees("term", l.term) && agrees("parameter", l.parameter) &&
                      agrees("interval", l.interval) && (std::isnan(at) || at == l.at);
    if (same && (!l.log_scale || node.has("parameter"))) fitting.push_back(l);
  }
  for (const char* key : of_a_number) node.accept(key);
  if (fitting.size() == 1) return fitting.front();
  const std::string key = node.has("analysis") ? "analysis" : "interval_width";
  if (all.empty())
    node.problem(key, "'" + analysis + "' has no number with an interval");
  else
    node.problem(
        key, std::string(fitting.empty() ? "has no number" : "has several numbers") + " of this kind (" + all + ")");
  return {};
}

/// A scenario that sets the size itself, or the design, would not have the size looked for.
void check_scenario(const ConfigNode& node, const Override& scenario) {
  constexpr const char* kept[] = {
      "trial", "trial.enrollment", "trial.enrollment.patients", "trial.randomization.blocks", "trial.randomization",
      "size"};
  for (const auto& [path, value] : scenario.values)
    if (path.starts_with("design") || path.starts_with("size") || std::ranges::find(kept, path) != std::end(kept))
      node.problem("in", "'" + scenario.name + "' sets " + path +
                             ", which is the same in all scenarios that a size is looked for in");
}

void read_between(ConfigNode& node, SizeWanted& wanted) {
  node.accept("between");
  if (!node.has("between")) return;
  const std::vector<double> limits = node.numbers("between", Range::between(1, 1e6));
  const auto whole = [](double x) { return x == std::floor(x); };
  if (limits.size() != 2 || !whole(limits[0]) || !whole(limits[1]) || limits[0] >= limits[1])
    return node.problem("between", "is not two rising whole numbers (the smallest and the largest size)");
  wanted.between = {static_cast<std::size_t>(limits[0]), static_cast<std::size_t>(limits[1])};
}

void read_cost(ConfigNode& node, SizeWanted& wanted) {
  node.accept("cost");
  if (!node.has("cost")) return;
  ConfigNode cost = node.child("cost");
  wanted.cost = {.per_patient = cost.number("per_patient", Range::at_least(0), 0),
                 .per_event = cost.number("per_event", Range::at_least(0), 0),
                 .per_month = cost.number("per_month", Range::at_least(0), 0)};
  cost.finish();
  if (!wanted.cost.known()) node.problem("cost", "costs nothing (per_patient, per_event or per_month above 0)");
}

}  // namespace

SizeWanted read_size_wanted(ConfigNode node, std::span<const Override> expanded, const Scenario& first) {
  SizeWanted wanted;
  wanted.place = node.has("between") ? node.place("between") : node.place();
  if (node.has("power") == node.has("interval_width"))
    node.problem("", "says what is wanted by one of power and interval_width");
  if (node.has("interval_width")) {
    wanted.interval_width = node.number("interval_width", Range::above(0));
    wanted.interval = read_interval(node, first);
    node.accept("power");
  } else {
    node.accept("interval_width");
    wanted.power = node.number("power", Range::inside(0, 1), 0.8);
    if (*wanted.power <= first.design->alpha())
      node.problem("power", shortest(*wanted.power) + " is not above design.alpha, " + shortest(first.design->alpha()) +
                                ", which a trial of any size has without an effect");
  }
  std::vector<std::string> names;
  for (const Override& s : expanded) names.push_back(s.name);
  wanted.in = node.some_of("in", names, "scenario", names.size() == 1 ? std::optional(names) : std::nullopt);
  for (const Override& s : expanded)
    if (std::ranges::find(wanted.in, s.name) != wanted.in.end()) check_scenario(node, s);
  const YamlNode* list = node.as_written().find("in");
  if (list && list->kind == YamlNode::Kind::sequence && list->items.empty())
    node.problem("in", "is empty (at least one scenario)");
  wanted.of = node.choice<SizeWanted::Of>("of", counted, SizeWanted::Of::patients);
  if (wanted.of == SizeWanted::Of::events && first.design->final_events() == 0)
    node.problem("of", "the design has no number of events (a last look at_events, or final_events)");
  read_between(node, wanted);
  wanted.precision = node.number("precision", Range::between(0.001, 0.5), 0.01);
  wanted.replicates = static_cast<std::uint32_t>(node.integer("replicates", Range::between(2000, 1e9), 200000));
  read_cost(node, wanted);
  node.finish();
  return wanted;
}

}  // namespace oligosim
