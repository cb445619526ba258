#pragma once

#include <string>

namespace oligosim {

/// Responses of 25 OP and 12 OM patients of one arm, each cohort with the probability 0.4 against 0.2. `borrowing` and
/// what goes with it, a line each.
inline std::string cohort_study(const std::string& borrowing) {
  return R"(study: cohorts
seed: 102
disease:
  model: cohorts
  cohorts:
    OP: {outcomes: {response: {probability: 0.4, known_months: 4}}}
    OM: {outcomes: {response: {probability: 0.4, known_months: 4}}}
cohort: {OP: 25, OM: 12}
arms: {sbrt: {}}
trial: {enrollment: {patients: 37, rate_per_month: 2}}
design:
  kind: response_cohorts
  primary: orr_op
  cohorts: {orr_op: {p0: 0.2, p1: 0.4, patients: 25}, orr_om: {p0: 0.2, p1: 0.4, patients: 12}}
  certainty: 0.95
  min_follow_up_months: 5
  borrowing: )" +
         borrowing + R"(
plan:
  time_unit: days
  endpoints: {}
  populations: {OP: {cohort: OP}, OM: {cohort: OM}}
  analyses:
    - {name: orr_op, method: proportion, outcome: response, population: OP}
    - {name: orr_om, method: proportion, outcome: response, population: OM}
)";
}

}  // namespace oligosim
