#include "models/disease/oligo_hcc/patient_visits.hpp"

#include <algorithm>
#include <limits>

#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

PatientVisits::PatientVisits(std::span<const VisitSchedule> schedules, std::span<const std::uint8_t> arm,
                             const Streams& streams, Arena& arena)
    : arm_(arm),
      streams_(streams),
      planned_(arena.take<Planned>(schedules.size())),
      patient_(arm.size()),
      own_(arena.take<double>(std::max(at_first, most_visits(schedules)))) {
  for (std::size_t a = 0; a < schedules.size(); ++a) {
    const VisitSchedule& schedule = schedules[a];
    planned_[a] = {arena.take<double>(schedule.count()), schedule.jitter_sd_months, schedule.missed_probability};
    for (std::size_t k = 0; k < planned_[a].month.size(); ++k)
      planned_[a].month[k] = schedule.planned(k) + schedule.delay_months;
  }
  for (std::span<double>& month : month_) month = arena.take<double>(arm.size());
  make_first();
  for (std::size_t i = 0; i < arm.size(); ++i) {
    if (planned_[arm[i]].missed_probability == 0) continue;
    look_at(i);
    for (std::size_t k = 0; k < at_first; ++k) month_[k][i] = k < count_ ? own_[k] : infinity;
  }
}

void PatientVisits::make_first() {
  for (std::size_t k = 0; k < at_first; k += 2)
    streams_.uniforms(Purpose::visits, static_cast<std::uint32_t>(k / 2), month_[k], month_[k + 1]);
  for (std::size_t k = 0; k < at_first; ++k) {
    to_normal_scores(month_[k]);
    for (std::size_t i = 0; i < arm_.size(); ++i) {
      const Planned& planned = planned_[arm_[i]];
      const double before = k == 0 ? 0 : month_[k - 1][i];
      month_[k][i] = k < planned.month.size() ? planned.actual(k, month_[k][i], before) : infinity;
    }
  }
}

void PatientVisits::look_at(std::size_t patient) {
  if (patient == patient_) return;
  patient_ = patient;
  const Planned& planned = planned_[arm_[patient]];
  count_ = planned.month.size();
  made_ = 0;
  if (planned.missed_probability > 0) return keep_attended();
  for (; made_ < std::min(count_, at_first); ++made_) own_[made_] = month_[made_][patient];
}

// Until there is one in `month` or later.
void PatientVisits::make_until(double month) {
  const Planned& planned = planned_[arm_[patient_]];
  while (made_ < count_ && (made_ == 0 || own_[made_ - 1] < month)) {
    std::array<StreamPair, at_once / 2> next;
    for (std::uint32_t p = 0; p < next.size(); ++p)
      next[p] = {static_cast<std::uint32_t>(patient_), static_cast<std::uint32_t>(made_ / 2) + p};
    std::array<double, at_once> scores;
    streams_.uniforms(Purpose::visits, next, scores);
    to_normal_scores(scores);
    for (std::size_t k = 0; k < scores.size() && made_ < count_; ++k, ++made_)
      own_[made_] = planned.actual(made_, scores[k], made_ == 0 ? 0 : own_[made_ - 1]);
  }
}

// Those of all patients of the batch in turn; who has found his leaves it.
void PatientVisits::search_later(Batch& batch, std::span<const double> from, std::span<double> month) const {
  for (std::size_t first = at_first; batch.size > 0; first += at_once) {
    constexpr std::size_t pairs = at_once / 2;
    std::array<StreamPair, Batch::most * pairs> next;
    std::array<double, Batch::most * at_once> scores;
    for (std::size_t b = 0; b < batch.size; ++b)
      for (std::uint32_t p = 0; p < pairs; ++p)
        next[b * pairs + p] = {batch.patient[b], static_cast<std::uint32_t>(first / 2) + p};
    const std::span<double> of_batch = std::span(scores).first(batch.size * at_once);
    streams_.uniforms(Purpose::visits, std::span(next).first(batch.size * pairs), of_batch);
    to_normal_scores(of_batch);
    std::size_t left = 0;
    for (std::size_t b = 0; b < batch.size; ++b) {
      const std::uint32_t i = batch.patient[b];
      const Planned& planned = planned_[arm_[i]];
      const std::size_t end = std::min(first + at_once, planned.month.size());
      double last = batch.last[b];
      for (std::size_t k = first; k < end && last < from[i]; ++k)
        last = planned.actual(k, scores[b * at_once + k - first], last);
      const bool found = last >= from[i];
      month[i] = found ? last : infinity;
      batch.patient[left] = i, batch.last[left] = last;
      left += static_cast<std::size_t>(!found & (end < planned.month.size()));
    }
    batch.size = left;
  }
}

// All visits that are planned are made for that.
void PatientVisits::keep_attended() {
  make_until(infinity);
  Stream missed = streams_.stream(Purpose::missed_visits, static_cast<std::uint32_t>(patient_));
  const double probability = planned_[arm_[patient_]].missed_probability;
  const auto planned = own_.first(count_);
  const auto end = std::remove_if(planned.begin(), planned.end(),  // no std::ranges: clang 14 does not compile it
                                  [&](double) { return missed.uniform() < probability; });
  made_ = count_ = static_cast<std::size_t>(end - planned.begin());
}

double PatientVisits::first_from(double from, std::size_t patient) {
  for (std::size_t k = 0; k < at_first; ++k)
    if (month_[k][patient] >= from) return month_[k][patient];
  look_at(patient);
  make_until(from);
  const auto made = own_.first(made_);
  const auto found = std::ranges::lower_bound(made, from);
  return found == made.end() ? infinity : *found;
}

void PatientVisits::first_from(std::span<const double> from, std::span<double> month) {
  Batch batch;
  const auto search = [&](std::size_t i) {
    const Planned& planned = planned_[arm_[i]];
    if (planned.missed_probability > 0) {
      month[i] = first_from(from[i], i);
    } else if (planned.month.size() > at_first) {
      batch.patient[batch.size] = static_cast<std::uint32_t>(i), batch.last[batch.size] = month_.back()[i];
      if (++batch.size == Batch::most) search_later(batch, from, month);
    }
  };
  in_lanes(from.size(), [&](const auto& here) {
    const auto sought = here(from);
    auto found = here(month_.back());
    found = found >= sought ? found : here.number(infinity);
    for (std::size_t k = at_first - 1; k-- > 0;) {
      const auto visit = here(month_[k]);
      found = visit >= sought ? visit : found;
    }
    here.put(month, found);
    here.for_each((found == infinity) & (sought < infinity), search);
  });
  search_later(batch, from, month);
}

void PatientVisits::last_until(std::span<const double> until, std::span<double> month) {
  in_lanes(until.size(), [&](const auto& here) {
    const auto latest = here(until);
    auto found = here.number(infinity);
    for (const std::span<double> of_all : month_) {
      const auto visit = here(of_all);
      found = visit <= latest ? visit : found;
    }
    here.put(month, found);
  });
  for (std::size_t i = 0; i < until.size(); ++i) {
    if (!(month_.back()[i] <= until[i])) continue;
    look_at(i);
    make_until(until[i]);
    for (std::size_t k = at_first; k < made_ && own_[k] <= until[i]; ++k) month[i] = own_[k];
  }
}

}  // namespace oligosim
