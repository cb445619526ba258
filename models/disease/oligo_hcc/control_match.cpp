#include "models/disease/oligo_hcc/control_match.hpp"

#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"

namespace oligosim {
namespace {

// 200 000 patients: the Monte Carlo error of the survival probability is below 0.0007.
constexpr std::uint32_t replicates = 100;
constexpr std::size_t patients_each = 2000;
constexpr double largest_multiplier = 1e6;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The month of the last visit in or before whole day `day`; 0 if there is none.
double last_visit(ActualVisits& visits, double day, double days_per_month) {
  double last = 0;
  for (std::size_t k = 0;; ++k) {
    const double month = visits.month(k);
    if (month == infinity || std::ceil(month * days_per_month) > day) return last;
    last = month;
  }
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
  const std::span<double> room = arena.take<double>(problem.visits.count());
  const std::span<const double> stops = stop_months(p, streams, patients_each, problem.days_per_month, arena);
  const double day = std::floor(problem.at_months * problem.days_per_month);
  for (std::size_t i = 0; i < patients_each; ++i) {
    const double hazard_ratio = columns.hazard_ratio[i];
    const double onset = element(onsets, i, infinity);
    ActualVisits visits(problem.visits, streams, static_cast<std::uint32_t>(i), room);
    const double month = last_visit(visits, day, problem.days_per_month);
    const double u = std::pow(month, p.progression.shape);
    const bool untreated = covariates.untreated[i] > 0;
    const double local =
        p.progression.local_failure * covariates.lesions[i] * problem.with_own.local_failure.cumulative(month);
    const double stop = element(stops, i, infinity), scaled_stop = std::pow(stop, p.progression.shape);
    const StoppedHazard dying{problem.with_own.death_before_progression, stop, p.discontinuation.death_hazard_ratio};
    const double death = p.death.before_progression * dying.cumulative(day / problem.days_per_month);
    const double without = progression_hazard(p, problem.without_own, untreated, hazard_ratio, onset, scaled_stop, u);
    const double with = progression_hazard(p, problem.with_own, untreated, hazard_ratio, onset, scaled_stop, u);
    other_.push_back(std::exp(-local - death));
    before_.push_back(without);
    per_multiplier_.push_back(with - without);
  }
}

double DetectedPfs::survival(double multiplier) const {
  double sum = 0;
  for (std::size_t i = 0; i < other_.size(); ++i) {
    const double uncontrolled = std::exp(-before_[i] - multiplier * per_multiplier_[i]);
    sum += other_[i] * (controlled_share_ + (1 - controlled_share_) * uncontrolled);
  }
  return sum / static_cast<double>(other_.size());
}

std::optional<double> DetectedPfs::solve(double probability) const {
  const auto excess = [&](double log_multiplier) { return survival(std::exp(log_multiplier)) - probability; };
  const double low = -std::log(largest_multiplier), high = -low;
  const double at_low = excess(low), at_high = excess(high);
  if (at_low <= 0 || at_high >= 0) return {};
  std::uintmax_t steps = 100;
  const auto [a, b] = boost::math::tools::toms748_solve(excess, low, high, at_low, at_high,
                                                        boost::math::tools::eps_tolerance<double>(48), steps);
  return std::exp((a + b) / 2);
}

}  // namespace oligosim
