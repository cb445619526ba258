#include "models/analysis/methods/model_terms.hpp"

#include <algorithm>

#include "engine/io/words.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

ModelTerms::ModelTerms(ConfigNode& entry, PlanReader& reader, bool changing) {
  if (changing) read_time_dependent(entry, reader);
  terms_ = entry.some_of("terms", accepted(entry, reader.columns()), "column");
  if (terms_.empty() && lists_nothing(entry, "terms")) entry.problem("terms", "is empty (at least one column)");
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    std::vector<Column> product = {{"", {}}};
    const std::vector<std::string> whole = {terms_[t]};
    for (const std::string& variable : reader.columns().find(terms_[t]) ? whole : split(terms_[t], ':')) {
      std::vector<Column> next;
      for (const Column& right : columns_of(entry, reader, variable))
        for (const Column& left : product) {
          next.push_back({left.name.empty() ? right.name : left.name + ":" + right.name, left.parts});
          next.back().parts.insert(next.back().parts.end(), right.parts.begin(), right.parts.end());
        }
      product = std::move(next);
    }
    for (Column& column : product) {
      columns_.push_back(std::move(column));
      term_of_column_.push_back(static_cast<std::uint16_t>(t));
    }
  }
  if (switch_column_ && !contains(terms_, switch_name_))
    entry.problem("terms", "lacks the time-dependent term '" + switch_name_ + "'");
  if (columns_.size() > max_cox_terms) entry.problem("terms", "has too many terms (at most 32)");
}

void ModelTerms::read_time_dependent(ConfigNode& entry, PlanReader& reader) {
  ConfigNode switching = entry.child("time_dependent", false);
  for (const std::string& name : switching.keys()) {
    if (switch_column_) switching.problem(name, "is a second time-dependent term (one at most)");
    switch_name_ = name;
    switch_column_ = reader.number_column(switching, name);
  }
}

// Columns, the time-dependent term, and every interaction of these that the entry writes.
std::vector<std::string> ModelTerms::accepted(ConfigNode& entry, const Columns& columns) const {
  std::vector<std::string> names = columns.names();
  if (switch_column_) names.push_back(switch_name_);
  const YamlNode* const written = entry.as_written().find("terms");
  if (!written) return names;
  const std::vector<std::string> single = names;
  std::vector<std::string> interactions;
  for (const YamlNode& item : written->items) interactions.push_back(item.scalar);
  interactions.push_back(written->scalar);
  for (const std::string& term : interactions) {
    const std::vector<std::string> parts = split(term, ':');
    if (parts.size() > 1 && std::ranges::all_of(parts, [&](const std::string& p) { return contains(single, p); }))
      names.push_back(term);
  }
  return names;
}

std::vector<ModelTerms::Column> ModelTerms::columns_of(ConfigNode& entry, PlanReader& reader,
                                                       const std::string& variable) {
  if (switch_column_ && variable == switch_name_) return {{variable, {{Part::Kind::switched, 0, 0}}}};
  const std::size_t position = reader.columns().find(variable).value_or(0);
  entry.accept("levels");
  bool levels_given = false;
  if (entry.kind("levels") == YamlNode::Kind::mapping) {
    ConfigNode levels = entry.child("levels");
    levels.accept_name(variable);
    levels_given = levels.has(variable);
  }
  if (reader.columns()[position].kind == ColumnKind::number && !levels_given) {
    reader.uses(position);
    numbers_.push_back(position);
    return {{variable, {{Part::Kind::number, position, 0}}}};
  }
  const std::size_t factor = reader.factor(entry, "terms", variable);
  factors_.push_back(factor);
  std::vector<Column> columns;
  const std::vector<std::string>& levels = reader.parts().factors[factor].levels();
  for (std::size_t level = 1; level < levels.size(); ++level)
    columns.push_back(
        {variable + "=" + levels[level], {{Part::Kind::indicator, factor, static_cast<std::uint8_t>(level)}}});
  return columns;
}

bool ModelTerms::is_part(std::size_t a, std::size_t b) const {
  const auto first = [&](std::size_t term) -> const std::vector<Part>& {
    static const std::vector<Part> none;
    const auto found = std::ranges::find(term_of_column_, term);
    return found == term_of_column_.end() ? none
                                          : columns_[static_cast<std::size_t>(found - term_of_column_.begin())].parts;
  };
  const auto in_b = [&](const Part& part) {
    return std::ranges::any_of(first(b), [&](const Part& p) { return p.kind == part.kind && p.source == part.source; });
  };
  return std::ranges::all_of(first(a), in_b);
}

SurvivalTable ModelTerms::complete(const SurvivalTable& table, PlanData& data, std::optional<std::size_t> strata,
                                   Arena& arena) const {
  return complete_cases(table, data, factors_, numbers_, strata, arena);
}

std::span<const double> ModelTerms::matrix(std::span<const std::uint32_t> rows, std::span<const double> switched,
                                           PlanData& data, Arena& arena) const {
  const std::span<double> values = arena.take<double>(rows.size() * columns_.size(), 1.0);
  for (std::size_t j = 0; j < columns_.size(); ++j)
    for (const Part& part : columns_[j].parts)
      multiply(values.subspan(j * rows.size(), rows.size()), part, rows, switched, data);
  return values;
}

void ModelTerms::multiply(std::span<double> column, const Part& part, std::span<const std::uint32_t> rows,
                          std::span<const double> switched, PlanData& data) const {
  switch (part.kind) {
    case Part::Kind::number: {
      const std::span<const double> numbers = data.cohort().numbers(part.source);
      for (std::size_t i = 0; i < rows.size(); ++i) column[i] *= numbers[rows[i]];
      break;
    }
    case Part::Kind::indicator: {
      const std::span<const std::uint8_t> codes = data.codes(part.source);
      for (std::size_t i = 0; i < rows.size(); ++i) column[i] *= codes[rows[i]] == part.level;
      break;
    }
    case Part::Kind::switched:
      for (std::size_t i = 0; i < rows.size(); ++i) column[i] *= switched[i];
      break;
  }
}

CoxCovariates ModelTerms::covariates(std::span<const std::uint32_t> rows, std::span<const double> switched,
                                     std::optional<std::size_t> strata, PlanData& data, Arena& arena) const {
  CoxCovariates own{
      .values = matrix(rows, switched, data, arena), .columns = columns(), .stratum = {}, .strata = 1, .start = {}};
  if (!strata) return own;
  const std::span<const std::uint16_t> stratum = data.stratum(*strata);
  const std::span<std::uint16_t> codes = arena.take<std::uint16_t>(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) codes[i] = stratum[rows[i]];
  own.stratum = codes;
  own.strata = data.stratum_count(*strata);
  return own;
}

}  // namespace oligosim
