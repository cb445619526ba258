#pragma once

#include <cstdint>
#include <map>

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
  void merge(const Sketch& other);

  std::uint64_t count() const { return total_; }
  /// The rank-th smallest value, rank from 1 to count(); values of one bin are taken as evenly spread over it.
  double order_statistic(std::uint64_t rank) const;
  /// Sample quantile as R's default (type 7: linear between order statistics (n - 1) p + 1); NaN when empty.
  double quantile(double p) const;
  /// Share of counts at or below a value, interpolated within its bin; NaN when empty.
  double share_at_most(double value) const;
  /// Share of counts in the bin of a value; NaN when empty.
  double share_in_bin(double value) const;
  const std::map<std::uint32_t, std::uint64_t>& bins() const { return bins_; }

 private:
  std::map<std::uint32_t, std::uint64_t> bins_;
  std::uint64_t total_ = 0;
};

}  // namespace oligosim
