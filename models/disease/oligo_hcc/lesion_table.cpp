#include "models/disease/oligo_hcc/lesion_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/lesion_failures.hpp"
#include "models/disease/oligo_hcc/one_of_four.hpp"
#include "models/disease/oligo_hcc/response_findings.hpp"
#include "models/disease/oligo_hcc/tumor_change.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_steps = ResponseSteps::most;
constexpr std::size_t at_once = lane_count<HalfLanes>;  // lesions; most patients have no more of a kind
static_assert(at_once <= LesionDraws::readable_beyond);

/// What kind_ adds up: where the sites of a lesion come from.
constexpr double anywhere = 0, outside_the_liver = 1, of_om = 2, in_the_liver = 4;

double number(const Cohort& cohort, BaselineColumn column, std::size_t i) {
  return cohort.numbers(static_cast<std::size_t>(column))[i];
}
std::size_t count(const Cohort& cohort, BaselineColumn column, std::size_t i) {
  return static_cast<std::size_t>(number(cohort, column, i));
}
bool is_om(const Cohort& cohort, std::size_t i) {
  return cohort.categories(static_cast<std::size_t>(BaselineColumn::grp))[i] == static_cast<std::uint8_t>(Strategy::om);
}

/// put_sizes() of any number of lesions, by what is drawn for them.
void split(double sum, std::span<const double> drawn, std::span<double> cm) {
  double weights = 0, left = sum;
  for (const double e : drawn) weights += 1 + e;
  for (std::size_t j = 0; j + 1 < cm.size(); ++j) left -= cm[j] = (1 + drawn[j]) * (sum / weights);
  cm.back() = left;
}

/// The steps of four lesions that have the same, one lesion's after the other's.
class FourTimes {
 public:
  // From registers: numbers just stored one by one are late if they are loaded two by two.
  FourTimes(double a, double b, double c) : all_{{{a, b, c, a}, {b, c, a, b}, {c, a, b, c}}} {}
  void put(std::span<double> column, std::size_t row) const {
    for (std::size_t k = 0; k < all_.size(); ++k) Rows<HalfLanes>(row * most_steps + k * at_once).put(column, all_[k]);
  }

 private:
  static_assert(most_steps == 3);
  std::array<HalfLanes, most_steps> all_;
};

std::span<const std::uint32_t> lesions_of_each(const Cohort& cohort, Arena& arena) {
  const std::span<std::uint32_t> counts = arena.take<std::uint32_t>(cohort.patients());
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = static_cast<std::uint32_t>(count(cohort, BaselineColumn::total_lesions, i));
  return counts;
}

/// A number of each lesion for all of its steps, lesion after lesion.
std::array<double, most_steps> for_steps(double x) { return {x, x, x}; }
std::array<HalfLanes, most_steps> for_steps(const HalfLanes& x) {
  return {__builtin_shufflevector(x, x, 0, 0, 0, 1), __builtin_shufflevector(x, x, 1, 1, 2, 2),
          __builtin_shufflevector(x, x, 2, 3, 3, 3)};
}

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

Lesions room_for_lesions(const Cohort& cohort, Arena& arena) {
  std::size_t lesions = 0;
  for (std::size_t i = 0; i < cohort.patients(); ++i) lesions += count(cohort, BaselineColumn::total_lesions, i);
  // The last are written with others beyond them.
  Lesions all{arena.take<std::uint32_t>(lesions + at_once).first(lesions), arena.take<Steps>(lesion_column_count)};
  const auto numbers = [&](std::size_t steps) {
    return arena.take<double>((lesions + at_once) * steps).first(lesions * steps);
  };
  const std::span<double> first_day = numbers(1), days_of_change = numbers(most_steps);  // which columns share
  for (std::size_t k = 0; k < lesion_column_count; ++k) {
    const auto column = static_cast<LesionColumn>(k);
    const bool changes = column == LesionColumn::change || column == LesionColumn::response;
    const bool later = column == LesionColumn::target || column == LesionColumn::lf;
    const std::span<double> own_day = later ? numbers(1) : first_day;
    all.column[k] = {changes ? days_of_change : own_day, numbers(changes ? most_steps : 1)};
  }
  return all;
}

LesionTable::Sites::Sites(const CohortDetails& details)
    : any(details, true), outside_liver(details, false), untreated_in_liver(details.untreated_in_liver) {}

void LesionTable::Groups::add_if(bool wanted, std::size_t first, std::size_t lesions, double mean) {
  room[count] = {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(lesions), mean};
  count += wanted;
}

LesionTable::LesionTable(const OligoHccParameters& parameters, double days_per_month, const Streams& streams,
                         const Cohort& cohort, const Lesions& lesions, Arena& arena)
    : parameters_(parameters),
      days_per_month_(days_per_month),
      cohort_(cohort),
      lesions_(lesions),
      draws_(streams, lesions_of_each(cohort, arena), arena),
      op_sites_(parameters.baseline.op_details),
      om_sites_(parameters.baseline.om_details),
      best_(arena.take<double>(lesions.count(), 0.0)),
      kind_(arena.take<double>(lesions.count() + at_once)),
      patient_score_(arena.take<double>(lesions.count() + at_once)),
      irradiated_{arena.take<LesionGroup>(cohort.patients())},
      untreated_{arena.take<LesionGroup>(cohort.patients())} {
  std::ranges::fill(days(LesionColumn::site), 0.0);  // and of all that is known at once
  std::ranges::fill(days(LesionColumn::lf), infinity);
  std::ranges::fill(values(LesionColumn::lf), 0.0);
}

void LesionTable::fill(const AssessedCourse& course, Arena& arena) {
  const std::span<const Part> all = parts(course, arena);
  // One kind of work after the other, as what a part waits for is then soon done beside its neighbors'. What is written
  // for more lesions than a part has, the next overwrites. Both of these are inline: calls would cost 2 % of a cohort.
  for (const Part& part : all) put_sizes(part);
  for (const Part& part : all) put_steps(part, course);
  for (std::size_t k = 0; k < all.size(); k += 2) add_groups(all[k], all[k + 1], course.found);
  put_failures(all, course, arena);
  put_sites();
  put_changes(arena);
  put_responses();
}

std::span<const LesionTable::Part> LesionTable::parts(const AssessedCourse& course, Arena& arena) const {
  const std::span<Part> all = arena.take<Part>(2 * course.arm.size());
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < course.arm.size(); ++i) {
    const std::size_t to_irradiate = count(cohort_, BaselineColumn::lesions, i),
                      lesions = count(cohort_, BaselineColumn::total_lesions, i);
    const double cm = number(cohort_, BaselineColumn::size_cm, i),
                 all_cm = number(cohort_, BaselineColumn::total_size_cm, i);
    const bool om = is_om(cohort_, i);
    const double kind = om ? of_om : 0.0, in_liver = (om ? om_sites_ : op_sites_).untreated_in_liver;
    const double of_others = kind + (draws_.others_in_liver[i] < in_liver ? in_the_liver : outside_the_liver);
    all[2 * i] = {next, to_irradiate, cm, kind + anywhere, i, course.cases.irradiated[i] > 0};
    all[2 * i + 1] = {next + to_irradiate, lesions - to_irradiate, all_cm - cm, of_others, i, false};
    next += lesions;
  }
  return all;
}

void LesionTable::add_groups(const Part& oligo, const Part& others, const FoundResponses& found) {
  const std::uint32_t i = oligo.patient;
  irradiated_.add_if(oligo.irradiated, oligo.first, oligo.count, found.best_irradiated[i]);
  const std::size_t first = oligo.irradiated ? others.first : oligo.first,
                    lesions = others.first + others.count - first;
  untreated_.add_if((lesions > 0) & (found.last_day[i] < infinity), first, lesions, found.untreated_change[i]);
}

// The sum is split at random: a lesion's share is in proportion to 1 + E, E exponential; the last has what is left. Up
// to four lesions without a branch.
inline void LesionTable::put_sizes(const Part& part) {
  const std::span<double> diameter = values(LesionColumn::diameter_cm);
  if (part.count > at_once) {
    const auto rows = [&](std::span<double> column) { return column.subspan(part.first, part.count); };
    return split(part.total_cm, rows(draws_.diameter), rows(diameter));
  }
  using V = HalfLanes;
  const Rows<V> rows(part.first);
  const V which = {0, 1, 2, 3}, count = V{} + static_cast<double>(part.count);
  const V weight = which < count ? 1.0 + rows(draws_.diameter) : V{};
  const V cm = weight * (part.total_cm / (weight[0] + weight[1] + weight[2] + weight[3]));
  const double left = part.total_cm - cm[0], left_of_two = left - cm[1];
  const V remaining = {part.total_cm, left, left_of_two, left_of_two - cm[2]};
  rows.put(diameter, which == count - 1.0 ? remaining : cm);
}

// A change begins as the part of the best change that is reached: all irradiated lesions are on the same part of their
// way, the others have one change.
inline void LesionTable::put_steps(const Part& part, const AssessedCourse& course) {
  const std::uint32_t i = part.patient;
  const FoundResponses& found = course.found;
  const double overall = found.last_day[i];
  const double score = part.irradiated ? course.cases.latent.value[i] : course.cases.untreated_value[i];
  const double if_known = part.irradiated ? found.irradiated_count[i] : 1, target = overall < infinity ? if_known : 0;
  const auto day = [&](std::size_t k, double of_others) {
    return part.irradiated ? found.irradiated.step[k].day[i] : of_others;
  };
  const auto reached = [&](std::size_t k) { return part.irradiated ? found.reached[k][i] : 1; };
  const FourTimes days_of_four(day(0, overall), day(1, infinity), day(2, infinity)),
      reached_of_four(reached(0), reached(1), reached(2));
  std::size_t row = part.first;
  do {  // once for most parts
    const Rows<HalfLanes> rows(row);
    const auto put = [&rows](std::span<double> column, double value) { rows.put(column, rows.number(value)); };
    std::fill_n(lesions_.patient.data() + row, at_once, i);
    put(kind_, part.kind), put(patient_score_, score);
    put(values(LesionColumn::irradiated), part.irradiated);
    put(days(LesionColumn::target), overall), put(values(LesionColumn::target), target);
    days_of_four.put(days(LesionColumn::change), row);
    reached_of_four.put(values(LesionColumn::change), row);
    row += at_once;
  } while (row < part.first + part.count);
}

void LesionTable::put_failures(std::span<const Part> parts, const AssessedCourse& course, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::span<IrradiatedLesions> irradiated = arena.take<IrradiatedLesions>(parts.size() + 1);
  std::size_t patients = 0;
  for (const Part& part : parts) {
    irradiated[patients] = {part.patient, static_cast<std::uint32_t>(part.first),
                            static_cast<std::uint32_t>(part.count)};
    patients += part.irradiated;
  }
  put_lesion_failures(course, irradiated.first(patients), parameters_, days_per_month_, draws_,
                      lesions_.column[static_cast<std::size_t>(LesionColumn::lf)], arena);
}

void LesionTable::put_sites() {
  const std::span<double> site = values(LesionColumn::site), bone = values(LesionColumn::bone);
  const auto code = [op = op_sites_, om = om_sites_](const auto& kind, const auto& drawn) {
    using V = std::remove_cvref_t<decltype(drawn)>;
    const auto in_liver = kind >= in_the_liver;
    const V chances = in_liver ? V{} : kind;
    const V there = SiteChances::code(drawn, [&](const auto& number) {
      return one_of_four({number(op.any), number(op.outside_liver), number(om.any), number(om.outside_liver)}, chances);
    });
    return in_liver ? V{} + static_cast<double>(LesionSite::liver) : there;
  };
  fill_in_lanes(site, code, kind_, draws_.site);
  for (std::size_t row = 0; row < site.size(); ++row) bone[row] = site[row] == static_cast<double>(LesionSite::bone);
}

void LesionTable::put_changes(Arena& arena) {
  const double shared = std::sqrt(parameters_.lesions.correlation),
               own = std::sqrt(1 - parameters_.lesions.correlation);
  const std::span<double> score = draws_.score;
  for (std::size_t row = 0; row < score.size(); ++row) score[row] = shared * patient_score_[row] + own * score[row];
  const std::span<const double> diameter = values(LesionColumn::diameter_cm);
  share_changes(irradiated_curve(parameters_), irradiated_.room.first(irradiated_.count), score, diameter, best_,
                arena);
  share_changes(untreated_curve(parameters_), untreated_.room.first(untreated_.count), score, diameter, best_, arena);
}

void LesionTable::put_responses() {
  const std::span<double> day = days(LesionColumn::change), change = values(LesionColumn::change);
  const std::span<double> response = values(LesionColumn::response);
  const std::span<const double> bone = values(LesionColumn::bone);
  const LesionParameters limits = parameters_.lesions;
  std::size_t next = 0;
  in_lanes(best_.size(), [&](const auto& here) {
    const auto best = for_steps(here(best_)), in_bone = for_steps(here(bone));
    for (std::size_t k = 0; k < most_steps; ++k) {
      using V = std::remove_cvref_t<decltype(best[k])>;
      const Rows<V> steps(next);
      next += lane_count<V>;
      const V known = steps(day), reached = steps(change) * best[k];
      const V code = response_class(reached, either(in_bone[k], limits.bone_partial, limits.partial),
                                    either(in_bone[k], limits.bone_progression, limits.progression));
      steps.put(change, known < infinity ? reached : V{});
      steps.put(response, known < infinity ? code : V{});
    }
  });
}

}  // namespace oligosim
