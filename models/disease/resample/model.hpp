#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/incomplete_baseline.hpp"
#include "models/disease/resample/empirical_survival.hpp"

namespace oligosim {

/// What an arm does to the times of an endpoint: one of the two.
struct ResampledEffect {
  double hazard_ratio = 1, time_ratio = 1;
};

/// The patients that are drawn from, and what is said of them.
struct ResampledPatients {
  struct Endpoint {
    std::string name;
    std::vector<double> day, event;      // one a patient
    std::optional<std::size_t> at_most;  // not later than this endpoint
    std::vector<ResampledEffect> by_arm;
  };
  struct Outcome {
    std::string name;
    std::vector<double> value;  // 1, 0 or NaN
    double known_day = 0;
  };
  struct Covariate {
    ColumnInfo column;
    std::vector<double> value;  // of a category its code
  };
  std::size_t count = 0;
  std::vector<Endpoint> endpoints;
  std::vector<Outcome> outcomes;
  std::vector<Covariate> covariates;
  std::vector<std::vector<std::uint32_t>> of_arm;  // patients that each simulated arm draws from
  bool by_arm = false;                             // whether these differ
  bool whole_days = false;
};

/// Patients drawn with replacement from a file: each has the times, outcomes and covariates of one of its patients. Who
/// is censored there goes on as those of the same arm who are still at risk then, each endpoint by itself.
class Resample : public DiseaseModel, public IncompleteBaseline {
 public:
  explicit Resample(ResampledPatients patients);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  bool whole_days() const override { return patients_.whole_days; }
  std::size_t missing(std::size_t column) const override;

  void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const override;
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;

 private:
  std::uint32_t drawn(std::size_t arm, double uniform) const {
    const std::vector<std::uint32_t>& own = patients_.of_arm[arm];
    return own[static_cast<std::size_t>(uniform * static_cast<double>(own.size()))];
  }
  void sample_endpoint(std::size_t endpoint, const Streams& streams, std::span<const std::uint32_t> row,
                       std::span<const std::uint8_t> arm, std::span<double> day, Arena& arena) const;

  ResampledPatients patients_;
  std::vector<std::vector<EmpiricalSurvival>> curves_;  // of each endpoint, one an arm
  std::vector<std::uint32_t> place_;                    // of each patient in the list of its arm
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
};

std::unique_ptr<DiseaseModel> read_resample(DiseaseInput input);

}  // namespace oligosim
