#include "models/disease/resample/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oligosim {
namespace {

std::vector<double> of(std::span<const std::uint32_t> rows, const std::vector<double>& column) {
  std::vector<double> values;
  for (const std::uint32_t row : rows) values.push_back(column[row]);
  return values;
}

}  // namespace

Resample::Resample(ResampledPatients patients) : patients_(std::move(patients)), place_(patients_.count) {
  for (const ResampledPatients::Covariate& c : patients_.covariates) baseline_.push_back(c.column);
  for (const ResampledPatients::Endpoint& e : patients_.endpoints) {
    endpoints_.push_back({e.name, EndpointKind::survival, "as in the file"});
    std::vector<EmpiricalSurvival> curves;
    for (const std::vector<std::uint32_t>& rows : patients_.of_arm)
      curves.emplace_back(of(rows, e.day), of(rows, e.event));
    curves_.push_back(std::move(curves));
  }
  for (const ResampledPatients::Outcome& o : patients_.outcomes)
    outcomes_.push_back({o.name, "as in the file, missing until it is known"});
  for (const std::vector<std::uint32_t>& rows : patients_.of_arm)
    for (std::uint32_t k = 0; k < rows.size(); ++k) place_[rows[k]] = k;
}

void Resample::sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<double> u = arena.take<double>(cohort.patients());
  streams.first_uniforms(Purpose::baseline, 0, u);
  for (std::size_t c = 0; c < baseline_.size(); ++c) {
    const std::vector<double>& value = patients_.covariates[c].value;
    const std::span<double> numbers = cohort.numbers(c);
    const std::span<std::uint8_t> codes = cohort.categories(c);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = value[drawn(0, u[i])];
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(value[drawn(0, u[i])]);
  }
}

std::size_t Resample::missing(std::size_t column) const {
  const ResampledPatients::Covariate& covariate = patients_.covariates[column];
  const bool category = covariate.column.kind == ColumnKind::category;
  return static_cast<std::size_t>(std::ranges::count_if(
      covariate.value, [category](double value) { return category ? value == missing_category : std::isnan(value); }));
}

/// The same numbers as in sample_baseline choose the same patients.
void Resample::sample_course(const Streams& streams, const Cohort& /*cohort*/, std::span<const std::uint8_t> arm,
                             Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<double> u = arena.take<double>(arm.size());
  const std::span<std::uint32_t> row = arena.take<std::uint32_t>(arm.size());
  streams.first_uniforms(Purpose::baseline, 0, u);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = drawn(arm[i], u[i]);
  for (std::size_t e = 0; e < endpoints_.size(); ++e) {
    const std::span<double> day = course.event_day[e];
    if (day.empty()) continue;
    sample_endpoint(e, streams, row, arm, day, arena);
    const std::optional<std::size_t> later = patients_.endpoints[e].at_most;
    if (!later) continue;
    const std::span<double> limit = arena.take<double>(day.size());
    sample_endpoint(*later, streams, row, arm, limit, arena);
    for (std::size_t i = 0; i < day.size(); ++i) day[i] = std::min(day[i], limit[i]);
  }
  for (std::size_t o = 0; o < outcomes_.size(); ++o) {
    const ResampledPatients::Outcome& outcome = patients_.outcomes[o];
    constexpr double never = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < course.evaluable_day[o].size(); ++i)
      course.evaluable_day[o][i] = std::isnan(outcome.value[row[i]]) ? never : outcome.known_day;
    for (std::size_t i = 0; i < course.success_day[o].size(); ++i)
      course.success_day[o][i] = outcome.value[row[i]] == 1 ? outcome.known_day : never;
  }
}

void Resample::sample_endpoint(std::size_t endpoint, const Streams& streams, std::span<const std::uint32_t> row,
                               std::span<const std::uint8_t> arm, std::span<double> day, Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::span<double> u = arena.take<double>(day.size());
  streams.first_uniforms(Purpose::course, static_cast<std::uint32_t>(endpoint), u);
  for (std::size_t i = 0; i < day.size(); ++i) {
    const EmpiricalSurvival& curve = curves_[endpoint][arm[i]];
    const ResampledEffect& effect = patients_.endpoints[endpoint].by_arm[arm[i]];
    const EmpiricalSurvival::Part part = curve.part(place_[row[i]]);
    // Under a hazard ratio r the curve is S^r: the place moves to its r-th root.
    const double place = part.low + u[i] * (part.high - part.low);
    const double moved = effect.hazard_ratio == 1 ? place : std::pow(place, 1 / effect.hazard_ratio);
    day[i] = curve.inverse(moved) * effect.time_ratio;
    if (patients_.whole_days && day[i] < std::numeric_limits<double>::infinity()) day[i] = std::ceil(day[i]);
  }
}

}  // namespace oligosim
