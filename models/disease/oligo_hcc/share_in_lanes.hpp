#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/mean_change.hpp"

/// What mean_change.hpp declares, for as many groups side by side as V has lanes: each file that includes it compiles
/// it for the registers that it may use.
namespace oligosim {
namespace sharing {

/// Changes the lesions of a group to their mean; lesion after lesion, a diameter of 0: there are fewer.
template <Weight V>
void share_change(const ChangeCurve& curve, const V& mean, std::span<const V> scores, std::span<const V> diameter,
                  std::span<V> change) {
  const MeanChange<V> of_all(curve, scores, diameter);
  const V shift = of_all.shift_to(mean);
  V sum{};
  for (std::size_t j = 0; j < change.size(); ++j) {
    change[j] = curve(scores[j] + shift);
    sum += change[j] * diameter[j];
  }
  // What a jump leaves is put where there is room.
  const V missing = mean - sum / of_all.total_diameter();
  V rest = larger(missing, -missing) > MeanChange<V>::near ? missing * of_all.total_diameter() : V{};
  if (!any(rest != 0.0)) return;
  for (std::size_t j = 0; j < change.size(); ++j) {
    const auto rests = rest != 0.0;  // a lane without stays as it is, whatever its neighbors have
    const V moved = larger(V{} + gone, change[j] + rest / diameter[j]);
    rest = diameter[j] > 0.0 ? rest - (moved - change[j]) * diameter[j] : rest;
    change[j] = rests ? moved : change[j];
  }
}

/// The lesions of some groups side by side: in lane l of element j the j-th of group l, 0 where it has fewer.
template <Weight V>
class GroupsInLanes {
 public:
  static constexpr std::size_t width = lane_count<V>;
  /// The first of the groups, the last again where there are no more.
  explicit GroupsInLanes(std::span<const LesionGroup> ordered) {
    for (std::size_t l = 0; l < width; ++l) group_[l] = ordered[std::min(l, ordered.size() - 1)];
  }

  V mean() const {
    V of_each{};
    for (std::size_t l = 0; l < width; ++l) of_each[l] = group_[l].mean;
    return of_each;
  }
  /// Of the group with most lesions.
  std::size_t count() const { return group_.back().count; }

  /// `side_by_side` has room for a multiple of four.
  void gather(std::span<const double> column, std::span<V> side_by_side) const {
    for (std::size_t j = 0; j < count(); j += square) {
      std::array<std::array<HalfLanes, square>, width / square> four;  // groups, lesion after lesion
      for (std::size_t part = 0; part < four.size(); ++part) {
        const auto of = [&](std::size_t m) {
          const LesionGroup& group = group_[part * square + m];
          return first_of(column.data() + group.first + j, group.count, j);
        };
        const HalfLanes a = of(0), b = of(1), c = of(2), d = of(3);
        const HalfLanes ab = __builtin_shufflevector(a, b, 0, 4, 2, 6), cd = __builtin_shufflevector(c, d, 0, 4, 2, 6);
        const HalfLanes ab_next = __builtin_shufflevector(a, b, 1, 5, 3, 7),
                        cd_next = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        four[part] = {
            __builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab_next, cd_next, 0, 1, 4, 5),
            __builtin_shufflevector(ab, cd, 2, 3, 6, 7), __builtin_shufflevector(ab_next, cd_next, 2, 3, 6, 7)};
      }
      // Stored as they will be loaded: a load of two stores has to wait for both.
      for (std::size_t row = 0; row < square; ++row) {
        if constexpr (width == square)
          side_by_side[j + row] = four[0][row];
        else
          side_by_side[j + row] = __builtin_shufflevector(four[0][row], four[1][row], 0, 1, 2, 3, 4, 5, 6, 7);
      }
    }
  }
  void scatter(std::span<const V> side_by_side, std::span<double> column) const {
    for (std::size_t l = 0; l < width; ++l)
      for (std::size_t j = 0; j < group_[l].count; ++j)
        column[group_[l].first + j] = reinterpret_cast<const double*>(&side_by_side[j])[l];
  }

 private:
  static constexpr std::size_t square = lane_count<HalfLanes>;

  /// Those of four numbers before number `count` where they are from number j on; nothing else is read.
  static HalfLanes first_of(const double* from, std::uint32_t count, std::size_t j) {
    const __m256i left = _mm256_set1_epi64x(static_cast<std::int64_t>(count) - static_cast<std::int64_t>(j));
    return reinterpret_cast<HalfLanes>(
        _mm256_maskload_pd(from, _mm256_cmpgt_epi64(left, _mm256_setr_epi64x(0, 1, 2, 3))));
  }

  std::array<LesionGroup, width> group_;
};

}  // namespace sharing

template <Weight V>
MeanChange<V>::MeanChange(const ChangeCurve& curve, std::span<const V> scores, std::span<const V> diameter)
    : curve_(curve), scores_(scores), diameter_(diameter) {
  for (std::size_t j = 0; j < scores_.size(); ++j) total_ += diameter_[j], score_ += diameter_[j] * scores_[j];
  score_ /= total_;
}

// Newton's steps: the one that begins near the mean ends there, on the same piece of a piecewise linear function. Those
// that would leave the interval that is known to hold the shift go to its middle. A lane that has arrived stays, so
// that it does not depend on its neighbours.
template <Weight V>
V MeanChange<V>::shift_to(const V& mean) const {
  constexpr int most_steps = 80;
  constexpr double lowest = -200, highest = 200, flat = 1e-3;
  const V wanted = mean * total_;
  V above = V{} + lowest, below = V{} + highest;  // shifts with such means
  const auto inside = [&](const V& shift) __attribute__((always_inline)) {
    return (shift > above) & (shift < below) ? shift : (above + below) * 0.5;
  };
  V shift = inside(curve_.inverse(mean) - score_);
  V going = V{} + 1.0;
  for (int step = 0; step < most_steps && any_above(going, 0.0); ++step) {
    const auto [sum, slope] = with_slope(shift);
    const V excess = sum - wanted, distance = larger(excess, -excess) / total_;
    const auto too_high = excess > 0.0;
    above = too_high ? shift : above;
    below = too_high ? below : shift;
    const auto falls = slope < -flat;
    const V next = shift - excess / (falls ? slope : V{} - flat);
    const auto arrived = distance <= near, at_a_jump = below - above <= near;
    const V last = falls ? next : shift;
    const V to = arrived ? last : at_a_jump ? above : inside(next);
    shift = going > 0.0 ? to : shift;
    going = arrived | at_a_jump ? V{} : going;
  }
  return shift;
}

/// Of groups in ascending order of their numbers of lesions.
template <Weight V>
void share_in_lanes(const ChangeCurve& curve, std::span<const LesionGroup> ordered, std::span<const double> scores,
                    std::span<const double> diameter, std::span<double> change, Arena& arena) {
  using Groups = sharing::GroupsInLanes<V>;
  const std::size_t most = ordered.back().count + lane_count<HalfLanes>;
  const std::span<V> score = arena.take<V>(most), cm = arena.take<V>(most), changed = arena.take<V>(most);
  for (std::size_t from = 0; from < ordered.size(); from += Groups::width) {
    const Groups groups(ordered.subspan(from));
    groups.gather(scores, score);
    groups.gather(diameter, cm);
    const std::size_t count = groups.count();
    sharing::share_change<V>(curve, groups.mean(), score.first(count), cm.first(count), changed.first(count));
    groups.scatter(changed, change);
  }
}

}  // namespace oligosim
