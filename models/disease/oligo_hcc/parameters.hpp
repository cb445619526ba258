#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "engine/io/config.hpp"
#include "models/disease/oligo_hcc/baseline_correlation.hpp"
#include "models/disease/oligo_hcc/toxicity_parameters.hpp"

namespace oligosim {

/// The published margins of one cohort (OP: oligoprogressive, OM: oligometastatic), as probabilities; sizes in cm.
struct CohortMargins {
  double age_median, age_minimum, age_maximum;  // years
  double male, ecog_1;
  double hbv, hcv, alcohol;  // the rest has another etiology
  double child_pugh_b, afp_high, macrovascular_invasion, prior_local;
  double multiple;                                      // more than one lesion to irradiate
  double extra_lesions;                                 // with more than one: 2 + floor(extra_lesions * U) lesions
  double untreated_if_solitary, untreated_if_multiple;  // untreated lesions exist
  // Sum of diameters: size_from + exp(log(size_scale) + size_log_sd z + size_log_multiple (multi - P(multi)))
  double size_from, size_scale, size_log_sd, size_log_multiple;
  bool operator==(const CohortMargins&) const = default;
};

/// Margins that differ between OP-N (switched to next-line therapy), OP-C (continued) and OM.
struct StrategyMargins {
  double later_line;    // second or later line of systemic therapy
  double ici_targeted;  // immune checkpoint inhibitor with targeted therapy
  bool operator==(const StrategyMargins&) const = default;
};

/// Kinds of local treatment before; a patient may have had several.
enum class PriorTreatment : std::size_t { intra_arterial, resection, radiotherapy, rfa, transplant };
inline constexpr std::size_t prior_treatment_count = 5;

/// Where a lesion is.
enum class LesionSite : std::uint8_t { lung, bone, liver, lymph_node, tumor_thrombus, adrenal, brain, soft_tissue };
inline constexpr std::size_t lesion_site_count = 8;

/// Further margins of one cohort, on which the course does not depend.
struct CohortDetails {
  double lesions_above_five;    // more than five lesions in all
  double untreated_scale_cm;    // sum of diameters of the lesions that are not irradiated: lognormal, median
  double untreated_log_sd;      // and spread
  double ici_vegf_if_targeted;  // of those with ICI and targeted therapy; the others have a TKI
  double ici_if_not_targeted;   // of the rest; the others have a TKI alone
  std::array<double, prior_treatment_count> prior;  // share of all patients with each kind
  double untreated_in_liver;                        // lesions that are not irradiated are in the liver
  std::array<double, lesion_site_count> site;       // of irradiated lesions, in proportion
  bool operator==(const CohortDetails&) const = default;
};

struct BaselineMargins {
  double op_switched = 12.0 / 28;  // share of OP-N in OP
  CohortMargins op{60.5,      43,       79,        26.0 / 28, 13.0 / 28, 21.0 / 28, 2.0 / 28,
                   2.0 / 28,  2.0 / 28, 16.0 / 28, 9.0 / 28,  25.0 / 28, 10.0 / 28, 3,
                   13.0 / 18, 6.0 / 10, 1,         0.9,       1.3,       0.5};
  CohortMargins om{56,      48,      65,      1,   3.0 / 9, 7.0 / 9, 1.0 / 9, 0,   0,    2.0 / 9,
                   4.0 / 9, 7.0 / 9, 5.0 / 9, 2.2, 0.33,    0.33,    0,       4.6, 0.91, 0.25};
  StrategyMargins op_n{1, 10.0 / 12}, op_c{8.0 / 16, 6.0 / 16}, om_strategy{3.0 / 9, 5.0 / 9};
  CohortDetails op_details{5.0 / 28,     2.93600497548,
                           0.7,          1.0 / 16,
                           1.0 / 12,     {14.0 / 28, 12.0 / 28, 14.0 / 28, 8.0 / 28, 3.0 / 28},
                           0.6642960808, {20, 15, 4, 4, 0, 1, 1, 3}};
  CohortDetails om_details{0, 1, 0.5, 0, 1.0 / 4, {7.0 / 9, 6.0 / 9, 2.0 / 9, 2.0 / 9, 0}, 1, {0, 0, 9, 2, 2, 1, 0, 3}};
  BaselineCorrelation correlation;
  bool operator==(const BaselineMargins&) const = default;
};

/// How progression arises: latent times of new lesions, of untreated and of irradiated lesions. New and untreated
/// lesions have the hazard lambda k t^(k-1) exp(sd Z + x'b), Z ~ N(0, 1); local failure is exponential per lesion.
struct ProgressionParameters {
  double frailty_sd = 1;
  double controlled_share = 0.168664;  // long-term controlled: no new lesions, no growth of untreated ones
  double shape = 1.32552;              // k
  double new_lesions = 0.0291887;      // lambda, per month^k
  double untreated_lesions = 0.00895874;
  double untreated_with_new = 0.288692;  // share of patients whose untreated lesions grow once new lesions arise
  double local_failure = 0.00136207;     // per irradiated lesion and month
  // Log hazard ratios given the frailty; marginal ones are smaller.
  double log_multiple = 0.543001, log_large = 0.477868, log_later_line = -0.538916, log_op_n = 0.384615,
         log_om = -0.0132101;
  bool operator==(const ProgressionParameters&) const = default;
};

/// Death: exponential before progression is detected, and from its detection on with the hazard
/// after exp(frailty Z + x'd); per month.
struct DeathParameters {
  double before_progression = 0.00150336;
  double after_progression = 0.0880238;
  double frailty = 0.6;
  double log_om = -0.938859, log_op_n = -0.920492;
  bool operator==(const DeathParameters&) const = default;
};

/// Until when a response of the irradiated lesions counts.
enum class Assessment { before_progression, at_progression, six_months_after };

/// Response of the irradiated lesions, R = om (in OM) - rho Z + sqrt(1 - rho^2) e: complete above one cut, partial
/// above the other.
struct IrradiatedResponseParameters {
  double frailty_correlation = 0.971578;  // rho
  double om = 0.391892;
  double complete_above = 0.572656, partial_above = -0.307867;
  double responder_log_months = 1.50561, other_log_months = 0.699615, log_sd = 0.4;  // best response is lognormal
  double onset_fraction = 0.5;            // onset of response as a share of the time to best response
  double hazard_ratio_after_onset = 0.6;  // causal effect on new and untreated lesions in responders
  Assessment assessment = Assessment::at_progression;
  double not_evaluable_if_early = 2.0 / 9;  // given progression at the first or second visit
  bool operator==(const IrradiatedResponseParameters&) const = default;
};

/// Overall response, from V = -factor rho Z + ... of the untreated lesions.
struct OverallResponseParameters {
  double correlation_factor = 0.7;
  double complete_above = 1.90907;    // untreated lesions gone
  double partial_above = -0.0998302;  // they do not stand against an overall response
  double alone_above = 1.34429;       // they respond by themselves
  bool operator==(const OverallResponseParameters&) const = default;
};

/// How the diameters of lesions change, in percent of the baseline, given the responses R and V above: linear between
/// no change, partial and complete response (-100).
struct LesionParameters {
  double correlation = 0.5;                 // r of the lesions of a patient: R_ij = sqrt(r) R_i + sqrt(1 - r) e_ij
  double irradiated_unchanged_at = -1.6;    // R
  double untreated_unchanged_at = -0.8866;  // V
  double partial = -30, progression = 20;   // of a sum of diameters, and of a lesion of soft tissue (mRECIST)
  double bone_partial = -50, bone_progression = 25;  // of a bone lesion (MD Anderson criteria)
  bool operator==(const LesionParameters&) const = default;
};

/// Selection of patients by what is known of their follow-up: the logit of being included is
/// log_odds + log_odds_after_event (progressed or died by the data cut) + log_odds_frailty Z.
struct InclusionParameters {
  double log_odds = std::numeric_limits<double>::infinity();  // without event, at average frailty; infinite: all
  double log_odds_after_event = 0, log_odds_frailty = 0;
  bool operator==(const InclusionParameters&) const = default;
};

/// What becomes of the course when systemic therapy is stopped for toxicity (`toxicity.discontinued`): factors of the
/// hazards of new and untreated lesions, and of death, from then on.
struct DiscontinuationParameters {
  double progression_hazard_ratio = 1, death_hazard_ratio = 1;
  bool operator==(const DiscontinuationParameters&) const = default;
};

/// Everything about the disease course. Defaults: fit to Song et al. (2025), "mixed": the response is partly a sign of
/// good prognosis and partly a cause of it.
struct OligoHccParameters {
  ProgressionParameters progression;
  DeathParameters death;
  IrradiatedResponseParameters irradiated_response;
  OverallResponseParameters overall_response;
  BaselineMargins baseline;
  LesionParameters lesions;
  ToxicityParameters toxicity;
  DiscontinuationParameters discontinuation;
  std::optional<InclusionParameters> inclusion;  // without: no column `included`
  bool operator==(const OligoHccParameters&) const = default;
};

/// Reads the mapping `disease` except `model`, and finishes it.
OligoHccParameters read_oligo_hcc_parameters(ConfigNode disease);

}  // namespace oligosim
