#pragma once

namespace oligosim {

/// How the hypothesis that neither of two claims holds is tested by their z.
enum class Intersection { bonferroni, simes, spiessens_debois };

/// z of that test, one-sided. `correlation` of the two under it, for spiessens_debois: of a whole population and a
/// subgroup the square root of the subgroup's share of the information (Spiessens and Debois 2010). A missing z counts
/// as the least favourable.
double intersection_z(Intersection test, double first, double second, double correlation);

}  // namespace oligosim
