#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/estimate.hpp"
#include "models/analysis/condition.hpp"
#include "models/cohort/cohort.hpp"
#include "models/cohort/endpoint.hpp"

namespace oligosim {

/// A new column made of those there are: `{cases: [{when: CONDITIONS, value: V}], otherwise: V}`, the first case that
/// holds, or one operation on numeric columns.
class DerivedColumn {
 public:
  /// Of numbers: first_present, smallest and largest take those that are present; the others are missing where one of
  /// their columns is.
  enum class Operation {
    cases,
    first_present,
    smallest,
    largest,
    sum,
    product,
    difference,
    ratio,
    time_until,    // of an endpoint, no later than a date
    status_until,  // and what its status is then
    time_censored  // of an endpoint, no later than a date if it is censored
  };

  /// What becomes of an endpoint at the date of an intercurrent event.
  struct Until {
    std::size_t time, status, date;         // columns
    double code = 0;                        // of the status where the date comes first
    EndpointCoding before;                  // of the status: censoring comes after an event of the same day
    bool same_day = false;                  // the date comes first on the day of the event too
    std::optional<EndpointCoding> recoded;  // the other codes become states: 0 censored, 1 event
  };
  static DerivedColumn time_until(const std::string& name, const Until& until, const Columns& columns);
  static DerivedColumn status_until(const std::string& name, const Until& until);
  /// Of the time `until.time` where the status `until.status` is censored by `until.before`.
  static DerivedColumn time_censored(const std::string& name, const Until& until, const Columns& columns);

  static DerivedColumn read(const std::string& name, ConfigNode node, const Columns& columns);

  const ColumnInfo& info() const { return info_; }
  /// Whether it is the time or status of an endpoint, made by a date, rather than one of the plan's `derive`.
  bool of_endpoint() const { return operation_ >= Operation::time_until; }
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
  double status_at(const Cohort& cohort, std::size_t row) const;
  double censored_time_at(const Cohort& cohort, std::size_t row) const;

  ColumnInfo info_;
  Operation operation_ = Operation::cases;
  std::vector<std::size_t> sources_;
  std::vector<Case> cases_;
  Until until_{};
  double otherwise_;
};

}  // namespace oligosim
