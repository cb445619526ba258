// The last visit of each patient at a data cut, and the last before an event.
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

bool Trial::wants_visits() const {
  return std::ranges::any_of(visit_columns_, [&](const VisitColumn& v) { return needed_[v.column] != 0; });
}

void Trial::end_of_visits(const VisitColumn& column, const Patients& patients, double day,
                          std::span<double> end) const {
  for (std::size_t i = 0; i < end.size(); ++i) {
    end[i] = followed(patients, i, day) + same_moment_days;
    for (const std::size_t endpoint : ends_visits_) end[i] = std::min(end[i], patients.course.event_day[endpoint][i]);
    if (whole_days_) end[i] = std::floor(end[i]);
    if (!column.before) continue;
    const double event = patients.course.event_day[*column.before][i];  // which a visit may show: not that one
    end[i] = std::min(end[i], whole_days_ ? event - 1 : std::nextafter(event, 0));
  }
}

double Trial::death_within(const Patients& patients, std::size_t endpoint, std::size_t i, double day) const {
  const double event = patients.course.event_day[endpoint][i];
  const auto dies = [&](std::size_t death) { return patients.course.event_day[death][i] == event; };
  const bool seen = is_seen(event, patients.dropout_day[i], patients.enrollment_day[i], day);
  return seen && std::ranges::any_of(ends_visits_, dies) ? event : 0;
}

// The end of follow-up, a death or the event: that is how long a patient who is watched at every moment has been free.
void Trial::cut_watched(const Patients& patients, std::span<const std::uint32_t> rows, double day, Cohort& data) const {
  for (const VisitColumn& v : visit_columns_) {
    if (!needed_[v.column]) continue;
    std::vector<std::size_t> ends = ends_visits_;
    if (v.before) ends.push_back(*v.before);
    const std::span<double> out = data.numbers(v.column);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::size_t i = rows[r];
      double end = std::numeric_limits<double>::infinity();
      for (const std::size_t endpoint : ends) {
        const double event = patients.course.event_day[endpoint][i];
        if (is_seen(event, patients.dropout_day[i], patients.enrollment_day[i], day)) end = std::min(end, event);
      }
      out[r] = std::isinf(end) ? followed(patients, i, day) : end;  // an event on the very day of the cut to the bit
    }
  }
}

// The visits are made anew from their streams, as far as they are needed.
void Trial::cut_visits(const Patients& patients, std::span<const std::uint32_t> rows, double day, Cohort& data,
                       Arena& arena) const {
  if (visits_.empty()) return cut_watched(patients, rows, day, data);
  const Arena::Scope scope(arena);
  const std::size_t all = patients.count(), trials = patients.streams.size(), each = all / trials;
  const std::span<double> until = arena.take<double>(visit_columns_.size() * all),
                          month = arena.take<double>(until.size());
  const auto for_each_needed = [&](const auto& act) {
    for (std::size_t k = 0; k < visit_columns_.size(); ++k)
      if (needed_[visit_columns_[k].column]) act(visit_columns_[k], k * all);
  };
  for_each_needed([&](const VisitColumn& v, std::size_t first) {
    end_of_visits(v, patients, day, until.subspan(first, all));
    for (double& end : until.subspan(first, all)) end = last_month_of(end, days_per_month_);
  });
  for (std::size_t t = 0; t < trials; ++t) {
    const Arena::Scope of_trial(arena);
    PatientVisits visits(visits_, patients.arm.subspan(t * each, each), patients.streams[t], arena);
    for_each_needed([&](const VisitColumn&, std::size_t first) {
      visits.last_until(until.subspan(first + t * each, each), month.subspan(first + t * each, each));
    });
  }
  for_each_needed([&](const VisitColumn& v, std::size_t first) {
    const std::span<double> out = data.numbers(v.column);
    const double before_the_first = v.before ? 0 : missing;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const double visit = month[first + rows[r]] * days_per_month_;
      out[r] = std::isinf(visit) ? before_the_first : whole_days_ ? std::ceil(visit) : visit;
      if (v.before) out[r] = std::max(out[r], death_within(patients, *v.before, rows[r], day));
    }
  });
}

}  // namespace oligosim
