#pragma once

#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/report/figure.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/survival_table.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

/// Round months from 0 to the end of follow-up, at most nine: where numbers at risk stand.
std::vector<double> month_ticks(double last_month);

/// Limits that a curve is drawn with: of a band, in these months alone. NaN confidence: none.
struct CurveLimits {
  double confidence;  // pointwise
  double from_month = 0, to_month = std::numeric_limits<double>::infinity();
};

/// A curve at a time, with its pointwise limits at a confidence.
using CurveAt = std::function<Estimate(double time, double confidence)>;

/// One group of a figure of curves that step at `times`; months in the figure.
StepFigure::Group curve_group(const std::string& name, const SurvivalTable& table, std::span<const double> times,
                              const CurveAt& at, const CurveLimits& limits, const PlanParts& parts,
                              std::span<const double> ticks);

/// A figure of survival curves, without any yet, over the follow-up of the patients of a table.
StepFigure survival_figure(const std::string& title, const std::string& caption, const SurvivalTable& table,
                           const PlanParts& parts);

/// Adds a curve of these patients without limits.
void add_curve(StepFigure& figure, const std::string& name, const SurvivalTable& table, const KaplanMeierCurve<>& curve,
               const PlanParts& parts);
void add_kaplan_meier(StepFigure& figure, const std::string& name, const SurvivalTable& table, const PlanParts& parts,
                      Arena& arena);

/// All hazard ratios of a plan with their intervals, the first kind of each analysis; without rows if there are none.
ForestFigure forest_of(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates, double confidence);

}  // namespace oligosim
