#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/montecarlo/experiment.hpp"
#include "models/study/arms_log_rank.hpp"
#include "models/study/stopped_estimates.hpp"
#include "models/study/study.hpp"
#include "models/study/truth.hpp"

namespace oligosim {

/// What a column of a replicate's row measures.
enum class Measured {
  reject,              // design: the trial claims efficacy at this look (0: at any)
  futility,            // design: the trial stops for futility at this look (0: at any)
  n,                   // patients enrolled when the trial stopped
  events,              // of the primary analysis when the trial stopped
  duration,            // months from opening to the data cut
  events_not_reached,  // the last look had to be held at the latest month
  estimate,            // log scale for ratios
  natural,             // the estimate as printed; for the median
  variance,            // squared standard error
  covered,
  miss_below,
  miss_above,
  width,  // of a finite interval; log scale for ratios
  lower,
  upper,
  rejects,          // the analysis' own test at the study's alpha and sides
  covered_reached,  // the same, where both limits are finite
  limit_mcse,       // of a bootstrap interval: Monte Carlo error of its limits, their mean
  degenerate,       // of a bootstrap: share of the resamples without a value
  at_most,          // whether the estimate is at or below a threshold
  contains,         // whether the interval contains a value
  any_rejects,      // of a family of analyses, whether one of their tests rejects
  // of hypotheses that are tested together (Design::hypotheses)
  hypothesis_rejected,  // whether a hypothesis is rejected at this look (0: at any)
  any_hypothesis,
  all_hypotheses,
  false_rejection,  // whether one is that the study says to be true
  // of a course that the design may take (Design::courses), and in the trials that take it
  course_taken,
  course_reject,
  course_n,
  course_events,
  course_duration,
};

struct RowColumn {
  Measured measured;
  std::size_t label = 0;  // position in TrialExperiment::labels(), for the measures of an estimate; of a family,
                          // hypothesis or course in its list
  int look = 0;           // 0: final
  double threshold = missing;
};

/// One scenario as the engine sees it: a replicate is one simulated trial, run to its end and analysed there.
class TrialExperiment : public Experiment {
 public:
  /// `of_draws`: the true values of each draw, where the scenario has any; `truths` are then their means.
  TrialExperiment(const Scenario& scenario, std::uint64_t seed, std::vector<TrueValue> truths,
                  std::vector<std::vector<TrueValue>> of_draws = {});

  std::span<const Column> columns() const override { return columns_; }
  std::span<const RowColumn> layout() const { return layout_; }
  /// Position among columns() of whether the trial claims efficacy, at any look.
  std::size_t claims_column() const;
  /// Those of the plan, then those that know of the design's stopping rule.
  std::span<const EstimateLabel> labels() const { return labels_; }
  std::span<const TrueValue> truths() const { return truths_; }  // one a label
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
  template <class F>
  void run_to_the_end(std::uint32_t number, Arena& arena, const F& f) const;
  void add_hypotheses(int looks);
  void add(Measured measured, std::size_t label, int look, bool sketched, double threshold = missing);
  double measure(const RowColumn& column, const Estimate& e, double truth) const;
  bool rejects(const Estimate& e) const;
  bool any_rejects(const Family& family, std::span<const Estimate> estimates) const;

  Scenario scenario_;
  std::uint64_t seed_;
  StoppedEstimates stopped_;
  std::vector<EstimateLabel> labels_;
  std::vector<TrueValue> truths_;
  std::vector<std::vector<TrueValue>> of_draws_;
  std::vector<RowColumn> layout_;
  std::vector<Column> columns_;
  double one_sided_bound_;
  std::vector<std::size_t> hypotheses_;  // positions of their analyses in the plan
  std::size_t primary_;                  // position of the primary analysis in the plan
  std::optional<ArmsLogRank> arms_;      // the primary analysis, where it is that
};

}  // namespace oligosim
