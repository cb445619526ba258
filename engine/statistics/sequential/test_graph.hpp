#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace oligosim {

/// Hypotheses tested together: the share of the level that each starts with, and where it goes once the hypothesis is
/// rejected (Bretz, Maurer, Brannath and Posch 2009). Shares sum to 1 at most, and so do the transitions from each.
struct TestGraph {
  std::vector<double> weight;
  std::vector<double> transition;  // from row to column, square; the diagonal is 0

  std::size_t size() const { return weight.size(); }
  double from(std::size_t i, std::size_t j) const { return transition[i * size() + j]; }
};

/// All of the level for the first, then for the next.
TestGraph fixed_sequence(std::size_t hypotheses);
/// Holm (1979): a rejected hypothesis leaves its share to the others in proportion to theirs.
TestGraph weighted_holm(std::span<const double> weights);

/// Hypotheses as bits of one number: bit k is hypothesis k.
using HypothesisSet = std::uint32_t;
inline constexpr std::size_t most_hypotheses = 8;

inline HypothesisSet only(std::size_t hypothesis) { return HypothesisSet{1} << hypothesis; }

/// The share of the level that each hypothesis has once any set of the others is rejected, whatever their order.
class GraphWeights {
 public:
  /// At most most_hypotheses.
  explicit GraphWeights(const TestGraph& graph);

  std::size_t size() const { return size_; }
  /// 0 for one that is rejected.
  double weight(HypothesisSet rejected, std::size_t hypothesis) const { return weight_[rejected * size_ + hypothesis]; }

  /// Rejects, starting from `rejected`, as long as reject(hypothesis, weight) says yes to one that is left.
  template <class Reject>
  HypothesisSet reject_in_turn(HypothesisSet rejected, const Reject& reject) const {
    for (std::size_t k = 0; k < size_;) {
      const double share = weight(rejected, k);
      const bool more = share > 0 && reject(k, share);
      if (more) rejected |= only(k);
      k = more ? 0 : k + 1;
    }
    return rejected;
  }

 private:
  std::size_t size_;
  std::vector<double> weight_;  // one a set and hypothesis
};

/// Hochberg (1988): with the hypotheses in the order of their p values, all up to the last whose p is at most the level
/// over the number from it on. A missing p (NaN) is one of 1.
HypothesisSet hochberg(std::span<const double> p_values, double level);

}  // namespace oligosim
