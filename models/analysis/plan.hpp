#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// A statistical analysis plan bound to the columns of a data set: the same for real patients and for each replicate.
class Plan {
 public:
  /// Reads endpoints, populations and analyses; mistakes go to the node's Problems.
  Plan(ConfigNode node, const Columns& columns);

  /// All estimates, in the order of labels(). `out` has one element a label.
  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const;
  /// One analysis; `out` has one element for each of its labels.
  void evaluate(std::size_t analysis, PlanData& data, Arena& arena, std::span<Estimate> out) const;

  const PlanParts& parts() const { return parts_; }
  const std::vector<EstimateLabel>& labels() const { return labels_; }
  std::vector<std::string> analysis_names() const;
  /// Position of an analysis by name, and of its first label; the name must exist.
  std::size_t position(const std::string& analysis) const;
  const Analysis& analysis(std::size_t position) const { return *analyses_[position]; }
  /// Columns of the data set that the plan reads: 1 where needed, one a column.
  std::vector<std::uint8_t> needed_columns(const Columns& columns) const;
  double days_per_month() const { return days_per_month_; }

 private:
  friend class PlanReader;
  PlanParts parts_;
  std::vector<std::unique_ptr<Analysis>> analyses_;
  std::vector<EstimateLabel> labels_;
  std::vector<std::size_t> columns_used_;  // besides those in parts_
  double days_per_month_ = 30.4375;
};

/// What a method reads its plan entry with: names of the plan and of the data set become positions.
class PlanReader {
 public:
  PlanReader(Plan& plan, const Columns& columns) : plan_(plan), columns_(columns) {}

  const Columns& columns() const { return columns_; }
  const PlanParts& parts() const { return plan_.parts_; }

  std::size_t endpoint(ConfigNode& entry);    // `endpoint`
  std::size_t population(ConfigNode& entry);  // `population`, 0 if absent
  /// The factor of a column; `key` is where it was named. Levels from `levels`, as a list or by column.
  std::size_t factor(ConfigNode& entry, const std::string& key, const std::string& column);
  /// `by`: a factor, or none.
  std::optional<std::size_t> by(ConfigNode& entry);
  /// `strata`: position in PlanParts::strata, or none.
  std::optional<std::size_t> strata(ConfigNode& entry);
  /// A numeric column under `key`.
  std::size_t number_column(ConfigNode& entry, const std::string& key);
  void uses(std::size_t column) { plan_.columns_used_.push_back(column); }

  /// A label with the fields that all rows of the entry share.
  EstimateLabel label(ConfigNode& entry, const std::string& method, std::optional<std::size_t> endpoint,
                      std::size_t population) const;

 private:
  Plan& plan_;
  const Columns& columns_;
};

/// The registry: `method` of a plan entry, and how an entry of that method is read. A new method is one entry.
struct MethodEntry {
  const char* name;
  const char* meaning;
  std::unique_ptr<Analysis> (*read)(ConfigNode entry, PlanReader& reader);
};
std::span<const MethodEntry> methods();

}  // namespace oligosim
