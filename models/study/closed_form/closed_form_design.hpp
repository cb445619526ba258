#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/study/study.hpp"

namespace oligosim {

/// What a formula says of a design in a scenario.
struct DesignFormula {
  double hazard_ratio = 1;
  double drift = 0;              // expected z at the last look
  std::vector<double> events;    // expected, one a look
  std::vector<double> efficacy;  // probability of stopping for efficacy at each look
  std::vector<double> harm;      // the same for harm, of designs of two sides; zeros of others
  std::vector<double> futility;
  double claims_efficacy = 0, claims_harm = 0;  // at any look
  double expected_events = 0;  // when the trial stops

  double reject() const { return claims_efficacy + claims_harm; }
};

/// Where both arms' hazards are proportional and the primary analysis tests their ratio: z at d events is normal with
/// mean log(null ratio / ratio) sqrt(d p (1 - p)) (Schoenfeld 1981), and joint over the looks as its information grows;
/// p (1 - p) is that of those still followed, on average, where the arms lose patients at different rates.
/// Looks by events of the primary's endpoint have the events planned, where they come by the latest month with a
/// probability of 0.99 at least; looks by date those expected by then, where enrollment has a closed form. Nothing
/// otherwise, and where fewer than ten events are expected at the end. Boundaries are those planned.
std::optional<DesignFormula> design_formula(const Scenario& scenario);

/// Looks by events of the primary's endpoint that come by the latest month with less than that probability, a line
/// each: such a look is held then, with fewer events.
std::vector<std::string> doubtful_looks(const Scenario& scenario);

/// Looks by date that come while patients enter, a line each with how many have by then.
std::vector<std::string> entering_looks(const Scenario& scenario);

/// Months from the opening to the decision that are expected of such a trial: a look is held when its number of events
/// is expected, the mean of that order statistic of the calendar times of all patients' events, or on its date. Nothing
/// where patients do not enter over a fixed period.
std::optional<double> expected_months(const Scenario& scenario, const DesignFormula& formula);

}  // namespace oligosim
