#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::span<const double> column(const Cohort& cohort, BaselineColumn position) {
  return cohort.numbers(static_cast<std::size_t>(position));
}

}  // namespace

CourseDraws course_draws(const Streams& streams, std::size_t patients, Arena& arena) {
  // What the pairs are for belongs to the stream version: append.
  CourseDraws draws;
  const auto fill = [&](Purpose purpose, std::uint32_t pair, std::span<double>& first, std::span<double>& second) {
    first = arena.take<double>(patients), second = arena.take<double>(patients);
    streams.uniforms(purpose, pair, first, second);
  };
  fill(Purpose::course, 0, draws.frailty, draws.controlled);
  fill(Purpose::course, 1, draws.new_lesions, draws.untreated_lesions);
  fill(Purpose::course, 2, draws.local_failure, draws.death_before);
  fill(Purpose::course, 3, draws.death_after, draws.together);
  fill(Purpose::response, 0, draws.response, draws.overall);
  fill(Purpose::response, 1, draws.time, draws.not_evaluable);
  for (const std::span<double> scores : {draws.frailty, draws.response, draws.time, draws.overall})
    to_normal_scores(scores);
  for (const std::span<double> hazards :
       {draws.new_lesions, draws.untreated_lesions, draws.local_failure, draws.death_before, draws.death_after})
    to_exponentials(hazards);
  return draws;
}

CourseCovariates::CourseCovariates(const Cohort& cohort)
    : grp(cohort.categories(static_cast<std::size_t>(BaselineColumn::grp))),
      late(column(cohort, BaselineColumn::late)),
      multi(column(cohort, BaselineColumn::multi)),
      big(column(cohort, BaselineColumn::big)),
      lesions(column(cohort, BaselineColumn::lesions)),
      untreated(column(cohort, BaselineColumn::untreated)) {}

LatentPatient latent_patient(const OligoHccParameters& parameters, const CourseCovariates& covariates,
                             const CourseDraws& draws, std::size_t i, bool response_too) {
  const ProgressionParameters& p = parameters.progression;
  LatentPatient patient;
  patient.frailty = draws.frailty[i];
  patient.controlled = draws.controlled[i] < p.controlled_share;
  double log_ratio = p.frailty_sd * patient.frailty + p.log_multiple * covariates.multi[i] +
                     p.log_large * covariates.big[i] + p.log_later_line * covariates.late[i];
  if (covariates.op_n(i)) log_ratio += p.log_op_n;
  if (covariates.om(i)) log_ratio += p.log_om;
  patient.hazard_ratio = elementary::exp(log_ratio);
  patient.onset = infinity;
  const bool causal = parameters.irradiated_response.hazard_ratio_after_onset != 1;
  if (!response_too && !causal) return patient;
  patient.response = latent_response(parameters.irradiated_response, covariates.om(i), patient.frailty,
                                     draws.response[i], draws.time[i]);
  if (causal && patient.response.objective) patient.onset = std::pow(patient.response.onset_month, p.shape);
  return patient;
}

double LatentTimes::progression() const { return std::min({new_lesions, untreated_lesions, local_failure}); }

LatentTimes latent_times(const OligoHccParameters& parameters, const ArmHazards& hazards,
                         const CourseCovariates& covariates, const CourseDraws& draws, const LatentPatient& patient,
                         std::size_t i) {
  const ProgressionParameters& p = parameters.progression;
  const double effect = parameters.irradiated_response.hazard_ratio_after_onset;
  const DiscontinuationParameters& stopping = parameters.discontinuation;
  const double stop = stop_month(draws.stop, i);
  const double scaled_stop = stop == infinity ? infinity : std::pow(stop, p.shape);
  // Inversion: S(t) = exp(-lambda h H(t^k)) = U, with H piecewise linear.
  const auto weibull = [&](const PiecewiseHazard& hazard, double lambda, double exponential) {
    const double target = exponential / (lambda * patient.hazard_ratio);
    const double scaled =
        StoppedHazard{hazard, scaled_stop, stopping.progression_hazard_ratio}.inverse(target, 0, patient.onset, effect);
    return scaled == infinity ? infinity : elementary::exp(elementary::log(scaled) / p.shape);
  };
  LatentTimes times{infinity, infinity, infinity, infinity};
  if (!patient.controlled) {
    times.new_lesions = weibull(hazards.new_lesions, p.new_lesions, draws.new_lesions[i]);
    const PiecewiseHazard& untreated = hazards.untreated_lesions[covariates.untreated[i] > 0];
    const bool can_grow = untreated.pieces().size() > 1 || untreated.pieces()[0].factor > 0;
    if (can_grow) times.untreated_lesions = weibull(untreated, p.untreated_lesions, draws.untreated_lesions[i]);
    const bool untreated_throughout = covariates.untreated[i] > 0 || !hazards.irradiated;
    if (can_grow && untreated_throughout && draws.together[i] < p.untreated_with_new)
      times.untreated_lesions = std::min(times.untreated_lesions, times.new_lesions);
  }
  // The first of m lesions, each with the rate lambda, fails with the rate m lambda.
  times.local_failure =
      hazards.local_failure.inverse(draws.local_failure[i] / (p.local_failure * covariates.lesions[i]));
  times.death_before_progression =
      StoppedHazard{hazards.death_before_progression, stop, stopping.death_hazard_ratio}.inverse(
          draws.death_before[i] / parameters.death.before_progression);
  return times;
}

double death_after_progression_hazard(const DeathParameters& death, const CourseCovariates& covariates, double frailty,
                                      std::size_t i) {
  double log_ratio = death.frailty * frailty;
  if (covariates.om(i)) log_ratio += death.log_om;
  if (covariates.op_n(i)) log_ratio += death.log_op_n;
  return death.after_progression * elementary::exp(log_ratio);
}

}  // namespace oligosim
