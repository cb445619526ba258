#include "models/study/page/study_page.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"
#include "models/study/page/design_page.hpp"
#include "models/study/page/distribution_page.hpp"
#include "models/study/page/failure_page.hpp"
#include "models/study/page/formula_cells.hpp"
#include "models/study/page/interval_page.hpp"
#include "models/study/page/operating_page.hpp"
#include "models/study/page/sample_page.hpp"
#include "models/study/page/verdict_page.hpp"
#include "models/study/posterior_draws.hpp"
#include "models/study/without_visits.hpp"

namespace oligosim {
namespace {

std::string describe(const EstimateLabel& l) {
  std::string text = l.analysis;
  for (const std::string& part : {l.group, l.term, l.parameter})
    if (!part.empty()) text += ", " + part;
  if (!std::isnan(l.at)) text += " at " + shortest(l.at);
  if (!l.interval.empty()) text += " (" + l.interval + ")";
  return text;
}

bool same(const EstimateLabel& a, const EstimateLabel& b) { return describe(a) == describe(b); }

const SummaryRow* metric_of(std::span<const SummaryRow> rows, const SummaryRow& of, const char* metric) {
  for (const SummaryRow& r : rows)
    if (r.scenario == of.scenario && r.metric == metric && same(r.label, of.label)) return &r;
  return nullptr;
}

std::string value_of(const SummaryRow* row, int digits) {
  if (!row || std::isnan(row->measure.value)) return "NA";
  return rounded(row->measure.value, digits) + " ± " + rounded(row->measure.mcse, 2);
}

/// How often any analysis of a family rejects.
std::string families_section(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{.caption =
                      "Share of replicates in which at least one of their analyses rejects at the "
                      "study's level; beside it, what as many independent tests do if nothing is there.",
                  .header = {"family", "analyses", "independent"},
                  .rows = {},
                  .text_columns = 1};
  const Scenario& first = study.scenarios.front();
  for (const Scenario& s : study.scenarios) table.header.push_back(s.name);
  for (const Family& family : first.families) {
    const auto tests = static_cast<double>(family.labels.size());
    table.rows.push_back(
        {family.name, std::to_string(family.labels.size()), percent(1 - std::pow(1 - first.design->alpha(), tests))});
    for (const Scenario& s : study.scenarios)
      table.rows.back().push_back(value_of(find_row(rows, s.name, "any_rejects", "final", family.name), 4));
  }
  if (table.rows.empty()) return "";
  return "<h2>How often something is significant</h2>\n" + to_html(table);
}

std::string power_section(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{.caption =
                      "Share of replicates whose analysis rejects at the study's level, at the look where the "
                      "trial stopped; ± Monte Carlo standard error. This is each analysis' own test, without "
                      "the boundaries of the design.",
                  .header = {"analysis"},
                  .rows = {},
                  .text_columns = 1};
  for (const Scenario& s : study.scenarios) table.header.push_back(s.name);
  for (const SummaryRow& r : rows) {
    if (r.metric != "power" || r.scenario != study.scenarios.front().name || r.label.log_scale) continue;
    std::vector<std::string> line = {describe(r.label)};
    for (const Scenario& s : study.scenarios) {
      SummaryRow of = r;
      of.scenario = s.name;
      line.push_back(value_of(metric_of(rows, of, "power"), 4));
    }
    table.rows.push_back(line);
  }
  return table.rows.empty() ? "" : "<h2>Power of each analysis</h2>\n" + to_html(table);
}

/// Which analyses stand for others.
std::string estimand_note(const Plan& plan) {
  std::string text, last;
  for (std::size_t k = 0; k < plan.labels().size(); ++k) {
    const std::string &own = plan.labels()[k].analysis, &other = plan.labels()[plan.estimand(k)].analysis;
    if (own == other || own == last) continue;
    text += (text.empty() ? "Held against the true values of another analysis: " : ", ") + own + " (" + other + ")";
    last = own;
  }
  return text.empty() ? "" : "<p>" + html_escaped(text) + ".</p>\n";
}

std::string estimates_section(const Study& study, std::span<const SummaryRow> rows) {
  std::string html = "<h2>Estimates and their intervals</h2>\n" + estimand_note(*study.scenarios.front().plan);
  for (const Scenario& s : study.scenarios) {
    HtmlTable table{
        .caption = "Scenario " + s.name +
                   ": true value, estimates, coverage of the interval; ± Monte Carlo "
                   "standard error. Bias is on the log scale for ratios." +
                   (s.truth_without_crossover
                        ? " True values are those of the trial in which nobody crosses over or begins another therapy."
                        : ""),
        .header = {"estimate", "truth", "mean", "median", "bias", "coverage", "truth below", "truth above", "missing"},
        .rows = {},
        .text_columns = 1};
    for (const SummaryRow& r : rows) {
      if (r.scenario != s.name || r.metric != "mean" || r.label.log_scale) continue;
      table.rows.push_back({describe(r.label), std::isnan(r.truth) ? "NA" : rounded(r.truth, 4), value_of(&r, 3),
                            value_of(metric_of(rows, r, "median"), 3), value_of(metric_of(rows, r, "bias"), 2),
                            value_of(metric_of(rows, r, "coverage"), 4), value_of(metric_of(rows, r, "miss_below"), 3),
                            value_of(metric_of(rows, r, "miss_above"), 3), percent_of(metric_of(rows, r, "missing"))});
    }
    html += to_html(table);
  }
  return html;
}

/// What it means to know an event only at a visit.
std::string without_visits_section(const Study& study, std::span<const SummaryRow> rows) {
  std::string html;
  for (const Scenario& s : study.scenarios) {
    HtmlTable table{
        .caption = "Scenario " + s.name +
                   ": the true value as the trial observes it, and that without visits, of the same "
                   "patients if what visits show were known when it happens; bias and coverage from the "
                   "latter; ± Monte Carlo standard error. Bias is on the log scale for ratios.",
        .header = {"estimate", "observed", "without visits", "bias", "coverage", "truth below", "truth above"},
        .rows = {},
        .text_columns = 1};
    for (const SummaryRow& r : rows) {
      if (r.scenario != s.name || r.metric != "mean" || r.label.log_scale) continue;
      SummaryRow of = r;
      of.label.parameter += without_visits_suffix;
      const SummaryRow* const bias = metric_of(rows, of, "bias");
      if (bias && bias->truth != r.truth)
        table.rows.push_back({describe(r.label), rounded(r.truth, 4), rounded(bias->truth, 4), value_of(bias, 2),
                              value_of(metric_of(rows, of, "coverage"), 4),
                              value_of(metric_of(rows, of, "miss_below"), 3),
                              value_of(metric_of(rows, of, "miss_above"), 3)});
    }
    if (!table.rows.empty()) html += to_html(table);
  }
  return html.empty() ? "" : "<h2>What visits do to the estimates</h2>\n" + html;
}

std::string solved_section(const Study& study) {
  HtmlTable table{.caption = "Values that the program solved for",
                  .header = {"scenario", "what", "so that", "value"},
                  .rows = {},
                  .text_columns = 3};
  for (const Scenario& s : study.scenarios)
    for (const SolvedValue& v : s.solved()) table.rows.push_back({s.name, v.name, v.because, rounded(v.value, 5)});
  return table.rows.empty() ? "" : to_html(table);
}

/// The published points on the curves of simulated cohorts.
std::string sanity_figure(const SanityCurves& curves) {
  const bool rising = !curves.cause.empty();
  const std::string kind = rising ? "cumulative incidences" : "Kaplan-Meier curves";
  LineFigure figure =
      curve_figure({"Published figures and simulated cohorts: " + curves.analysis +
                        (rising && curves.cause != curves.analysis ? ", " + curves.cause : ""),
                    "Mean of the " + kind +
                        " of simulated cohorts of the published size, and the range of the middle "
                        "90 % of them. A published point (diamond) should lie in the range of its curve.",
                    ""},
                   curves.curves, rising);
  for (const SanityCurves::Point& point : curves.points)
    figure.marks.push_back({point.name, point.months, point.share});
  return to_html(figure);
}

std::string sanity_section(std::span<const SanityRow> sanity, std::span<const SanityCurves> curves) {
  if (sanity.empty()) return "";
  HtmlTable table{.caption =
                      "Each published number beside simulated cohorts of the published size: their median, the "
                      "range of the middle 95 %, and the share of cohorts below the published number.",
                  .header = {"published result", "published", "simulated median", "from", "to", "share below"},
                  .rows = {},
                  .text_columns = 1};
  for (const SanityRow& r : sanity)
    table.rows.push_back({r.name, rounded(r.published, 4), rounded(r.median, 4), rounded(r.lower, 4),
                          rounded(r.upper, 4), percent(r.share_below)});
  std::string html = "<h2>Do the simulated patients look like the published ones?</h2>\n" + to_html(table);
  for (const SanityCurves& c : curves)
    if (!c.curves.empty()) html += sanity_figure(c);
  return html;
}

/// What the numbers of scenarios mean whose parameters are drawn.
std::string drawn_note(const Study& study) {
  std::string names;
  for (const Scenario& s : study.scenarios)
    if (!s.draws.empty())
      names += (names.empty() ? "" : ", ") + s.name + " (" + std::to_string(s.draws.size()) + " draws)";
  if (names.empty()) return "";
  return "<p>In " + html_escaped(names) +
         " each replicate has its own draw of the disease model's parameters, so that the share of trials that claim "
         "efficacy is the assurance (O'Hagan, Stevens and Campbell 2005). It varies with the finite number of draws "
         "too, which the Monte Carlo error shown does not hold: by at most the root of p (1 - p) / draws. An interval "
         "is held against the true value under the draw of its replicate; the true value shown is the mean over the "
         "draws, of the logs for hazard ratios. Measures that take the spread of estimates for sampling variation are "
         "left out.</p>\n";
}

std::string method_section() {
  return "<h2>Method</h2>\n<p>Each replicate simulates one trial: patients enter, are randomized, fare as the disease "
         "model says, and are seen at their visits; at each look the data are cut on a calendar day and analysed as "
         "the "
         "plan says. Power and coverage are shares of replicates with Wilson intervals; other measures and all Monte "
         "Carlo standard errors follow Morris, White and Crowther (2019). A hazard ratio's true value is the "
         "least-false "
         "value under this design's censoring (Struthers and Kalbfleisch 1986), from one large simulated trial cut "
         "when "
         "the last look is due. A trial that stops early on a strong result "
         "overstates the effect, so at the look where it stopped estimates are biased away from no effect and their "
         "intervals, which know nothing of the stopping rule, cover less; the rows median_unbiased know of it, by the "
         "stage-wise "
         "ordering (Tsiatis, Rosner and Mehta 1984) and by repeated intervals (Jennison and Turnbull 2000). "
         "Boundaries: "
         "Lan and DeMets (1983); a look that comes with other events than planned has the boundaries of those.</p>\n";
}

/// Pictures of single trials and of what many of them show.
std::string pictures(const Study& study, const StudyResults& results) {
  if (results.samples.empty()) return "";
  const Plan& plan = *study.scenarios.front().plan;
  const Design& design = *study.scenarios.front().design;
  const std::optional<std::size_t> shown = results.samples.front().estimate;
  std::string html = by_month_section(results.samples);
  if (shown && !design.drops_arms()) html += stopping_figure(results.samples, plan.labels()[*shown], design);
  html += ending_figures(results.samples, design);
  if (shown) html += zip_section(results.samples, plan.labels()[*shown], plan.parts().confidence);
  return html + curves_section(results.samples) + examples_section(results.examples, results.examples_of);
}

}  // namespace

std::string with_interval(const Measure& measure, int digits) {
  return rounded(measure.value, digits) + " (" + rounded(measure.lower, digits) + " to " +
         rounded(measure.upper, digits) + ")";
}

std::string study_page(const Study& study, const StudyResults& results, const RunFacts& facts) {
  const std::vector<SummaryRow>& rows = results.rows;
  std::string body = "<h1>" + html_escaped(study.title) + "</h1>\n<p class=\"lead\">" +
                     std::to_string(facts.replicates) + " replicates of each scenario, seed " +
                     std::to_string(study.seed) + "</p>\n";
  if (!study.note.empty()) body += "<p class=\"note\">" + html_escaped(study.note) + "</p>\n";
  if (facts.partial)
    body += "<p class=\"note\">This run is not finished: the numbers rest on the replicates done so far.</p>\n";
  body += verdict_section(study, rows) + design_section(study, rows) +
          (results.samples.empty() ? "" : timeline(results.samples)) + solved_section(study) +
          operating_section(study, rows) + distribution_section(study, rows) + families_section(study, rows) +
          power_section(study, rows) + failure_section(study, rows) + estimates_section(study, rows) +
          without_visits_section(study, rows) + pictures(study, results) + interval_section(study, results.intervals) +
          sanity_section(results.sanity, results.sanity_curves) + convergence_section(results.convergence) +
          method_section() + drawn_note(study);
  body += "<h2>How to make this again</h2>\n<p>" + html_escaped(facts.program) + "; study " +
          html_escaped(facts.study_hash) + "</p>\n" + preformatted("command", facts.command) +
          preformatted("study", to_yaml(without_drawn_values(study.resolved)));
  if (!results.r_code.empty())
    body += "<p>The design computed anew in R (check_design.R beside this page):</p>\n" +
            preformatted("R code", results.r_code);
  return html_page(study.title, body);
}

}  // namespace oligosim
