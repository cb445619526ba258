#include "engine/statistics/sequential/intersection_test.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "engine/numeric/multivariate_normal.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/dunnett.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double z_of(double p) { return -normal_quantile(std::min(p, 1.0)); }

/// The smallest of p_(j) n / j, p values in ascending order (Simes 1986).
double simes(std::span<const double> z) {
  std::array<double, 32> sorted;
  const auto end = std::ranges::copy(z, sorted.begin()).out;
  std::sort(sorted.begin(), end, std::greater<>());
  double least = 1;
  for (std::size_t k = 0; k < z.size(); ++k)
    least = std::min(least, normal_cdf(-sorted[k]) * static_cast<double>(z.size()) / static_cast<double>(k + 1));
  return z_of(least);
}

}  // namespace

double single_step_z(Intersection test, double best, std::span<const double> loading) {
  const std::size_t count = loading.size();
  if (count == 1 || std::isinf(best)) return best;
  if (test == Intersection::dunnett) return z_of(any_reaches(best, loading));
  const double p = normal_cdf(-best), n = static_cast<double>(count);
  return z_of(test == Intersection::sidak ? -std::expm1(n * std::log1p(-p)) : n * p);
}

double intersection_z(Intersection test, std::span<const double> z, std::span<const double> loading) {
  std::array<double, 32> known;
  const std::span<double> all = std::span(known).first(z.size());
  std::ranges::transform(z, all.begin(), [](double x) { return std::isnan(x) ? -infinity : x; });
  if (test == Intersection::simes) return simes(all);
  return single_step_z(test, std::ranges::max(all), loading);
}

double intersection_z(Intersection test, double whole, double subgroup, double correlation) {
  const double both[] = {whole, subgroup}, none[] = {0, 0};
  if (test != Intersection::spiessens_debois) return intersection_z(test, both, none);
  const double best = std::max(std::isnan(whole) ? -infinity : whole, std::isnan(subgroup) ? -infinity : subgroup);
  if (std::isinf(best)) return best;
  if (!(correlation > 0)) correlation = 0;
  const double lower[] = {-infinity, -infinity}, upper[] = {best, best};
  const double matrix[] = {1, correlation, correlation, 1};
  return z_of(multivariate_normal(lower, upper, matrix).outside);
}

}  // namespace oligosim
