#include "models/disease/oligo_hcc/arms.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oligosim {
namespace {

HazardEffect read_effect(ConfigNode effects, const char* key) {
  HazardEffect effect;
  if (!effects.has(key)) {
    effects.accept(key);
    return effect;
  }
  ConfigNode node = effects.child(key);
  effect.hazard_ratio = node.number("hazard_ratio", Range::at_least(0), effect.hazard_ratio);
  effect.from_month = node.number("from_month", Range::at_least(0), effect.from_month);
  node.finish();
  return effect;
}

ToxicityEffect read_toxicity_effect(ConfigNode effects) {
  ToxicityEffect effect;
  if (!effects.has("toxicity")) {
    effects.accept("toxicity");
    return effect;
  }
  ConfigNode node = effects.child("toxicity");
  effect.any_grade = node.number("any_grade", Range::between(0, 1), effect.any_grade);
  effect.grade_3 = node.number("grade_3", Range::between(0, 1), std::min(effect.grade_3, effect.any_grade));
  if (effect.grade_3 > effect.any_grade) node.problem("grade_3", "is above any_grade");
  node.finish();
  return effect;
}

void read_effects(ConfigNode node, ArmSpecification& arm) {
  arm.progression = read_effect(node, "progression");
  arm.new_lesions = read_effect(node, "new_lesions");
  arm.untreated_lesions = read_effect(node, "untreated_lesions");
  arm.local_failure = read_effect(node, "local_failure");
  arm.death_before_progression = read_effect(node, "death_before_progression");
  arm.death_after_progression = read_effect(node, "death_after_progression");
  arm.toxicity = read_toxicity_effect(node);
  node.finish();
}

std::optional<std::size_t> position(const std::vector<std::string>& names, const std::string& name) {
  for (std::size_t k = 0; k < names.size(); ++k)
    if (names[k] == name) return k;
  return {};
}

void read_match(ConfigNode match, const std::vector<std::string>& names, ArmSpecification& arm) {
  if (match.has("pfs_median_months") == match.has("same_as"))
    match.problem("", "says how the arm should fare by one of pfs_median_months and same_as");
  match.accept("pfs_median_months");
  match.accept("same_as");
  if (match.has("pfs_median_months")) arm.pfs_median_months = match.number("pfs_median_months", Range::above(0));
  if (match.has("same_as")) arm.same_as = position(names, match.one_of("same_as", names, "arm", ""));
  match.finish();
}

ArmSpecification read_arm(DiseaseInput::Arm& input, const std::vector<std::string>& names) {
  ArmSpecification arm;
  arm.name = input.name;
  ConfigNode node = input.node;
  arm.without_sbrt = node.flag("without_sbrt", false);
  for (const char* optional : {"match", "effects", "crossover"}) node.accept(optional);
  arm.match_path = node.path() + ".match.pfs_median_months";
  arm.match_place = node.place("match");
  if (node.has("match")) read_match(node.child("match"), names, arm);
  if (node.has("effects")) read_effects(node.child("effects"), arm);
  if (arm.pfs_median_months && arm.progression.hazard_ratio != 1)
    node.problem("match", "solves the hazards of progression, so effects.progression.hazard_ratio cannot be given too");
  if (node.has("crossover")) arm.crossover = read_crossover(node.child("crossover"));
  for (const char* own : {"effects", "crossover"})
    if (arm.same_as && node.has(own))
      node.problem(own, "has no meaning beside match.same_as: the patients fare exactly as in that arm");
  return arm;
}

/// Follows same_as to an arm that stands by itself; nothing if it goes round in a circle.
std::optional<std::size_t> fares_as(std::span<const ArmSpecification> arms, std::size_t arm) {
  for (std::size_t steps = 0; steps <= arms.size(); ++steps) {
    if (!arms[arm].same_as) return arm;
    arm = *arms[arm].same_as;
  }
  return {};
}

void resolve_same_as(std::span<DiseaseInput::Arm> input, std::vector<ArmSpecification>& arms) {
  std::vector<std::optional<std::size_t>> found(arms.size());
  for (std::size_t k = 0; k < arms.size(); ++k) found[k] = fares_as(arms, k);
  for (std::size_t k = 0; k < arms.size(); ++k) {
    ConfigNode match = arms[k].same_as ? input[k].node.child("match") : input[k].node;
    if (!found[k]) {
      match.problem("same_as", "leads back to the arm itself");
    } else if (k == 0 && arms[0].same_as && arms[*found[0]].progression.from_month > 0) {
      match.problem("same_as", "names an arm that fares as this one before effects.progression.from_month");
    }
    if (arms[k].same_as) arms[k].same_as = found[k];
  }
}

double ratio_at(const HazardEffect& effect, double month) {
  return month >= effect.from_month ? effect.hazard_ratio : 1;
}

enum class Part { new_lesions, untreated_lesions, local_failure };

/// Factor of a part of progression in an arm at a month.
PiecewiseHazard::Piece piece_at(std::span<const ArmSpecification> arms, std::size_t arm, Part part, bool untreated,
                                double month) {
  const std::size_t control = arms[0].same_as.value_or(0);
  if (arm != control && month < arms[arm].progression.from_month) {
    return piece_at(arms, control, part, untreated, month);
  }
  const ArmSpecification& a = arms[arm];
  PiecewiseHazard::Piece piece{0, ratio_at(a.progression, month), false};
  if (part == Part::local_failure) {
    piece.factor *= a.without_sbrt ? 0 : ratio_at(a.local_failure, month);
    return piece;
  }
  piece.responds = !a.without_sbrt;
  piece.factor *= a.multiplier * ratio_at(part == Part::new_lesions ? a.new_lesions : a.untreated_lesions, month);
  if (part == Part::untreated_lesions && !(untreated || a.without_sbrt)) piece.factor = 0;
  return piece;
}

std::vector<double> change_months(std::span<const ArmSpecification> arms) {
  std::vector<double> months{0};
  for (const ArmSpecification& a : arms)
    for (const HazardEffect* e : {&a.progression, &a.new_lesions, &a.untreated_lesions, &a.local_failure})
      months.push_back(e->from_month);
  std::sort(months.begin(), months.end());
  months.erase(std::unique(months.begin(), months.end()), months.end());
  return months;
}

PiecewiseHazard progression_part(std::span<const ArmSpecification> arms, std::size_t arm, Part part, bool untreated,
                                 double shape) {
  std::vector<PiecewiseHazard::Piece> pieces;
  for (const double month : change_months(arms)) {
    PiecewiseHazard::Piece piece = piece_at(arms, arm, part, untreated, month);
    piece.from = std::pow(month, shape);
    const bool same =
        !pieces.empty() && pieces.back().factor == piece.factor && pieces.back().responds == piece.responds;
    if (!same) pieces.push_back(piece);
  }
  return PiecewiseHazard(std::move(pieces));
}

PiecewiseHazard from_effect(const HazardEffect& effect) {
  if (effect.from_month == 0 || effect.hazard_ratio == 1) return PiecewiseHazard({{0, effect.hazard_ratio, false}});
  return PiecewiseHazard({{0, 1, false}, {effect.from_month, effect.hazard_ratio, false}});
}

}  // namespace

std::vector<ArmSpecification> read_arms(std::span<DiseaseInput::Arm> input) {
  std::vector<std::string> names;
  for (const DiseaseInput::Arm& arm : input) names.push_back(arm.name);
  std::vector<ArmSpecification> arms;
  for (DiseaseInput::Arm& arm : input) arms.push_back(read_arm(arm, names));
  resolve_same_as(input, arms);
  if (arms.empty()) arms.emplace_back();
  return arms;
}

ArmHazards arm_hazards(std::span<const ArmSpecification> arms, std::size_t arm, double shape) {
  ArmHazards hazards;
  hazards.irradiated = !arms[arm].without_sbrt;
  hazards.new_lesions = progression_part(arms, arm, Part::new_lesions, false, shape);
  for (const std::size_t untreated : {0u, 1u})
    hazards.untreated_lesions[untreated] = progression_part(arms, arm, Part::untreated_lesions, untreated == 1, shape);
  hazards.local_failure = progression_part(arms, arm, Part::local_failure, false, 1);
  hazards.death_before_progression = from_effect(arms[arm].death_before_progression);
  hazards.death_after_progression = from_effect(arms[arm].death_after_progression);
  hazards.toxicity = arms[arm].toxicity;
  hazards.crossover = arms[arm].crossover;
  return hazards;
}

}  // namespace oligosim
