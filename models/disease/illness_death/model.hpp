#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/illness_death/curve.hpp"
#include "models/disease/piecewise_hazard.hpp"

namespace oligosim {

/// Treatment stopped before progression, at a constant rate; from then on the hazard of progression is multiplied.
struct Discontinuation {
  double rate_per_month = 0;
  double hazard_ratio = 1;
  double new_therapy = 0;  // share of these patients who start another therapy on that day
};

/// What the study says about one arm.
struct IllnessDeathArm {
  std::vector<IllnessDeathCurve::Piece> pieces{{0, 1, 0, 1}};
  Crossover crossover;
  Discontinuation discontinuation;
  double response = 0;  // probability
};

/// Response, the same in all arms but for its probability. A latent normal variable, correlated with the normal score
/// of the latent time to progression (Gaussian copula), says who responds; the response comes before progression and
/// death, its time lognormal otherwise.
struct IllnessDeathResponse {
  double median_months = 2, log_sd = 0.5;
  double correlation = 0;
};

struct IllnessDeathParameters {
  std::vector<IllnessDeathArm> arms;  // at least one
  std::optional<IllnessDeathResponse> response;
  bool known_at_visit = false;  // progression and response: at the first visit at or after them
  bool whole_days = false;
  std::vector<SolvedValue> solved;
};

/// Progression and death of the same patients: PFS, OS and response belong together, death after progression may depend
/// on what follows it.
class IllnessDeath : public DiseaseModel {
 public:
  /// `visits`: of each arm.
  IllnessDeath(IllnessDeathParameters parameters, std::vector<VisitSchedule> visits, double days_per_month);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  bool whole_days() const override { return parameters_.whole_days; }
  std::span<const VisitSchedule> visits() const override {
    return parameters_.known_at_visit ? std::span<const VisitSchedule>(visits_) : std::span<const VisitSchedule>();
  }
  std::vector<SolvedValue> solved() const override { return parameters_.solved; }
  std::shared_ptr<DiseaseModel> without_crossover() const override;
  std::shared_ptr<DiseaseModel> without_visits() const override;

  void sample_baseline(const Streams& /*streams*/, Cohort& /*cohort*/, Arena& /*arena*/) const override {}
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;
  std::optional<ArmSurvival> distribution(std::size_t arm, const std::string& endpoint) const override;

 private:
  struct Hazards {  // of an arm
    PiecewiseHazard progression, death_before, death_after;
    double response_above;  // of the latent variable
  };
  struct Draws {  // uniform, one element a patient
    std::span<double> progression, death_before, death_after, crossover, discontinued, new_therapy, response, onset;
  };
  struct Times {  // months; infinity: never
    double progression, death;
    double known;  // progression as known
    double discontinued, new_therapy;
  };
  Times times(std::size_t arm, const Draws& draws, ActualVisits* visits, std::size_t i) const;
  double death_after(std::size_t arm, const Draws& draws, double progression, double known, std::size_t i) const;
  double response_onset(std::size_t arm, const Draws& draws, double before, std::size_t i) const;
  void store(const Times& times, double response, ActualVisits* visits, Course& course, std::size_t i) const;
  double day(double month) const;

  IllnessDeathParameters parameters_;
  std::vector<VisitSchedule> visits_;
  double days_per_month_;
  bool dated_by_visits_;  // progression
  std::vector<Hazards> hazards_;
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
};

std::unique_ptr<DiseaseModel> read_illness_death(DiseaseInput input);

}  // namespace oligosim
