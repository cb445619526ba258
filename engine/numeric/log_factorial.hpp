#pragma once

#include <cstddef>

namespace oligosim {

/// log k!, relative error below 1e-15. Looked up for k below 1024, Stirling's series above.
double log_factorial(std::size_t k);

/// log of the number of ways to choose k of n, k <= n.
inline double log_choose(std::size_t n, std::size_t k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace oligosim
