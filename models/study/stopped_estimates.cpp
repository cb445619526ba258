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
  if (design.drops_arms()) return design.hypotheses().size();
  return (unbiased_after_stages(design) ? 1 : 0) + (design.combines_primary() ? 1 : 0) +
         (median_unbiased(design) ? 2 : 0);
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
  const std::string& primary = scenario.design->primary();
  if (scenario.design->drops_arms()) {
    add_arms(scenario);
    return;
  }
  if (scenario.design->combines_primary()) {
    EstimateLabel label = label_of(scenario, primary);
    label.method = "combination";
    label.parameter = null_ratio_ ? "combined_hazard_ratio" : "combined_effect";
    label.interval = "repeated";
    add(label);
  }
  if (!median_unbiased(*scenario.design)) return;
  EstimateLabel label = label_of(scenario, primary);
  for (const auto& stage : scenario.design->sequential()->planned())
    planned_.push_back(std::make_shared<const InferenceTable>(stage, confidence_));
  label.method = "group_sequential";
  label.parameter = null_ratio_ ? "median_unbiased_hazard_ratio" : "median_unbiased_effect";
  label.interval = "stage_wise", add(label);
  label.interval = "repeated", label.tested = false, add(label);
}

/// Of each arm against the control, with the interval that holds for all arms at once.
void StoppedEstimates::add_arms(const Scenario& scenario) {
  for (const std::string& analysis : scenario.design->hypotheses()) {
    EstimateLabel label = label_of(scenario, analysis);
    label.method = "combination";
    label.parameter = "combined_hazard_ratio";
    label.interval = "repeated";
    add(label);
  }
}

/// What its further numbers have in common with an analysis.
EstimateLabel StoppedEstimates::label_of(const Scenario& scenario, const std::string& analysis) {
  const Plan& plan = *scenario.plan;
  const Analysis& own = plan.analysis(plan.position(analysis));
  const HazardRatioTest* test = test_of_arms(own);
  null_ratio_ = test ? test->null_ratio() : std::nullopt;
  confidence_ = plan.parts().confidence;
  if (scenario.trial->arms().size() == 2) share_ = scenario.trial->randomized_share(1);
  EstimateLabel label = own.labels().front();
  same_as_ = test ? same_hazard_ratio(plan, label, test->compared()) : std::nullopt;
  label.ratio = null_ratio_.has_value();
  label.estimated = label.tested = true;
  label.share = label.log_scale = label.unbounded = label.resampled = false;
  return label;
}

void StoppedEstimates::add_responses(const Scenario& scenario) {
  const std::vector<BinomialStage>& stages = scenario.design->binomial()->stages;
  const Plan::Rows primary = scenario.plan->rows(scenario.plan->position(scenario.design->primary()));
  same_as_ = primary.first;
  EstimateLabel label = scenario.plan->labels()[primary.first];
  label.method = "stages";
  label.parameter = "unbiased_proportion";
  label.interval = "stage_wise";
  label.resampled = false;
  const double p0 = scenario.design->binomial()->p0;
  label.tested = !std::isnan(p0);
  add(label);
  for (std::size_t k = 0; k < stages.size(); ++k) {
    unbiased_.push_back(unbiased_proportions(stages, k));
    stage_wise_.push_back(stage_wise_proportions(stages, k, p0, scenario.plan->parts().confidence));
  }
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
  const StageWiseProportion& by_stages = stage_wise_[look - 1][responses];
  e.lower = by_stages.lower, e.upper = by_stages.upper;
  e.p_value = std::min(1.0, 2 * std::min(by_stages.p_higher, by_stages.p_lower));
  e.signed_statistic = -normal_quantile(by_stages.p_higher);
  e.status = Status::ok;
}

SequentialInference StoppedEstimates::inference(const SequentialStage& stage, double z) const {
  if (stage.look < planned_.size() && planned_[stage.look]->describes(stage)) return planned_[stage.look]->at(z);
  return sequential_inference(stage, z, confidence_);
}

/// The log hazard ratio that a drift of one is. Its information is known from its standard error, or from the events
/// (Schoenfeld 1981).
double StoppedEstimates::ratio_unit(const SequentialStage& stage, const Estimate& primary) const {
  const double error = primary.standard_error;
  const double information = std::isnan(error) ? primary.n_events * share_ * (1 - share_) : 1 / (error * error);
  return std::sqrt(stage.information / information);
}

double StoppedEstimates::effect_of(double drift, const SequentialStage& stage, const Estimate& primary) const {
  return null_ratio_ ? *null_ratio_ * std::exp(-drift * ratio_unit(stage, primary)) : drift;
}

double StoppedEstimates::drift_of(double hazard_ratio, const SequentialStage& stage, const Estimate& primary) const {
  return -std::log(hazard_ratio / *null_ratio_) / ratio_unit(stage, primary);
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

void StoppedEstimates::evaluate_arms(std::span<const CombinedEffect> effects, std::span<const HypothesisResult> shown,
                                     std::span<Estimate> out) const {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const CombinedEffect& effect = effects[k];
    Estimate& e = out[k];
    e = Estimate{
        .n = shown[k].n, .n_events = shown[k].events, .status = effect.dropped ? Status::dropped : Status::no_events};
    if (effect.dropped || std::isnan(effect.estimate)) continue;
    e.status = Status::ok;
    e.estimate = std::exp(-effect.estimate);
    e.lower = std::exp(-effect.upper);
    e.upper = std::exp(-effect.lower);
    if (std::isnan(effect.p_value)) continue;
    e.p_value = 2 * std::min(effect.p_value, 1 - effect.p_value);
    e.signed_statistic = -normal_quantile(effect.p_value);
  }
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
  const auto scaled = [&](double drift) { return effect_of(drift, *at.stage, primary); };
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
