// Fisher's exact test of a table of any size. The table is filled column by column. What matters of the columns filled
// so far is what they leave of the row totals (a node; the order of the rows does not matter) and how probable they
// are (a path). Paths to one node of the same probability are one from there on; a path whose every completion is as
// improbable as the observed table counts as a whole; the last two columns are completed together, from one sorted
// list a node.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/numeric/log_factorial.hpp"
#include "engine/statistics/categorical/fisher_exact.hpp"

namespace oligosim {

namespace {

constexpr std::size_t most_rows = 8;
constexpr std::size_t most_paths = std::size_t{1} << 20;
constexpr double most_steps = 6e7, infinite = std::numeric_limits<double>::infinity();

/// All ways to fill the first columns that leave `node` and have one probability each.
struct Path {
  std::uint64_t node;      // what is left of the rows, ascending, packed
  std::int64_t key;        // log_probability in steps of 2^-30: what makes two paths one
  double log_probability;  // of each way
  double probability;      // of all ways together
};

/// Paths by node and log probability, in arena memory: a hash table with open addressing.
class Paths {
 public:
  explicit Paths(Arena& arena) : arena_(&arena), slots_(arena.take<Path>(64, Path{})), taken_(arena.take<Path>(32)) {}

  void add(std::uint64_t node, double log_probability, double probability) {
    const auto key = static_cast<std::int64_t>(std::nearbyint(std::ldexp(log_probability, 30)));
    Path& slot = find(node, key);
    if (slot.probability > 0) {
      slot.probability += probability;
      return;
    }
    slot = {node, key, log_probability, probability};
    if (2 * ++size_ >= slots_.size()) grow();
  }

  /// All paths, ordered by node, then probability, valid until the table grows or is taken again; the table is empty
  /// again.
  std::span<Path> take_sorted() {
    std::size_t count = 0;
    for (Path& p : slots_)
      if (p.probability > 0) taken_[count++] = std::exchange(p, Path{});
    size_ = 0;
    const std::span<Path> all = taken_.first(count);
    std::sort(all.begin(), all.end(),
              [](const Path& a, const Path& b) { return a.node != b.node ? a.node < b.node : a.key < b.key; });
    return all;
  }

  std::size_t size() const { return size_; }

 private:
  Path& find(std::uint64_t node, std::int64_t key) {
    std::uint64_t hash = (node ^ std::rotl(static_cast<std::uint64_t>(key), 31)) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
    for (std::size_t i = hash;; ++i) {
      Path& slot = slots_[i & (slots_.size() - 1)];
      if (slot.probability == 0 || (slot.node == node && slot.key == key)) return slot;
    }
  }

  void grow() {
    const std::span<Path> old = slots_;
    slots_ = arena_->take<Path>(2 * old.size(), Path{});
    taken_ = arena_->take<Path>(old.size());
    for (const Path& p : old)
      if (p.probability > 0) find(p.node, p.key) = p;
  }

  Arena* arena_;
  std::span<Path> slots_;  // a power of two; probability 0 where empty; at most half full
  std::span<Path> taken_;
  std::size_t size_ = 0;
};

/// The margins without empty rows and columns; rows the smaller side, columns ascending.
struct Margins {
  std::array<std::uint32_t, most_rows> row{};
  std::size_t rows = 0;
  std::span<std::uint32_t> column;
  std::uint32_t total = 0;
};

class Network {
 public:
  Network(const Margins& margins, double log_bound, Arena& arena)
      : margins_(margins), bits_(64 / margins.rows), log_bound_(log_bound), arena_(arena), ways_(arena) {}

  /// The probability of all tables at most as probable as the bound; missing if there are too many paths.
  double tail() {
    const std::size_t columns = margins_.column.size();
    Paths first(arena_), second(arena_);
    Paths *paths = &first, *next = &second;
    paths->add(pack(margins_.row), 0.0, 1.0);
    std::uint32_t left = margins_.total;
    for (column_ = 0; column_ + 2 < columns; ++column_) {
      each_node(paths->take_sorted(), [&](std::span<const Path> group) {
        if (!too_many(*next)) advance(group, left, *next);
      });
      if (too_many(*next)) return missing;
      left -= margins_.column[column_];
      std::swap(paths, next);
    }
    each_node(paths->take_sorted(), [&](std::span<const Path> group) {
      if (!too_many(*next)) complete(group, left);
    });
    return too_many(*next) ? missing : tail_;
  }

 private:
  using Rows = std::array<std::uint32_t, most_rows>;

  std::uint64_t pack(Rows rows) const {
    for (std::size_t i = 1; i < margins_.rows; ++i)  // insertion sort: a handful of numbers
      for (std::size_t j = i; j > 0 && rows[j] < rows[j - 1]; --j) std::swap(rows[j], rows[j - 1]);
    std::uint64_t node = 0;
    for (std::size_t i = 0; i < margins_.rows; ++i) node = node << bits_ | rows[i];
    return node;
  }

  Rows unpack(std::uint64_t node) const {
    Rows rows{};
    const std::uint64_t mask = (std::uint64_t{1} << bits_) - 1;
    for (std::size_t i = margins_.rows; i-- > 0; node >>= bits_) rows[i] = static_cast<std::uint32_t>(node & mask);
    return rows;
  }

  template <class Use>
  static void each_node(std::span<const Path> paths, const Use& use) {
    for (std::size_t begin = 0, end = 0; begin < paths.size(); begin = end) {
      while (end < paths.size() && paths[end].node == paths[begin].node) ++end;
      use(paths.subspan(begin, end - begin));
    }
  }

  /// In how many ways `size` can be taken out of the rows.
  double ways_to_take(const Rows& rows, std::uint32_t size) const {
    const Arena::Scope scope(arena_);
    const std::span<double> ways = arena_.take<double>(size + 1, 0.0), sum = arena_.take<double>(size + 2, 0.0);
    ways[0] = 1;
    for (std::size_t i = 0; i < margins_.rows; ++i) {
      for (std::size_t k = 0; k <= size; ++k) sum[k + 1] = sum[k] + ways[k];
      for (std::size_t k = 0; k <= size; ++k) ways[k] = sum[k + 1] - sum[k - std::min<std::size_t>(k, rows[i])];
    }
    return ways[size];
  }

  /// Whether one column alone would be too many steps; counted where it could be.
  bool too_many_ways(const Rows& rows, std::uint32_t size) const {
    const std::size_t others = margins_.rows - 1;
    if (std::exp(log_choose(size + others, others)) <= most_steps - steps_) return false;
    return ways_to_take(rows, size) > most_steps - steps_;
  }

  /// visit(rest of the rows, log probability) for every way to take `size` out of the rows, which hold `left`; a step
  /// each. None where there are too many.
  template <class Visit>
  void each_column(Rows& rows, std::uint32_t left, std::uint32_t size, const Visit& visit) {
    if (too_many_ways(rows, size))
      steps_ = infinite;
    else
      fill(rows, 0, left, size, -log_choose(left, size), visit);
  }
  template <class Visit>
  void fill(Rows& rows, std::size_t i, std::uint32_t left, std::uint32_t size, double log_p, const Visit& visit) {
    const std::uint32_t here = rows[i];
    if (i + 1 == margins_.rows) {
      rows[i] = here - size;
      visit(rows, log_p + log_choose(here, size));
      ++steps_;
    } else {
      const std::uint32_t others = left - here;
      for (std::uint32_t k = size > others ? size - others : 0; k <= std::min(here, size); ++k) {
        rows[i] = here - k;
        fill(rows, i + 1, others, size - k, log_p + log_choose(here, k), visit);
      }
    }
    rows[i] = here;
  }

  /// Fills one column of all paths that have come to one node.
  void advance(std::span<const Path> group, std::uint32_t left, Paths& next) {
    const std::uint32_t size = margins_.column[column_];
    Rows rows = unpack(group.front().node);
    each_column(rows, left, size,
                [&](const Rows& rest, double log_p) { ways_.add(pack(rest), log_p, std::exp(log_p)); });
    each_node(ways_.take_sorted(), [&](std::span<const Path> ways) {
      if (too_many(next)) return;
      steps_ += static_cast<double>(ways.size() * group.size());
      const double most = most_probable(unpack(ways.front().node), left - size);
      for (const Path& way : ways) {
        for (const Path& path : group) {
          const double log_p = path.log_probability + way.log_probability;
          const double p = path.probability * way.probability;
          if (log_p + most <= log_bound_)
            tail_ += p;
          else
            next.add(way.node, log_p, p);
        }
      }
    });
  }

  /// Fills the last two columns.
  void complete(std::span<const Path> group, std::uint32_t left) {
    Rows rows = unpack(group.front().node);
    each_column(rows, left, margins_.column[column_],
                [&](const Rows&, double log_p) { ways_.add(0, log_p, std::exp(log_p)); });
    const std::span<Path> ways = ways_.take_sorted();
    for (std::size_t i = 1; i < ways.size(); ++i) ways[i].probability += ways[i - 1].probability;
    for (const Path& path : group) {
      const double bound = log_bound_ - path.log_probability;
      const auto end = std::upper_bound(ways.begin(), ways.end(), bound,
                                        [](double b, const Path& way) { return b < way.log_probability; });
      if (end != ways.begin()) tail_ += path.probability * std::prev(end)->probability;
    }
    steps_ += static_cast<double>(group.size());
  }

  bool too_many(const Paths& paths) const { return paths.size() > most_paths || steps_ > most_steps; }

  /// An upper bound on the log probability of the rest of the table given its margins: for any multipliers u, v the
  /// sum of log n! over its cells is at least sum u r + sum v c + sum of min over n of (log n! - (u + v) n).
  double most_probable(const Rows& rows, std::uint32_t left) const {
    const std::span<const std::uint32_t> columns = margins_.column.subspan(column_ + 1);
    const auto k = static_cast<double>(columns.size()), m = static_cast<double>(margins_.rows);
    const double log_scale = std::log(2.0 * (2.0 * left + m * k));
    double sum = -log_factorial(left), dual = 0;
    std::array<double, most_rows> u;
    for (std::size_t i = 0; i < margins_.rows; ++i) {
      u[i] = std::log(2.0 * rows[i] + k);
      sum += log_factorial(rows[i]);
      dual += u[i] * rows[i];
    }
    for (const std::uint32_t c : columns) {
      const double v = std::log(2.0 * c + m) - log_scale;
      sum += log_factorial(c);
      dual += v * c;
      for (std::size_t i = 0; i < margins_.rows; ++i) {
        const double n = std::floor((2.0 * rows[i] + k) * (2.0 * c + m) / (2.0 * (2.0 * left + m * k)));
        dual += log_factorial(static_cast<std::size_t>(n)) - (u[i] + v) * n;
      }
    }
    return sum - dual + 1e-9;  // and rounding
  }

  const Margins& margins_;
  std::size_t bits_;  // of a packed row total
  double log_bound_;
  Arena& arena_;
  Paths ways_;              // to fill one column of one node
  std::size_t column_ = 0;  // the column to be filled
  double tail_ = 0;
  double steps_ = 0;
};

/// The totals of a table, with the smaller side as rows.
Margins margins_of(std::span<const std::uint32_t> counts, std::size_t rows, std::size_t columns, Arena& arena) {
  const std::span<std::uint32_t> by_row = arena.take<std::uint32_t>(rows, 0),
                                 by_column = arena.take<std::uint32_t>(columns, 0);
  Margins margins;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      const std::uint32_t n = counts[i * columns + j];
      by_row[i] += n, by_column[j] += n, margins.total += n;
    }
  }
  const auto without_zeros = [](std::span<std::uint32_t> totals) {
    std::sort(totals.begin(), totals.end());
    return totals.subspan(static_cast<std::size_t>(std::count(totals.begin(), totals.end(), 0u)));
  };
  const std::span<std::uint32_t> one = without_zeros(by_row), other = without_zeros(by_column);
  const bool as_they_are = one.size() <= other.size();
  const std::span<std::uint32_t> smaller = as_they_are ? one : other;
  margins.rows = smaller.size();
  margins.column = as_they_are ? other : one;
  std::copy_n(smaller.begin(), std::min(smaller.size(), most_rows), margins.row.begin());
  return margins;
}

double log_probability(std::span<const std::uint32_t> counts, const Margins& margins) {
  double sum = -log_factorial(margins.total);
  for (const std::uint32_t r : margins.row) sum += log_factorial(r);
  for (const std::uint32_t c : margins.column) sum += log_factorial(c);
  for (const std::uint32_t n : counts) sum -= log_factorial(n);
  return sum;
}

}  // namespace

Estimate fisher_exact(std::span<const std::uint32_t> counts, std::size_t rows, std::size_t columns, Arena& arena) {
  const Arena::Scope scope(arena);
  const Margins margins = margins_of(counts, rows, columns, arena);
  Estimate result;
  result.n = margins.total;
  if (margins.rows < 2) {
    result.status = Status::empty_group;
    return result;
  }
  result.status = Status::did_not_converge;
  if (margins.rows > most_rows || (std::uint64_t{margins.row[margins.rows - 1]} >> (64 / margins.rows)) > 0)
    return result;
  Network network(margins, log_probability(counts, margins) + std::log1p(1e-7), arena);
  const double tail = network.tail();
  if (std::isnan(tail)) return result;
  result.p_value = std::min(1.0, tail);
  result.status = Status::ok;
  return result;
}

}  // namespace oligosim
