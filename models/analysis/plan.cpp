#include "models/analysis/plan.hpp"

#include <algorithm>
#include <set>

namespace oligosim {
namespace {

enum class TimeUnit { days, weeks, months, years };
constexpr Choice<TimeUnit> time_units[] = {
    {"days", TimeUnit::days}, {"weeks", TimeUnit::weeks}, {"months", TimeUnit::months}, {"years", TimeUnit::years}};

double units_per_month(TimeUnit unit, double days_per_month) {
  switch (unit) {
    case TimeUnit::days:
      return days_per_month;
    case TimeUnit::weeks:
      return days_per_month / 7;
    case TimeUnit::months:
      return 1;
    case TimeUnit::years:
      return 1.0 / 12;
  }
  return 1;
}

std::vector<std::string> number_columns(const Columns& columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].kind == ColumnKind::number) names.push_back(columns[i].name);
  return names;
}

SurvivalEndpoint read_endpoint(const std::string& name, ConfigNode node, PlanReader& reader) {
  SurvivalEndpoint endpoint{.name = name};
  endpoint.time = reader.number_column(node, "time");
  endpoint.censor = node.has("censor");
  if (endpoint.censor && node.has("event")) node.problem("censor", "stands beside event (one of the two)");
  endpoint.event = reader.number_column(node, endpoint.censor ? "censor" : "event");
  node.finish();
  return endpoint;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& m : methods()) names.emplace_back(m.name);
  return names;
}

}  // namespace

Plan::Plan(ConfigNode node, const Columns& columns) {
  PlanReader reader(*this, columns);
  const TimeUnit unit = node.choice<TimeUnit>("time_unit", time_units);
  days_per_month_ = node.number("days_per_month", Range::between(28, 31), 30.4375);
  parts_.units_per_month = units_per_month(unit, days_per_month_);
  parts_.confidence = node.number("confidence", Range::inside(0.5, 1), 0.95);
  for (auto& [name, child] : node.named_children("endpoints", false))
    parts_.endpoints.push_back(read_endpoint(name, child, reader));
  parts_.populations.push_back({});
  for (auto& [name, child] : node.named_children("populations", false))
    parts_.populations.push_back(read_population(name, child, columns));

  std::set<std::string> names;
  const std::vector<std::string> accepted = method_names();
  for (ConfigNode entry : node.children("analyses")) {
    const std::string name = entry.text("name");
    if (!names.insert(name).second) entry.problem("name", "'" + name + "' names an earlier analysis too");
    const std::string method = entry.one_of("method", accepted, "method");
    for (const MethodEntry& m : methods()) {
      if (method != m.name) continue;
      analyses_.push_back(m.read(entry, reader));
      if (analyses_.back()->labels().empty()) entry.problem("", "asks for no number");
      entry.finish();
    }
  }
  if (analyses_.empty() && node.has("analyses")) node.problem("analyses", "is empty (at least one analysis)");
  node.finish();
  for (const auto& analysis : analyses_)
    labels_.insert(labels_.end(), analysis->labels().begin(), analysis->labels().end());
}

void Plan::evaluate(std::size_t analysis, PlanData& data, Arena& arena, std::span<Estimate> out) const {
  for (Estimate& e : out) e = {};
  analyses_[analysis]->evaluate(data, arena, out);
}

void Plan::evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const {
  std::size_t first = 0;
  for (const auto& analysis : analyses_) {
    const std::span<Estimate> own = out.subspan(first, analysis->labels().size());
    for (Estimate& e : own) e = {};
    analysis->evaluate(data, arena, own);
    first += own.size();
  }
}

std::vector<std::string> Plan::analysis_names() const {
  std::vector<std::string> names;
  for (const auto& analysis : analyses_) names.push_back(analysis->name());
  return names;
}

std::size_t Plan::position(const std::string& analysis) const {
  const std::vector<std::string> names = analysis_names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), analysis) - names.begin());
}

std::vector<std::uint8_t> Plan::needed_columns(const Columns& columns) const {
  std::vector<std::uint8_t> needed(columns.size(), 0);
  for (const SurvivalEndpoint& e : parts_.endpoints) needed[e.time] = needed[e.event] = 1;
  for (const Population& p : parts_.populations)
    for (const Condition& c : p.conditions) needed[c.column] = 1;
  for (const Factor& f : parts_.factors) needed[f.column()] = 1;
  for (const std::size_t column : columns_used_) needed[column] = 1;
  return needed;
}

std::size_t PlanReader::number_column(ConfigNode& entry, const std::string& key) {
  const std::string name = entry.one_of(key, number_columns(columns_), "numeric column");
  const std::size_t column = columns_.find(name).value_or(0);
  uses(column);
  return column;
}

std::size_t PlanReader::endpoint(ConfigNode& entry) {
  std::vector<std::string> names;
  for (const SurvivalEndpoint& e : parts().endpoints) names.push_back(e.name);
  const std::string chosen = entry.one_of("endpoint", names, "endpoint of this plan");
  const auto found = std::find(names.begin(), names.end(), chosen);
  return found == names.end() ? 0 : static_cast<std::size_t>(found - names.begin());
}

std::size_t PlanReader::population(ConfigNode& entry) {
  if (!entry.has("population")) {
    entry.accept("population");
    return 0;
  }
  std::vector<std::string> names;
  for (const Population& p : parts().populations)
    if (!p.name.empty()) names.push_back(p.name);
  const std::string chosen = entry.one_of("population", names, "population of this plan");
  for (std::size_t i = 1; i < parts().populations.size(); ++i)
    if (parts().populations[i].name == chosen) return i;
  return 0;
}

std::size_t PlanReader::factor(ConfigNode& entry, const std::string& key, const std::string& column) {
  const std::size_t position = columns_.find(column).value_or(0);
  const ColumnInfo& info = columns_[position];
  std::vector<std::string> levels;
  const std::vector<std::string> own = own_levels(info);
  entry.accept("levels");
  if (entry.kind("levels") == YamlNode::Kind::mapping) {
    ConfigNode by_column = entry.child("levels");
    if (by_column.has(column))
      levels = own.empty() ? by_column.texts(column) : by_column.some_of(column, own, "level of " + column);
  } else if (entry.has("levels") && key != "by") {
    entry.problem("levels", "says for each column which levels (levels: {" + column + ": [...]})");
  } else if (entry.has("levels")) {
    levels = own.empty() ? entry.texts("levels") : entry.some_of("levels", own, "level of " + column);
  }
  if (levels.empty() && own.empty())
    entry.problem(key, "'" + column + "' is numeric without known levels (say which: levels: {" + column + ": [...]})");
  Factor factor(columns_, position, levels);
  auto& factors = plan_.parts_.factors;
  const auto found = std::find(factors.begin(), factors.end(), factor);
  if (found != factors.end()) return static_cast<std::size_t>(found - factors.begin());
  factors.push_back(std::move(factor));
  return factors.size() - 1;
}

std::optional<std::size_t> PlanReader::by(ConfigNode& entry) {
  entry.accept("by");
  if (!entry.has("by")) return {};
  const std::string column = entry.one_of("by", columns_.names(), "column");
  return factor(entry, "by", column);
}

std::optional<std::size_t> PlanReader::strata(ConfigNode& entry) {
  const std::vector<std::string> names =
      entry.some_of("strata", columns_.names(), "column", std::vector<std::string>{});
  if (names.empty()) return {};
  std::vector<std::size_t> factors;
  for (const std::string& column : names) factors.push_back(factor(entry, "strata", column));
  plan_.parts_.strata.push_back(factors);
  return plan_.parts_.strata.size() - 1;
}

EstimateLabel PlanReader::label(ConfigNode& entry, const std::string& method, std::optional<std::size_t> endpoint,
                                std::size_t population) const {
  EstimateLabel label;
  label.analysis = entry.text("name");
  label.method = method;
  if (endpoint && *endpoint < parts().endpoints.size()) label.endpoint = parts().endpoints[*endpoint].name;
  label.population = parts().populations[population].name;
  return label;
}

}  // namespace oligosim
