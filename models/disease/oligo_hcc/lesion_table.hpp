#pragma once

#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/cohort/cohort.hpp"
#include "models/disease/disease_model.hpp"
#include "models/disease/oligo_hcc/arms.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/mean_change.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/oligo_hcc/response.hpp"
#include "models/trial/patient_visits.hpp"

namespace oligosim {

struct LatentTimes;
class FoundResponses;

/// What the lesions of all patients agree with; `hazards` by `arm`.
struct AssessedCourse {
  std::span<const ArmHazards> hazards;
  std::span<const std::uint8_t> arm;
  const LatentTimes& times;
  const FollowUp& seen;
  const ResponseCases& cases;
  const FoundResponses& found;
  PatientVisits& visits;
};

/// Positions of the columns of lesions.
enum class LesionColumn : std::size_t { site, bone, diameter_cm, irradiated, target, change, response, lf };
inline constexpr std::size_t lesion_column_count = 8;

std::vector<Finding> oligo_hcc_lesion_columns();

/// Columns for the lesions of a cohort, without what is in them. Those of which the same days are known share them.
Lesions room_for_lesions(const Cohort& cohort, Arena& arena);

/// The lesions of a cohort, made of what is drawn for them to agree with the courses of their patients. What never
/// happens has the value 0.
class LesionTable {
 public:
  /// `lesions`: room for them.
  LesionTable(const OligoHccParameters& parameters, double days_per_month, const Streams& streams, const Cohort& cohort,
              const Lesions& lesions, Arena& arena);

  void fill(const AssessedCourse& course, Arena& arena);

 private:
  /// Where lesions of an OP or OM cohort are.
  struct Sites {
    explicit Sites(const CohortDetails& details);
    SiteChances any, outside_liver;
    double untreated_in_liver;
  };
  /// Those of a patient that SBRT irradiates if he has it, or the others: rows from `first` on.
  struct Part {
    std::size_t first, count;
    double total_cm;
    double kind;  // as kind_
    std::uint32_t patient;
    bool irradiated;
  };
  struct Groups {
    std::span<LesionGroup> room;
    std::size_t count = 0;
    void add_if(bool wanted, std::size_t first, std::size_t lesions, double mean);
  };

  /// Two of each patient, patient after patient.
  std::span<const Part> parts(const AssessedCourse& course, Arena& arena) const;
  void put_sizes(const Part& part);
  void put_steps(const Part& part, const AssessedCourse& course);
  void put_failures(std::span<const Part> parts, const AssessedCourse& course, Arena& arena);
  void add_groups(const Part& oligo, const Part& others, const FoundResponses& found);
  // Of all lesions at once, after that:
  void put_sites();
  void put_changes(Arena& arena);
  void put_responses();
  std::span<double> days(LesionColumn column) const { return lesions_.column[static_cast<std::size_t>(column)].day; }
  std::span<double> values(LesionColumn column) const {
    return lesions_.column[static_cast<std::size_t>(column)].value;
  }

  const OligoHccParameters& parameters_;
  double days_per_month_;
  const Cohort& cohort_;
  Lesions lesions_;
  LesionDraws draws_;
  Sites op_sites_, om_sites_;
  // Of each lesion.
  std::span<double> best_;           // change
  std::span<double> kind_;           // which sites it can have
  std::span<double> patient_score_;  // what its score shares
  Groups irradiated_, untreated_;
};

}  // namespace oligosim
