#include "models/study/unused_parts.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace oligosim {
namespace {

enum class Visits { always, if_known_at, never };

/// What a disease model reads. One that is not listed reads both.
struct Parts {
  std::string_view model;
  Visits visits;
  bool cohort;
};
constexpr Parts parts[] = {{"survival", Visits::if_known_at, false},
                           {"illness_death", Visits::if_known_at, false},
                           {"response_timing", Visits::always, false},
                           {"cohorts", Visits::never, true},
                           {"resample", Visits::never, false}};

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

}  // namespace

void refuse_unused_parts(const YamlNode& study, Problems& problems) {
  const YamlNode* const disease = study.find("disease");
  const YamlNode* const trial = study.find("trial");
  if (!disease || disease->kind != YamlNode::Kind::mapping || scenarios_change_the_model(study)) return;
  const YamlNode* const named = disease->find("model");
  const std::string model = named ? named->scalar : "survival";
  const auto* const own = std::ranges::find(parts, model, &Parts::model);
  if (own == std::end(parts)) return;
  const YamlNode* const visits = trial ? trial->find("visits") : nullptr;
  const YamlNode* const cohort = study.find("cohort");
  if (visits && own->visits == Visits::never)
    problems.add(visits->place, "trial.visits", "does nothing: model " + model + " has no visits (leave it out)");
  // An event that `known_at` says to be known at once, in the study or a scenario, was meant so.
  if (visits && own->visits == Visits::if_known_at && !mentions(disease, "known_at") &&
      !mentions(study.find("scenarios"), "known_at"))
    problems.add(visits->place, "trial.visits",
                 "does nothing: every event is known when it happens (known_at: visit, in disease, or leave it out)");
  if (cohort && !own->cohort)
    problems.add(cohort->place, "cohort",
                 "does nothing: model " + model + " has no cohorts (model cohorts or oligo_hcc, or leave it out)");
}

}  // namespace oligosim
