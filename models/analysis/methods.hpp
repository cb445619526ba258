#pragma once

#include <memory>

#include "models/analysis/plan_reader.hpp"

namespace oligosim {

// One reader a method, each in a file of its own; the registry in methods.cpp names them.
std::unique_ptr<Analysis> read_kaplan_meier(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_reverse_kaplan_meier(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_log_rank(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_max_combo(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_one_sample_log_rank(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_rmst(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_milestone(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_cutpoint(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_cox(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_interaction(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_cox_validation(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_inverse_probability_weighting(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_standardization(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_rpsftm(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_ipcw(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_cumulative_incidence(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_fine_gray(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_turnbull(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_interval_log_rank(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_weibull(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_proportion(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_fisher_exact(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_risk_difference(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_odds_ratio(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_mann_whitney(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_t_test(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_describe(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_frequency(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_toxicity(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_toxicity_change(ConfigNode entry, PlanReader& reader);
std::unique_ptr<Analysis> read_waterfall(ConfigNode entry, PlanReader& reader);

}  // namespace oligosim
