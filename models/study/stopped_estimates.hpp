#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/sequential/inference_table.hpp"
#include "engine/statistics/sequential/stage_wise_proportion.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// Further numbers of the primary analysis of a design with several looks, which know of its stopping rule: the
/// median-unbiased estimate with its interval (method group_sequential, interval stage_wise), and with the repeated
/// interval. A hazard ratio where the primary analysis tests one, otherwise the effect at the end as planned, that is
/// the z to be expected there. After stages that count responses, the unbiased proportion with the stage-wise interval
/// and p value. Where stages are combined, the estimate under which the combined z is as expected, with the repeated
/// interval (Lehmacher and Wassmer 1999).
class StoppedEstimates {
 public:
  explicit StoppedEstimates(const Scenario& scenario);

  /// None for a design of one look, and where another scenario has none: all scenarios have the same rows.
  const std::vector<EstimateLabel>& labels() const { return labels_; }
  /// The number of the plan that estimates the same as a label here.
  std::optional<std::size_t> same_truth(std::size_t label) const { return same_truth_[label]; }
  /// One estimate a label. `primary`: the primary analysis at that look, or at the last where no look told of it.
  void evaluate(const LastStage& at, const Estimate& primary, std::span<Estimate> out) const;
  /// What a drift per planned information is as an effect: a hazard ratio, by the information of the primary analysis
  /// at the stage, or itself; and the drift that a hazard ratio is.
  double effect_of(double drift, const SequentialStage& stage, const Estimate& primary) const;
  double drift_of(double hazard_ratio, const SequentialStage& stage, const Estimate& primary) const;
  /// Whether effects are hazard ratios.
  bool of_ratio() const { return null_ratio_.has_value(); }
  double null_effect() const { return null_ratio_.value_or(0); }
  /// The same of a design that combines its stages; of no test, without numbers.
  void evaluate_combined(const CombinedTest& test, const Estimate& primary, std::span<Estimate> out) const;
  /// The same of a design that drops arms. `effects`, `shown`: of each hypothesis, at the end.
  void evaluate_arms(std::span<const CombinedEffect> effects, std::span<const HypothesisResult> shown,
                     std::span<Estimate> out) const;
  /// The same of a design that counts responses, which ended at a look (from 1; 0: before its patients were there, so
  /// that it has none).
  void evaluate_responses(std::size_t look, const Estimate& primary, std::span<Estimate> out) const;

 private:
  void add_arms(const Scenario& scenario);
  void add_responses(const Scenario& scenario);
  EstimateLabel label_of(const Scenario& scenario, const std::string& analysis);
  void add(const EstimateLabel& label) { labels_.push_back(label), same_truth_.push_back(same_as_); }
  double ratio_unit(const SequentialStage& stage, const Estimate& primary) const;
  SequentialInference inference(const SequentialStage& stage, double z) const;

  std::vector<EstimateLabel> labels_;
  std::vector<std::optional<std::size_t>> same_truth_;  // of each label
  std::optional<std::size_t> same_as_;                  // of the analysis that label_of() was asked for
  std::optional<double> null_ratio_;                    // of the same
  std::vector<std::vector<double>> unbiased_;           // proportion by look and responses
  std::vector<std::vector<StageWiseProportion>> stage_wise_;
  double share_ = 0.5;  // of the patients in the second arm
  double confidence_ = 0.95;
  std::vector<std::shared_ptr<const InferenceTable>> planned_;  // of each look
};

/// Such estimates are made where the designs of all scenarios have them: the rows of a study are the same.
void keep_common_estimates(std::span<Scenario> scenarios);

}  // namespace oligosim
