#include "engine/statistics/estimable.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"

namespace oligosim {

namespace {

/// Part that a column kept has in one left out, both of length 1; below it there is rounding alone.
constexpr double smallest_part = 1e-5;

class Elimination {
 public:
  Elimination(std::span<const double> information, std::size_t columns, double smallest_pivot, Arena& arena)
      : information_(information),
        columns_(columns),
        smallest_pivot_(smallest_pivot),
        kept_(arena.take<std::uint16_t>(columns)),
        estimable_(arena.take<std::uint8_t>(columns, std::uint8_t{1})),
        factor_(arena.take<double>(columns * columns)),
        parts_(arena.take<double>(columns)) {}

  EstimableColumns run() {
    for (std::size_t j = 0; j < columns_; ++j)
      if (!keep(j)) leave_out(j);
    return {kept_.first(count_), estimable_};
  }

 private:
  double at(std::size_t j, std::size_t k) const { return information_[j * columns_ + k]; }

  /// False if what the columns kept say about it is all there is.
  bool keep(std::size_t j) {
    kept_[count_] = static_cast<std::uint16_t>(j);
    if (!factor(count_ + 1)) return false;
    ++count_;
    return true;
  }

  bool factor(std::size_t size) {
    for (std::size_t a = 0; a < size; ++a)
      for (std::size_t b = 0; b < size; ++b) factor_[a * size + b] = at(kept_[a], kept_[b]);
    return cholesky(factor_.first(size * size), size, smallest_pivot_);
  }

  void leave_out(std::size_t j) {
    estimable_[j] = 0;
    if (count_ == 0 || !(at(j, j) > smallest_pivot_)) return;  // without information it is no combination
    const std::span<double> part = parts_.first(count_);
    for (std::size_t a = 0; a < count_; ++a) part[a] = at(kept_[a], j);
    factor(count_);
    cholesky_solve(factor_.first(count_ * count_), part);
    for (std::size_t a = 0; a < count_; ++a) {
      const double ratio = std::sqrt(at(kept_[a], kept_[a]) / at(j, j));
      if (std::abs(part[a]) * ratio > smallest_part) estimable_[kept_[a]] = 0;
    }
  }

  std::span<const double> information_;
  std::size_t columns_;
  double smallest_pivot_;
  std::span<std::uint16_t> kept_;
  std::size_t count_ = 0;
  std::span<std::uint8_t> estimable_;
  std::span<double> factor_, parts_;
};

}  // namespace

std::optional<std::size_t> EstimableColumns::place(std::size_t column) const {
  if (estimable.empty()) return column;
  const auto found = std::ranges::find(kept, column);
  if (found == kept.end() || !estimable[column]) return {};
  return static_cast<std::size_t>(found - kept.begin());
}

EstimableColumns EstimableColumns::without(const EstimableColumns& again, Arena& arena) const {
  if (estimable.empty()) return again;
  if (again.estimable.empty()) return *this;
  const std::span<std::uint16_t> left = arena.take<std::uint16_t>(again.kept.size());
  for (std::size_t a = 0; a < left.size(); ++a) left[a] = kept[again.kept[a]];
  const std::span<std::uint8_t> both = arena.take<std::uint8_t>(estimable.size());
  std::ranges::copy(estimable, both.begin());
  for (std::size_t a = 0; a < kept.size(); ++a) both[kept[a]] = both[kept[a]] && again.estimable[a];
  return {left, both};
}

EstimableColumns estimable_columns(std::span<const double> information, std::size_t columns, double smallest_pivot,
                                   Arena& arena) {
  return Elimination(information, columns, smallest_pivot, arena).run();
}

std::span<const double> columns_kept(std::span<const double> values, const EstimableColumns& columns, Arena& arena) {
  const std::size_t rows = values.size() / columns.estimable.size();
  const std::span<double> kept = arena.take<double>(rows * columns.kept.size());
  for (std::size_t a = 0; a < columns.kept.size(); ++a)
    std::ranges::copy(values.subspan(columns.kept[a] * rows, rows),
                      kept.begin() + static_cast<std::ptrdiff_t>(a * rows));
  return kept;
}

}  // namespace oligosim
