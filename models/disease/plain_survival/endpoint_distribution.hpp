#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "engine/io/config.hpp"
#include "models/disease/disease_model.hpp"

namespace oligosim {

/// Time to event in months: a share is cured, S(t) = cured + (1 - cured) exp(-H(t)), and H has a piecewise constant
/// hazard (Boag 1949; one piece: exponential).
class EndpointDistribution {
 public:
  struct Piece {
    double from_month;
    double hazard;  // per month, of those not cured
  };

  explicit EndpointDistribution(std::vector<Piece> pieces, double cured = 0);

  /// The time with S(T) = u, when the hazard is multiplied by `ratio`; infinity: never.
  double inverse(double u, double ratio = 1) const {
    if (u <= cured_) return std::numeric_limits<double>::infinity();
    const double target = -std::log((u - cured_) / (1 - cured_)) / ratio;
    return pieces_.size() == 1 ? target / pieces_[0].hazard : inverse_over_pieces(target);
  }

  double survival(double month) const;
  double density(double month) const;
  std::vector<double> breaks() const;

  /// The same with the hazard multiplied from a month on.
  EndpointDistribution with_hazard_ratio(double ratio, double from_month) const;

 private:
  double inverse_over_pieces(double target) const;
  double cumulative_hazard(double month) const;

  std::vector<Piece> pieces_;   // the first from 0
  std::vector<double> before_;  // cumulative hazard at the start of each piece
  double cured_;
};

/// Whether `node` says how an endpoint is distributed.
bool has_distribution(const ConfigNode& node);

/// Reads exactly one of median_months, hazard_per_month, survival: {at_months, probability} and
/// piecewise: [{from_month, hazard_per_month}, ...], and `cured`. Median and survival are those of all patients.
EndpointDistribution read_distribution(ConfigNode node);

}  // namespace oligosim
