#pragma once

#include <optional>
#include <string>

#include "models/study/study.hpp"

namespace oligosim {

/// What a formula (Wu 2015) says of a one-sample log-rank test in a scenario.
struct OneSampleFormula {
  double events = 0;    // expected among the trial's patients
  double power = 0;     // of the trial's patients
  double patients = 0;  // that a power of 0.8 takes; infinity where they do no better than the historical ones
};

/// Where the primary analysis of a one-sided design of one look by date is such a test of all patients, in one arm
/// whose distribution is known in closed form, as is enrollment. Nothing otherwise.
std::optional<OneSampleFormula> one_sample_formula(const Scenario& scenario);

}  // namespace oligosim
