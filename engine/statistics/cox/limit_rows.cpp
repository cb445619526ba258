#include "engine/statistics/cox/limit_rows.hpp"

#include <algorithm>
#include <limits>

#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double same_value = 0.01;  // of the range: a direction found by steps is good to 1e-4 of it

/// The rows that are at risk at all, those below the largest value of their stratum's events left out; nothing where
/// that leaves out none, or an event.
class RowsAtTheTop {
 public:
  RowsAtTheTop(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
               std::span<const double> direction, Arena& arena)
      : table_(table),
        covariates_(covariates),
        weight_(weight),
        value_(arena.take<double>(table.size(), 0.0)),
        top_(arena.take<double>(covariates.strata, -infinity)) {
    double low = infinity, high = -infinity;
    for (std::size_t i = 0; i < table.size(); ++i) {
      for (std::size_t j = 0; j < covariates.columns; ++j)
        value_[i] += direction[j] * covariates.values[j * table.size() + i];
      if (!is_there(i)) continue;
      low = std::min(low, value_[i]), high = std::max(high, value_[i]);
      if (double& top = top_[stratum(i)]; table.event[i]) top = std::max(top, value_[i]);
    }
    tolerance_ = same_value * (high - low);
  }

  std::span<const std::uint32_t> positions(Arena& arena) const {
    const std::span<std::uint32_t> position = arena.take<std::uint32_t>(table_.size());
    std::size_t left = 0, there = 0;
    for (std::uint32_t i = 0; i < table_.size(); ++i) {
      if (!is_there(i)) continue;
      ++there;
      const bool below = value_[i] < top_[stratum(i)] - tolerance_;
      if (below && table_.event[i]) return {};
      if (!below) position[left++] = i;
    }
    return left < there ? position.first(left) : std::span<std::uint32_t>{};
  }

 private:
  bool is_there(std::size_t i) const {
    return holds_time(table_, covariates_, i) && (weight_.empty() || weight_[i] > 0.0);
  }
  std::size_t stratum(std::size_t i) const { return covariates_.stratum.empty() ? 0 : covariates_.stratum[i]; }

  const SurvivalTable& table_;
  const CoxCovariates& covariates_;
  std::span<const double> weight_;
  std::span<double> value_, top_;
  double tolerance_ = 0.0;
};

}  // namespace

std::optional<LimitRows> limit_rows(const SurvivalTable& table, const CoxCovariates& covariates,
                                    std::span<const double> weight, std::span<const double> direction, Arena& arena) {
  LimitRows left{{}, RowsAtTheTop(table, covariates, weight, direction, arena).positions(arena), covariates};
  if (left.position.empty()) return {};
  left.table = {of_rows_left(table.time, left.position, arena), of_rows_left(table.event, left.position, arena),
                of_rows_left(table.row, left.position, arena)};
  const std::size_t rows = table.size(), n = left.position.size();
  const std::span<double> values = arena.take<double>(n * covariates.columns);
  for (std::size_t j = 0; j < covariates.columns; ++j)
    for (std::size_t i = 0; i < n; ++i) values[j * n + i] = covariates.values[j * rows + left.position[i]];
  left.covariates.values = values;
  left.covariates.stratum = of_rows_left(covariates.stratum, left.position, arena);
  left.covariates.start = of_rows_left(covariates.start, left.position, arena);
  return left;
}

}  // namespace oligosim
