#pragma once

#include <random>

#include "engine/numeric/lanes.hpp"
#include "tests/statistics/patients.hpp"
#include "tests/statistics/same.hpp"

namespace oligosim::test {

/// Eight resamples of the same sorted patients: integer weights 0 to 3, in lane 0 all 0, in lane 1 all 1, in lane 2
/// one patient alone; with each lane's weights by itself for the scalar kernel.
class Resamples {
 public:
  Resamples(std::mt19937_64& random, std::size_t n, Arena& arena)
      : together_(arena.take<Lanes>(n, Lanes{})), apart_(arena.take<double>(n * lanes)), n_(n) {
    const std::size_t alone = n == 0 ? 0 : random() % n;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < lanes; ++k) {
        const double w = k == 0 ? 0 : k == 1 ? 1 : k == 2 ? double(i == alone) : static_cast<double>(random() % 4);
        together_[i][k] = apart_[k * n + i] = w;
      }
    }
  }

  std::span<const Lanes> together() const { return together_; }
  std::span<const double> apart(std::size_t k) const { return apart_.subspan(k * n_, n_); }

 private:
  std::span<Lanes> together_;
  std::span<double> apart_;
  std::size_t n_;
};

}  // namespace oligosim::test
