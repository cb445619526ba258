#include "models/calibration/targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr Choice<TargetField> fields[] = {{"estimate", TargetField::estimate},
                                          {"lower", TargetField::lower},
                                          {"upper", TargetField::upper},
                                          {"n_events", TargetField::n_events},
                                          {"signed_statistic", TargetField::signed_statistic}};
constexpr Choice<double> directions[] = {{"earlier", -1.0}, {"later", 1.0}};

using Labels = std::vector<const EstimateLabel*>;

Labels labels_of(const Plan& plan, const std::string& analysis) {
  Labels labels;
  for (const EstimateLabel& l : plan.labels())
    if (l.analysis == analysis) labels.push_back(&l);
  return labels;
}

/// One of the words that the labels have under a key; keeps the labels that have it.
std::string narrow(ConfigNode& node, const char* key, std::string EstimateLabel::*word, Labels& labels) {
  std::vector<std::string> accepted;
  for (const EstimateLabel* l : labels)
    if (std::ranges::find(accepted, l->*word) == accepted.end()) accepted.push_back(l->*word);
  node.accept(key);
  std::string chosen = accepted.empty() ? "" : accepted.front();
  if (accepted.size() > 1 || (accepted.size() == 1 && !accepted.front().empty() && node.has(key))) {
    chosen = node.one_of(key, accepted, key + std::string(" of this analysis"));
  } else if (node.has(key)) {
    node.problem(key, "does not apply to this analysis");
  }
  std::erase_if(labels, [&](const EstimateLabel* l) { return l->*word != chosen; });
  return chosen;
}

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

double narrow_at(ConfigNode& node, Labels& labels) {
  std::vector<double> accepted;
  for (const EstimateLabel* l : labels)
    if (std::ranges::none_of(accepted, [&](double at) { return same(at, l->at); })) accepted.push_back(l->at);
  node.accept("at");
  const bool given = node.has("at");
  const double at = given ? node.number("at", Range::any()) : accepted.empty() ? missing : accepted.front();
  if ((!given && accepted.size() > 1) ||
      (given && !accepted.empty() && std::ranges::find(accepted, at) == accepted.end())) {
    std::string text;
    for (const double a : accepted) text += (text.empty() ? "" : ", ") + shortest(a);
    node.problem("at", "is not a month or probability of this analysis (" + text + ")");
  }
  return at;
}

bool is_ratio(const Labels& labels) { return !labels.empty() && labels.front()->ratio; }

void read_published(ConfigNode& node, Target& target) {
  const int given = node.has("published") + node.has("published_p") + node.has("not_reached");
  for (const char* key : {"published", "published_p", "favours", "not_reached"}) node.accept(key);
  if (given != 1) {
    node.problem("", "says what was published by one of published, published_p and not_reached");
    return;
  }
  if (node.has("published")) {
    const std::vector<double> numbers = node.numbers("published", Range::any());
    const bool share = numbers.size() == 2 && numbers[0] >= 0 && numbers[0] <= numbers[1] && numbers[1] > 0;
    if (share) target.published = numbers[0] / numbers[1];
    if (numbers.size() == 1) target.published = numbers[0];
    if (!share && numbers.size() != 1) node.problem("published", "is not a number or [count, of how many]");
    if (target.share && numbers.size() == 1 && !(numbers[0] >= 0 && numbers[0] <= 1))
      node.problem("published",
                   shortest(numbers[0]) + " is not a share (a number from 0 to 1, or [count, of how many])");
    if (target.log_scale && !(target.published > 0)) node.problem("published", "is not above 0, as a ratio is");
    if (target.log_scale) target.published = std::log(target.published);
  } else if (node.has("published_p")) {
    const double p = node.number("published_p", Range{.minimum = 0, .maximum = 1, .minimum_included = false});
    target.published = node.choice<double>("favours", directions) * normal_quantile(1 - p / 2);
    target.field = TargetField::signed_statistic;
    target.log_scale = false;
  } else if (node.flag("not_reached")) {
    target.published = infinity;
  } else {
    node.problem("not_reached", "is true or left out");
  }
  if (target.used_in_fit && std::isinf(target.published))
    node.problem("used_in_fit", "a figure that was not reached can be a check only (false)");
}

Target read_target(ConfigNode& node, const Plan& plan) {
  Target target;
  target.name = node.text("name");
  target.source = node.text("source");
  target.analysis = node.one_of("analysis", plan.analysis_names(), "analysis");
  const YamlNode* written = node.as_written().find("analysis");
  if (written && written->scalar != target.analysis) {  // what follows it cannot be judged
    node.keep();
    return target;
  }
  Labels labels = labels_of(plan, target.analysis);
  target.group = narrow(node, "group", &EstimateLabel::group, labels);
  target.parameter = narrow(node, "parameter", &EstimateLabel::parameter, labels);
  target.term = narrow(node, "term", &EstimateLabel::term, labels);
  target.at = narrow_at(node, labels);
  target.field = node.choice<TargetField>("field", fields, TargetField::estimate);
  target.log_scale = is_ratio(labels) && target.field <= TargetField::upper;
  target.share = !labels.empty() && labels.front()->share && target.field == TargetField::estimate;
  target.used_in_fit = node.flag("used_in_fit");
  target.weight = node.number("weight", Range::between(1, 1000), 1);
  read_published(node, target);
  if (target.field == TargetField::estimate && !labels.empty() && !labels.front()->estimated)
    node.problem("field", "the analysis has a test and no estimate (published_p, or field: signed_statistic)");
  if (target.used_in_fit && (target.field == TargetField::lower || target.field == TargetField::upper))
    node.problem("used_in_fit", "the limit of an interval can be a check only (false)");
  node.finish();
  return target;
}

}  // namespace

double Target::printed(double on_scale) const { return log_scale ? std::exp(on_scale) : on_scale; }

double Target::value(const Estimate& e) const {
  const bool endless = e.status == Status::not_reached;
  if (e.status != Status::ok && !endless) return missing;
  const auto scaled = [&](double x) { return log_scale ? std::log(x) : x; };
  switch (field) {
    case TargetField::estimate:
      return endless ? infinity : scaled(e.estimate);
    case TargetField::lower:
      return std::isnan(e.lower) ? (endless ? infinity : missing) : scaled(e.lower);
    case TargetField::upper:
      return std::isnan(e.upper) ? infinity : scaled(e.upper);
    case TargetField::n_events:
      return e.n_events;
    case TargetField::signed_statistic:
      return e.signed_statistic;
  }
  return missing;
}

std::size_t label_of(const Plan& plan, const Target& target) {
  for (std::size_t k = 0; k < plan.labels().size(); ++k) {
    const EstimateLabel& l = plan.labels()[k];
    if (l.analysis == target.analysis && l.group == target.group && l.term == target.term &&
        l.parameter == target.parameter && same(l.at, target.at))
      return k;
  }
  return plan.labels().size();
}

std::vector<Target> read_targets(ConfigNode& root, const Plan& plan) {
  std::vector<Target> targets;
  std::set<std::string> names;
  for (ConfigNode node : root.children("targets")) {
    targets.push_back(read_target(node, plan));
    if (!names.insert(targets.back().name).second)
      node.problem("name", "'" + targets.back().name + "' names an earlier target too");
  }
  std::vector<std::string> known;
  for (const Target& t : targets) known.push_back(t.name);
  for (const std::string& name : root.some_of("held_out", known, "target", std::vector<std::string>{}))
    for (Target& t : targets)
      if (t.name == name) t.used_in_fit = false, t.held_out = true;
  if (root.has("targets") && std::ranges::none_of(targets, &Target::used_in_fit))
    root.problem("targets", "none is used in the fit (used_in_fit: true)");
  return targets;
}

}  // namespace oligosim
