#include "engine/statistics/sequential/group_sequential.hpp"

#include <cmath>
#include <limits>

#include "engine/statistics/sequential/score_paths.hpp"

namespace oligosim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The paths that go on to information `next` where z stayed within the boundary.
ScorePaths continued(const ScorePaths& paths, double boundary, bool symmetric, double next) {
  const double score = boundary * std::sqrt(paths.information());
  return paths.next(symmetric ? -score : -infinity, score, next);
}

}  // namespace

std::vector<double> efficacy_boundaries(const SpendingFunction& spending, double alpha,
                                        std::span<const double> information, bool symmetric) {
  std::vector<double> boundaries;
  ScorePaths paths(information.front());
  double before = 0.0;
  for (std::size_t k = 0; k < information.size(); ++k) {
    if (k > 0) paths = continued(paths, boundaries.back(), symmetric, information[k]);
    const double now = spent(spending, alpha, information[k]);
    boundaries.push_back(paths.upper_boundary(now - before));
    before = now;
  }
  return boundaries;
}

std::vector<double> crossing_probabilities(std::span<const double> boundaries, std::span<const double> information,
                                           double drift, bool symmetric) {
  std::vector<double> crossing;
  if (information.empty()) return crossing;
  ScorePaths paths(information.front());
  for (std::size_t k = 0; k < information.size(); ++k) {
    if (k > 0) paths = continued(paths, boundaries[k - 1], symmetric, information[k]);
    crossing.push_back(paths.above(boundaries[k] * std::sqrt(information[k]), drift));
  }
  return crossing;
}

double last_boundary(std::span<const double> before, std::span<const double> information, double level,
                     bool symmetric) {
  ScorePaths paths(information.front());
  for (std::size_t k = 0; k < before.size(); ++k) paths = continued(paths, before[k], symmetric, information[k + 1]);
  return paths.upper_boundary(level);
}

}  // namespace oligosim
