#include "models/analysis/condition.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace oligosim {
namespace {

bool is_missing(const Cohort& cohort, std::size_t column, std::size_t row) {
  if (cohort.columns()[column].kind == ColumnKind::category) return cohort.categories(column)[row] == missing_category;
  return std::isnan(cohort.numbers(column)[row]);
}

Range read_range(ConfigNode node) {
  Range range;
  for (const char* key : {"above", "at_least", "below", "at_most"}) node.accept(key);
  if (node.has("above")) range.minimum = node.number("above", Range::any()), range.minimum_included = false;
  if (node.has("at_least")) range.minimum = node.number("at_least", Range::any());
  if (node.has("below")) range.maximum = node.number("below", Range::any()), range.maximum_included = false;
  if (node.has("at_most")) range.maximum = node.number("at_most", Range::any());
  if (node.keys().empty()) node.problem("", "says nothing (above, at_least, below or at_most)");
  for (const std::string& key : node.keys())
    if (!node.has(key)) node.problem(key, "has no value (a number)");
  const bool open = !range.minimum_included || !range.maximum_included;
  if (range.minimum > range.maximum || (open && range.minimum == range.maximum))
    node.problem("", "holds for no number (limits the other way about)");
  node.finish();
  return range;
}

/// `present` and `missing` are words of the language unless the column has such a level.
std::optional<Condition::Kind> presence(const ConfigNode& node, const std::string& key, const ColumnInfo& column) {
  const YamlNode* const value = node.as_written().find(key);
  if (!value || value->kind != YamlNode::Kind::scalar) return {};
  if (std::find(column.levels.begin(), column.levels.end(), value->scalar) != column.levels.end()) return {};
  if (value->scalar == "present") return Condition::Kind::known;
  if (value->scalar == "missing") return Condition::Kind::unknown;
  return {};
}

Condition read_condition(ConfigNode& node, const std::string& key, const ColumnInfo& column, std::size_t position) {
  Condition condition;
  condition.column = position;
  if (const auto kind = presence(node, key, column)) {
    node.text(key);
    condition.kind = *kind;
  } else if (column.identifies) {
    node.accept(key);
    node.problem(key, "has more than 254 different texts (present or missing)");
  } else if (column.kind == ColumnKind::category) {
    condition.kind = Condition::Kind::among_levels;
    for (const std::string& level : node.some_of(key, column.levels, "level of " + key)) {
      const auto found = std::find(column.levels.begin(), column.levels.end(), level);
      if (found != column.levels.end())
        condition.codes.push_back(static_cast<std::uint8_t>(found - column.levels.begin()));
    }
  } else if (node.kind(key) == YamlNode::Kind::mapping) {
    condition.range = read_range(node.child(key));
  } else {
    condition.kind = Condition::Kind::among_numbers;
    condition.numbers = node.numbers(key, Range::any());
  }
  if (node.kind(key) == YamlNode::Kind::sequence && node.as_written().find(key)->items.empty())
    node.problem(key, "is empty, and so holds for nobody (at least one value)");
  return condition;
}

}  // namespace

bool Condition::meets(const Cohort& cohort, std::size_t row) const {
  switch (kind) {
    case Kind::among_levels: {
      const std::uint8_t code = cohort.categories(column)[row];
      return std::find(codes.begin(), codes.end(), code) != codes.end();
    }
    case Kind::among_numbers: {
      const double value = cohort.numbers(column)[row];
      return std::find(numbers.begin(), numbers.end(), value) != numbers.end();
    }
    case Kind::range:
      return range.contains(cohort.numbers(column)[row]);
    case Kind::known:
      return !is_missing(cohort, column, row);
    case Kind::unknown:
      return is_missing(cohort, column, row);
  }
  return false;
}

bool meets_all(std::span<const Condition> conditions, const Cohort& cohort, std::size_t row) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& c) { return c.meets(cohort, row); });
}

std::vector<Condition> read_conditions(ConfigNode node, const Columns& columns) {
  std::vector<Condition> conditions;
  for (std::size_t position = 0; position < columns.size(); ++position) {
    const std::string& key = columns[position].name;
    node.accept_name(key);
    if (node.has(key))
      conditions.push_back(read_condition(node, key, columns[position], position));
    else if (node.as_written().find(key))
      node.problem(key, "has no value, and so would hold for everybody (a value, or several)");
  }
  if (node.keys().empty()) node.problem("", "has no condition");
  node.finish();
  return conditions;
}

}  // namespace oligosim
