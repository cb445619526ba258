#include "models/study/page/design_flow.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/study/overrides.hpp"
#include "models/study/page/design_page.hpp"

namespace oligosim {
namespace {

constexpr std::size_t most_schedules = 4;

/// What a study says under a path of keys; null if nothing.
const YamlNode* under(const YamlNode& study, std::initializer_list<const char*> path) {
  const YamlNode* node = &study;
  for (const char* key : path)
    if (node) node = node->find(key);
  return node;
}

std::string words_of(const YamlNode* node, const char* separator = ", ") {
  if (!node) return "";
  if (node->kind == YamlNode::Kind::scalar) return node->scalar;
  std::string text;
  for (const YamlNode& item : node->items) text += (text.empty() ? "" : separator) + item.scalar;
  return text;
}

std::string box(const std::string& title, const std::vector<std::string>& details) {
  std::string html = "<div class=\"box\"><b>" + html_escaped(title) + "</b>";
  for (std::size_t k = 0; k < details.size(); ++k)
    html += (k == 0 ? "" : "<br>") + ("<span>" + html_escaped(details[k]) + "</span>");
  return html + "</div>";
}

std::string box(const std::string& title, const std::string& detail) {
  return box(title, detail.empty() ? std::vector<std::string>{} : std::vector{detail});
}

std::string enrollment_text(const YamlNode& study) {
  const YamlNode* rate = under(study, {"trial", "enrollment", "rate_per_month"});
  if (!rate) {
    const std::string months = words_of(under(study, {"trial", "enrollment", "over_months"}));
    return months.empty() ? "" : "over " + months + " months";
  }
  if (rate->kind == YamlNode::Kind::scalar) return rate->scalar + " a month";
  std::string text;
  for (const YamlNode& piece : rate->items) {
    const std::string from = words_of(piece.find("from_month"));
    text += (text.empty() ? "" : ", ") + words_of(piece.find("rate")) + " a month" +
            (from.empty() || from == "0" ? "" : " from month " + from);
  }
  return text;
}

std::string randomization_text(const YamlNode& study) {
  const std::string blocks = words_of(under(study, {"trial", "randomization", "blocks"}), " and ");
  const std::string strata = words_of(under(study, {"trial", "randomization", "strata"}));
  return (blocks.empty() ? "" : "permuted blocks of " + blocks) + (strata.empty() ? "" : ", within " + strata);
}

std::string allocation_text(const Trial& trial) {
  std::string text;
  for (std::size_t arm = 0; arm < trial.arms().size(); ++arm) {
    const double expected = trial.randomized_share(arm) * static_cast<double>(trial.patients());
    text += box(trial.arms()[arm], rounded(expected, 4) + (expected == std::round(expected) ? "" : " expected"));
  }
  return text;
}

/// What an arm's own visits say, or else those of all arms.
const YamlNode* of_visits(const YamlNode* own, const YamlNode* common, const char* key) {
  const YamlNode* said = own ? own->find(key) : nullptr;
  return said || !common ? said : common->find(key);
}

/// "1, 4, 7 ... 61, then every 12"
std::string schedule_text(const YamlNode* own, const YamlNode* common) {
  const YamlNode* months = of_visits(own, common, "months");
  if (!months || months->items.empty()) return "";
  const std::size_t count = months->items.size();
  std::string text;
  for (std::size_t k = 0; k < count; ++k) {
    if (count > 6 && k == 4) text += " ...";
    if (count > 6 && k >= 4 && k + 1 < count) continue;
    text += (k == 0 || (count > 6 && k + 1 == count) ? "" : ", ") +
            std::string(count > 6 && k + 1 == count ? " " : "") + months->items[k].scalar;
  }
  const std::string then = words_of(of_visits(own, common, "then_every_months"));
  return "months " + text + (then.empty() ? "" : ", then every " + then);
}

/// The common schedule, or that of each arm where one differs: "control: months 3, 6; new: months 2, 4".
std::string visits_text(const YamlNode& study, const Trial& trial) {
  const YamlNode* visits = under(study, {"trial", "visits"});
  const YamlNode* by_arm = visits ? visits->find("by_arm") : nullptr;
  const std::string common = schedule_text(nullptr, visits);
  std::string text;
  bool same = true;
  for (const std::string& arm : trial.arms()) {
    const YamlNode* own = by_arm ? by_arm->find(arm) : nullptr;
    const std::string schedule = schedule_text(own, visits);
    text += (text.empty() ? "" : "; ") + arm + ": " + (schedule.empty() ? "none" : schedule);
    same &= schedule == common;
  }
  return same ? common : text;
}

/// A line for each schedule that scenarios have, with their names where there are several.
std::vector<std::string> visits_texts(const Study& study) {
  Problems none;
  std::vector<std::pair<std::string, std::string>> schedules;  // and the scenarios that have it
  for (const Override& scenario : expand_scenarios(study.resolved, none)) {
    if (std::ranges::find(study.scenarios, scenario.name, &Scenario::name) == study.scenarios.end()) continue;
    const std::string text =
        visits_text(with_overrides(study.resolved, scenario, none), *study.scenarios.front().trial);
    const auto known = std::ranges::find(schedules, text, &std::pair<std::string, std::string>::first);
    if (known == schedules.end())
      schedules.emplace_back(text, scenario.name);
    else
      known->second += ", " + scenario.name;
  }
  if (schedules.size() == 1)
    return schedules[0].first.empty() ? std::vector<std::string>{} : std::vector{schedules[0].first};
  std::vector<std::string> lines;
  for (const auto& [schedule, names] : schedules)
    lines.push_back(names + ": " + (schedule.empty() ? "none" : schedule));
  if (lines.size() > most_schedules) lines.resize(most_schedules), lines.emplace_back("...");
  return lines;
}

std::string looks_text(const Scenario& s) {
  std::string text;
  for (std::size_t k = 0; k < s.design->looks().size(); ++k)
    text += (k == 0 ? "" : "; ") + look_text(s.design->looks()[k], *s.disease);
  return text;
}

}  // namespace

std::string design_flow(const Study& study) {
  const Scenario& s = study.scenarios.front();
  // An arrow goes to a new line with the box that it leads to.
  const auto then = [](const std::string& part) {
    return "<div class=\"then\"><i aria-hidden=\"true\">→</i>" + part + "</div>";
  };
  std::string html =
      "<div class=\"flow\">" + box(std::to_string(s.trial->patients()) + " patients", enrollment_text(study.resolved));
  if (s.trial->arms().size() > 1)
    html += then(box("randomized", randomization_text(study.resolved))) +
            then("<div class=\"arms\">" + allocation_text(*s.trial) + "</div>");
  if (const std::vector<std::string> visits = visits_texts(study); !visits.empty()) html += then(box("visits", visits));
  const std::size_t looks = s.design->looks().size();
  html += then(box(looks == 1 ? "one analysis" : std::to_string(looks) + " looks", looks_text(s))) +
          then(box(s.design->primary(), "alpha " + rounded(s.design->alpha(), 4) +
                                            (s.design->sides() == 1 ? ", one-sided" : ", two-sided")));
  return html + "</div>\n";
}

std::string boundary_figure(const Design& design) {
  const SequentialDesign* sequential = design.sequential();
  if (!sequential || design.looks().size() < 2) return "";
  LineFigure figure{.text = {"Boundaries",
                             "Values of z at which the trial stops, as planned; looks that come with other information "
                             "than planned have boundaries of their own.",
                             ""},
                    .x_label = "Information, share of the final",
                    .y_label = "z",
                    .lines = {},
                    .series = {}};
  LineFigure::Series efficacy{.name = "efficacy", .x = {}, .y = {}, .lower = {}, .upper = {}}, futility = efficacy;
  futility.name = "futility";
  for (std::size_t k = 0; k < design.looks().size(); ++k) {
    const double information = design.looks()[k].information;
    efficacy.x.push_back(information);
    efficacy.y.push_back(design.efficacy_boundaries()[k]);
    if (const double z = sequential->planned()[k]->futility; std::isfinite(z)) {
      futility.x.push_back(information);
      futility.y.push_back(z);
    }
  }
  figure.series.push_back(efficacy);
  if (sequential->symmetric()) {
    LineFigure::Series harm = efficacy;
    harm.name = "harm";
    for (double& z : harm.y) z = -z;
    figure.series.push_back(harm);
  }
  if (!futility.x.empty()) figure.series.push_back(futility);
  return to_html(figure);
}

}  // namespace oligosim
