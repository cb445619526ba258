#include "models/study/large_trial.hpp"

#include <algorithm>

#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {
namespace {

template <class T>
void copy_into(std::span<T> all, std::span<const T> part, std::size_t offset) {
  if (!all.empty()) std::copy(part.begin(), part.end(), all.begin() + static_cast<std::ptrdiff_t>(offset));
}

void copy_into(std::span<std::span<double>> all, std::span<std::span<double>> part, std::size_t offset) {
  for (std::size_t k = 0; k < all.size(); ++k) copy_into<double>(all[k], part[k], offset);
}

std::span<std::span<double>> like(std::span<std::span<double>> part, std::size_t patients, Arena& arena) {
  const auto all = arena.take<std::span<double>>(part.size(), std::span<double>{});
  for (std::size_t k = 0; k < all.size(); ++k)
    if (!part[k].empty()) all[k] = arena.take<double>(patients);
  return all;
}

std::span<Steps> like(std::span<Steps> part, std::size_t trials, Arena& arena) {
  const auto all = arena.take<Steps>(part.size(), Steps{});
  for (std::size_t k = 0; k < all.size(); ++k)
    if (!part[k].empty())
      all[k] = {arena.take<double>(part[k].day.size() * trials), arena.take<double>(part[k].value.size() * trials)};
  return all;
}

/// Empty columns for many trials, shaped as one. `streams`: of each trial.
Patients room_for(const Patients& one, std::span<const Streams> streams, Arena& arena) {
  const std::size_t patients = one.count() * streams.size();
  const Columns& columns = one.baseline.columns();
  std::vector<std::uint8_t> needed;
  for (std::size_t k = 0; k < columns.size(); ++k)
    needed.push_back(!one.baseline.numbers(k).empty() || !one.baseline.categories(k).empty());
  return {.baseline = Cohort(columns, patients, needed, arena),
          .arm = arena.take<std::uint8_t>(patients),
          .course = {like(one.course.event_day, patients, arena), like(one.course.evaluable_day, patients, arena),
                     like(one.course.success_day, patients, arena), like(one.course.finding, streams.size(), arena)},
          .enrollment_day = arena.take<double>(patients),
          .dropout_day = arena.take<double>(patients),
          .streams = streams};
}

void put(Patients& all, const Patients& one, std::size_t offset) {
  for (std::size_t k = 0; k < one.baseline.columns().size(); ++k) {
    copy_into<double>(all.baseline.numbers(k), one.baseline.numbers(k), offset);
    copy_into<std::uint8_t>(all.baseline.categories(k), one.baseline.categories(k), offset);
  }
  copy_into<std::uint8_t>(all.arm, one.arm, offset);
  copy_into(all.course.event_day, one.course.event_day, offset);
  copy_into(all.course.evaluable_day, one.course.evaluable_day, offset);
  copy_into(all.course.success_day, one.course.success_day, offset);
  for (std::size_t k = 0; k < one.course.finding.size(); ++k) {
    const Steps &from = one.course.finding[k], &to = all.course.finding[k];
    const std::size_t steps = from.day.size() / one.count();
    copy_into<double>(to.day, from.day, offset * steps);
    copy_into<double>(to.value, from.value, offset * steps);
  }
  copy_into<double>(all.enrollment_day, one.enrollment_day, offset);
  copy_into<double>(all.dropout_day, one.dropout_day, offset);
}

/// Calendar day on which so many patients of a trial have entered, on average over the trials.
double mean_entry(const Patients& all, std::size_t patients, std::size_t trials, Arena& arena) {
  const std::size_t each = all.count() / trials;
  double sum = 0;
  for (std::size_t t = 0; t < trials; ++t)
    sum += Enrollment::entry_day(all.enrollment_day.subspan(t * each, each), patients, arena);
  return sum / static_cast<double>(trials);
}

/// Enrollment as it is where each trial comes to its last look: held up before the looks that it waits for.
void pause_enrollment(const Scenario& scenario, std::span<double> days, Arena& arena) {
  const double month = scenario.trial->days_per_month();
  for (const Look& look : scenario.design->looks()) {
    if (!look.pauses) continue;
    const double entry = Enrollment::entry_day(days, *look.patients, arena);
    const double due = entry + look.follow_up_months * month;
    Enrollment::pause(days, *look.patients, due + scenario.trial->cleaning_days(), arena);
  }
}

/// Where the last look waits for patients, all trials have it on one day: the day it is due on average.
void align_last_looks(const Scenario& scenario, const Patients& all, std::size_t trials, Arena& arena) {
  const std::optional<std::size_t> patients = scenario.design->looks().back().patients;
  if (!patients) return;
  const double mean = mean_entry(all, *patients, trials, arena);
  const std::size_t each = all.count() / trials;
  for (std::size_t t = 0; t < trials; ++t) {
    const std::span<double> days = all.enrollment_day.subspan(t * each, each);
    const double later = mean - Enrollment::entry_day(days, *patients, arena);
    for (double& day : days) day += later;
  }
}

/// Calendar day on which a look has what it waits for: a number of events, when that many are expected.
double waited_for(const Scenario& scenario, const Look& look, const Patients& all, std::size_t trials, Arena& arena) {
  const double month = scenario.trial->days_per_month();
  double day = look.events ? scenario.trial->event_day(all, look.endpoint, *look.events * trials, arena)
                           : look.month.value_or(0) * month;
  if (look.follow_up_months > 0 || look.patients) {
    const std::size_t entered = look.patients.value_or(all.count() / trials);
    day = std::max(day, mean_entry(all, entered, trials, arena) + look.follow_up_months * month);
  }
  return day;
}

/// Calendar day on which the last look is due; or a look before it that has all the events planned for the end.
double final_day(const Scenario& scenario, const Patients& all, std::size_t trials, Arena& arena) {
  const Design& design = *scenario.design;
  const double month = scenario.trial->days_per_month(), latest = design.latest_month() * month;
  double day = 0;
  for (const Look& look : design.looks()) {
    const bool waits = look.events || look.patients || look.follow_up_months > 0;
    day = day_held(waited_for(scenario, look, all, trials, arena), look, month, day);
    if (waits) day = std::min(latest, day);
    const std::size_t planned = design.final_events() * trials;
    const bool may_have_all = planned > 0 && (look.dated() || !look.events || look.follow_up_months > 0);
    if (may_have_all && Trial::events_known(all, design.looks().back().endpoint, day) >= planned) break;
  }
  return day;
}

/// The lesions of many trials as they stand on a day, made again trial by trial: kept whole they would fill the memory.
class LesionsOfTrials {
 public:
  LesionsOfTrials(const Trial& trial, std::size_t trials, std::uint64_t key, double day, unsigned threads)
      : columns_(trial.lesion_columns()), parts_(trials) {
    parallel_for(trials, threads, [&](std::size_t k, Arena& own) {
      own.reset();
      const Patients patients = trial.simulate(Streams(key, static_cast<std::uint32_t>(k + 1)), own);
      keep(trial.cut_lesions(patients, day, own), Trial::enrolled(patients, day), parts_[k]);
    });
  }

  /// All of them, the patients numbered through.
  LesionData joined(Arena& arena) const {
    std::size_t count = 0;
    for (const Part& part : parts_) count += part.patient.size();
    const Cohort all(columns_, count, {}, arena);
    const std::span<std::uint32_t> patient = arena.take<std::uint32_t>(count);
    std::size_t lesion = 0;
    std::uint32_t first_patient = 0;
    for (const Part& part : parts_) {
      for (std::size_t l = 0; l < part.patient.size(); ++l) patient[lesion + l] = first_patient + part.patient[l];
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        copy_into<double>(all.numbers(c), std::span<const double>(part.numbers[c]), lesion);
        copy_into<std::uint8_t>(all.categories(c), std::span<const std::uint8_t>(part.categories[c]), lesion);
      }
      lesion += part.patient.size();
      first_patient += part.patients;
    }
    return {all, patient};
  }

 private:
  struct Part {
    std::uint32_t patients = 0;
    std::vector<std::uint32_t> patient;
    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<std::uint8_t>> categories;
  };

  static void keep(const LesionData& cut, std::size_t patients, Part& part) {
    part.patients = static_cast<std::uint32_t>(patients);
    part.patient.assign(cut.patient.begin(), cut.patient.end());
    for (std::size_t c = 0; c < cut.columns.columns().size(); ++c) {
      part.numbers.emplace_back(cut.columns.numbers(c).begin(), cut.columns.numbers(c).end());
      part.categories.emplace_back(cut.columns.categories(c).begin(), cut.columns.categories(c).end());
    }
  }

  const Columns& columns_;
  std::vector<Part> parts_;
};

/// What the trials are like.
Trial trial_of(const Scenario& scenario) {
  const Trial trial = scenario.trial->with_independent_dropout();
  const std::size_t planned = scenario.design->planned_patients();
  return planned > 0 ? trial.with_patients(planned) : trial;
}

/// How many they are. Very large ones do with fewer than `fewest`, to bound the memory: their standard errors are small
/// already.
std::size_t count_of(std::size_t patients_each, const LargeTrialSize& size) {
  const std::size_t wanted = (size.patients + patients_each - 1) / patients_each;
  return size.fewest_trials * patients_each <= 10 * size.patients ? std::max(size.fewest_trials, wanted) : wanted;
}

}  // namespace

std::size_t patients_of(const Scenario& scenario, const LargeTrialSize& size) {
  const std::size_t each = trial_of(scenario).patients();
  return each * count_of(each, size);
}

LargeTrial large_trial(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size, unsigned threads,
                       Arena& arena, std::optional<double> day) {
  const Trial trial = trial_of(scenario);
  const std::size_t n = trial.patients(), trials = count_of(n, size);
  const std::uint64_t key = derived_key(seed, "truth");
  const Trial of_patients = trial.without_lesions();
  const std::span<Streams> streams = arena.take<Streams>(trials, Streams(key, 1));
  for (std::uint32_t k = 0; k < trials; ++k) streams[k] = Streams(key, k + 1);
  Patients all = room_for(of_patients.simulate(streams.front(), arena), streams, arena);
  parallel_for(trials, threads, [&](std::size_t k, Arena& own) {
    own.reset();
    const Patients one = of_patients.simulate(streams[k], own);
    pause_enrollment(scenario, one.enrollment_day, own);
    put(all, one, k * n);
  });
  align_last_looks(scenario, all, trials, arena);
  if (!day) day = final_day(scenario, all, trials, arena);
  LargeTrial large{*day, trial.cut(all, *day, arena), {}};
  if (scenario.plan->reads_lesions()) large.lesions = LesionsOfTrials(trial, trials, key, *day, threads).joined(arena);
  return large;
}

}  // namespace oligosim
