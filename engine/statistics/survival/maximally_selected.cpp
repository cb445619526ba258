#include "engine/statistics/survival/maximally_selected.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

/// Event less cumulative hazard, in table order.
void log_rank_scores(const SurvivalTable& table, std::span<double> score) {
  double hazard = 0;
  for (std::size_t i = 0; i < table.size();) {
    std::size_t end = i;
    double events = 0;
    for (; end < table.size() && table.time[end] == table.time[i]; ++end) events += table.event[end];
    hazard += events / static_cast<double>(table.size() - i);
    for (; i < end; ++i) score[i] = table.event[i] - hazard;
  }
}

/// The largest absolute statistic of the cuts, and which cut has it.
struct Largest {
  double value = -1;
  std::size_t cut = 0;
};

Largest largest_of(std::span<const double> score, std::span<const std::uint32_t> size, double score_variance) {
  const auto n = static_cast<double>(score.size());
  Largest largest;
  double sum = 0;
  std::uint32_t below = 0;
  for (std::size_t k = 0; k < size.size(); ++k) {
    for (; below < size[k]; ++below) sum += score[below];
    const double m = below, value = std::abs(sum) / std::sqrt(m * (n - m) / n * score_variance);
    if (value > largest.value) largest = {value, k};
  }
  return largest;
}

double variance_of(std::span<const double> score) {
  double sum = 0;  // the mean is 0
  for (const double a : score) sum += a * a;
  return sum / (static_cast<double>(score.size()) - 1);
}

/// Miller and Siegmund's (1982) approximation of P(largest absolute standardized Brownian bridge between two shares >
/// b).
double largest_bridge_tail(double b, double lowest, double highest) {
  const double density = std::exp(-b * b / 2) / std::sqrt(2 * std::numbers::pi);
  const double range = std::log(highest * (1 - lowest) / ((1 - highest) * lowest));
  return b < 1 ? 1 : std::min(1.0, 4 * density / b + density * (b - 1 / b) * range);
}

}  // namespace

SelectedCut maximally_selected_log_rank(const SurvivalTable& table, std::span<const double> marker, double lowest,
                                        double highest, Arena& arena) {
  const std::size_t n = table.size();
  SelectedCut s;
  s.n = static_cast<double>(n);
  for (const std::uint8_t event : table.event) s.n_events += event;
  if (s.n_events == 0) s.status = Status::no_events;
  const std::span<double> in_table = arena.take<double>(n), score = arena.take<double>(n);
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(n), size = arena.take<std::uint32_t>(n);
  log_rank_scores(table, in_table);
  for (std::uint32_t i = 0; i < n; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return marker[a] < marker[b] || (marker[a] == marker[b] && a < b);
  });
  for (std::size_t k = 0; k < n; ++k) score[k] = in_table[order[k]];
  std::size_t cuts = 0;
  for (std::uint32_t m = 1; m < n; ++m) {
    const double share = m / s.n;
    if (marker[order[m - 1]] < marker[order[m]] && share >= lowest && share <= highest) size[cuts++] = m;
  }
  s.score = score, s.size = size.first(cuts);
  const double variance = n > 1 ? variance_of(score) : 0;
  if (s.status == Status::ok && (cuts == 0 || variance == 0)) s.status = Status::singular;
  if (s.status != Status::ok) return s;
  const Largest largest = largest_of(score, s.size, variance);
  s.cut = marker[order[s.size[largest.cut] - 1]];
  s.largest = largest.value;
  s.minimum_p = 2 * normal_cdf(-s.largest);
  s.lausen_schumacher_p = largest_bridge_tail(s.largest, lowest, highest);
  return s;
}

double permutation_p_value(const SelectedCut& selected, Stream stream, std::size_t permutations, Arena& arena) {
  if (selected.status != Status::ok) return missing;
  const Arena::Scope scope(arena);
  const std::span<double> score = arena.take<double>(selected.score.size());
  std::copy(selected.score.begin(), selected.score.end(), score.begin());
  const double variance = variance_of(score), seen = selected.largest * (1 - 1e-12);  // sums in another order
  std::size_t as_large = 1;
  for (std::size_t k = 0; k < permutations; ++k) {
    for (auto i = static_cast<std::uint32_t>(score.size()); i > 1; --i) std::swap(score[i - 1], score[stream.below(i)]);
    as_large += largest_of(score, selected.size, variance).value >= seen;
  }
  return static_cast<double>(as_large) / static_cast<double>(permutations + 1);
}

}  // namespace oligosim
