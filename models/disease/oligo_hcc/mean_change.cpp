#include "models/disease/oligo_hcc/mean_change.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/processor/level.hpp"
#include "models/disease/oligo_hcc/share_in_lanes.hpp"

namespace oligosim {
namespace {

/// The groups whose lesions share its change, those of few lesions first. In the others each lesion just has it.
std::span<const LesionGroup> in_order(std::span<const LesionGroup> groups, std::span<double> change, Arena& arena) {
  const std::span<LesionGroup> shared = arena.take<LesionGroup>(groups.size() + 1);
  std::size_t sharing = 0, others = groups.size();
  std::uint32_t most = 0;
  for (const LesionGroup& group : groups) {  // without a branch, as it is now one and now the other
    const bool shares = (group.count > 1) & (group.mean > gone);
    shared[sharing] = shared[others] = group;
    sharing += shares, others -= !shares;
    most = std::max(most, group.count);
  }
  for (const auto& [first, count, mean] : shared.subspan(others + 1))
    std::ranges::fill(change.subspan(first, count), std::max(mean, gone));
  const std::span<std::uint32_t> place = arena.take<std::uint32_t>(most + 2, 0);  // of the next with so many
  for (const LesionGroup& group : shared.first(sharing)) ++place[group.count + 1];
  for (std::uint32_t count = 1; count <= most; ++count) place[count] += place[count - 1];
  const std::span<LesionGroup> ordered = arena.take<LesionGroup>(sharing);
  for (const LesionGroup& group : shared.first(sharing)) ordered[place[group.count]++] = group;
  return ordered;
}

}  // namespace

template class MeanChange<double>;
template class MeanChange<HalfLanes>;

void share_changes(const ChangeCurve& curve, std::span<const LesionGroup> groups, std::span<const double> scores,
                   std::span<const double> diameter, std::span<double> change, Arena& arena) {
  const Arena::Scope scope(arena);
  static const bool wide = runs_v4();
  const std::span<const LesionGroup> ordered = in_order(groups, change, arena);
  if (ordered.empty()) return;
  (wide ? share_ordered_v4 : share_ordered_v3)(curve, ordered, scores, diameter, change, arena);
}

void share_ordered_v3(const ChangeCurve& curve, std::span<const LesionGroup> ordered, std::span<const double> scores,
                      std::span<const double> diameter, std::span<double> change, Arena& arena) {
  share_in_lanes<HalfLanes>(curve, ordered, scores, diameter, change, arena);
}

}  // namespace oligosim
