#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/memory/arena.hpp"
#include "models/cohort/cohort.hpp"
#include "models/cohort/lesion_data.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

struct LargeTrialSize {
  std::size_t patients = 0;         // or more
  std::size_t fewest_trials = 400;  // where that is not more than ten times the patients
};

/// Many trials of a scenario as one, under analysis.
struct LargeTrial {
  double day = 0;  // of the data cut
  Cohort patients;
  std::optional<LesionData> lesions;  // where the plan reads them
};

/// Patients enrolled, randomized, visited and lost as in the study, cut on a day, or else when the last look is due in
/// expectation. Streams of their own; the same numbers for any number of threads.
LargeTrial large_trial(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size, unsigned threads,
                       Arena& arena, std::optional<double> day = {});

/// How many patients it has.
std::size_t patients_of(const Scenario& scenario, const LargeTrialSize& size);

}  // namespace oligosim
