#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/study/scenario.hpp"

namespace oligosim {

/// Patients who have entered, or events that are known, by each month since the study opened, over trials that go on
/// whatever their looks say.
struct MonthlyCount {
  std::string endpoint;              // of the events; empty: patients
  std::string arm;                   // empty: of all arms
  std::vector<double> mean, mcse;    // by month 0, 1, ...
  std::vector<double> lower, upper;  // the middle 90 % of trials
};

/// Counts the patients and the events of trials, each trial by itself and in any order.
class MonthlyCounting {
 public:
  /// Of the survival endpoints that the scenario's trials have, until its latest month, 240 at most.
  MonthlyCounting(const Scenario& scenario, std::size_t trials);

  /// May be called for several trials at once. `trial`: from 0.
  void count(std::size_t trial, const Patients& patients);
  /// Patients first, then the endpoints; of all arms, then of each where there are several.
  std::vector<MonthlyCount> counts(double last_month) const;

 private:
  struct Counted {
    std::size_t endpoint;  // of the disease model; or patients
    std::size_t arm;       // or all of them
  };
  static constexpr std::size_t all = static_cast<std::size_t>(-1);
  double day_counted(const Counted& what, const Patients& patients, std::size_t i) const;

  const Scenario& scenario_;
  std::size_t months_;  // after month 0
  std::vector<Counted> counted_;
  /// Of each trial, those of each of counted_ month by month; NaN: nothing reads the endpoint.
  std::vector<std::vector<float>> numbers_;
};

}  // namespace oligosim
