#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// The visits that patients attend, those of ActualVisits. The first few of all patients are made together, further
/// ones of a patient whenever he is asked for them: few are.
class PatientVisits {
 public:
  /// `schedules` by arm; `arm` of each patient.
  PatientVisits(std::span<const VisitSchedule> schedules, std::span<const std::uint8_t> arm, const Streams& streams,
                Arena& arena);

  /// Month of each patient's first and second visit; infinity: he has none.
  std::span<const double> first() const { return month_[0]; }
  std::span<const double> second() const { return month_[1]; }

  /// Month of each patient's first visit at or after `from`; infinity: none, as where `from` is infinity.
  void first_from(std::span<const double> from, std::span<double> month);
  /// The same of listed patients, in any order and more than once: from[k] and month[k] of patient[k].
  void first_from(std::span<const std::uint32_t> patient, std::span<const double> from, std::span<double> month);
  /// Month of the last visit until `until`, including it; infinity: none.
  void last_until(std::span<const double> until, std::span<double> month);

 private:
  static constexpr std::size_t at_first = 4;

  struct Planned {
    std::span<double> month;  // with the delay; whole blocks of numbers, then infinity
    std::size_t count;        // of visits
    double jitter_sd, missed_probability;

    /// Visit k, by a normal score.
    double actual(std::size_t k, double score, double before) const {
      const double earliest = k == 0 ? VisitSchedule::earliest_months : before + VisitSchedule::closest_months;
      return std::max(month[k] + jitter_sd * score, earliest);
    }
  };
  /// Patients who need visits after the first that have been made, and in which element of a result.
  struct Batch {
    static constexpr std::size_t most = 64;
    std::size_t size = 0;
    std::array<std::uint32_t, most> patient, element;
    std::array<double, most> last;  // visit
  };
  /// Adds a patient; what is sought in a full batch is found.
  void add(Batch& batch, std::size_t patient, std::size_t element, std::span<const double> from,
           std::span<double> month);
  void make_first();
  void search_later(Batch& batch, std::span<const double> from, std::span<double> month) const;
  double attended_from(double from, std::size_t patient);
  // Of the patient looked at:
  void look_at(std::size_t patient);
  void make_until(double month);
  void keep_attended();

  std::span<const std::uint8_t> arm_;
  const Streams& streams_;
  std::span<Planned> planned_;                     // by arm
  std::array<std::span<double>, at_first> month_;  // of the first visits of each patient; infinity: none
  std::size_t patient_;                            // looked at last
  std::span<double> own_;                          // his visits, of which made_ are made
  std::size_t count_ = 0, made_ = 0;
};

}  // namespace oligosim
