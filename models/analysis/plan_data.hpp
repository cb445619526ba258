#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "models/analysis/derived_column.hpp"
#include "models/analysis/endpoint.hpp"
#include "models/analysis/factor.hpp"
#include "models/analysis/population.hpp"
#include "models/cohort/cohort.hpp"
#include "models/cohort/lesion_data.hpp"

namespace oligosim {

struct LesionParts;

/// The columns that tell an analysis when patients of two groups change treatment for that of the other one.
struct SwitchingDates {
  std::string analysis;
  std::size_t endpoint, population, factor;                 // of the two groups
  std::size_t treated_from;                                 // of the first group's patients
  std::optional<std::size_t> treated_until;                 // of the second's
  std::optional<std::size_t> eligible_at{}, recensor_at{};  // of all
};

/// What the analyses of a plan share: they refer to these by position.
struct PlanParts {
  Columns columns;  // of the data set, then the derived ones
  std::vector<DerivedColumn> derived;
  std::vector<std::uint8_t> needed;  // of columns: what the plan reads
  std::vector<SurvivalEndpoint> endpoints;
  std::vector<Population> populations;  // [0] is everybody, without a name
  std::vector<Factor> factors;
  std::vector<FactorUse> factor_uses;
  std::vector<std::vector<std::size_t>> strata;  // each a list of factors
  std::vector<std::size_t> grades;               // columns with grades of toxicity
  std::vector<SwitchingDates> switching;         // of each analysis that reads such dates
  double units_per_month = 1;                    // of the time columns; days: exact, so that month 12 is day 360
  double confidence = 0.95;
  bool several_rows = false;                   // a patient may have
  std::shared_ptr<const LesionParts> lesions;  // of the plan's `lesions` section; null without one
};

/// The same of the analyses whose rows are lesions.
struct LesionParts {
  LesionJoin join;
  PlanParts parts;
};

/// Of a resample whose rows are written out: the unit that each row was drawn with, and which copy of it. Empty of any
/// other data.
struct DrawnUnits {
  std::span<std::uint32_t> unit, copy;
};

/// One data set under analysis. What several analyses need is made once, when first asked for: endpoints sorted, and
/// their part in a population; codes of factors and strata.
class PlanData {
 public:
  /// `lesions`: where the plan has a section on them.
  PlanData(const Cohort& cohort, const PlanParts& parts, Arena& arena, const LesionData* lesions = nullptr);

  /// With the derived columns.
  const Cohort& cohort() const { return cohort_; }
  const PlanParts& parts() const { return *parts_; }
  /// The lesions under analysis; null without.
  PlanData* lesions() const { return lesions_; }
  /// Of lesions: the row of each one's patient.
  std::span<const std::uint32_t> patient() const { return patient_; }

  const SurvivalTable& table(std::size_t endpoint, std::size_t population);
  std::span<const double> start_times(std::size_t endpoint) const;  // one a row; empty where the endpoint has none
  std::span<const std::uint8_t> members(std::size_t population);    // one a row
  std::span<const std::uint8_t> states(std::size_t endpoint);       // one a row: 0 censored, k the k-th cause
  std::span<const std::uint8_t> codes(std::size_t factor);          // one a row
  /// Mixed-radix code of the strata, one a row; missing_stratum where a factor is missing.
  std::span<const std::uint16_t> stratum(std::size_t strata);
  std::size_t stratum_count(std::size_t strata) const;

  /// Of a file: times that differ by rounding are ties.
  void join_near_ties();
  bool joins_near_ties() const { return near_ties_; }

  void set_units(const DrawnUnits& drawn) { drawn_ = drawn; }
  const DrawnUnits& drawn() const { return drawn_; }

  /// Estimates and their standard errors are all that is asked for, as of a large cohort that is taken for the truth:
  /// limits that take a search may be left out, and analyses that are tests alone.
  void leave_out_limits();
  bool limits_left_out() const { return limits_left_out_; }

  /// The same data where this table is another. What it makes lives in `arena`, and this here does not see it.
  PlanData with_table(std::size_t endpoint, std::size_t population, const SurvivalTable& table, Arena& arena) const;

 private:
  static PlanData* nested(const LesionData& lesions, const Cohort& patients, const LesionParts& of_lesions,
                          Arena& arena);

  Cohort cohort_;
  const PlanParts* parts_;
  Arena* arena_;
  PlanData* lesions_;
  std::span<const std::uint32_t> patient_;
  std::span<SurvivalTable> tables_;  // endpoints x populations
  std::span<std::uint8_t> table_made_;
  std::span<std::span<std::uint8_t>> members_;
  std::span<std::span<std::uint8_t>> states_;
  std::span<std::span<std::uint8_t>> codes_;
  std::span<std::span<std::uint16_t>> strata_;
  bool near_ties_ = false;
  DrawnUnits drawn_;
  bool limits_left_out_ = false;
};

inline constexpr std::uint16_t missing_stratum = 65535;

}  // namespace oligosim
