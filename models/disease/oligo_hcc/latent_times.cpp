#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/exp_columns.hpp"
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

LatentColumns::LatentColumns(const OligoHccParameters& parameters, const CourseCovariates& covariates,
                             const CourseDraws& draws, bool response_too, Arena& arena) {
  const std::size_t n = draws.frailty.size();
  const ProgressionParameters& p = parameters.progression;
  const DeathParameters& death = parameters.death;
  hazard_ratio = arena.take<double>(n), death_hazard = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double z = draws.frailty[i];
    const bool op_n = covariates.op_n(i), om = covariates.om(i);
    hazard_ratio[i] = p.frailty_sd * z + p.log_multiple * covariates.multi[i] + p.log_large * covariates.big[i] +
                      p.log_later_line * covariates.late[i] + (op_n ? p.log_op_n : 0) + (om ? p.log_om : 0);
    death_hazard[i] = death.frailty * z + (om ? death.log_om : 0) + (op_n ? death.log_op_n : 0);
  }
  to_exp(hazard_ratio);
  to_exp(death_hazard);
  for (double& hazard : death_hazard) hazard *= death.after_progression;
  if (!response_too && parameters.irradiated_response.hazard_ratio_after_onset == 1) return;
  const LatentResponseRule rule(parameters.irradiated_response);
  response = {arena.take<double>(n), arena.take<double>(n), arena.take<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    response.value[i] = rule.value(covariates.om(i), draws.frailty[i], draws.response[i]);
    response.best_month[i] = rule.log_best_month(response.value[i], draws.time[i]);
  }
  to_exp(response.best_month);
  for (std::size_t i = 0; i < n; ++i)
    response.onset_month[i] = parameters.irradiated_response.onset_fraction * response.best_month[i];
}

LatentPatient latent_patient(const OligoHccParameters& parameters, const CourseDraws& draws,
                             const LatentColumns& columns, std::size_t i) {
  LatentPatient patient;
  patient.frailty = draws.frailty[i];
  patient.hazard_ratio = columns.hazard_ratio[i];
  patient.controlled = draws.controlled[i] < parameters.progression.controlled_share;
  const LatentResponses& response = columns.response;
  if (!response.value.empty() && response.value[i] > parameters.irradiated_response.partial_above)
    patient.onset_month = response.onset_month[i];
  return patient;
}

double scaled_onset(const OligoHccParameters& parameters, const LatentPatient& patient) {
  const bool causal = parameters.irradiated_response.hazard_ratio_after_onset != 1;
  if (!causal || patient.onset_month == infinity) return infinity;
  return std::pow(patient.onset_month, parameters.progression.shape);
}

namespace {

/// New and untreated lesions on the scale t^shape; infinity: never.
class ScaledTimes {
 public:
  ScaledTimes(const OligoHccParameters& parameters, const LatentPatient& patient, double stop)
      : p_(parameters.progression),
        patient_(patient),
        onset_(scaled_onset(parameters, patient)),
        effect_(parameters.irradiated_response.hazard_ratio_after_onset),
        stop_(stop == infinity ? infinity : std::pow(stop, p_.shape)),
        ratio_(parameters.discontinuation.progression_hazard_ratio) {}

  /// Inversion: S(t) = exp(-lambda h H(t^k)) = U, with H piecewise linear.
  double of(const PiecewiseHazard& hazard, double lambda, double exponential) const {
    const double target = exponential / (lambda * patient_.hazard_ratio);
    return StoppedHazard{hazard, stop_, ratio_}.inverse(target, 0, onset_, effect_);
  }

 private:
  const ProgressionParameters& p_;
  const LatentPatient& patient_;
  double onset_, effect_, stop_, ratio_;
};

bool can_grow(const PiecewiseHazard& untreated) {
  return untreated.pieces().size() > 1 || untreated.pieces()[0].factor > 0;
}

}  // namespace

LatentTimes latent_times(const OligoHccParameters& parameters, std::span<const ArmHazards> hazards,
                         std::span<const std::uint8_t> arm, const CourseCovariates& covariates,
                         const CourseDraws& draws, const LatentColumns& columns, Arena& arena) {
  const ProgressionParameters& p = parameters.progression;
  const std::size_t n = arm.size();
  const LatentTimes times{arena.take<double>(n, infinity), arena.take<double>(n, infinity), arena.take<double>(n),
                          arena.take<double>(n), arena.take<double>(n)};
  const std::span<double> new_lesions = times.new_lesions, untreated = times.untreated_lesions;
  for (std::size_t i = 0; i < n; ++i) {
    const LatentPatient patient = latent_patient(parameters, draws, columns, i);
    if (patient.controlled) continue;
    const ArmHazards& a = hazards[arm[i]];
    const PiecewiseHazard& growth = a.untreated_lesions[covariates.untreated[i] > 0];
    const ScaledTimes scaled(parameters, patient, stop_month(draws.stop, i));
    new_lesions[i] = scaled.of(a.new_lesions, p.new_lesions, draws.new_lesions[i]);
    if (can_grow(growth)) untreated[i] = scaled.of(growth, p.untreated_lesions, draws.untreated_lesions[i]);
  }
  to_roots(new_lesions, p.shape);
  to_roots(untreated, p.shape);
  for (std::size_t i = 0; i < n; ++i) {
    const ArmHazards& a = hazards[arm[i]];
    const bool untreated_throughout = covariates.untreated[i] > 0 || !a.irradiated;
    if (untreated_throughout && draws.together[i] < p.untreated_with_new &&
        can_grow(a.untreated_lesions[covariates.untreated[i] > 0]))
      untreated[i] = std::min(untreated[i], new_lesions[i]);
    // The first of m lesions, each with the rate lambda, fails with the rate m lambda.
    const double local = draws.local_failure[i] / (p.local_failure * covariates.lesions[i]);
    const StoppedHazard dying{a.death_before_progression, stop_month(draws.stop, i),
                              parameters.discontinuation.death_hazard_ratio};
    times.local_failure[i] = a.local_failure.inverse(local);
    times.death_before_progression[i] = dying.inverse(draws.death_before[i] / parameters.death.before_progression);
    times.progression[i] = std::min({new_lesions[i], untreated[i], times.local_failure[i]});
  }
  return times;
}

}  // namespace oligosim
