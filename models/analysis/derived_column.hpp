#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/condition.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// A new column made of those there are: `{cases: [{when: CONDITIONS, value: V}], otherwise: V}`, the first case that
/// holds, or one operation on numeric columns.
class DerivedColumn {
 public:
  /// Of numbers: first_present, smallest and largest take those that are present; the others are missing where one of
  /// their columns is.
  enum class Operation { cases, first_present, smallest, largest, sum, product, difference, ratio };

  static DerivedColumn read(const std::string& name, ConfigNode node, const Columns& columns);

  const ColumnInfo& info() const { return info_; }
  /// Columns that it is made of.
  const std::vector<std::size_t>& sources() const { return sources_; }
  /// Fills column `position` of the cohort, whose sources are there.
  void fill(const Cohort& cohort, std::size_t position) const;

 private:
  struct Case {
    std::vector<Condition> when;
    double value;  // a number, or the code of a level
  };

  void read_cases(ConfigNode& node, const Columns& columns);
  void read_operation(ConfigNode& node, const Columns& columns);
  double value_of(const Cohort& cohort, std::size_t row) const;

  ColumnInfo info_;
  Operation operation_ = Operation::cases;
  std::vector<std::size_t> sources_;
  std::vector<Case> cases_;
  double otherwise_;
};

}  // namespace oligosim
