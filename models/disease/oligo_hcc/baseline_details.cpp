#include "models/disease/oligo_hcc/baseline_details.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>

#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/codes_in_lanes.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/number_columns.hpp"

namespace oligosim {
namespace {

constexpr std::size_t first_detail = static_cast<std::size_t>(BaselineColumn::total_lesions);
constexpr double few = 5;                // lesions in all
constexpr double spread_above_five = 5;  // more than five are 6 to 10, equally likely (assumed)
constexpr double smallest_cm = 0.1, largest_cm = 18.5;

/// What the pairs of uniform numbers of Purpose::details are for. Values belong to the stream version: append.
enum class Pair : std::uint32_t {
  total = 0,           // lesions in all: above five, how many
  size_regimen = 1,    // size of the others, regimen
  prior_first = 2,     // the treatment that a patient has for certain, intra-arterial
  prior_surgery = 3,   // resection, radiotherapy
  prior_ablation = 4,  // RFA, transplant
};

/// Of one kind of prior treatment: it is the certain one from one number until another; has it besides.
struct PriorChance {
  double from = 0, until = 0, besides = 0;
};
using PriorChances = std::array<PriorChance, prior_treatment_count>;

/// Probabilities of the kinds of prior treatment, given any: one for certain, drawn in proportion to the margins p, and
/// each other by itself, so that P(k) = q_k + (1 - q_k) r_k = p_k with q_k = p_k / sum p.
PriorChances prior_chances(const std::array<double, prior_treatment_count>& margins, double any) {
  PriorChances all;
  const double sum = std::accumulate(margins.begin(), margins.end(), 0.0);
  if (sum <= 0 || any <= 0) return all;
  double below = 0;
  for (std::size_t k = 0; k < prior_treatment_count; ++k) {
    const double share = std::min(1.0, margins[k] / any), certain = margins[k] / sum;
    all[k].from = below, all[k].until = below + certain;
    below += certain;
    if (certain < 1) all[k].besides = std::max(0.0, (share - certain) / (1 - certain));
  }
  return all;
}

class DetailSampler {
 public:
  DetailSampler(const BaselineMargins& margins, const Streams& streams, const Cohort& base, Cohort& cohort,
                Arena& arena)
      : margins_(margins),
        streams_(streams),
        base_(base),
        cohort_(cohort),
        arena_(arena),
        om_(arena.take<double>(base.patients())) {
    const std::span<const std::uint8_t> grp = base.categories(static_cast<std::size_t>(BaselineColumn::grp));
    for (std::size_t i = 0; i < om_.size(); ++i) om_[i] = grp[i] == static_cast<std::uint8_t>(Strategy::om);
  }

  void sample() {
    if (wanted(BaselineColumn::total_lesions) || wanted(BaselineColumn::total_lesions_group)) sample_lesions();
    if (wanted(BaselineColumn::total_size_cm) || wanted(BaselineColumn::regimen)) sample_size_regimen();
    sample_prior();
    if (wanted(BaselineColumn::intrahepatic)) sample_intrahepatic();
  }

 private:
  struct Uniforms {
    std::span<double> first, second;
  };

  Uniforms uniforms(Pair pair) {
    const std::size_t n = base_.patients();
    const Uniforms u{arena_.take<double>(n), arena_.take<double>(n)};
    streams_.uniforms(Purpose::details, static_cast<std::uint32_t>(pair), u.first, u.second);
    return u;
  }
  std::span<const double> base(BaselineColumn column) const { return base_.numbers(static_cast<std::size_t>(column)); }
  std::span<double> numbers(BaselineColumn column) const { return cohort_.numbers(static_cast<std::size_t>(column)); }
  std::span<std::uint8_t> codes(BaselineColumn column) const {
    return cohort_.categories(static_cast<std::size_t>(column));
  }
  bool wanted(BaselineColumn column) const { return !numbers(column).empty() || !codes(column).empty(); }

  /// P(more than five lesions | some are not irradiated), as those that are not can make it so.
  double above_five_if_untreated(bool of_om) const {
    const CohortMargins& m = of_om ? margins_.om : margins_.op;
    const double share = (of_om ? margins_.om_details : margins_.op_details).lesions_above_five;
    const double untreated = m.multiple * m.untreated_if_multiple + (1 - m.multiple) * m.untreated_if_solitary;
    return untreated > 0 ? std::min(1.0, share / untreated) : 0;
  }

  void sample_lesions() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::total);
    const double above_op = above_five_if_untreated(false), above_om = above_five_if_untreated(true);
    const std::span<double> total = arena_.take<double>(om_.size());
    fill_in_lanes(
        total,
        [&](const auto& of_om, const auto& lesions, const auto& untreated, const auto& first, const auto& second) {
          using V = std::remove_cvref_t<decltype(of_om)>;
          const V above = either(of_om, above_om, above_op);
          const auto many = (first < above) | (lesions >= few);
          const V at_least_few = lesions < few ? V{} + few : lesions;
          const V from = (many ? at_least_few : lesions) + 1.0, spread = many ? V{} + spread_above_five : few - lesions;
          return untreated > 0.0 ? from + floor_of(spread * second) : lesions;
        },
        om_, base(BaselineColumn::lesions), base(BaselineColumn::untreated), u.first, u.second);
    if (wanted(BaselineColumn::total_lesions)) std::ranges::copy(total, numbers(BaselineColumn::total_lesions).begin());
    const auto group = [](const auto& lesions) {
      using V = std::remove_cvref_t<decltype(lesions)>;
      const V at_most_few = lesions > 1.0 ? V{} + 1.0 : V{};
      return lesions > few ? V{} + 2.0 : at_most_few;
    };
    fill_codes_in_lanes(codes(BaselineColumn::total_lesions_group), group, total);
  }

  void sample_size_regimen() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::size_regimen);
    if (wanted(BaselineColumn::total_size_cm)) to_normal_scores(u.first);
    const auto total = [op = margins_.op_details, of_om = margins_.om_details](
                           const auto& om, const auto& size, const auto& untreated, const auto& score) {
      using V = std::remove_cvref_t<decltype(om)>;
      if (all(untreated == 0.0)) return size;
      const V spread = either(om, of_om.untreated_log_sd, op.untreated_log_sd) * score;
      const V others = either(om, of_om.untreated_scale_cm, op.untreated_scale_cm) * exp_of(spread);
      const V inside = larger(V{} + smallest_cm, smaller(others, largest_cm - size));
      return untreated == 0.0 ? size : size + inside;
    };
    fill_in_lanes(numbers(BaselineColumn::total_size_cm), total, om_, base(BaselineColumn::size_cm),
                  base(BaselineColumn::untreated), u.first);
    const auto regimen = [op = margins_.op_details, of_om = margins_.om_details](const auto& om, const auto& targeted,
                                                                                 const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      const V with_vegf = either(om, of_om.ici_vegf_if_targeted, op.ici_vegf_if_targeted);
      const V alone = either(om, of_om.ici_if_not_targeted, op.ici_if_not_targeted);
      const V if_targeted = number < with_vegf ? V{} + 3.0 : V{}, if_not = number < alone ? V{} + 2.0 : V{} + 1.0;
      return targeted > 0.0 ? if_targeted : if_not;
    };
    fill_codes_in_lanes(codes(BaselineColumn::regimen), regimen, om_, base(BaselineColumn::ici_targeted), u.second);
  }

  void sample_prior() {
    constexpr std::size_t first = static_cast<std::size_t>(BaselineColumn::prior_intra_arterial);
    bool any_wanted = false;
    for (std::size_t k = 0; k < prior_treatment_count; ++k)
      any_wanted = any_wanted || wanted(static_cast<BaselineColumn>(first + k));
    if (!any_wanted) return;
    const Arena::Scope scope(arena_);
    const Uniforms a = uniforms(Pair::prior_first), b = uniforms(Pair::prior_surgery),
                   c = uniforms(Pair::prior_ablation);
    const std::array<std::span<const double>, prior_treatment_count> own{a.second, b.first, b.second, c.first,
                                                                         c.second};
    const PriorChances op_chances = prior_chances(margins_.op_details.prior, margins_.op.prior_local),
                       om_chances = prior_chances(margins_.om_details.prior, margins_.om.prior_local);
    for (std::size_t k = 0; k < prior_treatment_count; ++k) {
      const auto has = [op = op_chances[k], of_om = om_chances[k]](const auto& om, const auto& any, const auto& certain,
                                                                   const auto& besides) {
        using V = std::remove_cvref_t<decltype(om)>;
        const V from = either(om, of_om.from, op.from), until = either(om, of_om.until, op.until);
        const V chance = either(om, of_om.besides, op.besides);
        const auto had = ((certain >= from) & (certain < until)) | (besides < chance);
        return ((any > 0.0) & had) ? V{} + 1.0 : V{};
      };
      fill_in_lanes(numbers(static_cast<BaselineColumn>(first + k)), has, om_, base(BaselineColumn::prior_local),
                    a.first, own[k]);
    }
  }

  void sample_intrahepatic() {
    const Arena::Scope scope(arena_);
    const auto out = numbers(BaselineColumn::intrahepatic);
    const auto lesions = base(BaselineColumn::lesions);
    NumberColumns sites(streams_, Purpose::lesion_sites, out.size(), arena_);
    const auto others = [op = margins_.op_details.untreated_in_liver, of_om = margins_.om_details.untreated_in_liver](
                            const auto& om, const auto& untreated, const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      return ((untreated > 0.0) & (number < either(om, of_om, op))) ? V{} + 1.0 : V{};
    };
    fill_in_lanes(out, others, om_, base(BaselineColumn::untreated), sites.next());
    double most = 0;
    for (const double count : lesions) most = std::max(most, count);
    const SiteChances op(margins_.op_details, true), of_om(margins_.om_details, true);
    for (double lesion = 0; lesion < most; ++lesion) {
      const auto in_liver = [op, of_om, lesion](const auto& om, const auto& count, const auto& site,
                                                const auto& before) {
        using V = std::remove_cvref_t<decltype(om)>;
        const V code = SiteChances::code<LesionSite::liver>(
            site, [&](const auto& number) { return either(om, number(of_om), number(op)); });
        return ((code == static_cast<double>(LesionSite::liver)) & (lesion < count)) ? V{} + 1.0 : before;
      };
      fill_in_lanes(out, in_liver, om_, lesions, sites.next(), out);
    }
  }

  const BaselineMargins& margins_;
  const Streams& streams_;
  const Cohort& base_;
  Cohort& cohort_;
  Arena& arena_;
  std::span<double> om_;  // 1: oligometastatic
};

}  // namespace

bool details_wanted(const Cohort& cohort) {
  for (std::size_t k = first_detail; k < cohort.columns().size(); ++k)
    if (!cohort.numbers(k).empty() || !cohort.categories(k).empty()) return true;
  return false;
}

void sample_details(const BaselineMargins& margins, const Streams& streams, const Cohort& base, Cohort& cohort,
                    Arena& arena) {
  DetailSampler(margins, streams, base, cohort, arena).sample();
}

SiteChances::SiteChances(const CohortDetails& details, bool liver_too) : weight_(details.site) {
  if (!liver_too) weight_[static_cast<std::size_t>(LesionSite::liver)] = 0;
  std::size_t last = 0;
  for (std::size_t k = 0; k < lesion_site_count; ++k)
    if (weight_[k] > 0) total_ += weight_[k], last = k;
  weight_[last] = std::numeric_limits<double>::infinity();
}

}  // namespace oligosim
