#include "models/disease/oligo_hcc/mean_change.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "models/disease/oligo_hcc/columns_in_lanes.hpp"

namespace oligosim {
namespace {

constexpr double lowest = -200, highest = 200;

/// Between which shifts the mean comes down to a value, as far as it has been looked at.
template <Weight V>
class Crossing {
 public:
  Crossing(const MeanChange<V>& change, const V& mean) : change_(change), mean_(mean) {}

  /// By how much the mean at a shift is above the value, and its derivative.
  SumAndSlope<V> look_with_slope(const V& shift) {
    SumAndSlope<V> found = change_.with_slope(shift);
    found.sum = found.sum / change_.total_diameter() - mean_;
    note(shift, found.sum);
    return found;
  }
  /// From a few roundings away on, until the crossing lies in between.
  void look_around(const V& shift) {
    const V step = larger(V{} + width(60), 0x1p-52 * larger(shift, -shift)), low = floor_of(shift / step) * step;
    look<4>({low - step, low, low + step, low + 2.0 * step});
    V away = 8.0 * step;
    for (int round = 0; round < 3 && !all((above_ > shift - away) & (below_ < shift + away)); ++round, away *= 8.0)
      look<2>({shift - away, shift + away});
    if (!all(above_ > lowest)) look<1>({V{} + lowest});  // perhaps it is above nowhere
  }

  /// The shift if it is in between, or the middle.
  V between(const V& shift) const { return (shift > above_) & (shift < below_) ? shift : (above_ + below_) * 0.5; }

  /// The lower end of what 60 halvings leave. Those after which the ends still are multiples of the width, without
  /// rounding, are skipped where the crossing is known to be in one such interval.
  V halved() {
    if (all((above_ >= -4.0) & (below_ <= 4.0)) && in_one_interval(54)) return halved_from(54);
    return halved_from(in_one_interval(48) ? 48 : 0);
  }

 private:
  void note(const V& shift, const V& excess) {
    above_ = larger(above_, excess > 0.0 ? shift : above_);
    below_ = smaller(below_, excess > 0.0 ? below_ : shift);
  }
  template <std::size_t N>
  void look(const std::array<V, N>& shift) {
    const std::array<V, N> mean = change_.at(shift);
    for (std::size_t n = 0; n < N; ++n) note(shift[n], mean[n] - mean_);
  }

  static double width(int halvings) { return (highest - lowest) / static_cast<double>(std::uint64_t{1} << halvings); }
  V lower_end(int halvings) const { return floor_of(above_ / width(halvings)) * width(halvings); }
  bool in_one_interval(int halvings) const {
    const V low = lower_end(halvings);
    return all((above_ >= low) & (below_ <= low + width(halvings)));
  }
  V halved_from(int halvings) {
    V low = halvings > 0 ? lower_end(halvings) : V{} + lowest, high = low + width(halvings);
    for (; halvings < 60; ++halvings) {
      const V middle = (low + high) * 0.5;
      // Unless everywhere it follows from what is known whether the mean is above.
      if (!all((middle <= above_) | (middle >= below_))) look<1>({middle});
      low = middle <= above_ ? middle : low;
      high = middle <= above_ ? high : middle;
    }
    return low;
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

/// How many lesions share the change of the group; none where each just has it.
std::uint32_t sharing(const LesionGroup& group) { return group.count > 1 && group.mean > gone ? group.count : 0; }

/// The groups, those where few share it first.
std::span<const LesionGroup> by_sharing(std::span<const LesionGroup> groups, Arena& arena) {
  std::uint32_t most = 0;
  for (const LesionGroup& group : groups) most = std::max(most, group.count);
  const std::span<std::uint32_t> place = arena.take<std::uint32_t>(most + 2, 0);  // of the next with so many
  for (const LesionGroup& group : groups) ++place[sharing(group) + 1];
  for (std::uint32_t count = 1; count <= most; ++count) place[count] += place[count - 1];
  const std::span<LesionGroup> ordered = arena.take<LesionGroup>(groups.size());
  for (const LesionGroup& group : groups) ordered[place[sharing(group)]++] = group;
  return ordered;
}

}  // namespace

template <Weight V>
MeanChange<V>::MeanChange(const ChangeCurve& curve, std::span<const V> scores, std::span<const V> diameter)
    : curve_(curve), scores_(scores), diameter_(diameter) {
  for (std::size_t j = 0; j < scores_.size(); ++j) total_ += diameter_[j], score_ += diameter_[j] * scores_[j];
  score_ /= total_;
}

template <Weight V>
SumAndSlope<V> MeanChange<V>::with_slope(const V& shift) const {
  SumAndSlope<V> found{};
  for (std::size_t j = 0; j < scores_.size(); ++j) {
    const V score = scores_[j] + shift;
    found.sum += curve_(score) * diameter_[j];
    found.slope += curve_.slope(score) * diameter_[j];
  }
  return found;
}

// Newton's steps, which end on the right piece of a piecewise linear function. How good they are decides how often the
// halvings have to look, not what they end at.
template <Weight V>
V MeanChange<V>::shift_to(const V& mean) const {
  constexpr int most_steps = 24;
  constexpr double near = 1e-9, flat = 1e-3;
  Crossing<V> crossing(*this, mean);
  V shift = crossing.between(curve_.inverse(mean) - score_);
  for (int step = 0; step < most_steps; ++step) {
    const auto [excess, slope] = crossing.look_with_slope(shift);
    const V distance = larger(excess, -excess);
    const V next = shift - excess * total_ / smaller(slope, V{} - flat);
    shift = distance <= near ? next : crossing.between(next);
    if (!any_above(distance, near)) break;
  }
  crossing.look_around(shift);
  return crossing.halved();
}

template class MeanChange<double>;
template class MeanChange<HalfLanes>;

void share_changes(const ChangeCurve& curve, std::span<const LesionGroup> groups, std::span<const double> scores,
                   std::span<const double> diameter, std::span<double> change, Arena& arena) {
  using V = HalfLanes;
  const Arena::Scope scope(arena);
  const std::span<const LesionGroup> ordered = by_sharing(groups, arena);
  std::size_t from = 0;
  for (; from < ordered.size() && sharing(ordered[from]) == 0; ++from)
    std::ranges::fill(change.subspan(ordered[from].first, ordered[from].count), std::max(ordered[from].mean, gone));
  const std::size_t most = from < ordered.size() ? ordered.back().count : 0;
  const std::span<V> score = arena.take<V>(most), cm = arena.take<V>(most), changed = arena.take<V>(most);
  for (; from < ordered.size(); from += lane_count<V>) {
    std::array<LesionGroup, lane_count<V>> group;  // the last again where there are no more
    for (std::size_t l = 0; l < group.size(); ++l) group[l] = ordered[std::min(from + l, ordered.size() - 1)];
    const std::size_t count = group.back().count;
    for (std::size_t j = 0; j < count; ++j) {
      const auto there = [&](std::size_t l) { return j < group[l].count; };
      const auto row = [&](std::size_t l) { return group[l].first + (there(l) ? j : 0); };
      score[j] = from_lanes<V>([&](std::size_t l) { return scores[row(l)]; });
      cm[j] = from_lanes<V>([&](std::size_t l) { return diameter[row(l)]; });
      cm[j] = from_lanes<V>([&](std::size_t l) { return there(l) ? 1.0 : 0.0; }) * cm[j];
    }
    share_change<V>(curve, from_lanes<V>([&](std::size_t l) { return group[l].mean; }), score.first(count),
                    cm.first(count), changed.first(count));
    for (std::size_t l = 0; l < group.size(); ++l)
      for (std::size_t j = 0; j < group[l].count; ++j) change[group[l].first + j] = changed[j][l];
  }
}

}  // namespace oligosim
