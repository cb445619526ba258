#pragma once

#include <optional>
#include <span>
#include <vector>

#include "models/disease/response_timing/parameters.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// The share of patients whose progression is known by a month, and that of evaluable patients whose response is known
/// at or before the scan that shows the progression, as functions of hazard and threshold, over a fixed large sample of
/// patients. Given frailty, visit dates and what would be the onset both are exact, so the sample only has to represent
/// the patients. Nobody is censored.
class ResponseTimingMatch {
 public:
  ResponseTimingMatch(const ResponseTimingParameters& parameters, const ResponseTimingTarget& target,
                      const VisitSchedule& visits);

  double progressed(const ResponseTimingSolution& at) const;
  double responded(const ResponseTimingSolution& at) const;
  /// Both as the target has them; nothing where no hazard and threshold show them.
  std::optional<ResponseTimingSolution> solve() const;

 private:
  /// Hazards until a time are hazard * scale * months; a responder's months count less after the onset.
  struct Patient {
    double scale;              // exp(sd Z)
    double prognosis;          // mean of R* given Z
    double until, until_resp;  // the last visit in the months of the target
    double first, first_resp;  // the first visit
    double before_onset;       // the visit before the one that shows the response; 0: that is the first; infinity: none
  };

  void add_patients(std::uint32_t replicate, const VisitSchedule& visits, std::span<double> room);
  double responder(const Patient& patient, double threshold) const;
  std::optional<double> hazard_for(double threshold) const;

  ResponseTimingParameters parameters_;
  ResponseTimingTarget target_;
  double spread_;  // of R* given Z
  std::vector<Patient> patients_;
};

}  // namespace oligosim
