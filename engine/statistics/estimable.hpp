#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Which coefficients of a regression its data determine. A column that is a combination of those before it is left out
/// (as R's coxph and glm do); a coefficient is estimable (Scheffe 1959) if that combination has no part of its column,
/// so that it would be the same whichever column were left out. Without any spans: of a model that keeps all its
/// columns.
struct EstimableColumns {
  std::span<const std::uint16_t> kept;      // columns left, in their order
  std::span<const std::uint8_t> estimable;  // of each column, 0 or 1

  bool all() const { return kept.size() == estimable.size(); }
  /// Where the column is among those kept, if its coefficient is estimable.
  std::optional<std::size_t> place(std::size_t column) const;
  /// The column kept at a place.
  std::size_t column(std::size_t place) const { return estimable.empty() ? place : kept[place]; }
  /// These, of whose columns kept some are left out by another look: those it keeps.
  EstimableColumns without(const EstimableColumns& again, Arena& arena) const;
};

/// From the information (row-major, both triangles) about the coefficients of a model without effects. A pivot not
/// above `smallest_pivot` counts as 0.
EstimableColumns estimable_columns(std::span<const double> information, std::size_t columns, double smallest_pivot,
                                   Arena& arena);

/// The columns kept of a matrix written column by column.
std::span<const double> columns_kept(std::span<const double> values, const EstimableColumns& columns, Arena& arena);

}  // namespace oligosim
