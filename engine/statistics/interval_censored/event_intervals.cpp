#include "engine/statistics/interval_censored/event_intervals.hpp"

#include <algorithm>

namespace oligosim {
namespace {

/// An end of an interval of the data. At the same time a point begins and ends before what lies after it begins.
struct End {
  enum class Kind : std::uint8_t { left_of_point, right, left };
  double time;
  Kind kind;
  std::uint32_t row;

  bool operator<(const End& other) const { return time != other.time ? time < other.time : kind < other.kind; }
};

}  // namespace

InnermostIntervals innermost_intervals(const EventIntervals& data, Arena& arena) {
  const std::size_t n = data.size();
  const std::span<std::uint32_t> first = arena.take<std::uint32_t>(n), last = arena.take<std::uint32_t>(n);
  const std::span<double> left = arena.take<double>(n), right = arena.take<double>(n);
  const Arena::Scope scope(arena);
  const std::span<End> ends = arena.take<End>(2 * n);
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool point = data.left[i] == data.right[i];
    ends[2 * i] = {data.left[i], point ? End::Kind::left_of_point : End::Kind::left, i};
    ends[2 * i + 1] = {data.right[i], End::Kind::right, i};
  }
  std::sort(ends.begin(), ends.end());
  std::uint32_t count = 0;
  for (std::size_t e = 0; e < ends.size(); ++e) {
    if (ends[e].kind != End::Kind::right) {
      first[ends[e].row] = count;
      continue;
    }
    if (ends[e - 1].kind != End::Kind::right) left[count] = ends[e - 1].time, right[count++] = ends[e].time;
    last[ends[e].row] = count - 1;
  }
  return {{left.first(count), right.first(count)}, first, last};
}

}  // namespace oligosim
