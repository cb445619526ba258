#include "engine/statistics/clusters.hpp"

#include <algorithm>

namespace oligosim {

namespace {

void add_cross_product(std::span<const double> u, double times, std::span<double> products) {
  for (std::size_t j = 0; j < u.size(); ++j) {
    for (std::size_t k = 0; k < u.size(); ++k) products[j * u.size() + k] += times * u[j] * u[k];
  }
}

}  // namespace

void cluster_cross_products(std::span<const double> influence, std::size_t columns, std::span<const double> weight,
                            const Clusters& clusters, std::span<double> products, Arena& arena) {
  const std::size_t rows = columns == 0 ? 0 : influence.size() / columns;
  const auto weight_of = [&](std::size_t i) { return weight.empty() ? 1.0 : weight[i]; };
  std::fill(products.begin(), products.end(), 0.0);
  if (clusters.code.empty()) {
    for (std::size_t i = 0; i < rows; ++i) {
      add_cross_product(influence.subspan(i * columns, columns), weight_of(i), products);
    }
    return;
  }
  const Arena::Scope scope(arena);
  const std::span<double> sums = arena.take<double>(clusters.count * columns, 0.0);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      sums[clusters.code[i] * columns + j] += weight_of(i) * influence[i * columns + j];
    }
  }
  for (std::size_t c = 0; c < clusters.count; ++c) {
    add_cross_product(sums.subspan(c * columns, columns), 1.0, products);
  }
}

}  // namespace oligosim
