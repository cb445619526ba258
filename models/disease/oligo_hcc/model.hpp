#pragma once

#include <memory>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/cohort_mix.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"

namespace oligosim {

/// Oligoprogressive and oligometastatic hepatocellular carcinoma under systemic therapy with or without SBRT, after
/// Song et al. (2025): J Hepatocell Carcinoma. Everything happens on whole days.
class OligoHcc : public DiseaseModel {
 public:
  OligoHcc(const OligoHccParameters& parameters, const CohortMix& mix, std::vector<ArmSpecification> arms,
           std::vector<VisitSchedule> visits, double days_per_month);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  std::span<const Finding> findings() const override { return findings_; }
  std::span<const Finding> lesion_columns() const override { return lesion_columns_; }
  bool whole_days() const override { return true; }
  std::span<const VisitSchedule> visits() const override { return visits_; }
  /// Solves the multipliers of the arms with match.pfs_median_months; throws InputError if an arm cannot show it.
  void prepare() override;
  std::vector<SolvedValue> solved() const override { return solved_; }
  std::shared_ptr<DiseaseModel> without_crossover() const override;
  std::shared_ptr<DiseaseModel> without_visits() const override;

  void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const override;
  std::vector<std::size_t> course_needs() const override;
  std::vector<std::size_t> finding_needs() const override;
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;

 private:
  void match(std::size_t arm);
  void make_hazards();

  OligoHccParameters parameters_;
  CohortMix mix_;
  std::vector<ArmSpecification> arms_;
  std::vector<VisitSchedule> visits_;  // by arm
  bool dated_by_visits_ = true;        // progressions and local failures
  double days_per_month_;
  std::vector<ArmHazards> hazards_;  // by arm
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
  ToxicitySampler toxicity_;
  std::vector<Finding> findings_, lesion_columns_;
  std::vector<SolvedValue> solved_;
};

std::unique_ptr<DiseaseModel> read_oligo_hcc(DiseaseInput input);

}  // namespace oligosim
