#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oligosim {

/// Characteristics whose normal scores may be correlated within a cohort, named as their columns.
enum class Characteristic : std::size_t {
  late,
  ici_targeted,
  multi,
  size_cm,
  untreated,
  age,
  male,
  ecog,
  child_pugh_b,
  afp_high,
  macrovascular_invasion,
  prior_local
};
inline constexpr std::size_t characteristics = 12;
std::vector<std::string> characteristic_names();

/// A Gaussian copula: score k is the sum over j <= k of factor(k, j) times independent standard normal numbers.
/// A positive correlation of a yes/no characteristic is one with having it. Without correlations the factor is the
/// identity, and every characteristic keeps its own number.
class BaselineCorrelation {
 public:
  struct Pair {
    Characteristic a, b;
    double correlation;
  };

  BaselineCorrelation();
  /// The Cholesky factor; nothing if the correlations contradict each other (not positive definite).
  static std::optional<BaselineCorrelation> of(std::span<const Pair> pairs);

  double factor(std::size_t k, std::size_t j) const { return factor_[k][j]; }
  bool independent(std::size_t k) const { return factor_[k][k] == 1; }
  bool operator==(const BaselineCorrelation&) const = default;

 private:
  std::array<std::array<double, characteristics>, characteristics> factor_{};
};

}  // namespace oligosim
