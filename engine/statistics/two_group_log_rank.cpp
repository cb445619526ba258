#include "engine/statistics/two_group_log_rank.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/statistics/log_rank.hpp"
#include "engine/statistics/risk_table.hpp"
#include "engine/statistics/value_range.hpp"

namespace oligosim {

namespace {

constexpr unsigned code_bits = 2;

// Positive numbers ascend as their bits do. Counted from the lowest they leave the first bits free, so that the code
// fits behind them: whole numbers that are sorted by time and hold all that the test asks of a patient.
bool fit_into_keys(const ValueRange& range) {
  return range.lowest > 0.0 &&
         std::bit_cast<std::uint64_t>(range.highest) - std::bit_cast<std::uint64_t>(range.lowest) <
             std::uint64_t{1} << (64 - code_bits);
}

std::uint64_t key_of(double time, std::uint64_t code, double lowest) {
  return (std::bit_cast<std::uint64_t>(time) - std::bit_cast<std::uint64_t>(lowest)) << code_bits | code;
}

// Into steps of equal width over the range, about two a key, and each past those above it; many moves are left to
// std::sort.
std::span<const std::uint64_t> sorted_keys(const TwoGroups& patients, const ValueRange& range, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<std::uint64_t> key = arena.take<std::uint64_t>(n), sorted = arena.take<std::uint64_t>(n);
  for (std::size_t i = 0; i < n; ++i) key[i] = key_of(patients.time[i], patients.code[i], range.lowest);
  if (!range.divides()) {
    std::ranges::sort(key);
    return key;
  }
  const Arena::Scope scope(arena);
  const std::size_t steps = 2 * std::bit_ceil(n);
  const double steps_a_unit = range.steps_a_unit(static_cast<double>(steps - 1));
  const std::span<std::uint32_t> begin = arena.take<std::uint32_t>(steps, 0);
  const std::span<std::int32_t> step = arena.take<std::int32_t>(n);
  for (std::size_t i = 0; i < n; ++i)
    step[i] = static_cast<std::int32_t>((patients.time[i] - range.lowest) * steps_a_unit);
  for (const std::int32_t s : step) ++begin[static_cast<std::size_t>(s)];
  std::uint32_t sum = 0;
  for (std::uint32_t& b : begin) sum += std::exchange(b, sum);
  for (std::size_t i = 0; i < n; ++i) sorted[begin[static_cast<std::size_t>(step[i])]++] = key[i];
  std::size_t moves = 0;
  for (std::size_t i = 1; i < n && moves < 8 * n; ++i) {
    const std::uint64_t own = sorted[i];
    std::size_t to = i;
    for (; to > 0 && own < sorted[to - 1]; --to, ++moves) sorted[to] = sorted[to - 1];
    sorted[to] = own;
  }
  if (moves >= 8 * n) std::ranges::sort(sorted);
  return sorted;
}

struct Counted {
  RiskTable risk;
  CaseCounts<double> cases;
};

Counted count(std::span<const std::uint64_t> key, Arena& arena) {
  const std::size_t n = key.size();
  const std::span<double> at_risk = arena.take<double>(2 * n), events = arena.take<double>(2 * n);
  const std::span<double> present = arena.take<double>(2);
  std::int64_t left = std::ssize(key), second_left = 0,
               all_events = 0;  // signed: they become double in one instruction
  std::size_t rows = 0;
  for (const std::uint64_t k : key) second_left += k & 1, all_events += k >> 1 & 1;
  for (std::size_t g = 0; g < 2; ++g) present[g] = (g == 0 ? left - second_left : second_left) > 0;
  for (std::size_t i = 0; i < n;) {
    const std::uint64_t time = key[i] >> code_bits;
    const std::size_t first = i;
    std::int64_t second = 0, died = 0, second_died = 0;
    for (; i < n && key[i] >> code_bits == time; ++i) {
      second += key[i] & 1;
      died += key[i] >> 1 & 1;
      second_died += key[i] & key[i] >> 1 & 1;
    }
    at_risk[2 * rows] = static_cast<double>(left - second_left);
    at_risk[2 * rows + 1] = static_cast<double>(second_left);
    events[2 * rows] = static_cast<double>(died - second_died);
    events[2 * rows + 1] = static_cast<double>(second_died);
    left -= static_cast<std::int64_t>(i - first);
    second_left -= second;
    rows += died > 0;  // else the next time is written here
  }
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(1, static_cast<std::uint32_t>(rows));
  return {{2, at_risk.first(2 * rows), events.first(2 * rows), end},
          {static_cast<double>(n), static_cast<double>(all_events), present}};
}

Estimate test_of_table(const TwoGroups& patients, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<std::uint8_t> event = arena.take<std::uint8_t>(n), group = arena.take<std::uint8_t>(n);
  for (std::size_t i = 0; i < n; ++i) event[i] = patients.code[i] >> 1 & 1, group[i] = patients.code[i] & 1;
  const SurvivalTable table = sort_survival(patients.time, event, arena);
  const Grouping grouping{in_table_order<std::uint8_t>(table, group, arena), 2, {}, 1};
  return log_rank_test(table, grouping, {}, {}, arena);
}

}  // namespace

Estimate log_rank_test(const TwoGroups& patients, Arena& arena) {
  const Arena::Scope scope(arena);
  const ValueRange range = range_of(patients.time);
  if (!fit_into_keys(range)) return test_of_table(patients, arena);
  const auto [risk, cases] = count(sorted_keys(patients, range, arena), arena);
  return log_rank_test(log_rank_sums<double>(risk, cases, {}, arena), arena);
}

}  // namespace oligosim
