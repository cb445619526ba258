#pragma once

#include <span>
#include <string>

#include "engine/report/figure.hpp"
#include "models/study/replicate_sample.hpp"

namespace oligosim {

/// The trials in calendar time: a row a scenario.
std::string timeline(std::span<const ReplicateSample> samples);

/// How many patients have entered, and how many events are known, month by month.
std::string by_month_section(std::span<const ReplicateSample> samples);

/// What stopping does to the estimate: where estimates fall, by how the trial ended.
std::string stopping_figure(std::span<const ReplicateSample> samples, const EstimateLabel& label, const Design& design);

/// With how many patients, and with which z, trials end that end in this way or that.
std::string ending_figures(std::span<const ReplicateSample> samples, const Design& design);

/// Zip plots of the intervals that go with the primary analysis.
std::string zip_section(std::span<const ReplicateSample> samples, const EstimateLabel& label, double confidence);

/// Mean curves with the range of most, a line a group. `rising`: cumulative incidence rather than survival.
LineFigure curve_figure(FigureText text, std::span<const CurveRange> curves, bool rising);

/// Mean survival curves of the simulated trials, with the range of the trials.
std::string curves_section(std::span<const ReplicateSample> samples);

/// Single trials as their statistician would see them.
std::string examples_section(std::span<const ExampleTrial> examples, const std::string& scenario);

}  // namespace oligosim
