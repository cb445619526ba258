#include "engine/statistics/two_group_log_rank.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/statistics/log_rank.hpp"
#include "engine/statistics/risk_table.hpp"
#include "engine/statistics/sort_in_lanes.hpp"
#include "engine/statistics/value_range.hpp"

namespace oligosim {

namespace {

constexpr unsigned code_bits = 2;
constexpr std::size_t most_in_lanes = std::size_t{1} << 16;  // above it sorting by digits is faster

// Numbers that ascend as times do, with the code behind: all that the test asks of a patient. The highest number there
// is stays free, as the sort asks.
template <class Number>
constexpr Number numbers = static_cast<Number>((std::uint64_t{1} << (8 * sizeof(Number) - 1 - code_bits)) - 1);

using Step = std::int32_t;
using Exact = std::int64_t;

// Steps of equal width, or days where all times are whole: `exact`, two of a step are two of a time.
struct Steps {
  explicit Steps(const TwoGroups& patients, const ValueRange& range) : lowest(range.lowest) {
    const double last = numbers<Step> - 1;
    exact = range.highest - range.lowest <= last &&
            std::ranges::all_of(patients.time, [](double t) { return t == std::floor(t); });
    a_unit = exact ? 1.0 : range.steps_a_unit(last);
  }
  Step operator()(double time) const { return static_cast<Step>((time - lowest) * a_unit); }

  double lowest, a_unit;
  bool exact;
};

// The bits of positive times ascend as they do.
bool have_exact_numbers(const ValueRange& range) {
  return range.lowest > 0.0 &&
         std::bit_cast<Exact>(range.highest) - std::bit_cast<Exact>(range.lowest) < numbers<Exact>;
}

template <class Number, class NumberOf>
std::span<const Number> sorted(const TwoGroups& patients, const NumberOf& number_of, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<Number> key = arena.take<Number>(n);
  for (std::size_t i = 0; i < n; ++i)
    key[i] = number_of(patients.time[i]) << code_bits | static_cast<Number>(patients.code[i]);
  return sort_in_lanes<Number>(key, arena);
}

template <class Number>
bool any_tie(std::span<const Number> key) {
  Number ties = 0;
  for (std::size_t i = 1; i < key.size(); ++i) ties += key[i] >> code_bits == key[i - 1] >> code_bits;
  return ties > 0;
}

// A count of each group, side by side in the order of the risk table.
using Pair = std::uint64_t;
constexpr Pair one_of(std::uint64_t group) { return Pair{1} << (32 * group); }

class Pairs {
 public:
  Pairs(std::size_t rows, Arena& arena) : count_(arena.take<std::int32_t>(2 * rows)) {}
  void set(std::size_t row, Pair pair) { std::memcpy(&count_[2 * row], &pair, sizeof pair); }
  std::span<const double> as_numbers(std::size_t rows, Arena& arena) const {
    const std::span<double> numbers_of = arena.take<double>(2 * rows);
    for (std::size_t i = 0; i < numbers_of.size(); ++i) numbers_of[i] = count_[i];
    return numbers_of;
  }

 private:
  std::span<std::int32_t> count_;
};

// Those at risk and those with the event at each event time. A row without an event is written over by the next.
class RiskSets {
 public:
  RiskSets(std::size_t n, Pair all, Arena& arena) : left_(all), at_risk_(n + 1, arena), events_(n + 1, arena) {}

  template <class Number>
  void add_untied(std::span<const Number> key) {
    std::size_t rows = 0;
    Pair left = left_;
    for (const Number k : key) {
      const Pair one = one_of(k & 1);
      at_risk_.set(rows, left);
      events_.set(rows, one);
      rows += k >> 1 & 1;
      left -= one;
    }
    rows_ = rows;
  }

  template <class Number>
  void add(std::span<const Number> key) {
    for (std::size_t i = 0; i < key.size();) {
      const Number time = key[i] >> code_bits;
      Pair died = 0;
      at_risk_.set(rows_, left_);
      for (; i < key.size() && key[i] >> code_bits == time; ++i) {
        const Pair one = one_of(key[i] & 1);
        died += one * (key[i] >> 1 & 1);
        left_ -= one;
      }
      events_.set(rows_, died);
      rows_ += died > 0;
    }
  }

  RiskTable table(Arena& arena) const {
    const std::span<std::uint32_t> end = arena.take<std::uint32_t>(1, static_cast<std::uint32_t>(rows_));
    return {2, at_risk_.as_numbers(rows_, arena), events_.as_numbers(rows_, arena), end};
  }

 private:
  std::size_t rows_ = 0;
  Pair left_;
  Pairs at_risk_, events_;
};

template <class Number>
Estimate test(std::span<const Number> key, bool tied, std::span<const std::uint64_t> code, Arena& arena) {
  std::uint64_t second = 0, events = 0;
  for (const std::uint64_t c : code) second += c & 1, events += c >> 1;
  const std::uint64_t first = code.size() - second;
  RiskSets sets(code.size(), first * one_of(0) + second * one_of(1), arena);
  tied ? sets.add(key) : sets.add_untied(key);
  const std::span<double> present = arena.take<double>(2);
  present[0] = first > 0, present[1] = second > 0;
  const CaseCounts<double> cases{static_cast<double>(code.size()), static_cast<double>(events), present};
  return log_rank_test(log_rank_sums<double>(sets.table(arena), cases, {}, arena), arena);
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
  if (patients.time.size() > most_in_lanes || !range.divides()) return test_of_table(patients, arena);
  const Steps step(patients, range);
  const std::span<const Step> by_step = sorted<Step>(patients, step, arena);
  const bool tied = any_tie(by_step);
  if (step.exact || !tied) return test(by_step, tied, patients.code, arena);
  if (!have_exact_numbers(range)) return test_of_table(patients, arena);
  const auto exact = [first = std::bit_cast<Exact>(range.lowest)](double t) { return std::bit_cast<Exact>(t) - first; };
  return test(sorted<Exact>(patients, exact, arena), true, patients.code, arena);
}

}  // namespace oligosim
