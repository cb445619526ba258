#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "engine/numeric/exp_columns.hpp"
#include "engine/numeric/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/component_hazard.hpp"
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
  // What the numbers of a block are for belongs to the stream version: append.
  CourseDraws draws;
  const auto take = [&] { return arena.take<double>(patients); };
  streams.uniforms(Purpose::course, 0,
                   {{draws.frailty = take(), draws.controlled = take(), draws.new_lesions = take(),
                     draws.untreated_lesions = take()}});
  streams.uniforms(Purpose::course, 1,
                   {{draws.local_failure = take(), draws.death_before = take(), draws.death_after = take(),
                     draws.together = take()}});
  streams.uniforms(
      Purpose::response, 0,
      {{draws.response = take(), draws.overall = take(), draws.time = take(), draws.not_evaluable = take()}});
  for (const std::span<double> scores : {draws.frailty, draws.response, draws.time, draws.overall})
    to_normal_scores(scores);
  for (const std::span<double> hazards :
       {draws.new_lesions, draws.untreated_lesions, draws.local_failure, draws.death_before, draws.death_after})
    to_exponentials(hazards);
  return draws;
}

CourseCovariates::CourseCovariates(const Cohort& cohort, Arena& arena)
    : grp(cohort.categories(static_cast<std::size_t>(BaselineColumn::grp))),
      late(column(cohort, BaselineColumn::late)),
      multi(column(cohort, BaselineColumn::multi)),
      big(column(cohort, BaselineColumn::big)),
      lesions(column(cohort, BaselineColumn::lesions)),
      untreated(column(cohort, BaselineColumn::untreated)),
      op_n(arena.take<double>(grp.size())),
      om(arena.take<double>(grp.size())) {
  for (std::size_t i = 0; i < grp.size(); ++i)
    op_n[i] = grp[i] == static_cast<std::uint8_t>(Strategy::op_n),
    om[i] = grp[i] == static_cast<std::uint8_t>(Strategy::om);
}

LatentColumns::LatentColumns(const OligoHccParameters& parameters, const CourseCovariates& covariates,
                             const CourseDraws& draws, bool response_too, Arena& arena) {
  const std::size_t n = draws.frailty.size();
  const ProgressionParameters& p = parameters.progression;
  const DeathParameters& death = parameters.death;
  hazard_ratio = arena.take<double>(n), death_hazard = arena.take<double>(n);
  in_lanes(n, [&](const auto& here) {
    const auto z = here(draws.frailty), none = here.number(0);
    const auto op_n = here(covariates.op_n) > 0.0, om = here(covariates.om) > 0.0;
    here.put(hazard_ratio, p.frailty_sd * z + p.log_multiple * here(covariates.multi) +
                               p.log_large * here(covariates.big) + p.log_later_line * here(covariates.late) +
                               (op_n ? here.number(p.log_op_n) : none) + (om ? here.number(p.log_om) : none));
    here.put(death_hazard,
             death.frailty * z + (om ? here.number(death.log_om) : none) + (op_n ? here.number(death.log_op_n) : none));
  });
  to_exp(hazard_ratio);
  to_exp(death_hazard);
  for (double& hazard : death_hazard) hazard *= death.after_progression;
  if (!response_too && parameters.irradiated_response.hazard_ratio_after_onset == 1) return;
  const LatentResponseRule rule(parameters.irradiated_response);
  response = {arena.take<double>(n), arena.take<double>(n), arena.take<double>(n)};
  in_lanes(n, [&](const auto& here) {
    const auto value = rule.value(here(covariates.om), here(draws.frailty), here(draws.response));
    here.put(response.value, value);
    here.put(response.best_month, rule.log_best_month(value, here(draws.time)));
  });
  to_exp(response.best_month);
  for (std::size_t i = 0; i < n; ++i)
    response.onset_month[i] = parameters.irradiated_response.onset_fraction * response.best_month[i];
}

std::span<const double> scaled_onsets(const OligoHccParameters& parameters, const LatentResponses& response,
                                      Arena& arena) {
  const IrradiatedResponseParameters& irradiated = parameters.irradiated_response;
  if (irradiated.hazard_ratio_after_onset == 1) return {};
  const std::span<double> onset = arena.take<double>(response.value.size());
  std::ranges::copy(response.onset_month, onset.begin());
  to_roots(onset, 1 / parameters.progression.shape);
  in_lanes(onset.size(), [&](const auto& here) {
    here.put(onset, here(response.value) > irradiated.partial_above ? here(onset) : here.number(infinity));
  });
  return onset;
}

namespace {

/// When systemic therapy is stopped, on the same scale; empty where that changes nothing.
std::span<const double> scaled_stops(double shape, std::span<const double> stop, Arena& arena) {
  const std::span<double> scaled = arena.take<double>(stop.size());
  for (std::size_t i = 0; i < stop.size(); ++i) scaled[i] = stop[i] == infinity ? infinity : std::pow(stop[i], shape);
  return scaled;
}

}  // namespace

ComponentHazard hazard_by_arm(std::span<const ArmHazards> hazards, std::span<const std::uint8_t> arm,
                              PiecewiseHazard ArmHazards::*component, Arena& arena) {
  const std::span<const PiecewiseHazard*> by_arm = arena.take<const PiecewiseHazard*>(hazards.size());
  for (std::size_t a = 0; a < hazards.size(); ++a) by_arm[a] = &(hazards[a].*component);
  return {by_arm, arm.size(), [arm](std::size_t i) { return arm[i]; }, arena};
}

LatentTimes latent_times(const OligoHccParameters& parameters, std::span<const ArmHazards> hazards,
                         std::span<const std::uint8_t> arm, const CourseCovariates& covariates,
                         const CourseDraws& draws, const LatentColumns& columns, Arena& arena) {
  const ProgressionParameters& p = parameters.progression;
  const DiscontinuationParameters& discontinuation = parameters.discontinuation;
  const std::size_t n = arm.size();
  const LatentTimes times{arena.take<double>(n), arena.take<double>(n), arena.take<double>(n), arena.take<double>(n),
                          arena.take<double>(n)};
  const Arena::Scope scope(arena);
  const std::span<double> target = arena.take<double>(n), irradiated = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) irradiated[i] = hazards[arm[i]].irradiated;

  const std::span<const PiecewiseHazard*> of_growth = arena.take<const PiecewiseHazard*>(2 * hazards.size());
  for (std::size_t k = 0; k < of_growth.size(); ++k) of_growth[k] = &hazards[k / 2].untreated_lesions[k % 2];
  const ComponentHazard growth(
      of_growth, n, [&](std::size_t i) { return 2 * arm[i] + (covariates.untreated[i] > 0); }, arena);
  const std::span<const double> can_grow = growth.possible(arena);
  const std::span<const double> onset = scaled_onsets(parameters, columns.response, arena),
                                stop = scaled_stops(p.shape, draws.stop, arena);
  // Inversion: S(t) = exp(-lambda h H(t^k)) = U, with H piecewise linear.
  const auto invert_scaled = [&](const ComponentHazard& hazard, double lambda, std::span<const double> exponential,
                                 std::span<double> time) {
    in_lanes(n, [&](const auto& here) {
      const auto controlled = here(draws.controlled) < p.controlled_share;
      const auto drawn = here(exponential) / (lambda * here(columns.hazard_ratio));
      here.put(target, controlled ? here.number(infinity) : drawn);
    });
    hazard.inverse({.target = target,
                    .onset = onset,
                    .effect = parameters.irradiated_response.hazard_ratio_after_onset,
                    .stop = stop,
                    .ratio = discontinuation.progression_hazard_ratio},
                   time);
    to_roots(time, p.shape);
  };
  invert_scaled(hazard_by_arm(hazards, arm, &ArmHazards::new_lesions, arena), p.new_lesions, draws.new_lesions,
                times.new_lesions);
  invert_scaled(growth, p.untreated_lesions, draws.untreated_lesions, times.untreated_lesions);

  // The first of m lesions, each with the rate lambda, fails with the rate m lambda.
  in_lanes(n, [&](const auto& here) {
    here.put(target, here(draws.local_failure) / (p.local_failure * here(covariates.lesions)));
  });
  hazard_by_arm(hazards, arm, &ArmHazards::local_failure, arena).inverse({.target = target}, times.local_failure);
  in_lanes(n,
           [&](const auto& here) { here.put(target, here(draws.death_before) / parameters.death.before_progression); });
  hazard_by_arm(hazards, arm, &ArmHazards::death_before_progression, arena)
      .inverse({.target = target, .stop = draws.stop, .ratio = discontinuation.death_hazard_ratio},
               times.death_before_progression);

  in_lanes(n, [&](const auto& here) {
    const auto fresh = here(times.new_lesions), grown = here(times.untreated_lesions);
    const auto throughout = (here(covariates.untreated) > 0.0) | (here(irradiated) == 0.0);
    const auto together = throughout & (here(draws.together) < p.untreated_with_new) & (here(can_grow) > 0.0);
    const auto untreated = together ? smaller(grown, fresh) : grown;
    here.put(times.untreated_lesions, untreated);
    here.put(times.progression, smaller(smaller(fresh, untreated), here(times.local_failure)));
  });
  return times;
}

}  // namespace oligosim
