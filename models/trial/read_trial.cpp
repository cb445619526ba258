#include "models/trial/read_trial.hpp"

#include <span>
#include <string>
#include <utility>

#include "models/disease/incomplete_baseline.hpp"

namespace oligosim {
namespace {

struct Arms {
  std::vector<std::string> names;
  std::vector<std::int64_t> allocation;
  std::vector<DiseaseInput::Arm> nodes;
};

Arms read_arms(ConfigNode& root, bool required) {
  Arms arms;
  for (auto& [name, node] : root.named_children("arms", required)) {
    arms.names.push_back(name);
    arms.allocation.push_back(node.integer("allocation", Range::between(1, 100), 1));
    arms.nodes.push_back({name, node});
  }
  if (arms.names.empty()) {
    if (required && root.has("arms")) root.problem("arms", "is empty (at least one arm)");
    arms.names = {"arm"};
    arms.allocation = {1};
  }
  if (arms.names.size() > 20) root.problem("arms", "has more than 20 arms");
  return arms;
}

/// Refuses columns that make groups of the patients while some may come without a value: these would be in none.
void refuse_missing(const ConfigNode& node, const char* key, const DiseaseModel& disease,
                    std::span<const std::size_t> columns) {
  const auto* const incomplete = dynamic_cast<const IncompleteBaseline*>(&disease);
  for (const std::size_t column : columns)
    if (const std::size_t missing = incomplete ? incomplete->missing(column) : 0)
      node.problem(key, "'" + disease.baseline()[column].name + "' is missing for " + std::to_string(missing) +
                            " of the patients drawn from (a column that is known of all)");
}

}  // namespace

TrialInput read_trial(ConfigNode& root, bool arms_required, Problems& problems) {
  ConfigNode disease_node = root.child("disease");
  for (const char* key : {"published", "posterior"})  // read by others
    if (disease_node.has(key)) disease_node.raw(key);
  root.accept("cohort");
  Arms arms = read_arms(root, arms_required);
  ConfigNode trial_node = root.child("trial");
  ConfigNode enrollment_node = trial_node.child("enrollment");
  TrialInput input{.arms = arms.names, .disease = {}, .trial = {}};
  input.patients = static_cast<std::size_t>(enrollment_node.integer("patients", Range::between(1, 1e6)));
  if (problems.concern(enrollment_node.place("patients"))) input.patients = 0;
  ConfigNode visits_node = trial_node.child("visits", false);
  const VisitSchedule visits = read_visits(visits_node);
  const std::vector<std::string> named = arms.nodes.empty() ? std::vector<std::string>{} : arms.names;
  const auto arm_visits = read_arm_visits(visits_node, visits, named);
  for (std::size_t k = 0; k < arms.nodes.size(); ++k) arms.nodes[k].visits = arm_visits[k];
  const double days_per_month = root.child("plan").number("days_per_month", Range::between(28, 31), 30.4375);
  input.disease = read_disease_model({root, disease_node, arms.nodes, visits, days_per_month, input.patients});
  for (DiseaseInput::Arm& arm : arms.nodes) arm.node.finish();
  Columns baseline;
  for (const ColumnInfo& c : input.disease->baseline()) baseline.add(c);
  Enrollment enrollment = Enrollment::read(enrollment_node, baseline);
  if (const auto group = enrollment.group_column())
    refuse_missing(enrollment_node.child("shape_by"), "column", *input.disease, {&*group, 1});
  ConfigNode randomization_node = trial_node.child("randomization", false);
  Randomization randomization = Randomization::read(randomization_node, baseline, arms.allocation);
  if (randomization_node.has("minimize"))
    refuse_missing(randomization_node.child("minimize"), "factors", *input.disease, randomization.columns());
  else
    refuse_missing(randomization_node, "strata", *input.disease, randomization.columns());
  input.opens_month = enrollment.opens_month();
  for (std::size_t arm = 0; arm < input.arms.size(); ++arm) input.arm_shares.push_back(randomization.share(arm));
  std::vector<std::string> endpoints;
  for (const Endpoint& e : input.disease->endpoints()) endpoints.push_back(e.name);
  Dropout dropout = Dropout::read(trial_node.child("dropout", false), endpoints, named);
  const double cleaning = trial_node.number("cleaning_months", Range::between(0, 60), 0);
  trial_node.finish();
  if (problems.empty())
    input.trial = std::make_shared<Trial>(input.disease, input.arms, std::move(enrollment), std::move(randomization),
                                          std::move(dropout), days_per_month, input.disease->whole_days(), cleaning);
  return input;
}

}  // namespace oligosim
