// Grades of toxicity of all patients, term by term.
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/toxicity_copula.hpp"

namespace oligosim {
namespace {

/// A second uniform number, the lower 16 bits of a number: which grade, where the number itself says whether a patient
/// has the term. Nearly independent of that: a probability of both is within 2^-18 of the product.
template <Weight V>
V lower_half(const V& number) {
  const V steps = 0x1p16 * number;
  return steps - floor_of(steps);
}

/// table[place[i]] of each row.
double element(std::span<const double> table, std::span<const std::uint32_t> place, const Rows<double>& here) {
  return table[place[here.first()]];
}
HalfLanes element(std::span<const double> table, std::span<const std::uint32_t> place, const Rows<HalfLanes>& here) {
  const std::uint32_t* at = place.data() + here.first();
  return HalfLanes{table[at[0]], table[at[1]], table[at[2]], table[at[3]]};
}

/// What is left of a uniform number that was found below a share, or not: uniform again, and independent of that.
template <Weight V>
V left_of(const V& number, const V& share) {
  return number < share ? number / share : (number - share) / (1.0 - share);
}

/// Grade 1 or 2.
template <Weight V>
V minor_grade(const V& number, double grade_2_share) {
  return number < grade_2_share ? V{} + 2.0 : V{} + 1.0;
}

}  // namespace

ToxicityCopula::Common ToxicityCopula::sample_common(NumberColumns& numbers, const ToxicityCases& patients,
                                                     Arena& arena) const {
  const std::size_t n = patients.om.size();
  const Common common{arena.take<std::uint32_t>(n), arena.take<double>(n), arena.take<double>(n),
                      arena.take<double>(n, 0.0)};
  const std::span<const double> susceptible = numbers.next();
  for (std::size_t i = 0; i < n; ++i)
    common.level[i] = static_cast<std::uint32_t>(static_cast<std::int32_t>(susceptible[i] * levels));
  std::ranges::copy(numbers.next(), common.start.begin());
  const auto independent = [op = op_.independent_share, of_om = om_.independent_share](const auto& om,
                                                                                       const auto& chance) {
    using V = std::remove_cvref_t<decltype(om)>;
    return chance < either(om, of_om, op) ? V{} + 1.0 : V{};
  };
  fill_in_lanes(common.independent, independent, patients.om, numbers.next());
  return common;
}

// An arm that has fewer toxicities leaves each of a patient's out with a probability of its own, those of grade 3 with
// another: by the part of his chance in which his number is.
void ToxicityCopula::sample(NumberColumns& numbers, const ToxicityCases& patients, double grade_2_share,
                            std::span<const std::span<double>> grades, Arena& arena) const {
  const Arena::Scope scope(arena);
  const Common common = sample_common(numbers, patients, arena);
  for (std::size_t k = 0; k < terms(); ++k) {
    const std::span<const double> term = numbers.next();
    const double op_share = op_.given_any[k], om_share = om_.given_any[k];
    const auto without_grade_3 = [&](const auto& here) {
      const auto chance = element(at_level_[k], common.level, here);
      const auto number = here(term);
      const auto has = number < chance * here(patients.any_grade);
      here.put(grades[k], has ? minor_grade(lower_half(number), grade_2_share) : here.number(0));
    };
    const auto with_grade_3 = [&](const auto& here) {
      const auto chance = element(at_level_[k], common.level, here);
      const auto number = here(term), of_grade = lower_half(number), none = here.number(0);
      const auto share = either(here(patients.om), om_share, op_share);
      const auto independent = here(common.independent) > 0.0;
      // Systematic sampling: the points start, start + 1, ... on the terms laid end to end.
      const auto sum = here(common.sum), start = here(common.start);
      const auto hits = floor_of(sum + share - start) - floor_of(sum - start);
      const auto severe = (independent ? share - of_grade : hits) > 0.0;
      const auto grade_1_2 = minor_grade(independent ? left_of(of_grade, share) : of_grade, grade_2_share);
      const auto has = number < chance * here(patients.any_grade);
      const auto has_grade_3 = severe & (number < chance * here(patients.grade_3));
      here.put(grades[k], has ? (has_grade_3 ? here.number(3) : grade_1_2) : none);
      here.put(common.sum, sum + (number < chance ? share : none));
    };
    if (op_share == 0 && om_share == 0)
      in_lanes(common.level.size(), without_grade_3);
    else
      in_lanes(common.level.size(), with_grade_3);
  }
}

}  // namespace oligosim
