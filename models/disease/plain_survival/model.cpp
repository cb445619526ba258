#include "models/disease/plain_survival/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oligosim {

PlainSurvival::PlainSurvival(PlainSurvivalParameters parameters, std::vector<VisitSchedule> visits,
                             double days_per_month)
    : parameters_(std::move(parameters)), visits_(std::move(visits)), days_per_month_(days_per_month) {
  for (const PlainCovariate& c : parameters_.covariates)
    baseline_.push_back({c.name, ColumnKind::number, {}, {c.values[0], c.values[1]}, "", "prognostic covariate"});
  for (const PlainEndpoint& e : parameters_.endpoints)
    endpoints_.push_back({e.name, EndpointKind::survival,
                          e.known_at_visit ? "known at visits" : "known when it happens",
                          e.known_at_visit ? earliest_visit(visits_) : 0});
  for (const PlainOutcome& o : parameters_.outcomes)
    outcomes_.push_back({o.name, "missing until it is known", o.known_months});
}

std::span<const VisitSchedule> PlainSurvival::visits() const {
  if (std::ranges::none_of(parameters_.endpoints, &PlainEndpoint::known_at_visit)) return {};
  return visits_;
}

std::shared_ptr<DiseaseModel> PlainSurvival::without_visits() const {
  if (visits().empty()) return {};
  PlainSurvivalParameters parameters = parameters_;
  for (PlainEndpoint& endpoint : parameters.endpoints) endpoint.known_at_visit = false;
  return std::make_shared<PlainSurvival>(std::move(parameters), visits_, days_per_month_);
}

void PlainSurvival::sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const {
  for (std::size_t k = 0; k < baseline_.size(); ++k) {
    const std::span<double> out = cohort.numbers(k);
    if (out.empty()) continue;
    const Arena::Scope scope(arena);
    const std::span<double> u = arena.take<double>(out.size());
    streams.first_uniforms(Purpose::baseline, static_cast<std::uint32_t>(k), u);
    const PlainCovariate& c = parameters_.covariates[k];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = c.values[u[i] < c.probability_of_second];
  }
}

std::vector<std::size_t> PlainSurvival::course_needs() const {
  std::vector<std::size_t> needs;
  for (std::size_t k = 0; k < baseline_.size(); ++k)
    if (parameters_.covariates[k].hazard_ratio != 1) needs.push_back(k);
  return needs;
}

/// The hazard ratio of each patient; empty if there is none.
std::span<const double> PlainSurvival::hazard_ratios(const Cohort& cohort, Arena& arena) const {
  const std::vector<PlainCovariate>& covariates = parameters_.covariates;
  if (std::ranges::all_of(covariates, [](const PlainCovariate& c) { return c.hazard_ratio == 1; })) return {};
  const std::span<double> ratio = arena.take<double>(cohort.patients(), 1.0);
  for (std::size_t k = 0; k < covariates.size(); ++k) {
    if (covariates[k].hazard_ratio == 1) continue;
    const std::span<const double> value = cohort.numbers(k);
    for (std::size_t i = 0; i < ratio.size(); ++i)
      if (value[i] == covariates[k].values[1]) ratio[i] *= covariates[k].hazard_ratio;
  }
  return ratio;
}

void PlainSurvival::sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                                  Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  sample_endpoints(streams, hazard_ratios(cohort, arena), arm, course);
  show_at_visits(streams, arm, course, arena);
  for (const std::span<double> months : course.event_day) to_days(months);
  sample_outcomes(streams, arm, course, arena);
}

void PlainSurvival::sample_endpoints(const Streams& streams, std::span<const double> hazard_ratio,
                                     std::span<const std::uint8_t> arm, Course& course) const {
  for (std::size_t e = 0; e < endpoints_.size(); ++e) {
    if (course.event_day[e].empty()) continue;  // nobody asks for it
    streams.first_uniforms(Purpose::course, static_cast<std::uint32_t>(e), course.event_day[e]);
    to_months(course.event_day[e], parameters_.endpoints[e].by_arm, arm, hazard_ratio);
  }
}

void PlainSurvival::show_at_visits(const Streams& streams, std::span<const std::uint8_t> arm, Course& course,
                                   Arena& arena) const {
  const auto shown = [&](std::size_t e) {
    return parameters_.endpoints[e].known_at_visit && !course.event_day[e].empty();
  };
  std::size_t patients = 0;
  for (std::size_t e = 0; e < endpoints_.size(); ++e)
    if (shown(e)) patients = course.event_day[e].size();
  const Arena::Scope scope(arena);
  const std::span<double> room = arena.take<double>(most_visits(visits_));
  for (std::size_t i = 0; i < patients; ++i) {
    const VisitSchedule& schedule = visits_[arm[i]];
    ActualVisits visits(schedule, streams, static_cast<std::uint32_t>(i), room.first(schedule.count()));
    for (std::size_t e = 0; e < endpoints_.size(); ++e) {
      if (!shown(e)) continue;
      double& month = course.event_day[e][i];
      if (month < std::numeric_limits<double>::infinity()) month = visits.month(visits.first_from(month));
    }
  }
}

void PlainSurvival::to_days(std::span<double> months) const {
  for (double& time : months) time *= days_per_month_;
  if (!parameters_.whole_days) return;
  for (double& day : months) day = std::max(1.0, std::ceil(day));
}

void PlainSurvival::sample_outcomes(const Streams& streams, std::span<const std::uint8_t> arm, Course& course,
                                    Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<double> u = arena.take<double>(arm.size());
  for (std::size_t o = 0; o < outcomes_.size(); ++o) {
    const std::span<double> evaluable = course.evaluable_day[o], success = course.success_day[o];
    const PlainOutcome& outcome = parameters_.outcomes[o];
    double known = outcome.known_months * days_per_month_;
    if (parameters_.whole_days) known = std::ceil(known);
    std::ranges::fill(evaluable, known);
    if (success.empty()) continue;
    streams.first_uniforms(Purpose::response, static_cast<std::uint32_t>(o), u);
    for (std::size_t i = 0; i < success.size(); ++i)
      success[i] = u[i] < outcome.probability[arm[i]] ? known : std::numeric_limits<double>::infinity();
  }
}

std::optional<ArmSurvival> PlainSurvival::distribution(std::size_t arm, const std::string& endpoint) const {
  const auto found = std::ranges::find(parameters_.endpoints, endpoint, &PlainEndpoint::name);
  if (found == parameters_.endpoints.end() || found->known_at_visit || parameters_.whole_days) return {};
  if (!course_needs().empty()) return {};
  const EndpointDistribution& d = found->by_arm[arm];
  return ArmSurvival{[d](double month) { return d.survival(month); }, [d](double month) { return d.density(month); },
                     d.breaks()};
}

std::optional<double> PlainSurvival::probability(std::size_t arm, const std::string& outcome) const {
  const auto found = std::ranges::find(parameters_.outcomes, outcome, &PlainOutcome::name);
  if (found == parameters_.outcomes.end()) return {};
  return found->probability[arm];
}

}  // namespace oligosim
