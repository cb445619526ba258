#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/montecarlo/experiment.hpp"
#include "models/study/arms_log_rank.hpp"
#include "models/study/stopped_estimates.hpp"
#include "models/study/study.hpp"
#include "models/study/trial_row.hpp"
#include "models/study/truth.hpp"

namespace oligosim {

/// One scenario as the engine sees it: a replicate is one simulated trial, run to its end and analysed there.
class TrialExperiment : public Experiment {
 public:
  /// `truths`: true_values(), none where nothing has to be held against them. `of_draws`: those of each draw, where the
  /// scenario has any; `truths` are then their means.
  TrialExperiment(const Scenario& scenario, std::uint64_t seed, const std::vector<TrueValue>& truths = {},
                  const std::vector<std::vector<TrueValue>>& of_draws = {});

  std::span<const Column> columns() const override { return columns_; }
  std::span<const RowColumn> layout() const { return layout_; }
  /// Positions among columns() of whether the trial rejects, and whether it claims efficacy, at any look.
  std::size_t rejects_column() const;
  std::size_t efficacy_column() const;
  /// Those of the plan, then those that know of the design's stopping rule.
  std::span<const EstimateLabel> labels() const { return labels_; }
  const Truths& truths() const { return truths_; }
  /// Positions among labels() of those that are held against their values without visits too, in order.
  std::span<const std::size_t> without_visits() const { return without_visits_; }
  /// The same as they were given: one for each of labels_with_truths().
  std::vector<TrueValue> true_values() const;
  const Scenario& scenario() const { return scenario_; }
  void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const override;

  /// A replicate for those who look at one; in memory of the arena.
  struct Record {
    std::span<const LookResult> looks;  // those that were held
    Decision decision;
    Patients patients;                    // all that were simulated, enrolled by the last look or not
    PlanData* data;                       // of the last look: the columns that were asked for (Trial::need)
    std::span<const Estimate> estimates;  // one of labels()
  };
  Record record(std::uint32_t number, Arena& arena) const;

 private:
  Truths by_label(std::vector<TrueValue> truths) const;
  template <class F>
  void run_to_the_end(std::uint32_t number, Arena& arena, const F& f) const;

  Scenario scenario_;
  std::uint64_t seed_;
  StoppedEstimates stopped_;
  std::vector<EstimateLabel> labels_;
  std::vector<std::size_t> without_visits_;
  Truths truths_;
  std::vector<Truths> of_draws_;
  std::vector<RowColumn> layout_;
  std::vector<Column> columns_;
  double one_sided_bound_;
  std::vector<std::size_t> hypotheses_;  // positions of their analyses in the plan
  std::size_t primary_;                  // position of the primary analysis in the plan
  std::optional<ArmsLogRank> arms_;      // the primary analysis, where it is that
};

}  // namespace oligosim
