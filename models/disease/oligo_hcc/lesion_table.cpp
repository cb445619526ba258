#include "models/disease/oligo_hcc/lesion_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_steps = ResponseSteps::most;

constexpr std::size_t steps_of(LesionColumn column) {
  return column == LesionColumn::change || column == LesionColumn::response ? most_steps : 1;
}

std::size_t count(const Cohort& cohort, BaselineColumn column, std::size_t i) {
  return static_cast<std::size_t>(cohort.numbers(static_cast<std::size_t>(column))[i]);
}

/// Splits `sum` at random: lesion j has the share (1 + E_j) / sum of (1 + E_k), E exponential. Adds up exactly.
void split(double sum, std::span<double> diameter) {
  double weights = 0;
  for (const double w : diameter) weights += w;
  double left = sum;
  for (std::size_t j = 0; j + 1 < diameter.size(); ++j) left -= diameter[j] *= sum / weights;
  if (!diameter.empty()) diameter.back() = left;
}

/// The first lesion to fail is any of them, at the time that is known for the patient; the others fail later, each
/// with its own constant rate (without memory).
void failure_times(const ArmHazards& arm, double rate, double first, double which, std::span<double> time) {
  const auto chosen = static_cast<std::size_t>(which * static_cast<double>(time.size()));
  for (std::size_t j = 0; j < time.size(); ++j)
    time[j] = j == chosen || first == infinity ? first : arm.local_failure.inverse(time[j] / rate, first);
  if (first == infinity) std::ranges::fill(time, infinity);
}

/// Writes the columns of lesions; what never happens has the value 0.
class Writer {
 public:
  Writer(const LesionParameters& parameters, double days_per_month, std::span<Steps> columns)
      : parameters_(parameters), days_per_month_(days_per_month), columns_(columns) {}

  double day(double month) const { return whole_day(month, days_per_month_); }

  void baseline(std::size_t row, LesionSite site, double diameter, bool irradiated) const {
    put(LesionColumn::site, row, 0, static_cast<double>(site));
    put(LesionColumn::bone, row, 0, site == LesionSite::bone);
    put(LesionColumn::diameter_cm, row, 0, diameter);
    put(LesionColumn::irradiated, row, 0, irradiated);
  }

  void target(std::size_t row, double day, bool target) const { put(LesionColumn::target, row, day, target); }
  void failure(std::size_t row, double day) const { put(LesionColumn::lf, row, day, day); }

  /// Step k of the change and of the class that goes with it.
  void change(std::size_t row, std::size_t k, double day, double change, bool bone) const {
    const double partial = bone ? parameters_.bone_partial : parameters_.partial;
    const double progression = bone ? parameters_.bone_progression : parameters_.progression;
    put(LesionColumn::change, row * most_steps + k, day, change);
    put(LesionColumn::response, row * most_steps + k, day,
        static_cast<double>(response_class(change, partial, progression)));
  }

 private:
  void put(LesionColumn column, std::size_t element, double day, double value) const {
    const Steps& steps = columns_[static_cast<std::size_t>(column)];
    steps.day[element] = day, steps.value[element] = day < infinity ? value : 0;
  }

  const LesionParameters& parameters_;
  double days_per_month_;
  std::span<Steps> columns_;
};

/// Where the lesions of a cohort are.
struct Sites {
  explicit Sites(const CohortDetails& details)
      : any(details, true), outside_liver(details, false), untreated_in_liver(details.untreated_in_liver) {}
  SiteChances any, outside_liver;
  double untreated_in_liver;
};

std::span<const std::uint32_t> lesions_of_each(const Cohort& cohort, Arena& arena) {
  const std::span<std::uint32_t> counts = arena.take<std::uint32_t>(cohort.patients());
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = static_cast<std::uint32_t>(count(cohort, BaselineColumn::total_lesions, i));
  return counts;
}

Lesions room_for(const Cohort& cohort, Arena& arena) {
  std::size_t lesions = 0;
  for (std::size_t i = 0; i < cohort.patients(); ++i) lesions += count(cohort, BaselineColumn::total_lesions, i);
  Lesions all{arena.take<std::uint32_t>(lesions), arena.take<Steps>(lesion_column_count)};
  for (std::size_t k = 0; k < lesion_column_count; ++k) {
    const std::size_t elements = lesions * steps_of(static_cast<LesionColumn>(k));
    all.column[k] = {arena.take<double>(elements), arena.take<double>(elements)};
  }
  return all;
}

/// The lesions of one patient, which begin at row: made of what was drawn, to agree with his course, and written.
class PatientLesions {
 public:
  PatientLesions(const OligoHccParameters& parameters, const Cohort& cohort, const AssessedPatient& patient,
                 const LesionDraws& draws, std::size_t i, std::size_t row, Arena& arena)
      : parameters_(parameters),
        patient_(patient),
        row_(row),
        count_(count(cohort, BaselineColumn::total_lesions, i)),
        to_irradiate_(count(cohort, BaselineColumn::lesions, i)),
        irradiated_(patient.response_case.irradiated ? to_irradiate_ : 0),
        sums_(cohort, patient.response_case.irradiated, i),
        diameter_(draws.diameter.subspan(row, count_)),
        score_(draws.score.subspan(row, count_)),
        change_(arena.take<double>(count_, 0.0)),
        failure_(draws.failure.subspan(row, count_)),
        site_(draws.site.subspan(row, count_)),
        first_to_fail_(draws.first_to_fail[i]),
        others_in_liver_(draws.others_in_liver[i]) {
    overall_ = overall_steps(parameters, sums_, patient, targets_);
    known_ = irradiated_steps(parameters, patient);
    const double shared = std::sqrt(parameters.lesions.correlation),
                 own = std::sqrt(1 - parameters.lesions.correlation);
    const ResponseCase& response = patient.response_case;
    for (std::size_t j = 0; j < count_; ++j) {
      diameter_[j] = 1 + diameter_[j];
      score_[j] = shared * (j < irradiated_ ? response.latent.value : response.untreated_value) + own * score_[j];
    }
    const LesionSums with_sbrt(cohort, true, i);
    split(with_sbrt.irradiated_cm, diameter_.first(to_irradiate_));
    split(with_sbrt.untreated_cm, diameter_.subspan(to_irradiate_));
  }

  void agree_with_the_patient(const ArmHazards& hazards) {
    best_ = IrradiatedSum(parameters_, patient_.response_case.latent).best();
    if (irradiated_ > 0) {
      IrradiatedSum::curve(parameters_)
          .shifted_to(best_, score_.first(irradiated_), diameter_.first(irradiated_), change_.first(irradiated_));
      failure_times(hazards, parameters_.progression.local_failure, patient_.times.local_failure, first_to_fail_,
                    failure_.first(irradiated_));
    }
    if (count_ > irradiated_ && overall_.count > 0)
      untreated_curve(parameters_)
          .shifted_to(targets_.untreated, score_.subspan(irradiated_), diameter_.subspan(irradiated_),
                      change_.subspan(irradiated_));
  }

  void write(const Writer& writer, const Sites& sites, PatientVisits& visits) const {
    const bool others_in_liver = others_in_liver_ < sites.untreated_in_liver;
    const double overall = overall_.count > 0 ? writer.day(overall_.last().month) : infinity;
    std::array<double, most_steps> day, part;
    for (std::size_t k = 0; k < most_steps; ++k) {
      const bool there = k < known_.count;
      day[k] = there ? writer.day(known_.step[k].month) : infinity;
      // All lesions are on the same part of their way.
      part[k] = !there || best_ == 0 ? 1 : known_.step[k].change / best_;
    }
    for (std::size_t j = 0, row = row_; j < count_; ++j, ++row) {
      const LesionSite site = j < to_irradiate_ ? sites.any.at(site_[j])
                              : others_in_liver ? LesionSite::liver
                                                : sites.outside_liver.at(site_[j]);
      const bool irradiated = j < irradiated_, bone = site == LesionSite::bone;
      writer.baseline(row, site, diameter_[j], irradiated);
      writer.target(row, overall, !irradiated || targets_.irradiated_count);
      for (std::size_t k = 0; k < most_steps; ++k) {
        if (irradiated)
          writer.change(row, k, day[k], change_[j] * part[k], bone);
        else
          writer.change(row, k, k == 0 ? overall : infinity, change_[j], bone);
      }
      writer.failure(row, irradiated ? writer.day(failure_shown(failure_[j], visits)) : infinity);
    }
  }

  std::size_t size() const { return count_; }

 private:
  /// The month of the visit that shows a failure; infinity: none does before death.
  double failure_shown(double failure, PatientVisits& visits) const {
    const double death = patient_.seen.death_month;
    if (failure >= death) return infinity;
    const double shown = visits.month(visits.first_from(failure));
    return shown <= death ? shown : infinity;
  }

  const OligoHccParameters& parameters_;
  const AssessedPatient& patient_;
  std::size_t row_, count_, to_irradiate_, irradiated_;
  LesionSums sums_;
  std::span<double> diameter_, score_, change_, failure_, site_;
  double first_to_fail_, others_in_liver_;
  ResponseSteps overall_, known_;
  TargetSum targets_;
  double best_ = 0;
};

}  // namespace

std::vector<Finding> oligo_hcc_lesion_columns() {
  const auto flag = [](const char* name, const char* meaning) {
    return Finding{{name, ColumnKind::number, {}, {0, 1}, "0/1", meaning}};
  };
  return {
      {{"site",
        ColumnKind::category,
        {"lung", "bone", "liver", "lymph node", "tumor thrombus", "adrenal gland", "brain", "soft tissue"},
        {},
        "",
        "where the lesion is"}},
      flag("bone", "bone lesion, with the response criteria of bone (else of soft tissue)"),
      {{"diameter_cm", ColumnKind::number, {}, {}, "cm", "largest diameter at the baseline"}},
      flag("irradiated", "the arm has SBRT and the lesion is oligoprogressive or oligometastatic"),
      flag("target", "counts for the sum of diameters at best overall response"),
      {{"change", ColumnKind::number, {}, {}, "%", "best change of the diameter"}, most_steps},
      {{"response", ColumnKind::category, {"CR", "PR", "SD", "PD"}, {}, "", "class of the best change"}, most_steps},
      {{"lf_d", ColumnKind::number, {}, {}, "days", "visit that shows local failure of the lesion"}},
  };
}

Lesions CourseSampler::sample_lesions(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> arm,
                                      Arena& arena) const {
  const Lesions lesions = room_for(cohort, arena);
  const Arena::Scope scope(arena);
  const CourseDraws draws = draws_of(streams, cohort.patients(), arena);
  const CourseCovariates covariates(cohort);
  const LatentColumns columns(parameters_, covariates, draws, true, arena);
  const auto times = latent_times(parameters_, hazards_, arm, covariates, draws, columns, arena);
  const FirstVisits first_visits(visits_, arm, streams, arena);
  const LesionDraws lesion_draws(streams, lesions_of_each(cohort, arena), arena);
  const Sites op_sites(parameters_.baseline.op_details), om_sites(parameters_.baseline.om_details);
  const Writer writer(parameters_.lesions, days_per_month_, lesions.column);
  std::size_t row = 0;
  for (std::size_t i = 0; i < cohort.patients(); ++i) {
    const Arena::Scope patient_scope(arena);
    PatientVisits visits(first_visits, i);
    const AssessedPatient p = assess(hazards_[arm[i]], covariates, draws, columns, times[i], visits, i);
    PatientLesions patient(parameters_, cohort, p, lesion_draws, i, row, arena);
    patient.agree_with_the_patient(hazards_[arm[i]]);
    patient.write(writer, covariates.om(i) ? om_sites : op_sites, visits);
    std::ranges::fill(lesions.patient.subspan(row, patient.size()), static_cast<std::uint32_t>(i));
    row += patient.size();
  }
  return lesions;
}

}  // namespace oligosim
