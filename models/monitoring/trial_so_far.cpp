#include "models/monitoring/trial_so_far.hpp"

namespace oligosim {
namespace {

std::optional<double> optional_number(ConfigNode& node, const char* key, const Range& range) {
  node.accept(key);
  return node.has(key) ? std::optional(node.number(key, range)) : std::nullopt;
}

HeldLook read_look(ConfigNode node, bool has_plan) {
  HeldLook look;
  look.at = node.as_written();
  look.path = node.path();
  node.accept("data"), node.accept("events");
  if (node.has("data")) look.data = node.text("data");
  if (node.has("events")) look.events = static_cast<std::size_t>(node.integer("events", Range::between(1, 1e6)));
  look.information = optional_number(node, "information", Range::inside(0, 2));
  look.z = optional_number(node, "z", Range::between(-30, 30));
  look.standard_error = optional_number(node, "standard_error", Range::above(0));
  look.last = node.flag("last", false);
  if (!look.data.empty() && !has_plan)
    node.problem("data", "needs the plan that analyses it (plan: FILE.yaml beside looks)");
  for (const char* key : {"z", "standard_error"})
    if (!look.data.empty() && node.has(key)) node.problem(key, "stands beside data, which say it");
  if (look.data.empty() && !node.has("z"))
    node.problem("", "says nothing of what was found (z of the primary analysis, or data: FILE.csv)");
  node.finish();
  return look;
}

}  // namespace

TrialSoFar read_trial_so_far(const YamlNode& tree, Problems& problems) {
  ConfigNode root(tree, problems);
  TrialSoFar trial;
  trial.written = root.as_written();
  trial.title = root.text("title");
  trial.study = root.text("study");
  for (const char* key : {"scenario", "plan", "hazard_ratios", "forecast"}) root.accept(key);
  if (root.has("scenario")) trial.scenario = root.text("scenario");
  if (root.has("plan")) trial.plan = root.text("plan");
  for (ConfigNode& look : root.children("looks", !root.has("forecast")))
    trial.looks.push_back(read_look(look, root.has("plan")));
  if (trial.looks.empty() && root.has("looks")) root.problem("looks", "is empty (at least one look that was held)");
  for (std::size_t k = 0; k + 1 < trial.looks.size(); ++k)
    if (trial.looks[k].last)
      problems.add(trial.looks[k].at.place, trial.looks[k].path + ".last", "is not the last look that was held");
  if (root.has("forecast")) trial.forecast = read_forecast_spec(root.child("forecast"), root.has("plan"));
  if (root.has("hazard_ratios") && trial.looks.empty())
    root.problem("hazard_ratios", "are for the power after a look that was held (looks)");
  if (root.has("hazard_ratios")) trial.hazard_ratios = root.numbers("hazard_ratios", Range::above(0));
  root.finish();
  trial.document = root.resolved();
  return trial;
}

}  // namespace oligosim
