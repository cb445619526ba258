#include "engine/statistics/sequential/test_graph.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace oligosim {

namespace {

// The graph without a hypothesis, whose share and transitions the others take over (algorithm 1 of the paper).
TestGraph without(const TestGraph& graph, std::size_t gone) {
  const std::size_t n = graph.size();
  TestGraph next{std::vector<double>(n, 0.0), std::vector<double>(n * n, 0.0)};
  for (std::size_t i = 0; i < n; ++i) {
    if (i == gone) continue;
    next.weight[i] = graph.weight[i] + graph.weight[gone] * graph.from(gone, i);
    const double back = graph.from(i, gone) * graph.from(gone, i);
    for (std::size_t j = 0; j < n; ++j)
      if (j != i && j != gone && back < 1.0 - 1e-12)
        next.transition[i * n + j] = (graph.from(i, j) + graph.from(i, gone) * graph.from(gone, j)) / (1.0 - back);
  }
  return next;
}

}  // namespace

TestGraph fixed_sequence(std::size_t hypotheses) {
  TestGraph graph{std::vector<double>(hypotheses, 0.0), std::vector<double>(hypotheses * hypotheses, 0.0)};
  graph.weight.front() = 1.0;
  for (std::size_t k = 0; k + 1 < hypotheses; ++k) graph.transition[k * hypotheses + k + 1] = 1.0;
  return graph;
}

TestGraph weighted_holm(std::span<const double> weights) {
  const std::size_t n = weights.size();
  TestGraph graph{{weights.begin(), weights.end()}, std::vector<double>(n * n, 0.0)};
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      if (j != i && weights[i] < sum) graph.transition[i * n + j] = weights[j] / (sum - weights[i]);
  return graph;
}

GraphWeights::GraphWeights(const TestGraph& graph) : size_(graph.size()), weight_((std::size_t{1} << size_) * size_) {
  std::vector<TestGraph> left(std::size_t{1} << size_);  // one a set of rejected hypotheses
  left[0] = graph;
  for (HypothesisSet rejected = 0; rejected < left.size(); ++rejected) {
    std::size_t highest = 0;
    for (std::size_t k = 0; k < size_; ++k)
      if (rejected & only(k)) highest = k;
    if (rejected != 0) left[rejected] = without(left[rejected & ~only(highest)], highest);
    std::copy(left[rejected].weight.begin(), left[rejected].weight.end(),
              weight_.begin() + static_cast<std::ptrdiff_t>(rejected * size_));
  }
}

HypothesisSet hochberg(std::span<const double> p_values, double level) {
  HypothesisSet best = 0;
  for (const double bound : p_values) {
    HypothesisSet up_to = 0;
    std::size_t above = 0;
    for (std::size_t k = 0; k < p_values.size(); ++k) p_values[k] <= bound ? void(up_to |= only(k)) : void(++above);
    if (bound <= level / static_cast<double>(above + 1)) best |= up_to;
  }
  return best;
}

}  // namespace oligosim
