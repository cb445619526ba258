#include "engine/statistics/survival/concordance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/survival/counting_process.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

namespace {

template <Weight V>
V weight_of(std::span<const V> weight, std::size_t i) {
  return weight.empty() ? broadcast<V>(1.0) : weight[i];
}

// Weights by rank of their marker, with sums over ranks in O(log levels) (Fenwick 1994). Integer weights are summed
// exactly, so that the differences are exact too.
template <Weight V>
class RankSums {
 public:
  RankSums(std::size_t most_levels, Arena& arena)
      : tree_(arena.take<V>(most_levels + 1, V{})), at_(arena.take<V>(most_levels + 1, V{})) {}

  void clear(std::size_t levels) {
    levels_ = levels;
    total_ = V{};
    std::fill_n(tree_.begin(), levels + 1, V{});
    std::fill_n(at_.begin(), levels + 1, V{});
  }
  void add(std::size_t rank, const V& weight) {
    total_ += weight;
    at_[rank] += weight;
    for (std::size_t r = rank; r <= levels_; r += r & (~r + 1)) tree_[r] += weight;
  }
  void remove(std::size_t rank, const V& weight) { add(rank, -weight); }
  V below(std::size_t rank) const {
    V sum{};
    for (std::size_t r = rank - 1; r > 0; r &= r - 1) sum += tree_[r];
    return sum;
  }
  V equal(std::size_t rank) const { return at_[rank]; }
  V above(std::size_t rank) const { return total_ - below(rank) - at_[rank]; }

 private:
  std::span<V> tree_, at_;
  std::size_t levels_ = 0;
  V total_{};
};

// How many partners of one patient are concordant with him, discordant, or tied in the marker.
template <Weight V>
struct Partners {
  V concordant, discordant, tied;
};

// `others` fail later than the patient, or earlier.
template <Weight V>
Partners<V> partners(const RankSums<V>& others, std::size_t rank, bool others_later, MarkerDirection direction) {
  const V below = others.below(rank), above = others.above(rank);
  const bool below_is_concordant = others_later == (direction == MarkerDirection::higher_fails_earlier);
  return {below_is_concordant ? below : above, below_is_concordant ? above : below, others.equal(rank)};
}

std::size_t begin_of(const RankedMarker& marker, std::size_t stratum) {
  return stratum == 0 ? 0 : marker.end[stratum - 1];
}

std::size_t most_levels(const RankedMarker& marker) {
  return marker.levels.empty() ? 0 : *std::max_element(marker.levels.begin(), marker.levels.end());
}

// Calls use(patient, his partners that fail later) for everybody with an event, from the last time backwards; after
// those of one time, tie(patient, whether he is the first of them). Within a time the table has censorings last: they
// are seen first.
template <Weight V, class Use, class Tie>
void with_later_partners(const SurvivalTable& table, const RankedMarker& marker, std::span<const V> weight,
                         const Use& use, const Tie& tie, Arena& arena) {
  RankSums<V> at_risk(most_levels(marker), arena);
  for (std::size_t s = 0; s < marker.end.size(); ++s) {
    at_risk.clear(marker.levels[s]);
    std::size_t left = begin_of(marker, s);  // how many of by_start
    for (std::size_t end = marker.end[s], begin = begin_of(marker, s); end > begin;) {
      const double time = table.time[marker.position[end - 1]];
      for (; !marker.start.empty() && left < marker.end[s]; ++left) {
        const std::uint32_t i = marker.by_start[left];
        if (marker.rank[i] == 0) continue;
        if (marker.start[i] < time) break;
        at_risk.remove(marker.rank[i], weight_of(weight, i));
      }
      std::size_t first = end;
      for (; first > begin && table.time[marker.position[first - 1]] == time; --first) {
        const std::uint32_t i = marker.position[first - 1];
        if (marker.rank[i] == 0) continue;
        if (table.event[i]) {
          use(i, partners(at_risk, marker.rank[i], true, marker.direction));
        } else {
          at_risk.add(marker.rank[i], weight_of(weight, i));
        }
      }
      bool first_event = true;
      for (; end > first; --end) {
        const std::uint32_t i = marker.position[end - 1];
        if (marker.rank[i] == 0 || !table.event[i]) continue;
        tie(i, first_event);
        first_event = false;
        at_risk.add(marker.rank[i], weight_of(weight, i));
      }
    }
  }
}

// Calls use(patient, his partners that had the event before, or at the time he was censored) for everybody.
template <class Use>
void with_earlier_partners(const SurvivalTable& table, const RankedMarker& marker, std::span<const double> weight,
                           const Use& use, Arena& arena) {
  RankSums<double> failed(most_levels(marker), arena);
  for (std::size_t s = 0; s < marker.end.size(); ++s) {
    failed.clear(marker.levels[s]);
    std::size_t waiting = begin_of(marker, s);  // events of the current time that do not count yet
    for (std::size_t p = waiting; p < marker.end[s]; ++p) {
      const std::uint32_t i = marker.position[p];
      for (; waiting < p; ++waiting) {
        const std::uint32_t j = marker.position[waiting];
        if (table.event[j] && table.event[i] && table.time[j] == table.time[i]) break;
        if (table.event[j] && marker.rank[j] != 0) failed.add(marker.rank[j], weight_of(weight, j));
      }
      if (marker.rank[i] != 0) use(i, partners(failed, marker.rank[i], false, marker.direction));
    }
  }
}

// Calls use(row, its partners that had the event by its start) for every row: the row was not there then.
template <class Use>
void with_partners_before_start(const SurvivalTable& table, const RankedMarker& marker, std::span<const double> weight,
                                const Use& use, Arena& arena) {
  if (marker.start.empty()) return;
  RankSums<double> failed(most_levels(marker), arena);
  for (std::size_t s = 0; s < marker.end.size(); ++s) {
    failed.clear(marker.levels[s]);
    std::size_t next = begin_of(marker, s);
    for (std::size_t p = marker.end[s]; p-- > begin_of(marker, s);) {
      const std::uint32_t i = marker.by_start[p];
      if (marker.rank[i] == 0) continue;
      for (; next < marker.end[s] && table.time[marker.position[next]] <= marker.start[i]; ++next) {
        const std::uint32_t j = marker.position[next];
        if (table.event[j] && marker.rank[j] != 0) failed.add(marker.rank[j], weight_of(weight, j));
      }
      use(i, partners(failed, marker.rank[i], false, marker.direction));
    }
  }
}

// Pairs with the event at one time, in all and by marker. Copies of a patient are pairs as well.
template <Weight V>
class TiedEvents {
 public:
  TiedEvents(std::size_t most_levels, Arena& arena)
      : at_(arena.take<V>(most_levels + 1)), time_(arena.take<std::uint32_t>(most_levels + 1, 0)) {}

  void add(std::uint32_t rank, const V& w, bool first_of_its_time) {
    if (first_of_its_time) ++current_, total_ = V{};
    if (time_[rank] != current_) time_[rank] = current_, at_[rank] = V{};
    const V copies = 0.5 * w * (w - 1.0);
    pairs_ += w * total_ + copies;
    same_marker_ += w * at_[rank] + copies;
    total_ += w;
    at_[rank] += w;
  }
  V same_marker() const { return same_marker_; }
  V other_marker() const { return pairs_ - same_marker_; }

 private:
  std::span<V> at_;
  std::span<std::uint32_t> time_;  // the time, counted, that at_ is of
  std::uint32_t current_ = 0;
  V total_{}, pairs_{}, same_marker_{};
};

// Ranks within each stratum from 1; who is not there is left at 0. `sorted` is scratch.
template <class IsThere>
std::uint32_t rank_stratum(std::span<const double> value, const IsThere& is_there, std::span<std::uint32_t> sorted,
                           std::span<std::uint32_t> rank) {
  const auto known_end = std::remove_if(sorted.begin(), sorted.end(), [&](std::uint32_t i) { return !is_there(i); });
  std::sort(sorted.begin(), known_end, [&](std::uint32_t a, std::uint32_t b) { return value[a] < value[b]; });
  std::uint32_t levels = 0;
  for (auto i = sorted.begin(); i != known_end; ++i) {
    if (i == sorted.begin() || value[*i] != value[*(i - 1)]) ++levels;
    rank[*i] = levels;
  }
  return levels;
}

// What each patient adds to (concordant - discordant) / comparable, per unit of weight (infinitesimal jackknife).
std::span<double> influence_on_somers_d(const SurvivalTable& table, const RankedMarker& marker,
                                        std::span<const double> weight, const ConcordanceCounts<double>& counts,
                                        Arena& arena) {
  const double comparable = counts.comparable(), d = (counts.concordant - counts.discordant) / comparable;
  const std::span<double> influence = arena.take<double>(table.size(), 0.0);
  const auto of = [&](const Partners<double>& p) {
    return (p.concordant - p.discordant - d * (p.concordant + p.discordant + p.tied)) / comparable;
  };
  const auto add = [&](std::uint32_t i, const Partners<double>& p) { influence[i] += of(p); };
  with_later_partners(
      table, marker, weight, add, [](std::uint32_t, bool) {}, arena);
  with_earlier_partners(table, marker, weight, add, arena);
  with_partners_before_start(
      table, marker, weight, [&](std::uint32_t i, const Partners<double>& p) { influence[i] -= of(p); }, arena);
  return influence;
}

}  // namespace

RankedMarker rank_marker(const SurvivalTable& table, const Marker& marker, Arena& arena) {
  const std::size_t n = marker.value.size();
  const StratumOrder order = order_by_stratum(n, marker.stratum, marker.strata, arena);
  const std::span<std::uint32_t> rank = arena.take<std::uint32_t>(n, 0);
  const std::span<std::uint32_t> levels = arena.take<std::uint32_t>(order.end.size());
  const std::span<std::uint32_t> by_start = arena.take<std::uint32_t>(marker.start.size());
  const Arena::Scope scope(arena);
  const auto is_there = [&](std::uint32_t i) {
    return !std::isnan(marker.value[i]) && (marker.start.empty() || marker.start[i] < table.time[i]);
  };
  const std::span<std::uint32_t> sorted = arena.take<std::uint32_t>(n);
  std::copy(order.position.begin(), order.position.end(), sorted.begin());
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : order.end[s - 1];
    levels[s] = rank_stratum(marker.value, is_there, sorted.subspan(begin, order.end[s] - begin), rank);
  }
  if (!marker.start.empty()) {
    const std::span<double> start = arena.take<double>(n);
    for (std::size_t p = 0; p < n; ++p) {
      const std::uint32_t i = order.position[p];
      start[p] = rank[i] == 0 ? std::numeric_limits<double>::infinity() : marker.start[i];
    }
    const std::span<const std::uint32_t> places = order_by_start(start, order.end, arena);
    for (std::size_t p = 0; p < n; ++p) by_start[p] = order.position[places[p]];
  }
  return {rank, order.position, order.end, levels, marker.direction, marker.start, by_start};
}

template <Weight V>
ConcordanceCounts<V> concordance_counts(const SurvivalTable& table, const RankedMarker& marker,
                                        std::span<const V> weight, Arena& arena) {
  const Arena::Scope scope(arena);
  ConcordanceCounts<V> counts;
  TiedEvents<V> tied(most_levels(marker), arena);
  with_later_partners(
      table, marker, weight,
      [&](std::uint32_t i, const Partners<V>& p) {
        const V w = weight_of(weight, i);
        counts.concordant += w * p.concordant;
        counts.discordant += w * p.discordant;
        counts.tied_marker += w * p.tied;
      },
      [&](std::uint32_t i, bool first) { tied.add(marker.rank[i], weight_of(weight, i), first); }, arena);
  counts.tied_time = tied.other_marker();
  counts.tied_both = tied.same_marker();
  return counts;
}

template ConcordanceCounts<double> concordance_counts<double>(const SurvivalTable&, const RankedMarker&,
                                                              std::span<const double>, Arena&);
template ConcordanceCounts<Lanes> concordance_counts<Lanes>(const SurvivalTable&, const RankedMarker&,
                                                            std::span<const Lanes>, Arena&);

Estimate concordance(const SurvivalTable& table, const Marker& marker, std::span<const double> weight,
                     const Clusters& clusters, Arena& arena) {
  const Arena::Scope scope(arena);
  const RankedMarker ranked = rank_marker(table, marker, arena);
  Estimate result;
  result.n = result.n_events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (ranked.rank[i] == 0) continue;
    result.n += weight_of(weight, i);
    if (table.event[i]) result.n_events += weight_of(weight, i);
  }
  if (!(result.n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  const ConcordanceCounts<double> counts = concordance_counts(table, ranked, weight, arena);
  if (!(counts.comparable() > 0.0)) {
    result.status = Status::no_events;
    return result;
  }
  const std::span<const double> influence = influence_on_somers_d(table, ranked, weight, counts, arena);
  double variance = 0.0;
  cluster_cross_products(influence, 1, weight, clusters, {&variance, 1}, arena);
  result.estimate = counts.concordance();
  result.standard_error = 0.5 * std::sqrt(variance);  // C = (D + 1) / 2
  return result;
}

}  // namespace oligosim
