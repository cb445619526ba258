#include "models/trial/trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/statistics/estimate.hpp"
#include "models/trial/seen.hpp"

namespace oligosim {
namespace {

constexpr const char* last_visit = "last_visit_d";
constexpr const char* day_of_enrollment = "enrollment_d";
constexpr const char* data_cut = "data_cut_d";

std::string free_column(const Endpoint& endpoint) { return endpoint.name + "_free_d"; }

std::span<std::span<double>> spans(std::span<const std::uint8_t> needed, std::size_t patients, Arena& arena) {
  const auto all = arena.take<std::span<double>>(needed.size(), std::span<double>{});
  for (std::size_t k = 0; k < all.size(); ++k)
    if (needed[k]) all[k] = arena.take<double>(patients);
  return all;
}

/// Without elements if nobody needs any.
std::span<Steps> steps(std::span<const Finding> findings, std::span<const std::uint8_t> needed, std::size_t patients,
                       Arena& arena) {
  const auto all = arena.take<Steps>(findings.size(), Steps{});
  for (std::size_t k = 0; k < all.size(); ++k)
    if (needed[k])
      all[k] = {arena.take<double>(patients * findings[k].steps), arena.take<double>(patients * findings[k].steps)};
  return all;
}

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

Trial::Trial(std::shared_ptr<const DiseaseModel> disease, std::vector<std::string> arms, Enrollment enrollment,
             Randomization randomization, Dropout dropout, double days_per_month, bool whole_days,
             double cleaning_months)
    : disease_(std::move(disease)),
      arms_(std::move(arms)),
      enrollment_(std::move(enrollment)),
      randomization_(std::move(randomization)),
      dropout_(std::move(dropout)),
      days_per_month_(days_per_month),
      whole_days_(whole_days),
      cleaning_months_(cleaning_months),
      columns_(cut_columns(*disease_, arms_)),
      lesion_columns_(cut_lesion_columns(*disease_)) {
  for (const ColumnInfo& c : disease_->baseline()) baseline_.add(c);
  std::size_t next = 1 + baseline_.size();
  for (const Endpoint& e : disease_->endpoints()) {
    endpoint_column_.push_back(next);
    next += e.kind == EndpointKind::survival ? 2 : 1;
  }
  for (std::size_t k = 0; k < disease_->outcomes().size(); ++k) outcome_column_.push_back(next++);
  for (std::size_t k = 0; k < disease_->findings().size(); ++k) finding_column_.push_back(next++);
  if (const auto column = columns_.find(last_visit)) visit_columns_.push_back({*column, {}});
  for (std::size_t k = 0; k < disease_->endpoints().size(); ++k)
    if (const auto column = columns_.find(free_column(disease_->endpoints()[k])))
      visit_columns_.push_back({*column, k});
  enrollment_column_ = *columns_.find(day_of_enrollment);
  data_cut_column_ = *columns_.find(data_cut);
  const std::span<const VisitSchedule> visits = disease_->visits();
  for (std::size_t a = 0; a < arms_.size() && !visits.empty(); ++a)
    visits_.push_back(visits.size() == 1 ? visits.front() : visits[a]);
  for (std::size_t k = 0; k < disease_->endpoints().size(); ++k)
    if (disease_->endpoints()[k].ends_visits) ends_visits_.push_back(k);
  need(std::vector<std::uint8_t>(columns_.size(), 1), true);
}

Columns Trial::cut_columns(const DiseaseModel& disease, const std::vector<std::string>& arms) {
  Columns columns;
  columns.add({"arm", ColumnKind::category, arms, {}, "", "treatment arm as randomized"});
  for (const ColumnInfo& c : disease.baseline()) columns.add(c);
  for (const Endpoint& e : disease.endpoints()) {
    columns.add({e.name + "_d", ColumnKind::number, {}, {}, "days", e.meaning});
    if (e.kind == EndpointKind::survival)
      columns.add({e.name + "_e", ColumnKind::number, {}, {0, 1}, "0/1", "1: event at " + e.name + "_d, 0: censored"});
  }
  for (const Outcome& o : disease.outcomes()) columns.add({o.name, ColumnKind::number, {}, {0, 1}, "0/1", o.meaning});
  for (const Finding& f : disease.findings()) columns.add(f.column);
  if (!disease.visits().empty()) {
    columns.add({last_visit, ColumnKind::number, {}, {}, "days", "last visit so far; missing before the first"});
    for (const Endpoint& e : disease.endpoints())
      if (e.shown_at_visits())
        columns.add({free_column(e),
                     ColumnKind::number,
                     {},
                     {},
                     "days",
                     "last visit without the event of " + e.name + ", 0 before the first; the day of a death"});
  }
  columns.add({day_of_enrollment, ColumnKind::number, {}, {}, "days", "day of enrollment since the study opened"});
  columns.add({data_cut,
               ColumnKind::number,
               {},
               {},
               "days",
               "the data cut, whether or not the patient is followed until then"});
  return columns;
}

Columns Trial::cut_lesion_columns(const DiseaseModel& disease) {
  Columns columns;
  for (const Finding& f : disease.lesion_columns()) columns.add(f.column);
  return columns;
}

void Trial::need(std::span<const std::uint8_t> cut_columns, bool lesions) {
  needed_.assign(cut_columns.begin(), cut_columns.end());
  needed_baseline_.assign(needed_.begin() + 1, needed_.begin() + 1 + static_cast<std::ptrdiff_t>(baseline_.size()));
  for (const std::size_t column : disease_->course_needs()) needed_baseline_[column] = 1;
  for (const std::size_t column : randomization_.columns()) needed_baseline_[column] = 1;
  if (enrollment_.group_column()) needed_baseline_[*enrollment_.group_column()] = 1;
  needed_endpoint_.assign(endpoint_column_.size(), 0);
  for (std::size_t k = 0; k < endpoint_column_.size(); ++k) {
    const bool survival = disease_->endpoints()[k].kind == EndpointKind::survival;
    needed_endpoint_[k] = needed_[endpoint_column_[k]] || (survival && needed_[endpoint_column_[k] + 1]);
  }
  for (const Dropout::After& event : dropout_.after) needed_endpoint_[event.endpoint] = 1;
  if (wants_visits())
    for (const std::size_t endpoint : ends_visits_) needed_endpoint_[endpoint] = 1;
  for (const VisitColumn& v : visit_columns_)
    if (v.before && needed_[v.column]) needed_endpoint_[*v.before] = 1;
  needed_outcome_.assign(outcome_column_.size(), 0);
  for (std::size_t k = 0; k < outcome_column_.size(); ++k) needed_outcome_[k] = needed_[outcome_column_[k]];
  needed_finding_.assign(finding_column_.size(), 0);
  for (std::size_t k = 0; k < finding_column_.size(); ++k) needed_finding_[k] = needed_[finding_column_[k]];
  any_finding_ = std::ranges::count(needed_finding_, 1) > 0;
  only_endpoint_ = the_only_endpoint(lesions);
  lesions_ = lesions;
  if (any_finding_ || lesions)
    for (const std::size_t column : disease_->finding_needs()) needed_baseline_[column] = 1;
}

std::optional<std::size_t> Trial::the_only_endpoint(bool lesions) const {
  const auto wanted = std::ranges::find(needed_endpoint_, 1);
  const bool others =
      lesions || any_finding_ || wants_visits() || std::ranges::count(needed_outcome_, 1) > 0 || dropout_.informative();
  if (others || std::ranges::count(needed_endpoint_, 1) != 1) return {};
  const auto endpoint = static_cast<std::size_t>(wanted - needed_endpoint_.begin());
  if (disease_->endpoints()[endpoint].kind != EndpointKind::survival) return {};
  return endpoint;
}

Patients Trial::simulate(const Streams& streams, Arena& arena) const {
  const std::size_t n = patients();
  Patients p{
      .baseline = Cohort(baseline_, n, needed_baseline_, arena),
      .arm = arena.take<std::uint8_t>(n),
      .course = {spans(needed_endpoint_, n, arena), spans(needed_outcome_, n, arena), spans(needed_outcome_, n, arena)},
      .enrollment_day = arena.take<double>(n),
      .dropout_day = arena.take<double>(n),
      .streams = arena.take<Streams>(1, streams)};
  p.course.with_lesions = lesions_;
  if (any_finding_) p.course.finding = steps(disease_->findings(), needed_finding_, n, arena);
  disease_->sample_baseline(streams, p.baseline, arena);
  enrollment_.sample(streams, p.baseline, days_per_month_, p.enrollment_day);
  const bool by_number = enrollment_.by_number() || arms_.size() == 1;
  const auto order = by_number ? std::span<const std::uint32_t>{} : Enrollment::order(p.enrollment_day, arena);
  randomization_.assign(streams, p.baseline, order, p.arm, arena);
  disease_->sample_course(streams, p.baseline, p.arm, p.course, arena);
  if (only_endpoint_) {
    dropout_.sample_before(p.course.event_day[*only_endpoint_], streams, days_per_month_, p.dropout_day, arena);
  } else {
    dropout_.sample(streams, days_per_month_, p.dropout_day);
  }
  if (dropout_.informative()) dropout_.follow_events(p.course.event_day, p.dropout_day);
  if (whole_days_) {
    for (double& day : p.enrollment_day) day = std::floor(day);
    for (double& day : p.dropout_day) day = std::ceil(day);
  }
  return p;
}

Trial Trial::with_independent_dropout() const {
  Trial trial = *this;
  trial.dropout_.after.clear();
  return trial;
}

Trial Trial::of_disease(std::shared_ptr<const DiseaseModel> disease) const {
  Trial trial = *this;
  trial.disease_ = std::move(disease);
  return trial;
}

Trial Trial::without_lesions() const {
  Trial trial = *this;
  trial.lesions_ = false;
  return trial;
}

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
