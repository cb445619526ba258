#include "models/disease/oligo_hcc/course.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "models/disease/oligo_hcc/discontinuation.hpp"
#include "models/disease/oligo_hcc/inclusion.hpp"
#include "models/disease/oligo_hcc/lesion_table.hpp"
#include "models/disease/oligo_hcc/patient_visits.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::span<double> days_of(Course& course, HccEndpoint endpoint) {
  return course.event_day[static_cast<std::size_t>(endpoint)];
}

template <class Column>
bool any_wanted(std::span<Column> columns) {
  return std::ranges::any_of(columns, [](const Column& column) { return !column.empty(); });
}

}  // namespace

std::vector<Endpoint> oligo_hcc_endpoints(double first_visit) {
  return {
      {"pfs", EndpointKind::survival, "progression as visits show it, or death", first_visit},
      {"os", EndpointKind::survival, "death"},
      {"lf", EndpointKind::date, "visit that shows failure of an irradiated lesion"},
      {"pfs_true", EndpointKind::survival, "progression when it happens, or death"},
      {"untreated", EndpointKind::date, "first visit with progression, if untreated lesions have progressed"},
      {"new_lesions", EndpointKind::date, "first visit with progression, if there are new lesions"},
      {"best_response", EndpointKind::date, "visit that shows the best response of the irradiated lesions"},
      {"new_therapy", EndpointKind::date, "visit with progression, after which the patient crosses over"},
      {"grade_3", EndpointKind::date, "first toxicity of grade 3"},
      {"death_before_scan", EndpointKind::date, "death before the first visit"},
  };
}

std::vector<Outcome> oligo_hcc_outcomes(double first_visit) {
  return {
      {"response", "complete or partial response overall; missing if dead before the first visit", first_visit},
      {"disease_control", "no progression at the first two visits; missing until then, or if dead before the first",
       first_visit},
      {"or", "complete or partial response of the irradiated lesions; missing without SBRT or if not evaluable",
       first_visit},
      {"complete_response", "complete response overall; missing if dead before the first visit", first_visit},
  };
}

CourseDraws CourseSampler::draws_of(const Streams& streams, std::size_t patients, Arena& arena) const {
  CourseDraws draws = course_draws(streams, patients, arena);
  const auto fill = [&](Purpose purpose, std::span<double>& numbers) {
    numbers = arena.take<double>(patients);
    streams.uniforms(purpose, 0, numbers);
  };
  if (std::ranges::any_of(hazards_, [](const ArmHazards& arm) { return arm.crossover.share > 0; }))
    fill(Purpose::crossover, draws.crossover);
  if (parameters_.inclusion) fill(Purpose::inclusion, draws.inclusion);
  draws.stop = stop_months(parameters_, streams, patients, days_per_month_, arena);
  return draws;
}

void CourseSampler::sample(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                           Course& course, Arena& arena) const {
  if (course.with_lesions) course.lesions = room_for_lesions(cohort, arena);
  const Arena::Scope scope(arena);
  const CourseDraws draws = draws_of(streams, cohort.patients(), arena);
  const CourseCovariates covariates(cohort);
  const FirstVisits first_visits(visits_, arm, streams, arena);
  const std::span<Steps> finding = course.finding;
  const std::span<Steps> of_response = finding.first(std::min(finding.size(), response_findings));
  std::span<Steps> of_toxicity = finding.subspan(of_response.size());
  Steps included;
  if (parameters_.inclusion && !finding.empty())
    included = finding.back(), of_toxicity = of_toxicity.first(of_toxicity.size() - 1);
  const std::span<double> grade_3 = days_of(course, HccEndpoint::grade_3);
  const bool findings = any_wanted(of_response), toxicity = any_wanted(of_toxicity) || !grade_3.empty();
  const bool best_too = findings || course.with_lesions || !days_of(course, HccEndpoint::best_response).empty();
  const bool responses = best_too || any_wanted(course.evaluable_day) || any_wanted(course.success_day);
  const std::span<double> death_day = arena.take<double>(toxicity ? cohort.patients() : 0);
  const LatentColumns columns(parameters_, covariates, draws, responses, arena);
  const auto all_times = latent_times(parameters_, hazards_, arm, covariates, draws, columns, arena);
  std::optional<LesionTable> lesions;
  if (course.with_lesions) lesions.emplace(parameters_, days_per_month_, streams, cohort, course.lesions, arena);

  for (std::size_t i = 0; i < cohort.patients(); ++i) {
    const ArmHazards& hazards = hazards_[arm[i]];
    const LatentPatient patient = latent_patient(parameters_, draws, columns, i);
    const LatentTimes& times = all_times[i];
    PatientVisits visits(first_visits, i);
    const FollowUp seen = follow_up(hazards, draws, columns.death_hazard[i], times, visits, i);
    store_endpoints(times, seen, visits, course, i);
    if (toxicity) death_day[i] = day(seen.death_month);
    if (!included.empty())
      store_inclusion(*parameters_.inclusion, patient.frailty, draws.inclusion[i],
                      day(std::min(seen.progression_month, seen.death_month)), included, i);
    if (!responses) continue;
    const ResponseCase assessed = response_case(hazards, covariates, draws, patient, i);
    const KnownResponses known = known_responses(parameters_.irradiated_response, parameters_.overall_response,
                                                 assessed, seen, visits, best_too);
    store_responses(known, course, i);
    if (const std::span<double> best = days_of(course, HccEndpoint::best_response); !best.empty())
      best[i] = day(known.best_response);
    if (!findings && !lesions) continue;
    const AssessedPatient all{patient, times, seen, assessed, known};
    const LesionSums sums(cohort, hazards.irradiated, i);
    const FoundResponses found(parameters_, sums, all);
    if (findings) store_response_findings(found, sums, days_per_month_, of_response, i);
    if (lesions) lesions->add(hazards, all, found, visits, i);
  }
  if (lesions) lesions->finish(arena);
  if (toxicity) toxicity_.sample(streams, covariates.grp, arm, hazards_, death_day, of_toxicity, grade_3, arena);
}

FollowUp CourseSampler::follow_up(const ArmHazards& arm, const CourseDraws& draws, double death_hazard,
                                  const LatentTimes& times, PatientVisits& visits, std::size_t i) const {
  FollowUp seen;
  seen.death_month = times.death_before_progression;
  const double progression = times.progression();
  if (progression >= times.death_before_progression) return seen;
  const std::size_t visit = visits.first_from(progression);
  const double month = visits.month(visit);
  if (month == infinity || month > times.death_before_progression) return seen;
  seen.progression_visit = visit;
  seen.progression_month = month;
  const bool crosses = !draws.crossover.empty() && draws.crossover[i] < arm.crossover.share;
  if (crosses) seen.new_therapy_month = month;
  const double ratio = crosses ? arm.crossover.hazard_ratio : 1;
  const StoppedHazard death{arm.death_after_progression, stop_month(draws.stop, i),
                            parameters_.discontinuation.death_hazard_ratio};
  seen.death_month = death.inverse(draws.death_after[i] / (death_hazard * ratio), month);
  return seen;
}

ResponseCase CourseSampler::response_case(const ArmHazards& arm, const CourseCovariates& covariates,
                                          const CourseDraws& draws, const LatentPatient& patient, std::size_t i) const {
  const IrradiatedResponseParameters& irradiated = parameters_.irradiated_response;
  ResponseCase result{.latent = patient.response};
  result.irradiated = arm.irradiated;
  result.untreated = covariates.untreated[i] > 0 || !arm.irradiated;
  result.evaluable_if_early = draws.not_evaluable[i] >= irradiated.not_evaluable_if_early;
  if (result.untreated) {
    const double rho = parameters_.overall_response.correlation_factor * irradiated.frailty_correlation;
    result.untreated_value = -rho * patient.frailty + std::sqrt(1 - rho * rho) * draws.overall[i];
    // Untreated lesions that respond do so in the time of a responder.
    result.untreated_onset_month = patient.response.onset_month;
    if (!patient.response.objective) result.untreated_onset_month *= responders_time_;
  }
  return result;
}

void CourseSampler::store_endpoints(const LatentTimes& times, const FollowUp& seen, PatientVisits& visits,
                                    Course& course, std::size_t i) const {
  const auto store = [&](HccEndpoint endpoint, double month) {
    if (const std::span<double> days = days_of(course, endpoint); !days.empty()) days[i] = day(month);
  };
  store(HccEndpoint::pfs, std::min(seen.progression_month, seen.death_month));
  store(HccEndpoint::os, seen.death_month);
  store(HccEndpoint::pfs_true, std::min(times.progression(), times.death_before_progression));
  store(HccEndpoint::untreated, times.untreated_lesions <= seen.progression_month ? seen.progression_month : infinity);
  store(HccEndpoint::new_lesions, times.new_lesions <= seen.progression_month ? seen.progression_month : infinity);
  store(HccEndpoint::new_therapy, seen.new_therapy_month);
  if (!days_of(course, HccEndpoint::death_before_scan).empty())
    store(HccEndpoint::death_before_scan, seen.death_month < visits.month(0) ? seen.death_month : infinity);
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
