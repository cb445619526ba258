#include "models/disease/oligo_hcc/baseline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <type_traits>
#include <utility>

#include "engine/statistics/normal.hpp"
#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/codes_in_lanes.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double smallest_cm = 1, largest_cm = 18.5;

/// What the pairs of uniform numbers of Purpose::baseline are for. Values belong to the stream version: append.
enum class Pair : std::uint32_t {
  strategy = 0,            // group, switched
  therapy = 1,             // later line, ICI with targeted therapy
  lesions = 2,             // more than one, how many
  size = 3,                // size, untreated lesions
  age_sex = 4,             // age, male
  ecog_etiology = 5,       // ECOG, etiology
  liver_afp = 6,           // Child-Pugh, AFP
  invasion_treatment = 7,  // macrovascular invasion, prior local treatment
};

/// Where the number of each Characteristic comes from; sign -1: small numbers mean yes.
struct Source {
  Pair pair;
  bool first;
  double sign;
};
constexpr std::array<Source, characteristics> sources{{{Pair::therapy, true, -1},
                                                       {Pair::therapy, false, -1},
                                                       {Pair::lesions, true, -1},
                                                       {Pair::size, true, 1},
                                                       {Pair::size, false, -1},
                                                       {Pair::age_sex, true, 1},
                                                       {Pair::age_sex, false, -1},
                                                       {Pair::ecog_etiology, true, -1},
                                                       {Pair::liver_afp, true, -1},
                                                       {Pair::liver_afp, false, -1},
                                                       {Pair::invasion_treatment, true, -1},
                                                       {Pair::invasion_treatment, false, -1}}};

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
    sample_strategy(mix);
    if (wanted(BaselineColumn::late) || wanted(BaselineColumn::line) || wanted(BaselineColumn::ici_targeted))
      sample_therapy();
    if (wanted(BaselineColumn::multi) || wanted(BaselineColumn::lesions) || wanted_size() ||
        wanted(BaselineColumn::untreated))
      sample_lesions();
    if (wanted_size() || wanted(BaselineColumn::untreated)) sample_size();
    if (wanted(BaselineColumn::age) || wanted(BaselineColumn::male)) sample_age_sex();
    if (wanted(BaselineColumn::ecog) || wanted(BaselineColumn::etiology)) sample_ecog_etiology();
    sample_flags(Pair::liver_afp, BaselineColumn::child_pugh_b, &CohortMargins::child_pugh_b, BaselineColumn::afp_high,
                 &CohortMargins::afp_high);
    sample_flags(Pair::invasion_treatment, BaselineColumn::macrovascular_invasion,
                 &CohortMargins::macrovascular_invasion, BaselineColumn::prior_local, &CohortMargins::prior_local);
  }

 private:
  struct Uniforms {
    std::span<double> first, second;
  };

  Uniforms independent_uniforms(Pair pair) {
    const Uniforms u{arena_.take<double>(strategy_.size()), arena_.take<double>(strategy_.size())};
    streams_.uniforms(Purpose::baseline, static_cast<std::uint32_t>(pair), u.first, u.second);
    return u;
  }
  Uniforms uniforms(Pair pair) {
    const Uniforms u = independent_uniforms(pair);
    for (std::size_t k = 0; k < characteristics; ++k)
      if (sources[k].pair == pair && !margins_.correlation.independent(k))
        correlate(k, sources[k].first ? u.first : u.second);
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
      const Uniforms own = independent_uniforms(sources[j].pair);
      const std::span<const double> v = sources[j].first ? own.first : own.second;
      for (std::size_t i = 0; i < u.size(); ++i) score[i] += factor * sources[j].sign * normal_quantile(v[i]);
    }
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = normal_cdf(sources[k].sign * score[i]);
  }

  std::span<double> numbers(BaselineColumn column) const { return cohort_.numbers(static_cast<std::size_t>(column)); }
  std::span<std::uint8_t> codes(BaselineColumn column) const {
    return cohort_.categories(static_cast<std::size_t>(column));
  }
  bool wanted(BaselineColumn column) const { return !numbers(column).empty() || !codes(column).empty(); }
  bool wanted_size() const { return wanted(BaselineColumn::size_cm) || wanted(BaselineColumn::big); }
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

  void sample_flags(Pair pair, BaselineColumn a, double CohortMargins::*share_a, BaselineColumn b,
                    double CohortMargins::*share_b) {
    if (!wanted(a) && !wanted(b)) return;
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(pair);
    fill_flag(a, by_cohort(share_a), u.first);
    fill_flag(b, by_cohort(share_b), u.second);
  }

  void sample_strategy(const CohortMix& mix) {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::strategy);
    mix.sample(u.first, u.second, strategy_);
    constexpr double om = static_cast<double>(Strategy::om);
    for (std::size_t i = 0; i < om_.size(); ++i) om_[i] = strategy_[i] == om;
    const auto code = [](const auto& of_patient) { return of_patient; };
    fill_codes_in_lanes(codes(BaselineColumn::grp), code, strategy_);
    fill_codes_in_lanes(codes(BaselineColumn::cohort), code, om_);
  }

  void sample_therapy() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::therapy);
    const ByStrategy later{margins_.op_n.later_line, margins_.op_c.later_line, margins_.om_strategy.later_line};
    fill_flag(BaselineColumn::late, later, u.first);
    fill_flag(BaselineColumn::line, later, u.first);
    for (double& line : numbers(BaselineColumn::line)) line += 1;
    fill_flag(BaselineColumn::ici_targeted,
              {margins_.op_n.ici_targeted, margins_.op_c.ici_targeted, margins_.om_strategy.ici_targeted}, u.second);
  }

  void sample_lesions() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::lesions);
    fill_in_lanes(
        multiple_,
        [op = margins_.op.multiple, of_om = margins_.om.multiple](const auto& om, const auto& number) {
          using V = std::remove_cvref_t<decltype(om)>;
          return number < either(om, of_om, op) ? V{} + 1.0 : V{};
        },
        om_, u.first);
    const std::span<double> multi = numbers(BaselineColumn::multi);
    if (!multi.empty()) std::ranges::copy(multiple_, multi.begin());
    const auto count = [&](const auto& of_om, const auto& multiple, const auto& number) {
      using V = std::remove_cvref_t<decltype(of_om)>;
      const V extra = either(of_om, margins_.om.extra_lesions, margins_.op.extra_lesions);
      return multiple > 0.0 ? 2.0 + floor_of(extra * number) : V{} + 1.0;
    };
    fill_in_lanes(numbers(BaselineColumn::lesions), count, om_, multiple_, u.second);
  }

  void sample_size() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::size);
    if (wanted_size()) sample_cm(u.first);
    const CohortMargins &op = margins_.op, &of_om = margins_.om;
    const auto some_untreated = [&](const auto& om, const auto& multiple, const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      const V if_multiple = either(om, of_om.untreated_if_multiple, op.untreated_if_multiple);
      const V if_solitary = either(om, of_om.untreated_if_solitary, op.untreated_if_solitary);
      return number < (multiple > 0.0 ? if_multiple : if_solitary) ? V{} + 1.0 : V{};
    };
    fill_in_lanes(numbers(BaselineColumn::untreated), some_untreated, om_, multiple_, u.second);
  }

  void sample_cm(std::span<double> u) {
    to_normal_scores(u);
    const auto centimeters = [op = margins_.op, of_om = margins_.om](const auto& om, const auto& multiple,
                                                                     const auto& score) {
      using V = std::remove_cvref_t<decltype(om)>;
      const auto by_cohort = [&](double CohortMargins::*margin) { return either(om, of_om.*margin, op.*margin); };
      const V spread = by_cohort(&CohortMargins::size_log_sd) * score +
                       by_cohort(&CohortMargins::size_log_multiple) * (multiple - by_cohort(&CohortMargins::multiple));
      const V cm = by_cohort(&CohortMargins::size_from) + by_cohort(&CohortMargins::size_scale) * exp_of(spread);
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

  void sample_age_sex() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::age_sex);
    if (wanted(BaselineColumn::age)) sample_age(u.first);
    fill_flag(BaselineColumn::male, by_cohort(&CohortMargins::male), u.second);
  }

  void sample_ecog_etiology() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::ecog_etiology);
    fill_flag(BaselineColumn::ecog, by_cohort(&CohortMargins::ecog_1), u.first);
    const auto until = [](const CohortMargins& m) {
      return std::array{m.hbv, m.hbv + m.hcv, m.hbv + m.hcv + m.alcohol};
    };
    const auto etiology = [op = until(margins_.op), of_om = until(margins_.om)](const auto& om, const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      V passed{};
      for (std::size_t k = 0; k < op.size(); ++k) passed += number >= either(om, of_om[k], op[k]) ? V{} + 1.0 : V{};
      return passed;
    };
    fill_codes_in_lanes(codes(BaselineColumn::etiology), etiology, om_, u.second);
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
