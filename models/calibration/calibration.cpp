#include "models/calibration/calibration.hpp"

#include <algorithm>
#include <optional>

#include "engine/io/config.hpp"
#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "models/study/file_beside.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {
namespace {

FreeParameter read_parameter(const std::string& path, ConfigNode& node, const YamlNode& resolved) {
  FreeParameter parameter{path, Prior::read(node), 0};
  const std::optional<double> in_file = number_at(resolved, path);
  const bool of_arms = path.starts_with("arms.");  // which a fitted disease file does not hold
  if (!in_file || of_arms) node.problem("", leads_to_no_number(resolved, path));
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

/// What `held` puts at which path of the document.
Override held_values(const YamlNode& held) {
  Override put{"held", {}};
  for (const YamlNode::Entry& e : held.entries) put.values.emplace_back(path_in_document(e.key), e.value);
  return put;
}

/// A targets file with its disease in its place, and over the file it is based on.
YamlNode load_document(const std::filesystem::path& file, Problems& problems, bool may_be_based = true) {
  YamlNode document = load_yaml(file, problems);
  YamlNode base = YamlNode::of(YamlNode::Kind::mapping, document.place);
  for (YamlNode::Entry& entry : document.entries) {
    if (entry.value.kind != YamlNode::Kind::scalar || (entry.key != "disease" && entry.key != "based_on")) continue;
    const std::filesystem::path named =
        file_beside(file.parent_path(), entry.value, entry.key, problems, "the targets");
    if (named.empty()) continue;
    if (entry.key == "disease") {
      entry.value = load_yaml(named, problems);
    } else if (may_be_based) {
      base = load_document(named, problems, false);
    } else {
      problems.add(entry.value.place, "based_on", "is in a file that another is based on (one step only)");
    }
  }
  for (const YamlNode::Entry& entry : document.entries) {
    if (entry.key == "based_on") continue;
    const auto same = std::ranges::find(base.entries, entry.key, &YamlNode::Entry::key);
    if (same == base.entries.end())
      base.entries.push_back(entry);
    else
      *same = entry;
  }
  return base;
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
  const YamlNode* held = document.find("held");
  const YamlNode with_held = held ? with_overrides(document, held_values(*held), problems) : document;
  ConfigNode root(with_held, problems);
  calibration.title = root.text("title");
  calibration.seed = static_cast<std::uint64_t>(root.integer("seed", Range::between(0, 9.2e18), 20250611));
  const CohortModel model = read_cohort_model(root, problems);
  ConfigNode plan_node = root.child("plan");
  const Plan plan(plan_node, Trial::cut_columns(*model.disease, model.arms));
  if (plan_node.has("time_unit") && plan_node.text("time_unit") != "days")
    plan_node.problem("time_unit", "simulated patients have their times in days (days)");
  calibration.targets = read_targets(root, plan);
  root.raw("held");
  for (auto& [path, node] : root.named_children("parameters")) {
    if (held && held->find(path))
      node.keep();
    else
      calibration.parameters.push_back(read_parameter(path, node, root.resolved()));
  }
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
  YamlNode document = load_document(file, problems);
  problems.refuse();
  Calibration calibration = read_calibration(document, problems);
  problems.refuse();
  return calibration;
}

std::string calibration_hash(const Calibration& calibration) { return sha256(to_yaml(calibration.document)); }

}  // namespace oligosim
