#pragma once

#include <memory>
#include <span>
#include <vector>

#include "models/disease/disease_model.hpp"
#include "models/disease/response_timing/course.hpp"
#include "models/disease/response_timing/parameters.hpp"

namespace oligosim {

/// Response and progression of one cohort, in continuous time: who responds may have had a better prognosis
/// (confounding), the response may itself prolong the time to progression (cause), and both are known at visits only,
/// so that who progresses early has had no time to respond (guarantee-time bias; Anderson, Cain and Gelber 1983).
class ResponseTiming : public DiseaseModel {
 public:
  ResponseTiming(const ResponseTimingParameters& parameters, ResponseTimingTarget target, VisitSchedule visits,
                 double days_per_month);

  const std::vector<ColumnInfo>& baseline() const override { return baseline_; }
  const std::vector<Endpoint>& endpoints() const override { return endpoints_; }
  const std::vector<Outcome>& outcomes() const override { return outcomes_; }
  std::span<const Finding> findings() const override { return findings_; }
  std::shared_ptr<DiseaseModel> without_visits() const override;
  std::span<const VisitSchedule> visits() const override { return {&visits_, 1}; }
  /// Solves hazard and share of responders; throws InputError if none show the target.
  void prepare() override;
  std::vector<SolvedValue> solved() const override;

  void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const override;
  void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm, Course& course,
                     Arena& arena) const override;

 private:
  struct Patient {
    double progression_month;
    double onset_month;  // infinity: no responder
    bool lost_if_early;  // not evaluable, if the first visit shows the progression
  };

  Patient patient(const ResponseTimingDraws& draws, std::size_t i) const;
  void show(const Patient& patient, ActualVisits& visits, std::size_t i, Course& course) const;
  void show_visit_numbers(ActualVisits& visits, std::size_t progression, std::size_t response, std::size_t i,
                          std::span<Steps> finding) const;

  ResponseTimingParameters parameters_;
  ResponseTimingTarget target_;
  ResponseTimingSolution solution_;
  VisitSchedule visits_;
  bool dated_by_visits_ = true;  // progression and response
  double days_per_month_;
  std::vector<ColumnInfo> baseline_;
  std::vector<Endpoint> endpoints_;
  std::vector<Outcome> outcomes_;
  std::vector<Finding> findings_;
};

std::unique_ptr<DiseaseModel> read_response_timing(DiseaseInput input);

}  // namespace oligosim
