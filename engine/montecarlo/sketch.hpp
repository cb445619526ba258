#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace oligosim {

/// A histogram whose bins are the leading bits of a double (sign, exponent, 11 bits of the fraction): relative bin
/// width below 2^-10, order preserved, -infinity and infinity in bins of their own, magnitudes below the smallest
/// normal number in the bin of 0. Integer counts: merging in any order gives the same.
class Sketch {
 public:
  /// Order-preserving key of a value (not NaN).
  static std::uint32_t key(double value);
  /// Smallest and largest value of a key's bin.
  static double lower_edge(std::uint32_t key);
  static double upper_edge(std::uint32_t key);

  void add(std::uint32_t key, std::uint64_t count);
  /// A bin and its count, as blocks keep them.
  using Bin = std::pair<std::uint32_t, std::uint32_t>;
  /// The same of many bins, ascending by key.
  void add(std::span<const Bin> ascending);

  std::uint64_t count() const { return total_; }
  /// The rank-th smallest value, rank from 1 to count(); values of one bin are taken as evenly spread over it.
  double order_statistic(std::uint64_t rank) const;
  /// Sample quantile as R's default (type 7: linear between order statistics (n - 1) p + 1); NaN when empty.
  double quantile(double p) const;
  /// Share of counts at or below a value, interpolated within its bin; NaN when empty.
  double share_at_most(double value) const;
  /// Share of counts in the bin of a value; NaN when empty.
  double share_in_bin(double value) const;
  /// Those with a count: key, count; ascending.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> bins() const;

 private:
  // Bins that follow each other share a page: most values have neighbours, and a place in memory is looked for once a
  // page. Small, as the few values of a short run have pages of their own.
  static constexpr std::uint32_t page_size = 16;
  using Page = std::array<std::uint64_t, page_size>;

  /// Calls visit(key, count) for those with a count, ascending, for as long as it says true.
  template <class Visit>
  void visit_bins(const Visit& visit) const;

  std::map<std::uint32_t, Page> pages_;  // by key / page_size
  std::uint64_t total_ = 0;
};

}  // namespace oligosim
