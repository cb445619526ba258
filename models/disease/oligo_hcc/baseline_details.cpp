#include "models/disease/oligo_hcc/baseline_details.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <type_traits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
#include "models/disease/oligo_hcc/codes_in_lanes.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/number_columns.hpp"

namespace oligosim {
namespace {

constexpr std::size_t first_detail = static_cast<std::size_t>(BaselineColumn::total_lesions);
constexpr double few = 5;                // lesions in all
constexpr double spread_above_five = 5;  // more than five are 6 to 10, equally likely (assumed)
constexpr double smallest_cm = 0.1, largest_cm = 18.5;

/// What the blocks of numbers of Purpose::details are for. Values belong to the stream version: append.
enum class Block : std::uint32_t {
  total = 0,     // lesions in all: above five, how many; size of the others; regimen
  prior = 1,     // the treatment that a patient has for certain, intra-arterial, resection, radiotherapy
  ablation = 2,  // RFA, transplant
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
    sample_total();
    sample_prior();
    if (wanted(BaselineColumn::intrahepatic)) sample_intrahepatic();
  }

 private:
  Streams::FourColumns uniforms(Block block) {
    const Streams::FourColumns u = take_four_columns(base_.patients(), arena_);
    streams_.uniforms(Purpose::details, static_cast<std::uint32_t>(block), u);
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

  void sample_total() {
    const bool lesions = wanted(BaselineColumn::total_lesions) || wanted(BaselineColumn::total_lesions_group);
    if (!lesions && !wanted(BaselineColumn::total_size_cm) && !wanted(BaselineColumn::regimen)) return;
    const Arena::Scope scope(arena_);
    const auto [above_five, how_many, size, of_regimen] = uniforms(Block::total);
    if (lesions) sample_lesions(above_five, how_many);
    if (wanted(BaselineColumn::total_size_cm)) sample_size(size);
    if (wanted(BaselineColumn::regimen)) sample_regimen(of_regimen);
  }

  void sample_lesions(std::span<const double> above_five, std::span<const double> how_many) {
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
        om_, base(BaselineColumn::lesions), base(BaselineColumn::untreated), above_five, how_many);
    if (wanted(BaselineColumn::total_lesions)) std::ranges::copy(total, numbers(BaselineColumn::total_lesions).begin());
    const auto group = [](const auto& lesions) {
      using V = std::remove_cvref_t<decltype(lesions)>;
      const V at_most_few = lesions > 1.0 ? V{} + 1.0 : V{};
      return lesions > few ? V{} + 2.0 : at_most_few;
    };
    fill_codes_in_lanes(codes(BaselineColumn::total_lesions_group), group, total);
  }

  void sample_size(std::span<double> u) {
    to_normal_scores(u);
    const auto total = [op = margins_.op_details, of_om = margins_.om_details](
                           const auto& om, const auto& size, const auto& untreated, const auto& score) {
      using V = std::remove_cvref_t<decltype(om)>;
      if (all(untreated == 0.0)) return size;
      const V spread = either(om, of_om.untreated_log_sd, op.untreated_log_sd) * score;
      const V others = either(om, of_om.untreated_scale_cm, op.untreated_scale_cm) * elementary::exp(spread);
      const V inside = larger(V{} + smallest_cm, smaller(others, largest_cm - size));
      return untreated == 0.0 ? size : size + inside;
    };
    fill_in_lanes(numbers(BaselineColumn::total_size_cm), total, om_, base(BaselineColumn::size_cm),
                  base(BaselineColumn::untreated), u);
  }

  void sample_regimen(std::span<const double> drawn) {
    const auto regimen = [op = margins_.op_details, of_om = margins_.om_details](const auto& om, const auto& targeted,
                                                                                 const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      const V with_vegf = either(om, of_om.ici_vegf_if_targeted, op.ici_vegf_if_targeted);
      const V alone = either(om, of_om.ici_if_not_targeted, op.ici_if_not_targeted);
      const V if_targeted = number < with_vegf ? V{} + 3.0 : V{}, if_not = number < alone ? V{} + 2.0 : V{} + 1.0;
      return targeted > 0.0 ? if_targeted : if_not;
    };
    fill_codes_in_lanes(codes(BaselineColumn::regimen), regimen, om_, base(BaselineColumn::ici_targeted), drawn);
  }

  void sample_prior() {
    constexpr std::size_t first = static_cast<std::size_t>(BaselineColumn::prior_intra_arterial);
    bool any_wanted = false;
    for (std::size_t k = 0; k < prior_treatment_count; ++k)
      any_wanted = any_wanted || wanted(static_cast<BaselineColumn>(first + k));
    if (!any_wanted) return;
    const Arena::Scope scope(arena_);
    const auto [certain, intra_arterial, resection, radiotherapy] = uniforms(Block::prior);
    const std::span<double> rfa = arena_.take<double>(om_.size()), transplant = arena_.take<double>(om_.size());
    streams_.uniforms(Purpose::details, static_cast<std::uint32_t>(Block::ablation), {{rfa, transplant, {}, {}}});
    const std::array<std::span<const double>, prior_treatment_count> own{intra_arterial, resection, radiotherapy, rfa,
                                                                         transplant};
    const PriorChances op_chances = prior_chances(margins_.op_details.prior, margins_.op.prior_local),
                       om_chances = prior_chances(margins_.om_details.prior, margins_.om.prior_local);
    for (std::size_t k = 0; k < prior_treatment_count; ++k) {
      const auto has = [op = op_chances[k], of_om = om_chances[k]](const auto& om, const auto& any, const auto& number,
                                                                   const auto& besides) {
        using V = std::remove_cvref_t<decltype(om)>;
        const V from = either(om, of_om.from, op.from), until = either(om, of_om.until, op.until);
        const V chance = either(om, of_om.besides, op.besides);
        const auto had = ((number >= from) & (number < until)) | (besides < chance);
        return ((any > 0.0) & had) ? V{} + 1.0 : V{};
      };
      fill_in_lanes(numbers(static_cast<BaselineColumn>(first + k)), has, om_, base(BaselineColumn::prior_local),
                    certain, own[k]);
    }
  }

  void sample_intrahepatic() {
    const Arena::Scope scope(arena_);
    const auto out = numbers(BaselineColumn::intrahepatic);
    const std::span<double> drawn = arena_.take<double>(out.size());
    streams_.uniforms(Purpose::lesions, 0, {{{}, drawn, {}, {}}});  // as LesionDraws has them
    const auto others = [op = margins_.op_details.untreated_in_liver, of_om = margins_.om_details.untreated_in_liver](
                            const auto& om, const auto& untreated, const auto& number) {
      using V = std::remove_cvref_t<decltype(om)>;
      return ((untreated > 0.0) & (number < either(om, of_om, op))) ? V{} + 1.0 : V{};
    };
    fill_in_lanes(out, others, om_, base(BaselineColumn::untreated), drawn);
    add_those_in_liver(out);
  }

  /// Of the lesions that are counted in BaselineColumn::lesions.
  void add_those_in_liver(std::span<double> intrahepatic) {
    const std::span<const double> lesions = base(BaselineColumn::lesions);
    const std::span<std::uint32_t> count = arena_.take<std::uint32_t>(lesions.size());
    std::ranges::transform(lesions, count.begin(), [](double n) { return static_cast<std::uint32_t>(n); });
    const std::span<const StreamBlock> blocks = blocks_of_lesions(count, arena_);
    const std::span<double> site = arena_.take<double>(blocks.size()), om = arena_.take<double>(blocks.size());
    streams_.uniforms(Purpose::lesions, blocks, {{{}, {}, {}, site}});
    for (std::size_t k = 0; k < om.size(); ++k) om[k] = om_[blocks[k].index];
    const SiteChances of_op(margins_.op_details, true), of_om(margins_.om_details, true);
    const auto in_liver = [of_op, of_om](const auto& of_lesion, const auto& number) {
      using V = std::remove_cvref_t<decltype(of_lesion)>;
      const V code = SiteChances::code<LesionSite::liver>(
          number, [&](const auto& chance) { return either(of_lesion, chance(of_om), chance(of_op)); });
      return code == static_cast<double>(LesionSite::liver) ? V{} + 1.0 : V{};
    };
    fill_in_lanes(site, in_liver, om, site);
    for (std::size_t k = 0; k < site.size(); ++k) {
      double& of_patient = intrahepatic[blocks[k].index];
      of_patient = std::max(of_patient, site[k]);
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
