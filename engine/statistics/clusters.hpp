#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Which rows are not independent: lesions of one patient, patients of one centre.
struct Clusters {
  std::span<const std::uint32_t> code;  // one a row in table order, below `count`; empty: each row by itself
  std::size_t count = 0;
};

/// The middle of a sandwich variance: sum over clusters of u u', u the cluster's sum of weighted rows of `influence`
/// (row-major, `columns` each). An integer weight is that many rows of the same cluster; without clusters, that many
/// rows each by itself. Writes columns x columns.
void cluster_cross_products(std::span<const double> influence, std::size_t columns, std::span<const double> weight,
                            const Clusters& clusters, std::span<double> products, Arena& arena);

}  // namespace oligosim
