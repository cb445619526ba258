#include "app/monitored_file.hpp"

#include <algorithm>
#include <cmath>

#include "app/console.hpp"
#include "app/real_data.hpp"
#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
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

/// Why an analysis of real data is not the one that the scenario's design goes by; empty where nothing says so.
std::string unlike_planned(const Analysis& own, const Scenario& scenario) {
  const Analysis& planned = scenario.plan->analysis(scenario.plan->position(scenario.design->primary()));
  const HazardRatioTest *test = ratio_test(own), *planned_test = ratio_test(planned);
  if (!own.labels().front().two_groups) return "compares no two groups in these data";
  if (!test != !planned_test)
    return std::string(test ? "tests" : "does not test") + " a hazard ratio, unlike that of the study";
  if (!test) return "";
  if (*test->null_ratio() != *planned_test->null_ratio())
    return "tests a hazard ratio of " + shortest(*test->null_ratio()) + ", that of the study one of " +
           shortest(*planned_test->null_ratio()) + " (null_value)";
  const std::string experimental = test->compared(), control = scenario.trial->arms().front();
  if (experimental.substr(experimental.find('=') + 1) == control)
    return "takes " + experimental +
           " for the experimental arm, which is the study's control (levels in the plan: control first)";
  return "";
}

/// What of the plan goes on beside the numbers: how z is to be read, and where it is made otherwise than planned.
void tell(const std::string& file, const HeldLook& look, const Analysis& own, const Scenario& scenario) {
  const HazardRatioTest* test = ratio_test(own);
  print_message("oligosim: {}: {} events, z {:.6g} of '{}', positive in favour of {}\n", file, *look.own_events,
                *look.z, own.name(), test ? test->compared() : "the experimental treatment");
  const std::string planned = scenario.plan->analysis(scenario.plan->position(own.name())).labels().front().method;
  const std::string& method = own.labels().front().method;
  if (method != planned)
    print_message("oligosim: warning: '{}' is {} here, and {} in the study\n", own.name(), method, planned);
}

/// Runs the plan on the data of a look for the numbers of the primary analysis of this scenario.
void analyze_look(HeldLook& look, const YamlNode& plan, const std::filesystem::path& data, const Scenario& scenario,
                  Problems& problems) {
  const std::string& primary = scenario.design->primary();
  const auto refuse = [&](const std::string& why) {
    problems.add(look.at.find("data")->place, look.path + ".data", why);
  };
  const PlanOnData both = plan_on_data(plan, data, {});
  print_message(both.warnings.text());
  const std::vector<std::string> names = both.plan->analysis_names();
  if (std::ranges::find(names, primary) == names.end())
    return refuse("its plan has no analysis '" + primary + "', which is the primary one of the design");
  const std::size_t position = both.plan->position(primary);
  const Analysis& analysis = both.plan->analysis(position);
  if (const std::string why = unlike_planned(analysis, scenario); !why.empty())
    return refuse("'" + primary + "' " + why);
  Arena arena;
  PlanData shared = both.data->for_plan(*both.plan, arena);
  std::vector<Estimate> estimates(analysis.labels().size());
  both.plan->evaluate(position, shared, arena, estimates);
  const Estimate& e = estimates.front();
  if (std::isnan(e.signed_statistic))
    return refuse("'" + primary + "' gives no statistic (" + std::string(name(e.status)) + ")");
  look.z = e.signed_statistic;
  look.own_events = e.n_events;
  if (!look.events && scenario.design->final_events() > 0) {
    if (!counts_events_of_primary(scenario))
      return refuse("the design counts other events than those of '" + primary +
                    "' (events: so many known at the look)");
    look.events = static_cast<std::size_t>(e.n_events);
  }
  if (analysis.labels().front().ratio && !std::isnan(e.standard_error)) look.standard_error = e.standard_error;
  tell(data.filename().string(), look, analysis, scenario);
}

TrialSoFar load_trial(const YamlNode& tree) {
  Problems problems;
  TrialSoFar trial = read_trial_so_far(tree, problems);
  problems.refuse();
  return trial;
}

/// `all`: takes the files that are read.
void analyze_looks(MonitoredFile& all, const YamlNode& plan, const std::filesystem::path& folder,
                   const Scenario& scenario) {
  Problems problems;
  for (HeldLook& look : all.trial.looks) {
    if (look.data.empty()) continue;
    const std::filesystem::path data = file_of(folder, look.at, look.path + ".", "data", problems);
    if (!problems.empty()) continue;
    analyze_look(look, plan, data, scenario, problems);
    all.inputs.push_back(data);
  }
  problems.refuse();
}

void forecast_looks(MonitoredFile& all, const YamlNode& plan, const std::filesystem::path& folder,
                    const Scenario& scenario) {
  Problems problems;
  const ForecastSpec& spec = *all.trial.forecast;
  const std::filesystem::path file = file_of(folder, spec.at, "forecast.", "data", problems);
  problems.refuse();
  all.inputs.push_back(file);
  const PlanOnData both = plan_on_data(plan, file, {});
  print_message(both.warnings.text());
  Arena arena;
  PlanData data = both.data->for_plan(*both.plan, arena);
  const PatientsSoFar patients =
      patients_so_far(spec, scenario.design->primary(), *both.plan, both.data->patients(), data, problems);
  problems.refuse();
  all.forecast = forecast_events(spec, patients, scenario, awaited_looks(*scenario.design, all.shown), problems);
  problems.refuse();
  const std::size_t held = all.trial.looks.empty() ? 0 : all.trial.looks.back().events.value_or(0);
  if (held > all.forecast->events && patients.of_primary && counts_events_of_primary(scenario))
    all.forecast->notes.push_back("The last look had " + std::to_string(held) +
                                  " events, more than there are in these data.");
}

const Scenario& scenario_of(const Study& study, const TrialSoFar& trial) {
  if (!trial.scenario) return study.scenarios.front();
  const auto found = std::ranges::find(study.scenarios, *trial.scenario, &Scenario::name);
  if (found != study.scenarios.end()) return *found;
  std::string names;
  for (const Scenario& s : study.scenarios) names += (names.empty() ? "" : ", ") + s.name;
  Problems problems;
  problems.add(trial.written.find("scenario")->place, "scenario",
               "the study has no scenario '" + *trial.scenario + "' (" + names + ")");
  problems.refuse();
  return study.scenarios.front();
}

}  // namespace

MonitoredFile load_monitored(const std::filesystem::path& file) {
  Problems problems;
  const YamlNode tree = load_yaml(file, problems);
  problems.refuse();
  MonitoredFile all{.trial = load_trial(tree), .shown = {}, .forecast = {}, .study = {}, .inputs = {}};
  all.inputs.push_back(file_of(file.parent_path(), all.trial.written, "", "study", problems));
  problems.refuse();
  const Study study = load_study(all.inputs.front(), {});
  all.study = study.title;
  const Scenario& scenario = scenario_of(study, all.trial);
  YamlNode plan;
  if (!all.trial.plan.empty()) {
    all.inputs.push_back(file_of(file.parent_path(), all.trial.written, "", "plan", problems));
    problems.refuse();
    plan = load_yaml(all.inputs.back(), problems);
    analyze_looks(all, plan, file.parent_path(), scenario);
  }
  all.shown = monitor(scenario, all.trial, problems);
  problems.refuse();
  if (all.trial.forecast) forecast_looks(all, plan, file.parent_path(), scenario);
  return all;
}

}  // namespace oligosim
