// What the keys of a trial under way mean.
#include "models/schema/notes.hpp"

namespace oligosim {

std::span<const KeyNote> monitoring_notes() {
  static constexpr KeyNote notes[] = {
      {"monitoring.title", "What the page is headed with."},
      {"monitoring.study", "File of the study that planned the trial, beside this one: its design is the trial's."},
      {"monitoring.scenario", "The scenario whose design it is, where scenarios change it; the first unless said."},
      {"monitoring.plan",
       "File of the plan that analyses the data of looks; it has an analysis with the name of the design's primary "
       "one."},
      {"monitoring.looks", "The looks held so far, in their order."},
      {"monitoring.looks.events", "Events known at the look; of data, those of the primary analysis unless said."},
      {"monitoring.looks.information",
       "Fraction of the information planned at the end, of a design whose looks count no events; as planned unless "
       "said."},
      {"monitoring.looks.z",
       "The signed statistic of the primary analysis; positive where it favours the experimental arm."},
      {"monitoring.looks.standard_error", "Of the log hazard ratio; from the events (Schoenfeld 1981) unless said."},
      {"monitoring.looks.data", "CSV file of the patients as they were at the look, beside this one."},
      {"monitoring.looks.last",
       "Whether the trial ends with this look, whatever is missing of the information planned: it spends what is left "
       "of the level."},
      {"monitoring.forecast", "When the looks to come are due, from the patients on the day of a data cut."},
      {"forecast.data", "CSV file of the patients who have entered, as they were at the data cut, beside this one."},
      {"forecast.month", "Month of the data cut since the study opened."},
      {"forecast.entered", "Column of the data: when the patient entered, since the study opened, in the plan's time "
                           "unit."},
      {"forecast.lost", "Column of the data: 1 of a patient who is not followed any more, else 0. Nobody unless said."},
      {"forecast.by", "Column of groups that have a hazard each; all patients have one unless said."},
      {"forecast.endpoint", "Endpoint of the plan whose events are forecast; that of the primary analysis unless said."},
      {"forecast.model", "How the hazard of the event may depend on the time since entry."},
      {"forecast.cuts_months", "Months since entry at which a piecewise constant hazard changes."},
      {"forecast.patients", "Patients who enter in all; as many as the study says unless said."},
      {"forecast.rate_per_month", "Patients a month from the data cut on; found in the data unless said."},
      {"forecast.rate_over_months", "Months before the data cut whose entries say how many enter from then on."},
      {"forecast.events", "Numbers of events whose month is wanted, besides those of the looks to come."},
      {"forecast.level", "Of the intervals: the share of trials as they may go on."},
      {"forecast.trials", "Trials as they may go on that are simulated."},
      {"forecast.seed", "Names the random streams of the forecast."},

      {"monitoring.hazard_ratios", "True hazard ratios from here on at which the power of what is left is wanted."},
  };
  return notes;
}

}  // namespace oligosim
