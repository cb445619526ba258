#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/estimate.hpp"
#include "models/analysis/plan.hpp"

namespace oligosim {

/// Which number of an analysis was published.
enum class TargetField { estimate, lower, upper, n_events, signed_statistic };

/// A published figure: a statistic of the plan, what it was in the paper, and where that stands.
struct Target {
  std::string name, source;
  std::string analysis, group, term, parameter;
  double at = missing;
  TargetField field = TargetField::estimate;
  bool log_scale = false;      // compared as logs: ratios
  bool share = false;          // of patients, 0 to 1
  bool used_in_fit = false;    // the others are checks
  bool held_out = false;       // a check that would be used otherwise: how well the rest foretells it
  double weight = 1;           // of its distance in the point fit
  double published = missing;  // on the scale of comparison; infinite: not reached

  /// The same number as a reader expects it: ratios as ratios.
  double printed(double on_scale) const;
  /// The number of an estimate on the scale of comparison: infinite where a quantile is not reached or an interval
  /// open, NaN where it is missing.
  double value(const Estimate& estimate) const;
};

/// Position of the label that a target refers to; it must exist.
std::size_t label_of(const Plan& plan, const Target& target);

/// Reads `targets`. Mistakes go to the problems: analyses, groups, terms and parameters are those of the plan.
///   {name, source, analysis, group, term, parameter, at, field, used_in_fit} and one of
///   `published: 0.444` or `[12, 27]` (count, of how many), `published_p: 0.45` with `favours: earlier | later` (a
///   two-sided p as its normal statistic, positive where it favours the later level), `not_reached: true`.
/// group, term, parameter and at are needed only where the analysis has several. `held_out`: names of targets that are
/// kept from the fit whatever they say themselves.
std::vector<Target> read_targets(ConfigNode& root, const Plan& plan);

}  // namespace oligosim
