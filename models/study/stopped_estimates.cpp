#include "models/study/stopped_estimates.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/unbiased_proportion.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"

namespace oligosim {
namespace {

/// The hazard ratio of the plan that compares the same groups: of the primary analysis itself, or of the first Cox
/// regression with that term alone.
std::optional<std::size_t> same_hazard_ratio(const Plan& plan, const EstimateLabel& primary,
                                             const std::string& compared) {
  std::optional<std::size_t> found;
  for (std::size_t k = plan.labels().size(); k-- > 0;) {
    const EstimateLabel& label = plan.labels()[k];
    if (label.ratio && label.two_groups && label.method == "cox" && label.term == compared &&
        label.endpoint == primary.endpoint && label.population == primary.population &&
        (!found || plan.labels()[*found].analysis != primary.analysis || label.analysis == primary.analysis))
      found = k;
  }
  return found;
}

bool unbiased_after_stages(const Design& design) {
  if (!design.binomial()) return false;
  const std::vector<BinomialStage>& stages = design.binomial()->stages;
  return stages.size() > 1 && stages.back().patients <= most_binomial_patients;
}

bool median_unbiased(const Design& design) { return design.sequential() && design.primary_first(); }

std::size_t count_of(const Design& design) {
  return (unbiased_after_stages(design) ? 1 : 0) + (design.combines() ? 1 : 0) + (median_unbiased(design) ? 2 : 0);
}

}  // namespace

void keep_common_estimates(std::span<Scenario> scenarios) {
  const std::size_t first = count_of(*scenarios.front().design);
  if (std::ranges::all_of(scenarios, [&](const Scenario& s) { return count_of(*s.design) == first; })) return;
  for (Scenario& s : scenarios) s.estimates_of_stopping = false;
}

StoppedEstimates::StoppedEstimates(const Scenario& scenario) {
  if (!scenario.estimates_of_stopping) return;
  if (unbiased_after_stages(*scenario.design)) add_responses(scenario);
  if (scenario.design->combines()) {
    EstimateLabel label = primary_label(scenario);
    label.method = "combination";
    label.parameter = null_ratio_ ? "combined_hazard_ratio" : "combined_effect";
    label.interval = "repeated";
    labels_.push_back(label);
  }
  if (!median_unbiased(*scenario.design)) return;
  EstimateLabel label = primary_label(scenario);
  for (const auto& stage : scenario.design->sequential()->planned())
    planned_.push_back(std::make_shared<const InferenceTable>(stage, confidence_));
  label.method = "group_sequential";
  label.parameter = null_ratio_ ? "median_unbiased_hazard_ratio" : "median_unbiased_effect";
  label.interval = "stage_wise", labels_.push_back(label);
  label.interval = "repeated", label.tested = false, labels_.push_back(label);
}

/// What its further numbers have in common with the primary analysis.
EstimateLabel StoppedEstimates::primary_label(const Scenario& scenario) {
  const Plan& plan = *scenario.plan;
  const Analysis& primary = plan.analysis(plan.position(scenario.design->primary()));
  const HazardRatioTest* test = test_of_arms(primary);
  if (test) null_ratio_ = test->null_ratio();
  confidence_ = plan.parts().confidence;
  if (scenario.trial->arms().size() == 2) share_ = scenario.trial->randomized_share(1);
  EstimateLabel label = primary.labels().front();
  if (test) same_truth_ = same_hazard_ratio(plan, label, test->compared());
  label.ratio = null_ratio_.has_value();
  label.estimated = label.tested = true;
  label.share = label.log_scale = label.unbounded = label.resampled = false;
  return label;
}

void StoppedEstimates::add_responses(const Scenario& scenario) {
  const std::vector<BinomialStage>& stages = scenario.design->binomial()->stages;
  const Plan::Rows primary = scenario.plan->rows(scenario.plan->position(scenario.design->primary()));
  same_truth_ = primary.first;
  EstimateLabel label = scenario.plan->labels()[primary.first];
  label.method = "stages";
  label.parameter = "unbiased_proportion";
  label.interval = "";
  labels_.push_back(label);
  for (std::size_t k = 0; k < stages.size(); ++k) unbiased_.push_back(unbiased_proportions(stages, k));
}

void StoppedEstimates::evaluate_responses(std::size_t look, const Estimate& primary, std::span<Estimate> out) const {
  if (unbiased_.empty()) return;
  Estimate& e = out.front();
  e = Estimate{.n = primary.n, .n_events = primary.n_events, .status = Status::not_reached};
  if (look == 0) return;
  const std::vector<double>& of_look = unbiased_[look - 1];
  const auto responses = static_cast<std::size_t>(primary.n_events);
  if (responses >= of_look.size() || std::isnan(of_look[responses])) return;
  e.n = static_cast<double>(of_look.size() - 1);
  e.estimate = of_look[responses];
  e.status = Status::ok;
}

SequentialInference StoppedEstimates::inference(const SequentialStage& stage, double z) const {
  if (stage.look < planned_.size() && planned_[stage.look]->describes(stage)) return planned_[stage.look]->at(z);
  return sequential_inference(stage, z, confidence_);
}

/// Of the log hazard ratio: from its standard error, or from the events (Schoenfeld 1981).
double StoppedEstimates::ratio_information(const Estimate& primary) const {
  if (!std::isnan(primary.standard_error)) return 1 / (primary.standard_error * primary.standard_error);
  return primary.n_events * share_ * (1 - share_);
}

void StoppedEstimates::evaluate_combined(const CombinedTest& test, const Estimate& primary,
                                         std::span<Estimate> out) const {
  if (out.empty()) return;
  Estimate& e = out.front();
  e = Estimate{.n = primary.n, .n_events = primary.n_events, .status = Status::no_events};
  if (std::isnan(test.z)) return;
  const double unit = 1 / (test.drift_weight * std::sqrt(share_ * (1 - share_)));
  const auto effect = [&](double z) {
    return null_ratio_ ? *null_ratio_ * std::exp(-z * unit) : z / test.drift_weight;
  };
  e.status = Status::ok;
  e.estimate = effect(test.z);
  e.lower = effect(null_ratio_ ? test.z + test.boundary : test.z - test.boundary);
  e.upper = effect(null_ratio_ ? test.z - test.boundary : test.z + test.boundary);
  e.p_value = 2 * std::min(test.p_value, 1 - test.p_value);
  e.signed_statistic = -normal_quantile(test.p_value);
}

void StoppedEstimates::evaluate(const LastStage& at, const Estimate& primary, std::span<Estimate> out) const {
  if (out.empty()) return;
  for (Estimate& e : out) e = Estimate{.n = primary.n, .n_events = primary.n_events, .status = primary.status};
  if (!at.stage || std::isnan(at.z)) {
    for (Estimate& e : out)
      if (e.status == Status::ok) e.status = Status::no_events;
    return;
  }
  const SequentialInference of_drift = inference(*at.stage, at.z);
  const double unit = std::sqrt(at.stage->information / ratio_information(primary));
  const auto scaled = [&](double drift) { return null_ratio_ ? *null_ratio_ * std::exp(-drift * unit) : drift; };
  const double limits[2][2] = {{of_drift.lower, of_drift.upper}, {of_drift.repeated_lower, of_drift.repeated_upper}};
  for (std::size_t k = 0; k < out.size(); ++k) {
    Estimate& e = out[k];
    e.status = std::isnan(of_drift.median_unbiased) ? Status::did_not_converge : Status::ok;
    e.estimate = scaled(of_drift.median_unbiased);
    const bool reversed = null_ratio_.has_value();  // a large drift is a small ratio
    e.lower = scaled(limits[k][reversed ? 1 : 0]);
    e.upper = scaled(limits[k][reversed ? 0 : 1]);
  }
  out[0].p_value = 2 * std::min(of_drift.p_value, 1 - of_drift.p_value);
  out[0].signed_statistic = -normal_quantile(of_drift.p_value);
}

}  // namespace oligosim
