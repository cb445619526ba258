#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "models/disease/plain_survival/model.hpp"

namespace oligosim {
namespace {

constexpr std::array<const char*, 6> reserved{"model",      "outcomes",  "covariates",
                                              "whole_days", "published", "posterior"};

bool is_reserved(const std::string& key) { return std::ranges::find(reserved, key) != reserved.end(); }

/// Names become column names.
bool is_name(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name[0]) && std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

void check_name(const ConfigNode& node, const std::string& name) {
  if (!is_name(name)) node.problem("", "is not a name (letters, digits and _, not starting with a digit)");
}

PlainEndpoint read_endpoint(ConfigNode node, const std::string& name, std::size_t arms, bool visits) {
  constexpr std::array<Choice<bool>, 2> choices{{{"event", false}, {"visit", true}}};
  PlainEndpoint endpoint;
  endpoint.name = name;
  endpoint.by_arm.assign(arms, read_distribution(node));
  endpoint.known_at_visit = node.choice<bool>("known_at", choices, false);
  if (endpoint.known_at_visit && !visits) node.problem("known_at", "is visit, but there are no trial.visits");
  node.finish();
  return endpoint;
}

PlainOutcome read_outcome(ConfigNode node, const std::string& name, std::size_t arms) {
  PlainOutcome outcome;
  outcome.name = name;
  outcome.probability.assign(arms, node.number("probability", Range::between(0, 1)));
  outcome.known_months = node.number("known_months", Range::at_least(0), 0);
  node.finish();
  return outcome;
}

PlainCovariate read_covariate(ConfigNode node, const std::string& name) {
  PlainCovariate covariate;
  covariate.name = name;
  const std::vector<double> values = node.numbers("values", Range::any(), std::vector<double>{0, 1});
  const std::vector<double> shares = node.numbers("probability", Range::between(0, 1));
  covariate.hazard_ratio = node.number("hazard_ratio", Range::above(0), 1);
  if (values.size() == 2 && values[0] != values[1]) {
    covariate.values = {values[0], values[1]};
  } else {
    node.problem("values", "are not two different numbers");
  }
  if (shares.size() == 2 && std::abs(shares[0] + shares[1] - 1) < 1e-9) {
    covariate.probability_of_second = shares[1];
  } else {
    node.problem("probability", "is not one share for each of the two values, with the sum 1");
  }
  node.finish();
  return covariate;
}

void read_arm_effects(ConfigNode effects, std::size_t arm, PlainSurvivalParameters& parameters) {
  for (PlainEndpoint& endpoint : parameters.endpoints) {
    effects.accept_name(endpoint.name);
    if (effects.has(endpoint.name)) read_distribution_effect(effects.child(endpoint.name), endpoint.by_arm[arm]);
  }
  for (PlainOutcome& outcome : parameters.outcomes) {
    effects.accept_name(outcome.name);
    if (!effects.has(outcome.name)) continue;
    ConfigNode node = effects.child(outcome.name);
    outcome.probability[arm] = node.number("probability", Range::between(0, 1));
    node.finish();
  }
  effects.finish();
}

void read_names(ConfigNode disease, const DiseaseInput& input, PlainSurvivalParameters& parameters) {
  const std::size_t arms = std::max<std::size_t>(1, input.arms.size());
  parameters.whole_days = disease.flag("whole_days", false);
  for (const std::string& key : disease.keys()) {
    if (is_reserved(key)) continue;
    check_name(disease.child(key), key);
    parameters.endpoints.push_back(read_endpoint(disease.child(key), key, arms, !input.visits.months.empty()));
  }
  disease.accept("outcomes");
  if (disease.has("outcomes"))
    for (auto& [name, node] : disease.named_children("outcomes")) {
      check_name(node, name);
      parameters.outcomes.push_back(read_outcome(node, name, arms));
    }
  disease.accept("covariates");
  if (disease.has("covariates"))
    for (auto& [name, node] : disease.named_children("covariates")) {
      check_name(node, name);
      parameters.covariates.push_back(read_covariate(node, name));
    }
}

/// Columns of a data cut must have different names.
void check_distinct(const ConfigNode& disease, const PlainSurvivalParameters& parameters) {
  std::vector<std::string> names{"arm", "enrollment_d", "data_cut_d"};
  if (std::ranges::any_of(parameters.endpoints, &PlainEndpoint::known_at_visit)) names.push_back("last_visit_d");
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) != names.end()) disease.problem("", "has two columns named '" + name + "'");
    names.push_back(name);
  };
  for (const PlainCovariate& c : parameters.covariates) add(c.name);
  for (const PlainEndpoint& e : parameters.endpoints) {
    add(e.name + "_d"), add(e.name + "_e");
    if (e.known_at_visit) add(e.name + "_free_d");
  }
  for (const PlainOutcome& o : parameters.outcomes) {
    add(o.name);
    if (std::ranges::find(parameters.endpoints, o.name, &PlainEndpoint::name) != parameters.endpoints.end())
      disease.problem("outcomes", "has the name of an endpoint, '" + o.name + "'");
  }
}

}  // namespace

std::unique_ptr<DiseaseModel> read_plain_survival(DiseaseInput input) {
  PlainSurvivalParameters parameters;
  read_names(input.disease, input, parameters);
  check_distinct(input.disease, parameters);
  if (parameters.endpoints.empty() && parameters.outcomes.empty())
    input.disease.problem("", "has neither an endpoint (os: {median_months: 10}) nor outcomes");
  for (std::size_t arm = 0; arm < input.arms.size(); ++arm) {
    ConfigNode node = input.arms[arm].node;
    node.accept("effects");
    if (node.has("effects")) read_arm_effects(node.child("effects"), arm, parameters);
  }
  input.disease.finish();
  return std::make_unique<PlainSurvival>(std::move(parameters), input.visits_by_arm(), input.days_per_month);
}

}  // namespace oligosim
