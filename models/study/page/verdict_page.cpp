#include "models/study/page/verdict_page.hpp"

#include <algorithm>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "engine/report/html.hpp"
#include "models/study/page/estimate_rows.hpp"
#include "models/study/replicate_sample.hpp"

namespace oligosim {
namespace {

constexpr std::size_t most_tiled = 9;  // scenarios; the tables below have all of them

/// The scenarios that the answers at the top of the page are of.
std::span<const Scenario> tiled(const Study& study) {
  return std::span(study.scenarios).first(std::min(study.scenarios.size(), most_tiled));
}

std::string tile(const std::string& label, const std::string& value, const std::string& detail) {
  return "<div class=\"tile\"><span>" + html_escaped(label) + "</span><b>" + html_escaped(value) + "</b><span>" +
         html_escaped(detail) + "</span></div>\n";
}

std::string interval_of(const Measure& m) {
  return "95 % Monte Carlo interval " + percent(m.lower) + " to " + percent(m.upper);
}

/// The coverage of the ratio that goes with the primary analysis; nullptr if there is none.
const SummaryRow* primary_coverage(const Scenario& s, std::span<const SummaryRow> rows) {
  const std::optional<std::size_t> estimate = primary_estimate(s);
  if (!estimate || !s.plan->labels()[*estimate].ratio) return nullptr;
  return EstimateRows(rows, s.name, s.plan->labels()[*estimate]).find("coverage");
}

/// That coverage, and failures.
std::string primary_interval(const Study& study, std::span<const SummaryRow> rows) {
  std::string html;
  for (const Scenario& s : tiled(study)) {
    if (const SummaryRow* r = primary_coverage(s, rows))
      html += tile(s.name + ": coverage of the " + spaced(r->label.parameter) + "'s 95 % interval",
                   percent(r->measure.value), interval_of(r->measure) + "; true value " + rounded(r->truth, 4));
    const SummaryRow* power = find_row(rows, s.name, "power", "final", s.design->primary());
    if (power && power->measure.n_missing > 0)
      html += tile(s.name + ": replicates without a primary result", std::to_string(power->measure.n_missing),
                   "counted as not rejected");
  }
  return html.empty() ? "" : "<div class=\"strip below\">\n" + html + "</div>\n";
}

}  // namespace

std::string verdict_section(const Study& study, std::span<const SummaryRow> rows) {
  std::string html = "<div class=\"strip\">\n";
  for (const Scenario& s : tiled(study)) {
    const std::string primary = s.design->primary();
    const auto row = [&](const char* metric) { return find_row(rows, s.name, metric, "final", primary); };
    const SummaryRow* efficacy = row("stop_efficacy");
    if (!efficacy) continue;
    const SummaryRow *harm = row("stop_harm"), *n = row("expected_n"), *events = row("expected_events"),
                     *months = row("expected_duration_months");
    html += tile(s.name + ": trial claims efficacy", percent(efficacy->measure.value),
                 interval_of(efficacy->measure) + (harm ? "; claims harm " + percent(harm->measure.value) : "") +
                     "; on average " + rounded(n->measure.value, 4) + " patients, " +
                     rounded(events->measure.value, 4) + " events, " + rounded(months->measure.value, 3) + " months");
  }
  html += "</div>\n" + primary_interval(study, rows);
  if (study.scenarios.size() > most_tiled)
    html +=
        "<p>" + std::to_string(study.scenarios.size() - most_tiled) + " more scenarios are in the tables below.</p>\n";
  return html;
}

}  // namespace oligosim
