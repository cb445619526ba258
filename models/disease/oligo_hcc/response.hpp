#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/patient_visits.hpp"

namespace oligosim {

/// The response of a patient's irradiated lesions as it happens; months.
struct LatentResponse {
  bool complete = false, objective = false;  // objective: complete or partial
  double best_month = 0;                     // time to best response
  double onset_month = 0;                    // of an objective response
  double value = 0;                          // R
};

/// How it arises.
class LatentResponseRule {
 public:
  explicit LatentResponseRule(const IrradiatedResponseParameters& parameters)
      : p_(parameters), own_part_(std::sqrt(1 - p_.frailty_correlation * p_.frailty_correlation)) {}

  /// R; `z`: frailty, `response` standard normal.
  double value(bool om, double z, double response) const {
    return (om ? p_.om : 0) - p_.frailty_correlation * z + own_part_ * response;
  }
  /// Logarithm of the month of the best response; `time` standard normal.
  double log_best_month(double value, double time) const {
    return (value > p_.partial_above ? p_.responder_log_months : p_.other_log_months) + p_.log_sd * time;
  }
  LatentResponse response(double value, double best_month) const {
    return {value > p_.complete_above, value > p_.partial_above, best_month, p_.onset_fraction * best_month, value};
  }

 private:
  const IrradiatedResponseParameters& p_;
  double own_part_;
};

/// What visits have shown of progression and death; months, infinity: never.
struct FollowUp {
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t progression_visit = none;  // which visit shows progression
  double progression_month = std::numeric_limits<double>::infinity();
  double death_month = std::numeric_limits<double>::infinity();
  double new_therapy_month = std::numeric_limits<double>::infinity();  // crossover after progression

  bool progression_detected() const { return progression_visit != none; }
};

/// When results of a patient become known: missing before `evaluable`, yes from `success` on; months, infinity: never.
struct KnownResult {
  double evaluable = std::numeric_limits<double>::infinity();
  double success = std::numeric_limits<double>::infinity();
};

struct KnownResponses {
  KnownResult response, disease_control, irradiated, complete_response;
  double best_response = std::numeric_limits<double>::infinity();  // visit that shows the irradiated lesions' best
  double best_visit = std::numeric_limits<double>::infinity();     // the same where that result is not evaluable
};

/// What a patient brings to the assessment of response.
struct ResponseCase {
  const LatentResponse& latent;
  bool irradiated = true;          // the arm has SBRT
  bool untreated = false;          // there are lesions that are not irradiated
  bool evaluable_if_early = true;  // irradiated lesions, in spite of progression at the first or second visit
  double untreated_value = 0;      // V, the response of the untreated lesions
  double untreated_onset_month = 0;
};

/// Best overall response and response of irradiated lesions under the assessment rule, as the visits show them:
/// progression at the first or second visit is progressive disease; without SBRT the untreated lesions alone count.
/// `best_too`: fill best_response and best_visit.
KnownResponses known_responses(const IrradiatedResponseParameters& irradiated, const OverallResponseParameters& overall,
                               const ResponseCase& patient, const FollowUp& follow_up, PatientVisits& visits,
                               bool best_too);

}  // namespace oligosim
