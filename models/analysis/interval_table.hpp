#pragma once

#include <cstddef>
#include <vector>

#include "engine/statistics/proportion.hpp"

namespace oligosim {

/// Exact limits of a proportion cost a microsecond or more and take few values in a study, so those of up to
/// `tabulated` patients are kept.
class IntervalTable {
 public:
  IntervalTable(ProportionInterval kind, double confidence) : kind_(kind), confidence_(confidence) {
    for (std::size_t n = 0; n <= tabulated; ++n)
      for (std::size_t x = 0; x <= n; ++x)
        table_.push_back(proportion(static_cast<double>(x), static_cast<double>(n), kind, confidence));
  }

  Estimate operator()(std::size_t x, std::size_t n) const {
    if (n <= tabulated) return table_[n * (n + 1) / 2 + x];
    return proportion(static_cast<double>(x), static_cast<double>(n), kind_, confidence_);
  }

 private:
  static constexpr std::size_t tabulated = 120;
  ProportionInterval kind_;
  double confidence_;
  std::vector<Estimate> table_;
};

}  // namespace oligosim
