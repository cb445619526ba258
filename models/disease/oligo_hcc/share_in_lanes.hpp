#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "models/disease/oligo_hcc/columns_in_lanes.hpp"
#include "models/disease/oligo_hcc/mean_change.hpp"

/// What mean_change.hpp declares, for as many groups side by side as V has lanes: each file that includes it compiles
/// it for the registers that it may use.
namespace oligosim {
namespace sharing {

inline constexpr double lowest = -200, highest = 200;

/// Between which shifts the mean comes down to a value, as far as it has been looked at.
template <Weight V>
class Crossing {
 public:
  Crossing(const MeanChange<V>& change, const V& mean) : change_(change), mean_(mean) {}

  SumAndSlope<V> look_with_slope(const V& shift) {
    const SumAndSlope<V> found = change_.with_slope(shift);
    note(shift, found.sum / change_.total_diameter());
    return found;
  }
  /// From a few roundings away on, until the crossing lies in between.
  void look_around(const V& shift) {
    const V low = on_grid(shift, 60);
    for (int step = -1; step <= 1; ++step) look(low + step * width(60));  // which do not wait for each other
    V away = 0x1p-49 * larger(V{} + 1.0, larger(shift, -shift));
    for (int round = 0; round < 3 && !all((above_ > shift - away) & (below_ < shift + away)); ++round, away *= 8.0)
      look(shift - away), look(shift + away);
    if (!all(above_ > lowest)) look(V{} + lowest);  // perhaps it is above nowhere
  }

  /// The shift if it is in between, or the middle.
  V between(const V& shift) const { return (shift > above_) & (shift < below_) ? shift : (above_ + below_) * 0.5; }

  /// The lower end of what 60 halvings leave: they are made as if the mean were above no further than is known, until
  /// it is known not to be at their upper end, the lowest middle beyond that. Those after which the ends still are
  /// multiples of the width, without rounding, are skipped where the crossing is known to be in one such interval.
  V halved() {
    while (true) {
      V low = V{} + lowest, high = V{} + highest;
      if (all((above_ >= -4.0) & (below_ <= 4.0)) && in_one_interval(54))
        halve(54, low, high);
      else
        halve(in_one_interval(48) ? 48 : 0, low, high);
      if (all(high >= below_)) return low;
      const V between = (above_ + below_) * 0.5;
      look(high), look(between);
    }
  }

 private:
  void note(const V& shift, const V& mean) {
    const auto above = mean > mean_;
    above_ = larger(above_, above ? shift : above_);
    below_ = smaller(below_, above ? below_ : shift);
  }
  void look(const V& shift) { note(shift, change_.at(shift)); }

  static constexpr double width(int halvings) {
    return (highest - lowest) / static_cast<double>(std::uint64_t{1} << halvings);
  }
  /// The multiple of a width below a shift, or one beside it if it is within roundings of one.
  static V on_grid(const V& shift, int halvings) { return floor_of(shift * (1 / width(halvings))) * width(halvings); }
  bool in_one_interval(int halvings) const {
    const V low = on_grid(above_, halvings);
    return all((above_ >= low) & (below_ <= low + width(halvings)));
  }
  /// What they leave, from the given number of halvings on.
  void halve(int halvings, V& low, V& high) const {
    if (halvings > 0) low = on_grid(above_, halvings), high = low + width(halvings);
    for (; halvings < 60; ++halvings) {
      const V middle = (low + high) * 0.5;
      const auto above = middle <= above_;
      low = above ? middle : low;
      high = above ? high : middle;
    }
  }

  const MeanChange<V>& change_;
  V mean_, above_ = V{} + lowest, below_ = V{} + highest;
};

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
  // What is left, a jump at most, is put where there is room.
  V rest = (mean - sum / of_all.total_diameter()) * of_all.total_diameter();
  for (std::size_t j = 0; j < change.size(); ++j) {
    const V moved = larger(V{} + gone, change[j] + rest / diameter[j]);
    rest = diameter[j] > 0.0 ? rest - (moved - change[j]) * diameter[j] : rest;
    change[j] = moved;
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
    for (std::size_t j = 0; j < count(); j += square)
      for (std::size_t l = 0; l < width; l += square) {
        const auto of = [&](std::size_t m) {
          return first_of(column.data() + group_[l + m].first + j, group_[l + m].count, j);
        };
        const HalfLanes a = of(0), b = of(1), c = of(2), d = of(3);
        const HalfLanes ab = __builtin_shufflevector(a, b, 0, 4, 2, 6), cd = __builtin_shufflevector(c, d, 0, 4, 2, 6);
        const HalfLanes ab_next = __builtin_shufflevector(a, b, 1, 5, 3, 7),
                        cd_next = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        const auto put = [&](std::size_t row, const HalfLanes& four) {
          set_part(side_by_side[j + row], l / square, four);
        };
        put(0, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
        put(1, __builtin_shufflevector(ab_next, cd_next, 0, 1, 4, 5));
        put(2, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
        put(3, __builtin_shufflevector(ab_next, cd_next, 2, 3, 6, 7));
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

// Newton's steps, which end on the right piece of a piecewise linear function. How good they are decides how often the
// halvings have to look, not what they end at.
template <Weight V>
V MeanChange<V>::shift_to(const V& mean) const {
  constexpr int most_steps = 24;
  constexpr double near = 1e-9, flat = 1e-3;
  sharing::Crossing<V> crossing(*this, mean);
  const V wanted = mean * total_;
  V shift = crossing.between(curve_.inverse(mean) - score_);
  for (int step = 0; step < most_steps; ++step) {
    const auto [sum, slope] = crossing.look_with_slope(shift);
    const V excess = sum - wanted, distance = larger(excess, -excess) / total_;
    const V next = shift - excess / smaller(slope, V{} - flat);
    shift = distance <= near ? next : crossing.between(next);
    if (!any_above(distance, near)) break;
  }
  crossing.look_around(shift);
  return crossing.halved();
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
