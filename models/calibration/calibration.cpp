#include "models/calibration/calibration.hpp"

#include <algorithm>
#include <optional>

#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "engine/io/words.hpp"

namespace oligosim {
namespace {

const YamlNode* follow(const YamlNode* node, const std::string& path) {
  for (const std::string& key : split(path, '.')) {
    if (node) node = node->find(key);
  }
  return node;
}

/// Paths of all numbers in a mapping, for messages.
void list_numbers(const YamlNode& node, const std::string& prefix, std::vector<std::string>& paths) {
  for (const YamlNode::Entry& e : node.entries) {
    const std::string path = prefix.empty() ? e.key : prefix + "." + e.key;
    if (e.value.kind == YamlNode::Kind::scalar && read_number(e.value.scalar).value) paths.push_back(path);
    list_numbers(e.value, path, paths);
  }
}

std::optional<double> number_at(const YamlNode& document, const std::string& parameter) {
  const YamlNode* node = follow(&document, path_in_document(parameter));
  if (!node) return {};
  if (node->kind == YamlNode::Kind::scalar) return read_number(node->scalar).value;
  if (node->items.empty() || node->items.size() > 2) return {};
  std::optional<double> value = read_number(node->items.front().scalar).value;  // a share, or [count, of how many]
  const std::optional<double> of = read_number(node->items.back().scalar).value;
  if (node->items.size() == 2 && value && of) *value /= *of;
  return value;
}

FreeParameter read_parameter(const std::string& path, ConfigNode& node, const YamlNode& resolved) {
  FreeParameter parameter{path, Prior::read(node), 0};
  const std::optional<double> in_file = number_at(resolved, path);
  if (!in_file) {
    std::vector<std::string> accepted;
    if (const YamlNode* disease = resolved.find("disease")) list_numbers(*disease, "", accepted);
    const std::string near = nearest(path, accepted);
    node.problem("", "'" + path + "' leads to no number of the disease model" +
                         (near.empty() ? "" : " (did you mean " + near + "?)"));
  }
  parameter.start = node.number("start", Range::any(), in_file.value_or(0));
  if (parameter.start < parameter.prior.lower() || parameter.start > parameter.prior.upper())
    node.problem(node.has("start") ? "start" : "", "the start " + shortest(parameter.start) +
                                                       " lies outside the prior (" + shortest(parameter.prior.lower()) +
                                                       " to " + shortest(parameter.prior.upper()) + ")");
  node.finish();
  return parameter;
}

std::size_t count(ConfigNode& node, const char* key, double least, double most, std::size_t standard) {
  return static_cast<std::size_t>(node.integer(key, Range::between(least, most), static_cast<std::int64_t>(standard)));
}

FitSettings read_fit(ConfigNode node) {
  FitSettings fit;
  fit.patients = count(node, "patients", 1000, 1e6, fit.patients);
  fit.coarse_patients = count(node, "coarse_patients", 1000, 1e6, fit.coarse_patients);
  fit.starts = count(node, "starts", 1, 100, fit.starts);
  fit.iterations = count(node, "iterations", 1, 1000, fit.iterations);
  fit.cohorts = count(node, "cohorts", 100, 1e6, fit.cohorts);
  fit.prior_weight = node.number("prior_weight", Range::between(0, 1), fit.prior_weight);
  node.finish();
  return fit;
}

PosteriorSettings read_posterior(ConfigNode node, std::size_t parameters) {
  PosteriorSettings p;
  p.design_points = count(node, "design_points", 20, 1e6, p.design_points);
  p.cohorts = count(node, "cohorts", 20, 4000, p.cohorts);  // with the points below 2^32, the number of streams
  p.chains = count(node, "chains", 2, 100, p.chains);
  p.iterations = count(node, "iterations", 1000, 1e8, p.iterations);
  p.draws = count(node, "draws", 10, 1e6, p.draws);
  p.predictive = count(node, "predictive", 100, 1e6, p.predictive);
  const std::size_t fewest = 3 * (1 + 2 * parameters + parameters * (parameters - 1) / 2) / 2;
  if (p.design_points < fewest)
    node.problem("design_points", "are too few for a quadratic function of " + std::to_string(parameters) +
                                      " parameters (at least " + std::to_string(fewest) + ")");
  if (p.draws > p.iterations / 2) node.problem("draws", "are more than half of the iterations");
  node.finish();
  return p;
}

}  // namespace

ParameterValues Calibration::values(std::span<const double> coordinates) const {
  ParameterValues values;
  for (std::size_t k = 0; k < parameters.size(); ++k)
    values.emplace_back(parameters[k].path, parameters[k].prior.at(coordinates[k]));
  return values;
}

std::vector<double> Calibration::start() const {
  std::vector<double> coordinates;
  for (const FreeParameter& p : parameters) coordinates.push_back(p.prior.coordinate(p.start));
  return coordinates;
}

Calibration read_calibration(const YamlNode& document, Problems& problems) {
  Calibration calibration;
  ConfigNode root(document, problems);
  calibration.title = root.text("title");
  calibration.seed = static_cast<std::uint64_t>(root.integer("seed", Range::between(0, 9.2e18), 20250611));
  const CohortModel model = read_cohort_model(root, problems);
  std::vector<std::string> arms;
  for (const auto& [name, node] : root.named_children("arms", false)) arms.push_back(name);
  if (arms.empty()) arms = {"arm"};
  ConfigNode plan_node = root.child("plan");
  const Plan plan(plan_node, Trial::cut_columns(*model.disease, arms));
  if (plan_node.has("time_unit") && plan_node.text("time_unit") != "days")
    plan_node.problem("time_unit", "simulated patients have their times in days (days)");
  calibration.targets = read_targets(root, plan);
  for (auto& [path, node] : root.named_children("parameters"))
    calibration.parameters.push_back(read_parameter(path, node, root.resolved()));
  if (root.has("parameters") && calibration.parameters.empty())
    root.problem("parameters", "is empty (at least one free parameter)");
  calibration.fit = read_fit(root.child("fit", false));
  calibration.posterior = read_posterior(root.child("posterior", false), calibration.parameters.size());
  root.finish();
  if (!problems.empty()) return calibration;
  calibration.patients = model.trial->patients();
  calibration.document = root.resolved();
  return calibration;
}

Calibration load_calibration(const std::filesystem::path& file) {
  Problems problems;
  YamlNode document = load_yaml(file, problems);
  if (!problems.empty()) throw InputError(problems.text());
  for (YamlNode::Entry& entry : document.entries) {
    if (entry.key != "disease" || entry.value.kind != YamlNode::Kind::scalar) continue;
    const std::filesystem::path disease = file.parent_path() / entry.value.scalar;
    if (std::filesystem::is_regular_file(disease)) {
      entry.value = load_yaml(disease, problems);
    } else {
      problems.add(entry.value.place, "disease", "there is no file '" + entry.value.scalar + "' beside the targets");
    }
  }
  if (!problems.empty()) throw InputError(problems.text());
  Calibration calibration = read_calibration(document, problems);
  if (!problems.empty()) throw InputError(problems.text());
  return calibration;
}

std::string calibration_hash(const Calibration& calibration) { return sha256(to_yaml(calibration.document)); }

}  // namespace oligosim
