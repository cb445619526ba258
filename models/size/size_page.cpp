#include "models/size/size_page.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/size/size_files.hpp"

namespace oligosim {
namespace {

/// Points with fewer replicates are too rough to be drawn.
constexpr std::uint64_t fewest_drawn = 2000;

bool shown(const SizePoint& p) { return p.answers.n + p.answers.missing + p.answers.infinite >= fewest_drawn; }

std::string value_text(const SizeWanted& wanted, double value) {
  return wanted.power ? percent(value) : rounded(value, 4);
}

std::string with_error(double value, double error, int digits) {
  return rounded(value, digits) + " ± " + rounded(error, 2);
}

std::string answer_table(const SizedStudy& study, const SizeResult& result) {
  const SizeWanted& wanted = study.wanted();
  const bool events = study.events(study.own_size()) > 0;
  const bool responses = !std::isnan(result.scenarios.front().response);
  HtmlTable table{.caption =
                      "What each scenario wants: the smallest size, its 95 % Monte Carlo interval, and what a "
                      "formula says where there is one",
                  .header = {"scenario", "status", counted_in(wanted), "from", "to", "by formula"},
                  .rows = {},
                  .text_columns = 2};
  if (events) table.header.emplace_back(wanted.of == SizeWanted::Of::events ? "patients" : "events");
  if (responses) table.header.insert(table.header.end(), {"response", "every larger from", "claims efficacy at p0"});
  for (const SizeOfScenario& s : result.scenarios) {
    const auto count = [](std::size_t n) { return n == 0 ? std::string("NA") : std::to_string(n); };
    table.rows.push_back({s.scenario, spaced(name_of(s.status)), count(s.size), count(s.lower), count(s.upper),
                          count(s.formula.value_or(0))});
    std::vector<std::string>& line = table.rows.back();
    if (events)
      line.push_back(count(wanted.of == SizeWanted::Of::events ? study.patients(s.size) : study.events(s.size)));
    if (responses)
      line.insert(line.end(),
                  {with_error(s.response, s.response_error, 4), count(s.every_larger.value_or(0)), percent(s.level)});
  }
  return to_html(table);
}

LineFigure curve_figure(const SizedStudy& study, const SizeResult& result) {
  const SizeWanted& wanted = study.wanted();
  const double level = wanted.power ? *wanted.power : *wanted.interval_width;
  const std::string counted = counted_in(wanted);
  LineFigure figure{
      .text =
          {wanted.power ? "Power by size" : "Width of the interval by size",
           "As simulated, with 95 % Monte Carlo intervals; where there is a formula, what it says at the same sizes. "
           "The lines are what is wanted and the size that has it.",
           size_verdict(study, result)},
      .x_label = counted == "events" ? "Events" : "Patients",
      .y_label = wanted.power ? "Power (%)" : "Mean width",
      .share = wanted.power.has_value(),
      .interval = LineFigure::Interval::ribbon,
      .lines = {{value_text(wanted, level) + " wanted", level}},
      .marks = {{std::to_string(result.size) + " " + counted, static_cast<double>(result.size)}}};
  for (const SizeOfScenario& s : result.scenarios) {
    LineFigure::Series simulated{.name = s.scenario}, formula{.name = s.scenario + ", formula"};
    for (std::size_t i = 0; i < s.curve.size(); ++i) {
      if (!shown(s.curve[i])) continue;
      const Measure m = answer_of(s.curve[i], wanted);
      const auto x = static_cast<double>(s.curve[i].size);
      simulated.x.push_back(x), simulated.y.push_back(m.value);
      simulated.lower.push_back(m.lower), simulated.upper.push_back(m.upper);
      if (!std::isnan(s.formula_at[i])) formula.x.push_back(x), formula.y.push_back(s.formula_at[i]);
    }
    figure.series.push_back(std::move(simulated));
    if (!formula.x.empty()) figure.series.push_back(std::move(formula));
  }
  return figure;
}

/// What each size has and takes, in one scenario.
std::string trade_table(const SizedStudy& study, const SizeOfScenario& s, std::size_t answer) {
  const bool cost = study.wanted().cost.known();
  HtmlTable table{.caption = "Scenario " + s.scenario +
                             ": what a size has, and what the trial takes on average; ± Monte Carlo standard error",
                  .header = {"", "patients", "events planned", study.wanted().power ? "power" : "width", "replicates",
                             "by formula", "patients entered", "events", "months"},
                  .rows = {},
                  .text_columns = 1};
  if (cost) table.header.emplace_back("cost");
  for (std::size_t i = 0; i < s.curve.size(); ++i) {
    const SizePoint& p = s.curve[i];
    if (!shown(p)) continue;
    const Measure m = answer_of(p, study.wanted());
    const std::size_t events = study.events(p.size);
    const auto shown_value = [&](double x) { return value_text(study.wanted(), x); };
    const auto average = [](const Moments& x) { return with_error(mean(x).value, mean(x).mcse, 4); };
    table.rows.push_back({p.size == answer ? "recommended" : "", std::to_string(study.patients(p.size)),
                          events == 0 ? "" : std::to_string(events), shown_value(m.value) + " ± " + shown_value(m.mcse),
                          std::to_string(m.n_replicates + m.n_missing),
                          std::isnan(s.formula_at[i]) ? "" : shown_value(s.formula_at[i]), average(p.patients),
                          average(p.events), average(p.months)});
    if (cost) table.rows.back().push_back(average(p.cost));
  }
  return to_html(table);
}

std::string method_section(const SizedStudy& study, const SizeResult& result) {
  std::string text = size_rule(study) + " ";
  if (!std::isnan(result.scenarios.front().response))
    text +=
        "Power is exact: the sum of binomial probabilities at the probability of response of each scenario, given "
        "or simulated. It goes up and down in a sawtooth with the size; the size is the smallest that has what is "
        "wanted (A'Hern 2001) unless the design says every_larger.";
  else
    text += std::string("Near the size the ") +
            (study.wanted().power ? "probit of the power is taken to go in a straight line with the root of the "
                                    "information (events where the design counts them, else patients)"
                                  : "log of the mean width is taken to go in a straight line with the log of the "
                                    "information (events where the design counts them, else patients)") +
            ", fitted to sizes from 0.8 to 1.25 times the answer. Its interval holds the Monte Carlo error alone, with "
            "sizes that share random numbers taken together (sandwich estimator, Liang and Zeger 1986); replicates "
            "were added until it was ± " +
            percent(study.wanted().precision) + " of the size.";
  return "<h2>Method</h2>\n<p>" + html_escaped(text) + " A replicate has the same patients at every size.</p>\n";
}

}  // namespace

std::string size_page(const SizedStudy& study, const SizeResult& result, const SizeFacts& facts) {
  std::string body = "<h1>" + html_escaped(facts.title) + "</h1>\n<p class=\"lead\">" +
                     html_escaped(size_verdict(study, result)) + "</p>\n" + answer_table(study, result) +
                     to_html(curve_figure(study, result)) + "<h2>What each size takes</h2>\n";
  for (const SizeOfScenario& s : result.scenarios) body += trade_table(study, s, result.size);
  body += method_section(study, result) + "<h2>How to make this again</h2>\n<p>" + html_escaped(facts.program) +
          "</p>\n" + preformatted("command", facts.command) + preformatted("study", facts.study);
  return html_page(facts.title, body);
}

}  // namespace oligosim
