#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {

/// The terms of a regression as columns of its model matrix: `terms: [age, grp, grp:age]`. A numeric column is itself,
/// a categorical one an indicator of each level but the first, `a:b` the products of their columns. `time_dependent:
/// {NAME: COLUMN}` makes a term that is 0 and turns to 1 on the day in COLUMN (never where that is missing).
class ModelTerms {
 public:
  /// `changing`: whether terms may depend on time.
  ModelTerms(ConfigNode& entry, PlanReader& reader, bool changing = false);

  std::size_t columns() const { return columns_.size(); }
  /// "age", "grp=OP-C", "grp=OP-C:age"
  const std::string& name(std::size_t column) const { return columns_[column].name; }
  /// Terms as written, and the term that each column belongs to.
  const std::vector<std::string>& terms() const { return terms_; }
  const std::vector<std::uint16_t>& term_of_column() const { return term_of_column_; }
  /// Whether each variable of term `a` is one of another term `b` too: `x` of `x:y`.
  bool is_part(std::size_t a, std::size_t b) const;
  /// Day on which the time-dependent term turns to 1.
  std::optional<std::size_t> switch_column() const { return switch_column_; }

  /// The factors and numeric columns behind them, each as often as it stands there.
  const std::vector<std::size_t>& factors() const { return factors_; }
  const std::vector<std::size_t>& numbers() const { return numbers_; }

  /// The part of a table in which every covariate and the strata are known.
  SurvivalTable complete(const SurvivalTable& table, PlanData& data, std::optional<std::size_t> strata,
                         Arena& arena) const;
  /// Column by column, one element for each of `rows`, the rows of the data set; `switched` is the time-dependent
  /// term, empty if there is none.
  std::span<const double> matrix(std::span<const std::uint32_t> rows, std::span<const double> switched, PlanData& data,
                                 Arena& arena) const;

  /// The same as what a Cox model is fitted to, with the strata.
  CoxCovariates covariates(std::span<const std::uint32_t> rows, std::span<const double> switched,
                           std::optional<std::size_t> strata, PlanData& data, Arena& arena) const;

 private:
  /// What a column of the matrix is a product of.
  struct Part {
    enum class Kind { number, indicator, switched };
    Kind kind = Kind::number;
    std::size_t source = 0;  // column of the data set, or factor
    std::uint8_t level = 0;
  };
  struct Column {
    std::string name;
    std::vector<Part> parts;
  };

  void read_time_dependent(ConfigNode& entry, PlanReader& reader);
  std::vector<std::string> accepted(ConfigNode& entry, const Columns& columns) const;
  std::vector<Column> columns_of(ConfigNode& entry, PlanReader& reader, const std::string& variable);
  void multiply(std::span<double> column, const Part& part, std::span<const std::uint32_t> rows,
                std::span<const double> switched, PlanData& data) const;

  std::string switch_name_;
  std::optional<std::size_t> switch_column_;
  std::vector<std::string> terms_;
  std::vector<std::uint16_t> term_of_column_;
  std::vector<Column> columns_;
  std::vector<std::size_t> factors_, numbers_;
};

/// `ties` of a Cox model.
inline constexpr Choice<Ties> tie_rules[] = {{"efron", Ties::efron}, {"breslow", Ties::breslow}};

}  // namespace oligosim
