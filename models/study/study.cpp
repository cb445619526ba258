#include "models/study/study.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "models/analysis/hazard_ratio_test.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {
namespace {

constexpr std::int64_t standard_seed = 20250611;

/// Puts the file that `key` names in the key's place.
void inline_file(YamlNode& study, const std::string& key, const std::filesystem::path& folder, Problems& problems) {
  for (YamlNode::Entry& entry : study.entries)
    if (entry.key == key && entry.value.kind == YamlNode::Kind::scalar) {
      const std::filesystem::path file = folder / entry.value.scalar;
      if (!std::filesystem::is_regular_file(file)) {
        problems.add(entry.value.place, key, "there is no file '" + entry.value.scalar + "' beside the study");
        entry.value.kind = YamlNode::Kind::mapping;
      } else {
        entry.value = load_yaml(file, problems);
      }
    }
}

struct Arms {
  std::vector<std::string> names;
  std::vector<std::int64_t> allocation;
  std::vector<DiseaseInput::Arm> nodes;
};

Arms read_arms(ConfigNode& root) {
  Arms arms;
  for (auto& [name, node] : root.named_children("arms")) {
    arms.names.push_back(name);
    arms.allocation.push_back(node.integer("allocation", Range::between(1, 100), 1));
    arms.nodes.push_back({name, node});
  }
  if (arms.names.empty()) {
    if (root.has("arms")) root.problem("arms", "is empty (at least one arm)");
    arms.names = {"arm"};
    arms.allocation = {1};
  }
  if (arms.names.size() > 20) root.problem("arms", "has more than 20 arms");
  return arms;
}

/// Analyses whose first label is a test of two groups: those a design can stop on.
std::vector<std::string> testable(const Plan& plan) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < plan.analysis_names().size(); ++k)
    if (!plan.analysis(k).labels().empty() && plan.analysis(k).labels().front().two_groups)
      names.push_back(plan.analysis(k).name());
  return names;
}

DesignInput design_input(ConfigNode node, const DiseaseModel& disease, const Plan& plan, std::size_t patients) {
  DesignInput input{.node = node,
                    .endpoints = {},
                    .endpoint_positions = {},
                    .testable = testable(plan),
                    .null_ratio = {},
                    .patients = patients};
  for (const std::string& name : input.testable) {
    const HazardRatioTest* test = test_of_arms(plan.analysis(plan.position(name)));
    input.null_ratio.push_back(test ? test->null_ratio() : std::nullopt);
  }
  for (std::size_t k = 0; k < disease.endpoints().size(); ++k)
    if (disease.endpoints()[k].kind == EndpointKind::survival) {
      input.endpoints.push_back(disease.endpoints()[k].name);
      input.endpoint_positions.push_back(k);
    }
  return input;
}

/// Simulates only the columns that the plan reads and the endpoints that looks wait for.
void mark_needed(Trial& trial, const Plan& plan, const Design& design) {
  std::vector<std::uint8_t> needed = plan.needed_columns();
  for (const Look& look : design.looks())
    if (look.counted) needed[*trial.columns().find(trial.disease().endpoints()[look.endpoint].name + "_d")] = 1;
  trial.need(needed, plan.reads_lesions());
}

/// Reads one scenario's tree. `study` takes what is common to all.
Scenario read_scenario(const std::string& name, ConfigNode root, Problems& problems, Study& study) {
  study.title = root.text("study");
  root.accept("note");
  if (root.has("note")) study.note = root.text("note");
  study.seed = static_cast<std::uint64_t>(root.integer("seed", Range::between(0, 9.2e18), standard_seed));
  study.replicates = static_cast<std::uint32_t>(root.integer("replicates", Range::between(1, 4e9), 10000));
  study.block_size = static_cast<std::uint32_t>(root.integer("replicates_per_block", Range::between(1, 1e6), 500));
  ConfigNode disease_node = root.child("disease");
  if (disease_node.has("published")) disease_node.raw("published");  // read by SanityCheck
  root.accept("cohort");
  Arms arms = read_arms(root);
  ConfigNode trial_node = root.child("trial");
  ConfigNode enrollment_node = trial_node.child("enrollment");
  auto patients = static_cast<std::size_t>(enrollment_node.integer("patients", Range::between(1, 1e6)));
  if (problems.concern(enrollment_node.place("patients"))) patients = 0;  // not known
  const VisitSchedule visits = read_visits(trial_node.child("visits", false));
  ConfigNode plan_node = root.child("plan");
  const double days_per_month = plan_node.number("days_per_month", Range::between(28, 31), 30.4375);

  Scenario scenario{
      .name = name, .disease = {}, .trial = {}, .plan = {}, .design = {}, .distributions = {}, .families = {}};
  scenario.disease = read_disease_model({root, disease_node, arms.nodes, visits, days_per_month, patients});
  for (DiseaseInput::Arm& arm : arms.nodes) arm.node.finish();
  Columns baseline;
  for (const ColumnInfo& c : scenario.disease->baseline()) baseline.add(c);
  Enrollment enrollment = Enrollment::read(enrollment_node, baseline);
  Randomization randomization =
      Randomization::read(trial_node.child("randomization", false), baseline, arms.allocation);
  const Dropout dropout = Dropout::read(trial_node.child("dropout", false));
  trial_node.finish();
  const Columns columns = Trial::cut_columns(*scenario.disease, arms.names);
  const Columns lesion_columns = Trial::cut_lesion_columns(*scenario.disease);
  scenario.plan = std::make_shared<Plan>(plan_node, columns, &lesion_columns);
  if (plan_node.has("time_unit") && plan_node.text("time_unit") != "days")
    plan_node.problem("time_unit", "simulated patients have their times in days (days)");
  if (scenario.plan->simulation())
    plan_node.problem("bootstrap", "of kind 'parametric' is for real data (oligosim analyze)");
  DesignInput design = design_input(root.child("design"), *scenario.disease, *scenario.plan, patients);
  design.opens_month = enrollment.opens_month();
  if (arms.names.size() == 2) design.experimental_share = randomization.share(1);
  scenario.design = read_design(std::move(design));
  scenario.distributions = WantedDistributions(root, scenario.plan->labels());
  scenario.families = read_families(root, *scenario.plan);
  ConfigNode truth = root.child("truth", false);
  study.truth_patients = static_cast<std::size_t>(truth.integer("patients", Range::between(1000, 1e8), 1000000));
  truth.finish();
  root.raw("scenarios");
  root.finish();
  if (!problems.empty()) return scenario;
  scenario.trial =
      std::make_shared<Trial>(scenario.disease, arms.names, std::move(enrollment), std::move(randomization), dropout,
                              days_per_month, scenario.disease->whole_days());
  mark_needed(*scenario.trial, *scenario.plan, *scenario.design);
  return scenario;
}

void put_number(YamlNode& study, const std::string& key, std::int64_t value) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.scalar = std::to_string(value);
  node.place = study.place;
  for (YamlNode::Entry& entry : study.entries)
    if (entry.key == key) {
      node.place = entry.value.place;
      entry.value = node;
      return;
    }
  study.entries.push_back({key, study.place, node});
}

void keep_scenario(std::vector<Override>& scenarios, const std::string& wanted) {
  std::vector<std::string> names;
  for (const Override& s : scenarios) names.push_back(s.name);
  std::erase_if(scenarios, [&](const Override& s) { return s.name != wanted; });
  if (scenarios.empty()) throw InputError("--scenario: there is no scenario '" + wanted + "' (" + either(names) + ")");
}

}  // namespace

Study read_study(const YamlNode& tree, const StudyOverrides& overrides, Problems& problems) {
  Study study;
  std::vector<Override> scenarios = expand_scenarios(tree, problems);
  if (overrides.scenario) keep_scenario(scenarios, *overrides.scenario);
  const ConfigNode base(tree, problems);
  read_scenario("", base, problems, study);
  study.resolved = base.resolved();
  std::set<std::string> names;
  for (const Override& scenario : scenarios) {
    if (!names.insert(scenario.name).second)
      problems.add(tree.place, "scenarios", "'" + scenario.name + "' names two scenarios");
    const YamlNode own = with_overrides(tree, scenario, problems);
    Study common;
    study.scenarios.push_back(read_scenario(scenario.name, ConfigNode(own, problems), problems, common));
    if (common.seed != study.seed || common.replicates != study.replicates || common.block_size != study.block_size ||
        common.truth_patients != study.truth_patients)
      problems.add(own.place, "scenarios." + scenario.name, "seed, replicates and truth are the same in all scenarios");
    const Scenario &first = study.scenarios.front(), &last = study.scenarios.back();
    if (last.plan->labels().size() != first.plan->labels().size() ||
        last.design->looks().size() != first.design->looks().size() || last.families.size() != first.families.size())
      problems.add(own.place, "scenarios." + scenario.name, "changes the number of analyses, families or looks");
  }
  return study;
}

Study load_study(const std::filesystem::path& file, const StudyOverrides& overrides) {
  Problems problems;
  YamlNode tree = load_yaml(file, problems);
  if (!problems.empty()) throw InputError(problems.text());
  if (overrides.seed) put_number(tree, "seed", *overrides.seed);
  if (overrides.replicates) put_number(tree, "replicates", *overrides.replicates);
  inline_file(tree, "disease", file.parent_path(), problems);
  inline_file(tree, "plan", file.parent_path(), problems);
  if (!problems.empty()) throw InputError(problems.text());  // without its parts a study cannot be judged
  Study study = read_study(tree, overrides, problems);
  if (!problems.empty()) throw InputError(problems.text());
  return study;
}

std::string study_hash(const Study& study) {
  YamlNode without = study.resolved;
  std::erase_if(without.entries, [](const YamlNode::Entry& e) { return e.key == "replicates"; });
  std::string text = to_yaml(without);
  for (const Scenario& s : study.scenarios) text += s.name + "\n";
  return sha256(text);
}

}  // namespace oligosim
