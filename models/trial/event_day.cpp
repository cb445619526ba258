#include <cstring>
#include <limits>

#include "engine/numeric/lanes.hpp"
#include "engine/numeric/nth_smallest.hpp"
#include "models/trial/seen.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {

namespace {
constexpr double never = std::numeric_limits<double>::infinity();
}  // namespace

double Trial::event_day(const Patients& patients, std::size_t endpoint, std::size_t events, Arena& arena,
                        std::span<const std::uint8_t> counted) const {
  const Arena::Scope scratch(arena);
  const std::span<double> days = arena.take<double>(patients.count());
  const std::span<const double> event = patients.course.event_day[endpoint];
  const std::span<const double> dropout = patients.dropout_day, entry = patients.enrollment_day;
  const auto day_of = [](const auto& occurs, const auto& lost, const auto& enters) {
    return occurs <= lost ? enters + occurs : enters + never;
  };
  SeenRange range;
  std::size_t i = 0;
  for (; i + lane_count<HalfLanes> <= days.size(); i += lane_count<HalfLanes>) {
    const HalfLanes four = day_of(four_of(&event[i]), four_of(&dropout[i]), four_of(&entry[i]));
    std::memcpy(&days[i], &four, sizeof four);
    range.see_finite(four);
  }
  for (; i < days.size(); ++i) {
    days[i] = day_of(event[i], dropout[i], entry[i]);
    range.see_finite(broadcast<HalfLanes>(days[i]));
  }
  for (std::size_t k = 0; k < counted.size(); ++k)
    if (counted[k] == 0) days[k] = never;
  return days.size() < events ? never : nth_smallest(days, range.range(), events, arena);
}

std::size_t Trial::events_known(const Patients& patients, std::size_t endpoint, double day,
                                std::span<const std::uint8_t> counted) {
  const std::span<const double> event = patients.course.event_day[endpoint];
  const bool all = counted.empty();
  std::size_t known = 0;
  for (std::size_t i = 0; i < event.size(); ++i)
    known += is_seen(event[i], patients.dropout_day[i], patients.enrollment_day[i], day) & (event[i] < never) &
             (all || counted[i] != 0);
  return known;
}

}  // namespace oligosim
