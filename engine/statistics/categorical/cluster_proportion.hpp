#pragma once

#include <span>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Limits on the logit scale, back-transformed, or on the scale of the proportion, cut at 0 and 1.
enum class ClusterProportionInterval { logit, wald };

/// The defaults are those of a survey's estimator of a proportion (Korn and Graubard 1999).
struct ClusterProportionOptions {
  ClusterProportionInterval interval = ClusterProportionInterval::logit;
  bool few_clusters = true;  // the variance times m / (m - 1), m the number of clusters
  bool student_t = true;     // quantiles of Student's t with m - 1 df; false: of the normal distribution
  double confidence = 0.95;
};

/// Sums over clusters, one a resample.
template <Weight V>
struct ClusterRatio {
  V clusters{};  // m: those with any trials
  V successes{};
  V trials{};
  V proportion{};  // 0 / 0 without trials
  V variance{};    // sum of (x_i - p n_i)^2 / (sum of n_i)^2, without a factor for few clusters
};

/// `successes` and `trials` have one element a cluster (lesions with a response, and lesions, of each patient).
/// `weight`: how often each cluster was drawn, each time as another cluster; empty for once.
template <Weight V>
ClusterRatio<V> cluster_ratio(std::span<const double> successes, std::span<const double> trials,
                              std::span<const V> weight);

/// Proportion of lesions nested in patients, with the cluster-robust standard error of a ratio of means (Cochran 1977;
/// the same as generalized estimating equations with independence as working correlation, Liang and Zeger 1986).
/// Status: `empty_group` without trials; `singular` where the limits are not defined: a single cluster (no standard
/// error either), or on the logit scale a proportion of 0 or 1. The estimate stands in both.
Estimate cluster_proportion(std::span<const double> successes, std::span<const double> trials,
                            std::span<const double> weight, const ClusterProportionOptions& options);

}  // namespace oligosim
