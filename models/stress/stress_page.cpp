#include "models/stress/stress_page.hpp"

#include <cmath>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/stress/proportion_page.hpp"

namespace oligosim {
namespace {

constexpr double largest_drawn_exaggeration = 10;
constexpr int null_values = 1000;  // of the histogram of the null distribution

std::string ratio_name(const PublishedFinding& f) {
  if (f.table) return "Odds ratio";
  return f.kind == RatioKind::hazard_ratio ? "Hazard ratio"
         : f.kind == RatioKind::odds_ratio ? "Odds ratio"
                                           : "Risk ratio";
}

std::string as_printed(const PublishedFinding& f) {
  std::string text;
  if (f.table)
    for (int g = 0; g < 2; ++g)
      text +=
          (g ? " against " : "") + std::to_string(f.table->events[g]) + " of " + std::to_string(f.table->patients[g]);
  if (f.ratio) text = ratio_name(f) + " " + shortest(f.ratio->value);
  if (f.lower)
    text += " (" + percent(f.level) + " interval " + shortest(f.lower->value) + " to " + shortest(f.upper->value) + ")";
  if (f.p) text += (text.empty() ? "p = " : ", p = ") + shortest(f.p->value);
  if (f.groups) text += "; " + shortest((*f.groups)[0]) + " against " + shortest((*f.groups)[1]) + " patients";
  if (f.events) text += ", " + shortest(*f.events) + " events";
  return text + ".";
}

std::string power_figure(const Findings& all, const StressResult& r) {
  const bool both = r.evidence.direction_known;
  LineFigure figure{.text = {"Power",
                             "How often a study with this standard error is significant" +
                                 std::string(both ? ", and significant in the published direction," : "") +
                                 " if the ratio on the horizontal axis is the true one.",
                             ""},
                    .x_label = "True ratio",
                    .y_label = "Probability",
                    .log_x = true,
                    .share = true,
                    .points = false,
                    .lines = {{percent(all.power), all.power}},
                    .series = {{"significant", r.curves.ratio, r.curves.power, {}, {}}}};
  if (both) figure.series.push_back({"in the published direction", r.curves.ratio, r.curves.replication, {}, {}});
  return to_html(figure);
}

std::string exaggeration_figure(const StressResult& r) {
  std::vector<double> shown = r.curves.exaggeration;
  for (double& x : shown)
    if (x > largest_drawn_exaggeration) x = absent;
  return to_html(LineFigure{
      .text =
          {"Exaggeration of significant results (type M)",
           "Mean size of the log ratio in significant studies over the true one; near a true ratio of 1 it is above " +
               shortest(largest_drawn_exaggeration) + " and not drawn.",
           ""},
      .x_label = "True ratio",
      .y_label = "Times too large",
      .log_x = true,
      .points = false,
      .series = {{"type M", r.curves.ratio, shown, {}, {}}}});
}

/// Where estimates fall if nothing is there: from the standard error, or as simulated.
std::string null_figure(const StressResult& r) {
  DistributionFigure figure{
      .text = {"If there were no effect",
               "Estimates of studies of this size with a true ratio of 1, and the published one.", ""},
      .value_label = ratio_name(r.finding),
      .count_label = "of 1000",
      .log_axis = true,
      .values = {},
      .marks = {{r.evidence.direction_known ? "published" : "implied", std::exp(r.evidence.log_ratio)}}};
  for (int k = 0; k < null_values; ++k)
    figure.values.push_back(std::exp(r.evidence.standard_error * normal_quantile((k + 0.5) / null_values)));
  return to_html(figure);
}

std::string guarantee_time_figure(const StressResult& r) {
  return to_html(DistributionFigure{
      .text = {"If the grouping did nothing, but were known only after time zero",
               "Hazard ratios of simulated studies of this size: a patient who progresses early never gets into the "
               "better group. The published ratio is marked.",
               ""},
      .value_label = "Hazard ratio",
      .count_label = "Simulated studies",
      .log_axis = true,
      .values = r.guarantee_time->hazard_ratios,
      .marks = {{"published", r.finding.ratio->value}, {"no effect", 1}}});
}

std::string numbers_table(const StressResult& r) {
  HtmlTable table{.caption = "Every number", .header = {"quantity", "at", "value", "± Monte Carlo"}, .rows = {}};
  for (const StressRow& row : r.rows)
    table.rows.push_back({row.quantity, std::isnan(row.at) ? "" : rounded(row.at, 4), rounded(row.value, 4),
                          std::isnan(row.mcse) ? "" : rounded(row.mcse, 2)});
  return "<details><summary>All numbers of this finding</summary>\n" + to_html(table) + "</details>\n";
}

/// The ratio; both directions where only p is printed.
std::string ratio_text(const Evidence& e) {
  if (std::isnan(e.log_ratio)) return "";
  const std::string ratio = rounded(std::exp(e.log_ratio), 3);
  return e.direction_known ? ratio : ratio + " or " + rounded(std::exp(-e.log_ratio), 3);
}

/// One line a finding, at the plausible ratio that the sentences take.
std::string overview(const std::vector<StressResult>& results) {
  HtmlTable table{.caption =
                      "Power and exaggeration (type M) at the plausible ratio named; replicates: significant again "
                      "in the same direction, if nothing else is known; by guarantee-time: simulated studies "
                      "without any effect that show a ratio as extreme.",
                  .header = {"finding", "ratio", "p", "plausible", "power", "exaggerates", "replicates",
                             "by guarantee-time", "E-value"},
                  .rows = {}};
  for (const StressResult& r : results) {
    const double at = r.plausible;
    const auto share = [&](const char* quantity, double where = missing) {
      const double x = r.value(quantity, where);
      return std::isnan(x) ? std::string() : percent(x);
    };
    const auto number = [](double x, int digits) { return std::isnan(x) ? std::string() : rounded(x, digits); };
    const bool normal = !r.curves.ratio.empty();
    table.rows.push_back({r.finding.what, ratio_text(r.evidence), number(r.evidence.p, 3), normal ? rounded(at, 3) : "",
                          share("power", at), number(r.value("type_m", at), 2), share("replication_predictive"),
                          r.guarantee_time ? share("guarantee_time_as_extreme", r.finding.ratio->value) : "",
                          number(r.value("e_value"), 3)});
  }
  return to_html(table);
}

std::string studies_of(const PublishedFinding& finding) {
  std::string commands;
  for (const std::string& study : finding.studies) commands += "oligosim run " + study + " --out DIR\n";
  return "<p>With simulated patients:</p>\n" + preformatted("commands for " + finding.what, commands);
}

std::string card(const Findings& all, const StressResult& r) {
  std::string html = "<h2 id=\"" + html_escaped(r.finding.name) + "\">" + html_escaped(r.finding.what) +
                     "</h2>\n<p class=\"lead\">" + html_escaped(as_printed(r.finding));
  if (!r.finding.source.empty()) html += " " + html_escaped(r.finding.source) + ".";
  html += "</p>\n<dl>\n";
  for (const Verdict& v : r.verdicts)
    html += "<dt>" + html_escaped(v.topic) + "</dt>\n<dd>" + html_escaped(v.sentence) + "</dd>\n";
  html += "</dl>\n";
  if (r.guarantee_time && !r.guarantee_time->hazard_ratios.empty()) html += guarantee_time_figure(r);
  if (!r.curves.ratio.empty()) html += null_figure(r) + power_figure(all, r) + exaggeration_figure(r);
  if (!r.finding.studies.empty()) html += studies_of(r.finding);
  return html + numbers_table(r);
}

std::string method(const Findings& all) {
  return "<h2>Method</h2>\n<p>The estimate is taken as normal on the log scale with the standard error that the "
         "printed interval implies; tests are two-sided at " +
         rounded(all.alpha, 3) + ", non-inferiority one-sided at " + rounded(all.noninferiority_alpha, 3) +
         ". Type S and type M errors: Gelman and Carlin (2014). Replication if nothing else is known: the predictive "
         "probability under a flat prior. Events: Schoenfeld (1983), two equal groups. E-values: VanderWeele and Ding "
         "(2017), ratios of common outcomes approximated by risk ratios. Fragility index: Walsh et al. (2014); "
         "reverse: Khan et al. (2020). Groups "
         "known after time zero: simulated with the disease model response_timing, where responses up to the scan that "
         "shows the progression count (Anderson, Cain and Gelber 1983).</p>\n";
}

}  // namespace

std::string stress_page(const Findings& all, const std::vector<StressResult>& results,
                        const std::vector<ProportionResult>& proportions, const std::string& program) {
  std::string body = "<h1>" + html_escaped(all.title) +
                     "</h1>\n<p class=\"lead\">What each finding is worth, from its printed numbers alone</p>\n";
  if (!results.empty()) body += overview(results);
  for (const StressResult& r : results) body += card(all, r);
  body += proportions_section(proportions);
  if (!results.empty()) body += method(all);
  body += "<h2>How to make this again</h2>\n<p>" + html_escaped(program) + "</p>\n" +
          preformatted("command", "oligosim stress findings.yaml --out DIR") +
          preformatted("findings", to_yaml(all.document));
  return html_page(all.title, body);
}

}  // namespace oligosim
