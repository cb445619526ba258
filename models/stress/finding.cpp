#include "models/stress/finding.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

constexpr Choice<RatioKind> ratio_kinds[] = {{"hazard_ratio", RatioKind::hazard_ratio},
                                             {"odds_ratio", RatioKind::odds_ratio},
                                             {"risk_ratio", RatioKind::risk_ratio}};
constexpr Choice<bool> outcomes[] = {{"common", true}, {"rare", false}};
constexpr Choice<bool> assessments[] = {{"at_progression", true}, {"before_progression", false}};
constexpr Choice<bool> formed_when[] = {{"baseline", false}, {"after_time_zero", true}};

/// Half a unit of the last digit written; 0 for a number with an exponent, whose digits say nothing.
double half_unit(const std::string& text) {
  if (text.find_first_of("eE") != std::string::npos) return 0;
  const std::size_t point = text.find('.');
  const auto decimals = point == std::string::npos ? 0.0 : static_cast<double>(text.size() - point - 1);
  return 0.5 * std::pow(10, -decimals);
}

/// The digits go to the resolved document as they stand.
Printed read_printed(ConfigNode& node, const char* key, const Range& range) {
  const double value = node.number(key, range);
  return {value, half_unit(node.raw(key).scalar)};
}

void read_interval(ConfigNode& node, PublishedFinding& finding) {
  node.accept("interval");
  finding.level = node.number("level", Range::inside(0.5, 1), finding.level);
  if (!node.has("interval")) return;
  const std::vector<double> limits = node.numbers("interval", Range::above(0));
  const std::vector<YamlNode> items = node.raw("interval").items;
  if (limits.size() != 2 || limits[0] >= limits[1]) {
    node.problem("interval", "is not [lower, upper] with lower below upper");
    return;
  }
  finding.lower = Printed{limits[0], half_unit(items[0].scalar)};
  finding.upper = Printed{limits[1], half_unit(items[1].scalar)};
  if (!finding.ratio) return;
  if (finding.ratio->highest() <= finding.lower->lowest() || finding.ratio->lowest() >= finding.upper->highest())
    node.problem("interval", "does not contain the ratio");
}

std::optional<std::array<double, 2>> read_pair(ConfigNode& node, const char* key) {
  node.accept(key);
  if (!node.has(key)) return {};
  const std::vector<double> pair = node.numbers(key, Range::between(1, 1e7));
  if (pair.size() != 2) {
    node.problem(key, "is not a pair, one number a group");
    return {};
  }
  for (const double patients : pair)
    if (patients != std::floor(patients)) node.problem(key, shortest(patients) + " is not a whole number of patients");
  return std::array<double, 2>{pair[0], pair[1]};
}

void read_table(ConfigNode& node, PublishedFinding& finding) {
  node.accept("table");
  if (!node.has("table")) return;
  ConfigNode table = node.child("table");
  const auto counts = [&](const char* key) {
    std::vector<double> pair = table.numbers(key, Range::between(0, 1e5));
    const bool whole = std::ranges::all_of(pair, [](double x) { return x == std::floor(x); });
    if (pair.size() != 2 || !whole) table.problem(key, "is not a pair of counts, one a group");
    pair.resize(2, 1);
    return std::array{static_cast<std::uint32_t>(pair[0]), static_cast<std::uint32_t>(pair[1])};
  };
  const PublishedTable read{counts("events"), counts("patients")};
  for (int g = 0; g < 2; ++g) {
    if (read.patients[g] < 1) table.problem("patients", "has a group of nobody (at least 1 each)");
    if (read.events[g] > read.patients[g]) table.problem("events", "are more than the patients of that group");
  }
  table.finish();
  finding.table = read;
  finding.kind = RatioKind::odds_ratio;
}

/// `all`: patients of both groups.
GuaranteeTime read_guarantee_time(ConfigNode node, std::int64_t all) {
  GuaranteeTime g;
  g.by_month = node.number("by_month", Range::above(0), g.by_month);
  g.progressed = node.number("progressed", Range::inside(0, 1), g.progressed);
  g.best_median_months = node.number("best_median_months", Range::above(0), g.best_median_months);
  g.not_evaluable_early = node.number("not_evaluable_early", Range::between(0, 1), g.not_evaluable_early);
  g.at_progression = node.choice<bool>("assessment", assessments, true);
  g.enrolled = static_cast<std::size_t>(node.integer("enrolled", Range::between(2, 1e5), all));
  g.replicates = static_cast<std::uint32_t>(node.integer("replicates", Range::between(100, 1e6), g.replicates));
  g.seed = static_cast<std::uint64_t>(node.integer("seed", Range::between(0, 9.2e18), 20250611));
  node.finish();
  return g;
}

void read_ratio(ConfigNode& node, PublishedFinding& finding) {
  std::string given;
  for (const Choice<RatioKind>& kind : ratio_kinds) {
    node.accept(kind.name);
    if (!node.has(kind.name)) continue;
    if (!given.empty()) node.problem(kind.name, "stands beside '" + given + "' (one of them)");
    given = kind.name;
    finding.kind = kind.value;
    finding.ratio = read_printed(node, kind.name, Range::above(0));
  }
}

/// What is needed for anything at all.
void check_enough(const ConfigNode& node, const PublishedFinding& finding) {
  if (finding.table && (finding.ratio || finding.lower || finding.events || finding.groups))
    node.problem("table", "says it all (without ratio, interval, groups and events)");
  if (finding.lower && !finding.ratio)
    node.problem("interval", "stands without its ratio (hazard_ratio, odds_ratio or risk_ratio)");
  const bool implied = finding.p && finding.groups && finding.events;
  if (finding.ratio && !node.has("interval")) {
    node.problem("", "has a ratio without an interval (interval: [lower, upper])");
  } else if (!finding.table && !node.has("interval") && !implied) {
    node.problem("", "says too little (a ratio with its interval; p, groups and events; or a table of counts)");
  }
  if (finding.guarantee_time && (!finding.groups || finding.kind != RatioKind::hazard_ratio || !finding.ratio))
    node.problem("formed", "after_time_zero is simulated for a hazard ratio with its groups ([with, without])");
  if (finding.events && finding.groups && *finding.events > (*finding.groups)[0] + (*finding.groups)[1])
    node.problem("events", "are more than the patients of both groups");
}

PublishedFinding read_finding(ConfigNode node, const std::string& name) {
  PublishedFinding f;
  f.name = name;
  f.what = node.text("what");
  f.source = node.text("source", "");
  f.studies = node.texts("studies", std::vector<std::string>{});
  read_ratio(node, f);
  read_interval(node, f);
  node.accept("p");
  if (node.has("p"))
    f.p =
        read_printed(node, "p", Range{.minimum = 0, .maximum = 1, .minimum_included = false, .maximum_included = true});
  read_table(node, f);
  f.groups = read_pair(node, "groups");
  node.accept("events");
  if (node.has("events")) f.events = node.number("events", Range::between(1, 1e7));
  f.looked_at = static_cast<std::uint32_t>(node.integer("looked_at", Range::between(1, 10000), 1));
  f.plausible = node.numbers("plausible", Range::above(0), std::vector<double>{0.6, 0.7, 0.8, 0.9});
  if (std::ranges::find(f.plausible, 1.0) != f.plausible.end())
    node.problem("plausible", "holds 1, which is no effect (other ratios)");
  f.margins = node.numbers("margins", Range::above(1), std::vector<double>{});
  f.common_outcome = node.choice<bool>("outcome", outcomes, true);
  const bool later = node.choice<bool>("formed", formed_when, false);
  node.accept("guarantee_time");
  if (later) {
    const double all = f.groups ? std::max(2.0, std::round((*f.groups)[0] + (*f.groups)[1])) : 2;
    f.guarantee_time = read_guarantee_time(node.child("guarantee_time", false), static_cast<std::int64_t>(all));
  }
  if (!later && node.has("guarantee_time"))
    node.problem("guarantee_time", "is for groups formed after time zero (formed: after_time_zero)");
  check_enough(node, f);
  node.finish();
  return f;
}

}  // namespace

Findings read_findings(const YamlNode& tree, Problems& problems) {
  ConfigNode root(tree, problems);
  Findings all;
  all.title = root.text("title");
  all.alpha = root.number("alpha", Range::inside(0, 0.5), all.alpha);
  all.noninferiority_alpha = root.number("noninferiority_alpha", Range::inside(0, 0.5), all.noninferiority_alpha);
  all.power = root.number("power", Range::inside(0.5, 1), all.power);
  root.accept("proportions");
  const bool of_proportions = root.has("proportions");
  for (auto& [name, node] : root.named_children("proportions", false))
    all.proportions.push_back(read_published_proportion(node, name));
  for (auto& [name, node] : root.named_children("findings", !of_proportions))
    all.findings.push_back(read_finding(node, name));
  if (all.findings.empty() && root.has("findings")) root.problem("findings", "is empty (at least one finding)");
  root.finish();
  all.document = root.resolved();
  return all;
}

Findings load_findings(const std::filesystem::path& file) {
  Problems problems;
  const YamlNode tree = load_yaml(file, problems);
  problems.refuse();
  Findings all = read_findings(tree, problems);
  problems.refuse();
  return all;
}

}  // namespace oligosim
