// The words for what looks say and what is assumed.
#include "models/monitoring/monitoring.hpp"

namespace oligosim {

const char* name(LookOutcome outcome) {
  switch (outcome) {
    case LookOutcome::efficacy:
      return "efficacy";
    case LookOutcome::harm:
      return "harm";
    case LookOutcome::futility:
      return "futility";
    case LookOutcome::goes_on:
      return "goes on";
    case LookOutcome::no_claim:
      return "no claim";
    case LookOutcome::planned:
      return "planned";
  }
  return "";
}

bool claims(LookOutcome outcome) { return outcome == LookOutcome::efficacy || outcome == LookOutcome::harm; }

const char* name(Assumption assumption) {
  switch (assumption) {
    case Assumption::hazard_ratio:
      return "hazard ratio";
    case Assumption::as_seen:
      return "as seen";
    case Assumption::null_hypothesis:
      return "null hypothesis";
    case Assumption::averaged:
      return "averaged over what is not known";
  }
  return "";
}

}  // namespace oligosim
