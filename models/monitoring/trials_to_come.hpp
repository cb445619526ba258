#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/statistics/survival/hazard_posterior.hpp"
#include "models/monitoring/forecast_spec.hpp"
#include "models/monitoring/patients_so_far.hpp"

namespace oligosim {

/// Ways for a trial to go on (Bagiella and Heitjan 2001; entries: Anisimov and Fedorov 2007). In each, the hazards, the
/// rate of losses and that of entries are drawn from what the data say of them; the patients followed have their event
/// or are lost, those to come enter, each in a group as likely as in the data.
class TrialsToCome {
 public:
  /// `hazards`: one a group.
  TrialsToCome(const ForecastSpec& spec, const PatientsSoFar& patients,
               std::vector<std::unique_ptr<const HazardPosterior>> hazards, std::size_t to_enter);

  /// Trial number k, from 0, as it goes on; what it rests on is then told by the functions below.
  void go_on(std::uint32_t k);

  // Months since the study opened, ascending: of all patients' entries, and of all events.
  std::span<const double> entries() const { return entries_; }
  std::span<const double> events() const { return events_; }
  double entries_per_month() const { return entry_rate_; }
  /// Months from entry to the event, median of a group.
  double median_time(std::size_t group) const;

 private:
  void draw_rates(Stream stream);
  void add_event(std::size_t i, std::size_t group, double entered, double so_far);
  std::span<double> parameters(std::size_t group) {
    return std::span(parameters_).subspan(first_[group], first_[group + 1] - first_[group]);
  }
  std::span<const double> parameters(std::size_t group) const {
    return std::span(parameters_).subspan(first_[group], first_[group + 1] - first_[group]);
  }

  const PatientsSoFar& patients_;
  std::vector<std::unique_ptr<const HazardPosterior>> hazards_;
  std::uint64_t key_;
  double cut_month_;
  std::optional<double> fixed_entry_rate_;
  RateSeen losses_, recent_entries_;
  std::vector<std::size_t> first_ = {0};  // of each group's parameters
  std::vector<double> parameters_;
  double entry_rate_ = 0, loss_rate_ = 0;                             // a month
  std::vector<double> for_event_, for_loss_, for_entry_, for_group_;  // uniform numbers, one a patient
  std::vector<double> entries_, events_;
};

}  // namespace oligosim
