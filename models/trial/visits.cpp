#include "models/trial/visits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace oligosim {
namespace {

constexpr double furthest_jitter = 5;  // standard deviations: no trial has a visit that early

}  // namespace

double VisitSchedule::planned(std::size_t visit) const {
  if (visit < months.size()) return months[visit];
  return months.back() + static_cast<double>(visit - months.size() + 1) * then_every_months;
}

std::size_t VisitSchedule::count() const {
  const auto beyond = std::upper_bound(months.begin(), months.end(), horizon_months);
  if (beyond != months.end() || months.empty()) return static_cast<std::size_t>(beyond - months.begin());
  return months.size() + static_cast<std::size_t>((horizon_months - months.back()) / then_every_months);
}

std::size_t most_visits(std::span<const VisitSchedule> schedules) {
  std::size_t most = 0;
  for (const VisitSchedule& schedule : schedules) most = std::max(most, schedule.count());
  return most;
}

double earliest_visit(std::span<const VisitSchedule> schedules) {
  double earliest = std::numeric_limits<double>::infinity();
  for (const VisitSchedule& s : schedules) {
    if (s.months.empty()) return 0;
    const double first = s.months.front() + s.delay_months - furthest_jitter * s.jitter_sd_months;
    earliest = std::min(earliest, std::max(first, VisitSchedule::earliest_months));
  }
  return std::isinf(earliest) ? 0 : earliest;
}

std::size_t VisitSchedule::actual(Stream stream, std::span<double> out) const {
  const std::size_t visits = std::min(out.size(), count());
  ActualVisits dates(*this, stream, out.first(visits));
  if (visits > 0) dates.month(visits - 1);
  return visits;
}

void ActualVisits::keep_attended(Stream missed) {
  while (made_ < room_.size()) make_next();
  const auto left = std::remove_if(room_.begin(), room_.end(),
                                   [&](double) { return missed.uniform() < schedule_.missed_probability; });
  made_ = static_cast<std::size_t>(left - room_.begin());
  room_ = room_.first(made_);
}

void ActualVisits::make_next() {
  double month = schedule_.planned(made_) + schedule_.delay_months;
  if (schedule_.jitter_sd_months > 0) month += schedule_.jitter_sd_months * stream_.normal();
  const double earliest =
      made_ == 0 ? VisitSchedule::earliest_months : room_[made_ - 1] + VisitSchedule::closest_months;
  room_[made_++] = std::max(month, earliest);
}

double ActualVisits::month(std::size_t k) {
  if (k >= room_.size()) return std::numeric_limits<double>::infinity();
  while (made_ <= k) make_next();
  return room_[k];
}

std::size_t ActualVisits::first_from(double month) {
  std::size_t k = 0;
  while (k < made_ && room_[k] < month) ++k;
  while (k == made_ && made_ < room_.size()) {
    make_next();
    if (room_[k] < month) ++k;
  }
  return k;
}

namespace {

/// `standard`: what is not said; without months in it they have to be.
VisitSchedule read_schedule(ConfigNode node, const VisitSchedule& standard) {
  VisitSchedule visits = standard;
  visits.months = standard.months.empty() ? node.numbers("months", Range::above(0))
                                          : node.numbers("months", Range::above(0), standard.months);
  visits.then_every_months = node.number("then_every_months", Range::above(0), visits.then_every_months);
  visits.delay_months = node.number("delay_months", Range::between(-12, 12), visits.delay_months);
  visits.jitter_sd_months = node.number("jitter_sd_months", Range::between(0, 12), visits.jitter_sd_months);
  visits.horizon_months = node.number("horizon_months", Range::between(1, 1200), visits.horizon_months);
  visits.missed_probability = node.number("missed_probability", {.minimum = 0, .maximum = 1, .maximum_included = false},
                                          visits.missed_probability);
  const auto& months = visits.months;
  if (std::adjacent_find(months.begin(), months.end(), std::greater_equal<>()) != months.end())
    node.problem("months", "are not in ascending order");
  if (visits.count() > 10000) node.problem("", "plans more than 10000 visits up to horizon_months");
  node.finish();
  return visits;
}

}  // namespace

VisitSchedule read_visits(ConfigNode node) {
  if (node.keys().empty()) return {};
  node.accept("by_arm");
  return read_schedule(node, {});
}

std::vector<std::optional<VisitSchedule>> read_arm_visits(ConfigNode visits, const VisitSchedule& common,
                                                          const std::vector<std::string>& arms) {
  std::vector<std::optional<VisitSchedule>> own(arms.size());
  if (!visits.has("by_arm")) return own;
  ConfigNode by_arm = visits.child("by_arm");
  for (std::size_t k = 0; k < arms.size(); ++k) {
    by_arm.accept(arms[k]);
    if (by_arm.has(arms[k])) own[k] = read_schedule(by_arm.child(arms[k]), common);
  }
  by_arm.finish();
  return own;
}

}  // namespace oligosim
