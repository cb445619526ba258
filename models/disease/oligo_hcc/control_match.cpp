#include "models/disease/oligo_hcc/control_match.hpp"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "engine/numeric/columns_in_lanes.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/numeric/exp_columns.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"
#include "models/trial/patient_visits.hpp"

namespace oligosim {
namespace {

// 200 000 patients: the Monte Carlo error of the survival probability is below 0.0007.
constexpr std::uint32_t replicates = 100;
constexpr std::size_t patients_each = 2000;
constexpr double largest_multiplier = 1e6;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The last month that is in whole day `day` or before, as visits are dated.
double last_month(double day, double days_per_month) {
  const auto within = [&](double month) { return month * days_per_month <= day; };
  double month = day / days_per_month;
  while (!within(month)) month = std::nextafter(month, 0);
  for (double next = month; within(next); next = std::nextafter(next, infinity)) month = next;
  return month;
}

/// The month of each patient's last visit until `until`; 0 if there is none.
std::span<double> last_visits(const VisitSchedule& schedule, const Streams& streams, double until, Arena& arena) {
  PatientVisits visits({&schedule, 1}, arena.take<std::uint8_t>(patients_each, 0), streams, arena);
  const std::span<double> month = arena.take<double>(patients_each);
  visits.last_until(arena.take<double>(patients_each, until), month);
  for (double& last : month) last = last < infinity ? last : 0;
  return month;
}

/// Cumulative hazard of new and untreated lesions until u; systemic therapy is stopped at `stop` on the same scale.
double progression_hazard(const OligoHccParameters& parameters, const ArmHazards& arm, bool untreated,
                          double hazard_ratio, double onset, double stop, double u) {
  const ProgressionParameters& p = parameters.progression;
  const double effect = parameters.irradiated_response.hazard_ratio_after_onset;
  const auto cumulative = [&](const PiecewiseHazard& hazard) {
    return StoppedHazard{hazard, stop, parameters.discontinuation.progression_hazard_ratio}.cumulative(u, onset,
                                                                                                       effect);
  };
  return hazard_ratio * (p.new_lesions * cumulative(arm.new_lesions) +
                         p.untreated_lesions * cumulative(arm.untreated_lesions[untreated]));
}

}  // namespace

DetectedPfs::DetectedPfs(const Problem& problem) : controlled_share_(problem.parameters.progression.controlled_share) {
  Arena arena;
  for (std::vector<double>* v : {&other_, &before_, &per_multiplier_}) v->reserve(replicates * patients_each);
  for (std::uint32_t k = 1; k <= replicates; ++k) {
    add_patients(problem, k, arena);
    arena.reset();
  }
}

void DetectedPfs::add_patients(const Problem& problem, std::uint32_t replicate, Arena& arena) {
  Columns baseline;
  for (const ColumnInfo& column : oligo_hcc_baseline_columns()) baseline.add(column);
  const std::span<std::uint8_t> needed = arena.take<std::uint8_t>(baseline.size(), std::uint8_t{0});
  for (const std::size_t position : oligo_hcc_course_needs()) needed[position] = 1;
  // A key of its own: the solution does not depend on the study's seed, nor share numbers with it.
  const Streams streams(derived_key(0, "oligo_hcc match"), replicate);
  Cohort cohort(baseline, patients_each, needed, arena);
  sample_oligo_hcc_baseline(problem.parameters.baseline, problem.mix, streams, cohort, arena);

  const OligoHccParameters& p = problem.parameters;
  const CourseDraws draws = course_draws(streams, patients_each, arena);
  const CourseCovariates covariates(cohort, arena);
  const LatentColumns columns(p, covariates, draws, false, arena);
  const std::span<const double> onsets = scaled_onsets(p, columns.response, arena);
  const std::span<const double> stops = stop_months(p, streams, patients_each, problem.days_per_month, arena);
  const double day = std::floor(problem.at_months * problem.days_per_month);
  const std::span<const double> months =
      last_visits(problem.visits, streams, last_month(day, problem.days_per_month), arena);
  const std::span<double> scaled = arena.take<double>(patients_each);
  std::ranges::copy(months, scaled.begin());
  to_roots(scaled, 1 / p.progression.shape);
  for (std::size_t i = 0; i < patients_each; ++i) {
    const double hazard_ratio = columns.hazard_ratio[i];
    const double onset = element(onsets, i, infinity);
    const double month = months[i], u = scaled[i];
    const bool untreated = covariates.untreated[i] > 0;
    const double local =
        p.progression.local_failure * covariates.lesions[i] * problem.with_own.local_failure.cumulative(month);
    const double stop = element(stops, i, infinity), scaled_stop = std::pow(stop, p.progression.shape);
    const StoppedHazard dying{problem.with_own.death_before_progression, stop, p.discontinuation.death_hazard_ratio};
    const double death = p.death.before_progression * dying.cumulative(day / problem.days_per_month);
    const double without = progression_hazard(p, problem.without_own, untreated, hazard_ratio, onset, scaled_stop, u);
    const double with = progression_hazard(p, problem.with_own, untreated, hazard_ratio, onset, scaled_stop, u);
    other_.push_back(-local - death);
    before_.push_back(without);
    per_multiplier_.push_back(with - without);
  }
  to_exp(std::span(other_).last(patients_each));
}

DetectedPfs::Survival DetectedPfs::survival(double multiplier) const {
  HalfLanes probability{}, slope{};
  in_lanes(other_.size(), [&](const auto& here) {
    const auto more = here(per_multiplier_);
    const auto uncontrolled = (1 - controlled_share_) * elementary::exp(-here(before_) - multiplier * more);
    const auto add = [](HalfLanes& sum, const auto& value) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, double>)
        sum[0] += value;
      else
        sum += value;
    };
    add(probability, here(other_) * (controlled_share_ + uncontrolled));
    add(slope, -here(other_) * uncontrolled * more);
  });
  const auto mean = [&](const HalfLanes& sum) {
    return (sum[0] + sum[1] + sum[2] + sum[3]) / static_cast<double>(other_.size());
  };
  return {mean(probability), mean(slope)};
}

std::optional<double> DetectedPfs::solve(double probability) const {
  if (survival(1 / largest_multiplier).probability <= probability) return {};
  if (survival(largest_multiplier).probability >= probability) return {};
  constexpr int digits = 46;
  std::uintmax_t steps = 100;
  const auto excess_and_slope = [&](double log_multiplier) {
    const double multiplier = std::exp(log_multiplier);
    const auto [at, slope] = survival(multiplier);
    return std::pair(at - probability, slope * multiplier);
  };
  const double most = std::log(largest_multiplier);
  return std::exp(boost::math::tools::newton_raphson_iterate(excess_and_slope, 0.0, -most, most, digits, steps));
}

}  // namespace oligosim
