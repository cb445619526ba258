#pragma once

#include <optional>
#include <string>

#include "engine/statistics/categorical/stratified_risk_difference.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/methods/counted_outcome.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {

/// What is common to methods that compare a proportion between two groups, within strata where there are some: one row
/// a kind of interval, the later level against that of the reference.
class TwoProportionsMethod : public Analysis {
 public:
  /// The outcome that all patients' counts are of; nothing where the entry counts something else.
  std::optional<CountedOutcome> outcome() const;
  /// The same, where these counts are all that the numbers rest on: nothing within strata, whose formulas are others.
  std::optional<CountedOutcome> counted() const;
  bool stratified() const { return strata_.has_value(); }
  /// COLUMN=LEVEL of the group that is compared with the other.
  const std::string& compared() const { return labels_.front().term; }
  /// The true value of these probabilities.
  virtual double truth(const PlannedProportions& planned) const = 0;
  /// What the null hypothesis says it is; nothing where the test is no one-sided one of one value.
  virtual std::optional<double> null_value() const = 0;
  /// Of the test among n patients, and the patients that a power takes, at one-sided level `alpha`.
  virtual double power(const PlannedProportions& planned, double n, double alpha) const = 0;
  virtual double patients(const PlannedProportions& planned, double power, double alpha) const = 0;

 protected:
  TwoProportionsMethod(ConfigNode& entry, PlanReader& reader);
  /// Makes the rows, one a kind of interval, which are returned. `ratio`: of EstimateLabel.
  template <class Interval>
  std::vector<Interval> read_rows(ConfigNode& entry, PlanReader& reader, const char* measure, bool ratio,
                                  std::span<const Choice<Interval>> intervals, const char* standard) {
    EstimateLabel own = label(entry, reader, measure);
    own.ratio = ratio;
    std::vector<Interval> kinds;
    for (const auto& kind : entry.choices<Interval>("interval", intervals, "interval", standard)) {
      own.interval = kind.name;
      labels_.push_back(own);
      kinds.push_back(kind.value);
    }
    return kinds;
  }
  TwoProportions counts(PlanData& data, Arena& arena) const;
  /// The same of each stratum; a patient whose stratum is not known is in none.
  StratifiedProportions strata_counts(PlanData& data, Arena& arena) const;

 private:
  /// Calls `count(row, group, success)` for each patient who counts.
  template <class Count>
  void for_each_counted(PlanData& data, Arena& arena, const Count& count) const;
  /// What a row is but its kind of interval.
  EstimateLabel label(ConfigNode& entry, PlanReader& reader, const char* measure) const;

  PatientGroups groups_;
  std::optional<std::size_t> strata_;  // position in PlanParts::strata
  std::size_t outcome_;
  std::string outcome_name_;
  double success_ = 1;
  bool missing_fails_ = false;
};

}  // namespace oligosim
