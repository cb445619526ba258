#include "models/disease/oligo_hcc/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>

#include "engine/numeric/columns_in_lanes.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/numeric/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/codes_in_lanes.hpp"
#include "models/disease/oligo_hcc/number_columns.hpp"

namespace oligosim {
namespace {

constexpr double smallest_cm = 1, largest_cm = 18.5;

/// What the blocks of numbers of Purpose::baseline are for. Values belong to the stream version: append.
enum class Block : std::uint32_t {
  treatment = 0,  // group, switched, later line, ICI with targeted therapy
  lesions = 1,    // more than one, how many, size, untreated lesions
  person = 2,     // age, male, ECOG, etiology
  liver = 3,      // Child-Pugh, AFP, macrovascular invasion, prior local treatment
};

/// Which number of which block each Characteristic follows from; sign -1: small numbers mean yes.
struct Source {
  Block block;
  std::size_t number;
  double sign;
};
constexpr std::array<Source, characteristics> sources{{{Block::treatment, 2, -1},
                                                       {Block::treatment, 3, -1},
                                                       {Block::lesions, 0, -1},
                                                       {Block::lesions, 2, 1},
                                                       {Block::lesions, 3, -1},
                                                       {Block::person, 0, 1},
                                                       {Block::person, 1, -1},
                                                       {Block::person, 2, -1},
                                                       {Block::liver, 0, -1},
                                                       {Block::liver, 1, -1},
                                                       {Block::liver, 2, -1},
                                                       {Block::liver, 3, -1}}};

using ByStrategy = std::array<double, 3>;

class BaselineSampler {
 public:
  BaselineSampler(const BaselineMargins& margins, const Streams& streams, Cohort& cohort, Arena& arena)
      : margins_(margins),
        streams_(streams),
        cohort_(cohort),
        arena_(arena),
        strategy_(arena.take<double>(cohort.patients())),
        om_(arena.take<double>(cohort.patients())),
        multiple_(arena.take<double>(cohort.patients())) {}

  void sample(const CohortMix& mix) {
    sample_treatment(mix);
    if (any_wanted({BaselineColumn::multi, BaselineColumn::lesions, BaselineColumn::size_cm, BaselineColumn::big,
                    BaselineColumn::untreated}))
      sample_lesions();
    if (any_wanted({BaselineColumn::age, BaselineColumn::male, BaselineColumn::ecog, BaselineColumn::etiology}))
      sample_person();
    if (any_wanted({BaselineColumn::child_pugh_b, BaselineColumn::afp_high, BaselineColumn::macrovascular_invasion,
                    BaselineColumn::prior_local}))
      sample_liver();
  }

 private:
  using Uniforms = Streams::FourColumns;

  void fill(Block block, const Uniforms& wanted) {
    streams_.uniforms(Purpose::baseline, static_cast<std::uint32_t>(block), wanted);
  }
  Uniforms uniforms(Block block) {
    const Uniforms u = take_four_columns(strategy_.size(), arena_);
    fill(block, u);
    for (std::size_t k = 0; k < characteristics; ++k)
      if (sources[k].block == block && !margins_.correlation.independent(k)) correlate(k, u[sources[k].number]);
    return u;
  }

  /// Makes of u, the own numbers of characteristic k, those correlated with the characteristics before.
  void correlate(std::size_t k, std::span<double> u) {
    const Arena::Scope scope(arena_);
    const std::span<double> score = arena_.take<double>(u.size(), 0.0);
    for (std::size_t j = 0; j <= k; ++j) {
      const double factor = margins_.correlation.factor(k, j);
      if (factor == 0) continue;
      const Arena::Scope inner(arena_);
      Uniforms one;
      one[sources[j].number] = arena_.take<double>(u.size());
      fill(sources[j].block, one);
      const std::span<const double> v = one[sources[j].number];
      for (std::size_t i = 0; i < u.size(); ++i) score[i] += factor * sources[j].sign * normal_quantile(v[i]);
    }
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = normal_cdf(sources[k].sign * score[i]);
  }

  std::span<double> numbers(BaselineColumn column) const { return cohort_.numbers(static_cast<std::size_t>(column)); }
  std::span<std::uint8_t> codes(BaselineColumn column) const {
    return cohort_.categories(static_cast<std::size_t>(column));
  }
  bool wanted(BaselineColumn column) const { return !numbers(column).empty() || !codes(column).empty(); }
  bool any_wanted(std::initializer_list<BaselineColumn> columns) const {
    return std::ranges::any_of(columns, [&](BaselineColumn column) { return wanted(column); });
  }
  ByStrategy by_cohort(double CohortMargins::*share) const {
    return {margins_.op.*share, margins_.op.*share, margins_.om.*share};
  }

  void fill_flag(BaselineColumn column, const ByStrategy& share, std::span<const double> u) {
    fill_in_lanes(
        numbers(column),
        [share](const auto& strategy, const auto& number) {
          using V = std::remove_cvref_t<decltype(number)>;
          const V if_not_op_n = strategy > 1.0 ? V{} + share[2] : V{} + share[1];
          return number < (strategy > 0.0 ? if_not_op_n : V{} + share[0]) ? V{} + 1.0 : V{};
        },
        strategy_, u);
  }

  void sample_treatment(const CohortMix& mix) {
    const Arena::Scope scope(arena_);
    const auto [group, switched, later_line, targeted] = uniforms(Block::treatment);
    mix.sample(group, switched, strategy_);
    constexpr double om = static_cast<double>(Strategy::om);
    for (std::size_t i = 0; i < om_.size(); ++i) om_[i] = strategy_[i] == om;
    const auto code = [](const auto& of_patient) { return of_patient; };
    fill_codes_in_lanes(codes(BaselineColumn::grp), code, strategy_);
    fill_codes_in_lanes(codes(BaselineColumn::cohort), code, om_);
    const ByStrategy later{margins_.op_n.later_line, margins_.op_c.later_line, margins_.om_strategy.later_line};
    fill_flag(BaselineColumn::late, later, later_line);
    fill_flag(BaselineColumn::line, later, later_line);
    for (double& line : numbers(BaselineColumn::line)) line += 1;
    fill_flag(BaselineColumn::ici_targeted,
              {margins_.op_n.ici_targeted, margins_.op_c.ici_targeted, margins_.om_strategy.ici_targeted}, targeted);
  }

  void sample_lesions() {
    const Arena::Scope scope(arena_);
    const auto [several, how_many, size, others] = uniforms(Block::lesions);
    fill_in_lanes(
        multiple_,
        [op = margins_.op.multiple, of_om = margins_.om.multiple](const auto& om, const auto& number) {
          using V = std::remove_cvref_t<decltype(om)>;
          return number < either(om, of_om, op) ? V{} + 1.0 : V{};
        },
        om_, several);
    const std::span<double> multi = numbers(BaselineColumn::multi);
    if (!multi.empty()) std::ranges::copy(multiple_, multi.begin());
    const auto count = [&](const auto& of_om, const auto& multiple, const auto& number) {
      using V = std::remove_cvref_t<decltype(of_om)>;
      const V extra = either(of_om, margins_.om.extra_lesions, margins_.op.extra_lesions);
      return multiple > 0.0 ? 2.0 + floor_of(extra * number) : V{} + 1.0;
    };
    fill_in_lanes(numbers(BaselineColumn::lesions), count, om_, multiple_, how_many);
    if (any_wanted({BaselineColumn::size_cm, BaselineColumn::big})) sample_cm(size);
    const auto some_untreated = [&op = margins_.op, &of_om = margins_.om](const auto& om, const auto& multiple,
                                                                          const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      const V if_multiple = either(om, of_om.untreated_if_multiple, op.untreated_if_multiple);
      const V if_solitary = either(om, of_om.untreated_if_solitary, op.untreated_if_solitary);
      return number < (multiple > 0.0 ? if_multiple : if_solitary) ? V{} + 1.0 : V{};
    };
    fill_in_lanes(numbers(BaselineColumn::untreated), some_untreated, om_, multiple_, others);
  }

  void sample_cm(std::span<double> u) {
    to_normal_scores(u);
    const auto centimeters = [op = margins_.op, of_om = margins_.om](const auto& om, const auto& multiple,
                                                                     const auto& score) {
      using V = std::remove_cvref_t<decltype(om)>;
      const auto by_cohort = [&](double CohortMargins::*margin) { return either(om, of_om.*margin, op.*margin); };
      const V spread = by_cohort(&CohortMargins::size_log_sd) * score +
                       by_cohort(&CohortMargins::size_log_multiple) * (multiple - by_cohort(&CohortMargins::multiple));
      const V cm =
          by_cohort(&CohortMargins::size_from) + by_cohort(&CohortMargins::size_scale) * elementary::exp(spread);
      return clamped(cm, V{} + smallest_cm, V{} + largest_cm);
    };
    const std::span<double> size = u;
    fill_in_lanes(size, centimeters, om_, multiple_, u);
    if (wanted(BaselineColumn::size_cm)) std::ranges::copy(size, numbers(BaselineColumn::size_cm).begin());
    const auto is_big = [](const auto& cm) {
      using V = std::remove_cvref_t<decltype(cm)>;
      return cm > large_above_cm ? V{} + 1.0 : V{};
    };
    fill_in_lanes(numbers(BaselineColumn::big), is_big, size);
  }

  /// Two half-normals truncated at two standard deviations, so that median and range are those published.
  void sample_age(std::span<double> u) {
    constexpr double truncation = 2, below = 0.022750131948179195;  // Phi(-2)
    for (double& p : u) p = below + (1 - 2 * below) * p;
    to_normal_scores(u);
    const CohortMargins &op = margins_.op, &of_om = margins_.om;
    const auto age = [&](const auto& om, const auto& score) {
      using V = std::remove_cvref_t<decltype(om)>;
      const V z = score / truncation;
      const V below_median = either(om, of_om.age_median - of_om.age_minimum, op.age_median - op.age_minimum);
      const V above_median = either(om, of_om.age_maximum - of_om.age_median, op.age_maximum - op.age_median);
      return either(om, of_om.age_median, op.age_median) + z * (z < 0.0 ? below_median : above_median);
    };
    fill_in_lanes(numbers(BaselineColumn::age), age, om_, u);
  }

  void sample_person() {
    const Arena::Scope scope(arena_);
    const auto [age, male, ecog, of_etiology] = uniforms(Block::person);
    if (wanted(BaselineColumn::age)) sample_age(age);
    fill_flag(BaselineColumn::male, by_cohort(&CohortMargins::male), male);
    fill_flag(BaselineColumn::ecog, by_cohort(&CohortMargins::ecog_1), ecog);
    const auto until = [](const CohortMargins& m) {
      return std::array{m.hbv, m.hbv + m.hcv, m.hbv + m.hcv + m.alcohol};
    };
    const auto etiology = [op = until(margins_.op), of_om = until(margins_.om)](const auto& om, const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      V passed{};
      for (std::size_t k = 0; k < op.size(); ++k) passed += number >= either(om, of_om[k], op[k]) ? V{} + 1.0 : V{};
      return passed;
    };
    fill_codes_in_lanes(codes(BaselineColumn::etiology), etiology, om_, of_etiology);
  }

  void sample_liver() {
    const Arena::Scope scope(arena_);
    const auto [child_pugh, afp, invasion, prior] = uniforms(Block::liver);
    fill_flag(BaselineColumn::child_pugh_b, by_cohort(&CohortMargins::child_pugh_b), child_pugh);
    fill_flag(BaselineColumn::afp_high, by_cohort(&CohortMargins::afp_high), afp);
    fill_flag(BaselineColumn::macrovascular_invasion, by_cohort(&CohortMargins::macrovascular_invasion), invasion);
    fill_flag(BaselineColumn::prior_local, by_cohort(&CohortMargins::prior_local), prior);
  }

  const BaselineMargins& margins_;
  const Streams& streams_;
  Cohort& cohort_;
  Arena& arena_;
  std::span<double> strategy_;       // code of his Strategy
  std::span<double> om_, multiple_;  // 1: oligometastatic; more than one lesion
};

/// `cohort` and, where it lacks them, the columns that the details follow from.
Cohort with_columns_for_details(const Cohort& cohort, Arena& arena) {
  const std::size_t columns = cohort.columns().size();
  const auto numbers = arena.take<std::span<double>>(columns);
  const auto categories = arena.take<std::span<std::uint8_t>>(columns);
  for (std::size_t k = 0; k < columns; ++k) numbers[k] = cohort.numbers(k), categories[k] = cohort.categories(k);
  std::span<std::uint8_t>& grp = categories[static_cast<std::size_t>(BaselineColumn::grp)];
  if (grp.empty()) grp = arena.take<std::uint8_t>(cohort.patients());
  for (const BaselineColumn column : {BaselineColumn::lesions, BaselineColumn::size_cm, BaselineColumn::untreated,
                                      BaselineColumn::ici_targeted, BaselineColumn::prior_local}) {
    std::span<double>& values = numbers[static_cast<std::size_t>(column)];
    if (values.empty()) values = arena.take<double>(cohort.patients());
  }
  return Cohort(cohort.columns(), cohort.patients(), numbers, categories);
}

}  // namespace

void sample_oligo_hcc_baseline(const BaselineMargins& margins, const CohortMix& mix, const Streams& streams,
                               Cohort& cohort, Arena& arena) {
  const Arena::Scope scope(arena);
  if (!details_wanted(cohort)) return BaselineSampler(margins, streams, cohort, arena).sample(mix);
  Cohort base = with_columns_for_details(cohort, arena);
  BaselineSampler(margins, streams, base, arena).sample(mix);
  sample_details(margins, streams, base, cohort, arena);
}

}  // namespace oligosim
