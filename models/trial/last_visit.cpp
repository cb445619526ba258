// The last visit of each patient at a data cut.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/estimate.hpp"
#include "models/trial/patient_visits.hpp"
#include "models/trial/seen.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {
namespace {

/// The last month that is no later than a day: as visits become days, by a product and its rounding.
double last_month_of(double day, double days_per_month) {
  double month = day / days_per_month;
  while (month * days_per_month > day) month = std::nextafter(month, -std::numeric_limits<double>::infinity());
  return month;
}

}  // namespace

// The visits are made anew from their streams, as far as they are needed.
void Trial::cut_last_visit(const Patients& patients, std::span<const std::uint32_t> rows, double day,
                           std::span<double> out, Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<double> until = arena.take<double>(patients.count()), month = arena.take<double>(patients.count());
  for (std::size_t i = 0; i < until.size(); ++i) {
    double end = followed(patients, i, day) + same_moment_days;
    for (const std::size_t endpoint : ends_visits_) end = std::min(end, patients.course.event_day[endpoint][i]);
    until[i] = last_month_of(whole_days_ ? std::floor(end) : end, days_per_month_);
  }
  const std::size_t each = patients.count() / patients.streams.size();
  for (std::size_t t = 0; t < patients.streams.size(); ++t) {
    const Arena::Scope of_trial(arena);
    PatientVisits visits(visits_, patients.arm.subspan(t * each, each), patients.streams[t], arena);
    visits.last_until(until.subspan(t * each, each), month.subspan(t * each, each));
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double visit = month[rows[r]] * days_per_month_;
    out[r] = std::isinf(visit) ? missing : whole_days_ ? std::ceil(visit) : visit;
  }
}

}  // namespace oligosim
