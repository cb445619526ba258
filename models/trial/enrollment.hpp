#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// When patients enter, months since the study opened.
///   rate_per_month: a Poisson process with piecewise constant rate (patients arrive in order of their number), or
///   over_months:    a fixed period; entry = over_months * U^(1/shape), shape 1 uniform, above 1 accelerating. The
///                   shape may depend on a group of patients (shape_by).
class Enrollment {
 public:
  struct Piece {
    double from_month;
    double rate;
  };

  static Enrollment read(ConfigNode node, const Columns& baseline);

  std::size_t patients() const { return patients_; }
  /// The same with another number of patients: at the same rate, or over the same period.
  Enrollment with_patients(std::size_t patients) const {
    Enrollment other = *this;
    other.patients_ = patients;
    return other;
  }
  /// Column of the baseline that shape_by refers to, if any.
  std::optional<std::size_t> group_column() const { return group_column_; }
  double over_months() const { return over_months_; }
  /// Month before which nobody enters.
  double opens_month() const;
  /// P(entry <= month) where entry is over a fixed period with one shape; nothing otherwise.
  std::optional<double> distribution(double month) const;
  /// Share of the patients expected by a month: the same, or of a Poisson process its expected entries, all at most.
  std::optional<double> expected_share(double month) const;
  /// Day of entry of each patient.
  void sample(const Streams& streams, const Cohort& baseline, double days_per_month, std::span<double> days) const;
  /// Whether patients are numbered in order of entry: unless shape_by ties it to their baseline.
  bool by_number() const { return !group_column_; }

  /// Patients in order of entry; those of one day in order of their numbers.
  static std::span<const std::uint32_t> order(std::span<const double> days, Arena& arena);
  /// Day on which so many patients have entered (all, if there are fewer). Days of entry are in any order.
  static double entry_day(std::span<const double> days, std::size_t patients, Arena& arena);
  /// Nobody enters after so many patients until a day: the others come later by as much, in whole days.
  static void pause(std::span<double> days, std::size_t patients, double until, Arena& arena);

 private:
  double poisson_arrival(double unit_exponential_sum) const;

  std::size_t patients_ = 0;
  std::vector<Piece> pieces_;
  std::vector<double> cumulative_;  // expected arrivals before each piece
  double over_months_ = 0;
  double shape_ = 1;
  std::optional<std::size_t> group_column_;
  std::vector<double> shape_of_level_;
};

}  // namespace oligosim
