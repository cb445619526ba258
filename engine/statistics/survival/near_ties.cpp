#include "engine/statistics/survival/near_ties.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {

void join_near_ties(std::span<double> times, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::span<double> all = arena.take<double>(times.size());
  const auto known = std::ranges::copy_if(times, all.begin(), [](double t) { return std::isfinite(t); }).out;
  std::sort(all.begin(), known);
  const std::span<double> different(all.begin(), std::unique(all.begin(), known));
  double mean = 0;
  for (const double t : different) mean += std::abs(t) / static_cast<double>(different.size());
  const double tolerance = std::sqrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, mean);
  const std::span<double> cuts = arena.take<double>(different.size());
  std::size_t count = 0;
  for (std::size_t k = 0; k < different.size(); ++k)
    if (k == 0 || different[k] - different[k - 1] > tolerance) cuts[count++] = different[k];
  if (count == different.size()) return;
  for (double& t : times)
    if (std::isfinite(t))
      t = *(std::upper_bound(cuts.begin(), cuts.begin() + static_cast<std::ptrdiff_t>(count), t) - 1);
}

}  // namespace oligosim
