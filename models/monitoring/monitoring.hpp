#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/statistics/sequential/sequential_design.hpp"
#include "models/analysis/analysis.hpp"
#include "models/monitoring/trial_so_far.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

/// What a look says: of one that was held whether its z has reached a boundary.
enum class LookOutcome { efficacy, harm, futility, goes_on, no_claim, planned };
const char* name(LookOutcome outcome);  // "efficacy", "harm" (of two sides), "futility", "goes on", ...
bool claims(LookOutcome outcome);       // efficacy or harm

/// A look of a trial under way, held or still to come. Boundaries are those of the information that the looks turned
/// out to have; still to come, as planned. Missing: NaN.
struct MonitoredLook {
  std::shared_ptr<const SequentialStage> stage;
  double events = missing;
  double effect_at_boundary = missing;  // the estimate that reaches it: a hazard ratio, or the effect at the end
  LookOutcome outcome = LookOutcome::planned;
  std::size_t planned_as = 0;  // of one that is planned: the look of the design, from 0
  // Of one that was held.
  double z = missing;
  double p = missing;           // one-sided, of this look alone; in two-sided designs of the tail where z lies
  double repeated_p = missing;  // the same (repeated_p_value.hpp)
  double repeated_lower = missing, repeated_upper = missing;  // of the effect; missing where futility binds
};

/// What is assumed of the effect from here on: a hazard ratio given, that seen, that of the null hypothesis, or all
/// that z leaves possible.
enum class Assumption { hazard_ratio, as_seen, null_hypothesis, averaged };
const char* name(Assumption assumption);

/// Power of what is left, given the last look held; in two-sided designs of both claims.
struct PowerToCome {
  Assumption assumption;
  double hazard_ratio = missing;
  double power = missing;
};

/// What a trial under way shows.
struct MonitoredTrial {
  std::string primary;
  bool of_ratio = false;  // effects are hazard ratios
  bool two_sided = false;
  double repeated_level = missing, confidence = missing;  // of the repeated intervals, and of the one at the end
  bool over = false;                                      // a boundary was reached, or the last look held
  std::size_t decided_at = 0;                             // the look, from 1, that the estimates are of; 0: none yet
  std::vector<MonitoredLook> looks;
  std::vector<EstimateLabel> labels;  // of StoppedEstimates, with the estimates of a trial that ends there
  std::vector<Estimate> estimates;
  std::vector<PowerToCome> power;  // empty where nothing is to come
  std::vector<std::string> notes;  // what to know of it
};

/// Whether the events that the looks count are those that the primary analysis rests on.
bool counts_events_of_primary(const Scenario& scenario);

/// Holds the looks against the scenario's group-sequential design (Lan and DeMets 1983 at the information observed;
/// stage-wise ordering and repeated intervals: sequential_inference.hpp; conditional_power.hpp). All looks have their
/// z; where there are none, the name of the primary analysis is all. Mistakes, such as looks whose events do not grow,
/// go to `problems`; the result is then not to be used.
MonitoredTrial monitor(const Scenario& scenario, const TrialSoFar& trial, Problems& problems);

}  // namespace oligosim
