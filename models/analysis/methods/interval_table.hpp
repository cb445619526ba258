#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/statistics/categorical/proportion.hpp"

namespace oligosim {

/// Exact limits of a proportion cost a microsecond or more and take few values in a study, so those of up to
/// `tabulated` patients are kept: once for all analyses with limits of this kind.
class IntervalTable {
 public:
  IntervalTable(ProportionInterval kind, double confidence);

  Estimate operator()(std::size_t x, std::size_t n) const {
    if (n <= tabulated) return (*table_)[n * (n + 1) / 2 + x];
    return proportion(static_cast<double>(x), static_cast<double>(n), kind_, confidence_);
  }

 private:
  static constexpr std::size_t tabulated = 120;
  ProportionInterval kind_;
  double confidence_;
  std::shared_ptr<const std::vector<Estimate>> table_;
};

}  // namespace oligosim
