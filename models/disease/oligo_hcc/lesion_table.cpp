#include "models/disease/oligo_hcc/lesion_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/course.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/one_of_four.hpp"
#include "models/disease/oligo_hcc/response_findings.hpp"
#include "models/disease/oligo_hcc/tumor_change.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t most_steps = ResponseSteps::most;
constexpr std::size_t at_once = lane_count<HalfLanes>;  // lesions; most patients have no more of a kind

constexpr std::size_t steps_of(LesionColumn column) {
  return column == LesionColumn::change || column == LesionColumn::response ? most_steps : 1;
}

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
  explicit FourTimes(const std::array<double, most_steps>& s)
      : all_{{{s[0], s[1], s[2], s[0]}, {s[1], s[2], s[0], s[1]}, {s[2], s[0], s[1], s[2]}}} {}
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
  for (std::size_t k = 0; k < lesion_column_count; ++k) {
    const std::size_t steps = steps_of(static_cast<LesionColumn>(k));
    const auto column = [&] { return arena.take<double>((lesions + at_once) * steps).first(lesions * steps); };
    all.column[k] = {column(), column()};
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
      of_om_(arena.take<double>(lesions.count() + at_once)),
      outside_(arena.take<double>(lesions.count() + at_once)),
      patient_score_(arena.take<double>(lesions.count() + at_once)),
      irradiated_{arena.take<LesionGroup>(cohort.patients())},
      untreated_{arena.take<LesionGroup>(cohort.patients())} {
  for (const LesionColumn known_at_once :
       {LesionColumn::site, LesionColumn::bone, LesionColumn::diameter_cm, LesionColumn::irradiated})
    std::ranges::fill(days(known_at_once), 0.0);
  std::ranges::fill(days(LesionColumn::lf), infinity);
}

void LesionTable::fill(const AssessedCourse& course, Arena& arena) {
  for (std::size_t i = 0; i < course.arm.size(); ++i) add(course, i);
  put_sites();
  put_changes(arena);
  put_responses();
  for (const LesionColumn column : {LesionColumn::target, LesionColumn::lf}) {
    const std::span<double> day = days(column), value = values(column);
    for (std::size_t k = 0; k < day.size(); ++k) value[k] = day[k] < infinity ? value[k] : 0;
  }
}

void LesionTable::add(const AssessedCourse& course, std::size_t i) {
  const std::size_t to_irradiate = count(cohort_, BaselineColumn::lesions, i),
                    all = count(cohort_, BaselineColumn::total_lesions, i);
  const double cm = number(cohort_, BaselineColumn::size_cm, i),
               all_cm = number(cohort_, BaselineColumn::total_size_cm, i);
  const Sites& sites = is_om(cohort_, i) ? om_sites_ : op_sites_;
  const Part oligo{next_, to_irradiate, cm, course.cases.irradiated[i] > 0, 0};
  const Part others{next_ + to_irradiate, all - to_irradiate, all_cm - cm, false,
                    draws_.others_in_liver[i] < sites.untreated_in_liver ? 2.0 : 1.0};
  next_ += all;
  put_sizes(oligo), put_steps(oligo, course, i);
  put_sizes(others), put_steps(others, course, i);
  const FoundResponses& found = course.found;
  if (oligo.irradiated) put_failures(oligo, course, i);
  irradiated_.add_if(oligo.irradiated, oligo.first, oligo.count, found.best_irradiated[i]);
  const std::size_t untreated = oligo.irradiated ? others.count : all;
  untreated_.add_if((untreated > 0) & (found.last_day[i] < infinity), next_ - untreated, untreated,
                    found.untreated_change[i]);
}

// The sum is split at random: a lesion's share is in proportion to 1 + E, E exponential; the last has what is left. Up
// to four lesions without a branch.
void LesionTable::put_sizes(const Part& part) {
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
  rows.put(diameter, which == count - 1.0 ? remaining : cm);  // the next part overwrites those that are too many
}

// A change begins as the part of the best change that is reached: all irradiated lesions are on the same part of their
// way, the others have one change.
void LesionTable::put_steps(const Part& part, const AssessedCourse& course, std::size_t i) {
  const FoundResponses& found = course.found;
  const double overall = found.last_day[i];
  std::array<double, most_steps> day{overall, infinity, infinity}, reached{1, 1, 1};
  for (std::size_t k = 0; k < most_steps && part.irradiated; ++k)
    day[k] = found.irradiated.step[k].day[i], reached[k] = found.reached[k][i];
  const double score = part.irradiated ? course.cases.latent.value[i] : course.cases.untreated_value[i];
  const double target = part.irradiated ? found.irradiated_count[i] : 1, om = is_om(cohort_, i);
  const FourTimes days_of_four(day), reached_of_four(reached);
  // The next part overwrites those that are too many.
  for (std::size_t row = part.first; row < part.first + part.count; row += at_once) {
    const Rows<HalfLanes> rows(row);
    const auto put = [&rows](std::span<double> column, double value) { rows.put(column, rows.number(value)); };
    std::fill_n(lesions_.patient.data() + row, at_once, static_cast<std::uint32_t>(i));
    put(of_om_, om), put(outside_, part.outside), put(patient_score_, score);
    put(values(LesionColumn::irradiated), part.irradiated);
    put(days(LesionColumn::target), overall), put(values(LesionColumn::target), target);
    days_of_four.put(days(LesionColumn::change), row);
    reached_of_four.put(values(LesionColumn::change), row);
  }
}

// The first lesion to fail is any of them, at the time that is known for the patient; the others fail later, each with
// its own constant rate (without memory).
void LesionTable::put_failures(const Part& irradiated, const AssessedCourse& course, std::size_t i) {
  const ArmHazards& hazards = course.hazards[course.arm[i]];
  const double first = course.times.local_failure[i], death = course.seen.death[i];
  if (first >= death) return;
  const double rate = parameters_.progression.local_failure;
  const auto chosen = static_cast<std::size_t>(draws_.first_to_fail[i] * static_cast<double>(irradiated.count));
  for (std::size_t j = 0; j < irradiated.count; ++j) {
    const std::size_t row = irradiated.first + j;
    double drawn = draws_.failure[row];
    to_exponentials({&drawn, 1});
    const double failure = j == chosen ? first : hazards.local_failure.inverse(drawn / rate, first);
    if (failure >= death) continue;
    const double month = course.visits.first_from(failure, i);
    if (month > death) continue;
    days(LesionColumn::lf)[row] = values(LesionColumn::lf)[row] = whole_day(month, days_per_month_);
  }
}

void LesionTable::put_sites() {
  const std::span<double> site = values(LesionColumn::site), bone = values(LesionColumn::bone);
  const auto code = [op = op_sites_, om = om_sites_](const auto& of_om, const auto& outside, const auto& drawn) {
    using V = std::remove_cvref_t<decltype(drawn)>;
    const V kind = 2.0 * of_om + (outside > 0.0 ? V{} + 1.0 : V{});
    const V there = SiteChances::code(drawn, [&](const auto& number) {
      return one_of_four({number(op.any), number(op.outside_liver), number(om.any), number(om.outside_liver)}, kind);
    });
    return outside > 1.0 ? V{} + static_cast<double>(LesionSite::liver) : there;
  };
  fill_in_lanes(site, code, of_om_, outside_, draws_.site);
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
  const std::span<double> response_day = days(LesionColumn::response), response = values(LesionColumn::response);
  const std::span<const double> bone = values(LesionColumn::bone);
  const LesionParameters& limits = parameters_.lesions;
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
      steps.put(response_day, known);
      steps.put(response, known < infinity ? code : V{});
    }
  });
}

}  // namespace oligosim
