#include "models/disease/oligo_hcc/lesion_draws.hpp"

#include <cstring>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"
#include "engine/statistics/normal_scores.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/first_numbers.hpp"

namespace oligosim {
namespace {

}  // namespace

LesionDraws::LesionDraws(const Streams& streams, std::span<const std::uint32_t> count, Arena& arena)
    : first_to_fail(arena.take<double>(count.size())), others_in_liver(arena.take<double>(count.size())) {
  std::size_t lesions = 0;
  for (const std::uint32_t n : count) lesions += n;
  // Written so many at once; the next patient overwrites those that are too many. Most patients have no more.
  constexpr std::uint32_t at_once = lane_count<HalfLanes>;
  for (std::span<double>* column : {&diameter, &failure, &score, &site})
    *column = arena.take<double>(lesions + at_once);
  const Arena::Scope scope(arena);
  // Of a patient one number, and three a lesion; for the sites one, and one a lesion.
  const std::span<std::uint32_t> of_lesions = arena.take<std::uint32_t>(count.size());
  const std::span<std::uint32_t> of_sites = arena.take<std::uint32_t>(count.size());
  for (std::size_t i = 0; i < count.size(); ++i) of_lesions[i] = 1 + 3 * count[i], of_sites[i] = 1 + count[i];
  const FirstNumbers numbers(streams, Purpose::lesions, of_lesions, arena);
  const FirstNumbers sites(streams, Purpose::lesion_sites, of_sites, arena);
  std::size_t row = 0;
  for (std::size_t i = 0; i < count.size(); ++i) {
    const double *number = numbers.of(i), *place = sites.of(i);
    first_to_fail[i] = *number++, others_in_liver[i] = *place++;
    for (std::size_t to = row; to < row + count[i]; to += at_once, number += 3 * at_once, place += at_once) {
      const HalfLanes a = four_of(number), b = four_of(number + at_once), c = four_of(number + 2 * at_once);
      const HalfLanes first = __builtin_shufflevector(a, b, 0, 3, 6, -1);
      const HalfLanes second = __builtin_shufflevector(a, b, 1, 4, 7, -1);
      const HalfLanes third = __builtin_shufflevector(a, b, 2, 5, -1, -1);
      const Rows<HalfLanes> rows(to);
      rows.put(diameter, __builtin_shufflevector(first, c, 0, 1, 2, 5));
      rows.put(score, __builtin_shufflevector(second, c, 0, 1, 2, 6));
      rows.put(failure, __builtin_shufflevector(third, c, 0, 1, 4, 7));
      rows.put(site, four_of(place));
    }
    row += count[i];
  }
  for (std::span<double>* column : {&diameter, &failure, &score, &site}) *column = column->first(lesions);
  to_exponentials(diameter);
  to_normal_scores(score);
}

}  // namespace oligosim
