#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/cohort_mix.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// PFS as detected at one time, P(PFS > x), as a function of the multiplier m of an arm's hazards of new and untreated
/// lesions, averaged over a fixed large sample of patients. Given frailty, covariates, response onset and visit dates
/// the probability is exact:
///   (pi + (1 - pi) exp(-before - m per_multiplier)) other,
/// where pi is the controlled share and `other` the probability of neither local failure nor death without
/// progression. So the sample only has to represent the patients, not their event times.
class DetectedPfs {
 public:
  /// `hazards_at`: of the arm, with the multipliers 0 and 1.
  struct Problem {
    const OligoHccParameters& parameters;
    const CohortMix& mix;
    const VisitSchedule& visits;
    double days_per_month;
    const ArmHazards& without_own;  // multiplier 0: what is not the arm's own to multiply
    const ArmHazards& with_own;     // multiplier 1
    double at_months;
  };
  explicit DetectedPfs(const Problem& problem);

  struct Survival {
    double probability, slope;  // by the multiplier
  };
  Survival survival(double multiplier) const;
  /// The multiplier with survival(m) = probability; nothing if none gives it.
  std::optional<double> solve(double probability) const;

 private:
  void add_patients(const Problem& problem, std::uint32_t replicate, Arena& arena);

  double controlled_share_;
  std::vector<double> other_, before_, per_multiplier_;
};

}  // namespace oligosim
