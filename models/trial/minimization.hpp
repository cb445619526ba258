#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"
#include "models/analysis/factor.hpp"
#include "models/cohort/cohort.hpp"
#include "models/trial/arms.hpp"

namespace oligosim {

/// Minimization with a biased coin (Pocock and Simon 1975): each patient gets, with a probability given, an arm that
/// would leave the least imbalance among the patients who share the levels of prognostic factors, summed over these;
/// otherwise another arm, equally likely. One of several such arms is drawn. Without factors the arms' numbers alone
/// count, which for two arms is Efron's (1971) biased coin.
class Minimization {
 public:
  Minimization(ConfigNode node, const Columns& baseline, std::size_t arms);

  const std::vector<Factor>& factors() const { return factors_; }
  /// The same for these arms alone; the favoured one gets each patient with an equal share at least.
  Minimization among(ArmSet arms) const;
  /// Arm of each patient. `order`: patients in order of enrollment; empty where that is the order of their numbers. The
  /// first `settled` keep theirs.
  void assign(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
              std::span<std::uint8_t> arm, Arena& arena, std::size_t settled = 0) const;

 private:
  /// `added`: position among `among_`.
  double imbalance(std::span<const std::uint32_t> counts, std::size_t added) const;
  std::uint8_t drawn(Stream& draw, std::span<const double> imbalance) const;

  std::size_t arms_;
  std::vector<std::uint8_t> among_;  // arms that patients may get
  std::vector<Factor> factors_;
  std::vector<double> weights_;
  double probability_ = 0.8;
  bool variance_ = false;  // of the arms' numbers, instead of their range
};

/// `column`, named under `key`, as groups of patients; a problem where it has no few values.
Factor baseline_factor(const ConfigNode& node, const char* key, const Columns& baseline, std::size_t column);

}  // namespace oligosim
