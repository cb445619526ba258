#include "models/analysis/population.hpp"

#include <algorithm>

namespace oligosim {
namespace {

bool meets(const Condition& condition, const Cohort& cohort, std::size_t row) {
  switch (condition.kind) {
    case Condition::Kind::among_levels: {
      const std::uint8_t code = cohort.categories(condition.column)[row];
      return std::find(condition.codes.begin(), condition.codes.end(), code) != condition.codes.end();
    }
    case Condition::Kind::among_numbers: {
      const double value = cohort.numbers(condition.column)[row];
      return std::find(condition.numbers.begin(), condition.numbers.end(), value) != condition.numbers.end();
    }
    case Condition::Kind::range:
      return condition.range.contains(cohort.numbers(condition.column)[row]);
  }
  return false;
}

Range read_range(ConfigNode node) {
  Range range;
  if (node.has("above")) range.minimum = node.number("above", Range::any()), range.minimum_included = false;
  if (node.has("at_least")) range.minimum = node.number("at_least", Range::any());
  if (node.has("below")) range.maximum = node.number("below", Range::any()), range.maximum_included = false;
  if (node.has("at_most")) range.maximum = node.number("at_most", Range::any());
  if (node.keys().empty()) node.problem("", "says nothing (above, at_least, below or at_most)");
  node.finish();
  return range;
}

Condition read_condition(const std::string& key, ConfigNode node, const ColumnInfo& column, std::size_t position) {
  Condition condition;
  condition.column = position;
  if (column.kind == ColumnKind::category) {
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
  return condition;
}

}  // namespace

void Population::members(const Cohort& cohort, std::span<std::uint8_t> out) const {
  for (std::size_t row = 0; row < out.size(); ++row) {
    out[row] =
        std::all_of(conditions.begin(), conditions.end(), [&](const Condition& c) { return meets(c, cohort, row); });
  }
}

Population read_population(const std::string& name, ConfigNode node, const Columns& columns) {
  Population population{name, {}};
  for (std::size_t position = 0; position < columns.size(); ++position) {
    const std::string& key = columns[position].name;
    node.accept(key);
    if (node.has(key)) population.conditions.push_back(read_condition(key, node, columns[position], position));
  }
  if (node.keys().empty()) node.problem("", "has no condition");
  node.finish();
  return population;
}

}  // namespace oligosim
