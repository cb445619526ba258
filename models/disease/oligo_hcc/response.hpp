#pragma once

#include <cmath>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/trial/patient_visits.hpp"

namespace oligosim {

/// The responses of irradiated lesions as they happen, one element a patient; months. Empty where nobody asks for them.
struct LatentResponses {
  std::span<double> value;        // R
  std::span<double> best_month;   // time to best response
  std::span<double> onset_month;  // of an objective response
};

/// How they arise.
class LatentResponseRule {
 public:
  explicit LatentResponseRule(const IrradiatedResponseParameters& parameters)
      : p_(parameters), own_part_(std::sqrt(1 - p_.frailty_correlation * p_.frailty_correlation)) {}

  /// R; `om`: 1 in OM, `z`: frailty, `response` standard normal.
  template <Weight V>
  V value(const V& om, const V& z, const V& response) const {
    return either(om, p_.om, 0) - p_.frailty_correlation * z + own_part_ * response;
  }
  /// Logarithm of the month of the best response; `time` standard normal.
  template <Weight V>
  V log_best_month(const V& value, const V& time) const {
    const V center = value > p_.partial_above ? V{} + p_.responder_log_months : V{} + p_.other_log_months;
    return center + p_.log_sd * time;
  }

 private:
  const IrradiatedResponseParameters& p_;
  double own_part_;
};

/// What visits show of progression, and death, one element a patient; months, infinity: never.
struct FollowUp {
  std::span<double> progression, death;
  std::span<double> new_therapy;  // crossover after progression
};

/// When results of patients become known: missing before `evaluable`, yes from `success` on; months, infinity: never.
struct KnownResult {
  std::span<double> evaluable, success;
};

struct KnownResponses {
  KnownResult response, disease_control, irradiated, complete_response;
  std::span<double> best_response;  // visit that shows the irradiated lesions' best
  std::span<double> best_visit;     // the same where that result is not evaluable
};

/// What patients bring to the assessment of response, one element each.
struct ResponseCases {
  LatentResponses latent;
  std::span<double> irradiated;  // 1: the arm has SBRT
  std::span<double> untreated;   // 1: there are lesions that are not irradiated
  std::span<double>
      evaluable_if_early;             // 1: irradiated lesions are, in spite of progression at the first or second visit
  std::span<double> untreated_value;  // V, the response of the untreated lesions; 0 where there are none
  std::span<double> untreated_onset_month;
};

/// Best overall response and response of irradiated lesions under the assessment rule, as the visits show them:
/// progression at the first or second visit is progressive disease; without SBRT the untreated lesions alone count.
/// `best_too`: make best_response and best_visit.
KnownResponses known_responses(const IrradiatedResponseParameters& irradiated, const OverallResponseParameters& overall,
                               const ResponseCases& patients, const FollowUp& seen, PatientVisits& visits,
                               bool best_too, Arena& arena);

}  // namespace oligosim
