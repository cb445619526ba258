#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/report/figure.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/kaplan_meier.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

/// Round months from 0 to the end of follow-up, at most nine: where numbers at risk stand.
std::vector<double> month_ticks(double last_month);

/// What a survival figure draws round its curves: of a band, in these months alone. NaN confidence: nothing.
struct CurveLimits {
  SurvivalInterval interval;
  double confidence;  // pointwise
  double from_month = 0, to_month = std::numeric_limits<double>::infinity();
};

/// One group of a survival figure, times in months.
StepFigure::Group survival_group(const std::string& name, const SurvivalTable& table, const KaplanMeierCurve<>& curve,
                                 const CurveLimits& limits, const PlanParts& parts, std::span<const double> ticks);

/// One group of a figure of a cumulative incidence, `at(time)` at each of these times.
StepFigure::Group incidence_group(const std::string& name, const SurvivalTable& table, std::span<const double> times,
                                  const std::function<Estimate(double)>& at, const PlanParts& parts,
                                  std::span<const double> ticks);

/// All hazard ratios of a plan with their intervals, the first kind of each analysis; without rows if there are none.
ForestFigure forest_of(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates, double confidence);

}  // namespace oligosim
