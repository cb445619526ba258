// When the events of a trial under way will be known: closed forms, a second implementation in R, coverage of trials
// that go on, and which looks are forecast.
#include "models/monitoring/event_forecast.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <random>

#include "models/monitoring/monitoring_files.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string study_with(const std::string& looks, const std::string& more = "") {
  return "study: s\ndisease: {os: {median_months: 10}, pfs: {median_months: 5}}\n"
         "arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}\n"
         "trial: {enrollment: {patients: 150, over_months: 6}}\n"
         "design: {kind: " +
         std::string(looks.find("}, {") == std::string::npos ? "fixed" : "group_sequential") +
         ", primary: effect, looks: [" + looks + "]" + more +
         "}\n"
         "plan: {time_unit: days, endpoints: {os: {time: os_d, event: os_e}},\n"
         "  analyses: [{name: effect, method: log_rank, endpoint: os, by: arm}]}\n";
}

ForecastSpec spec_of(double month, std::vector<std::size_t> events, std::size_t to_be = 1) {
  ForecastSpec spec;
  spec.month = month, spec.events = std::move(events), spec.patients = to_be;
  return spec;
}

/// All entered in month 0: `events` of them have had theirs at these times, `followed` have not until the cut.
PatientsSoFar entered_at_once(const std::vector<double>& events, std::size_t followed, double cut) {
  PatientsSoFar patients;
  patients.endpoint = "os", patients.groups = {""};
  for (std::size_t i = 0; i < events.size() + followed; ++i) {
    const bool event = i < events.size();
    patients.entered.push_back(0), patients.group.push_back(0);
    patients.time.push_back(event ? events[i] : cut);
    patients.event.push_back(event), patients.lost.push_back(0);
  }
  return patients;
}

/// After so many looks of the design were held, each as planned.
EventForecast forecast(const ForecastSpec& spec, const PatientsSoFar& patients,
                       const std::string& study = study_with("{at_events: 100, of: os}"), std::size_t held = 0) {
  Problems problems;
  const Study read = study_from(study);
  const Scenario& scenario = read.scenarios.front();
  std::vector<AwaitedLook> awaited = awaited_looks(*scenario.design, {});
  awaited.erase(awaited.begin(), awaited.begin() + static_cast<std::ptrdiff_t>(held));
  EventForecast all = forecast_events(spec, patients, scenario, awaited, problems);
  problems.refuse();
  return all;
}

const ForecastLook& of_events(const EventForecast& all, std::size_t events) {
  return *std::ranges::find_if(all.looks, [&](const ForecastLook& l) { return l.look == 0 && l.events == events; });
}

/// With 20 at risk, 12 events and A months at risk the next event is later than x with probability (A / (A + 20 x))^12,
/// and 20 (1 - (A / (A + x))^12) events are expected by then.
TEST(EventForecast, OracleNextEventOfOneHazard) {
  const std::vector<double> events = {1, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9};
  const double at_risk = 55 + 20 * 10.0;
  ForecastSpec spec = spec_of(10, {13});
  spec.trials = 40000;
  const EventForecast all = forecast(spec, entered_at_once(events, 20, 10));
  const ForecastLook& next = of_events(all, 13);
  const auto quantile = [&](double p) { return 10 + at_risk / 20 * (std::pow(1 - p, -1 / 12.0) - 1); };
  const auto error = [&](double p) {  // of a quantile
    const double x = quantile(p) - 10, density = 12 * 20 / (at_risk + 20 * x) * (1 - p);
    return std::sqrt(p * (1 - p) / 40000) / density;
  };
  EXPECT_NEAR(next.month.median, quantile(0.5), 4 * error(0.5));
  EXPECT_NEAR(next.month.lower, quantile(0.05), 4 * error(0.05));
  EXPECT_NEAR(next.month.upper, quantile(0.95), 4 * error(0.95));
  EXPECT_NEAR(next.mcse, error(0.5), 0.1 * error(0.5));
  EXPECT_EQ(next.share, 1);
  for (const ForecastMonth& m : all.months) {
    const double expected = 12 + 20 * (1 - std::pow(at_risk / (at_risk + m.month - 10), 12));
    EXPECT_NEAR(m.events, expected, 4 * std::sqrt(20 * 0.25 + 10) / 200) << m.month;  // at most so variable
    EXPECT_EQ(m.patients, 32);
  }
  EXPECT_EQ(all.events, 12u);
  EXPECT_EQ(all.followed, 20u);
  EXPECT_DOUBLE_EQ(all.groups.front().person_months, at_risk);
}

/// The k-th entry comes w B / (1 - B) months after the cut, where B has a beta distribution of k and the entries in the
/// last w months and a half.
TEST(EventForecast, OracleEntriesToCome) {
  PatientsSoFar patients = entered_at_once({1, 2, 3}, 27, 12);
  for (std::size_t i = 0; i < 30; ++i) {
    patients.entered[i] = static_cast<double>(i) / 3;  // 12 of them after month 6
    if (!patients.event[i]) patients.time[i] = 12 - patients.entered[i];
  }
  ForecastSpec spec = spec_of(12, {}, 42);
  spec.trials = 40000;
  const std::string study = study_with("{at_patients: 40}");
  const EventForecast all = forecast(spec, patients, study);
  ASSERT_EQ(all.looks.size(), 1u);
  const double recent = 11.5;  // patients 19 to 29 entered after month 6: eleven, and a half
  const auto quantile = [&](double p) {
    const double b = boost::math::ibeta_inv(10.0, recent, p);
    return 12 + 6 * b / (1 - b);
  };
  for (const auto& [p, value] : {std::pair{0.5, all.looks[0].month.median}, std::pair{0.05, all.looks[0].month.lower},
                                 std::pair{0.95, all.looks[0].month.upper}}) {
    const double half = std::sqrt(p * (1 - p) / 40000);
    EXPECT_GT(value, quantile(p - 4 * half)) << p;
    EXPECT_LT(value, quantile(p + 4 * half)) << p;
  }
  EXPECT_EQ(all.to_enter, 12u);
  EXPECT_NEAR(all.rate.median, boost::math::gamma_p_inv(recent, 0.5) / 6, 0.02);
  spec.rate_per_month = 3;
  const EventForecast known = forecast(spec, patients, study);
  for (const auto& [p, value] :
       {std::pair{0.5, known.looks[0].month.median}, std::pair{0.95, known.looks[0].month.upper}}) {
    const double half = std::sqrt(p * (1 - p) / 40000);
    EXPECT_GT(value, 12 + boost::math::gamma_p_inv(10.0, p - 4 * half) / 3) << p;
    EXPECT_LT(value, 12 + boost::math::gamma_p_inv(10.0, p + 4 * half) / 3) << p;
  }
  EXPECT_EQ(known.rate.lower, 3);
}

/// In the end the events that come are those before the loss, a share of hazard / (hazard + losses): with one patient
/// left, a beta distributed share's mean, events / (events + losses).
TEST(EventForecast, OracleLosses) {
  PatientsSoFar patients = entered_at_once({1, 2, 3, 4}, 7, 5);
  for (std::size_t i = 5; i < 11; ++i) patients.lost[i] = 1, patients.time[i] = 2;
  ForecastSpec spec = spec_of(5, {5});
  spec.lost = "lost", spec.trials = 40000;
  const EventForecast all = forecast(spec, patients);
  EXPECT_NEAR(of_events(all, 5).share, 4 / 10.0, 4 * std::sqrt(0.24 / 40000));
  EXPECT_EQ(all.lost, 6u);
  EXPECT_EQ(of_events(all, 5).month.upper, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(of_events(all, 5).mcse));
}

PatientsSoFar made_up(bool by_arm) {
  const test::ReferenceTable file("data/forecast_patients.csv");
  PatientsSoFar patients;
  patients.endpoint = "os";
  for (std::size_t i = 0; i < file.size(); ++i) {
    const std::string arm = by_arm ? file.text(i, "arm") : "";
    const auto known = std::ranges::find(patients.groups, arm);
    patients.group.push_back(static_cast<std::size_t>(known - patients.groups.begin()));
    if (known == patients.groups.end()) patients.groups.push_back(arm);
    const bool event = file.number(i, "event") == 1, lost = file.number(i, "lost") == 1;
    patients.entered.push_back(file.number(i, "entered"));
    patients.time.push_back(event || lost ? file.number(i, "time") : 15 - patients.entered.back());
    patients.event.push_back(event), patients.lost.push_back(lost);
  }
  return patients;
}

TEST(EventForecast, ReferenceSecondImplementation) {
  const test::ReferenceTable reference("event_forecast.csv");
  std::string name;
  EventForecast own;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    if (reference.text(r, "forecast") != name) {
      name = reference.text(r, "forecast");
      ForecastSpec spec = spec_of(15, {50, 75, 100, 120}, 150);
      spec.lost = "lost", spec.trials = 20000;
      if (name.starts_with("weibull")) spec.model = HazardModel::weibull;
      if (name == "pieces") spec.model = HazardModel::piecewise_exponential, spec.cuts_months = {3, 7};
      own = forecast(spec, made_up(name.ends_with("arms")));
    }
    const ForecastRange& month = of_events(own, static_cast<std::size_t>(reference.number(r, "events"))).month;
    const double p = reference.number(r, "p"), expected = reference.number(r, "month");
    const double value = p == 0.5 ? month.median : p < 0.5 ? month.lower : month.upper;
    if (std::isinf(expected)) {
      EXPECT_EQ(value, expected);
      continue;
    }
    // A tenth of the trials; their errors add.
    EXPECT_NEAR(value, expected, 4 * std::sqrt(11.0) * reference.number(r, "mcse"));
  }
}

/// Of trials whose patients all have one hazard, followed until so many events are known: the interval of the month of
/// later events has its level exactly.
TEST(EventForecast, StatisticalIntervalsHoldTheirLevel) {
  std::mt19937_64 generator(20250611);
  std::exponential_distribution<> time(0.12);
  const std::size_t trials = 600, n = 50, known = 12, wanted = 30;
  double held = 0;
  for (std::size_t k = 0; k < trials; ++k) {
    std::vector<double> all(n);
    for (double& t : all) t = time(generator);
    std::ranges::sort(all);
    const double cut = all[known - 1];
    ForecastSpec spec = spec_of(cut, {wanted});
    spec.trials = 500, spec.seed = k;
    const std::vector<double> seen(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(known));
    const EventForecast own = forecast(spec, entered_at_once(seen, n - known, cut));
    const ForecastRange& month = of_events(own, wanted).month;
    held += month.lower <= all[wanted - 1] && all[wanted - 1] <= month.upper;
  }
  EXPECT_NEAR(held / trials, 0.9, 4 * std::sqrt(0.09 / trials));
}

TEST(EventForecast, OracleLooksOfTheDesign) {
  const PatientsSoFar patients = entered_at_once({1, 2, 3, 4}, 146, 5);
  const ForecastSpec spec = spec_of(5, {}, 150);
  const auto looks = [&](const std::string& text, std::size_t held = 0, const std::string& more = "") {
    return forecast(spec, patients, study_with(text, more), held);
  };
  // One by date, whatever comes; one that was due before the cut.
  const EventForecast by_date = looks("{at_month: 12, information: 0.5}, {at_month: 20}", 1);
  ASSERT_EQ(by_date.looks.size(), 1u);
  EXPECT_EQ(by_date.looks[0].look, 2u);
  EXPECT_EQ(by_date.looks[0].month.lower, 20);
  EXPECT_EQ(by_date.looks[0].month.upper, 20);
  EXPECT_EQ(looks("{at_events: 3, of: os}").looks[0].month.median, 3);
  // Held between its dates, and no sooner after the look before; nothing after the latest month.
  const EventForecast dated =
      looks("{at_events: 20, of: os, earliest_month: 60}, {at_events: 21, of: os, min_gap_months: 7}");
  EXPECT_EQ(dated.looks[0].month.lower, 60);
  EXPECT_EQ(dated.looks[1].month.lower, 67);
  const EventForecast not_after =
      looks("{at_events: 99, of: os, latest_month: 8, information: 0.5}, {at_events: 120, of: os}");
  EXPECT_EQ(not_after.looks[0].month.upper, 8);
  const EventForecast late = looks("{at_events: 150, of: os}", 0, ", latest_month: 8");
  EXPECT_EQ(late.looks[0].share, 0);
  EXPECT_EQ(late.looks[0].month.lower, 8);  // the trial ends then, with what there is
  // ... and no look after it.
  const EventForecast ended = looks("{at_events: 149, of: os}, {at_events: 150, of: os}", 0, ", latest_month: 8");
  EXPECT_EQ(ended.looks[0].month.upper, 8);
  EXPECT_EQ(ended.looks[1].month.lower, std::numeric_limits<double>::infinity());
  // Follow-up of the last patient.
  EXPECT_EQ(looks("{at_events: 3, of: os, min_follow_up_months: 9}").looks[0].month.median, 9);
}

/// Looks are forecast from events of the endpoint that they count alone, whatever the plan of the real data calls it.
TEST(EventForecast, OracleEventsThatLooksCount) {
  const std::string study = study_with(
      "{at_month: 7, information: 0.2}, {at_events: 20, of: os, information: 0.5}, {at_events: 30, of: pfs}");
  PatientsSoFar patients = entered_at_once({1, 2, 3, 4}, 146, 5);
  const auto shown = [&](const std::string& endpoint, bool of_primary) {
    patients.endpoint = endpoint, patients.of_primary = of_primary;
    std::vector<std::size_t> looks;
    for (const ForecastLook& look : forecast(spec_of(5, {}, 150), patients, study).looks) looks.push_back(look.look);
    return looks;
  };
  EXPECT_THAT(shown("os", false), ElementsAre(1, 2));
  EXPECT_THAT(shown("pfs", false), ElementsAre(1, 3));
  EXPECT_THAT(shown("survival", true), ElementsAre(1, 2));  // as the study calls that of its primary
  EXPECT_THAT(shown("survival", false), ElementsAre(1));
  patients.endpoint = "pfs";
  EXPECT_THAT(forecast(spec_of(5, {}, 150), patients, study).notes.front(), HasSubstr("Look 2 counts events of os"));
}

/// Those that the trial, as it is monitored, has before it, with its numbers.
TEST(EventForecast, OracleLooksOffSchedule) {
  const std::string study =
      "study: s\ndisease: {os: {median_months: 10}}\n"
      "arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}\n"
      "trial: {enrollment: {patients: 150, over_months: 6}}\n"
      "design: {kind: group_sequential, primary: effect, looks: [{at_events: 40, of: os}, {at_events: 80, of: os}, "
      "{at_events: 100, of: os}]}\n"
      "plan: {time_unit: days, endpoints: {os: {time: os_d, event: os_e}},\n"
      "  analyses: [{name: effect, method: log_rank, endpoint: os, by: arm}]}\n";
  const auto awaited = [&](const std::string& looks) {
    Problems problems;
    const YamlNode tree = parse_yaml("title: t\nstudy: s\nlooks: " + looks + "\n", "trial.yaml", problems);
    const TrialSoFar trial = read_trial_so_far(tree, problems);
    const Study read = study_from(study);
    const MonitoredTrial shown = monitor(read.scenarios.front(), trial, problems);
    problems.refuse();
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (const AwaitedLook& own : awaited_looks(*read.scenarios.front().design, shown))
      all.push_back({own.number, own.position});
    return all;
  };
  using testing::Pair;
  EXPECT_THAT(awaited("[{events: 40, z: 1}]"), ElementsAre(Pair(2, 1), Pair(3, 2)));
  EXPECT_THAT(awaited("[{events: 85, z: 1}]"), ElementsAre(Pair(2, 2)));
  EXPECT_THAT(awaited("[{events: 20, z: 1}, {events: 40, z: 1}, {events: 60, z: 1}]"), ElementsAre(Pair(4, 2)));
  EXPECT_THAT(awaited("[{events: 40, z: 5}]"), ElementsAre());  // it is over
}

/// What a design does at a look is not foreseen, nor more patients than it has planned.
TEST(EventForecast, OracleDesignsThatChangeTheTrial) {
  std::string study = study_with("{at_events: 40, of: os}, {at_events: 80, of: os}");
  study.replace(
      study.find("kind: group_sequential"), 22,
      "kind: promising_zone, planned_patients: 120, promising_from: 0.3, target_power: 0.9, most_events: 100, "
      "assumed_hazard_ratio: 0.7");
  ForecastSpec spec = spec_of(5, {});
  spec.patients.reset(), spec.rate_per_month = 10;
  const EventForecast all = forecast(spec, entered_at_once({1, 2, 3, 4}, 76, 5), study);
  EXPECT_EQ(all.to_enter, 40u);
  ASSERT_EQ(all.looks.size(), 1u);
  EXPECT_THAT(all.notes.front(), HasSubstr("Look 2 depends on what the design does"));
}

TEST(EventForecast, ReproducibilitySeed) {
  const PatientsSoFar patients = entered_at_once({1, 2, 3, 4}, 46, 5);
  ForecastSpec spec = spec_of(5, {10, 40}, 60);
  spec.rate_per_month = 2;
  EXPECT_EQ(forecast_csv(forecast(spec, patients)), forecast_csv(forecast(spec, patients)));
  const std::string first = forecast_csv(forecast(spec, patients));
  spec.seed = 2;
  EXPECT_NE(forecast_csv(forecast(spec, patients)), first);
}

TEST(EventForecast, OracleFiles) {
  const PatientsSoFar patients = entered_at_once({1, 2.5}, 8, 3.5);
  const EventForecast all = forecast(spec_of(3.5, {3}), patients);
  const std::string months = forecast_by_month_csv(all);
  EXPECT_THAT(months, HasSubstr("month,patients,patients_lower,patients_upper,events,events_lower,events_upper\n"
                                "0,10,NA,NA,0,NA,NA\n1,10,NA,NA,1,NA,NA\n2,10,NA,NA,1,NA,NA\n3,10,NA,NA,2,NA,NA\n"
                                "3.5,10,10,10,2,2,2\n4,10,10,10,"));
  EXPECT_THAT(forecast_csv(all), HasSubstr("look,events,month,lower,upper,mcse,share\n1,100,120,120,120,0,0\n,3,"));
}

TEST(EventForecast, OracleWhatGivesNoHazard) {
  const auto refused = [](const ForecastSpec& spec, const PatientsSoFar& patients) {
    Problems problems;
    const Study study = study_from(study_with("{at_events: 100, of: os}"));
    forecast_events(spec, patients, study.scenarios.front(), {}, problems);
    return problems.text();
  };
  ForecastSpec spec = spec_of(5, {});
  EXPECT_THAT(refused(spec, entered_at_once({}, 9, 5)), HasSubstr("forecast.model: exponential has no estimate"));
  spec.model = HazardModel::piecewise_exponential, spec.cuts_months = {3};
  EXPECT_THAT(refused(spec, entered_at_once({1, 2}, 9, 5)), HasSubstr("no events in one of its pieces"));
  spec.model = HazardModel::weibull;
  EXPECT_THAT(refused(spec, entered_at_once({2, 2}, 0, 5)),
              HasSubstr("weibull has no estimate: the data have too few"));
}

}  // namespace
}  // namespace oligosim
