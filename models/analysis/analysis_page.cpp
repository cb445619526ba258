#include "models/analysis/analysis_page.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/io/number.hpp"
#include "engine/io/percentage.hpp"
#include "engine/io/words.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/figures.hpp"
#include "models/analysis/label_text.hpp"

namespace oligosim {
namespace {

/// The rows of one analysis.
struct Own {
  std::span<const EstimateLabel> labels;
  std::span<const Estimate> estimates;
};

std::string in_words(Status status) { return spaced(std::string(name(status))); }

std::string value_text(const EstimateLabel& label, double value) {
  if (std::isnan(value)) return "NA";
  if (std::isinf(value)) return value > 0 ? "∞" : "-∞";
  return label.share ? rounded(100 * value, 3) : rounded(value, label.ratio ? 3 : 4);
}

/// Whether an estimate is the plain share of its patients; others are weighted, or limited to what a design allows.
bool is_count_of_patients(const EstimateLabel& label, const Estimate& e) {
  return label.share && std::isnan(label.at) && e.n > 0 && std::trunc(e.n_events) == e.n_events &&
         e.estimate == e.n_events / e.n;
}

std::string point_text(const EstimateLabel& label, const Estimate& e) {
  if (is_count_of_patients(label, e))
    return percentage(static_cast<std::uint64_t>(e.n_events), static_cast<std::uint64_t>(e.n));
  return value_text(label, e.estimate);
}

bool has_interval(const Estimate& e) { return !std::isnan(e.lower) || !std::isnan(e.upper); }

/// Counts beside a share: "12 of 27, 44.4 % (25.5 to 64.7)".
std::string cell_text(const EstimateLabel& label, const Estimate& e) {
  const bool counted =
      label.share && !std::isnan(e.n_events) && std::isnan(label.at) && e.status != Status::empty_group;
  return (counted ? shortest(e.n_events) + " of " + shortest(e.n) + ", " : "") + estimate_text(label, e);
}

/// Groups side by side where an analysis describes them and tests nothing.
bool describes_groups(const Own& own) {
  return std::ranges::any_of(own.labels, [](const EstimateLabel& l) { return !l.group.empty(); }) &&
         std::ranges::all_of(own.estimates, [](const Estimate& e) { return std::isnan(e.p_value); });
}

HtmlTable groups_table(const Own& own) {
  HtmlTable table{.caption = "", .header = {"what"}, .rows = {}, .text_columns = 1};
  std::vector<std::string> groups, names;
  for (const EstimateLabel& l : own.labels) {
    const std::string group = l.group.empty() ? "all" : l.group;
    if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    if (std::find(names.begin(), names.end(), row_text(l)) == names.end()) names.push_back(row_text(l));
  }
  table.header.insert(table.header.end(), groups.begin(), groups.end());
  table.rows.assign(names.size(), std::vector<std::string>(1 + groups.size()));
  for (std::size_t r = 0; r < names.size(); ++r) table.rows[r][0] = names[r];
  for (std::size_t k = 0; k < own.labels.size(); ++k) {
    const std::string group = own.labels[k].group.empty() ? "all" : own.labels[k].group;
    const auto row = std::find(names.begin(), names.end(), row_text(own.labels[k])) - names.begin();
    const auto column = std::find(groups.begin(), groups.end(), group) - groups.begin();
    table.rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column) + 1] =
        cell_text(own.labels[k], own.estimates[k]);
  }
  return table;
}

void drop_empty_columns(HtmlTable& table) {
  for (std::size_t c = table.header.size(); c-- > table.text_columns;) {
    if (!std::ranges::all_of(table.rows, [c](const auto& row) { return row[c].empty(); })) continue;
    const auto at = static_cast<std::ptrdiff_t>(c);
    table.header.erase(table.header.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

HtmlTable rows_table(const Own& own) {
  const bool grouped = std::ranges::any_of(own.labels, [](const EstimateLabel& l) { return !l.group.empty(); });
  HtmlTable table{.caption = "", .header = {"what"}, .rows = {}, .text_columns = grouped ? 2u : 1u};
  if (grouped) table.header.push_back("group");
  for (const char* column : {"estimate", "statistic", "df", "p", "events / n"}) table.header.push_back(column);
  for (std::size_t k = 0; k < own.labels.size(); ++k) {
    const EstimateLabel& l = own.labels[k];
    const Estimate& e = own.estimates[k];
    if (l.log_scale) continue;
    std::vector<std::string> row = {row_text(l)};
    if (grouped) row.push_back(l.group);
    row.push_back(l.estimated || !std::isnan(e.estimate) || e.status != Status::ok ? estimate_text(l, e) : "");
    row.push_back(std::isnan(e.statistic) ? "" : rounded(e.statistic, 4));
    row.push_back(std::isnan(e.df) ? "" : rounded(e.df, 4));
    row.push_back(std::isnan(e.p_value) ? "" : p_value_text(e.p_value));
    row.push_back(std::isnan(e.n_events) ? shortest(e.n) : shortest(e.n_events) + " / " + shortest(e.n));
    table.rows.push_back(row);
  }
  drop_empty_columns(table);
  return table;
}

/// How well the bootstrap's limits are known: the largest Monte Carlo error among them, against the width of that
/// interval, and the largest share of resamples that gave no number.
std::string resampling_note(const Own& own) {
  double error = 0, degenerate = 0;
  std::string of_error, of_degenerate;
  for (std::size_t k = 0; k < own.labels.size(); ++k) {
    const Estimate& e = own.estimates[k];
    if (own.labels[k].log_scale) continue;
    if (e.degenerate > degenerate) degenerate = e.degenerate, of_degenerate = row_text(own.labels[k]);
    if (!own.labels[k].resampled) continue;
    const double width = e.upper - e.lower, of_width = std::max(e.lower_mcse, e.upper_mcse) / width;
    if (width > 0 && of_width > error) error = of_width, of_error = row_text(own.labels[k]);
  }
  std::string note;
  if (error > 0)
    note += "The limits of the bootstrap intervals have a Monte Carlo error of at most " + percent(error) +
            " of the width of their interval (" + of_error + "). ";
  if (degenerate > 0)
    note += "At most " + percent(degenerate) + " of the resamples gave no number (" + of_degenerate +
            "); they are left out.";
  return note.empty() ? "" : "<p>" + html_escaped(note) + "</p>\n";
}

/// p values of the log-rank tests of the same groups, endpoint and population, and of Gray's test of the cause drawn,
/// to be written into a curve's frame.
std::vector<std::string> tests_beside(const Plan& plan, std::span<const Estimate> estimates, const Analysis& drawn,
                                      const StepFigure& figure) {
  const EstimateLabel& own = drawn.labels().front();
  std::vector<std::string> notes;
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    const EstimateLabel& l = plan.labels()[k];
    const std::string p = ": p " + p_value_text(estimates[k].p_value);
    if (std::isnan(estimates[k].p_value) || l.endpoint != own.endpoint || l.population != own.population) continue;
    if (l.parameter == "log_rank" && own.method == "kaplan_meier" && l.term == drawn.grouped_by())
      notes.push_back("log-rank (" + l.analysis + ")" + p);
    if (l.parameter == "gray_test" && l.analysis == own.analysis && figure.text.title.ends_with(": " + l.term))
      notes.push_back("Gray's test" + p);
  }
  return notes;
}

std::string figure_html(Figure figure, const Plan& plan, std::span<const Estimate> estimates, const Analysis& drawn) {
  if (StepFigure* step = std::get_if<StepFigure>(&figure); step && step->groups.size() > 1)
    step->notes = tests_beside(plan, estimates, drawn, *step);
  return std::visit([](const auto& f) { return to_html(f); }, figure);
}

std::string heading_of(const EstimateLabel& label) {
  std::string text = spaced(label.analysis);
  if (!label.endpoint.empty()) text += " · " + label.endpoint;
  if (!label.population.empty()) text += " · " + label.population;
  return text;
}

HtmlTable counts_table(const AnalysisFacts& facts) {
  HtmlTable table{.caption = std::string(facts.counted == "rows" ? "Rows" : "Patients") +
                             ", events and censorings of each endpoint: everybody, then by each column that the "
                             "plan groups, stratifies or adjusts by",
                  .header = {"endpoint", "group", facts.counted, "events", "censored", "missing"},
                  .rows = {},
                  .text_columns = 2};
  for (const EndpointCount& c : facts.counts)
    table.rows.push_back({c.endpoint, c.group, std::to_string(c.patients), std::to_string(c.events),
                          std::to_string(c.censored), std::to_string(c.missing)});
  return table;
}

std::string data_section(const AnalysisFacts& facts) {
  std::string html = "<h2>Data</h2>\n<p>" + html_escaped(facts.data) + ".</p>\n" + to_html(counts_table(facts));
  if (facts.warnings.empty()) return html;
  html += "<div class=\"note\"><p>Look at these before you believe the numbers:</p><ul>\n";
  for (const std::string& warning : facts.warnings) html += "<li>" + html_escaped(warning) + "</li>\n";
  return html + "</ul></div>\n";
}

std::string methods_section(const Plan& plan) {
  std::set<std::string> used;
  for (const EstimateLabel& l : plan.labels()) used.insert(l.method);
  std::string html = "<h2>Definitions</h2>\n<p>Months have " + shortest(plan.days_per_month()) +
                     " days; intervals are at " + rounded(100 * plan.parts().confidence, 4) +
                     " %; p values are two-sided.</p>\n<dl>\n";
  for (const MethodEntry& m : methods())
    if (used.contains(m.name))
      html += "<dt>" + html_escaped(m.name) + "</dt><dd>" + html_escaped(m.meaning) + ". " +
              html_escaped(m.definition) + "</dd>\n";
  return html + "</dl>\n";
}

std::string left_out_section(const Plan& plan) {
  if (plan.left_out().empty()) return "";
  HtmlTable table{.caption = "Entries of the plan that rest on what these data do not have",
                  .header = {"entry", "absent"},
                  .rows = {},
                  .text_columns = 2};
  for (const LeftOut& l : plan.left_out()) table.rows.push_back({l.entry, l.absent});
  return "<h2>Left out</h2>\n" + to_html(table);
}

}  // namespace

std::string p_value_text(double p) {
  if (std::isnan(p)) return "NA";
  if (p < 0.001) return "< 0.001";
  int digits = p < 0.0995 ? 2 : 3;
  while (rounded(p, digits) == "0.05" && p != 0.05 && digits < 15) ++digits;  // which side of 0.05 it is on must show
  return rounded(p, digits);
}

std::string estimate_text(const EstimateLabel& label, const Estimate& e) {
  if (std::isnan(e.estimate) && e.status != Status::ok && !has_interval(e)) return in_words(e.status);
  std::string text = e.status == Status::ok ? point_text(label, e) : in_words(e.status);
  if (label.share && e.status == Status::ok) text += " %";
  const bool empty = e.status != Status::ok && e.lower == e.upper;  // of a statistic without a variance
  if (has_interval(e) && !empty) text += " (" + value_text(label, e.lower) + " to " + value_text(label, e.upper) + ")";
  return text;
}

std::string analysis_page(const Plan& plan, std::span<const Estimate> estimates,
                          std::span<const std::vector<Figure>> figures, const AnalysisFacts& facts) {
  std::string body = "<h1>" + html_escaped(facts.title) + "</h1>\n" + data_section(facts);
  for (std::size_t a = 0; a < figures.size(); ++a) {
    const Plan::Rows rows = plan.rows(a);
    const Own own{std::span(plan.labels()).subspan(rows.first, rows.all), estimates.subspan(rows.first, rows.all)};
    body += "<h2>" + html_escaped(heading_of(own.labels.front())) + "</h2>\n";
    for (const Figure& figure : figures[a]) body += figure_html(figure, plan, estimates, plan.analysis(a));
    HtmlTable table = describes_groups(own) ? groups_table(own) : rows_table(own);
    table.caption = spaced(own.labels.front().method);
    body += to_html(table) + resampling_note(own);
  }
  const ForestFigure forest = forest_of(plan.labels(), estimates, plan.parts().confidence);
  if (!forest.rows.empty()) body += "<h2>Hazard ratios</h2>\n" + to_html(forest);
  body += methods_section(plan) + left_out_section(plan);
  body += "<h2>How to make this again</h2>\n<p>" + html_escaped(facts.program) + "</p>\n" +
          preformatted("command", facts.command) + preformatted("plan", facts.plan);
  return html_page(facts.title, body);
}

}  // namespace oligosim
