#include "app/monitored_file.hpp"

#include <algorithm>
#include <cmath>

#include "app/console.hpp"
#include "app/real_data.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "models/study/file_beside.hpp"
#include "models/study/study.hpp"

namespace oligosim {
namespace {

/// The file that a text of the document names; the document stands in `folder`.
std::filesystem::path file_of(const std::filesystem::path& folder, const YamlNode& mapping, const std::string& path,
                              const char* key, Problems& problems) {
  return file_beside(folder, *mapping.find(key), path + key, problems, "the document");
}

/// COLUMN=LEVEL of the group that a positive z favours; empty for a test that does not say.
std::string favoured(const Analysis& analysis) {
  const auto* test = dynamic_cast<const HazardRatioTest*>(&analysis);
  return test ? test->compared() : "";
}

/// Runs the plan on the data of a look for the numbers of the primary analysis of this scenario.
void analyze_look(HeldLook& look, const YamlNode& plan, const std::filesystem::path& data, const Scenario& scenario,
                  Problems& problems) {
  const std::string &primary = scenario.design->primary(), control = scenario.trial->arms().front();
  const PlanOnData both = plan_on_data(plan, data, {});
  print_message(both.warnings.text());
  const std::vector<std::string> names = both.plan->analysis_names();
  const auto found = std::find(names.begin(), names.end(), primary);
  const auto refuse = [&](const std::string& why) {
    problems.add(look.at.find("data")->place, look.path + ".data", why);
  };
  if (found == names.end())
    return refuse("its plan has no analysis '" + primary + "', which is the primary one of the design");
  const auto position = static_cast<std::size_t>(found - names.begin());
  Arena arena;
  PlanData shared = both.data->for_plan(*both.plan, arena);
  std::vector<Estimate> estimates(both.plan->rows(position).own);
  both.plan->evaluate(position, shared, arena, estimates);
  const EstimateLabel& label = both.plan->labels()[both.plan->rows(position).first];
  const Estimate& e = estimates.front();
  if (!label.two_groups) return refuse("'" + primary + "' compares no two groups in these data");
  const std::string experimental = favoured(both.plan->analysis(position));
  if (experimental.substr(experimental.find('=') + 1) == control)
    return refuse("'" + primary + "' takes " + experimental +
                  " for the experimental arm, which is the study's control (levels in the plan: control first)");
  if (std::isnan(e.signed_statistic))
    return refuse("'" + primary + "' gives no statistic (" + std::string(name(e.status)) + ")");
  look.z = e.signed_statistic;
  if (!look.events && !look.information) look.events = static_cast<std::size_t>(e.n_events);
  if (label.ratio && !std::isnan(e.standard_error)) look.standard_error = e.standard_error;
  print_message("oligosim: {}: {} events, z {:.6g} of '{}', positive in favour of {}\n", data.filename().string(),
                e.n_events, *look.z, primary, experimental.empty() ? "the later level" : experimental);
}

TrialSoFar load_trial(const YamlNode& tree) {
  Problems problems;
  TrialSoFar trial = read_trial_so_far(tree, problems);
  problems.refuse();
  return trial;
}

void analyze_looks(TrialSoFar& trial, const std::filesystem::path& folder, const Scenario& scenario) {
  if (trial.plan.empty()) return;
  Problems problems;
  const std::filesystem::path file = file_of(folder, trial.written, "", "plan", problems);
  problems.refuse();
  const YamlNode plan = load_yaml(file, problems);
  for (HeldLook& look : trial.looks) {
    if (look.data.empty()) continue;
    const std::filesystem::path data = file_of(folder, look.at, look.path + ".", "data", problems);
    if (problems.empty()) analyze_look(look, plan, data, scenario, problems);
  }
  problems.refuse();
}

}  // namespace

MonitoredFile load_monitored(const std::filesystem::path& file) {
  Problems problems;
  const YamlNode tree = load_yaml(file, problems);
  problems.refuse();
  MonitoredFile all{.trial = load_trial(tree), .shown = {}, .study = {}};
  const std::filesystem::path study_file = file_of(file.parent_path(), all.trial.written, "", "study", problems);
  problems.refuse();
  const Study study = load_study(study_file, {.seed = {}, .replicates = {}, .scenario = all.trial.scenario});
  all.study = study.title;
  const Scenario& scenario = study.scenarios.front();
  analyze_looks(all.trial, file.parent_path(), scenario);
  all.shown = monitor(scenario, all.trial, problems);
  problems.refuse();
  return all;
}

}  // namespace oligosim
