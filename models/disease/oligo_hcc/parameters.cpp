#include "models/disease/oligo_hcc/parameters.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "models/disease/oligo_hcc/read_share.hpp"

namespace oligosim {
namespace {

const Range share_range = Range::between(0, 1);
const Range log_ratio = Range::between(-20, 20);

void read(ConfigNode& node, const char* key, const Range& range, double& value) {
  value = node.number(key, range, value);
}

void read_age(ConfigNode node, CohortMargins& margins) {
  read(node, "median", Range::between(0, 120), margins.age_median);
  read(node, "minimum", Range::between(0, 120), margins.age_minimum);
  read(node, "maximum", Range::between(0, 120), margins.age_maximum);
  if (!(margins.age_minimum <= margins.age_median && margins.age_median <= margins.age_maximum))
    node.problem("", "is not ordered: minimum, median, maximum");
  node.finish();
}

void read_size(ConfigNode node, CohortMargins& margins) {
  read(node, "from", Range::at_least(0), margins.size_from);
  read(node, "scale", Range::above(0), margins.size_scale);
  read(node, "log_sd", Range::between(0, 10), margins.size_log_sd);
  read(node, "log_multiple", log_ratio, margins.size_log_multiple);
  node.finish();
}

/// Every patient with a treatment has at least one of these kinds, so their shares must cover it, and none exceed it.
void read_prior(ConfigNode node, double any, std::array<double, prior_treatment_count>& prior) {
  constexpr std::array<const char*, prior_treatment_count> names{"intra_arterial", "resection", "radiotherapy", "rfa",
                                                                 "transplant"};
  double sum = 0;
  for (std::size_t k = 0; k < prior_treatment_count; ++k) {
    read_share(node, names[k], prior[k]);
    if (prior[k] > any + 1e-9) node.problem(names[k], "is above prior_local, the share with any");
    sum += prior[k];
  }
  if (sum < any - 1e-9) node.problem("", "adds up to less than prior_local, the share with any");
  node.finish();
}

void read_sites(ConfigNode node, std::array<double, lesion_site_count>& sites) {
  constexpr std::array<const char*, lesion_site_count> names{"lung",           "bone",    "liver", "lymph_node",
                                                             "tumor_thrombus", "adrenal", "brain", "soft_tissue"};
  double sum = 0;
  for (std::size_t k = 0; k < lesion_site_count; ++k) {
    read(node, names[k], Range::at_least(0), sites[k]);
    sum += sites[k];
  }
  if (sum - sites[static_cast<std::size_t>(LesionSite::liver)] <= 0)
    node.problem("", "needs a site other than the liver");
  node.finish();
}

void read_details(ConfigNode& node, double prior_local, CohortDetails& details) {
  read_share(node, "lesions_above_five", details.lesions_above_five);
  ConfigNode size = node.child("untreated_size_cm", false);
  read(size, "scale", Range::above(0), details.untreated_scale_cm);
  read(size, "log_sd", Range::between(0, 10), details.untreated_log_sd);
  size.finish();
  read_share(node, "ici_vegf_if_targeted", details.ici_vegf_if_targeted);
  read_share(node, "ici_if_not_targeted", details.ici_if_not_targeted);
  read_prior(node.child("prior_treatments", false), prior_local, details.prior);
  read_share(node, "untreated_in_liver", details.untreated_in_liver);
  read_sites(node.child("lesion_sites", false), details.site);
}

void read_cohort(ConfigNode node, CohortMargins& margins, CohortDetails& details) {
  read_age(node.child("age_years", false), margins);
  read_share(node, "male", margins.male);
  read_share(node, "ecog_1", margins.ecog_1);
  read_share(node, "hbv", margins.hbv);
  read_share(node, "hcv", margins.hcv);
  read_share(node, "alcohol", margins.alcohol);
  if (margins.hbv + margins.hcv + margins.alcohol > 1 + 1e-9) node.problem("hbv", "and hcv and alcohol exceed 1");
  read_share(node, "child_pugh_b", margins.child_pugh_b);
  read_share(node, "afp_high", margins.afp_high);
  read_share(node, "macrovascular_invasion", margins.macrovascular_invasion);
  read_share(node, "prior_local", margins.prior_local);
  read_share(node, "multiple", margins.multiple);
  read(node, "extra_lesions", Range::between(0.1, 20), margins.extra_lesions);
  read_share(node, "untreated_if_solitary", margins.untreated_if_solitary);
  read_share(node, "untreated_if_multiple", margins.untreated_if_multiple);
  read_size(node.child("size_cm", false), margins);
  read_details(node, margins.prior_local, details);
  node.finish();
}

void read_correlations(ConfigNode& node, BaselineCorrelation& correlation) {
  const std::vector<std::string> names = characteristic_names();
  std::vector<BaselineCorrelation::Pair> pairs;
  for (ConfigNode& pair : node.children("correlations", false)) {
    const std::vector<std::string> between = pair.some_of("between", names, "characteristic", {}, Words::of_program);
    const double r = pair.number("correlation", Range::inside(-1, 1));
    if (between.size() != 2 || between[0] == between[1]) {
      pair.problem("between", "is not two characteristics");
    } else {
      const auto position = [&](const std::string& name) {
        return static_cast<Characteristic>(std::ranges::find(names, name) - names.begin());
      };
      pairs.push_back({position(between[0]), position(between[1]), r});
    }
    pair.finish();
  }
  const std::optional<BaselineCorrelation> found = BaselineCorrelation::of(pairs);
  if (found) correlation = *found;
  if (!found) node.problem("correlations", "contradict each other (not positive definite)");
}

void read_strategy(ConfigNode node, StrategyMargins& margins) {
  read_share(node, "later_line", margins.later_line);
  read_share(node, "ici_targeted", margins.ici_targeted);
  node.finish();
}

void read_baseline(ConfigNode node, BaselineMargins& margins) {
  read_share(node, "op_switched", margins.op_switched);
  read_cohort(node.child("OP", false), margins.op, margins.op_details);
  read_cohort(node.child("OM", false), margins.om, margins.om_details);
  read_correlations(node, margins.correlation);
  ConfigNode strategy = node.child("strategy", false);
  read_strategy(strategy.child("OP-N", false), margins.op_n);
  read_strategy(strategy.child("OP-C", false), margins.op_c);
  read_strategy(strategy.child("OM", false), margins.om_strategy);
  strategy.finish();
  node.finish();
}

void read_progression(ConfigNode node, ProgressionParameters& p) {
  read(node, "frailty_sd", Range::between(0, 5), p.frailty_sd);
  read_share(node, "controlled_share", p.controlled_share);
  read(node, "shape", Range::between(0.1, 10), p.shape);
  read(node, "new_lesions", Range::at_least(0), p.new_lesions);
  read(node, "untreated_lesions", Range::at_least(0), p.untreated_lesions);
  read_share(node, "untreated_with_new", p.untreated_with_new);
  read(node, "local_failure", Range::at_least(0), p.local_failure);
  ConfigNode ratios = node.child("log_hazard_ratios", false);
  read(ratios, "multiple", log_ratio, p.log_multiple);
  read(ratios, "large", log_ratio, p.log_large);
  read(ratios, "later_line", log_ratio, p.log_later_line);
  read(ratios, "op_n", log_ratio, p.log_op_n);
  read(ratios, "om", log_ratio, p.log_om);
  ratios.finish();
  node.finish();
}

void read_death(ConfigNode node, DeathParameters& d) {
  read(node, "before_progression", Range::at_least(0), d.before_progression);
  read(node, "after_progression", Range::at_least(0), d.after_progression);
  read(node, "frailty", Range::between(-5, 5), d.frailty);
  ConfigNode ratios = node.child("log_hazard_ratios", false);
  read(ratios, "om", log_ratio, d.log_om);
  read(ratios, "op_n", log_ratio, d.log_op_n);
  ratios.finish();
  node.finish();
}

void read_irradiated(ConfigNode node, IrradiatedResponseParameters& r) {
  constexpr std::array<Choice<Assessment>, 3> rules{{{"before_progression", Assessment::before_progression},
                                                     {"at_progression", Assessment::at_progression},
                                                     {"six_months_after", Assessment::six_months_after}}};
  read(node, "frailty_correlation", Range::between(-1, 1), r.frailty_correlation);
  read(node, "om", Range::any(), r.om);
  read(node, "complete_above", Range::any(), r.complete_above);
  read(node, "partial_above", Range::any(), r.partial_above);
  if (r.partial_above > r.complete_above) node.problem("partial_above", "is above complete_above");
  read(node, "responder_log_months", Range::between(-10, 10), r.responder_log_months);
  read(node, "other_log_months", Range::between(-10, 10), r.other_log_months);
  read(node, "log_sd", Range::between(0, 5), r.log_sd);
  read(node, "onset_fraction", Range{.minimum = 0, .maximum = 1, .minimum_included = false}, r.onset_fraction);
  read(node, "hazard_ratio_after_onset", Range::above(0), r.hazard_ratio_after_onset);
  r.assessment = node.choice<Assessment>("assessment", rules, r.assessment);
  read_share(node, "not_evaluable_if_early", r.not_evaluable_if_early);
  node.finish();
}

void read_overall(ConfigNode node, OverallResponseParameters& o) {
  read(node, "correlation_factor", Range::between(-1, 1), o.correlation_factor);
  read(node, "complete_above", Range::any(), o.complete_above);
  read(node, "partial_above", Range::any(), o.partial_above);
  read(node, "alone_above", Range::any(), o.alone_above);
  node.finish();
}

void read_lesions(ConfigNode node, const OligoHccParameters& parameters, LesionParameters& l) {
  read(node, "correlation", Range::between(0, 1), l.correlation);
  read(node, "irradiated_unchanged_at", Range::any(), l.irradiated_unchanged_at);
  read(node, "untreated_unchanged_at", Range::any(), l.untreated_unchanged_at);
  if (l.irradiated_unchanged_at >= parameters.irradiated_response.partial_above)
    node.problem("irradiated_unchanged_at", "is not below irradiated_response.partial_above");
  if (l.untreated_unchanged_at >= parameters.overall_response.alone_above)
    node.problem("untreated_unchanged_at", "is not below overall_response.alone_above");
  const Range shrinkage = Range::inside(-100, 0), growth = Range::above(0);
  read(node, "partial", shrinkage, l.partial);
  read(node, "progression", growth, l.progression);
  read(node, "bone_partial", shrinkage, l.bone_partial);
  read(node, "bone_progression", growth, l.bone_progression);
  node.finish();
}

void read_discontinuation(ConfigNode node, DiscontinuationParameters& d) {
  read(node, "progression_hazard_ratio", Range::between(0.01, 100), d.progression_hazard_ratio);
  read(node, "death_hazard_ratio", Range::between(0.01, 100), d.death_hazard_ratio);
  node.finish();
}

InclusionParameters read_inclusion(ConfigNode node) {
  InclusionParameters p;
  const double share = node.number("share", Range{.minimum = 0, .maximum = 1, .minimum_included = false}, 1);
  p.log_odds = std::log(share / (1 - share));
  read(node, "log_odds_after_event", log_ratio, p.log_odds_after_event);
  read(node, "log_odds_frailty", log_ratio, p.log_odds_frailty);
  node.finish();
  return p;
}

}  // namespace

void read_share(ConfigNode& node, const char* key, double& value) {
  const std::vector<double> given = node.numbers(key, Range::at_least(0), std::vector<double>{value});
  if (given.size() == 1 && given[0] <= 1) {
    value = given[0];
  } else if (given.size() == 2 && given[1] > 0 && given[0] <= given[1]) {
    value = given[0] / given[1];
  } else {
    node.problem(key, "is not a probability (a number from 0 to 1, or [count, of how many])");
  }
}

OligoHccParameters read_oligo_hcc_parameters(ConfigNode disease) {
  OligoHccParameters parameters;
  read_progression(disease.child("progression", false), parameters.progression);
  read_death(disease.child("death", false), parameters.death);
  read_irradiated(disease.child("irradiated_response", false), parameters.irradiated_response);
  read_overall(disease.child("overall_response", false), parameters.overall_response);
  read_baseline(disease.child("baseline", false), parameters.baseline);
  read_lesions(disease.child("lesions", false), parameters, parameters.lesions);
  parameters.toxicity = read_toxicity(disease.child("toxicity", false));
  for (const char* key : {"discontinuation", "inclusion"}) disease.accept(key);
  if (disease.has("discontinuation"))
    read_discontinuation(disease.child("discontinuation"), parameters.discontinuation);
  if (disease.has("inclusion")) parameters.inclusion = read_inclusion(disease.child("inclusion"));
  disease.finish();
  return parameters;
}

}  // namespace oligosim
