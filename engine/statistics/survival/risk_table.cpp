#include "engine/statistics/survival/risk_table.hpp"

#include <algorithm>

namespace oligosim {

StratumOrder order_by_stratum(std::size_t n, std::span<const std::uint16_t> stratum, std::size_t strata, Arena& arena) {
  const std::span<std::uint32_t> position = arena.take<std::uint32_t>(n);
  if (stratum.empty()) {
    for (std::size_t i = 0; i < n; ++i) position[i] = static_cast<std::uint32_t>(i);
    return {position, arena.take<std::uint32_t>(1, static_cast<std::uint32_t>(n))};
  }
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(strata, 0);
  for (std::size_t i = 0; i < n; ++i) ++end[stratum[i]];
  std::uint32_t total = 0;
  for (std::uint32_t& e : end) {
    const std::uint32_t count = e;
    e = total;
    total += count;
  }
  for (std::size_t i = 0; i < n; ++i) position[end[stratum[i]]++] = static_cast<std::uint32_t>(i);
  return {position, end};
}

namespace {

// Written from the last stratum and the last time backwards, so that those at risk are those already seen.
template <Weight V>
class RiskTableWriter {
 public:
  RiskTableWriter(const SurvivalTable& table, std::span<const std::uint8_t> group, std::size_t groups,
                  std::span<const V> weight, Arena& arena)
      : table_(table),
        group_(group),
        weight_(weight),
        groups_(groups),
        row_(table.size()),
        at_risk_(arena.take<V>(table.size() * groups)),
        events_(arena.take<V>(table.size() * groups)),
        seen_(arena.take<V>(2 * groups)) {}

  void add_stratum(std::span<const std::uint32_t> positions) {
    if (groups_ == 2) return add_stratum_of_two(positions);
    std::fill(seen_.begin(), seen_.end(), V{});
    for (std::size_t end = positions.size(); end > 0;) {
      const double time = table_.time[positions[end - 1]];
      V total_events{};
      for (; end > 0 && table_.time[positions[end - 1]] == time; --end) total_events += add(positions[end - 1]);
      if (any_above(total_events, 0.0)) write_row();
    }
  }

  std::size_t first_row() const { return row_; }
  std::span<const V> at_risk() const { return at_risk_.subspan(row_ * groups_); }
  std::span<const V> events() const { return events_.subspan(row_ * groups_); }

 private:
  // A factor of 0 or 1 tells two groups apart, and a row is written at every time and kept where there is an event: no
  // branch that the processor could guess wrong.
  void add_stratum_of_two(std::span<const std::uint32_t> positions) {
    V at_risk[2] = {};
    for (std::size_t end = positions.size(); end > 0;) {
      const double time = table_.time[positions[end - 1]];
      V events[2] = {};
      for (; end > 0 && table_.time[positions[end - 1]] == time; --end) {
        const std::uint32_t i = positions[end - 1];
        const V w = weight_.empty() ? broadcast<V>(1.0) : weight_[i];
        const V in_second = w * static_cast<double>(group_[i]), in_first = w - in_second;
        const double event = table_.event[i];
        at_risk[0] += in_first;
        at_risk[1] += in_second;
        events[0] += in_first * event;
        events[1] += in_second * event;
      }
      for (std::size_t g = 0; g < 2; ++g) {
        at_risk_[(row_ - 1) * 2 + g] = at_risk[g];
        events_[(row_ - 1) * 2 + g] = events[g];
      }
      row_ -= any_above(V(events[0] + events[1]), 0.0);
    }
  }

  V add(std::uint32_t i) {
    const V w = weight_.empty() ? broadcast<V>(1.0) : weight_[i];
    const V event = table_.event[i] ? w : V{};
    seen_[group_[i]] += w;
    seen_[groups_ + group_[i]] += event;
    return event;
  }

  void write_row() {
    --row_;
    for (std::size_t g = 0; g < groups_; ++g) {
      at_risk_[row_ * groups_ + g] = seen_[g];
      events_[row_ * groups_ + g] = seen_[groups_ + g];
      seen_[groups_ + g] = V{};
    }
  }

  const SurvivalTable& table_;
  std::span<const std::uint8_t> group_;
  std::span<const V> weight_;
  std::size_t groups_;
  std::size_t row_;
  std::span<V> at_risk_, events_;
  std::span<V> seen_;  // at risk by group, then events at this time by group
};

}  // namespace

template <Weight V>
RiskTableOf<V> risk_table(const SurvivalTable& table, std::span<const std::uint8_t> group, std::size_t groups,
                          const StratumOrder& order, std::span<const std::type_identity_t<V>> weight, Arena& arena) {
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(order.end.size());
  RiskTableWriter<V> writer(table, group, groups, weight, arena);
  for (std::size_t s = order.end.size(); s-- > 0;) {
    end[s] = static_cast<std::uint32_t>(writer.first_row());
    const std::uint32_t begin = s == 0 ? 0 : order.end[s - 1];
    writer.add_stratum(order.position.subspan(begin, order.end[s] - begin));
  }
  const auto first = static_cast<std::uint32_t>(writer.first_row());
  for (std::uint32_t& e : end) e -= first;
  return {groups, writer.at_risk(), writer.events(), end};
}

template RiskTableOf<double> risk_table<double>(const SurvivalTable&, std::span<const std::uint8_t>, std::size_t,
                                                const StratumOrder&, std::span<const double>, Arena&);
template RiskTableOf<Lanes> risk_table<Lanes>(const SurvivalTable&, std::span<const std::uint8_t>, std::size_t,
                                              const StratumOrder&, std::span<const Lanes>, Arena&);

}  // namespace oligosim
