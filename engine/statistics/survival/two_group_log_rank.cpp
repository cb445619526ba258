#include "engine/statistics/survival/two_group_log_rank.hpp"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/numeric/lanes.hpp"
#include "engine/numeric/sort_in_lanes.hpp"
#include "engine/numeric/value_range.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/log_rank_lanes.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

namespace {

constexpr unsigned code_bits = 2;
constexpr std::size_t most_in_lanes = std::size_t{1} << 16;  // above it sorting by digits is faster
constexpr std::size_t few_ties = 8;  // of steps: looked into one by one; with more, all are sorted again

// Numbers that ascend as times do, with the code behind: all that the test asks of a patient. The highest number there
// is stays free, as the sort asks.
template <class Number>
constexpr Number numbers = static_cast<Number>((std::uint64_t{1} << (8 * sizeof(Number) - 1 - code_bits)) - 1);

using Step = std::int32_t;
using Exact = std::int64_t;

// Steps of equal width, or days where all times are whole: `exact`, two of a step are two of a time.
struct Steps {
  explicit Steps(const TwoGroups& patients) {
    const double last = numbers<Step> - 1;
    exact = patients.latest <= last && std::ranges::all_of(patients.time, [](double t) { return t == std::floor(t); });
    a_unit = exact ? 1.0 : last / patients.latest;
  }
  Step operator()(double time) const { return static_cast<Step>(time * a_unit); }

  double a_unit;
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
  return sort_in_lanes(std::span<const Number>(key), arena);
}

std::size_t ties(std::span<const Step> key) {
  Step count = 0;
  for (std::size_t i = 1; i < key.size(); ++i) count += key[i] >> code_bits == key[i - 1] >> code_bits;
  return static_cast<std::size_t>(count);
}

// The same with the patients of a step that holds several in the order of their times; nothing if two times are the
// same. Each such step is a look at all patients.
[[gnu::noinline]] std::span<const Step> told_apart(const TwoGroups& patients, const Steps& step,
                                                   std::span<const Step> by_step, Arena& arena) {
  struct Patient {
    double time;
    std::int32_t code;
  };
  const std::span<Step> key = arena.take<Step>(by_step.size());
  std::ranges::copy(by_step, key.begin());
  for (std::size_t i = 0, end; i < key.size(); i = end) {
    const Step own = key[i] >> code_bits;
    for (end = i + 1; end < key.size() && key[end] >> code_bits == own;) ++end;
    if (end - i == 1) continue;
    const std::span<Patient> here = arena.take<Patient>(end - i);
    std::size_t found = 0;
    for (std::size_t p = 0; p < patients.time.size(); ++p)
      if (step(patients.time[p]) == own) here[found++] = {patients.time[p], patients.code[p]};
    std::ranges::sort(here, {}, &Patient::time);
    for (std::size_t k = 0; k < here.size(); ++k) {
      if (k > 0 && here[k].time == here[k - 1].time) return {};
      key[i + k] = own << code_bits | here[k].code;
    }
  }
  return key;
}

// Patients and events in all, and in the second group.
struct Counts {
  explicit Counts(std::span<const std::int32_t> code) : n(code.size()) {
    std::int32_t in_second = 0, with_event = 0, both = 0;
    for (const std::int32_t c : code) in_second += c & 1, with_event += c >> 1, both += c & c >> 1;
    second = static_cast<std::uint64_t>(in_second);
    events = static_cast<std::uint64_t>(with_event);
    second_events = static_cast<std::uint64_t>(both);
  }
  CaseCounts<double> cases(Arena& arena) const {
    const std::span<double> present = arena.take<double>(2);
    present[0] = second<n, present[1] = second> 0;
    return {static_cast<double>(n), static_cast<double>(events), present};
  }

  std::uint64_t n, second, events, second_events;
};

// The share that each of n at risk has in a single event, from n = 1 on. Beyond the last patient there are some more,
// which nobody reads.
const double* shares_of_one_event() {
  static const std::vector<double> by_n = [] {
    std::vector<double> all(most_in_lanes + lanes);
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = 1.0 / static_cast<double>(k + 1);
    return all;
  }();
  return by_n.data();
}

// What is looked up by the bits of four patients, the highest of them first.
struct OfFourBits {
  constexpr OfFourBits() {
    for (std::uint64_t bits = 0; bits < 16; ++bits) {
      for (std::size_t k = 0; k < 4; ++k) {
        const std::uint64_t up_to = bits >> (3 - k);
        count[bits][k] = static_cast<double>(std::popcount(up_to));
        mask[bits][k] = up_to & 1 ? ~std::uint64_t{0} : 0;
      }
    }
  }
  alignas(32) double count[16][4] = {};        // of those set among the first, the first two, ...
  alignas(32) std::uint64_t mask[16][4] = {};  // all bits where set
};
constexpr OfFourBits of_four_bits;
static_assert(log_rank_lanes == lanes);

// Expected events of both groups, and the variance, where at most one event is at a time: nothing is divided, and those
// censored add 0. From the last patient on, eight at a time, each in the lane of his number at risk.
class UntiedSums {
 public:
  // The keys of eight.
  void add(const Step* key) {
    const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(key));
    const auto bits = [](__m256i high) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(high))); };
    const unsigned in_second = bits(_mm256_slli_epi32(all, 31)), has_event = bits(_mm256_slli_epi32(all, 30));
    add_four(sums_[0], in_second >> 4, has_event >> 4);
    add_four(sums_[1], in_second & 15, has_event & 15);
  }

  double expected(std::size_t group) const { return of_lanes(sums_[0].expected[group], sums_[1].expected[group]); }
  double variance() const { return of_lanes(sums_[0].variance, sums_[1].variance); }

 private:
  struct FourLanes {
    HalfLanes expected[2] = {}, variance = {};
  };

  void add_four(FourLanes& sums, unsigned in_second, unsigned has_event) {
    const HalfLanes second = four_of(of_four_bits.count[in_second]) + second_, first = at_risk_ - second;
    const auto event = reinterpret_cast<const double*>(of_four_bits.mask[has_event]);
    const auto share = reinterpret_cast<HalfLanes>(_mm256_and_pd(_mm256_load_pd(event), _mm256_loadu_pd(share_)));
    const HalfLanes of_first = share * first, of_second = share * second;
    sums.expected[0] += of_first;
    sums.expected[1] += of_second;
    sums.variance += of_first * of_second;
    second_ += of_four_bits.count[in_second][3];
    at_risk_ += 4.0;
    share_ += 4;
  }
  static double of_lanes(const HalfLanes& low, const HalfLanes& high) {
    const HalfLanes both[2] = {low, high};
    double lane[log_rank_lanes];
    std::memcpy(lane, both, sizeof lane);
    return sum_of_log_rank_lanes(lane);
  }

  const double* share_ = shares_of_one_event();
  HalfLanes at_risk_{1, 2, 3, 4}, second_{};  // the latter of those before
  FourLanes sums_[2];
};

LogRankSums untied_sums(std::span<const Step> key, const Counts& counts, Arena& arena) {
  UntiedSums sums;
  std::size_t left = key.size();
  for (; left >= lanes; left -= lanes) sums.add(&key[left - lanes]);
  Step first[lanes] = {};  // before the first patient are some without event
  std::copy_n(key.begin(), left, first + (lanes - left));
  sums.add(first);
  const std::span<double> observed = arena.take<double>(2), expected = arena.take<double>(2);
  const std::span<double> variance = arena.take<double>(4);
  observed[0] = static_cast<double>(counts.events - counts.second_events);
  observed[1] = static_cast<double>(counts.second_events);
  for (std::size_t group = 0; group < 2; ++group) expected[group] = sums.expected(group);
  variance[0] = variance[3] = sums.variance();
  variance[1] = variance[2] = -variance[0];
  return {observed, expected, variance, counts.cases(arena)};
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
template <class Number>
RiskTable risk_sets(std::span<const Number> key, const Counts& counts, Arena& arena) {
  std::size_t rows = 0;
  Pair left = (counts.n - counts.second) * one_of(0) + counts.second * one_of(1);
  Pairs at_risk(key.size() + 1, arena), events(key.size() + 1, arena);
  for (std::size_t i = 0; i < key.size();) {
    const Number time = key[i] >> code_bits;
    Pair died = 0;
    at_risk.set(rows, left);
    for (; i < key.size() && key[i] >> code_bits == time; ++i) {
      const Pair one = one_of(key[i] & 1);
      died += one * (key[i] >> 1 & 1);
      left -= one;
    }
    events.set(rows, died);
    rows += died > 0;
  }
  const std::span<std::uint32_t> end = arena.take<std::uint32_t>(1, static_cast<std::uint32_t>(rows));
  return {2, at_risk.as_numbers(rows, arena), events.as_numbers(rows, arena), end};
}

template <class Number>
LogRankSums tied_sums(std::span<const Number> key, const Counts& counts, Arena& arena) {
  return log_rank_sums(risk_sets(key, counts, arena), counts.cases(arena), {}, arena);
}

Estimate test_of_table(const TwoGroups& patients, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<std::uint8_t> event = arena.take<std::uint8_t>(n), group = arena.take<std::uint8_t>(n);
  for (std::size_t i = 0; i < n; ++i) event[i] = patients.code[i] >> 1 & 1, group[i] = patients.code[i] & 1;
  const SurvivalTable table = sort_survival(patients.time, event, arena);
  const Grouping grouping{in_table_order<std::uint8_t>(table, group, arena), 2, {}, 1};
  return log_rank_test(table, grouping, {}, {}, arena);
}

// Where two times are the same, or too many to look at are in one step.
[[gnu::noinline]] Estimate test_of_ties(const TwoGroups& patients, const Steps& step, std::span<const Step> by_step,
                                        const Counts& counts, Arena& arena) {
  if (step.exact) return log_rank_test(tied_sums(by_step, counts, arena), arena);
  const ValueRange range = range_of(patients.time);
  if (!have_exact_numbers(range)) return test_of_table(patients, arena);
  const auto exact = [first = std::bit_cast<Exact>(range.lowest)](double t) { return std::bit_cast<Exact>(t) - first; };
  return log_rank_test(tied_sums(sorted<Exact>(patients, exact, arena), counts, arena), arena);
}

}  // namespace

Estimate log_rank_test(const TwoGroups& patients, Arena& arena) {
  const Arena::Scope scope(arena);
  const bool divides = patients.latest > 1e-290 && patients.latest < 1e290;
  if (patients.time.size() > most_in_lanes || !divides) return test_of_table(patients, arena);
  const Steps step(patients);
  const std::span<const Step> by_step = sorted<Step>(patients, step, arena);
  const Counts counts(patients.code);
  std::span<const Step> in_order = by_step;
  if (const std::size_t tied = ties(by_step); tied > 0) {
    in_order = tied <= few_ties && !step.exact ? told_apart(patients, step, by_step, arena) : std::span<const Step>{};
    if (in_order.empty()) return test_of_ties(patients, step, by_step, counts, arena);
  }
  return log_rank_test(untied_sums(in_order, counts, arena), arena);
}

}  // namespace oligosim
