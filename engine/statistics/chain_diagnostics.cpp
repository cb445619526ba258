#include "engine/statistics/chain_diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {
namespace {

using Chains = std::vector<std::vector<double>>;

Chains halves(const Chains& chains) {
  Chains split;
  for (const std::vector<double>& c : chains) {
    const auto half = static_cast<std::ptrdiff_t>(c.size() / 2);
    split.emplace_back(c.begin(), c.begin() + half);
    split.emplace_back(c.end() - half, c.end());
  }
  return split;
}

/// Every draw as the normal quantile of its rank among all, ties at their mean rank (Blom's offsets).
Chains rank_normalized(const Chains& chains) {
  const std::size_t length = chains.front().size(), total = length * chains.size();
  const auto value = [&](std::size_t i) { return chains[i / length][i % length]; };
  std::vector<std::size_t> order(total);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) < value(b); });
  Chains normal(chains.size(), std::vector<double>(length));
  for (std::size_t first = 0; first < total;) {
    std::size_t last = first;
    while (last + 1 < total && value(order[last + 1]) == value(order[first])) ++last;
    const double rank = static_cast<double>(first + last) / 2 + 1;
    const double z = normal_quantile((rank - 0.375) / (static_cast<double>(total) + 0.25));
    for (std::size_t k = first; k <= last; ++k) normal[order[k] / length][order[k] % length] = z;
    first = last + 1;
  }
  return normal;
}

double mean(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// Autocovariance at a lag, divisor n.
double autocovariance(std::span<const double> x, double centre, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = lag; i < x.size(); ++i) sum += (x[i] - centre) * (x[i - lag] - centre);
  return sum / static_cast<double>(x.size());
}

struct Variances {
  double within, pooled;
};

Variances variances(const Chains& chains, std::span<const double> means) {
  const auto n = static_cast<double>(chains.front().size()), m = static_cast<double>(chains.size());
  const double all = mean(means);
  double within = 0, between = 0;
  for (std::size_t c = 0; c < chains.size(); ++c) {
    within += autocovariance(chains[c], means[c], 0) * n / (n - 1) / m;
    between += (means[c] - all) * (means[c] - all) / (m - 1);  // variance of the means
  }
  return {within, within * (n - 1) / n + between};
}

}  // namespace

ChainDiagnostics chain_diagnostics(const std::vector<std::vector<double>>& chains) {
  const Chains split = rank_normalized(halves(chains));
  const std::size_t n = split.front().size();
  std::vector<double> means;
  for (const auto& c : split) means.push_back(mean(c));
  const Variances v = variances(split, means);
  if (!(v.within > 0)) return {missing, missing};
  const double total = static_cast<double>(n * split.size());
  const auto correlation = [&](std::size_t lag) {
    double covariance = 0;
    for (std::size_t c = 0; c < split.size(); ++c) covariance += autocovariance(split[c], means[c], lag);
    const auto length = static_cast<double>(n);
    covariance *= length / (length - 1) / static_cast<double>(split.size());
    return 1 - (v.within - covariance) / v.pooled;
  };
  // Sums of neighbouring lags are positive and fall in theory: cut at the first that is not (Geyer 1992).
  double time = -1, smallest = 2;
  for (std::size_t lag = 0; lag + 1 < n; lag += 2) {
    const double pair = (lag == 0 ? 1 : correlation(lag)) + correlation(lag + 1);
    if (pair < 0) break;
    smallest = std::min(smallest, pair);
    time += 2 * smallest;
  }
  time = std::max(time, 1 / std::log10(total));
  return {std::sqrt(v.pooled / v.within), total / time};
}

}  // namespace oligosim
