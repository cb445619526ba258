#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "engine/io/csv_value.hpp"
#include "models/disease/resample/model.hpp"

namespace oligosim {
namespace {

constexpr Choice<bool> units[] = {{"days", false}, {"months", true}};
constexpr std::size_t most_levels = 200;

/// The values of a column as they are written; empty where there is no such column.
std::vector<std::string> texts_of(const ConfigNode& patients, const std::string& column) {
  std::vector<std::string> texts;
  const YamlNode* values = patients.as_written().find(column);
  if (values)
    for (const YamlNode& item : values->items) texts.push_back(item.scalar);
  return texts;
}

/// Reads what the file says of the patients, column by column.
class Reader {
 public:
  explicit Reader(DiseaseInput input)
      : input_(std::move(input)), node_(input_.disease), data_(node_.child("patients", false)) {
    node_.accept("data");  // a file, whose patients have been put here
    columns_ = data_.keys();
    for (const std::string& column : columns_) {
      data_.accept_name(column);
      data_.raw(column);
    }
    if (columns_.empty()) node_.problem("data", "missing (a CSV file with a row for each patient)");
    if (!columns_.empty()) all_.count = texts_of(data_, columns_.front()).size();
    for (const std::string& column : columns_)
      if (texts_of(data_, column).size() != all_.count || all_.count == 0)
        data_.problem(column, "has " + std::to_string(texts_of(data_, column).size()) + " values, not one a patient (" +
                                  std::to_string(all_.count) + ")");
  }

  ResampledPatients read() {
    unit_ = node_.choice<bool>("time_unit", units, false) ? input_.days_per_month : 1;
    all_.whole_days = node_.flag("whole_days", false);
    for (auto& [name, own] : node_.named_children("endpoints")) read_endpoint(name, own);
    node_.accept("outcomes");
    if (node_.has("outcomes"))
      for (auto& [name, own] : node_.named_children("outcomes")) read_outcome(name, own);
    for (const std::string& name : node_.some_of("covariates", columns_, "column of the file", no_names()))
      read_covariate(name);
    read_arms();
    node_.finish();
    return std::move(all_);
  }

 private:
  static std::vector<std::string> no_names() { return {}; }

  std::string column(ConfigNode& node, const char* key, const std::string& standard) {
    const bool there = std::ranges::find(columns_, standard) != columns_.end();
    return node.one_of(key, columns_, "column of the file", there ? std::optional(standard) : std::nullopt);
  }

  /// Numbers of a column; `missing_too`: a missing one is NaN.
  std::vector<double> numbers(const std::string& column, const Range& range, bool missing_too) {
    const std::vector<std::string> texts = texts_of(data_, column);
    std::vector<double> values;
    if (std::ranges::find(columns_, column) == columns_.end()) {
      // refused already
    } else if (!missing_too || std::ranges::none_of(texts, is_missing)) {
      values = data_.numbers(column, range);
    } else {
      for (const std::string& text : texts) {
        const std::optional<double> number = csv_number(text);
        const bool good = is_missing(text) || (number && range.contains(*number));
        if (!good)
          data_.problem(column, "'" + text + "' of patient " + std::to_string(values.size() + 1) + " is not " +
                                    range.text() + " (or NA)");
        values.push_back(number && good ? *number : std::numeric_limits<double>::quiet_NaN());
      }
    }
    values.resize(all_.count, 1);
    return values;
  }

  void read_endpoint(const std::string& name, ConfigNode& node) {
    ResampledPatients::Endpoint endpoint{.name = name, .day = {}, .event = {}, .at_most = {}, .by_arm = {}};
    endpoint.day = numbers(column(node, "time", name + "_d"), Range::above(0), false);
    for (double& day : endpoint.day) day *= unit_;
    endpoint.event = numbers(column(node, "event", name + "_e"), Range::between(0, 1), false);
    for (const double e : endpoint.event)
      if (e != 0 && e != 1) return node.problem("event", "has other values than 0 and 1");
    node.accept("at_most");
    if (node.has("at_most")) {
      std::vector<std::string> before;
      for (const ResampledPatients::Endpoint& e : all_.endpoints) before.push_back(e.name);
      const std::string other = node.one_of("at_most", before, "endpoint named before");
      for (std::size_t k = 0; k < before.size(); ++k)
        if (before[k] == other) endpoint.at_most = k;
    }
    endpoint.by_arm.resize(std::max<std::size_t>(1, input_.arms.size()));
    node.finish();
    all_.endpoints.push_back(std::move(endpoint));
  }

  void read_outcome(const std::string& name, ConfigNode& node) {
    ResampledPatients::Outcome outcome{.name = name, .value = {}};
    outcome.value = numbers(column(node, "column", name), Range::between(0, 1), true);
    for (const double v : outcome.value)
      if (v != 0 && v != 1 && !std::isnan(v)) return node.problem("column", "has other values than 0 and 1");
    outcome.known_day = node.number("known_months", Range::at_least(0), 0) * input_.days_per_month;
    if (all_.whole_days) outcome.known_day = std::ceil(outcome.known_day);
    node.finish();
    all_.outcomes.push_back(std::move(outcome));
  }

  void read_covariate(const std::string& name) {
    const std::vector<std::string> texts = texts_of(data_, name);
    const bool number = std::ranges::all_of(texts, [](const std::string& t) { return csv_number(t) || is_missing(t); });
    ResampledPatients::Covariate covariate{{name, ColumnKind::number, {}, {}, "", "as in the file"}, {}};
    if (number) {
      covariate.value = numbers(name, Range::any(), true);
    } else {
      covariate.column.kind = ColumnKind::category;
      std::vector<std::string>& levels = covariate.column.levels;
      for (const std::string& text : texts) {
        auto found = std::ranges::find(levels, text);
        if (is_missing(text)) {
          covariate.value.push_back(missing_category);
          continue;
        }
        if (found == levels.end()) levels.push_back(text), found = levels.end() - 1;
        covariate.value.push_back(static_cast<double>(found - levels.begin()));
      }
      if (levels.size() > most_levels) node_.problem("covariates", "'" + name + "' has more than 200 levels");
    }
    all_.covariates.push_back(std::move(covariate));
  }

  void read_arms() {
    node_.accept("arm");
    std::vector<std::string> texts, levels;
    if (node_.has("arm")) texts = texts_of(data_, node_.one_of("arm", columns_, "column of the file"));
    for (const std::string& text : texts)
      if (std::ranges::find(levels, text) == levels.end()) levels.push_back(text);
    texts.resize(all_.count);
    all_.by_arm = !levels.empty();
    if (all_.by_arm && !all_.covariates.empty())
      node_.problem("covariates", "are known before the arm is, and patients are drawn by arm (one of the two)");
    for (std::size_t arm = 0; arm < std::max<std::size_t>(1, input_.arms.size()); ++arm) {
      std::string from;
      if (arm < input_.arms.size()) from = read_arm(arm, levels);
      std::vector<std::uint32_t> rows;
      for (std::uint32_t i = 0; i < all_.count; ++i)
        if (!all_.by_arm || texts[i] == from) rows.push_back(i);
      if (rows.empty() && all_.count > 0) rows = {0};  // refused already
      all_.of_arm.push_back(std::move(rows));
    }
  }

  /// The level of the file's arm that a simulated arm draws from.
  std::string read_arm(std::size_t arm, const std::vector<std::string>& levels) {
    ConfigNode node = input_.arms[arm].node;
    std::string from;
    node.accept("from");
    if (!levels.empty()) {
      const std::string& name = input_.arms[arm].name;
      const bool same = std::ranges::find(levels, name) != levels.end();
      from = node.one_of("from", levels, "arm of the file", same ? std::optional(name) : std::nullopt);
    } else if (node.has("from")) {
      node.problem("from", "names an arm of the file, which disease.arm does not (disease: {arm: COLUMN})");
    }
    node.accept("effects");
    if (!node.has("effects")) return from;
    ConfigNode effects = node.child("effects");
    for (ResampledPatients::Endpoint& endpoint : all_.endpoints) {
      effects.accept_name(endpoint.name);
      if (!effects.has(endpoint.name)) continue;
      ConfigNode own = effects.child(endpoint.name);
      own.accept("hazard_ratio"), own.accept("time_ratio");
      if (own.has("hazard_ratio") == own.has("time_ratio"))
        own.problem("", "says what the arm does by one of hazard_ratio and time_ratio");
      if (own.has("hazard_ratio"))
        endpoint.by_arm[arm].hazard_ratio = own.number("hazard_ratio", Range::between(0.01, 100));
      if (own.has("time_ratio")) endpoint.by_arm[arm].time_ratio = own.number("time_ratio", Range::between(0.01, 100));
      own.finish();
    }
    effects.finish();
    return from;
  }

  DiseaseInput input_;
  ConfigNode node_, data_;
  std::vector<std::string> columns_;
  double unit_ = 1;
  ResampledPatients all_;
};

}  // namespace

std::unique_ptr<DiseaseModel> read_resample(DiseaseInput input) {
  Reader reader(std::move(input));
  return std::make_unique<Resample>(reader.read());
}

}  // namespace oligosim
