#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// The first visits of all patients, made together.
class FirstVisits {
 public:
  static constexpr std::size_t most = 6;

  /// `schedules` by arm; `arm` of each patient.
  FirstVisits(std::span<const VisitSchedule> schedules, std::span<const std::uint8_t> arm, const Streams& streams,
              Arena& arena);

 private:
  friend class PatientVisits;
  struct Planned {
    std::span<double> month;  // with the delay
    double jitter_sd;
    bool missed;
  };
  std::span<const VisitSchedule> schedules_;
  std::span<const std::uint8_t> arm_;
  const Streams& streams_;
  std::span<Planned> planned_;                  // by arm
  std::array<std::span<double>, most> months_;  // visit k of each patient
  std::span<double> room_;                      // for the visits of one patient
};

/// The visits that one patient attends: those of ActualVisits, for one patient at a time.
class PatientVisits {
 public:
  PatientVisits(const FirstVisits& first, std::size_t patient);

  /// Month of visit k = 0, 1, ... of those attended; infinity beyond the last.
  double month(std::size_t k) {
    if (k >= count_) return std::numeric_limits<double>::infinity();
    if (k >= made_) make_until(k);
    return room_[k];
  }
  /// The first visit at or after `month`; its month() is infinity if there is none.
  std::size_t first_from(double month) {
    std::size_t k = 0;
    while (k < count_ && this->month(k) < month) ++k;
    return k;
  }

 private:
  void make_until(std::size_t visit);
  void keep_attended();

  const FirstVisits& first_;
  std::uint32_t patient_;
  std::size_t count_, made_;
  double* room_;
};

}  // namespace oligosim
