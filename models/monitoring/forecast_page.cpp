#include "models/monitoring/forecast_page.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"

namespace oligosim {
namespace {

std::string months_text(double x) { return std::isfinite(x) ? rounded(x, 3) : "never"; }

/// "27.3 (24.5 to 31.6)"
std::string range_text(const ForecastRange& r) {
  return months_text(r.median) + " (" + months_text(r.lower) + " to " + months_text(r.upper) + ")";
}

std::string rounded_range(const ForecastRange& r) {
  return rounded(r.median, 3) + " (" + rounded(r.lower, 3) + " to " + rounded(r.upper, 3) + ")";
}

/// "Look 2 (132 events)", "100 events"
std::string look_name(const ForecastLook& look) {
  const std::string events = look.events > 0 ? std::to_string(look.events) + " events" : "";
  if (look.look == 0) return events;
  return "Look " + std::to_string(look.look) + (events.empty() ? "" : " (" + events + ")");
}

/// Shares that are next to all are not rounded to it.
std::string share_text(double share) { return share > 0.999 && share < 1 ? "above 99.9 %" : percent(share); }

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string sentence(const EventForecast& forecast, const ForecastLook& look) {
  const bool past = look.month.upper <= forecast.cut_month, is_look = look.look > 0;
  const std::string due = is_look ? (past ? " was due" : " is due") : (past ? " were known" : " will be known");
  std::string text = look_name(look);
  if (std::isinf(look.month.median))
    return text + (is_look ? " comes in " : " come in ") + share_text(look.share) + " of trials as they may go on.";
  text += due + " in month " + months_text(look.month.median);
  if (look.month.lower < look.month.upper)
    text += " (" + percent(forecast.level) + ": " + months_text(look.month.lower) + " to " +
            months_text(look.month.upper) + ")";
  if (look.share < 1)
    text += is_look ? "; it has what it waits for by then in " + share_text(look.share) +
                          " of trials as they may go on, in the others it is held at the latest month without"
                    : ", in " + share_text(look.share) + " of trials as they may go on";
  return text + ".";
}

std::string interval_name(const EventForecast& forecast) { return percent(forecast.level) + " interval"; }

HtmlTable looks_table(const EventForecast& forecast) {
  HtmlTable table{.caption = "When looks and events are due, in months since the study opened",
                  .header = {"awaited", "median", interval_name(forecast), "Monte Carlo error", "comes by then in"},
                  .rows = {}};
  for (const ForecastLook& look : forecast.looks)
    table.rows.push_back({look_name(look), months_text(look.month.median),
                          months_text(look.month.lower) + " to " + months_text(look.month.upper),
                          std::isnan(look.mcse) ? "" : rounded(look.mcse, 2), share_text(look.share)});
  return table;
}

HtmlTable groups_table(const EventForecast& forecast) {
  HtmlTable table{.caption = "What the forecast rests on; months from entry to the event under the model",
                  .header = {"group", "patients", "events", "followed", "patient-months",
                             "median (" + interval_name(forecast) + ")"},
                  .rows = {}};
  for (const ForecastGroup& group : forecast.groups)
    table.rows.push_back({group.name.empty() ? "all" : group.name, std::to_string(group.patients),
                          std::to_string(group.events), std::to_string(group.followed), rounded(group.person_months, 4),
                          range_text(group.median_time)});
  return table;
}

/// Patients or events by month: seen, and forecast with its range.
LineFigure by_month(const EventForecast& forecast, bool events) {
  LineFigure figure{.text = {events ? "Events by month" : "Patients by month",
                             std::string(events ? "Events of " + forecast.endpoint + " known" : "Patients entered") +
                                 " until the data cut, and as the trial may go on: mean and " +
                                 interval_name(forecast) + " by month since the study opened.",
                             ""},
                    .x_label = "Months since the study opened",
                    .y_label = events ? "Events" : "Patients",
                    .points = false,
                    .interval = LineFigure::Interval::ribbon,
                    .lines = {},
                    .marks = {{"data cut", forecast.cut_month}},
                    .series = {{"seen", {}, {}, {}, {}}, {"forecast", {}, {}, {}, {}}}};
  LineFigure::Series &seen = figure.series[0], &to_come = figure.series[1];
  for (const ForecastMonth& m : forecast.seen) {
    seen.x.push_back(m.month);
    seen.y.push_back(events ? m.events : m.patients);
  }
  const ForecastMonth& now = forecast.months.front();
  seen.x.push_back(now.month), seen.y.push_back(events ? now.events : now.patients);
  for (const ForecastMonth& m : forecast.months) {
    to_come.x.push_back(m.month);
    to_come.y.push_back(events ? m.events : m.patients);
    to_come.lower.push_back(events ? m.events_lower : m.patients_lower);
    to_come.upper.push_back(events ? m.events_upper : m.patients_upper);
  }
  for (const ForecastLook& look : forecast.looks)
    if (events && look.events > forecast.events)
      figure.lines.push_back(
          {look.look > 0 ? "look " + std::to_string(look.look) : look_name(look), static_cast<double>(look.events)});
  return figure;
}

std::string method_of(const EventForecast& forecast) {
  std::string hazard;
  switch (forecast.model) {
    case HazardModel::exponential:
      hazard = "One hazard for all times, gamma distributed given the events and the time at risk";
      break;
    case HazardModel::piecewise_exponential:
      hazard =
          "Hazards that are constant in pieces of the time since entry, each gamma distributed given its events "
          "and its time at risk";
      break;
    case HazardModel::weibull:
      hazard =
          "A Weibull distribution: the log of its shape normal about the maximum-likelihood estimate, its rate "
          "gamma distributed given the shape";
      break;
  }
  return hazard + (forecast.groups.size() > 1 ? ", in each group by itself" : "") + ". Each of " +
         std::to_string(forecast.trials) +
         " trials draws them, and the rates of losses and entries, anew from what the data say (Bagiella and Heitjan "
         "2001; Ying and Heitjan 2008; Anisimov and Fedorov 2007), and goes on from the data cut: who is followed and "
         "has no event there has it later, or is lost. Patients who enter later are like those so far.";
}

}  // namespace

std::vector<std::string> forecast_texts(const EventForecast& forecast) {
  const std::string rate =
      forecast.rate.lower < forecast.rate.upper ? rounded_range(forecast.rate) : rounded(forecast.rate.median, 3);
  std::vector<std::string> texts = {
      "At the data cut, month " + rounded(forecast.cut_month, 4) + ", " + counted(forecast.events, "event") + " of " +
      forecast.endpoint + " " + (forecast.events == 1 ? "is" : "are") + " known in " +
      counted(forecast.patients, "patient") + "; " + std::to_string(forecast.followed) +
      (forecast.followed == 1 ? " is" : " are") + " followed without" +
      (forecast.lost > 0 ? ", " + std::to_string(forecast.lost) + " lost" : "") +
      (forecast.to_enter > 0 ? ", and " + std::to_string(forecast.to_enter) + " to enter, " + rate + " a month."
                             : ".")};
  for (const ForecastLook& look : forecast.looks) texts.push_back(sentence(forecast, look));
  for (const std::string& note : forecast.notes) texts.push_back(note);
  return texts;
}

std::string forecast_section(const EventForecast& forecast) {
  std::string body = "<h2>When events will be known</h2>\n" + to_html(by_month(forecast, true));
  if (!forecast.looks.empty()) body += to_html(looks_table(forecast));
  if (forecast.to_enter > 0) body += to_html(by_month(forecast, false));
  return body + to_html(groups_table(forecast)) + "<p>" + html_escaped(method_of(forecast)) + "</p>\n";
}

}  // namespace oligosim
