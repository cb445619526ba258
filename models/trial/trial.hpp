#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/survival/two_group_log_rank.hpp"
#include "models/cohort/lesion_data.hpp"
#include "models/disease/disease_model.hpp"
#include "models/trial/dropout.hpp"
#include "models/trial/enrollment.hpp"
#include "models/trial/randomization.hpp"

namespace oligosim {

/// The patients of one trial, or of several put together, as they would fare under endless follow-up.
struct Patients {
  Cohort baseline;
  std::span<std::uint8_t> arm;
  Course course;
  std::span<double> enrollment_day;  // since the study opened
  std::span<double> dropout_day;     // since randomization; infinity: never, or once nothing depends on it any more
  std::span<const Streams> streams;  // of each trial; as many patients each
  std::size_t count() const { return arm.size(); }
};

/// How the trial is run: who enters when, who gets what, who is lost. And what a data cut of it looks like.
/// Days are continuous or whole as the disease model has them; enrollment is in whole days where events are.
class Trial {
 public:
  Trial(std::shared_ptr<const DiseaseModel> disease, std::vector<std::string> arms, Enrollment enrollment,
        Randomization randomization, Dropout dropout, double days_per_month, bool whole_days,
        double cleaning_months = 0);

  /// Columns of a data cut: arm, the baseline, NAME_d and NAME_e of endpoints, outcomes, findings; of a model with
  /// visits last_visit_d, and NAME_free_d of endpoints that visits show; enrollment_d; data_cut_d.
  static Columns cut_columns(const DiseaseModel& disease, const std::vector<std::string>& arms);
  /// Columns of a cut of lesions; none in a model without lesions.
  static Columns cut_lesion_columns(const DiseaseModel& disease);

  /// Makes only what the columns needed at a data cut rest on (one flag a cut column). `lesions`: they are wanted too.
  void need(std::span<const std::uint8_t> cut_columns, bool lesions = false);
  const Columns& columns() const { return columns_; }
  const Columns& lesion_columns() const { return lesion_columns_; }

  std::size_t patients() const { return enrollment_.patients(); }
  /// The same trial with another number of patients.
  Trial with_patients(std::size_t patients) const {
    Trial other = *this;
    other.enrollment_ = enrollment_.with_patients(patients);
    return other;
  }
  double days_per_month() const { return days_per_month_; }
  Patients simulate(const Streams& streams, Arena& arena) const;
  /// Lists of patients for any arms that are left beside the first, which keep_arms() goes by.
  void may_drop_arms();
  /// Patients who enter from a day on are randomized to these arms alone, and fare as there; nothing changes for the
  /// others. `list`: from 1, a number of its own for each time in a trial.
  void keep_arms(ArmSet arms, double from_day, std::uint32_t list, Patients& patients, Arena& arena) const;

  /// The data as they stand on a calendar day: patients enrolled before it, followed until it or their dropout.
  Cohort cut(const Patients& patients, double day, Arena& arena) const;
  /// What the same data say of a survival endpoint in a trial of two arms, whose positions are the groups.
  TwoGroups two_arms(const Patients& patients, std::size_t endpoint, double day, Arena& arena) const;
  /// The lesions of the patients in cut() of that day, as they stand on it; `patient` is the row there.
  LesionData cut_lesions(const Patients& patients, double day, Arena& arena) const;
  /// Patients enrolled before a calendar day.
  static std::size_t enrolled(const Patients& patients, double day);
  /// Calendar day on which the `events`-th event of an endpoint is known; infinity if there are fewer. `counted`: one
  /// flag a patient; empty: all count.
  double event_day(const Patients& patients, std::size_t endpoint, std::size_t events, Arena& arena,
                   std::span<const std::uint8_t> counted = {}) const;
  /// Events of an endpoint known on a calendar day. `counted`: one flag a patient; empty: all count.
  static std::size_t events_known(const Patients& patients, std::size_t endpoint, double day,
                                  std::span<const std::uint8_t> counted = {});

  const Enrollment& enrollment() const { return enrollment_; }
  const Dropout& dropout() const { return dropout_; }
  /// Days from a data cut until it is analysed and decided upon.
  double cleaning_days() const { return cleaning_months_ * days_per_month_; }
  /// The same trial with patients lost as if nothing that happens to them mattered for it.
  Trial with_independent_dropout() const;
  /// The same trial of this disease, whose columns are those of the own one.
  Trial of_disease(std::shared_ptr<const DiseaseModel> disease) const;
  /// The same trial as if patients were watched at every moment: endpoints are those of DiseaseModel::without_visits(),
  /// which must be there, and a last visit is the end of follow-up.
  Trial without_visits() const;
  /// The same trial whose patients are simulated without their lesions.
  Trial without_lesions() const;
  bool stratified() const { return !randomization_.columns().empty(); }
  double randomized_share(std::size_t arm) const { return randomization_.share(arm); }
  const DiseaseModel& disease() const { return *disease_; }
  const std::vector<std::string>& arms() const { return arms_; }

 private:
  /// A column of a data cut that holds a visit: the last so far, or the last before an endpoint's event.
  struct VisitColumn {
    std::size_t column;
    std::optional<std::size_t> before;  // endpoint
  };
  /// What becomes of patients who have their arms.
  void follow(Patients& patients, Arena& arena) const;
  bool wants_visits() const;
  std::optional<std::size_t> the_only_endpoint(bool lesions) const;
  void cut_endpoint(const Patients& patients, std::size_t endpoint, std::span<const std::uint32_t> rows, double day,
                    Cohort& data) const;
  void cut_outcome(const Patients& patients, std::size_t outcome, std::span<const std::uint32_t> rows, double day,
                   Cohort& data) const;

  void cut_finding(const Patients& patients, std::size_t finding, std::span<const std::uint32_t> rows, double day,
                   Cohort& data) const;
  void cut_visits(const Patients& patients, std::span<const std::uint32_t> rows, double day, Cohort& data,
                  Arena& arena) const;
  void cut_watched(const Patients& patients, std::span<const std::uint32_t> rows, double day, Cohort& data) const;
  /// The day of an endpoint's event known on a calendar day, if it is a death; else 0.
  double death_within(const Patients& patients, std::size_t endpoint, std::size_t i, double day) const;
  /// Of each patient the end of the time in which `column` has its visit, in days.
  void end_of_visits(const VisitColumn& column, const Patients& patients, double day, std::span<double> end) const;
  static std::span<const std::uint32_t> enrolled_rows(const Patients& patients, double day, Arena& arena);

  std::shared_ptr<const DiseaseModel> disease_;
  std::vector<std::string> arms_;
  Enrollment enrollment_;
  Randomization randomization_;
  std::vector<Randomization> among_arms_;  // by the arms that are left, without the first; empty: none may be dropped
  Dropout dropout_;
  double days_per_month_;
  bool whole_days_;
  double cleaning_months_;
  Columns baseline_, columns_, lesion_columns_;
  std::vector<std::uint8_t> needed_;  // of columns_
  std::vector<std::uint8_t> needed_baseline_;
  std::vector<std::uint8_t> needed_endpoint_, needed_outcome_, needed_finding_;
  std::vector<VisitSchedule> visits_;     // by arm; empty: without_visits()
  std::vector<std::size_t> ends_visits_;  // endpoints
  bool any_finding_ = false, lesions_ = false;
  std::optional<std::size_t> only_endpoint_;  // a survival endpoint that all that is needed at a data cut rests on
  std::vector<std::size_t> endpoint_column_, outcome_column_, finding_column_;  // first column of each
  std::vector<VisitColumn> visit_columns_;
  std::size_t enrollment_column_, data_cut_column_;
};

}  // namespace oligosim
