#include "models/disease/oligo_hcc/baseline_details.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/baseline.hpp"
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

/// Probabilities of the kinds of prior treatment, given any: one for certain, drawn in proportion to the margins p, and
/// each other by itself, so that P(k) = q_k + (1 - q_k) r_k = p_k with q_k = p_k / sum p.
struct PriorChances {
  std::array<double, prior_treatment_count> certain{}, besides{};

  PriorChances(const std::array<double, prior_treatment_count>& margins, double any) {
    const double sum = std::accumulate(margins.begin(), margins.end(), 0.0);
    for (std::size_t k = 0; k < prior_treatment_count; ++k) {
      if (sum <= 0 || any <= 0) continue;
      const double share = std::min(1.0, margins[k] / any);
      certain[k] = margins[k] / sum;
      if (certain[k] < 1) besides[k] = std::max(0.0, (share - certain[k]) / (1 - certain[k]));
    }
  }
};

class DetailSampler {
 public:
  DetailSampler(const BaselineMargins& margins, const Streams& streams, const Cohort& base, Cohort& cohort,
                Arena& arena)
      : margins_(margins), streams_(streams), base_(base), cohort_(cohort), arena_(arena) {}

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
  bool om(std::size_t i) const { return base_.categories(static_cast<std::size_t>(BaselineColumn::grp))[i] == 2; }
  const CohortDetails& details(std::size_t i) const { return om(i) ? margins_.om_details : margins_.op_details; }

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
    const std::array<double, 2> above{above_five_if_untreated(false), above_five_if_untreated(true)};
    const auto lesions = base(BaselineColumn::lesions), untreated = base(BaselineColumn::untreated);
    const auto total = numbers(BaselineColumn::total_lesions);
    const auto group = codes(BaselineColumn::total_lesions_group);
    for (std::size_t i = 0; i < lesions.size(); ++i) {
      double count = lesions[i];
      if (untreated[i] > 0) {
        const bool many = u.first[i] < above[om(i)] || count >= few;
        const double from = many ? std::max(few, count) + 1 : count + 1;
        count = from + std::floor((many ? spread_above_five : few - count) * u.second[i]);
      }
      if (!total.empty()) total[i] = count;
      if (!group.empty()) group[i] = count > few ? 2 : count > 1 ? 1 : 0;
    }
  }

  void sample_size_regimen() {
    const Arena::Scope scope(arena_);
    const Uniforms u = uniforms(Pair::size_regimen);
    const auto size = base(BaselineColumn::size_cm), untreated = base(BaselineColumn::untreated);
    const auto total = numbers(BaselineColumn::total_size_cm);
    if (!total.empty()) to_normal_scores(u.first);
    for (std::size_t i = 0; i < total.size(); ++i) {
      const CohortDetails& d = details(i);
      total[i] = size[i];
      if (untreated[i] == 0) continue;
      const double others = d.untreated_scale_cm * std::exp(d.untreated_log_sd * u.first[i]);
      total[i] += std::max(smallest_cm, std::min(others, largest_cm - size[i]));
    }
    const auto targeted = base(BaselineColumn::ici_targeted);
    const auto regimen = codes(BaselineColumn::regimen);
    for (std::size_t i = 0; i < regimen.size(); ++i) {
      const bool with_ici = targeted[i] > 0;
      const bool rarer = u.second[i] < (with_ici ? details(i).ici_vegf_if_targeted : details(i).ici_if_not_targeted);
      regimen[i] = with_ici ? (rarer ? 3 : 0) : (rarer ? 2 : 1);
    }
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
    const std::array<PriorChances, 2> chances{PriorChances(margins_.op_details.prior, margins_.op.prior_local),
                                              PriorChances(margins_.om_details.prior, margins_.om.prior_local)};
    const auto any = base(BaselineColumn::prior_local);
    for (std::size_t i = 0; i < any.size(); ++i) {
      const PriorChances& chance = chances[om(i)];
      double below = 0;
      for (std::size_t k = 0; k < prior_treatment_count; ++k) {
        const bool certain = a.first[i] >= below && a.first[i] < below + chance.certain[k];
        below += chance.certain[k];
        const std::span<double> out = numbers(static_cast<BaselineColumn>(first + k));
        if (!out.empty()) out[i] = any[i] > 0 && (certain || own[k][i] < chance.besides[k]);
      }
    }
  }

  void sample_intrahepatic() {
    const Arena::Scope scope(arena_);
    const auto out = numbers(BaselineColumn::intrahepatic);
    const auto lesions = base(BaselineColumn::lesions), untreated = base(BaselineColumn::untreated);
    NumberColumns sites(streams_, Purpose::lesion_sites, out.size(), arena_);
    const std::span<const double> others = sites.next();
    double most = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = untreated[i] > 0 && others[i] < details(i).untreated_in_liver;
      most = std::max(most, lesions[i]);
    }
    for (double lesion = 0; lesion < most; ++lesion) {
      const std::span<const double> site = sites.next();
      for (std::size_t i = 0; i < out.size(); ++i)
        if (lesion < lesions[i] && irradiated_site(details(i), site[i]) == LesionSite::liver) out[i] = 1;
    }
  }

  const BaselineMargins& margins_;
  const Streams& streams_;
  const Cohort& base_;
  Cohort& cohort_;
  Arena& arena_;
};

LesionSite draw(const CohortDetails& details, double u, bool liver_too) {
  const std::size_t liver = static_cast<std::size_t>(LesionSite::liver);
  double total = 0;
  for (std::size_t k = 0; k < lesion_site_count; ++k)
    if (k != liver || liver_too) total += details.site[k];
  double place = u * total;
  std::size_t last = 0;
  for (std::size_t k = 0; k < lesion_site_count; ++k) {
    if ((k == liver && !liver_too) || details.site[k] == 0) continue;
    last = k;
    if (place < details.site[k]) break;
    place -= details.site[k];
  }
  return static_cast<LesionSite>(last);
}

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

LesionSite irradiated_site(const CohortDetails& details, double u) { return draw(details, u, true); }
LesionSite site_outside_liver(const CohortDetails& details, double u) { return draw(details, u, false); }

}  // namespace oligosim
