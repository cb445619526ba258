#include "engine/numeric/log_factorial.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace oligosim {

namespace {

constexpr std::size_t tabulated = 1024;

std::array<double, tabulated> make_table() {
  std::array<double, tabulated> table{};
  long double sum = 0;
  for (std::size_t k = 1; k < tabulated; ++k) {
    sum += std::log(static_cast<long double>(k));
    table[k] = static_cast<double>(sum);
  }
  return table;
}

// The next term, 1 / (1260 k^5), is below 1e-18.
double stirling(double k) {
  return (k + 0.5) * std::log(k) - k + 0.5 * std::log(2.0 * std::numbers::pi) + 1.0 / (12.0 * k) -
         1.0 / (360.0 * k * k * k);
}

}  // namespace

double log_factorial(std::size_t k) {
  static const std::array<double, tabulated> table = make_table();
  return k < tabulated ? table[k] : stirling(static_cast<double>(k));
}

}  // namespace oligosim
