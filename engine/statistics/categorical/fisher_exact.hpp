#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Patients of a 2x2 table: first row a, b; second row c, d.
struct FourfoldTable {
  std::uint32_t a = 0, b = 0, c = 0, d = 0;
};

/// p values given the margins (Fisher 1935): P(A >= a), P(A <= a), and the sum of the probabilities of all tables that
/// are at most (1 + 1e-7) times as probable as this one, as R's fisher.test. 1 for a table with one row or column.
struct FisherPValues {
  double two_sided;
  double less;     // odds ratio below 1
  double greater;  // odds ratio above 1
};
FisherPValues fisher_p_values(const FourfoldTable& table);

/// fisher.test stops its searches at 1.2e-4 of the odds ratio, or of its inverse above 1, which may leave the third
/// digit wrong. `as_r` takes the same steps to the same numbers; `exact` goes on to rounding.
enum class FisherRoots { as_r, exact };

/// Odds ratio (a d) / (b c): conditional maximum likelihood with the exact interval, each tail (1 - confidence) / 2,
/// and the two-sided p value, as R's fisher.test. A zero cell gives 0 or infinity with the limit 0 or infinity.
/// signed_statistic: see signed_score, positive where the odds ratio is above 1. A row or column without patients:
/// `empty_group`.
Estimate fisher_exact(const FourfoldTable& table, double confidence, FisherRoots roots = FisherRoots::as_r);

/// Two-sided p value of a table of `rows` x `columns` counts, row by row; same rule as above. Rows and columns without
/// patients do not count; fewer than two of either: `empty_group`. The smaller side may have up to 8 rows or columns
/// and 64 / that side bits a margin. Beyond these, or where the tables with the same margins are too many to go through
/// within seconds (5 x 5 from about 100 patients on, 4 x 4 from about 200): `did_not_converge`. (Network of Mehta and
/// Patel 1983.)
Estimate fisher_exact(std::span<const std::uint32_t> counts, std::size_t rows, std::size_t columns, Arena& arena);

}  // namespace oligosim
