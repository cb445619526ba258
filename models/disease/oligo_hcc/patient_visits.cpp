#include "models/disease/oligo_hcc/patient_visits.hpp"

#include <algorithm>
#include <array>

#include "engine/statistics/normal_scores.hpp"

namespace oligosim {

FirstVisits::FirstVisits(std::span<const VisitSchedule> schedules, std::span<const std::uint8_t> arm,
                         const Streams& streams, Arena& arena)
    : schedules_(schedules),
      arm_(arm),
      streams_(streams),
      planned_(arena.take<Planned>(schedules.size())),
      room_(arena.take<double>(std::max(most, most_visits(schedules)))) {
  for (std::size_t a = 0; a < schedules.size(); ++a) {
    const VisitSchedule& schedule = schedules[a];
    planned_[a] = {arena.take<double>(schedule.count()), schedule.jitter_sd_months, schedule.missed_probability > 0};
    for (std::size_t k = 0; k < planned_[a].month.size(); ++k)
      planned_[a].month[k] = schedule.planned(k) + schedule.delay_months;
  }
  for (std::size_t k = 0; k < most; k += 2) {
    months_[k] = arena.take<double>(arm.size()), months_[k + 1] = arena.take<double>(arm.size());
    streams.uniforms(Purpose::visits, static_cast<std::uint32_t>(k / 2), months_[k], months_[k + 1]);
  }
  for (std::size_t k = 0; k < most; ++k) {
    to_normal_scores(months_[k]);
    for (std::size_t i = 0; i < arm.size(); ++i) {
      const Planned& planned = planned_[arm[i]];
      if (k >= planned.month.size()) continue;
      const double earliest =
          k == 0 ? VisitSchedule::earliest_months : months_[k - 1][i] + VisitSchedule::closest_months;
      months_[k][i] = std::max(planned.month[k] + planned.jitter_sd * months_[k][i], earliest);
    }
  }
}

PatientVisits::PatientVisits(const FirstVisits& first, std::size_t patient)
    : first_(first),
      patient_(static_cast<std::uint32_t>(patient)),
      count_(first.planned_[first.arm_[patient]].month.size()),
      made_(std::min(count_, FirstVisits::most)),
      room_(first.room_.data()) {
  for (std::size_t k = 0; k < made_; ++k) room_[k] = first.months_[k][patient];
  if (first.planned_[first.arm_[patient]].missed) keep_attended();
}

// Several at a time: who needs more than the first needs many.
void PatientVisits::make_until(std::size_t visit) {
  const FirstVisits::Planned& planned = first_.planned_[first_.arm_[patient_]];
  constexpr std::size_t pairs = 4;
  while (made_ <= visit) {
    std::array<StreamPair, pairs> next;
    for (std::uint32_t p = 0; p < pairs; ++p) next[p] = {patient_, static_cast<std::uint32_t>(made_ / 2) + p};
    std::array<double, 2 * pairs> scores;
    first_.streams_.uniforms(Purpose::visits, next, scores);
    to_normal_scores(scores);
    for (std::size_t k = 0; k < scores.size() && made_ < count_; ++k, ++made_)
      room_[made_] = std::max(planned.month[made_] + planned.jitter_sd * scores[k],
                              room_[made_ - 1] + VisitSchedule::closest_months);
  }
}

void PatientVisits::keep_attended() {
  if (count_ > 0) make_until(count_ - 1);
  Stream missed = first_.streams_.stream(Purpose::missed_visits, patient_);
  const double probability = first_.schedules_[first_.arm_[patient_]].missed_probability;
  const auto left = std::remove_if(room_, room_ + count_, [&](double) { return missed.uniform() < probability; });
  made_ = count_ = static_cast<std::size_t>(left - room_);
}

}  // namespace oligosim
