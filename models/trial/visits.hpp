#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Scheduled imaging visits, months since randomization, and how far the actual dates stray from the plan.
struct VisitSchedule {
  static constexpr double earliest_months = 0.5;  // of an actual visit
  static constexpr double closest_months = 0.25;  // after the one before

  std::vector<double> months;     // ascending; empty: there are no visits
  double then_every_months = 12;  // after the last of them
  double delay_months = 0;        // mean of actual minus planned
  double jitter_sd_months = 0;
  double horizon_months = 240;    // no visit is planned after this
  double missed_probability = 0;  // of each visit; what it would have shown is seen at the next one attended

  /// Actual visits: plan + delay + jitter * N(0, 1), but not too early or too close to the visit before.
  /// Writes at most out.size() ascending months; returns how many. One normal() a visit from `stream`. Missed ones too.
  std::size_t actual(Stream stream, std::span<double> out) const;
  std::size_t count() const;  // planned visits up to the horizon
  double planned(std::size_t visit) const;
};

/// The largest count() of several schedules.
std::size_t most_visits(std::span<const VisitSchedule> schedules);

/// Months since randomization before which nobody has a visit, whatever his schedule; 0 where there is one without
/// visits.
double earliest_visit(std::span<const VisitSchedule> schedules);

/// The visits that one patient attends, each made when first asked for: few patients need them all.
class ActualVisits {
 public:
  /// Every visit is attended. `room`: memory for schedule.count() months.
  ActualVisits(const VisitSchedule& schedule, Stream stream, std::span<double> room)
      : schedule_(schedule), stream_(stream), room_(room) {}
  /// Visits are missed as the schedule says; the dates of the others do not depend on that.
  ActualVisits(const VisitSchedule& schedule, const Streams& streams, std::uint32_t patient, std::span<double> room)
      : ActualVisits(schedule, streams.stream(Purpose::visits, patient), room) {
    if (schedule.missed_probability > 0) keep_attended(streams.stream(Purpose::missed_visits, patient));
  }

  /// Month of visit k = 0, 1, ... of those attended; infinity beyond the last.
  double month(std::size_t k);
  /// The first visit at or after `month`; its month() is infinity if there is none.
  std::size_t first_from(double month);

 private:
  void make_next();
  void keep_attended(Stream missed);

  const VisitSchedule& schedule_;
  Stream stream_;
  std::span<double> room_;
  std::size_t made_ = 0;
};

/// Reads `trial.visits` but its `by_arm`; `node` may be absent for models without visits.
VisitSchedule read_visits(ConfigNode node);

/// Reads `trial.visits.by_arm`: the arms that have a schedule of their own, in which what is not said is as in
/// `common`. One element an arm.
std::vector<std::optional<VisitSchedule>> read_arm_visits(ConfigNode visits, const VisitSchedule& common,
                                                          const std::vector<std::string>& arms);

}  // namespace oligosim
