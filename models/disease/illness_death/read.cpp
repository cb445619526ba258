#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/io/number.hpp"
#include "models/disease/hazard_ratios.hpp"
#include "models/disease/illness_death/model.hpp"
#include "models/trial/dropout.hpp"

namespace oligosim {
namespace {

using Piece = IllnessDeathCurve::Piece;

/// How the medians of PFS and OS become hazards.
struct Association {
  std::optional<double> correlation, death_first;
  IllnessDeathMedians medians;
  bool given() const { return correlation || death_first; }
  std::string text() const {
    return correlation ? "correlation " + shortest(*correlation)
                       : percent(*death_first) + " of the PFS events are deaths";
  }
};

double read_median(ConfigNode node, const char* key) {
  ConfigNode endpoint = node.child(key);
  const double median = endpoint.number("median_months", Range::above(0));
  endpoint.finish();
  return median;
}

/// Why there are no such hazards; `node` holds `os`.
void refuse(const ConfigNode& node, const IllnessDeathMedians& medians, const Association& association) {
  if (medians.os <= medians.pfs) {
    node.problem("os", "has a median that is not above that of pfs (" + shortest(medians.pfs) + " months)");
  } else if (association.correlation) {
    node.problem("os", "has a median that does not go with the correlation " + shortest(*association.correlation) +
                           " (above " + shortest(medians.pfs) + " and at most " +
                           rounded(longest_median_os(medians.pfs, *association.correlation), 4) + " months)");
  } else {
    node.problem("os",
                 "has a median that is never reached, as so many die before they progress (a smaller death_first)");
  }
}

std::vector<Piece> solve(const ConfigNode& node, const std::string& of, const IllnessDeathMedians& medians,
                         const Association& association, std::vector<SolvedValue>& solved) {
  std::vector<Piece> pieces = association.correlation ? solve_by_correlation(medians, *association.correlation)
                                                      : solve_by_share(medians, 1 - *association.death_first);
  if (pieces.empty()) {
    refuse(node, medians, association);
    return {{0, 1, 0, 1}};
  }
  const Piece& h = pieces.front();
  const std::string because =
      "median PFS " + shortest(medians.pfs) + " and OS " + shortest(medians.os) + " months, " + association.text();
  solved.push_back({of + "hazard of progression per month", h.progression, because});
  solved.push_back({of + "hazard of death before progression per month", h.death_before_progression, because});
  solved.push_back({of + "hazard of death after progression per month", h.death_after_progression, because});
  return pieces;
}

Piece read_hazards(ConfigNode node) {
  Piece piece;
  piece.progression = node.number("progression", Range::above(0));
  piece.death_before_progression = node.number("death_before_progression", Range::at_least(0));
  piece.death_after_progression = node.number("death_after_progression", Range::above(0));
  node.finish();
  return piece;
}

std::vector<Piece> read_base(ConfigNode disease, Association& association, std::vector<SolvedValue>& solved) {
  for (const char* key : {"pfs", "os", "correlation", "death_first", "hazards_per_month"}) disease.accept(key);
  const bool medians = disease.has("pfs") || disease.has("os");
  const int how = disease.has("correlation") + disease.has("death_first");
  if (medians == disease.has("hazards_per_month") || how != (medians ? 1 : 0))
    disease.problem("",
                    "says how patients fare by pfs and os, their medians, with one of correlation and death_first; "
                    "or by hazards_per_month alone");
  if (disease.has("hazards_per_month")) return {read_hazards(disease.child("hazards_per_month"))};
  if (!medians) return {{0, 1, 0, 1}};
  association.medians = {read_median(disease, "pfs"), read_median(disease, "os")};
  if (disease.has("correlation")) {
    association.correlation = disease.number("correlation", Range::inside(0, 1));
  } else if (disease.has("death_first")) {
    association.death_first =
        disease.number("death_first", Range{.minimum = 0, .maximum = 1, .maximum_included = false});
  }
  if (!association.given()) return {{0, 1, 0, 1}};
  return solve(disease, "", association.medians, association, solved);
}

/// Hazard ratios of the three transitions over time.
std::vector<Piece> read_hazard_effects(ConfigNode effects, std::vector<Piece> pieces) {
  constexpr std::array<std::pair<const char*, double Piece::*>, 3> transitions{
      {{"progression", &Piece::progression},
       {"death_before_progression", &Piece::death_before_progression},
       {"death_after_progression", &Piece::death_after_progression}}};
  for (const auto& [name, hazard] : transitions) {
    effects.accept(name);
    if (!effects.has(name)) continue;
    ConfigNode node = effects.child(name);
    const std::vector<HazardRatioFrom> ratios = read_hazard_ratios(node);
    node.finish();
    std::vector<double> months;
    for (const Piece& piece : pieces) months.push_back(piece.from_month);
    for (const HazardRatioFrom& change : ratios) months.push_back(change.from_month);
    std::vector<Piece> cut;
    for (const double month : change_months(std::move(months))) {
      Piece piece = *(std::ranges::upper_bound(pieces, month, {}, &Piece::from_month) - 1);
      piece.from_month = month;
      piece.*hazard *= ratio_at(ratios, month);
      cut.push_back(piece);
    }
    pieces = std::move(cut);
  }
  return pieces;
}

void read_effects(ConfigNode effects, const std::string& name, const Association& association,
                  IllnessDeathParameters& parameters, IllnessDeathArm& arm) {
  for (const char* key : {"pfs", "os"}) effects.accept_name(key);  // in other models names that a user chooses
  effects.accept("response");
  if (effects.has("pfs") || effects.has("os")) {
    IllnessDeathMedians own = association.medians;
    if (effects.has("pfs")) own.pfs = read_median(effects, "pfs");
    if (effects.has("os")) own.os = read_median(effects, "os");
    if (association.given()) {
      arm.pieces = solve(effects, "arms." + name + ": ", own, association, parameters.solved);
    } else {
      effects.problem(effects.has("pfs") ? "pfs" : "os",
                      "has a median of its own, but the disease is not given by medians (hazard ratios)");
    }
  }
  arm.pieces = read_hazard_effects(effects, std::move(arm.pieces));
  if (effects.has("response")) {
    ConfigNode node = effects.child("response");
    arm.response = node.number("probability", Range::between(0, 1));
    node.finish();
    if (!parameters.response) effects.problem("response", "is not among what the disease has (disease.response)");
  }
  effects.finish();
}

void read_arm(ConfigNode node, const std::string& name, const Association& association,
              IllnessDeathParameters& parameters, IllnessDeathArm& arm) {
  for (const char* key : {"effects", "crossover", "discontinuation"}) node.accept(key);
  if (node.has("effects")) read_effects(node.child("effects"), name, association, parameters, arm);
  if (node.has("crossover")) arm.crossover = read_crossover(node.child("crossover"));
  if (!node.has("discontinuation")) return;
  ConfigNode stop = node.child("discontinuation");
  arm.discontinuation.rate_per_month = read_rate(stop);
  arm.discontinuation.hazard_ratio = stop.number("hazard_ratio", Range::above(0), 1);
  arm.discontinuation.new_therapy = stop.number("new_therapy", Range::between(0, 1), 0);
  stop.finish();
}

void read_response(ConfigNode disease, IllnessDeathParameters& parameters) {
  disease.accept("response");
  if (!disease.has("response")) return;
  ConfigNode node = disease.child("response");
  IllnessDeathResponse response;
  const double probability = node.number("probability", Range::between(0, 1));
  response.median_months = node.number("median_months", Range::above(0), response.median_months);
  response.log_sd =
      node.number("log_sd", Range{.minimum = 0, .maximum = 5, .minimum_included = false}, response.log_sd);
  response.correlation = node.number("correlation", Range::between(-0.999, 0.999), response.correlation);
  node.finish();
  for (IllnessDeathArm& arm : parameters.arms) arm.response = probability;
  parameters.response = response;
}

}  // namespace

std::unique_ptr<DiseaseModel> read_illness_death(DiseaseInput input) {
  constexpr std::array<Choice<bool>, 2> known_at{{{"event", false}, {"visit", true}}};
  IllnessDeathParameters parameters;
  Association association;
  IllnessDeathArm base;
  base.pieces = read_base(input.disease, association, parameters.solved);
  parameters.arms.assign(std::max<std::size_t>(1, input.arms.size()), base);
  read_response(input.disease, parameters);
  parameters.known_at_visit = input.disease.choice<bool>("known_at", known_at, false);
  parameters.whole_days = input.disease.flag("whole_days", false);
  if (parameters.known_at_visit && input.visits.months.empty())
    input.disease.problem("known_at", "is visit, but there are no trial.visits");
  input.disease.finish();
  for (std::size_t k = 0; k < input.arms.size(); ++k)
    read_arm(input.arms[k].node, input.arms[k].name, association, parameters, parameters.arms[k]);
  return std::make_unique<IllnessDeath>(std::move(parameters), input.visits_by_arm(), input.days_per_month);
}

}  // namespace oligosim
