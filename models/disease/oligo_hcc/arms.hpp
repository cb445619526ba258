#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/disease/crossover.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/piecewise_hazard.hpp"

namespace oligosim {

/// A hazard ratio from a month on, 1 before.
struct HazardEffect {
  double hazard_ratio = 1;
  double from_month = 0;
};

/// Factors of the probability of every toxicity, and of its being of grade 3; grade_3 is at most any_grade.
struct ToxicityEffect {
  double any_grade = 1, grade_3 = 1;
};

/// What `arms` says about one arm.
struct ArmSpecification {
  std::string name;
  bool without_sbrt = false;                // no irradiated lesions; the OP or OM lesions count among the untreated
  std::optional<double> pfs_median_months;  // to be matched by the multiplier of the progression hazards
  Place match_place;                        // where that stands in the input, for messages
  std::string match_path;
  std::optional<std::size_t> same_as;  // the arm as which the patients of this one fare, resolved
  double multiplier = 1;               // of the hazards of new and untreated lesions
  // In an arm other than the first, before progression.from_month the hazards of progression are the control arm's.
  HazardEffect progression, new_lesions, untreated_lesions, local_failure;
  HazardEffect death_before_progression, death_after_progression;
  ToxicityEffect toxicity;
  Crossover crossover;
};

/// The hazards of an arm relative to those of the disease.
struct ArmHazards {
  bool irradiated = true;
  PiecewiseHazard new_lesions;                       // on the scale t^shape
  std::array<PiecewiseHazard, 2> untreated_lesions;  // [untreated lesions exist besides the OP or OM lesions]
  PiecewiseHazard local_failure;                     // on the scale t, as the following
  PiecewiseHazard death_before_progression, death_after_progression;
  ToxicityEffect toxicity;
  Crossover crossover;
};

/// Reads all arms; mistakes are added to the problems.
std::vector<ArmSpecification> read_arms(std::span<DiseaseInput::Arm> arms);

/// The hazards of arms[arm] (same_as is not followed). `shape`: of new and untreated lesions.
ArmHazards arm_hazards(std::span<const ArmSpecification> arms, std::size_t arm, double shape);

}  // namespace oligosim
