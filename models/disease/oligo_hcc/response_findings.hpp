#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/numeric/columns_in_lanes.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/response.hpp"

namespace oligosim {

struct LatentTimes;

/// Positions of the findings about response; those about toxicity follow.
enum class ResponseFinding : std::size_t {
  best_overall,
  best_irradiated,
  best_change,
  irradiated_change,
  untreated_change
};
inline constexpr std::size_t response_findings = 5;

std::vector<Finding> oligo_hcc_response_findings();

/// Sums of diameters of each patient, cm; without SBRT no lesion is irradiated.
struct LesionSums {
  std::span<double> irradiated_cm, untreated_cm;
};
/// `with_sbrt`: 1 for those whose arm has it.
LesionSums lesion_sums(const Cohort& cohort, std::span<const double> with_sbrt, Arena& arena);

/// What is known of the responses of patients, step after step, and from when on; days ascend.
struct ResponseSteps {
  struct Step {
    std::span<double> day;       // infinity: no such step, nor a later one
    std::span<double> response;  // code of its ResponseClass
    std::span<double> change;    // of the sum of diameters, percent
  };
  static constexpr std::size_t most = 3;
  std::array<Step, most> step;
};

/// What patients bring to what is found of their responses.
struct AssessedResponses {
  const ResponseCases& cases;
  const LatentTimes& times;
  const FollowUp& seen;
  const KnownResponses& known;
  const LesionSums& sums;
};

/// What is found of the responses of all patients.
class FoundResponses {
 public:
  FoundResponses(const OligoHccParameters& parameters, const AssessedResponses& patients, double days_per_month,
                 Arena& arena);

  /// Best overall response with the sum of target lesions. None if not evaluable.
  ResponseSteps overall;
  std::span<double> last_day;          // of the last of these steps; infinity: there is none
  std::span<double> untreated_change;  // then, of the lesions that are not irradiated
  std::span<double> irradiated_count;  // 1: irradiated lesions are among the targets
  /// Of the irradiated lesions: at the first visit, when a response is recorded, and at the best response. None if they
  /// are not evaluable.
  ResponseSteps irradiated;
  std::span<double> best_irradiated;                           // their best change, whether or not it is seen
  std::array<std::span<double>, ResponseSteps::most> reached;  // by each step, as a part of it; 1 where there is none
};

/// Fills the steps of all patients; `steps`: of the findings about response, empty where not wanted.
void store_response_findings(const FoundResponses& found, const LesionSums& sums, std::span<Steps> steps);

/// Everything happens on whole days, from day 1 on; infinity: never.
template <Weight V>
V whole_day(const V& month, double days_per_month) {
  return larger(V{} + 1.0, ceil_of(month * days_per_month));
}

}  // namespace oligosim
