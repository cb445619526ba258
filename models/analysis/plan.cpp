#include "models/analysis/plan.hpp"

#include <algorithm>
#include <set>

#include "models/analysis/plan_reader.hpp"

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

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& m : methods()) names.emplace_back(m.name);
  return names;
}

}  // namespace

Plan::Plan(ConfigNode node, const Columns& columns) {
  parts_.columns = columns;
  PlanReader reader(*this);
  AbsentColumns lacking(node, columns);
  for (const char* key : {"patient", "parameter", "several_rows"}) node.accept(key);  // how the data are read
  const TimeUnit unit = node.choice<TimeUnit>("time_unit", time_units);
  time_unit_ = time_units[static_cast<std::size_t>(unit)].name;
  days_per_month_ = node.number("days_per_month", Range::between(28, 31), 30.4375);
  parts_.units_per_month = units_per_month(unit, days_per_month_);
  parts_.confidence = node.number("confidence", Range::inside(0.5, 1), 0.95);
  for (auto& [name, child] : node.named_children("derive", false)) {
    if (lacking.leaves_out("derive", name, child)) continue;
    parts_.derived.push_back(DerivedColumn::read(name, child, parts_.columns));
    parts_.columns.add(parts_.derived.back().info());
  }
  for (auto& [name, child] : node.named_children("endpoints", false))
    if (!lacking.leaves_out("endpoints", name, child)) parts_.endpoints.push_back(read_endpoint(name, child, reader));
  parts_.populations.push_back({});
  for (auto& [name, child] : node.named_children("populations", false))
    if (!lacking.leaves_out("populations", name, child))
      parts_.populations.push_back({name, read_conditions(child, parts_.columns)});
  read_analyses(node, reader, lacking);
  node.finish();
  left_out_ = lacking.left_out();
  find_needed();
}

void Plan::read_analyses(ConfigNode& node, PlanReader& reader, AbsentColumns& lacking) {
  std::set<std::string> names;
  const std::vector<std::string> accepted = method_names();
  for (ConfigNode entry : node.children("analyses")) {
    const std::string name = entry.text("name");
    if (!names.insert(name).second) entry.problem("name", "'" + name + "' names an earlier analysis too");
    if (lacking.leaves_out("analyses", name, entry)) continue;
    const std::string method = entry.one_of("method", accepted, "method");
    for (const MethodEntry& m : methods()) {
      if (method != m.name) continue;
      analyses_.push_back(m.read(entry, reader));
      if (analyses_.back()->labels().empty()) entry.problem("", "asks for no number");
      if (entry.kind("levels") == YamlNode::Kind::mapping) entry.child("levels").finish();
      entry.finish();
    }
  }
  if (analyses_.empty() && lacking.left_out().empty() && node.has("analyses"))
    node.problem("analyses", "is empty (at least one analysis)");
  for (const auto& analysis : analyses_)
    labels_.insert(labels_.end(), analysis->labels().begin(), analysis->labels().end());
}

// A derived column needs its sources, which may be derived themselves, always by earlier ones.
void Plan::find_needed() {
  std::vector<std::uint8_t>& needed = parts_.needed;
  needed.assign(parts_.columns.size(), 0);
  for (const SurvivalEndpoint& e : parts_.endpoints) {
    needed[e.time] = needed[e.status] = 1;
    if (e.start) needed[*e.start] = 1;
  }
  for (const Population& p : parts_.populations)
    for (const Condition& c : p.conditions) needed[c.column] = 1;
  for (const Factor& f : parts_.factors) needed[f.column()] = 1;
  for (const std::size_t column : columns_used_) needed[column] = 1;
  const std::size_t first = needed.size() - parts_.derived.size();
  for (std::size_t k = parts_.derived.size(); k-- > 0;)
    if (needed[first + k])
      for (const std::size_t source : parts_.derived[k].sources()) needed[source] = 1;
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

std::vector<std::uint8_t> Plan::needed_columns() const {
  return {parts_.needed.begin(), parts_.needed.end() - static_cast<std::ptrdiff_t>(parts_.derived.size())};
}

}  // namespace oligosim
