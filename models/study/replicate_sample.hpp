#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/study/monthly_counts.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// How one trial went, for a page.
struct SampledTrial {
  std::uint32_t number = 0;
  std::vector<LookResult> looks;  // those that were held
  Decision decision = Decision::none;
  double patients = 0;      // enrolled when it stopped
  double events = missing;  // of the primary analysis, when it stopped
  double months = 0;        // from opening to the decision
  double last_entry = 0;    // month in which the last patient entered, until the decision
  Estimate estimate;        // of ReplicateSample::estimate, if there is one
};

/// One trial drawn: Kaplan-Meier curves of the primary analysis' endpoint at its last look.
struct ExampleTrial {
  std::uint32_t number = 0;
  std::string what;  // its ending
  StepFigure curves;
};

/// Survival, or cumulative incidence, of one group over time in many trials of a scenario: mean, and the range of the
/// middle 90 %.
struct CurveRange {
  std::string group;
  std::vector<double> month, mean, lower, upper;
};

/// Of many trials with the same groups, as far as half of them were followed.
std::vector<CurveRange> curve_ranges(const std::vector<std::optional<StepFigure>>& figures);

/// The first replicates of a scenario, made again for pictures: what summary rows cannot draw. Numbers of the page come
/// from all replicates.
struct ReplicateSample {
  std::string scenario;
  double days_per_month = 30.4375;
  std::optional<std::size_t> estimate;  // position in TrialExperiment::labels() of the estimate drawn
  double truth = missing;               // of it
  std::vector<SampledTrial> trials;
  std::vector<MonthlyCount> by_month;
  std::string curves_of;           // title of their picture
  std::vector<CurveRange> curves;  // of the primary analysis' endpoint; empty where the plan has no curves of it
};

/// Position among the plan's labels, which are the first of TrialExperiment::labels(), of the estimate that goes with
/// the primary analysis: its own where that has an interval, or the first ratio with an interval of the same endpoint
/// and arms; nothing if there is none.
std::optional<std::size_t> primary_estimate(const Scenario& scenario);

/// How a trial ended, in words: "claims efficacy at look 1".
std::string ending(const SampledTrial& trial, const Design& design);

ReplicateSample sample_replicates(const TrialExperiment& experiment, std::size_t count, unsigned threads);

/// by_month.csv: patients and events, a row a month.
std::string by_month_csv(std::span<const ReplicateSample> samples);

/// The first trial of a sample of each kind: stopped for efficacy, stopped for futility, gone to its end without a
/// claim; drawn where the plan has curves of the primary analysis' endpoint.
std::vector<ExampleTrial> example_trials(const TrialExperiment& experiment, const ReplicateSample& sample);

}  // namespace oligosim
