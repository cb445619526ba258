#include "models/schema/explorations.hpp"

#include <optional>

#include "engine/io/config.hpp"
#include "models/analysis/plan.hpp"
#include "models/calibration/calibration.hpp"
#include "models/cohort/data_shape.hpp"
#include "models/monitoring/trial_so_far.hpp"
#include "models/stress/finding.hpp"
#include "models/study/sanity.hpp"
#include "models/study/study.hpp"

namespace oligosim {
namespace {

/// Patients as a plan finds them: numbers of many values and of few, and a category.
Columns some_columns() {
  Columns columns;
  columns.add(
      {.name = "any_number", .kind = ColumnKind::number, .levels = {}, .values = {}, .unit = "", .meaning = ""});
  columns.add(
      {.name = "any_binary", .kind = ColumnKind::number, .levels = {}, .values = {0, 1}, .unit = "", .meaning = ""});
  columns.add({.name = "any_group",
               .kind = ColumnKind::category,
               .levels = {"a", "b"},
               .values = {},
               .unit = "",
               .meaning = ""});
  return columns;
}

const std::string some_endpoints =
    "endpoints: {plain: {time: any_number, event: any_binary}, competing: {time: any_number, cause: any_binary, "
    "causes: {1: any_name}}}";

const std::string plan_of_two_arms =
    "{time_unit: days, endpoints: {any_name: {time: any_name_d, event: any_name_e}},"
    " analyses: [{name: test, method: log_rank, endpoint: any_name, by: arm}, {name: ratio, method: cox, endpoint: "
    "any_name,"
    " terms: [arm]}, {name: curves, method: kaplan_meier, endpoint: any_name, by: arm, quantiles: [0.5]}]}";

const std::string trial_of_two_arms =
    "disease: {any_name: {median_months: 10}, outcomes: {outcome: {probability: 0.5}},"
    " covariates: {covariate: {probability: [0.5, 0.5]}}}\n"
    "arms: {control: {}, any_name: {effects: {outcome: {}}}}\n"
    "trial: {enrollment: {patients: 100, over_months: 12, shape_by: {column: name, levels: {}}}, visits: {months: "
    "[3]}}\n"
    "plan: " +
    plan_of_two_arms;

/// What designs look into only where there are two: hypotheses, which must be analyses of the plan, and stages.
const std::string two_of_each =
    trial_of_two_arms + "\ndesign: {stages: [{}, {}], multiplicity: {hypotheses: {test: {}, ratio: {}}}}";

/// A trial of cohorts that fare differently.
const std::string trial_of_cohorts =
    "disease: {model: cohorts, cohorts: {any_name: {any_name: {median_months: 10}, outcomes: {outcome: {probability: "
    "0.5}}}}}\n"
    "cohort: {any_name: 1}\n"
    "arms: {control: {}, any_name: {effects: {any_name: {any_name: {hazard_ratio: 1}}}}}\n"
    "trial: {enrollment: {patients: 100, over_months: 12}}\n"
    "plan: " +
    plan_of_two_arms;

}  // namespace

MappingShape explore_study() {
  return explore({.read = [](const YamlNode& tree, Problems& problems) { read_study(tree, {}, problems); },
                  .seeds = {trial_of_two_arms, two_of_each, trial_of_cohorts},
                  .names = {"any_name"},
                  .sections = {},
                  .closed = {"plan", "scenarios"}});
}

MappingShape explore_plan() {
  const auto read = [](const YamlNode& tree, Problems& problems) {
    ConfigNode node(tree, problems);
    read_data_options(node);
    const Columns patients = some_columns(), lesions = some_columns();
    const Plan plan(node, patients, &lesions);
  };
  return explore({.read = read,
                  .seeds = {some_endpoints},
                  .names = {"any_name", "any_number", "any_binary", "any_group"},
                  .sections = {"lesions"},
                  .closed = {}});
}

MappingShape explore_targets() {
  return explore({.read = [](const YamlNode& tree, Problems& problems) { read_calibration(tree, problems); },
                  .seeds = {trial_of_two_arms},
                  .names = {"any_name"},
                  .sections = {},
                  .closed = {"plan", "held", "disease", "arms", "trial", "cohort"}});
}

MappingShape explore_findings() {
  return explore({.read = [](const YamlNode& tree, Problems& problems) { read_findings(tree, problems); },
                  .seeds = {"{}"},
                  .names = {"any_name"},
                  .sections = {},
                  .closed = {}});
}

MappingShape explore_monitoring() {
  return explore({.read = [](const YamlNode& tree, Problems& problems) { read_trial_so_far(tree, problems); },
                  .seeds = {"{forecast: {model: piecewise_exponential}}"},
                  .names = {"any_name"},
                  .sections = {},
                  .closed = {}});
}

MappingShape explore_published() {
  const auto read = [](const YamlNode& published, Problems& problems) {
    YamlNode study = YamlNode::of(YamlNode::Kind::mapping), disease = study;
    disease.entries = {{"any_name", {}, YamlNode::of(YamlNode::Kind::mapping)}, {"published", {}, published}};
    study.entries = {{"disease", {}, disease}};
    const SanityCheck check(study, problems);
  };
  return explore({.read = read,
                  .seeds = {"study: {plan: " + plan_of_two_arms + "}"},
                  .names = {"any_name"},
                  .sections = {},
                  .closed = {"study"}});
}

}  // namespace oligosim
