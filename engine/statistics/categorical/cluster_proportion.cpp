#include "engine/statistics/categorical/cluster_proportion.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

double quantile(const ClusterProportionOptions& options, double clusters) {
  const double p = 1.0 - (1.0 - options.confidence) / 2.0;
  if (!options.student_t) return normal_quantile(p);
  using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return boost::math::quantile(boost::math::students_t_distribution<double, InDouble>(clusters - 1.0), p);
}

double expit(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

}  // namespace

template <Weight V>
ClusterRatio<V> cluster_ratio(std::span<const double> successes, std::span<const double> trials,
                              std::span<const V> weight) {
  const auto weight_of = [&](std::size_t i) { return weight.empty() ? broadcast<V>(1.0) : weight[i]; };
  ClusterRatio<V> sums;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i] > 0.0) sums.clusters += weight_of(i);
    sums.successes += weight_of(i) * successes[i];
    sums.trials += weight_of(i) * trials[i];
  }
  sums.proportion = sums.successes / sums.trials;
  V squares{};
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const V residual = successes[i] - sums.proportion * trials[i];
    squares += weight_of(i) * residual * residual;
  }
  sums.variance = squares / (sums.trials * sums.trials);
  return sums;
}

template ClusterRatio<double> cluster_ratio<double>(std::span<const double>, std::span<const double>,
                                                    std::span<const double>);
template ClusterRatio<Lanes> cluster_ratio<Lanes>(std::span<const double>, std::span<const double>,
                                                  std::span<const Lanes>);

Estimate cluster_proportion(std::span<const double> successes, std::span<const double> trials,
                            std::span<const double> weight, const ClusterProportionOptions& options) {
  const ClusterRatio<double> ratio = cluster_ratio(successes, trials, weight);
  Estimate result;
  result.n = ratio.trials;
  result.n_events = ratio.successes;
  if (!(ratio.trials > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  const double p = result.estimate = ratio.proportion;
  if (!(ratio.clusters > 1.0)) {
    result.status = Status::singular;
    return result;
  }
  const double factor = options.few_clusters ? ratio.clusters / (ratio.clusters - 1.0) : 1.0;
  result.standard_error = std::sqrt(factor * ratio.variance);
  const double width = quantile(options, ratio.clusters) * result.standard_error;
  if (options.interval == ClusterProportionInterval::wald) {
    result.lower = std::max(0.0, p - width);
    result.upper = std::min(1.0, p + width);
  } else if (p > 0.0 && p < 1.0) {
    const double logit = std::log(p / (1.0 - p)), logit_width = width / (p * (1.0 - p));
    result.lower = expit(logit - logit_width);
    result.upper = expit(logit + logit_width);
  } else {
    result.status = Status::singular;
  }
  return result;
}

}  // namespace oligosim
