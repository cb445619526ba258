#include "models/trial/trial.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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
      if (e.shown_at_visits() && e.kind == EndpointKind::survival)
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
  follow(p, arena);
  if (whole_days_)
    for (double& day : p.enrollment_day) day = std::floor(day);
  return p;
}

void Trial::follow(Patients& p, Arena& arena) const {
  const Streams& streams = p.streams.front();
  disease_->sample_course(streams, p.baseline, p.arm, p.course, arena);
  if (only_endpoint_) {
    dropout_.sample_before(p.course.event_day[*only_endpoint_], streams, days_per_month_, p.arm, p.dropout_day, arena);
  } else {
    dropout_.sample(streams, days_per_month_, p.arm, p.dropout_day);
  }
  if (dropout_.informative()) dropout_.follow_events(p.course.event_day, p.dropout_day);
  if (whole_days_)
    for (double& day : p.dropout_day) day = std::ceil(day);
}

void Trial::may_drop_arms() {
  among_arms_.clear();
  for (ArmSet others = 0; others < ArmSet{1} << (arms_.size() - 1); ++others)
    among_arms_.push_back(randomization_.among(others << 1 | 1));
}

void Trial::keep_arms(ArmSet arms, double from_day, std::uint32_t list, Patients& p, Arena& arena) const {
  const std::span<const std::uint32_t> order = Enrollment::order(p.enrollment_day, arena);
  const auto later = std::ranges::find_if(order, [&](std::uint32_t i) { return p.enrollment_day[i] >= from_day; });
  const auto settled = static_cast<std::size_t>(later - order.begin());
  among_arms_[arms >> 1].assign_anew(p.streams.front(), p.baseline, order, settled, list, p.arm, arena);
  follow(p, arena);
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

Trial Trial::without_visits() const {
  Trial trial = of_disease(disease_->without_visits());
  trial.visits_.clear();
  return trial;
}

Trial Trial::without_lesions() const {
  Trial trial = *this;
  trial.lesions_ = false;
  return trial;
}

}  // namespace oligosim
