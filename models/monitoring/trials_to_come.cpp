#include "models/monitoring/trials_to_come.hpp"

#include <algorithm>
#include <limits>

#include "engine/numeric/elementary.hpp"

namespace oligosim {
namespace {

constexpr double log_2 = 0.693147180559945309;

}  // namespace

TrialsToCome::TrialsToCome(const ForecastSpec& spec, const PatientsSoFar& patients,
                           std::vector<std::unique_ptr<const HazardPosterior>> hazards, std::size_t to_enter)
    : patients_(patients),
      hazards_(std::move(hazards)),
      key_(derived_key(spec.seed, "forecast")),
      cut_month_(spec.month),
      fixed_entry_rate_(spec.rate_per_month) {
  const double from = std::max(0.0, spec.month - spec.rate_over_months);
  recent_entries_ = {0.5, spec.month - from};  // Jeffreys' prior
  for (std::size_t i = 0; i < patients.count(); ++i) {
    losses_.times += patients.lost[i], losses_.time += patients.time[i];
    recent_entries_.times += patients.entered[i] > from || from == 0;
  }
  for (const auto& hazard : hazards_) first_.push_back(first_.back() + hazard->parameters());
  parameters_.resize(first_.back());
  for (std::vector<double>* numbers : {&for_event_, &for_loss_, &for_entry_, &for_group_})
    numbers->resize(patients.count() + to_enter);
}

void TrialsToCome::draw_rates(Stream stream) {
  const double of_entries = stream.uniform(), of_losses = stream.uniform();
  entry_rate_ = fixed_entry_rate_.value_or(recent_entries_.draw(of_entries));
  loss_rate_ = losses_.draw(of_losses);
  for (std::size_t g = 0; g < hazards_.size(); ++g) hazards_[g]->draw(stream, parameters(g));
}

void TrialsToCome::go_on(std::uint32_t k) {
  const Streams streams(key_, k);
  draw_rates(streams.stream(Purpose::design_points));
  streams.first_uniforms(Purpose::course, 0, for_event_);
  streams.first_uniforms(Purpose::dropout, 0, for_loss_);
  streams.first_uniforms(Purpose::enrollment, 0, for_entry_);
  streams.first_uniforms(Purpose::baseline, 0, for_group_);
  entries_ = patients_.entered;
  events_.clear();
  const std::size_t seen = patients_.count();
  for (std::size_t i = 0; i < seen; ++i) {
    if (patients_.event[i])
      events_.push_back(patients_.entered[i] + patients_.time[i]);
    else if (!patients_.lost[i])
      add_event(i, patients_.group[i], patients_.entered[i], patients_.time[i]);
  }
  double month = cut_month_;
  for (std::size_t i = seen; i < for_event_.size(); ++i) {
    month += elementary::exponential(for_entry_[i]) / entry_rate_;
    entries_.push_back(month);
    const auto like = static_cast<std::size_t>(for_group_[i] * static_cast<double>(seen));
    add_event(i, patients_.group[like], month, 0);
  }
  std::ranges::sort(entries_), std::ranges::sort(events_);
}

double TrialsToCome::median_time(std::size_t group) const {
  return hazards_[group]->event_time(parameters(group), 0, log_2);
}

/// Of a patient who entered in a month and is free of the event after `so_far`, unless he is lost before it.
void TrialsToCome::add_event(std::size_t i, std::size_t group, double entered, double so_far) {
  const double time = hazards_[group]->event_time(parameters(group), so_far, elementary::exponential(for_event_[i]));
  const double lost = loss_rate_ > 0 ? so_far + elementary::exponential(for_loss_[i]) / loss_rate_
                                     : std::numeric_limits<double>::infinity();
  if (time <= lost) events_.push_back(entered + time);
}

}  // namespace oligosim
