#include "models/study/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "models/study/design_input.hpp"
#include "models/study/early_looks.hpp"
#include "models/study/file_beside.hpp"
#include "models/study/overrides.hpp"
#include "models/study/patient_file.hpp"
#include "models/study/posterior_draws.hpp"
#include "models/study/simulated_codes.hpp"
#include "models/study/stopped_estimates.hpp"
#include "models/study/unused_parts.hpp"
#include "models/study/without_visits.hpp"
#include "models/trial/read_trial.hpp"

namespace oligosim {
namespace {

constexpr std::int64_t standard_seed = 20250611;
const Range seeds = Range::between(0, 9.2e18), replicate_counts = Range::between(1, 4e9);

/// Puts the file that `key` names in the key's place.
void inline_file(YamlNode& study, const std::string& key, const std::filesystem::path& folder, Problems& problems) {
  YamlNode* node = study.find(key);
  if (!node || node->kind != YamlNode::Kind::scalar) return;
  const std::filesystem::path file = file_beside(folder, *node, key, problems);
  if (file.empty())
    node->kind = YamlNode::Kind::mapping;
  else
    *node = load_yaml(file, problems);
}

/// Simulates only the columns that the plan reads and the endpoints that looks wait for.
void mark_needed(Trial& trial, const Plan& plan, const Design& design) {
  std::vector<std::uint8_t> needed = plan.needed_columns();
  for (const Look& look : design.looks())
    if (look.counted) needed[*trial.columns().find(trial.disease().endpoints()[look.endpoint].name + "_d")] = 1;
  if (design.subgroup()) needed[1 + design.subgroup()->column] = 1;  // after the arm
  trial.need(needed, plan.reads_lesions());
  if (design.drops_arms()) trial.may_drop_arms();
}

/// What the trial of one draw is read from: the study without what does not bear on it, which may be large.
YamlNode trial_alone(const YamlNode& tree) {
  YamlNode own = YamlNode::of(YamlNode::Kind::mapping, tree.place);
  for (const char* key : {"disease", "cohort", "arms", "trial", "plan"}) {
    const YamlNode* value = tree.find(key);
    if (!value) continue;
    own.entries.push_back({key, value->place, *value});
    std::erase_if(own.entries.back().value.entries, [&](const YamlNode::Entry& e) {
      return std::string(key) == "plan" ? e.key != "days_per_month" : e.key == "posterior" || e.key == "published";
    });
  }
  return own;
}

/// The disease models of the draws; stops at the first that the model refuses.
void add_draws(Scenario& scenario, const YamlNode& tree, const std::vector<Override>& draws, Problems& problems) {
  const YamlNode base = draws.empty() ? YamlNode{} : trial_alone(tree);
  for (const Override& draw : draws) {
    const YamlNode own = with_overrides(base, draw, problems);
    ConfigNode root(own, problems);
    const TrialInput input = read_trial(root, true, problems);
    if (!problems.empty()) return;
    mark_needed(*input.trial, *scenario.plan, *scenario.design);
    scenario.draws.push_back({input.disease, input.trial});
  }
}

/// Looks whose metrics are told as well as those of the end, in order.
std::vector<int> read_at_looks(ConfigNode& root, std::size_t looks) {
  root.accept("at_looks");
  if (!root.has("at_looks")) return {};
  std::set<int> chosen;
  for (const double look : root.numbers("at_looks", Range::at_least(1))) {
    if (look != std::floor(look)) root.problem("at_looks", "are not whole numbers");
    if (look > static_cast<double>(looks))
      root.problem("at_looks",
                   shortest(look) + " is beyond the looks of the design (at most " + std::to_string(looks) + ")");
    chosen.insert(static_cast<int>(look));
  }
  return {chosen.begin(), chosen.end()};
}

/// Reads one scenario's tree. `study` takes what is common to all.
Scenario read_scenario(const std::string& name, ConfigNode root, Problems& problems, Study& study) {
  study.title = root.text("study");
  root.accept("note");
  if (root.has("note")) study.note = root.text("note");
  study.seed = static_cast<std::uint64_t>(root.integer("seed", seeds, standard_seed));
  study.replicates = static_cast<std::uint32_t>(root.integer("replicates", replicate_counts, 10000));
  study.block_size = static_cast<std::uint32_t>(root.integer("replicates_per_block", Range::between(1, 1e6), 500));
  const TrialInput input = read_trial(root, true, problems);
  ConfigNode plan_node = root.child("plan");
  Scenario scenario{.name = name, .disease = input.disease, .trial = input.trial, .plan = {}, .design = {}};
  const Columns columns = Trial::cut_columns(*input.disease, input.arms);
  const Columns lesion_columns = Trial::cut_lesion_columns(*input.disease);
  scenario.plan = std::make_shared<Plan>(plan_node, columns, &lesion_columns);
  if (plan_node.has("time_unit") && plan_node.text("time_unit") != "days")
    plan_node.problem("time_unit", "simulated patients have their times in days (days)");
  if (scenario.plan->simulation())
    plan_node.problem("bootstrap", "of kind 'parametric' is for real data (oligosim analyze)");
  refuse_impossible_codes(plan_node.as_written(), scenario.plan->parts(), "plan", problems);
  Columns baseline;
  for (const ColumnInfo& c : input.disease->baseline()) baseline.add(c);
  scenario.design = read_design(design_input(root.child("design"), scenario, input, baseline));
  scenario.distributions = WantedDistributions(root, scenario.plan->labels());
  scenario.families = read_families(root, *scenario.plan);
  scenario.at_looks = read_at_looks(root, scenario.design->looks().size());
  scenario.failures = read_failure_limit(root, *scenario.plan, scenario.design->primary());
  ConfigNode truth = root.child("truth", false);
  study.truth_patients = static_cast<std::size_t>(truth.integer("patients", Range::between(1000, 1e8), 1000000));
  scenario.truth_without_crossover = !truth.flag("crossover", true);
  if (scenario.truth_without_crossover && !input.disease->without_crossover())
    truth.problem("crossover", "is of patients who cross over (a disease model of such: illness_death or oligo_hcc)");
  truth.finish();
  root.raw("scenarios");
  root.accept("size");  // of the study, not of a scenario
  root.finish();
  const std::vector<Override> draws = read_posterior_draws(root, problems);
  if (problems.empty()) refuse_early_looks(root.child("design"), scenario, problems);
  if (!problems.empty()) return scenario;
  mark_needed(*scenario.trial, *scenario.plan, *scenario.design);
  add_draws(scenario, root.as_written(), draws, problems);
  return scenario;
}

/// What the command line says is no mistake of the file.
void check_option(const char* option, std::optional<std::int64_t> value, const Range& range) {
  if (value && !range.contains(static_cast<double>(*value)))
    throw InputError(fmt::format("{}: {} is out of range (a whole number from {:.0f} to {:.0f})", option, *value,
                                 range.minimum, range.maximum));
}

void put_number(YamlNode& study, const std::string& key, std::int64_t value) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.scalar = std::to_string(value);
  node.place = study.place;
  if (YamlNode* given = study.find(key)) {
    node.place = given->place;
    *given = node;
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

/// Leaves one scenario in the study as understood, so that a folder of it alone can be read again; and no `size`, which
/// may be about others.
void leave_scenario(YamlNode& study, const Override& scenario) {
  std::erase_if(study.entries, [](const YamlNode::Entry& e) { return e.key == "size"; });
  YamlNode* all = study.find("scenarios");
  if (!all) return;
  YamlNode values = YamlNode::of(YamlNode::Kind::mapping, all->place);
  for (const auto& [path, value] : scenario.values) {
    YamlNode one = value;
    if (value.kind == YamlNode::Kind::sequence) {  // a list in a list is one value
      one = YamlNode::of(YamlNode::Kind::sequence, value.place);
      one.items.push_back(value);
    }
    values.entries.push_back({path, one.place, one});
  }
  *all = YamlNode::of(YamlNode::Kind::mapping, all->place);
  all->entries.push_back({scenario.name, all->place, values});
}

}  // namespace

Study read_study(const YamlNode& tree, const StudyOverrides& overrides, Problems& problems) {
  Study study;
  std::vector<Override> scenarios = expand_scenarios(tree, problems);
  const std::vector<Override> all_scenarios = scenarios;
  if (overrides.scenario) keep_scenario(scenarios, *overrides.scenario);
  refuse_unused_parts(tree, problems);
  ConfigNode base(tree, problems);
  const Scenario without = read_scenario("", base, problems, study);
  if (base.has("size")) study.size = read_size_wanted(base.child("size"), all_scenarios, without);
  study.resolved = base.resolved();
  if (overrides.scenario) leave_scenario(study.resolved, scenarios.front());
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
        last.design->looks().size() != first.design->looks().size() || last.families.size() != first.families.size() ||
        last.at_looks != first.at_looks)
      problems.add(own.place, "scenarios." + scenario.name,
                   "changes the number of analyses, families or looks, or at_looks");
    if (last.design->sides() != first.design->sides())
      problems.add(own.place, "scenarios." + scenario.name, "changes the sides of the design");
    if (!std::ranges::equal(last.design->hypotheses(), first.design->hypotheses()))
      problems.add(own.place, "scenarios." + scenario.name, "changes the hypotheses of the design");
    if (last.design->courses().size() != first.design->courses().size())
      problems.add(own.place, "scenarios." + scenario.name, "changes the ways in which the design may go on");
  }
  if (problems.empty()) {
    keep_common_estimates(study.scenarios);
    find_labels_without_visits(study.scenarios);
  }
  const bool any_draws = std::ranges::any_of(study.scenarios, [](const Scenario& s) { return !s.draws.empty(); });
  for (Scenario& s : study.scenarios) s.own_truths = any_draws;
  return study;
}

Study load_study(const std::filesystem::path& file, const StudyOverrides& overrides) {
  check_option("--seed", overrides.seed, seeds);
  check_option("--replicates", overrides.replicates, replicate_counts);
  Problems problems;
  YamlNode tree = load_yaml(file, problems);
  problems.refuse();
  if (overrides.seed) put_number(tree, "seed", *overrides.seed);
  if (overrides.replicates) put_number(tree, "replicates", *overrides.replicates);
  inline_file(tree, "disease", file.parent_path(), problems);
  inline_file(tree, "plan", file.parent_path(), problems);
  inline_posterior_files(tree, file.parent_path(), problems);
  inline_patient_file(tree, file.parent_path(), problems);
  problems.refuse();  // without its parts a study cannot be judged
  Study study = read_study(tree, overrides, problems);
  problems.refuse();
  return study;
}

std::string study_hash(const Study& study) {
  YamlNode without = study.resolved;
  std::erase_if(without.entries, [](const YamlNode::Entry& e) {
    return e.key == "replicates" || e.key == "size" || e.key == "failures";
  });
  std::string text = to_yaml(without);
  for (const Scenario& s : study.scenarios) text += s.name + "\n";
  return sha256(text);
}

}  // namespace oligosim
