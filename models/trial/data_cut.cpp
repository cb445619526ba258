// The data of a trial as they stand on a calendar day.
#include <algorithm>
#include <limits>

#include "engine/statistics/estimate.hpp"
#include "models/trial/seen.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {
namespace {

/// Writes what is known of a finding at the end of follow-up into row r.
void write_known(const Finding& finding, const Steps& steps, std::size_t i, double followed, Cohort& data,
                 std::size_t column, std::size_t r) {
  std::size_t known = 0;
  while (known < finding.steps && steps.day[i * finding.steps + known] <= followed) ++known;
  const double value = known == 0 ? missing : steps.value[i * finding.steps + known - 1];
  if (finding.column.kind == ColumnKind::number) {
    data.numbers(column)[r] = value;
  } else {
    data.categories(column)[r] = known == 0 ? missing_category : static_cast<std::uint8_t>(value);
  }
}

}  // namespace

std::size_t Trial::enrolled(const Patients& patients, double day) {
  return static_cast<std::size_t>(std::count_if(patients.enrollment_day.begin(), patients.enrollment_day.end(),
                                                [day](double entry) { return entry < day; }));
}

std::span<const std::uint32_t> Trial::enrolled_rows(const Patients& patients, double day, Arena& arena) {
  const std::span<std::uint32_t> all = arena.take<std::uint32_t>(patients.count());
  std::size_t n = 0;
  for (std::uint32_t i = 0; i < patients.count(); ++i) {
    all[n] = i;
    n += patients.enrollment_day[i] < day;
  }
  return all.first(n);
}

Cohort Trial::cut(const Patients& patients, double day, Arena& arena) const {
  const std::span<const std::uint32_t> rows = enrolled_rows(patients, day, arena);
  const std::size_t n = rows.size();
  Cohort data(columns_, n, needed_, arena);
  if (needed_[0])
    for (std::size_t r = 0; r < n; ++r) data.categories(0)[r] = patients.arm[rows[r]];
  for (std::size_t k = 0; k < baseline_.size(); ++k) {
    if (!needed_[k + 1]) continue;
    if (baseline_[k].kind == ColumnKind::number) {
      for (std::size_t r = 0; r < n; ++r) data.numbers(k + 1)[r] = patients.baseline.numbers(k)[rows[r]];
    } else {
      for (std::size_t r = 0; r < n; ++r) data.categories(k + 1)[r] = patients.baseline.categories(k)[rows[r]];
    }
  }
  for (std::size_t k = 0; k < endpoint_column_.size(); ++k)
    if (needed_endpoint_[k]) cut_endpoint(patients, k, rows, day, data);
  for (std::size_t k = 0; k < outcome_column_.size(); ++k)
    if (needed_outcome_[k]) cut_outcome(patients, k, rows, day, data);
  for (std::size_t k = 0; k < finding_column_.size(); ++k)
    if (needed_finding_[k]) cut_finding(patients, k, rows, day, data);
  if (wants_visits()) cut_visits(patients, rows, day, data, arena);
  if (needed_[enrollment_column_])
    for (std::size_t r = 0; r < n; ++r) data.numbers(enrollment_column_)[r] = patients.enrollment_day[rows[r]];
  if (needed_[data_cut_column_])
    for (std::size_t r = 0; r < n; ++r) data.numbers(data_cut_column_)[r] = day - patients.enrollment_day[rows[r]];
  return data;
}

void Trial::cut_endpoint(const Patients& patients, std::size_t endpoint, std::span<const std::uint32_t> rows,
                         double day, Cohort& data) const {
  const std::span<const double> event = patients.course.event_day[endpoint];
  const bool survival = disease_->endpoints()[endpoint].kind == EndpointKind::survival;
  const std::span<const double> dropout = patients.dropout_day, entry = patients.enrollment_day;
  const std::span<double> time = data.numbers(endpoint_column_[endpoint]);
  const std::span<double> known = survival ? data.numbers(endpoint_column_[endpoint] + 1) : std::span<double>{};
  const auto seen = [&](std::size_t i) { return is_seen(event[i], dropout[i], entry[i], day); };
  const std::size_t times = time.empty() ? 0 : rows.size(), states = known.empty() ? 0 : rows.size();
#pragma GCC ivdep
  for (std::size_t r = 0; r < times; ++r) {
    const double unseen = survival ? std::min(dropout[rows[r]], day - entry[rows[r]]) : missing;
    time[r] = seen(rows[r]) ? event[rows[r]] : unseen;
  }
#pragma GCC ivdep
  for (std::size_t r = 0; r < states; ++r) known[r] = seen(rows[r]) ? 1.0 : 0.0;
}

void Trial::cut_outcome(const Patients& patients, std::size_t outcome, std::span<const std::uint32_t> rows, double day,
                        Cohort& data) const {
  const std::span<const double> evaluable = patients.course.evaluable_day[outcome];
  const std::span<const double> success = patients.course.success_day[outcome];
  const std::span<double> value = data.numbers(outcome_column_[outcome]);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::size_t i = rows[r];
    const double end = followed(patients, i, day) + same_moment_days;
    value[r] = evaluable[i] > end ? missing : success[i] <= end ? 1.0 : 0.0;
  }
}

void Trial::cut_finding(const Patients& patients, std::size_t finding, std::span<const std::uint32_t> rows, double day,
                        Cohort& data) const {
  const Steps& steps = patients.course.finding[finding];
  for (std::size_t r = 0; r < rows.size(); ++r)
    write_known(disease_->findings()[finding], steps, rows[r], followed(patients, rows[r], day), data,
                finding_column_[finding], r);
}

LesionData Trial::cut_lesions(const Patients& patients, double day, Arena& arena) const {
  const Lesions& lesions = patients.course.lesions;
  const std::span<const std::uint32_t> rows = enrolled_rows(patients, day, arena);
  constexpr auto left_out = std::numeric_limits<std::uint32_t>::max();
  const std::span<std::uint32_t> row_of = arena.take<std::uint32_t>(patients.count(), left_out);
  for (std::uint32_t r = 0; r < rows.size(); ++r) row_of[rows[r]] = r;
  const std::span<std::uint32_t> kept = arena.take<std::uint32_t>(lesions.count());
  std::size_t n = 0;
  for (std::uint32_t l = 0; l < lesions.count(); ++l)
    if (row_of[lesions.patient[l]] != left_out) kept[n++] = l;
  Cohort columns(lesion_columns_, n, {}, arena);
  const std::span<std::uint32_t> patient = arena.take<std::uint32_t>(n);
  for (std::size_t l = 0; l < n; ++l) {
    const std::uint32_t i = lesions.patient[kept[l]];
    patient[l] = row_of[i];
    for (std::size_t k = 0; k < lesion_columns_.size(); ++k)
      write_known(disease_->lesion_columns()[k], lesions.column[k], kept[l], followed(patients, i, day), columns, k, l);
  }
  return {columns, patient};
}

}  // namespace oligosim
