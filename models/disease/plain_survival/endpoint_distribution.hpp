#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/io/config.hpp"
#include "models/disease/hazard_ratios.hpp"

namespace oligosim {

/// Time to event in months: a share is cured, S(t) = cured + (1 - cured) exp(-H(t)) (Boag 1949), and H is piecewise
/// linear in t^shape. One piece: Weibull, with shape 1 exponential; shape 1: a piecewise constant hazard.
class EndpointDistribution {
 public:
  struct Piece {
    double from_month;
    double hazard;  // dH / d(t^shape), of those not cured; with shape 1 the hazard per month
  };

  explicit EndpointDistribution(std::vector<Piece> pieces, double cured = 0, double shape = 1);

  double survival(double month) const;
  double density(double month) const;
  std::vector<double> breaks() const;

  /// The same with the hazard multiplied; 1 before the first month of the list, whose months ascend.
  EndpointDistribution with_hazard_ratios(std::span<const HazardRatioFrom> ratios) const;
  EndpointDistribution with_hazard_ratio(double ratio, double from_month) const;
  /// The same with all times multiplied (accelerated failure time).
  EndpointDistribution with_time_ratio(double ratio) const;
  /// The same for those not cured, with another share of cured.
  EndpointDistribution with_cured(double cured) const { return EndpointDistribution(pieces_, cured, shape_); }

 private:
  double scaled(double month) const { return shape_ == 1 ? month : std::pow(month, shape_); }
  double month_at(double cumulative_hazard) const;
  double cumulative_hazard(double month) const;
  std::size_t piece_at(double month) const;

  friend void to_months(std::span<double> values, std::span<const EndpointDistribution> by_arm,
                        std::span<const std::uint8_t> arm, std::span<const double> hazard_ratio);

  std::vector<Piece> pieces_;   // the first from 0
  std::vector<double> start_;   // of each piece on the scale t^shape
  std::vector<double> before_;  // cumulative hazard at the start of each piece
  double cured_;
  double shape_;
};

/// Replaces uniform numbers u by times with S(T) = u, infinity where there is none: of the distribution of the
/// patient's arm, its hazard multiplied by the patient's `hazard_ratio` (empty: by 1).
void to_months(std::span<double> values, std::span<const EndpointDistribution> by_arm,
               std::span<const std::uint8_t> arm, std::span<const double> hazard_ratio);

/// Whether `node` says how an endpoint is distributed.
bool has_distribution(const ConfigNode& node);

/// Reads exactly one of median_months, hazard_per_month, survival: {at_months, probability}, scale_months and
/// piecewise: [{from_month, hazard_per_month}, ...], and `cured`; beside median_months, survival and scale_months also
/// `shape`. Median and survival are those of all patients; scale_months, by which 1 - 1/e have failed, of those not
/// cured.
EndpointDistribution read_distribution(ConfigNode node);

/// Reads what an arm does to an endpoint: a distribution of its own; or hazard_ratio, a number from `from_month` on or
/// a list [{from_month, ratio}, ...], or time_ratio, and with or without them `cured`.
void read_distribution_effect(ConfigNode node, EndpointDistribution& distribution);

}  // namespace oligosim
