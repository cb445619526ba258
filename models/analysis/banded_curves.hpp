#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/random/stream.hpp"
#include "engine/resampling/multiplier_band.hpp"
#include "models/analysis/analysis.hpp"
#include "models/analysis/figures.hpp"

namespace oligosim {

/// Simultaneous bands of the curves of an analysis, one a curve.
struct CurveBands {
  double from_month, to_month;
  std::size_t resamples;
  std::span<const SimultaneousBand> of_curve;
};

/// What an analysis has besides whose curves bands can go round.
class BandedCurves {
 public:
  virtual ~BandedCurves() = default;

  /// Whether its rows are not independent, which bands take them as.
  virtual bool clustered() const = 0;
  /// Made of `resamples` processes of each curve; the value at from_month is in it too.
  CurveBands bands(double from_month, double to_month, std::size_t resamples, PlanData& data, const Streams& streams,
                   Arena& arena) const;
  /// Analysis::evaluate() with pointwise limits of these confidences, one a curve; NaN: none, and the status says no
  /// events.
  virtual void evaluate_at(std::span<const double> confidence, PlanData& data, Arena& arena,
                           std::span<Estimate> out) const = 0;
  /// Analysis::draw() with bands in the place of pointwise limits.
  virtual std::vector<Figure> draw_bands(const CurveBands& bands, PlanData& data, Arena& arena) const = 0;

 protected:
  virtual std::size_t band_count() const = 0;
  virtual CurveMultipliers multipliers(std::size_t curve, PlanData& data, Arena& arena) const = 0;
};

/// What the figure of a curve draws round it; `bands` null: pointwise limits.
CurveLimits limits_of(const CurveBands* bands, std::size_t curve, const PlanParts& parts);
/// The same in the words of a caption.
std::string limits_in_words(const CurveBands* bands);

/// Takes the limits from the estimates of a curve without events, which has no band.
void take_limits(std::span<Estimate> out);

}  // namespace oligosim
