#include "models/disease/parallel_cohorts/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oligosim {

ParallelCohorts::ParallelCohorts(ParallelCohortsParameters parameters, double days_per_month)
    : parameters_(std::move(parameters)), days_per_month_(days_per_month) {
  ColumnInfo column{"cohort", ColumnKind::category, {}, {}, "", "cohort of the patient"};
  for (const CohortCourse& c : parameters_.cohorts) {
    column.levels.push_back(c.name);
    total_ += c.weight;
  }
  baseline_ = {column};
  for (std::size_t e = 0; e < parameters_.endpoints.size(); ++e) {
    std::vector<EndpointDistribution> all;
    for (const CohortCourse& c : parameters_.cohorts) {
      if (e >= c.by_arm.size()) continue;  // refused already
      arms_ = c.by_arm[e].size();
      all.insert(all.end(), c.by_arm[e].begin(), c.by_arm[e].end());
    }
    by_group_.push_back(std::move(all));
  }
  for (const std::string& name : parameters_.endpoints)
    endpoints_.push_back({name, EndpointKind::survival, "known when it happens"});
  for (std::size_t o = 0; o < parameters_.outcomes.size(); ++o)
    outcomes_.push_back({parameters_.outcomes[o], "missing until it is known", parameters_.known_months[o]});
}

/// Numbers of patients are met exactly by as many patients as they make up, and again by the next.
void ParallelCohorts::sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const {
  const std::span<std::uint8_t> code = cohort.categories(0);
  if (code.empty()) return;
  const Arena::Scope scope(arena);
  const std::span<double> u = arena.take<double>(code.size());
  const std::size_t cohorts = parameters_.cohorts.size();
  const std::span<double> left = arena.take<double>(cohorts, 0.0);
  double total = 0;
  streams.first_uniforms(Purpose::baseline, 0, u);
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (total < 0.5 || !parameters_.counts) {
      for (std::size_t c = 0; c < cohorts; ++c) left[c] = parameters_.cohorts[c].weight;
      total = total_;
    }
    double place = u[i] * total;
    std::size_t chosen = 0;
    while (chosen + 1 < cohorts && place >= left[chosen]) place -= left[chosen++];
    while (left[chosen] == 0) --chosen;  // rounding at the upper end
    if (parameters_.counts) left[chosen] -= 1, total -= 1;
    code[i] = static_cast<std::uint8_t>(chosen);
  }
}

double ParallelCohorts::days(double months) const {
  const double days = months * days_per_month_;
  return parameters_.whole_days ? std::max(1.0, std::ceil(days)) : days;
}

void ParallelCohorts::sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                                    Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<const std::uint8_t> code = cohort.categories(0);
  const std::span<double> u = arena.take<double>(arm.size());
  const std::vector<CohortCourse>& cohorts = parameters_.cohorts;
  const std::span<std::uint8_t> group = arena.take<std::uint8_t>(arm.size());
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = static_cast<std::uint8_t>(code[i] * arms_ + arm[i]);
  for (std::size_t e = 0; e < endpoints_.size(); ++e) {
    const std::span<double> day = course.event_day[e];
    if (day.empty()) continue;
    streams.first_uniforms(Purpose::course, static_cast<std::uint32_t>(e), day);
    to_months(day, by_group_[e], group, {});
    for (double& d : day) d = days(d);
  }
  for (std::size_t o = 0; o < outcomes_.size(); ++o) {
    const std::span<double> success = course.success_day[o];
    double known = parameters_.known_months[o] * days_per_month_;
    if (parameters_.whole_days) known = std::ceil(known);
    std::ranges::fill(course.evaluable_day[o], known);
    if (success.empty()) continue;
    streams.first_uniforms(Purpose::response, static_cast<std::uint32_t>(o), u);
    for (std::size_t i = 0; i < success.size(); ++i)
      success[i] = u[i] < cohorts[code[i]].probability[o][arm[i]] ? known : std::numeric_limits<double>::infinity();
  }
}

std::optional<ArmSurvival> ParallelCohorts::distribution(std::size_t arm, const std::string& endpoint) const {
  const auto found = std::ranges::find(parameters_.endpoints, endpoint);
  if (found == parameters_.endpoints.end() || parameters_.whole_days) return {};
  struct Part {
    double share;
    EndpointDistribution of;
  };
  std::vector<Part> parts;
  ArmSurvival all;
  for (std::size_t c = 0; c < parameters_.cohorts.size(); ++c) {
    const auto e = static_cast<std::size_t>(found - parameters_.endpoints.begin());
    parts.push_back({share(c), parameters_.cohorts[c].by_arm[e][arm]});
    const std::vector<double> breaks = parts.back().of.breaks();
    all.breaks.insert(all.breaks.end(), breaks.begin(), breaks.end());
  }
  std::ranges::sort(all.breaks);
  const auto mixed = [parts](auto value) {
    return [parts, value](double month) {
      double sum = 0;
      for (const Part& part : parts) sum += part.share * value(part.of, month);
      return sum;
    };
  };
  all.survival = mixed([](const EndpointDistribution& d, double month) { return d.survival(month); });
  all.density = mixed([](const EndpointDistribution& d, double month) { return d.density(month); });
  return all;
}

std::optional<double> ParallelCohorts::probability(std::size_t arm, const std::string& outcome) const {
  const auto found = std::ranges::find(parameters_.outcomes, outcome);
  if (found == parameters_.outcomes.end()) return {};
  double sum = 0;
  for (std::size_t c = 0; c < parameters_.cohorts.size(); ++c)
    sum += share(c) *
           parameters_.cohorts[c].probability[static_cast<std::size_t>(found - parameters_.outcomes.begin())][arm];
  return sum;
}

}  // namespace oligosim
