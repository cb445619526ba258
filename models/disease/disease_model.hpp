#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/trial/visits.hpp"

namespace oligosim {

/// `survival`: at a data cut the columns NAME_d (day of event or censoring) and NAME_e (1 event, 0 censored).
/// `date`: the column NAME_d alone, missing where it has not happened.
enum class EndpointKind { survival, date };

struct Endpoint {
  std::string name;
  EndpointKind kind = EndpointKind::survival;
  std::string meaning;
  double first_visit = 0;    // months since randomization before which no visit can show it; 0: it is known at once
  bool ends_visits = false;  // death: no visit comes after it

  bool shown_at_visits() const { return first_visit > 0; }
};

/// A yes/no result of a patient: at a data cut the column NAME, 0, 1 or missing.
struct Outcome {
  std::string name;
  std::string meaning;
  double first_known = 0;  // months since randomization before which it is known of nobody
};

/// A result that is revised as follow-up goes on (best response so far, worst grade): at a data cut its column holds
/// the value of the last step whose day has come; missing before the first. Of a category the value is its code.
struct Finding {
  ColumnInfo column;
  std::size_t steps = 1;  // at most so many values a patient
};

/// The steps of a finding: step k of patient (or lesion) i is element i * Finding::steps + k. Days ascend; infinity:
/// never. Empty if nobody needs it.
struct Steps {
  std::span<double> day, value;
  bool empty() const { return day.empty(); }
};

/// Lesions nested in patients: one element a lesion, in the order of the patients.
struct Lesions {
  std::span<std::uint32_t> patient;  // row of its patient
  std::span<Steps> column;           // of each of lesion_columns()
  std::size_t count() const { return patient.size(); }
};

/// What happens to each patient under endless follow-up, as it becomes known. Days since randomization (or since SBRT
/// in a cohort without randomization); infinity: never. One span an endpoint or outcome, one element a patient; a
/// span that nobody needs is empty.
struct Course {
  std::span<std::span<double>> event_day;      // of each endpoint
  std::span<std::span<double>> evaluable_day;  // of each outcome: from when on it is 0 or 1 rather than missing
  std::span<std::span<double>> success_day;    // of each outcome: from when on it is 1
  std::span<Steps> finding = {};               // of each finding; without elements if nobody needs any
  bool with_lesions = false;
  Lesions lesions = {};  // if wanted: of these patients, all columns; sample_course takes their memory from its arena
};

/// A number that the model solved for, to be shown to the user.
struct SolvedValue {
  std::string name;  // "arms.systemic: multiplier of progression hazards"
  double value;
  std::string because;  // "median PFS as detected 5.0 months"
};

/// The closed form of an endpoint in an arm, where a model has one; months.
struct ArmSurvival {
  std::function<double(double)> survival;  // P(T > t)
  std::function<double(double)> density;   // of T at t
  std::vector<double> breaks;              // where the density jumps, ascending
};

/// How patients fare. Everything about visits, arms and effects is fixed at construction; sampling is const and
/// draws from streams named by patient, with a fixed use of draws, so that an arm's effect or a later patient moves
/// no other number.
class DiseaseModel {
 public:
  virtual ~DiseaseModel() = default;

  virtual const std::vector<ColumnInfo>& baseline() const = 0;  // covariates known before randomization
  virtual const std::vector<Endpoint>& endpoints() const = 0;
  virtual const std::vector<Outcome>& outcomes() const = 0;
  virtual std::span<const Finding> findings() const { return {}; }
  /// What is known of each lesion; empty in a model without lesions.
  virtual std::span<const Finding> lesion_columns() const { return {}; }

  /// Whether events fall on whole days, and enrollment and dropout with them.
  virtual bool whole_days() const { return false; }

  /// The schedule of each arm, or one for all, of the visits that something is known by; empty: nothing is.
  virtual std::span<const VisitSchedule> visits() const { return {}; }

  /// Work done once a study, after all input has been accepted: solves what the arms should show.
  virtual void prepare() {}
  virtual std::vector<SolvedValue> solved() const { return {}; }

  /// The same disease, as it was prepared, in which nobody crosses over to another treatment, nor begins one;
  /// null where nobody can.
  virtual std::shared_ptr<DiseaseModel> without_crossover() const { return {}; }
  /// The same disease, as it was prepared, whose endpoints that visits show have the days on which they happen; null
  /// where visits show none. Nothing else moves: what follows a visit that shows progression still does.
  virtual std::shared_ptr<DiseaseModel> without_visits() const { return {}; }

  /// Column k of `cohort` is baseline()[k]; columns with empty spans are left out.
  virtual void sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const = 0;
  /// Positions in baseline() that sample_course reads; they are present in every cohort.
  virtual std::vector<std::size_t> course_needs() const { return {}; }
  /// Those that findings and lesions rest on besides; present wherever any of them is wanted.
  virtual std::vector<std::size_t> finding_needs() const { return {}; }
  /// `arm`: of each patient of the cohort.
  virtual void sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                             Course& course, Arena& arena) const = 0;

  /// How an endpoint is distributed in an arm, where that is known in closed form (no visits, no covariates).
  virtual std::optional<ArmSurvival> distribution(std::size_t /*arm*/, const std::string& /*endpoint*/) const {
    return {};
  }
  /// The probability of an outcome in an arm, where it is known in closed form.
  virtual std::optional<double> probability(std::size_t /*arm*/, const std::string& /*outcome*/) const { return {}; }
};

/// What a model is read from.
struct DiseaseInput {
  ConfigNode study;  // for `cohort`
  ConfigNode disease;
  struct Arm {
    std::string name;
    ConfigNode node;  // `allocation` is read elsewhere; everything else here belongs to the model
    std::optional<VisitSchedule> visits = {};  // of its own
  };
  std::vector<Arm> arms;  // the first is the control
  VisitSchedule visits;
  double days_per_month;
  std::size_t patients;

  /// The schedule of each arm; one where there are no arms.
  std::vector<VisitSchedule> visits_by_arm() const;
};

/// The registry: `disease.model`, and how a model of that name is read. Adding a disease model is one entry.
/// Whether a model reads `trial.visits`.
enum class UseOfVisits { always, if_known_at, never };

struct DiseaseModelEntry {
  const char* name;
  const char* meaning;
  std::unique_ptr<DiseaseModel> (*read)(DiseaseInput input);
  UseOfVisits visits;
  bool cohort;  // whether it reads `cohort`
};
std::span<const DiseaseModelEntry> disease_models();

/// Reads the model named by `disease.model`; `survival` unless said. Of `input.study` it reads `cohort`, if the model
/// knows cohorts. It finishes `disease` but not the arms, of which others read `allocation`.
std::unique_ptr<DiseaseModel> read_disease_model(DiseaseInput input);

}  // namespace oligosim
