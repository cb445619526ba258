#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "models/cohort/cohort.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/tumor_change.hpp"

namespace oligosim {

struct AssessedPatient;

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

/// Sums of diameters of patient i, cm; without SBRT no lesion is irradiated.
struct LesionSums {
  LesionSums(const Cohort& cohort, bool irradiated, std::size_t i);
  double irradiated_cm, untreated_cm;
};

/// What is known of a response, and from when on; months ascend.
struct ResponseSteps {
  struct Step {
    double month = 0;
    ResponseClass response = ResponseClass::stable;
    double change = 0;  // of the sum of diameters, percent
  };
  static constexpr std::size_t most = 3;
  std::array<Step, most> step;
  std::size_t count = 0;

  void add(const Step& next) { step[count++] = next; }
  const Step& last() const { return step[count - 1]; }
};

/// What is found of a patient's response.
struct FoundResponses {
  FoundResponses(const OligoHccParameters& parameters, const LesionSums& sums, const AssessedPatient& patient);

  /// Best overall response with the sum of target lesions. None if not evaluable.
  ResponseSteps overall;
  TargetSum targets;  // at the last of these steps
  /// Of the irradiated lesions: at the first visit, when a response is recorded, and at the best response. None if they
  /// are not evaluable.
  ResponseSteps irradiated;
  double best_irradiated;  // their best change, whether or not it is seen

 private:
  FoundResponses(const OligoHccParameters& parameters, const LesionSums& sums, const AssessedPatient& patient,
                 const IrradiatedSum& sum);
};

/// Fills the steps of patient i; `steps`: of the findings about response, empty where not wanted.
void store_response_findings(const FoundResponses& found, const LesionSums& sums, double days_per_month,
                             std::span<Steps> steps, std::size_t i);

/// Everything happens on whole days, from day 1 on; infinity: never.
inline double whole_day(double month, double days_per_month) {
  return std::max(1.0, std::ceil(month * days_per_month));
}

}  // namespace oligosim
