#include <algorithm>
#include <string>
#include <utility>

#include "engine/io/number.hpp"
#include "models/disease/cohort_weights.hpp"
#include "models/disease/parallel_cohorts/model.hpp"

namespace oligosim {
namespace {

constexpr std::size_t most_cohorts = 20;

void read_outcomes(ConfigNode& node, bool first, std::size_t arms, ParallelCohortsParameters& parameters,
                   CohortCourse& cohort) {
  node.accept("outcomes");
  if (!node.has("outcomes")) return;
  for (auto& [name, own] : node.named_children("outcomes")) {
    const std::size_t k = cohort.probability.size();
    const bool again = !first && k < parameters.outcomes.size() && parameters.outcomes[k] == name;
    const double standard = again ? parameters.known_months[k] : 0;
    const double known = own.number("known_months", Range::at_least(0), standard);
    if (first) parameters.outcomes.push_back(name), parameters.known_months.push_back(known);
    cohort.probability.emplace_back(arms, own.number("probability", Range::between(0, 1)));
    if (again && known != standard)
      own.problem("known_months", "is not that of the first cohort (" + shortest(standard) + ", or leave it out)");
    own.finish();
  }
}

std::vector<std::string> names_in(ConfigNode node) {
  std::vector<std::string> names;
  for (const std::string& key : node.keys())
    if (key != "outcomes") names.push_back(key);
  if (node.has("outcomes"))
    for (const std::string& key : node.child("outcomes").keys()) names.push_back(key);
  return names;
}

void read_cohorts(ConfigNode& disease, std::size_t arms, ParallelCohortsParameters& parameters) {
  auto nodes = disease.named_children("cohorts");
  if (disease.has("cohorts") && (nodes.size() < 2 || nodes.size() > most_cohorts))
    disease.problem("cohorts", "are " + std::to_string(nodes.size()) + " (from 2 to 20)");
  const std::vector<std::string> names = nodes.empty() ? std::vector<std::string>{} : names_in(nodes.front().second);
  for (auto& [name, node] : nodes) {
    const bool first = &node == &nodes.front().second;
    CohortCourse cohort{.name = name, .by_arm = {}, .probability = {}};
    if (!first && names_in(node) != names)
      node.problem("", "has other endpoints and outcomes than the first cohort (" + either(names) + ", in this order)");
    for (const std::string& key : node.keys()) {
      if (key == "outcomes") continue;
      ConfigNode own = node.child(key);
      if (first) parameters.endpoints.push_back(key);
      cohort.by_arm.emplace_back(arms, read_distribution(own));
      own.finish();
    }
    read_outcomes(node, first, arms, parameters, cohort);
    node.finish();
    parameters.cohorts.push_back(std::move(cohort));
  }
}

void read_weights(ConfigNode study, std::size_t patients, ParallelCohortsParameters& parameters) {
  ConfigNode node = study.child("cohort");
  std::vector<double> weights;
  for (CohortCourse& cohort : parameters.cohorts) {
    node.accept_name(cohort.name);
    cohort.weight = node.number(cohort.name, Range::at_least(0));
    weights.push_back(cohort.weight);
  }
  node.finish();
  if (node.keys().empty()) return;
  parameters.counts = kind_of_weights(node, weights, patients) == CohortWeights::counts;
}

/// What an arm does to the patients of each cohort.
void read_effects(ConfigNode effects, std::size_t arm, ParallelCohortsParameters& parameters) {
  for (CohortCourse& cohort : parameters.cohorts) {
    effects.accept_name(cohort.name);
    if (!effects.has(cohort.name)) continue;
    ConfigNode own = effects.child(cohort.name);
    for (std::size_t e = 0; e < std::min(parameters.endpoints.size(), cohort.by_arm.size()); ++e) {
      own.accept_name(parameters.endpoints[e]);
      if (own.has(parameters.endpoints[e]))
        read_distribution_effect(own.child(parameters.endpoints[e]), cohort.by_arm[e][arm]);
    }
    for (std::size_t o = 0; o < std::min(parameters.outcomes.size(), cohort.probability.size()); ++o) {
      own.accept_name(parameters.outcomes[o]);
      if (!own.has(parameters.outcomes[o])) continue;
      ConfigNode outcome = own.child(parameters.outcomes[o]);
      cohort.probability[o][arm] = outcome.number("probability", Range::between(0, 1));
      outcome.finish();
    }
    own.finish();
  }
  effects.finish();
}

}  // namespace

std::unique_ptr<DiseaseModel> read_parallel_cohorts(DiseaseInput input) {
  ParallelCohortsParameters parameters;
  const std::size_t arms = std::max<std::size_t>(1, input.arms.size());
  parameters.whole_days = input.disease.flag("whole_days", false);
  read_cohorts(input.disease, arms, parameters);
  if (parameters.cohorts.size() * arms > 256)
    input.disease.problem("cohorts", "in so many arms are more than 256 groups (fewer cohorts or arms)");
  read_weights(input.study, input.patients, parameters);
  for (std::size_t arm = 0; arm < input.arms.size(); ++arm) {
    ConfigNode node = input.arms[arm].node;
    node.accept("effects");
    if (node.has("effects")) read_effects(node.child("effects"), arm, parameters);
  }
  if (!parameters.cohorts.empty() && parameters.endpoints.empty() && parameters.outcomes.empty())
    input.disease.problem("cohorts", "have neither an endpoint (os: {median_months: 10}) nor outcomes");
  input.disease.finish();
  return std::make_unique<ParallelCohorts>(std::move(parameters), input.days_per_month);
}

}  // namespace oligosim
