#pragma once

#include <span>
#include <vector>

namespace oligosim {

/// The Kaplan-Meier curve of some patients as a distribution to draw from. A patient has a part of the unit interval:
/// with an event the step of the curve at it, censored all that lies below the curve there, so that drawing patients
/// alike and a place within their part gives the curve back (redistribution to the right, Efron 1967).
class EmpiricalSurvival {
 public:
  struct Part {
    double low = 0, high = 1;
  };

  EmpiricalSurvival() = default;
  /// One time and event (1; 0: censored) a patient. Events come before censoring at the same time.
  EmpiricalSurvival(std::span<const double> time, std::span<const double> event);

  Part part(std::size_t patient) const { return parts_[patient]; }
  /// The time at a place of the unit interval; infinity below the end of the curve.
  double inverse(double place) const;

 private:
  std::vector<double> time_, survival_;  // after each time with events
  std::vector<Part> parts_;
};

}  // namespace oligosim
