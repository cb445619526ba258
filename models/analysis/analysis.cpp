#include "models/analysis/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {
namespace {

template <class T>
std::span<T> repeated(std::span<const T> column, std::span<const std::uint32_t> rows, Arena& arena) {
  if (column.empty()) return {};
  const std::span<T> out = arena.take<T>(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) out[r] = column[rows[r]];
  return out;
}

/// Of rows written out one after the other: the unit of each (its row where rows are the units), and which copy of it.
DrawnUnits drawn_units(std::span<const std::uint32_t> unit_of_row, std::span<const std::uint32_t> rows, Arena& arena) {
  const DrawnUnits drawn{
      unit_of_row.empty() ? arena.take<std::uint32_t>(rows.size()) : repeated(unit_of_row, rows, arena),
      arena.take<std::uint32_t>(rows.size(), 0u)};
  if (unit_of_row.empty()) std::ranges::copy(rows, drawn.unit.begin());
  for (std::size_t r = 1; r < rows.size(); ++r) drawn.copy[r] = rows[r] == rows[r - 1] ? drawn.copy[r - 1] + 1 : 0;
  return drawn;
}

/// The rows of one version, each as often as its weight says; derived columns are derived again. Copies of a unit drawn
/// twice are two units.
PlanData written_out(const PlanData& data, std::span<const Lanes> weight, std::span<const std::uint32_t> unit_of_row,
                     std::size_t version, Arena& arena) {
  std::size_t n = 0;
  for (const Lanes& w : weight) n += static_cast<std::size_t>(w[version]);
  const std::span<std::uint32_t> rows = arena.take<std::uint32_t>(n);
  std::size_t next = 0;
  for (std::uint32_t row = 0; row < weight.size(); ++row)
    for (double copies = weight[row][version]; copies > 0; --copies) rows[next++] = row;
  const PlanParts& parts = data.parts();
  const std::size_t columns = parts.columns.size() - parts.derived.size();
  const auto numbers = arena.take<std::span<double>>(columns, std::span<double>{});
  const auto categories = arena.take<std::span<std::uint8_t>>(columns, std::span<std::uint8_t>{});
  for (std::size_t c = 0; c < columns; ++c) {
    if (!parts.needed[c]) continue;
    numbers[c] = repeated<double>(data.cohort().numbers(c), rows, arena);
    categories[c] = repeated<std::uint8_t>(data.cohort().categories(c), rows, arena);
  }
  PlanData written(Cohort(parts.columns, n, numbers, categories), parts, arena);
  if (data.joins_near_ties()) written.join_near_ties();
  written.set_units(drawn_units(unit_of_row, rows, arena));
  return written;
}

}  // namespace

bool same_number(const EstimateLabel& a, const EstimateLabel& b) {
  const bool same_at = a.at == b.at || (std::isnan(a.at) && std::isnan(b.at));
  return a.analysis == b.analysis && a.parameter == b.parameter && a.group == b.group && a.term == b.term && same_at;
}

std::optional<std::size_t> counterpart(const EstimateLabel& label, std::span<const EstimateLabel> others) {
  std::optional<std::size_t> same, only;
  bool several = false;
  for (std::size_t k = 0; k < others.size(); ++k) {
    EstimateLabel alike = others[k];
    alike.analysis = label.analysis;
    if (same_number(label, alike) && !same) same = k;
    alike.group = label.group, alike.term = label.term;
    if (!same_number(label, alike)) continue;
    several = several || (only && !same_number(others[k], others[*only]));
    if (!only) only = k;
  }
  if (same || several) return same;
  return only;
}

double value_of(const Estimate& estimate, const EstimateLabel& label) {
  if (estimate.status == Status::not_reached && label.unbounded) return std::numeric_limits<double>::infinity();
  return estimate.estimate;  // one without an error, where nothing varies, is a value too
}

void Analysis::evaluate_version(std::size_t version, PlanData& data, Arena& arena, const ResampledValues& out) const {
  const std::span<Estimate> estimates = arena.take<Estimate>(labels_.size(), Estimate{});
  evaluate(data, arena, estimates);
  for (std::size_t label = 0; label < estimates.size(); ++label) {
    const double error = estimates[label].standard_error;
    out.of(label)[version] = value_of(estimates[label], labels_[label]);
    if (!out.variance.empty()) out.variance_of(label)[version] = error * error;
  }
}

void Analysis::resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const {
  rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
    const std::span<const Lanes> weight = weights.numbers(arena);
    for (std::size_t k = 0; k < lanes && first + k < rows.count(); ++k) {
      const Arena::Scope one(arena);
      PlanData version = written_out(data, weight, rows.unit_of_row(), k, arena);
      evaluate_version(first + k, version, arena, out);
    }
  });
}

}  // namespace oligosim
