#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/plain_survival/endpoint_distribution.hpp"

namespace oligosim {

/// How the patients of one cohort fare.
struct CohortCourse {
  std::string name;
  double weight = 1;                                      // share of the patients, or how many they are
  std::vector<std::vector<EndpointDistribution>> by_arm;  // of each endpoint, one an arm
  std::vector<std::vector<double>> probability;           // of each outcome, one an arm
};

struct ParallelCohortsParameters {
  std::vector<CohortCourse> cohorts;
  std::vector<std::string> endpoints, outcomes;
  std::vector<double> known_months;  // of each outcome
  bool counts = false;               // the weights are numbers of patients
  bool whole_days = false;
};

/// Several cohorts, each with endpoints and outcomes of given distributions, and with effects of the arms of its own.
/// Within a cohort endpoints and outcomes are independent.
class ParallelCohorts : public DiseaseModel {
 public:
  ParallelCohorts(ParallelCohortsParameters parameters, double days_per_month);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  bool whole_days() const override { return parameters_.whole_days; }

  void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const override;
  std::vector<std::size_t> course_needs() const override { return {0}; }
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;

  /// Of the patients of all cohorts together.
  std::optional<ArmSurvival> distribution(std::size_t arm, const std::string& endpoint) const override;
  std::optional<double> probability(std::size_t arm, const std::string& outcome) const override;

 private:
  double days(double months) const;
  double share(std::size_t cohort) const { return parameters_.cohorts[cohort].weight / total_; }

  ParallelCohortsParameters parameters_;
  double days_per_month_;
  double total_ = 0;  // of the weights
  std::size_t arms_ = 1;
  std::vector<std::vector<EndpointDistribution>> by_group_;  // of each endpoint, by cohort and then arm
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
};

std::unique_ptr<DiseaseModel> read_parallel_cohorts(DiseaseInput input);

}  // namespace oligosim
