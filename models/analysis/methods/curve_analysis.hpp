#pragma once

#include <cstddef>
#include <span>

#include "engine/random/stream.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

/// An analysis whose numbers are of Kaplan-Meier curves, one of each of its groups: resampled together for all of them.
class CurveAnalysis : public Analysis {
 public:
  void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const override;
  bool takes_any_weights() const override { return true; }
  const CurveAnalysis* curves() const override { return this; }

  /// Its numbers in resamples of the events on each curve, whose risk sets stay (weird_bootstrap): out.count of them,
  /// each drawn for group g by the stream (bootstrap, number + g 2^24), so that groups are apart.
  void resample_events(PlanData& data, const Streams& streams, Arena& arena, const ResampledValues& out) const;

 protected:
  virtual std::size_t curve_count() const = 0;
  /// Patients of a curve.
  virtual SurvivalTable curve_table(std::size_t curve, PlanData& data, Arena& arena) const = 0;
  /// Puts the numbers that eight resamples of the curves give, those of versions first ... first + 7.
  virtual void put(std::span<const KaplanMeierCurve<Lanes>> curves, const PlanParts& parts, std::size_t first,
                   const ResampledValues& out) const = 0;
  /// Whether put() reads the variances of curves even where none are asked for.
  virtual bool reads_variances() const { return false; }
};

}  // namespace oligosim
