#include "models/disease/oligo_hcc/baseline_correlation.hpp"

#include <cmath>

namespace oligosim {

std::vector<std::string> characteristic_names() {
  return {
      "late",     "ici_targeted",           "multi",      "size_cm", "untreated", "age", "male", "ecog", "child_pugh_b",
      "afp_high", "macrovascular_invasion", "prior_local"};
}

BaselineCorrelation::BaselineCorrelation() {
  for (std::size_t k = 0; k < characteristics; ++k) factor_[k][k] = 1;
}

std::optional<BaselineCorrelation> BaselineCorrelation::of(std::span<const Pair> pairs) {
  std::array<std::array<double, characteristics>, characteristics> r = BaselineCorrelation().factor_;
  for (const Pair& p : pairs) {
    const auto a = static_cast<std::size_t>(p.a), b = static_cast<std::size_t>(p.b);
    r[a][b] = r[b][a] = p.correlation;
  }
  BaselineCorrelation result;
  auto& l = result.factor_;
  for (std::size_t k = 0; k < characteristics; ++k) {
    double left = 1;
    for (std::size_t j = 0; j < k; ++j) {
      double rest = r[k][j];
      for (std::size_t i = 0; i < j; ++i) rest -= l[k][i] * l[j][i];
      l[k][j] = rest / l[j][j];
      left -= l[k][j] * l[k][j];
    }
    if (left <= 1e-12) return {};
    l[k][k] = std::sqrt(left);
  }
  return result;
}

}  // namespace oligosim
