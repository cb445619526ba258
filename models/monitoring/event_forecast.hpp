#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/monitoring/forecast_spec.hpp"
#include "models/monitoring/monitoring.hpp"
#include "models/monitoring/patients_so_far.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

/// Median and interval over trials as they may go on; infinity: in half of them, or more, never.
struct ForecastRange {
  double median = missing, lower = missing, upper = missing;
};

/// When a look is due, or so many events are known.
struct ForecastLook {
  std::size_t look = 0;    // from 1; 0: events that the document asks for
  std::size_t events = 0;  // 0: of a look that waits for something else
  ForecastRange month;     // since the study opened; of a look at most the latest month of the design
  double mcse = missing;   // of the median
  double share = missing;  // of trials in which what it waits for comes by then, or, of events asked for, ever
};

/// A look of the design that is still to be held.
struct AwaitedLook {
  std::size_t number;    // of the trial's looks, from 1
  std::size_t position;  // of the design's, from 0
};
/// All of them where none was held, else those that the trial, as it is monitored, has before it.
std::vector<AwaitedLook> awaited_looks(const Design& design, const MonitoredTrial& monitored);

/// Patients and events by a month, means over trials with their ranges.
struct ForecastMonth {
  double month = 0;
  double patients = 0, patients_lower = 0, patients_upper = 0;
  double events = 0, events_lower = 0, events_upper = 0;
};

/// What is known of a group on the day of the data cut, and the median time to the event that follows from it.
struct ForecastGroup {
  std::string name;  // empty: all patients
  std::size_t patients = 0, events = 0, followed = 0;
  double person_months = 0;
  ForecastRange median_time;
};

struct EventForecast {
  std::string endpoint;
  HazardModel model = HazardModel::exponential;
  double cut_month = 0, level = 0;
  std::size_t trials = 0;
  std::size_t patients = 0, events = 0, followed = 0, lost = 0;  // in the data
  std::size_t to_enter = 0;
  ForecastRange rate;  // of entries a month; missing where nobody is to enter
  std::vector<ForecastGroup> groups;
  std::vector<ForecastLook> looks;
  std::vector<ForecastMonth> seen;    // by whole months until the cut, without ranges
  std::vector<ForecastMonth> months;  // from the cut on
  std::vector<std::string> notes;
};

/// When the events of a trial under way will be known, over trials that go on from here (TrialsToCome), and with them
/// the looks that are awaited and wait for these events, or for dates and patients. Of a design that changes the trial
/// at a look the first alone. Mistakes go to `problems`.
EventForecast forecast_events(const ForecastSpec& spec, const PatientsSoFar& patients, const Scenario& scenario,
                              const std::vector<AwaitedLook>& awaited, Problems& problems);

}  // namespace oligosim
