#include "engine/statistics/describe.hpp"

#include <array>
#include <cmath>

#include "engine/statistics/estimate.hpp"

namespace oligosim {

namespace {

template <Weight V>
V weight_at(std::span<const V> weight, std::size_t i) {
  return weight.empty() ? broadcast<V>(1.0) : weight[i];
}

template <Weight V>
V total(const Sample& sample, std::span<const V> weight) {
  V n{};
  for (std::size_t i = 0; i < sample.size(); ++i) n += weight_at(weight, i);
  return n;
}

template <Weight V, std::size_t Count>
std::array<V, Count> quantiles(const Sample& sample, std::span<const V> weight, const V& n,
                               const std::array<double, Count>& probability) {
  std::array<V, Count> below_or_at, above, share, result;  // the two order statistics and how far from one to the other
  std::array<V, Count> rank;                               // of the first of them, from 1
  for (std::size_t q = 0; q < Count; ++q) {
    const V place = 1.0 + (n - 1.0) * probability[q];
    rank[q] = each_lane(place, [](double x) { return std::floor(x); });
    share[q] = place - rank[q];
    below_or_at[q] = above[q] = broadcast<V>(missing);
  }
  V before{};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const V x = broadcast<V>(sample.value[i]), upto = before + weight_at(weight, i);
    for (std::size_t q = 0; q < Count; ++q) {
      const auto pick = [&](V& chosen, const V& wanted) {
        chosen = upto >= wanted ? (before < wanted ? x : chosen) : chosen;
      };
      pick(below_or_at[q], rank[q]);
      pick(above[q], rank[q] + 1.0);
    }
    before = upto;
  }
  // Where the place is an order statistic, or both are equal, nothing is interpolated: the same value to the bit.
  for (std::size_t q = 0; q < Count; ++q) {
    const V between = (1.0 - share[q]) * below_or_at[q] + share[q] * above[q];
    result[q] = share[q] == 0.0 ? below_or_at[q] : (below_or_at[q] == above[q] ? below_or_at[q] : between);
  }
  return result;
}

}  // namespace

template <Weight V>
V quantile(const Sample& sample, std::span<const V> weight, double probability) {
  return quantiles<V, 1>(sample, weight, total(sample, weight), {probability})[0];
}

template <Weight V>
Description<V> describe(const Sample& sample, std::span<const V> weight) {
  Description<V> d;
  d.n = total(sample, weight);
  const std::array<V, 5> q = quantiles<V, 5>(sample, weight, d.n, {0.0, 0.25, 0.5, 0.75, 1.0});
  d.minimum = q[0], d.quartile_1 = q[1], d.median = q[2], d.quartile_3 = q[3], d.maximum = q[4];
  V sum{}, squares{};
  for (std::size_t i = 0; i < sample.size(); ++i) sum += weight_at(weight, i) * sample.value[i];
  d.mean = d.n > 0.0 ? sum / d.n : broadcast<V>(missing);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const V deviation = sample.value[i] - d.mean;
    squares += weight_at(weight, i) * deviation * deviation;
  }
  d.standard_deviation = d.n > 1.0 ? sqrt_of<V>(squares / (d.n - 1.0)) : broadcast<V>(missing);
  return d;
}

template Description<double> describe(const Sample&, std::span<const double>);
template Description<Lanes> describe(const Sample&, std::span<const Lanes>);
template double quantile(const Sample&, std::span<const double>, double);
template Lanes quantile(const Sample&, std::span<const Lanes>, double);

}  // namespace oligosim
