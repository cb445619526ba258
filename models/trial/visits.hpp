#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Scheduled imaging visits, months since randomization, and how far the actual dates stray from the plan.
struct VisitSchedule {
  std::vector<double> months;     // ascending; empty: there are no visits
  double then_every_months = 12;  // after the last of them
  double delay_months = 0;        // mean of actual minus planned
  double jitter_sd_months = 0;
  double horizon_months = 240;  // no visit is planned after this

  /// Actual visits: plan + delay + jitter * N(0, 1), at least 0.5 and at least 0.25 after the visit before.
  /// Writes at most out.size() ascending months; returns how many. One normal() a visit from `stream`.
  std::size_t actual(Stream stream, std::span<double> out) const;
  std::size_t count() const;  // planned visits up to the horizon
  double planned(std::size_t visit) const;
};

/// The actual visits of one patient, each made when first asked for: few patients need them all.
class ActualVisits {
 public:
  /// `room`: memory for schedule.count() months.
  ActualVisits(const VisitSchedule& schedule, Stream stream, std::span<double> room)
      : schedule_(schedule), stream_(stream), room_(room) {}

  /// Month of visit k = 0, 1, ...; infinity beyond the last.
  double month(std::size_t k);
  /// The first visit at or after `month`; its month() is infinity if there is none.
  std::size_t first_from(double month);

 private:
  void make_next();

  const VisitSchedule& schedule_;
  Stream stream_;
  std::span<double> room_;
  std::size_t made_ = 0;
};

/// Reads `trial.visits`; `node` may be absent for models without visits.
VisitSchedule read_visits(ConfigNode node);

}  // namespace oligosim
