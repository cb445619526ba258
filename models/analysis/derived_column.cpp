#include "models/analysis/derived_column.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/statistics/estimate.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {
namespace {

using Operation = DerivedColumn::Operation;

constexpr Choice<Operation> operations[] = {
    {"first_present", Operation::first_present},
    {"smallest", Operation::smallest},
    {"largest", Operation::largest},
    {"sum", Operation::sum},
    {"product", Operation::product},
    {"difference", Operation::difference},
    {"ratio", Operation::ratio},
};

bool takes_two(Operation operation) { return operation == Operation::difference || operation == Operation::ratio; }

/// How many names a key has, whatever they are; a single one counts as a list.
std::size_t names_under(const ConfigNode& node, const std::string& key) {
  const YamlNode* const value = node.as_written().find(key);
  return value && value->kind == YamlNode::Kind::sequence ? value->items.size() : 1;
}

template <class T>
std::size_t position_in(std::vector<T>& values, const T& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) return static_cast<std::size_t>(found - values.begin());
  values.push_back(value);
  return values.size() - 1;
}

}  // namespace

DerivedColumn DerivedColumn::read(const std::string& name, ConfigNode node, const Columns& columns) {
  DerivedColumn column;
  column.info_.name = name;
  column.otherwise_ = missing;
  if (columns.find(name)) node.problem("", "'" + name + "' is a column already (another name)");
  if (node.has("cases")) {
    column.read_cases(node, columns);
  } else {
    column.read_operation(node, columns);
  }
  node.finish();
  return column;
}

DerivedColumn DerivedColumn::time_until(const std::string& name, const Until& until, const Columns& columns) {
  DerivedColumn column;
  column.info_.name = name;
  column.info_.unit = columns[until.time].unit;
  column.operation_ = Operation::time_until;
  column.sources_ = {until.time, until.date};
  return column;
}

DerivedColumn DerivedColumn::status_until(const std::string& name, const Until& until) {
  DerivedColumn column;
  column.info_.name = name;
  column.operation_ = Operation::status_until;
  column.sources_ = {until.time, until.status, until.date};
  column.until_ = until;
  return column;
}

DerivedColumn DerivedColumn::time_censored(const std::string& name, const Until& until, const Columns& columns) {
  DerivedColumn column = time_until(name, until, columns);
  column.operation_ = Operation::time_censored;
  column.sources_.push_back(until.status);
  column.until_ = until;
  return column;
}

// A column of numbers if every value is one, otherwise of categories, with levels in the order of the cases.
void DerivedColumn::read_cases(ConfigNode& node, const Columns& columns) {
  std::vector<std::string> values;
  for (ConfigNode item : node.children("cases")) {
    cases_.push_back({read_conditions(item.child("when"), columns), missing});
    for (const Condition& condition : cases_.back().when) sources_.push_back(condition.column);
    values.push_back(item.text("value"));
    item.finish();
  }
  if (cases_.empty()) node.problem("cases", "is empty (at least one case)");
  const bool ends = node.has("otherwise");
  if (ends) values.push_back(node.text("otherwise"));
  node.accept("otherwise");
  const bool numeric =
      std::ranges::all_of(values, [](const std::string& v) { return read_number(v).value.has_value(); });
  if (!numeric) info_.kind = ColumnKind::category;
  for (std::size_t k = 0; k < values.size(); ++k) {
    double value = 0;
    if (numeric) {
      value = *read_number(values[k]).value;
      position_in(info_.values, value);
    } else {
      value = static_cast<double>(position_in(info_.levels, values[k]));
    }
    (k < cases_.size() ? cases_[k].value : otherwise_) = value;
  }
  std::ranges::sort(info_.values);
  if (info_.levels.size() >= missing_category) node.problem("cases", "have too many levels (at most 254)");
}

void DerivedColumn::read_operation(ConfigNode& node, const Columns& columns) {
  const std::vector<std::string> numeric = numeric_names(columns);
  bool found = false;
  for (const auto& [key, operation] : operations) {
    node.accept(key);
    if (!node.has(key)) continue;
    if (found) node.problem(key, "stands beside another operation (one of them)");
    found = true;
    operation_ = operation;
    for (const std::string& name : node.some_of(key, numeric, "numeric column"))
      if (const auto position = columns.find(name)) sources_.push_back(*position);
    const std::size_t named = names_under(node, key);  // also those that are no columns, which is said already
    if (takes_two(operation) && named != 2) node.problem(key, "wants two columns");
    if (named == 0) node.problem(key, "is empty (at least one column)");
  }
  node.accept("cases");
  if (!found)
    node.problem("", "says nothing (cases, first_present, smallest, largest, sum, product, difference or ratio)");
  if (!sources_.empty()) info_.unit = columns[sources_.front()].unit;
}

/// A missing time stays missing, whatever its date; so does a status.
double DerivedColumn::status_at(const Cohort& cohort, std::size_t row) const {
  const double time = cohort.numbers(until_.time)[row], status = cohort.numbers(until_.status)[row];
  const double date = cohort.numbers(until_.date)[row];
  if (std::isnan(status)) return missing;
  if (date < time || (date == time && (until_.same_day || until_.before.state_of(status) == censored_state)))
    return until_.code;
  if (!until_.recoded) return status;
  const std::uint8_t state = until_.recoded->state_of(status);
  return is_known(state) ? state : missing;
}

/// A patient without a date has not been seen since the start.
double DerivedColumn::censored_time_at(const Cohort& cohort, std::size_t row) const {
  const double time = cohort.numbers(until_.time)[row], date = cohort.numbers(until_.date)[row];
  if (std::isnan(time) || until_.before.state_of(cohort.numbers(until_.status)[row]) != censored_state) return time;
  return std::isnan(date) ? 0 : std::min(time, date);
}

double DerivedColumn::value_of(const Cohort& cohort, std::size_t row) const {
  const auto number = [&](std::size_t k) { return cohort.numbers(sources_[k])[row]; };
  double value = number(0);
  switch (operation_) {
    case Operation::difference:
      return value - number(1);
    case Operation::ratio:
      return number(1) == 0 ? missing : value / number(1);
    case Operation::time_until:
      return number(1) < value ? number(1) : value;
    case Operation::status_until:
      return status_at(cohort, row);
    case Operation::time_censored:
      return censored_time_at(cohort, row);
    default:
      break;
  }
  for (std::size_t k = 1; k < sources_.size(); ++k) {
    const double next = number(k);
    switch (operation_) {
      case Operation::sum:
        value += next;
        break;
      case Operation::product:
        value *= next;
        break;
      case Operation::smallest:
        value = std::fmin(value, next);
        break;
      case Operation::largest:
        value = std::fmax(value, next);
        break;
      default:
        if (std::isnan(value)) value = next;
    }
  }
  return value;
}

void DerivedColumn::fill(const Cohort& cohort, std::size_t position) const {
  for (std::size_t row = 0; row < cohort.patients(); ++row) {
    double value = otherwise_;
    if (operation_ == Operation::cases) {
      for (const Case& c : cases_)
        if (meets_all(c.when, cohort, row)) {
          value = c.value;
          break;
        }
    } else {
      value = value_of(cohort, row);
    }
    if (info_.kind == ColumnKind::number) {
      cohort.numbers(position)[row] = value;
    } else {
      cohort.categories(position)[row] = std::isnan(value) ? missing_category : static_cast<std::uint8_t>(value);
    }
  }
}

}  // namespace oligosim
