#include "models/study/unused_parts.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/words.hpp"
#include "models/disease/disease_model.hpp"

namespace oligosim {
namespace {

/// Whether a mapping has the key at any depth, also at the end of a path that a scenario sets.
bool mentions(const YamlNode* node, std::string_view key) {
  if (!node) return false;
  const auto is_it = [key](const YamlNode::Entry& e) {
    return e.key == key || e.key.ends_with("." + std::string(key)) || mentions(&e.value, key);
  };
  return std::ranges::any_of(node->entries, is_it) ||
         std::ranges::any_of(node->items, [key](const YamlNode& item) { return mentions(&item, key); });
}

/// Whether some scenario has another model than the study.
bool scenarios_change_the_model(const YamlNode& study) {
  const YamlNode* const scenarios = study.find("scenarios");
  return mentions(scenarios, "model") || mentions(scenarios, "disease");
}

std::vector<std::string> models_with_cohorts() {
  std::vector<std::string> names;
  for (const DiseaseModelEntry& entry : disease_models())
    if (entry.cohort) names.emplace_back(entry.name);
  return names;
}

}  // namespace

void refuse_unused_parts(const YamlNode& study, Problems& problems) {
  const YamlNode* const disease = study.find("disease");
  const YamlNode* const trial = study.find("trial");
  if (!disease || disease->kind != YamlNode::Kind::mapping || scenarios_change_the_model(study)) return;
  const YamlNode* const named = disease->find("model");
  const std::span<const DiseaseModelEntry> models = disease_models();
  const std::string model = named ? named->scalar : models.front().name;
  const auto own = std::ranges::find_if(models, [&](const auto& entry) { return entry.name == model; });
  if (own == models.end()) return;
  const YamlNode* const visits = trial ? trial->find("visits") : nullptr;
  const YamlNode* const cohort = study.find("cohort");
  if (visits && own->visits == UseOfVisits::never)
    problems.add(visits->place, "trial.visits", "does nothing: model " + model + " has no visits (leave it out)");
  // An event that `known_at` says to be known at once, in the study or a scenario, was meant so.
  if (visits && own->visits == UseOfVisits::if_known_at && !mentions(disease, "known_at") &&
      !mentions(study.find("scenarios"), "known_at"))
    problems.add(visits->place, "trial.visits",
                 "does nothing: every event is known when it happens (known_at: visit, in disease, or leave it out)");
  if (cohort && !own->cohort)
    problems.add(cohort->place, "cohort",
                 "does nothing: model " + model + " has no cohorts (model: " + either(models_with_cohorts()) +
                     ", or leave it out)");
}

}  // namespace oligosim
