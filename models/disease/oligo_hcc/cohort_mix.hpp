#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/io/config.hpp"

namespace oligosim {

/// OP-N: oligoprogressive, switched to next-line therapy; OP-C: oligoprogressive, continued; OM: oligometastatic.
enum class Strategy : std::uint8_t { op_n, op_c, om };

/// Which patients a study enrolls: shares, or exact counts.
class CohortMix {
 public:
  /// Weights of OP (strategy by chance), OM, OP-N, OP-C. `counts`: they are numbers of patients.
  struct Weights {
    double op = 1, om = 0, op_n = 0, op_c = 0;
    bool counts = false;
  };
  CohortMix(const Weights& weights, double op_switched) : weights_(weights), op_switched_(op_switched) {}

  /// The code of the Strategy of each patient, from two uniform numbers each. Counts are met exactly in the first
  /// patients that they make up (sampling without replacement), and again in the next.
  void sample(std::span<const double> group, std::span<const double> switched, std::span<double> strategy) const;

 private:
  void sample_shares(std::span<const double> group, std::span<const double> switched, std::span<double> strategy) const;
  void sample_counts(std::span<const double> group, std::span<const double> switched, std::span<double> strategy) const;

  Weights weights_;
  double op_switched_;
};

/// Reads `cohort` of the study: {OP: 1.0} unless it stands there.
CohortMix read_cohort_mix(ConfigNode study, std::size_t patients, double op_switched);

}  // namespace oligosim
