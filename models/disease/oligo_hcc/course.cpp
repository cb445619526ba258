#include "models/disease/oligo_hcc/course.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/normal.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::span<double> days_of(Course& course, HccEndpoint endpoint) {
  return course.event_day[static_cast<std::size_t>(endpoint)];
}

bool any_wanted(std::span<const std::span<double>> columns) {
  return std::ranges::any_of(columns, [](std::span<double> column) { return !column.empty(); });
}

}  // namespace

std::vector<Endpoint> oligo_hcc_endpoints() {
  return {
      {"pfs", EndpointKind::survival, "progression as visits show it, or death"},
      {"os", EndpointKind::survival, "death"},
      {"lf", EndpointKind::date, "visit that shows failure of an irradiated lesion"},
      {"pfs_true", EndpointKind::survival, "progression when it happens, or death"},
      {"untreated", EndpointKind::date, "first visit with progression, if untreated lesions have progressed"},
      {"new_lesions", EndpointKind::date, "first visit with progression, if there are new lesions"},
      {"best_response", EndpointKind::date, "visit that shows the best response of the irradiated lesions"},
  };
}

std::vector<Outcome> oligo_hcc_outcomes() {
  return {
      {"response", "complete or partial response overall; missing if dead before the first visit"},
      {"disease_control", "no progression at the first two visits; missing until then, or if dead before the first"},
      {"or", "complete or partial response of the irradiated lesions; missing without SBRT or if not evaluable"},
      {"complete_response", "complete response overall; missing if dead before the first visit"},
  };
}

double CourseSampler::day(double month) const {
  return month == infinity ? infinity : std::max(1.0, std::ceil(month * days_per_month_));
}

void CourseSampler::sample(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                           Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  const CourseDraws draws = course_draws(streams, cohort.patients(), arena);
  const CourseCovariates covariates(cohort);
  const std::span<double> room = arena.take<double>(visits_.count());
  const bool best_too = !days_of(course, HccEndpoint::best_response).empty();
  const bool responses = best_too || any_wanted(course.evaluable_day) || any_wanted(course.success_day);

  for (std::size_t i = 0; i < cohort.patients(); ++i) {
    const ArmHazards& hazards = hazards_[arm[i]];
    const LatentPatient patient = latent_patient(parameters_, covariates, draws, i, responses);
    const LatentTimes times = latent_times(parameters_, hazards, covariates, draws, patient, i);
    ActualVisits visits(visits_, streams.stream(Purpose::visits, static_cast<std::uint32_t>(i)), room);
    const FollowUp seen = follow_up(hazards, covariates, draws, patient, times, visits, i);
    store_endpoints(times, seen, visits, course, i);
    if (!responses) continue;
    const KnownResponses known =
        known_responses(parameters_.irradiated_response, parameters_.overall_response,
                        response_case(hazards, covariates, draws, patient, i), seen, visits, best_too);
    store_responses(known, course, i);
    if (best_too) days_of(course, HccEndpoint::best_response)[i] = day(known.best_response);
  }
}

FollowUp CourseSampler::follow_up(const ArmHazards& arm, const CourseCovariates& covariates, const CourseDraws& draws,
                                  const LatentPatient& patient, const LatentTimes& times, ActualVisits& visits,
                                  std::size_t i) const {
  FollowUp seen;
  seen.death_month = times.death_before_progression;
  const double progression = times.progression();
  if (progression >= times.death_before_progression) return seen;
  const std::size_t visit = visits.first_from(progression);
  const double month = visits.month(visit);
  if (month == infinity || month > times.death_before_progression) return seen;
  seen.progression_visit = visit;
  seen.progression_month = month;
  const double hazard = death_after_progression_hazard(parameters_.death, covariates, patient.frailty, i);
  seen.death_month = arm.death_after_progression.inverse(-std::log(draws.death_after[i]) / hazard, month);
  return seen;
}

ResponseCase CourseSampler::response_case(const ArmHazards& arm, const CourseCovariates& covariates,
                                          const CourseDraws& draws, const LatentPatient& patient, std::size_t i) const {
  const IrradiatedResponseParameters& irradiated = parameters_.irradiated_response;
  ResponseCase result;
  result.latent = patient.response;
  result.irradiated = arm.irradiated;
  result.untreated = covariates.untreated[i] > 0 || !arm.irradiated;
  result.evaluable_if_early = draws.not_evaluable[i] >= irradiated.not_evaluable_if_early;
  if (result.untreated) {
    const double rho = parameters_.overall_response.correlation_factor * irradiated.frailty_correlation;
    result.untreated_value = -rho * patient.frailty + std::sqrt(1 - rho * rho) * normal_quantile(draws.overall[i]);
    // Untreated lesions that respond do so in the time of a responder.
    result.untreated_onset_month = patient.response.onset_month;
    if (!patient.response.objective)
      result.untreated_onset_month *= std::exp(irradiated.responder_log_months - irradiated.other_log_months);
  }
  return result;
}

void CourseSampler::store_endpoints(const LatentTimes& times, const FollowUp& seen, ActualVisits& visits,
                                    Course& course, std::size_t i) const {
  const auto store = [&](HccEndpoint endpoint, double month) {
    if (const std::span<double> days = days_of(course, endpoint); !days.empty()) days[i] = day(month);
  };
  store(HccEndpoint::pfs, std::min(seen.progression_month, seen.death_month));
  store(HccEndpoint::os, seen.death_month);
  store(HccEndpoint::pfs_true, std::min(times.progression(), times.death_before_progression));
  store(HccEndpoint::untreated, times.untreated_lesions <= seen.progression_month ? seen.progression_month : infinity);
  store(HccEndpoint::new_lesions, times.new_lesions <= seen.progression_month ? seen.progression_month : infinity);
  if (days_of(course, HccEndpoint::lf).empty()) return;
  double shown = infinity;
  if (times.local_failure < seen.death_month) shown = visits.month(visits.first_from(times.local_failure));
  store(HccEndpoint::lf, shown <= seen.death_month ? shown : infinity);
}

void CourseSampler::store_responses(const KnownResponses& known, Course& course, std::size_t i) const {
  const auto store = [&](HccOutcome outcome, const KnownResult& result) {
    const auto position = static_cast<std::size_t>(outcome);
    if (!course.evaluable_day[position].empty()) course.evaluable_day[position][i] = day(result.evaluable);
    if (!course.success_day[position].empty()) course.success_day[position][i] = day(result.success);
  };
  store(HccOutcome::response, known.response);
  store(HccOutcome::disease_control, known.disease_control);
  store(HccOutcome::irradiated, known.irradiated);
  store(HccOutcome::complete_response, known.complete_response);
}

}  // namespace oligosim
