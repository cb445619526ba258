#include "engine/statistics/sequential/response_orders.hpp"

#include <algorithm>
#include <cmath>

namespace oligosim {
namespace {

/// Number of orders of x responses among n, over 2^n so that it stays a number.
double orders(double n, double x) {
  if (x < 0.0 || x > n) return 0.0;
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(x + 1.0) - std::lgamma(n - x + 1.0) - n * std::log(2.0));
}

}  // namespace

std::vector<double> response_orders(std::span<const BinomialStage> stages, std::size_t stage, std::size_t known) {
  std::vector<double> reached(known + 1, 0.0);
  reached[known] = 1.0;
  std::size_t before = known;
  for (std::size_t k = 0; k <= stage; ++k) {
    const std::size_t patients = stages[k].patients, added = patients - before;
    std::vector<double> now(patients + 1, 0.0);
    for (std::size_t y = 0; y <= added; ++y) {
      const double ways = orders(static_cast<double>(added), static_cast<double>(y));
      for (std::size_t x = 0; x < reached.size() && x + y <= patients; ++x) now[x + y] += reached[x] * ways;
    }
    if (k < stage) std::fill_n(now.begin(), std::min(stages[k].above + 1, now.size()), 0.0);
    reached = std::move(now);
    before = patients;
  }
  return reached;
}

double response_probability(std::span<const double> orders, std::size_t responses, double p) {
  if (!(orders[responses] > 0.0)) return 0.0;
  const auto n = static_cast<double>(orders.size() - 1), x = static_cast<double>(responses);
  const double with = x > 0.0 ? x * std::log(p) : 0.0, without = x < n ? (n - x) * std::log1p(-p) : 0.0;
  return std::exp(std::log(orders[responses]) + n * std::log(2.0) + with + without);
}

}  // namespace oligosim
