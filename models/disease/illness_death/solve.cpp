#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <numbers>

#include "models/disease/illness_death/curve.hpp"

namespace oligosim {
namespace {

using Piece = IllnessDeathCurve::Piece;

template <class Function>
double root(const Function& f, double low, double high) {
  std::uintmax_t steps = 200;
  const auto [a, b] =
      boost::math::tools::toms748_solve(f, low, high, boost::math::tools::eps_tolerance<double>(50), steps);
  return (a + b) / 2;
}

Piece constant(double pfs_hazard, double progress_first, double after) {
  return {0, progress_first * pfs_hazard, (1 - progress_first) * pfs_hazard, after};
}

double os_at(const Piece& piece, double month) { return IllnessDeathCurve({piece}).os(month); }

/// The hazards with this correlation, where a share of the PFS events are progressions.
Piece correlated(double pfs_hazard, double progress_first, double correlation) {
  const double spread = std::sqrt(progress_first * (2 - progress_first));
  return constant(pfs_hazard, progress_first,
                  pfs_hazard * spread * correlation / std::sqrt(1 - correlation * correlation));
}

}  // namespace

std::vector<Piece> solve_by_share(const IllnessDeathMedians& medians, double progress_first) {
  const double hazard = std::numbers::ln2 / medians.pfs;
  const auto excess = [&](double after) { return os_at(constant(hazard, progress_first, after), medians.os) - 0.5; };
  if (medians.os <= medians.pfs || excess(0) <= 0) return {};
  double high = hazard;
  while (excess(high) > 0 && high < 1e9 * hazard) high *= 2;
  if (excess(high) > 0) return {};
  return {constant(hazard, progress_first, root(excess, 0, high))};
}

std::vector<Piece> solve_by_correlation(const IllnessDeathMedians& medians, double correlation) {
  const double hazard = std::numbers::ln2 / medians.pfs;
  const auto excess = [&](double progress_first) {
    return os_at(correlated(hazard, progress_first, correlation), medians.os) - 0.5;
  };
  constexpr double fewest = 1e-9;  // without any progression OS is PFS
  if (excess(fewest) >= 0 || excess(1) < 0) return {};
  return {correlated(hazard, root(excess, fewest, 1), correlation)};
}

double longest_median_os(double median_pfs, double correlation) {
  const Piece all_progress = correlated(std::numbers::ln2 / median_pfs, 1, correlation);
  double high = 2 * median_pfs;
  while (os_at(all_progress, high) > 0.5) high *= 2;
  return root([&](double month) { return os_at(all_progress, month) - 0.5; }, median_pfs, high);
}

double pfs_os_correlation(const Piece& h) {
  const double progression = h.progression, before = h.death_before_progression, after = h.death_after_progression;
  return after / std::sqrt(progression * progression + 2 * progression * before + after * after);
}

}  // namespace oligosim
