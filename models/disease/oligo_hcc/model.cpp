#include "models/disease/oligo_hcc/model.hpp"

#include <utility>

#include "engine/io/number.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/control_match.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/inclusion.hpp"
#include "models/disease/oligo_hcc/lesion_table.hpp"

namespace oligosim {

OligoHcc::OligoHcc(const OligoHccParameters& parameters, const CohortMix& mix, std::vector<ArmSpecification> arms,
                   std::vector<VisitSchedule> visits, double days_per_month)
    : parameters_(parameters),
      mix_(mix),
      arms_(std::move(arms)),
      visits_(std::move(visits)),
      days_per_month_(days_per_month),
      baseline_(oligo_hcc_baseline_columns()),
      endpoints_(oligo_hcc_endpoints(earliest_visit(visits_))),
      outcomes_(oligo_hcc_outcomes(earliest_visit(visits_))),
      toxicity_(parameters.toxicity),
      findings_(oligo_hcc_response_findings()),
      lesion_columns_(oligo_hcc_lesion_columns()) {
  for (Finding& finding : toxicity_.findings()) findings_.push_back(std::move(finding));
  if (parameters_.inclusion) findings_.push_back(inclusion_finding());
  make_hazards();
}

void OligoHcc::make_hazards() {
  hazards_.clear();
  for (std::size_t arm = 0; arm < arms_.size(); ++arm)
    hazards_.push_back(arm_hazards(arms_, arms_[arm].same_as.value_or(arm), parameters_.progression.shape));
}

void OligoHcc::match(std::size_t arm) {
  const double median = *arms_[arm].pfs_median_months;
  arms_[arm].multiplier = 0;
  const ArmHazards without_own = arm_hazards(arms_, arm, parameters_.progression.shape);
  arms_[arm].multiplier = 1;
  const ArmHazards with_own = arm_hazards(arms_, arm, parameters_.progression.shape);
  const DetectedPfs pfs({parameters_, mix_, visits_[arm], days_per_month_, without_own, with_own, median});
  const std::optional<double> multiplier = pfs.solve(0.5);
  if (!multiplier) {
    Problems problems;
    problems.add(arms_[arm].match_place, arms_[arm].match_path,
                 "no multiplier of the progression hazards gives a median PFS of " + shortest(median) +
                     " months as visits show it");
    throw InputError(problems.text());
  }
  arms_[arm].multiplier = *multiplier;
  solved_.push_back({"arms." + arms_[arm].name + ": multiplier of progression hazards", *multiplier,
                     "median PFS as detected " + shortest(median) + " months"});
}

void OligoHcc::prepare() {
  solved_.clear();
  // What other arms refer to comes first: the control arm, by itself or through same_as.
  const std::size_t control = arms_[0].same_as.value_or(0);
  if (arms_[control].pfs_median_months) match(control);
  for (std::size_t arm = 0; arm < arms_.size(); ++arm)
    if (arm != control && arms_[arm].pfs_median_months) match(arm);
  make_hazards();
}

std::shared_ptr<DiseaseModel> OligoHcc::without_crossover() const {
  const auto model = std::make_shared<OligoHcc>(*this);
  for (ArmHazards& arm : model->hazards_) arm.crossover = {};
  return model;
}

std::shared_ptr<DiseaseModel> OligoHcc::without_visits() const {
  const auto model = std::make_shared<OligoHcc>(*this);
  model->dated_by_visits_ = false;
  for (Endpoint& endpoint : model->endpoints_)
    if (endpoint.name != "best_response") endpoint.first_visit = 0;
  return model;
}

void OligoHcc::sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const {
  sample_oligo_hcc_baseline(parameters_.baseline, mix_, streams, cohort, arena);
}

std::vector<std::size_t> OligoHcc::course_needs() const { return oligo_hcc_course_needs(); }

void OligoHcc::sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                             Course& course, Arena& arena) const {
  CourseSampler(parameters_, toxicity_, hazards_, visits_, dated_by_visits_, days_per_month_)
      .sample(streams, cohort, arm, course, arena);
}

std::vector<std::size_t> OligoHcc::finding_needs() const { return oligo_hcc_finding_needs(); }

std::unique_ptr<DiseaseModel> read_oligo_hcc(DiseaseInput input) {
  const OligoHccParameters parameters = read_oligo_hcc_parameters(input.disease);
  const CohortMix mix = read_cohort_mix(input.study, input.patients, parameters.baseline.op_switched);
  std::vector<ArmSpecification> arms = read_arms(input.arms);
  if (input.visits.months.empty())
    input.disease.problem("model", "oligo_hcc needs trial.visits: progression is known at visits only");
  return std::make_unique<OligoHcc>(parameters, mix, std::move(arms), input.visits_by_arm(), input.days_per_month);
}

}  // namespace oligosim
