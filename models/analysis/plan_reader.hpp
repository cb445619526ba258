#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/plan.hpp"

namespace oligosim {

/// What a method reads its plan entry with: names of the plan and of the data set become positions.
class PlanReader {
 public:
  explicit PlanReader(PlanParts& parts) : parts_(parts) {}

  const Columns& columns() const { return parts_.columns; }
  const PlanParts& parts() const { return parts_; }

  /// `endpoint`; one with start times or competing causes only where the method takes such.
  std::size_t endpoint(ConfigNode& entry);
  std::size_t competing_endpoint(ConfigNode& entry);
  std::size_t counting_endpoint(ConfigNode& entry);  // with or without start times
  std::size_t population(ConfigNode& entry);         // `population`, 0 if absent
  /// The factor of a column; `key` is where it was named. Levels from `levels`, as a list or by column. `told`: the
  /// column stands for one that is refused already.
  std::size_t factor(ConfigNode& entry, const std::string& key, const std::string& column, bool told = false);
  /// `by`: a factor, or none.
  std::optional<std::size_t> by(ConfigNode& entry);
  /// `strata`: position in PlanParts::strata, or none.
  std::optional<std::size_t> strata(ConfigNode& entry);
  /// A numeric column under `key`; with `suffix`, the column whose name has it at its end.
  std::size_t number_column(ConfigNode& entry, const std::string& key, const std::string& suffix = "");
  /// A column of either kind under `key`.
  std::size_t any_column(ConfigNode& entry, const std::string& key);
  /// Several numeric columns, at least one.
  std::vector<std::size_t> number_columns(ConfigNode& entry, const std::string& key);
  /// The same, of grades of toxicity.
  std::vector<std::size_t> grade_columns(ConfigNode& entry, const std::string& key);
  /// What dates an analysis reads, for checks of the data.
  void reads(SwitchingDates dates) { parts_.switching.push_back(std::move(dates)); }
  /// A column made for an endpoint, after those there are; its position.
  std::size_t add(DerivedColumn column);
  void uses(std::size_t column) { used_.push_back(column); }
  /// Columns that have been read, in the order of reading; some more than once.
  const std::vector<std::size_t>& used() const { return used_; }

  /// A label with the fields that all rows of the entry share.
  EstimateLabel label(ConfigNode& entry, const std::string& method, std::optional<std::size_t> endpoint,
                      std::size_t population) const;

 private:
  std::size_t endpoint_where(ConfigNode& entry, bool competing, bool start);

  PlanParts& parts_;
  std::vector<std::size_t> used_;
};

/// Names of the numeric columns.
std::vector<std::string> numeric_names(const Columns& columns);

/// Whether a list under a key is there and empty: of one with mistakes alone, these have been told.
bool lists_nothing(const ConfigNode& entry, const std::string& key);

}  // namespace oligosim
