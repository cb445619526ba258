#include "models/monitoring/monitoring_files.hpp"

#include "engine/io/csv.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {

std::string looks_csv(const MonitoredTrial& trial) {
  CsvWriter csv({"look", "outcome", "events", "information", "level_spent", "boundary_z", "boundary_p",
                 "boundary_effect", "futility_z", "z", "p_value", "repeated_p_value", "repeated_lower",
                 "repeated_upper"});
  long long number = 0;
  for (const MonitoredLook& look : trial.looks) {
    const SequentialStage& stage = *look.stage;
    csv.field(++number).field(name(look.outcome)).field(look.events).field(stage.information);
    csv.field(stage.level_spent).field(stage.efficacy).field(normal_cdf(-stage.efficacy));
    csv.field(look.effect_at_boundary).field(stage.futility);
    for (const double x : {look.z, look.p, look.repeated_p, look.repeated_lower, look.repeated_upper}) csv.field(x);
    csv.end_row();
  }
  return csv.text();
}

std::string conditional_power_csv(const MonitoredTrial& trial) {
  CsvWriter csv({"assumption", "hazard_ratio", "power"});
  for (const PowerToCome& to_come : trial.power) {
    csv.field(name(to_come.assumption)).field(to_come.hazard_ratio).field(to_come.power);
    csv.end_row();
  }
  return csv.text();
}

std::string forecast_csv(const EventForecast& forecast) {
  CsvWriter csv({"look", "events", "month", "lower", "upper", "mcse", "share"});
  const auto number_or_none = [&](std::size_t number) {
    if (number > 0)
      csv.field(static_cast<long long>(number));
    else
      csv.field("");
  };
  for (const ForecastLook& look : forecast.looks) {
    number_or_none(look.look), number_or_none(look.events);
    for (const double x : {look.month.median, look.month.lower, look.month.upper, look.mcse, look.share}) csv.field(x);
    csv.end_row();
  }
  return csv.text();
}

std::string forecast_by_month_csv(const EventForecast& forecast) {
  CsvWriter csv({"month", "patients", "patients_lower", "patients_upper", "events", "events_lower", "events_upper"});
  for (const std::vector<ForecastMonth>* part : {&forecast.seen, &forecast.months})
    for (const ForecastMonth& m : *part) {
      for (const double x :
           {m.month, m.patients, m.patients_lower, m.patients_upper, m.events, m.events_lower, m.events_upper})
        csv.field(x);
      csv.end_row();
    }
  return csv.text();
}

}  // namespace oligosim
