#include "models/calibration/published_cohort.hpp"

#include <cmath>
#include <cstdlib>

#include "engine/io/config.hpp"
#include "engine/io/number.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {
namespace {

const std::string of_cohort = "published.study.";

std::vector<DiseaseInput::Arm> read_arms(ConfigNode& root, std::vector<std::int64_t>& allocation) {
  std::vector<DiseaseInput::Arm> arms;
  for (auto& [name, node] : root.named_children("arms", false)) {
    allocation.push_back(node.integer("allocation", Range::between(1, 100), 1));
    arms.push_back({name, node});
  }
  if (arms.size() > 20) root.problem("arms", "has more than 20 arms");
  return arms;
}

YamlNode* entry(YamlNode& node, const char* key) {
  for (YamlNode::Entry& e : node.entries)
    if (e.key == key) return &e.value;
  return nullptr;
}

void multiply(YamlNode& scalar, double factor) {
  scalar.scalar = unrounded(std::strtod(scalar.scalar.c_str(), nullptr) * factor);
}

}  // namespace

std::string path_in_document(const std::string& parameter) {
  return parameter.starts_with(of_cohort) ? parameter.substr(of_cohort.size()) : "disease." + parameter;
}

YamlNode with_values(const YamlNode& document, const ParameterValues& values, Problems& problems) {
  Override put{"parameters", {}};
  for (const auto& [path, value] : values) {
    YamlNode node = YamlNode::of(YamlNode::Kind::scalar, document.place);
    node.scalar = shortest(value);
    put.values.emplace_back(path_in_document(path), node);
  }
  return with_overrides(document, put, problems);
}

CohortModel read_cohort_model(ConfigNode& root, Problems& problems) {
  CohortModel model;
  ConfigNode disease = root.child("disease");
  if (disease.has("published")) disease.raw("published");
  root.accept("cohort");
  std::vector<std::int64_t> allocation;
  std::vector<DiseaseInput::Arm> arms = read_arms(root, allocation);
  std::vector<std::string> names;
  for (const DiseaseInput::Arm& arm : arms) names.push_back(arm.name);
  if (names.empty()) names = {"arm"}, allocation = {1};
  ConfigNode trial = root.child("trial");
  ConfigNode enrollment_node = trial.child("enrollment");
  if (enrollment_node.has("rate_per_month"))
    enrollment_node.problem("rate_per_month", "a published cohort entered over_months");
  const auto patients = static_cast<std::size_t>(enrollment_node.integer("patients", Range::between(1, 1e6)));
  const VisitSchedule visits = read_visits(trial.child("visits", false));
  const double days_per_month = root.child("plan").number("days_per_month", Range::between(28, 31), 30.4375);
  model.disease = read_disease_model({root, disease, arms, visits, days_per_month, patients});
  for (DiseaseInput::Arm& arm : arms) arm.node.finish();
  Columns baseline;
  for (const ColumnInfo& c : model.disease->baseline()) baseline.add(c);
  Enrollment enrollment = Enrollment::read(enrollment_node, baseline);
  Randomization randomization = Randomization::read(trial.child("randomization", false), baseline, allocation);
  const Dropout dropout = Dropout::read(trial.child("dropout", false));
  trial.finish();
  model.cut_off_day = days_per_month * root.number("cut_off_month", Range::above(0));
  if (!problems.empty()) return model;
  model.disease->prepare();
  model.trial = std::make_shared<Trial>(model.disease, names, std::move(enrollment), std::move(randomization), dropout,
                                        days_per_month, model.disease->whole_days());
  return model;
}

YamlNode enlarged(const YamlNode& document, std::size_t times) {
  YamlNode large = document;
  const auto factor = static_cast<double>(times);
  double total = 0;
  if (YamlNode* cohort = entry(large, "cohort")) {
    for (YamlNode::Entry& e : cohort->entries) total += std::strtod(e.value.scalar.c_str(), nullptr);
    const bool shares = std::abs(total - 1) < 1e-6 && cohort->entries.size() > 0;
    if (!shares)
      for (YamlNode::Entry& e : cohort->entries) multiply(e.value, factor);
  }
  multiply(*entry(*entry(*entry(large, "trial"), "enrollment"), "patients"), factor);
  return large;
}

}  // namespace oligosim
