#pragma once

#include <span>
#include <vector>

#include "engine/montecarlo/experiment.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

/// What a column of a replicate's row measures.
enum class Measured {
  // of the design
  reject,              // the trial claims efficacy, or harm, at this look (0: at any)
  efficacy,            // the first of the two, and
  harm,                // the other: of designs of two sides alone
  futility,            // the trial stops for futility at this look (0: at any)
  n,                   // patients enrolled when the trial stopped, or by the decision of a look
  events,              // of the primary analysis then
  duration,            // months from opening to that decision
  events_not_reached,  // the last look had to be held at the latest month
  // of an estimate
  estimate,  // log scale for ratios
  natural,   // the estimate as printed; for the median
  variance,  // squared standard error
  covered,
  miss_below,
  miss_above,
  width,  // of a finite interval; log scale for ratios
  lower,
  upper,
  rejects,          // the analysis' own test at the study's alpha and sides
  covered_reached,  // the same as covered, where both limits are finite
  limit_mcse,       // of a bootstrap interval: Monte Carlo error of its limits, their mean
  degenerate,       // of a bootstrap: share of the resamples without a value
  at_most,          // whether the estimate is at or below a threshold
  contains,         // whether the interval contains a value
  deviation,        // estimate less the replicate's own truth; log scale for ratios
  // of a family of analyses
  any_rejects,  // one of their tests rejects
  // of hypotheses that are tested together (Design::hypotheses)
  hypothesis_rejected,  // whether a hypothesis is rejected at this look (0: at any)
  any_hypothesis,
  all_hypotheses,
  false_rejection,  // one is rejected that the study says to be true
  // of a course that the design may take (Design::courses): whether it does, and what comes of the trials that do
  course_taken,
  course_reject,
  course_n,
  course_events,
  course_duration,
};

/// What a column is of.
enum class RowPart { design, estimate, family, hypotheses, course };
constexpr RowPart part_of(Measured measured) {
  if (measured < Measured::estimate) return RowPart::design;
  if (measured < Measured::any_rejects) return RowPart::estimate;
  if (measured < Measured::hypothesis_rejected) return RowPart::family;
  if (measured < Measured::course_taken) return RowPart::hypotheses;
  return RowPart::course;
}

struct RowColumn {
  Measured measured;
  std::size_t label =
      0;         // position of the estimate among the row's labels; of a family, hypothesis or course in its list
  int look = 0;  // 0: final; of a number at a look NaN where the trial was over before
  double threshold = missing;
  bool without_visits = false;  // held against the value that the estimand has without visits
};

/// The columns of a scenario's rows. `labels`: its estimates, those of the plan and those that know of the stopping
/// rule; `without_visits`: positions of those that are held against their values without visits too.
std::vector<RowColumn> row_layout(const Scenario& scenario, std::span<const EstimateLabel> labels,
                                  std::span<const std::size_t> without_visits);

/// The same as the engine sees them: numbers with a name, some with a sketch of their distribution.
std::vector<Column> row_columns(std::span<const RowColumn> layout);

}  // namespace oligosim
