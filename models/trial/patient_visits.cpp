#include "models/trial/patient_visits.hpp"

#include <algorithm>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "engine/numeric/normal_scores.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t at_once = 4;  // later visits: the numbers of a block

/// The normal scores of so many visits, from number `first` on, of some patients.
template <std::size_t most>
class LaterScores {
 public:
  LaterScores(const Streams& streams, std::span<const std::uint32_t> patients, std::size_t first)
      : patients_(patients.size()) {
    std::array<StreamBlock, most> block;
    for (std::size_t b = 0; b < patients_; ++b) block[b] = {patients[b], static_cast<std::uint32_t>(first / at_once)};
    const std::span<double> all = std::span(score_).first(at_once * patients_);
    const auto visit = [&](std::size_t k) { return all.subspan(k * patients_, patients_); };
    streams.uniforms(Purpose::visits, std::span(block).first(patients_), {{visit(0), visit(1), visit(2), visit(3)}});
    to_normal_scores(all);
  }
  double of(std::size_t patient, std::size_t visit) const { return score_[visit * patients_ + patient]; }
  /// Those of four patients; of patients that are not there, any.
  HalfLanes four(std::size_t first, std::size_t visit) const { return four_of(&score_[visit * patients_ + first]); }

 private:
  std::size_t patients_;
  std::array<double, most * at_once> score_;
};

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
    const std::size_t count = schedule.count(), blocks = std::max(at_first, count) / at_once + 1;
    planned_[a] = {arena.take<double>(blocks * at_once, infinity), count, schedule.jitter_sd_months,
                   schedule.missed_probability};
    for (std::size_t k = 0; k < count; ++k) planned_[a].month[k] = schedule.planned(k) + schedule.delay_months;
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
  static_assert(at_first % at_once == 0);
  for (std::size_t k = 0; k < at_first; k += at_once)
    streams_.uniforms(Purpose::visits, static_cast<std::uint32_t>(k / at_once),
                      {{month_[k], month_[k + 1], month_[k + 2], month_[k + 3]}});
  for (std::size_t k = 0; k < at_first; ++k) {
    to_normal_scores(month_[k]);
    for (std::size_t i = 0; i < arm_.size(); ++i) {
      const Planned& planned = planned_[arm_[i]];
      const double before = k == 0 ? 0 : month_[k - 1][i];
      month_[k][i] = planned.actual(k, month_[k][i], before);
    }
  }
}

void PatientVisits::look_at(std::size_t patient) {
  if (patient == patient_) return;
  patient_ = patient;
  const Planned& planned = planned_[arm_[patient]];
  count_ = planned.count;
  made_ = 0;
  if (planned.missed_probability > 0) return keep_attended();
  for (; made_ < std::min(count_, at_first); ++made_) own_[made_] = month_[made_][patient];
}

// Until there is one in `month` or later.
void PatientVisits::make_until(double month) {
  const Planned& planned = planned_[arm_[patient_]];
  while (made_ < count_ && (made_ == 0 || own_[made_ - 1] < month)) {
    const LaterScores<1> scores(streams_, std::array{static_cast<std::uint32_t>(patient_)}, made_);
    for (std::size_t k = 0; k < at_once && made_ < count_; ++k, ++made_)
      own_[made_] = planned.actual(made_, scores.of(0, k), made_ == 0 ? 0 : own_[made_ - 1]);
  }
}

// Those of all patients of the batch in turn, four beside each other; who has found his leaves it.
void PatientVisits::search_later(Batch& batch, std::span<const double> from, std::span<double> month) const {
  using V = HalfLanes;
  constexpr std::size_t width = lane_count<V>;
  for (std::size_t first = at_first; batch.size > 0; first += at_once) {
    const LaterScores<Batch::most> scores(streams_, std::span(batch.patient).first(batch.size), first);
    std::size_t left = 0;
    for (std::size_t b = 0; b < batch.size; b += width) {
      const auto of_each = [&](const auto& of) {
        const auto at = [&](std::size_t l) { return of(std::min(b + l, batch.size - 1)); };
        return V{at(0), at(1), at(2), at(3)};
      };
      const auto planned = [&](std::size_t k) -> const Planned& { return planned_[arm_[batch.patient[k]]]; };
      const V sought = of_each([&](std::size_t k) { return from[batch.element[k]]; });
      const V jitter_sd = of_each([&](std::size_t k) { return planned(k).jitter_sd; });
      V last = of_each([&](std::size_t k) { return batch.last[k]; });
      for (std::size_t visit = 0; visit < at_once; ++visit) {
        const V of_plan = of_each([&](std::size_t k) { return planned(k).month[first + visit]; });
        const V next = larger(of_plan + jitter_sd * scores.four(b, visit), last + VisitSchedule::closest_months);
        last = last < sought ? next : last;
      }
      for (std::size_t l = 0; l < std::min(width, batch.size - b); ++l) {
        const std::uint32_t i = batch.patient[b + l], element = batch.element[b + l];
        month[element] = last[l];
        batch.patient[left] = i, batch.element[left] = element, batch.last[left] = last[l];
        left += last[l] < sought[l];
      }
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

double PatientVisits::attended_from(double from, std::size_t patient) {
  look_at(patient);
  const auto made = own_.first(made_);
  const auto found = std::ranges::lower_bound(made, from);
  return found == made.end() ? infinity : *found;
}

void PatientVisits::add(Batch& batch, std::size_t patient, std::size_t element, std::span<const double> from,
                        std::span<double> month) {
  const Planned& planned = planned_[arm_[patient]];
  if (planned.missed_probability > 0) {
    month[element] = attended_from(from[element], patient);
  } else {
    batch.patient[batch.size] = static_cast<std::uint32_t>(patient);
    batch.element[batch.size] = static_cast<std::uint32_t>(element);
    batch.last[batch.size] = month_.back()[patient];
    if (++batch.size == Batch::most) search_later(batch, from, month);
  }
}

void PatientVisits::first_from(std::span<const double> from, std::span<double> month) {
  Batch batch;
  in_lanes(from.size(), [&](const auto& here) {
    const auto sought = here(from);
    auto found = here(month_.back());
    found = found >= sought ? found : here.number(infinity);
    for (std::size_t k = at_first - 1; k-- > 0;) {
      const auto visit = here(month_[k]);
      found = visit >= sought ? visit : found;
    }
    here.put(month, found);
    here.for_each((found == infinity) & (sought < infinity), [&](std::size_t i) { add(batch, i, i, from, month); });
  });
  search_later(batch, from, month);
}

void PatientVisits::first_from(std::span<const std::uint32_t> patient, std::span<const double> from,
                               std::span<double> month) {
  Batch batch;
  for (std::size_t k = 0; k < patient.size(); ++k) {
    month[k] = infinity;
    for (std::size_t visit = at_first; visit-- > 0;)
      month[k] = month_[visit][patient[k]] >= from[k] ? month_[visit][patient[k]] : month[k];
    if (month[k] == infinity && from[k] < infinity) add(batch, patient[k], k, from, month);
  }
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
