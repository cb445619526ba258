#pragma once

#include <span>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/component_hazard.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/response.hpp"
#include "models/disease/oligo_hcc/response_findings.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"
#include "models/trial/patient_visits.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// Positions of the endpoints and outcomes.
enum class HccEndpoint : std::size_t {
  pfs,
  os,
  lf,
  pfs_true,
  untreated,
  new_lesions,
  best_response,
  new_therapy,
  grade_3,
  death_before_scan,
  progression
};
enum class HccOutcome : std::size_t { response, disease_control, irradiated, complete_response };

/// `first_visit`: months before which nobody has one.
std::vector<Endpoint> oligo_hcc_endpoints(double first_visit);
std::vector<Outcome> oligo_hcc_outcomes(double first_visit);

/// Random numbers of the latent course, one element a patient. They do not depend on the arm.
struct CourseDraws {
  std::span<double> frailty, response, time, overall;                                          // standard normal
  std::span<double> new_lesions, untreated_lesions, local_failure, death_before, death_after;  // standard exponential
  std::span<double> controlled, together, not_evaluable;                                       // uniform
  std::span<double> crossover;   // uniform; empty where no arm has any
  std::span<double> inclusion;   // uniform; empty where all are included
  std::span<const double> stop;  // month in which systemic therapy is stopped (stop_months)
};
CourseDraws course_draws(const Streams& streams, std::size_t patients, Arena& arena);

/// The baseline columns that the course depends on.
struct CourseCovariates {
  CourseCovariates(const Cohort& cohort, Arena& arena);
  std::span<const std::uint8_t> grp;
  std::span<const double> late, multi, big, lesions, untreated;
  std::span<double> op_n, om;  // 1: of that group
};

/// What the course follows from, whatever the arm, one element a patient.
struct LatentColumns {
  /// Responses are left out unless they are wanted or change the course.
  LatentColumns(const OligoHccParameters& parameters, const CourseCovariates& covariates, const CourseDraws& draws,
                bool response_too, Arena& arena);
  std::span<double> hazard_ratio;  // exp(sd Z + x'b) of new and untreated lesions
  std::span<double> death_hazard;  // from detection of progression on, per month, before what the arm does
  LatentResponses response;
};

/// Onsets of objective responses on the scale t^shape; infinity: no such response. Empty where no response matters.
std::span<const double> scaled_onsets(const OligoHccParameters& parameters, const LatentResponses& response,
                                      Arena& arena);

/// When things happen, whether or not they are seen, one element a patient; months since randomization, infinity:
/// never.
struct LatentTimes {
  std::span<double> new_lesions, untreated_lesions, local_failure;
  std::span<double> progression;  // the first of these
  std::span<double> death_before_progression;
};

/// Each patient's hazard of a component: that of his arm.
ComponentHazard hazard_by_arm(std::span<const ArmHazards> hazards, std::span<const std::uint8_t> arm,
                              PiecewiseHazard ArmHazards::*component, Arena& arena);

/// `hazards` by arm.
LatentTimes latent_times(const OligoHccParameters& parameters, std::span<const ArmHazards> hazards,
                         std::span<const std::uint8_t> arm, const CourseCovariates& covariates,
                         const CourseDraws& draws, const LatentColumns& columns, Arena& arena);

/// The courses of all patients; `hazards` and `visits` by arm. `dated_by_visits`: days of progressions and local
/// failures are those of the visits that show them, rather than those on which they happen.
class CourseSampler {
 public:
  CourseSampler(const OligoHccParameters& parameters, const ToxicitySampler& toxicity,
                std::span<const ArmHazards> hazards, std::span<const VisitSchedule> visits, bool dated_by_visits,
                double days_per_month)
      : parameters_(parameters),
        toxicity_(toxicity),
        hazards_(hazards),
        visits_(visits),
        dated_by_visits_(dated_by_visits),
        days_per_month_(days_per_month),
        responders_time_(elementary::exp(parameters.irradiated_response.responder_log_months -
                                         parameters.irradiated_response.other_log_months)) {}

  void sample(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
              Arena& arena) const;

 private:
  /// The draws of the course, and of the crossover where an arm has any.
  CourseDraws draws_of(const Streams& streams, std::size_t patients, Arena& arena) const;
  FollowUp follow_up(const CourseDraws& draws, std::span<const double> death_hazard, const LatentTimes& times,
                     std::span<const std::uint8_t> arm, PatientVisits& visits, Arena& arena) const;
  ResponseCases response_cases(const CourseCovariates& covariates, const CourseDraws& draws,
                               const LatentResponses& latent, std::span<const std::uint8_t> arm, Arena& arena) const;
  void store_endpoints(const LatentTimes& times, const FollowUp& seen, PatientVisits& visits, Course& course,
                       Arena& arena) const;
  void store_responses(const KnownResponses& known, Course& course) const;
  void store_included(const CourseDraws& draws, const FollowUp& seen, const Steps& included) const;
  /// Empty ones are left out.
  void to_days(std::span<const double> months, std::span<double> days) const;

  const OligoHccParameters& parameters_;
  const ToxicitySampler& toxicity_;
  std::span<const ArmHazards> hazards_;
  std::span<const VisitSchedule> visits_;  // by arm
  bool dated_by_visits_;
  double days_per_month_;
  double responders_time_;  // to the response, relative to that of others
};

}  // namespace oligosim
