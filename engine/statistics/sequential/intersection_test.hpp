#pragma once

#include <span>

namespace oligosim {

/// How the hypothesis that none of several claims holds is tested by their z. dunnett: of comparisons with a shared
/// control (1955). spiessens_debois: of a whole population and a subgroup (2010). The others know nothing of how the
/// statistics are correlated; simes and sidak hold the level of positively dependent ones.
enum class Intersection { bonferroni, simes, sidak, dunnett, spiessens_debois };

/// z of that test, one-sided, of one statistic or several. A missing z counts as the least favourable; at most 32.
/// `loading`: of dunnett, one a statistic (any_reaches); else not read.
double intersection_z(Intersection test, std::span<const double> z, std::span<const double> loading);

/// The same where `best` is the largest of several z, of which the others are not looked at: an upper limit of the p
/// value, that of the test itself but for simes.
double single_step_z(Intersection test, double best, std::span<const double> loading);

/// Of a whole population and a subgroup. `correlation` of the two, for spiessens_debois: the square root of the
/// subgroup's share of the information.
double intersection_z(Intersection test, double whole, double subgroup, double correlation);

}  // namespace oligosim
