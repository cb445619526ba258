#include "models/monitoring/event_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/monitoring/trials_to_come.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/spread.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr std::size_t most_months = 120, fewest_months = 3;  // shown after the cut

ForecastRange range_of(const std::vector<double>& values, double level) {
  return {quantile_of(values, 0.5), quantile_of(values, (1 - level) / 2), quantile_of(values, (1 + level) / 2)};
}

/// Half the distance of the order statistics that lie a standard error of a share on either side of the median.
double mcse_of_median(const std::vector<double>& values) {
  const double share = 0.5 / std::sqrt(static_cast<double>(values.size()));
  return (quantile_of(values, 0.5 + share) - quantile_of(values, 0.5 - share)) / 2;
}

/// How many of these months, which ascend, are not after that one.
double until(std::span<const double> months, double month) {
  return static_cast<double>(std::ranges::upper_bound(months, month) - months.begin());
}

/// The k-th of these months, from 1; never where there are fewer.
double ordered(std::span<const double> months, std::size_t k) { return k <= months.size() ? months[k - 1] : never; }

/// The month that a look waits for.
double month_waited_for(const Look& look, const TrialsToCome& trial) {
  if (look.patients)
    return ordered(trial.entries(), std::min(*look.patients, trial.entries().size())) + look.follow_up_months;
  const double month = look.events ? ordered(trial.events(), *look.events) : look.month.value_or(0);
  return look.follow_up_months > 0 ? std::max(month, trial.entries().back() + look.follow_up_months) : month;
}

/// The looks that are awaited, one after the other, and the numbers of events that the document asks for; with the
/// months on which each comes in the trials.
class LooksToCome {
 public:
  LooksToCome(const ForecastSpec& spec, const Design& design) : latest_month_(design.latest_month()) {
    for (const std::size_t events : spec.events) asked_.push_back({.look = 0, .events = events, .months = {}});
  }

  void await(std::size_t number, const Look& look) {
    looks_.push_back({.look = number, .events = look.events.value_or(0), .waits = look, .months = {}});
  }

  void add(const TrialsToCome& trial) {
    double before = 0;
    for (Awaited& look : looks_) {
      const double due = day_held(month_waited_for(look.waits, trial), look.waits, 1, before);
      // A look that is not due by the latest month is held then, with what there is, and the trial is over.
      look.months.push_back(before > latest_month_ ? never : std::min(due, latest_month_));
      look.come += due <= latest_month_;
      before = due;
    }
    for (Awaited& asked : asked_) {
      asked.months.push_back(ordered(trial.events(), asked.events));
      asked.come += std::isfinite(asked.months.back());
    }
  }

  void finish(EventForecast& forecast) const {
    for (const std::vector<Awaited>* list : {&looks_, &asked_})
      for (const Awaited& one : *list) {
        ForecastLook& look = forecast.looks.emplace_back();
        look.look = one.look, look.events = one.events;
        look.month = range_of(one.months, forecast.level);
        const double error = mcse_of_median(one.months);
        look.mcse = std::isfinite(error) ? error : missing;
        look.share = one.come / static_cast<double>(one.months.size());
      }
  }

 private:
  struct Awaited {
    std::size_t look = 0, events = 0;  // as in ForecastLook
    Look waits = {};
    std::vector<double> months;  // one a trial
    double come = 0;             // trials in which what it waits for comes
  };

  double latest_month_;
  std::vector<Awaited> looks_, asked_;
};

/// Whether the events forecast are those that a look counts.
bool counts_these(const Look& look, const PatientsSoFar& patients, const Scenario& scenario) {
  const std::string& counted = scenario.disease->endpoints()[look.endpoint].name;
  if (!patients.of_primary) return counted == patients.endpoint;
  const Plan& plan = *scenario.plan;
  const EstimateLabel& primary = plan.labels()[plan.rows(plan.position(scenario.design->primary())).first];
  return counted == modelled_endpoint(scenario, primary.endpoint);
}

/// Those that can be forecast; the notes say of the others why not.
void await_looks(const std::vector<AwaitedLook>& awaited, const PatientsSoFar& patients, const Scenario& scenario,
                 LooksToCome& looks, EventForecast& forecast) {
  const Design& design = *scenario.design;
  const bool changes = !design.courses().empty() || design.drops_arms();
  for (const AwaitedLook& own : awaited) {
    Look look = design.looks()[own.position];
    const std::string name = "Look " + std::to_string(own.number);
    if (changes && own.position != awaited.front().position) {
      forecast.notes.push_back(name + " depends on what the design does at the look before: it is not forecast.");
      continue;
    }
    if (look.events && !counts_these(look, patients, scenario)) {
      forecast.notes.push_back(name + " counts events of " + scenario.disease->endpoints()[look.endpoint].name +
                               ": it is not forecast.");
      continue;
    }
    if (look.pauses && forecast.to_enter > 0)
      forecast.notes.push_back("Entries are taken to go on while " + name + " is awaited.");
    if (look.gap_months > 0 && own.number > 1 && &own == &awaited.front()) {
      forecast.notes.push_back("When the look before " + name +
                               " was held is not known: min_gap_months is left aside.");
      look.gap_months = 0;
    }
    looks.await(own.number, look);
  }
}

/// Patients and events by each month after the cut.
class MonthsToCome {
 public:
  explicit MonthsToCome(double cut_month) {
    months_.push_back(cut_month);
    for (double month = std::floor(cut_month) + 1; months_.size() <= most_months; ++month) months_.push_back(month);
    patients_.resize(months_.size()), events_.resize(months_.size());
  }

  void add(const TrialsToCome& trial) {
    for (std::size_t m = 0; m < months_.size(); ++m) {
      patients_[m].push_back(until(trial.entries(), months_[m]));
      events_[m].push_back(until(trial.events(), months_[m]));
    }
  }

  /// Until the looks' intervals end.
  void finish(EventForecast& forecast) const {
    double last = months_[fewest_months];
    for (const ForecastLook& look : forecast.looks)
      last = std::max(last, std::isfinite(look.month.upper) ? look.month.upper : months_.back());
    for (std::size_t m = 0; m < months_.size() && (m == 0 || months_[m - 1] < last); ++m) {
      const double tail = (1 - forecast.level) / 2;
      const Spread patients = spread_of(patients_[m], tail), events = spread_of(events_[m], tail);
      forecast.months.push_back(
          {months_[m], patients.mean, patients.lower, patients.upper, events.mean, events.lower, events.upper});
    }
  }

 private:
  std::vector<double> months_;
  std::vector<std::vector<double>> patients_, events_;  // of each month, one a trial
};

std::unique_ptr<const HazardPosterior> posterior_of(const ForecastSpec& spec, const PatientsSoFar& patients,
                                                    std::size_t group) {
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  for (std::size_t i = 0; i < patients.count(); ++i)
    if (patients.group[i] == group) time.push_back(patients.time[i]), event.push_back(patients.event[i]);
  Arena arena;
  if (spec.model == HazardModel::weibull) return weibull_hazard_posterior({time, event}, arena);
  return piecewise_hazard_posterior({time, event}, spec.cuts_months);
}

void count_patients(const PatientsSoFar& patients, EventForecast& forecast) {
  for (const std::string& group : patients.groups) forecast.groups.push_back({.name = group, .median_time = {}});
  for (std::size_t i = 0; i < patients.count(); ++i) {
    ForecastGroup& own = forecast.groups[patients.group[i]];
    ++own.patients, own.events += patients.event[i], own.followed += patients.followed(i);
    own.person_months += patients.time[i];
    ++forecast.patients, forecast.events += patients.event[i], forecast.followed += patients.followed(i);
    forecast.lost += patients.lost[i];
  }
}

void count_seen(const PatientsSoFar& patients, EventForecast& forecast) {
  std::vector<double> entries = patients.entered, events;
  for (std::size_t i = 0; i < patients.count(); ++i)
    if (patients.event[i]) events.push_back(patients.entered[i] + patients.time[i]);
  std::ranges::sort(entries), std::ranges::sort(events);
  for (double month = 0; month < forecast.cut_month; ++month) {
    const double entered = until(entries, month), known = until(events, month);
    forecast.seen.push_back({month, entered, missing, missing, known, missing, missing});
  }
}

/// Null where a group's data give no hazard.
std::vector<std::unique_ptr<const HazardPosterior>> posteriors(const ForecastSpec& spec, const PatientsSoFar& patients,
                                                               Problems& problems) {
  std::vector<std::unique_ptr<const HazardPosterior>> hazards;
  if (patients.count() == 0) problems.add(spec.at.find("data")->place, "forecast.data", "has no patients");
  for (std::size_t g = 0; g < patients.groups.size(); ++g) {
    hazards.push_back(posterior_of(spec, patients, g));
    if (hazards.back()) continue;
    const std::string whose = patients.groups[g].empty() ? "the data" : "'" + patients.groups[g] + "'";
    const bool pieces = spec.model == HazardModel::piecewise_exponential;
    const YamlNode* at = spec.at.find("model");
    problems.add(at ? at->place : spec.at.place, "forecast.model",
                 std::string(name(spec.model)) + " has no estimate: " + whose +
                     (pieces ? " have no events in one of its pieces (fewer cuts_months)"
                             : " have too few events, or nearly all at one time"));
  }
  return hazards;
}

}  // namespace

std::vector<AwaitedLook> awaited_looks(const Design& design, const MonitoredTrial& monitored) {
  std::vector<AwaitedLook> awaited;
  if (monitored.looks.empty())
    for (std::size_t k = 0; k < design.looks().size(); ++k) awaited.push_back({k + 1, k});
  for (std::size_t k = 0; k < monitored.looks.size(); ++k)
    if (monitored.looks[k].outcome == LookOutcome::planned) awaited.push_back({k + 1, monitored.looks[k].planned_as});
  return awaited;
}

EventForecast forecast_events(const ForecastSpec& spec, const PatientsSoFar& patients, const Scenario& scenario,
                              const std::vector<AwaitedLook>& awaited, Problems& problems) {
  EventForecast forecast;
  auto hazards = posteriors(spec, patients, problems);
  if (!problems.empty()) return forecast;
  forecast.endpoint = patients.endpoint, forecast.model = spec.model;
  forecast.cut_month = spec.month, forecast.level = spec.level, forecast.trials = spec.trials;
  count_patients(patients, forecast), count_seen(patients, forecast);
  const std::size_t of_design = scenario.design->planned_patients();
  const std::size_t planned = spec.patients.value_or(of_design > 0 ? of_design : scenario.trial->patients());
  forecast.to_enter = planned > patients.count() ? planned - patients.count() : 0;
  if (planned < patients.count())
    forecast.notes.push_back("More patients are in the data than the " + std::to_string(planned) + " planned.");
  LooksToCome looks(spec, *scenario.design);
  await_looks(awaited, patients, scenario, looks, forecast);
  MonthsToCome months(spec.month);
  TrialsToCome trial(spec, patients, std::move(hazards), forecast.to_enter);
  std::vector<double> rates;
  std::vector<std::vector<double>> medians(patients.groups.size());
  for (std::uint32_t k = 0; k < spec.trials; ++k) {
    trial.go_on(k);
    looks.add(trial), months.add(trial);
    rates.push_back(trial.entries_per_month());
    for (std::size_t g = 0; g < medians.size(); ++g) medians[g].push_back(trial.median_time(g));
  }
  looks.finish(forecast), months.finish(forecast);
  if (forecast.to_enter > 0) forecast.rate = range_of(rates, spec.level);
  for (std::size_t g = 0; g < medians.size(); ++g) forecast.groups[g].median_time = range_of(medians[g], spec.level);
  if (!spec.lost) forecast.notes.push_back("No column says who is lost: nobody is taken to be, now or later.");
  return forecast;
}

}  // namespace oligosim
