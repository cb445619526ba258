#include "models/monitoring/monitoring_page.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/analysis_page.hpp"
#include "models/monitoring/forecast_page.hpp"

namespace oligosim {
namespace {

std::string number(double x, int digits) { return std::isfinite(x) ? rounded(x, digits) : ""; }

std::string effect_name(const MonitoredTrial& trial) { return trial.of_ratio ? "hazard ratio" : "effect"; }

std::string range(double lower, double upper) {
  return std::isnan(lower) || std::isnan(upper) ? "" : rounded(lower, 3) + " to " + rounded(upper, 3);
}

/// "look 2 (70 events)"
std::string look_in_words(const MonitoredTrial& trial, std::size_t number_of) {
  const MonitoredLook& look = trial.looks[number_of - 1];
  const std::string counted = std::isnan(look.events) ? percent(look.stage->information) + " of the information"
                                                      : shortest(look.events) + " events";
  return "look " + std::to_string(number_of) + " (" + counted + ")";
}

std::size_t held(const MonitoredTrial& trial) {
  std::size_t count = 0;
  for (const MonitoredLook& look : trial.looks) count += look.outcome != LookOutcome::planned;
  return count;
}

std::string what_it_says(const MonitoredLook& look) {
  switch (look.outcome) {
    case LookOutcome::efficacy:
      return "reaches the boundary: efficacy is claimed";
    case LookOutcome::harm:
      return "reaches the lower boundary: the experimental arm is worse";
    case LookOutcome::futility:
      return "is below the boundary for futility, " + rounded(look.stage->futility, 4);
    case LookOutcome::no_claim:
      return "does not reach the boundary, and the trial ends: no claim";
    case LookOutcome::goes_on:
    case LookOutcome::planned:
      break;
  }
  return "reaches no boundary: the trial goes on";
}

/// Shares that are next to nothing or to all are told as such.
std::string power_text(double power) {
  return power < 0.001 ? "below 0.1 %" : power > 0.999 ? "above 99.9 %" : percent(power);
}

std::string in_words(const MonitoredTrial& trial, const PowerToCome& p) {
  switch (p.assumption) {
    case Assumption::hazard_ratio:
      return "at a hazard ratio of " + rounded(p.hazard_ratio, 3);
    case Assumption::as_seen:
      return "if the effect is as seen";
    case Assumption::null_hypothesis:
      return trial.of_ratio ? "at " + rounded(p.hazard_ratio, 3) + ", the null hypothesis,"
                            : "under the null hypothesis";
    case Assumption::averaged:
      break;
  }
  return "averaged over what is not known of the effect";
}

std::string power_of(const MonitoredTrial& trial) {
  std::vector<std::string> parts;
  for (const PowerToCome& p : trial.power)
    if (!std::isnan(p.power)) parts.push_back(power_text(p.power) + " " + in_words(trial, p));
  std::string text = std::string("The power of what is left") + (trial.two_sided ? ", of either claim, is " : " is ");
  for (std::size_t k = 0; k < parts.size(); ++k)
    text += (k == 0 ? "" : k + 1 == parts.size() ? " and " : ", ") + parts[k];
  return text + ".";
}

/// "repeated 95 % interval of the hazard ratio"
std::string repeated_name(const MonitoredTrial& trial) {
  return "repeated " + percent(trial.repeated_level) + " interval of the " + effect_name(trial);
}

HtmlTable boundaries_table(const MonitoredTrial& trial) {
  HtmlTable table{.caption = std::string("Boundaries of the looks held and planned; p of one tail") +
                             (trial.two_sided ? "; the same below 0" : ""),
                  .header = {"look", "events", "information", "level spent", "efficacy z", "efficacy p",
                             effect_name(trial) + " at the boundary", "futility z"},
                  .rows = {}};
  for (std::size_t k = 0; k < trial.looks.size(); ++k) {
    const MonitoredLook& look = trial.looks[k];
    table.rows.push_back({std::to_string(k + 1), number(look.events, 6), number(look.stage->information, 4),
                          number(look.stage->level_spent, 4), number(look.stage->efficacy, 5),
                          number(normal_cdf(-look.stage->efficacy), 3), number(look.effect_at_boundary, 3),
                          number(look.stage->futility, 4)});
  }
  return table;
}

HtmlTable results_table(const MonitoredTrial& trial) {
  HtmlTable table{.caption = trial.two_sided ? "What the looks held have shown; p values of the tail where z lies"
                                             : "What the looks held have shown; p values one-sided",
                  .header = {"look", "outcome", "z", "p", "repeated p", repeated_name(trial)},
                  .rows = {},
                  .text_columns = 2};
  for (std::size_t k = 0; k < held(trial); ++k) {
    const MonitoredLook& look = trial.looks[k];
    table.rows.push_back({std::to_string(k + 1), name(look.outcome), number(look.z, 4), number(look.p, 3),
                          number(look.repeated_p, 3), range(look.repeated_lower, look.repeated_upper)});
  }
  return table;
}

LineFigure boundaries_figure(const MonitoredTrial& trial) {
  const bool by_events = !std::isnan(trial.looks.front().events);
  LineFigure figure{.text = {"Looks and boundaries",
                             "The statistic z of the primary analysis at each look held, and the boundaries at the "
                             "information that the looks turned out to have; of looks to come, as planned.",
                             ""},
                    .x_label = by_events ? "Events" : "Information",
                    .y_label = "z",
                    .series = {{"efficacy", {}, {}, {}, {}}}};
  LineFigure::Series futility{"futility", {}, {}, {}, {}}, seen{"seen", {}, {}, {}, {}};
  for (const MonitoredLook& look : trial.looks) {
    const double x = by_events ? look.events : look.stage->information;
    if (std::isfinite(look.stage->efficacy)) {
      figure.series.front().x.push_back(x);
      figure.series.front().y.push_back(look.stage->efficacy);
    }
    if (std::isfinite(look.stage->futility)) futility.x.push_back(x), futility.y.push_back(look.stage->futility);
    if (look.outcome != LookOutcome::planned) seen.x.push_back(x), seen.y.push_back(look.z);
  }
  if (trial.two_sided) {
    LineFigure::Series harm = figure.series.front();
    harm.name = "harm";
    for (double& y : harm.y) y = -y;
    figure.series.push_back(harm);
  }
  if (!futility.x.empty()) figure.series.push_back(futility);
  figure.series.push_back(seen);
  return figure;
}

HtmlTable power_table(const MonitoredTrial& trial) {
  HtmlTable table{.caption = "Power of what is left, by what is assumed from here on",
                  .header = {"assumption", "hazard ratio", "power"},
                  .rows = {}};
  for (const PowerToCome& p : trial.power)
    table.rows.push_back(
        {name(p.assumption), number(p.hazard_ratio, 4), std::isnan(p.power) ? "" : power_text(p.power)});
  return table;
}

HtmlTable estimates_table(const MonitoredTrial& trial) {
  HtmlTable table{.caption = "Estimates at " + look_in_words(trial, trial.decided_at),
                  .header = {"estimate", "interval", "value", "p (two-sided)"},
                  .rows = {},
                  .text_columns = 2};
  for (std::size_t k = 0; k < trial.labels.size(); ++k) {
    const Estimate& e = trial.estimates[k];
    table.rows.push_back({trial.labels[k].parameter, trial.labels[k].interval, estimate_text(trial.labels[k], e),
                          std::isnan(e.p_value) ? "" : p_value_text(e.p_value)});
  }
  return table;
}

constexpr const char* method =
    "<h2>Method</h2>\n<p>Boundaries are those of the design at the information that the looks turned out to have (Lan "
    "and DeMets 1983; Jennison and Turnbull 2000): the level spent by then, and at the last look all that is left. The "
    "p value, the median-unbiased estimate and its interval are those of a trial that ended there, by the stage-wise "
    "ordering (Tsiatis, Rosner and Mehta 1984). Repeated intervals and p values hold at every look, whatever makes the "
    "trial stop; there are none where futility binds. Information of a log hazard ratio is from its standard error "
    "where that is known, else from the "
    "events "
    "(Schoenfeld 1981). Conditional power is the probability of reaching a boundary for efficacy at one of the looks "
    "to "
    "come, futility left aside, given z now; averaged over what is not known of the effect it is the predictive power "
    "without a prior opinion (Spiegelhalter, Freedman and Blackburn 1986).</p>\n";

}  // namespace

std::vector<std::string> monitoring_texts(const MonitoredTrial& trial) {
  std::vector<std::string> texts;
  if (trial.looks.empty()) return texts;
  const std::size_t last = held(trial), told = trial.decided_at > 0 ? trial.decided_at : last;
  const MonitoredLook& look = trial.looks[told - 1];
  texts.push_back("At " + look_in_words(trial, told) + " z is " + rounded(look.z, 4) + ", the boundary " +
                  (trial.two_sided ? "±" : "") + rounded(look.stage->efficacy, 4) + ". It " + what_it_says(look) + ".");
  if (!std::isnan(look.repeated_lower))
    texts.push_back("R" + repeated_name(trial).substr(1) + ": " + range(look.repeated_lower, look.repeated_upper) +
                    ".");
  if (!trial.labels.empty()) {
    const Estimate& e = trial.estimates.front();
    if (!std::isnan(e.estimate))
      texts.push_back("Median-unbiased " + effect_name(trial) + " with its " + percent(trial.confidence) +
                      " interval: " + estimate_text(trial.labels.front(), e) + ".");
    texts.push_back("Two-sided p " + p_value_text(e.p_value) + " by the stage-wise ordering.");
  }
  if (!trial.power.empty()) texts.push_back(power_of(trial));
  for (const std::string& note : trial.notes) texts.push_back(note);
  return texts;
}

std::string monitoring_page(const TrialSoFar& trial, const MonitoredTrial& shown, const EventForecast* forecast,
                            const MonitoringFacts& facts) {
  std::string body = "<h1>" + html_escaped(trial.title) + "</h1>\n<p class=\"lead\">Looks at " +
                     html_escaped(shown.primary) + " in a trial planned as: " + html_escaped(facts.study) + "</p>\n";
  std::vector<std::string> texts = monitoring_texts(shown);
  if (forecast) std::ranges::copy(forecast_texts(*forecast), std::back_inserter(texts));
  for (const std::string& text : texts) body += "<p>" + html_escaped(text) + "</p>\n";
  if (!shown.looks.empty())
    body += "<h2>Looks</h2>\n" + to_html(boundaries_figure(shown)) + to_html(boundaries_table(shown)) +
            to_html(results_table(shown));
  if (!shown.labels.empty()) body += "<h2>Estimates</h2>\n" + to_html(estimates_table(shown));
  if (!shown.power.empty()) body += "<h2>Power of what is left</h2>\n" + to_html(power_table(shown));
  if (forecast) body += forecast_section(*forecast);
  if (!shown.looks.empty()) body += method;
  body += "<h2>How to make this again</h2>\n<p>" + html_escaped(facts.program) + "</p>\n" +
          preformatted("command", facts.command) + preformatted("trial", to_yaml(trial.document));
  return html_page(trial.title, body);
}

}  // namespace oligosim
