// The last visit of each patient at a data cut, and progression-free survival that is censored there.
#include <gtest/gtest.h>

#include "models/disease/oligo_hcc/course.hpp"
#include "models/study/large_trial.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

constexpr double month_days = 30;

/// A study whose plan reads the last visit; two arms with schedules of their own, and visits that are missed.
std::string study_with(const std::string& disease, const std::string& by_arm = ", by_arm: {b: {months: [2.2, 9]}}") {
  return "study: last visit\nseed: 3\n" + disease +
         "\narms: {a: {}, b: {}}\n"
         "trial:\n"
         "  enrollment: {patients: 200, over_months: 20}\n"
         "  visits: {months: [1, 2.5, 4], then_every_months: 2, delay_months: 0.3, jitter_sd_months: 0.6, "
         "missed_probability: 0.2" +
         by_arm +
         "}\n"
         "  dropout: {probability: 0.3, by_month: 12}\n"
         "design: {kind: fixed, primary: lr, alpha: 0.025, sides: 1, looks: [{at_month: 30}]}\n"
         "plan:\n"
         "  time_unit: days\n"
         "  days_per_month: 30\n"
         "  endpoints:\n"
         "    pfs: {time: pfs_d, event: pfs_e}\n"
         "    seen: {time: pfs_d, event: pfs_e, censored_at: last_visit_d, free_at: pfs_free_d}\n"
         "  analyses:\n"
         "    - {name: lr, method: log_rank, endpoint: pfs, by: arm}\n"
         "    - {name: seen, method: kaplan_meier, endpoint: seen, at_months: [12], by: arm}\n";
}

const char* const models[] = {
    "disease: {model: oligo_hcc}\ncohort: {OP: 1}",
    "disease: {model: illness_death, known_at: visit, pfs: {median_months: 6}, os: {median_months: 11}, correlation: "
    "0.5}",
    "disease: {pfs: {median_months: 6, known_at: visit}}",
    "disease: {model: response_timing}",
};

std::span<const double> column(const Cohort& data, const char* name) {
  return data.numbers(*data.columns().find(name));
}

/// Day of the last attended visit until a day, one visit after the other; missing if there is none.
double naive_last_visit(const VisitSchedule& schedule, const Streams& streams, std::uint32_t patient, double until,
                        bool whole_days) {
  std::vector<double> room(schedule.count());
  ActualVisits visits(schedule, streams, patient, room);
  double last = missing;
  for (std::size_t k = 0; k < schedule.count(); ++k) {
    const double day = whole_days ? std::ceil(visits.month(k) * month_days) : visits.month(k) * month_days;
    if (day <= until) last = day;
  }
  return last;
}

TEST(LastVisit, OracleOfEachPatientAtEachCut) {
  for (const std::string disease : models) {
    const bool one_schedule = disease.find("response_timing") != std::string::npos;
    const Study study = study_from(study_with(disease, one_schedule ? "" : ", by_arm: {b: {months: [2.2, 9]}}"));
    const Scenario& scenario = study.scenarios.front();
    scenario.disease->prepare();
    const Trial& trial = *scenario.trial;
    const std::span<const VisitSchedule> schedules = scenario.disease->visits();
    ASSERT_EQ(schedules.size(), one_schedule ? 1u : 2u) << disease;
    const auto& endpoints = scenario.disease->endpoints();
    const auto death = std::ranges::find(endpoints, "os", &Endpoint::name);
    Arena arena;
    const Streams streams(3, 7);
    const Patients patients = trial.simulate(streams, arena);
    std::size_t none = 0, before_the_end = 0;
    for (const double cut_day : {200.0, 463.7, 900.0}) {
      const Cohort data = trial.cut(patients, cut_day, arena);
      const std::span<const double> shown = column(data, "last_visit_d");
      std::size_t r = 0;
      for (std::uint32_t i = 0; i < patients.count(); ++i) {
        if (patients.enrollment_day[i] >= cut_day) continue;
        double until = std::min(patients.dropout_day[i], cut_day - patients.enrollment_day[i]);
        if (death != endpoints.end())
          until = std::min(until, patients.course.event_day[static_cast<std::size_t>(death - endpoints.begin())][i]);
        const VisitSchedule& schedule = schedules[one_schedule ? 0 : patients.arm[i]];
        const double expected = naive_last_visit(schedule, streams, i, until, scenario.disease->whole_days());
        EXPECT_TRUE(shown[r] == expected || (std::isnan(shown[r]) && std::isnan(expected)))
            << disease << " patient " << i << ": " << shown[r] << ", not " << expected;
        none += std::isnan(expected), before_the_end += expected < until - 1;
        ++r;
      }
      EXPECT_EQ(r, shown.size());
    }
    EXPECT_GT(none, 20u) << disease;
    EXPECT_GT(before_the_end, 200u) << disease;
  }
}

// Progression that a visit shows is on that visit, and who has no event is censored on the last one, or at the start.
TEST(LastVisit, PropertyEndpointsEndOnVisits) {
  const Study study = study_from(study_with(models[2]));
  const Scenario& scenario = study.scenarios.front();
  Arena arena;
  const Patients patients = scenario.trial->simulate(Streams(3, 1), arena);
  const Cohort cut = scenario.trial->cut(patients, 700, arena);
  const auto time = column(cut, "pfs_d"), event = column(cut, "pfs_e"), visit = column(cut, "last_visit_d");
  std::size_t later = 0;
  for (std::size_t r = 0; r < time.size(); ++r) {
    if (std::isnan(visit[r]))
      EXPECT_EQ(event[r], 0);
    else
      EXPECT_TRUE(event[r] == 1 ? time[r] <= visit[r] : visit[r] <= time[r]) << r;
    later += event[r] == 1 && visit[r] > time[r];
  }
  EXPECT_GT(later, 30u);
}

// 8.3 months of 30 days are 249.00000000000003, which is seen on day 250: not by day 249.
TEST(LastVisit, OracleAVisitOnTheEdgeOfADay) {
  std::string text = study_with(models[0], "");
  const std::string jitter =
      "visits: {months: [1, 2.5, 4], then_every_months: 2, delay_months: 0.3, jitter_sd_months: "
      "0.6, missed_probability: 0.2";
  text.replace(text.find(jitter), jitter.size(), "visits: {months: [2, 8.3], then_every_months: 12");
  const Study study = study_from(text);
  const Scenario& scenario = study.scenarios.front();
  scenario.disease->prepare();
  std::size_t on_that_day = 0, until_the_next = 0;
  Arena arena;
  for (std::uint32_t replicate = 1; replicate <= 100; ++replicate) {
    arena.reset();
    const Patients patients = scenario.trial->simulate(Streams(3, replicate), arena);
    const double cut = patients.enrollment_day[0] + 249;
    const Cohort data = scenario.trial->cut(patients, cut, arena);
    const std::span<const double> visit = column(data, "last_visit_d");
    std::size_t r = 0;
    for (std::uint32_t i = 0; i < patients.count(); ++i) {
      if (patients.enrollment_day[i] >= cut) continue;
      const double end = std::floor(std::min(patients.dropout_day[i], cut - patients.enrollment_day[i]));
      const double death = patients.course.event_day[static_cast<std::size_t>(HccEndpoint::os)][i], last = visit[r++];
      if (std::isnan(last)) continue;
      EXPECT_LE(last, std::min(end, death));
      on_that_day += std::min(end, death) == 249;
      until_the_next += std::min(end, death) == 249 && last == 60;
    }
  }
  EXPECT_GT(on_that_day, 50u);
  EXPECT_EQ(until_the_next, on_that_day);
}

// Visits end when a patient is lost, also one who has had the event before: the day must be known then.
TEST(LastVisit, OracleWhoHasHadTheEventIsLostLikeTheOthers) {
  const Study study = study_from(study_with(models[2]));
  const Trial& trial = *study.scenarios.front().trial;
  Arena arena;
  const Streams streams(3, 1);
  const Patients patients = trial.simulate(streams, arena);
  std::vector<double> lost(patients.count());
  trial.dropout().sample(streams, month_days, patients.arm, lost);
  EXPECT_EQ(std::vector<double>(patients.dropout_day.begin(), patients.dropout_day.end()), lost);
}

TEST(LastVisit, PropertyOfAModelWithoutVisitsThereIsNone) {
  const std::string text = study_with("disease: {pfs: {median_months: 6}}");
  const std::string said = mistakes(text);
  EXPECT_NE(said.find("censored_at: "), std::string::npos) << said;
  EXPECT_NE(said.find("last_visit_d"), std::string::npos) << said;
}

// Day of the last attended visit before the event, one visit after the other; the day itself of a death.
TEST(LastVisit, OracleOfTheLastBeforeTheEvent) {
  for (const std::string disease : models) {
    const bool one_schedule = disease.find("response_timing") != std::string::npos;
    const Study study = study_from(study_with(disease, one_schedule ? "" : ", by_arm: {b: {months: [2.2, 9]}}"));
    const Scenario& scenario = study.scenarios.front();
    scenario.disease->prepare();
    const bool whole = scenario.disease->whole_days();
    Arena arena;
    const Streams streams(3, 7);
    const Patients patients = scenario.trial->simulate(streams, arena);
    std::size_t shown = 0, deaths = 0, first = 0, none = 0;
    for (const double cut_day : {200.0, 463.7, 900.0}) {
      const Cohort data = scenario.trial->cut(patients, cut_day, arena);
      const auto time = column(data, "pfs_d"), event = column(data, "pfs_e"), free = column(data, "pfs_free_d");
      std::size_t r = 0;
      for (std::uint32_t i = 0; i < patients.count(); ++i) {
        if (patients.enrollment_day[i] >= cut_day) continue;
        const VisitSchedule& schedule = scenario.disease->visits()[one_schedule ? 0 : patients.arm[i]];
        const double end = event[r] == 1 ? time[r] - 1e-6 : time[r];
        const double visit = naive_last_visit(schedule, streams, i, end, whole);
        const double next = naive_last_visit(schedule, streams, i, time[r] + 1e-6, whole);
        const double before = std::isnan(visit) ? 0 : visit;
        const bool at_visit = std::abs(next - time[r]) < 1e-6;
        EXPECT_EQ(free[r], event[r] == 1 && !at_visit ? time[r] : before) << disease << " patient " << i;
        shown += event[r] == 1 && at_visit, deaths += event[r] == 1 && !at_visit;
        first += event[r] == 1 && at_visit && before == 0, none += event[r] == 0;
        ++r;
      }
    }
    EXPECT_GT(shown, 50u) << disease;
    EXPECT_GT(first, 20u) << disease;
    EXPECT_GT(none, 100u) << disease;
    const bool with_deaths =
        disease.find("oligo_hcc") != std::string::npos || disease.find("illness") != std::string::npos;
    EXPECT_EQ(deaths > 0, with_deaths) << disease << ' ' << deaths;
  }
}

// Without visits patients are known to be free until the event, a death or the end of follow-up, also where the data
// are cut at the very moment of an event.
TEST(LastVisit, OracleWithoutVisits) {
  for (const std::string disease : {models[0], models[1], models[2]}) {
    const Study study = study_from(study_with(disease));
    const Scenario& scenario = study.scenarios.front();
    scenario.disease->prepare();
    const Trial watched = scenario.trial->without_visits();
    Arena arena;
    std::size_t events = 0, on_the_day = 0;
    for (std::uint32_t replicate = 1; replicate <= 20; ++replicate) {
      const Patients patients = watched.simulate(Streams(3, replicate), arena);
      const std::size_t last = patients.count() / 2;
      const double cut = watched.event_day(patients, 0, last, arena);
      const Cohort data = watched.cut(patients, cut, arena);
      const auto time = column(data, "pfs_d"), event = column(data, "pfs_e"), free = column(data, "pfs_free_d"),
                 visit = column(data, "last_visit_d");
      std::size_t r = 0;
      for (std::uint32_t i = 0; i < patients.count(); ++i) {
        if (patients.enrollment_day[i] >= cut) continue;
        EXPECT_EQ(free[r], time[r]) << disease << " patient " << i;
        EXPECT_GE(visit[r] + 1e-9, time[r]) << disease << " patient " << i;
        EXPECT_LE(visit[r], std::min(patients.dropout_day[i], cut - patients.enrollment_day[i]) + 1e-6);
        events += event[r] == 1, on_the_day += event[r] == 1 && patients.enrollment_day[i] + time[r] == cut;
        ++r;
      }
    }
    EXPECT_GT(events, 1000u) << disease;
    EXPECT_GE(on_the_day, 20u) << disease;
  }
}

// The patients of many trials under one analysis have the visits that they have in their own trials.
TEST(LastVisit, OracleOfManyTrialsPutTogether) {
  const Study study = study_from(study_with(models[0]));
  const Scenario& scenario = study.scenarios.front();
  scenario.disease->prepare();
  Arena arena;
  const LargeTrial large = large_trial(scenario, 3, {.patients = 600, .fewest_trials = 3}, 2, arena);
  const auto all = column(large.patients, "last_visit_d");
  const std::uint64_t key = derived_key(3, "truth");
  std::size_t r = 0;
  for (std::uint32_t trial = 1; trial <= 3; ++trial) {
    const Patients patients = scenario.trial->simulate(Streams(key, trial), arena);
    const Cohort own = scenario.trial->cut(patients, 30 * month_days, arena);
    for (const double expected : column(own, "last_visit_d")) {
      ASSERT_LT(r, all.size());
      EXPECT_TRUE(all[r] == expected || (std::isnan(all[r]) && std::isnan(expected))) << trial << ": " << all[r];
      ++r;
    }
  }
  EXPECT_EQ(r, all.size());
}

// Nothing is lost or gained by a column that a plan reads: the events, and the power of the other analyses, stay.
TEST(LastVisit, PropertyChangesNoOtherNumber) {
  const std::string with_it = study_with(models[1]);
  std::string without = with_it;
  const std::string date = ", censored_at: last_visit_d";
  without.erase(without.find(date), date.size());
  Study a = study_from(with_it), b = study_from(without);
  a.replicates = b.replicates = 200;
  const auto seen = run_in_memory(a, 2, false), plain = run_in_memory(b, 2, false);
  EXPECT_EQ(row_of(seen, "base", "reject", "lr").measure.value, row_of(plain, "base", "reject", "lr").measure.value);
  const double censored_earlier = row_of(seen, "base", "mean", "seen", "survival").measure.value,
               censored_later = row_of(plain, "base", "mean", "seen", "survival").measure.value;
  EXPECT_NE(censored_earlier, censored_later);
  // Among those at risk a month later some had their last visit before: fewer seem to be left.
  EXPECT_LT(censored_earlier, censored_later);
}

}  // namespace
}  // namespace oligosim
