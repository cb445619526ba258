#include "models/disease/oligo_hcc/course.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/component_hazard.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"
#include "models/disease/oligo_hcc/inclusion.hpp"
#include "models/disease/oligo_hcc/lesion_table.hpp"
#include "models/trial/patient_visits.hpp"

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

/// Months of what happens before death; infinity: never.
std::span<const double> before_death(std::span<const double> happens, std::span<const double> death, Arena& arena) {
  const std::span<double> month = arena.take<double>(happens.size());
  in_lanes(month.size(), [&](const auto& here) {
    const auto own = here(happens);
    here.put(month, own < here(death) ? own : here.number(infinity));
  });
  return month;
}

/// The findings by what makes them, in their order.
struct WantedFindings {
  WantedFindings(const OligoHccParameters& parameters, std::span<Steps> all)
      : of_response(all.first(std::min(all.size(), response_findings))), of_toxicity(all.subspan(of_response.size())) {
    if (!parameters.inclusion || all.empty()) return;
    included = all.back(), of_toxicity = of_toxicity.first(of_toxicity.size() - 1);
  }
  std::span<Steps> of_response, of_toxicity;
  Steps included;
};

}  // namespace

std::vector<Endpoint> oligo_hcc_endpoints(double first_visit) {
  return {
      {"pfs", EndpointKind::survival, "progression as visits show it, or death", first_visit},
      {.name = "os", .kind = EndpointKind::survival, .meaning = "death", .ends_visits = true},
      {"lf", EndpointKind::date, "visit that shows failure of an irradiated lesion", first_visit},
      {"pfs_true", EndpointKind::survival, "progression when it happens, or death"},
      {"untreated", EndpointKind::date, "first visit with progression, if untreated lesions have progressed",
       first_visit},
      {"new_lesions", EndpointKind::date, "first visit with progression, if there are new lesions", first_visit},
      {"best_response", EndpointKind::date, "visit that shows the best response of the irradiated lesions",
       first_visit},
      {"new_therapy", EndpointKind::date, "visit with progression, after which the patient crosses over"},
      {"grade_3", EndpointKind::date, "first toxicity of grade 3"},
      {"death_before_scan", EndpointKind::date, "death before the first visit"},
      {"progression", EndpointKind::date, "visit that shows the progression", first_visit},
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
    streams.first_uniforms(purpose, 0, numbers);
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
  const CourseCovariates covariates(cohort, arena);
  const WantedFindings wanted(parameters_, course.finding);
  const std::span<double> grade_3 = days_of(course, HccEndpoint::grade_3),
                          best_day = days_of(course, HccEndpoint::best_response);
  const bool findings = any_wanted(wanted.of_response);
  const bool best_too = findings || course.with_lesions || !best_day.empty();
  const bool responses = best_too || any_wanted(course.evaluable_day) || any_wanted(course.success_day);

  const LatentColumns columns(parameters_, covariates, draws, responses, arena);
  const LatentTimes times = latent_times(parameters_, hazards_, arm, covariates, draws, columns, arena);
  PatientVisits visits(visits_, arm, streams, arena);
  const FollowUp seen = follow_up(draws, columns.death_hazard, times, arm, visits, arena);
  store_endpoints(times, seen, visits, course, arena);
  if (!wanted.included.empty()) store_included(draws, seen, wanted.included);
  if (responses) {
    const ResponseCases cases = response_cases(covariates, draws, columns.response, arm, arena);
    const KnownResponses known = known_responses(parameters_.irradiated_response, parameters_.overall_response, cases,
                                                 seen, visits, best_too, arena);
    store_responses(known, course);
    if (best_too) to_days(known.best_response, best_day);
    if (findings || course.with_lesions) {
      const LesionSums sums = lesion_sums(cohort, cases.irradiated, arena);
      const FoundResponses found(parameters_, {cases, times, seen, known, sums}, days_per_month_, arena);
      if (findings) store_response_findings(found, sums, wanted.of_response);
      if (course.with_lesions)
        LesionTable(parameters_, days_per_month_, streams, cohort, course.lesions, arena)
            .fill({hazards_, arm, times, seen, cases, found, visits}, arena);
    }
  }
  if (!any_wanted(wanted.of_toxicity) && grade_3.empty()) return;
  const std::span<double> death_day = arena.take<double>(cohort.patients());
  to_days(seen.death, death_day);
  toxicity_.sample(streams, covariates.grp, arm, hazards_, death_day, wanted.of_toxicity, grade_3, arena);
}

FollowUp CourseSampler::follow_up(const CourseDraws& draws, std::span<const double> death_hazard,
                                  const LatentTimes& times, std::span<const std::uint8_t> arm, PatientVisits& visits,
                                  Arena& arena) const {
  const std::size_t n = arm.size();
  const FollowUp seen{arena.take<double>(n), arena.take<double>(n), arena.take<double>(n, infinity)};
  const std::span<double> death_before = times.death_before_progression;
  // Progression after death, or that no visit shows before it, is not seen.
  in_lanes(n, [&](const auto& here) {
    const auto progression = here(times.progression);
    here.put(seen.death, progression < here(death_before) ? progression : here.number(infinity));
  });
  visits.first_from(seen.death, seen.progression);
  in_lanes(n, [&](const auto& here) {
    const auto shown = here(seen.progression);
    here.put(seen.progression, shown <= here(death_before) ? shown : here.number(infinity));
  });
  const Arena::Scope scope(arena);
  const std::span<double> ratio = arena.take<double>(n, 1.0), target = arena.take<double>(n);
  for (std::size_t i = 0; i < draws.crossover.size(); ++i) {
    const Crossover& crossover = hazards_[arm[i]].crossover;
    if (draws.crossover[i] >= crossover.share) continue;
    seen.new_therapy[i] = seen.progression[i], ratio[i] = crossover.hazard_ratio;
  }
  in_lanes(n,
           [&](const auto& here) { here.put(target, here(draws.death_after) / (here(death_hazard) * here(ratio))); });
  const ComponentHazard dying = hazard_by_arm(hazards_, arm, &ArmHazards::death_after_progression, arena);
  dying.inverse({.target = target,
                 .start = seen.progression,
                 .stop = draws.stop,
                 .ratio = parameters_.discontinuation.death_hazard_ratio},
                seen.death);
  in_lanes(n, [&](const auto& here) {
    here.put(seen.death, here(seen.progression) < infinity ? here(seen.death) : here(death_before));
  });
  return seen;
}

ResponseCases CourseSampler::response_cases(const CourseCovariates& covariates, const CourseDraws& draws,
                                            const LatentResponses& latent, std::span<const std::uint8_t> arm,
                                            Arena& arena) const {
  const std::size_t n = arm.size();
  const IrradiatedResponseParameters& irradiated = parameters_.irradiated_response;
  const ResponseCases cases{latent,
                            arena.take<double>(n),
                            arena.take<double>(n),
                            arena.take<double>(n),
                            arena.take<double>(n),
                            arena.take<double>(n)};
  for (std::size_t i = 0; i < n; ++i) cases.irradiated[i] = hazards_[arm[i]].irradiated;
  const double rho = parameters_.overall_response.correlation_factor * irradiated.frailty_correlation;
  const double own_part = std::sqrt(1 - rho * rho);
  in_lanes(n, [&](const auto& here) {
    const auto untreated = (here(covariates.untreated) > 0.0) | (here(cases.irradiated) == 0.0);
    const auto value = -rho * here(draws.frailty) + own_part * here(draws.overall), onset = here(latent.onset_month);
    here.put_flag(cases.untreated, untreated);
    here.put_flag(cases.evaluable_if_early, here(draws.not_evaluable) >= irradiated.not_evaluable_if_early);
    here.put(cases.untreated_value, untreated ? value : here.number(0));
    // Untreated lesions that respond do so in the time of a responder.
    const auto objective = here(latent.value) > irradiated.partial_above;
    here.put(cases.untreated_onset_month, objective ? onset : onset * responders_time_);
  });
  return cases;
}

void CourseSampler::to_days(std::span<const double> months, std::span<double> days) const {
  if (!days.empty())
    in_lanes(days.size(), [&](const auto& here) { here.put(days, whole_day(here(months), days_per_month_)); });
}

void CourseSampler::store_endpoints(const LatentTimes& times, const FollowUp& seen, PatientVisits& visits,
                                    Course& course, Arena& arena) const {
  // month(here) of all patients.
  const auto store = [&](HccEndpoint endpoint, const auto& month) {
    const std::span<double> days = days_of(course, endpoint);
    if (days.empty()) return;
    in_lanes(days.size(), [&](const auto& here) { here.put(days, whole_day(month(here), days_per_month_)); });
  };
  const std::span<const double> progression =
      dated_by_visits_ ? seen.progression : before_death(times.progression, seen.death, arena);
  const auto with_progression = [&](std::span<const double> happens) {
    return [progression, happens](const auto& here) {
      const auto progressed = here(progression);
      return here(happens) <= progressed ? progressed : here.number(infinity);
    };
  };
  store(HccEndpoint::pfs, [&](const auto& here) { return smaller(here(progression), here(seen.death)); });
  store(HccEndpoint::os, [&](const auto& here) { return here(seen.death); });
  store(HccEndpoint::pfs_true,
        [&](const auto& here) { return smaller(here(times.progression), here(times.death_before_progression)); });
  store(HccEndpoint::untreated, with_progression(times.untreated_lesions));
  store(HccEndpoint::new_lesions, with_progression(times.new_lesions));
  store(HccEndpoint::new_therapy, [&](const auto& here) { return here(seen.new_therapy); });
  store(HccEndpoint::progression, [&](const auto& here) { return here(progression); });
  store(HccEndpoint::death_before_scan, [&](const auto& here) {
    const auto death = here(seen.death);
    return death < here(visits.first()) ? death : here.number(infinity);
  });
  if (days_of(course, HccEndpoint::lf).empty()) return;
  const std::span<const double> failure = before_death(times.local_failure, seen.death, arena);
  if (!dated_by_visits_) return store(HccEndpoint::lf, [&](const auto& here) { return here(failure); });
  const std::span<double> shown = arena.take<double>(failure.size());
  visits.first_from(failure, shown);
  store(HccEndpoint::lf, [&](const auto& here) {
    const auto visit = here(shown);
    return visit <= here(seen.death) ? visit : here.number(infinity);
  });
}

void CourseSampler::store_responses(const KnownResponses& known, Course& course) const {
  const auto store = [&](HccOutcome outcome, const KnownResult& result) {
    const auto position = static_cast<std::size_t>(outcome);
    to_days(result.evaluable, course.evaluable_day[position]);
    to_days(result.success, course.success_day[position]);
  };
  store(HccOutcome::response, known.response);
  store(HccOutcome::disease_control, known.disease_control);
  store(HccOutcome::irradiated, known.irradiated);
  store(HccOutcome::complete_response, known.complete_response);
}

void CourseSampler::store_included(const CourseDraws& draws, const FollowUp& seen, const Steps& included) const {
  for (std::size_t i = 0; i < seen.death.size(); ++i)
    store_inclusion(*parameters_.inclusion, draws.frailty[i], draws.inclusion[i],
                    whole_day(std::min(seen.progression[i], seen.death[i]), days_per_month_), included, i);
}

}  // namespace oligosim
