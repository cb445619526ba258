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
      {"monitoring.hazard_ratios", "True hazard ratios from here on at which the power of what is left is wanted."},
  };
  return notes;
}

}  // namespace oligosim
