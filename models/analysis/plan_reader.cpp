#include "models/analysis/plan_reader.hpp"

#include <algorithm>
#include <utility>

#include "engine/io/words.hpp"

namespace oligosim {

std::vector<std::string> numeric_names(const Columns& columns) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].kind == ColumnKind::number && !columns[i].identifies) names.push_back(columns[i].name);
  return names;
}

namespace {

/// Whether a level is R's or Python's word for yes, or for no.
bool is_true(const std::string& level) { return lower_case(level) == "true"; }
bool is_logical(const std::string& level) { return is_true(level) || lower_case(level) == "false"; }

/// Refuses a category in the place of a number, and says what it is: in a file, texts among numbers are likely slips.
bool refuse_category(const ConfigNode& entry, const std::string& key, const std::string& name, const Columns& columns) {
  const std::optional<std::size_t> column = columns.find(name);
  if (!column) return false;
  const std::vector<std::string>& levels = columns[*column].levels;
  if (!levels.empty() && std::ranges::all_of(levels, is_logical)) {
    std::string cases;
    for (const std::string& level : levels)
      cases += (cases.empty() ? "{when: {" : ", {when: {") + name + ": " + level +
               "}, value: " + (is_true(level) ? "1}" : "0}");
    entry.problem(key, "'" + name + "' is no numeric column, but " + either(levels) +
                           " (a column of 1 and 0: derive: {NAME: {cases: [" + cases + "]}})");
    return true;
  }
  if (columns[*column].texts_among_numbers.empty()) return false;
  const std::vector<std::string> accepted = numeric_names(columns);
  entry.problem(key, "'" + name + "' is not a numeric column, but: " + columns[*column].texts_among_numbers + " (" +
                         either_or_nearest(name, accepted) + ")");
  return true;
}

/// Tells the entry if it names a column under `key` that only tells patients or clusters apart.
bool refuse_identifier(ConfigNode& entry, const std::string& key, const Columns& columns) {
  const YamlNode* const written = entry.as_written().find(key);
  if (!written) return false;
  std::vector<std::string> names = {written->scalar};
  for (const YamlNode& item : written->items) names.push_back(item.scalar);
  for (const std::string& name : names) {
    const std::optional<std::size_t> column = columns.find(name);
    if (!column || !columns[*column].identifies) continue;
    entry.accept(key);
    entry.problem(key, "'" + name + "' has more than 254 different texts (a column with fewer)");
    return true;
  }
  return false;
}

/// The endpoint of the plan that the entry names; null: none.
const SurvivalEndpoint* named_endpoint(const ConfigNode& entry, const std::vector<SurvivalEndpoint>& endpoints) {
  const YamlNode* const written = entry.as_written().find("endpoint");
  if (!written) return nullptr;
  const auto found = std::ranges::find(endpoints, written->scalar, &SurvivalEndpoint::name);
  return found == endpoints.end() ? nullptr : &*found;
}

/// The population that an entry names, everybody where it names none; what it names wrongly others tell.
std::size_t named_population(const ConfigNode& entry, const std::vector<Population>& populations) {
  const YamlNode* const written = entry.as_written().find("population");
  if (!written) return 0;
  const auto own = std::ranges::find(populations, written->scalar, &Population::name);
  return own == populations.end() ? 0 : static_cast<std::size_t>(own - populations.begin());
}

}  // namespace

bool lists_nothing(const ConfigNode& entry, const std::string& key) {
  const YamlNode* const written = entry.as_written().find(key);
  return written && written->kind == YamlNode::Kind::sequence && written->items.empty();
}

std::size_t PlanReader::number_column(ConfigNode& entry, const std::string& key, const std::string& suffix) {
  if (entry.kind(key) == YamlNode::Kind::scalar && refuse_category(entry, key, entry.text(key) + suffix, columns()))
    return 0;
  std::vector<std::string> accepted;
  for (const std::string& name : numeric_names(columns()))
    if (name.ends_with(suffix)) accepted.push_back(name.substr(0, name.size() - suffix.size()));
  const std::string name = entry.one_of(key, accepted, "numeric column");
  const std::size_t column = columns().find(name + suffix).value_or(0);
  uses(column);
  return column;
}

std::size_t PlanReader::any_column(ConfigNode& entry, const std::string& key) {
  const std::size_t column = columns().find(entry.one_of(key, columns().names_and_identifiers(), "column")).value_or(0);
  uses(column);
  return column;
}

std::vector<std::size_t> PlanReader::number_columns(ConfigNode& entry, const std::string& key) {
  std::vector<std::size_t> positions;
  if (entry.kind(key) == YamlNode::Kind::scalar || entry.kind(key) == YamlNode::Kind::sequence)
    for (const std::string& name : entry.texts(key))
      if (refuse_category(entry, key, name, columns())) return positions;
  for (const std::string& name : entry.some_of(key, numeric_names(columns()), "numeric column")) {
    positions.push_back(columns().find(name).value_or(0));
    uses(positions.back());
  }
  if (positions.empty() && lists_nothing(entry, key)) entry.problem(key, "is empty (at least one column)");
  return positions;
}

std::vector<std::size_t> PlanReader::grade_columns(ConfigNode& entry, const std::string& key) {
  const std::vector<std::size_t> columns = number_columns(entry, key);
  parts_.grades.insert(parts_.grades.end(), columns.begin(), columns.end());
  return columns;
}

std::size_t PlanReader::add(DerivedColumn column) {
  parts_.columns.add(column.info());
  parts_.derived.push_back(std::move(column));
  return parts_.columns.size() - 1;
}

std::size_t PlanReader::endpoint_where(ConfigNode& entry, bool competing, bool start) {
  std::vector<std::string> names;
  for (const SurvivalEndpoint& e : parts().endpoints)
    if ((!e.start || start) && e.competing() == competing) names.push_back(e.name);
  const SurvivalEndpoint* const own = named_endpoint(entry, parts().endpoints);
  if (!start && !competing && own && own->start && !own->competing()) {
    entry.accept("endpoint");
    entry.problem("endpoint", "'" + own->name + "' has start times, which cox alone can take (" +
                                  (names.empty() ? "an endpoint without" : either_or_nearest(own->name, names)) + ")");
    return 0;
  }
  const std::string noun = competing                 ? "endpoint of this plan with causes"
                           : own && own->competing() ? "endpoint of this plan without causes"
                                                     : "endpoint of this plan";
  const std::string chosen = entry.one_of("endpoint", names, noun);
  for (std::size_t k = 0; k < parts().endpoints.size(); ++k) {
    const SurvivalEndpoint& e = parts().endpoints[k];
    if (e.name != chosen) continue;
    uses(e.time), uses(e.status);
    if (e.start) uses(*e.start);
    return k;
  }
  return 0;
}

std::size_t PlanReader::endpoint(ConfigNode& entry) { return endpoint_where(entry, false, false); }
std::size_t PlanReader::counting_endpoint(ConfigNode& entry) { return endpoint_where(entry, false, true); }
std::size_t PlanReader::competing_endpoint(ConfigNode& entry) { return endpoint_where(entry, true, false); }

std::size_t PlanReader::population(ConfigNode& entry) {
  if (!entry.has("population")) {
    entry.accept("population");
    return 0;
  }
  std::vector<std::string> names;
  for (const Population& p : parts().populations)
    if (!p.name.empty()) names.push_back(p.name);
  entry.one_of("population", names, "population of this plan");
  const std::size_t population = named_population(entry, parts().populations);
  for (const Condition& c : parts().populations[population].conditions) uses(c.column);
  return population;
}

std::size_t PlanReader::factor(ConfigNode& entry, const std::string& key, const std::string& column, bool told) {
  const std::size_t position = columns().find(column).value_or(0);
  uses(position);
  const ColumnInfo& info = columns()[position];
  std::vector<std::string> levels;
  const std::vector<std::string> own = own_levels(info);
  entry.accept("levels");
  if (entry.kind("levels") == YamlNode::Kind::mapping) {
    ConfigNode by_column = entry.child("levels");
    by_column.accept_name(column);
    if (by_column.has(column))
      levels = own.empty() ? by_column.texts(column) : by_column.some_of(column, own, "level of " + column);
  } else if (entry.has("levels") && key != "by" && entry.has("by")) {
    // a list: those of `by`
  } else if (entry.has("levels") && key != "by") {
    entry.problem("levels", "says for each column which levels (levels: {" + column + ": [...]})");
  } else if (entry.has("levels")) {
    levels = own.empty() ? entry.texts("levels") : entry.some_of("levels", own, "level of " + column);
  }
  if (levels.empty() && own.empty() && !told)
    entry.problem(key, "'" + column + "' is numeric, with more than 20 different values or none (say which: levels: {" +
                           column + ": [...]})");
  Factor factor(columns(), position, levels);
  auto& factors = parts_.factors;
  const auto place = static_cast<std::size_t>(std::ranges::find(factors, factor) - factors.begin());
  if (place == factors.size()) factors.push_back(std::move(factor));
  const FactorUse use{place, named_population(entry, parts_.populations)};
  if (std::ranges::find(parts_.factor_uses, use) == parts_.factor_uses.end()) parts_.factor_uses.push_back(use);
  return place;
}

std::optional<std::size_t> PlanReader::by(ConfigNode& entry) {
  entry.accept("by");
  if (!entry.has("by")) return {};
  if (refuse_identifier(entry, "by", columns())) return {};
  const std::string column = entry.one_of("by", columns().names(), "column");
  const bool told = entry.as_written().find("by")->scalar != column;  // of another column, which this is not
  return factor(entry, "by", column, told);
}

std::optional<std::size_t> PlanReader::strata(ConfigNode& entry) {
  if (refuse_identifier(entry, "strata", columns())) return {};
  const std::vector<std::string> names =
      entry.some_of("strata", columns().names(), "column", std::vector<std::string>{});
  if (names.empty()) return {};
  std::vector<std::size_t> factors;
  for (const std::string& column : names) factors.push_back(factor(entry, "strata", column));
  parts_.strata.push_back(factors);
  return parts_.strata.size() - 1;
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
