#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/plain_survival/endpoint_distribution.hpp"

namespace oligosim {

/// An endpoint that the user named.
struct PlainEndpoint {
  std::string name;
  bool known_at_visit = false;  // at the first visit at or after the event, rather than at once
  std::vector<EndpointDistribution> by_arm;
};

/// A yes/no result that the user named: known after some months, whatever happens before.
struct PlainOutcome {
  std::string name;
  double known_months = 0;
  std::vector<double> probability;  // by arm
};

/// A prognostic covariate with two values; the second multiplies the hazard of every endpoint.
struct PlainCovariate {
  std::string name;
  std::array<double, 2> values{0, 1};
  double probability_of_second = 0.5;
  double hazard_ratio = 1;
};

/// Everything that a plain survival model says.
struct PlainSurvivalParameters {
  std::vector<PlainEndpoint> endpoints;
  std::vector<PlainOutcome> outcomes;
  std::vector<PlainCovariate> covariates;
  bool whole_days = false;
};

/// Endpoints with given distributions, independent of each other (a patient may "die" before "progressing"), and of
/// the outcomes, given the covariates.
class PlainSurvival : public DiseaseModel {
 public:
  /// `visits`: of each arm.
  PlainSurvival(PlainSurvivalParameters parameters, std::vector<VisitSchedule> visits, double days_per_month);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  bool whole_days() const override { return parameters_.whole_days; }
  std::span<const VisitSchedule> visits() const override;
  std::shared_ptr<DiseaseModel> without_visits() const override;

  void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const override;
  std::vector<std::size_t> course_needs() const override;
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;

  std::optional<ArmSurvival> distribution(std::size_t arm, const std::string& endpoint) const override;
  std::optional<double> probability(std::size_t arm, const std::string& outcome) const override;

 private:
  void sample_endpoints(const Streams& streams, std::span<const double> hazard_ratio, std::span<const std::uint8_t> arm,
                        Course& course) const;
  void sample_outcomes(const Streams& streams, std::span<const std::uint8_t> arm, Course& course, Arena& arena) const;
  void show_at_visits(const Streams& streams, std::span<const std::uint8_t> arm, Course& course, Arena& arena) const;
  void to_days(std::span<double> months) const;
  std::span<const double> hazard_ratios(const Cohort& cohort, Arena& arena) const;

  PlainSurvivalParameters parameters_;
  std::vector<VisitSchedule> visits_;
  double days_per_month_;
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
};

std::unique_ptr<DiseaseModel> read_plain_survival(DiseaseInput input);

}  // namespace oligosim
