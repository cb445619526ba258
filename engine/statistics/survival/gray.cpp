#include "engine/statistics/survival/gray.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

namespace {

// One group at one time of events.
template <Weight V>
struct GroupRow {
  V at_risk{};
  V events{};   // of the cause of interest
  V failing{};  // of any cause, added up in the order of at_risk: equal to it where everybody left fails
  // Known after the pass forwards:
  V risk_set{};                             // of the subdistribution: at risk / S(t-)
  V spread{}, reach{};                      // of an event of interest: variance, and how far it moves 1 - F
  V competing_spread{}, competing_reach{};  // of the other events
};

// All groups at one time.
template <Weight V>
struct PooledRow {
  V weight{};    // (1 - F(t-))^rho; 0 where there is nothing to compare
  V risk_set{};  // sum over the groups
  V hazard{};    // jump of F / (1 - F(t-)); 0 as above
};

// The times of events of one stratum, ascending; row r of group g is cells[r * groups + g].
template <Weight V>
struct Rows {
  std::size_t groups;
  std::span<GroupRow<V>> cells;
  std::span<PooledRow<V>> pooled;

  std::span<GroupRow<V>> at(std::size_t row) const { return cells.subspan(row * groups, groups); }
};

// Read from the last time backwards, so that those at risk are those already seen.
template <Weight V>
Rows<V> read_rows(const SurvivalTable& table, const CauseOfInterest& cause, const Grouping& grouping,
                  std::span<const std::uint32_t> positions, std::span<const V> weight, Arena& arena) {
  const std::size_t groups = grouping.groups;
  const std::span<GroupRow<V>> cells = arena.take<GroupRow<V>>(positions.size() * groups);
  const std::span<PooledRow<V>> pooled = arena.take<PooledRow<V>>(positions.size(), PooledRow<V>{});
  const std::span<GroupRow<V>> seen = arena.take<GroupRow<V>>(groups, GroupRow<V>{});
  std::size_t row = positions.size();
  for (std::size_t end = positions.size(); end > 0;) {
    const double time = table.time[positions[end - 1]];
    V events{};
    for (; end > 0 && table.time[positions[end - 1]] == time; --end) {
      const std::uint32_t i = positions[end - 1];
      const V w = weight.empty() ? broadcast<V>(1.0) : weight[i];
      GroupRow<V>& cell = seen[grouping.group[i]];
      cell.at_risk += w;
      if (cause.cause[i] == 0) continue;
      events += w;
      cell.failing += w;
      if (cause.cause[i] == cause.interest) cell.events += w;
    }
    if (!any_above(events, 0.0)) continue;
    --row;
    std::copy(seen.begin(), seen.end(), cells.begin() + static_cast<std::ptrdiff_t>(row * groups));
    for (GroupRow<V>& cell : seen) cell.events = cell.failing = V{};
  }
  return {groups, cells.subspan(row * groups), pooled.subspan(row)};
}

// 1 - (d - 1)/(n - 1) where several events are tied.
template <Weight V>
V tie_factor(V events, V at_risk) {
  return events > 1.0 ? 1.0 - (events - 1.0) / (at_risk - 1.0) : broadcast<V>(1.0);
}

template <Weight V>
V power(V base, double exponent) {
  if (exponent == 0.0) return broadcast<V>(1.0);
  return each_lane(base, [exponent](double x) { return std::pow(x, exponent); });
}

// The pass forwards: incidences, score, and what each event will mean for the variance.
template <Weight V>
class Forwards {
 public:
  Forwards(const Rows<V>& rows, double rho, std::span<V> score, Arena& arena)
      : rows_(rows),
        rho_(rho),
        score_(score),
        survival_(arena.take<V>(rows.groups, broadcast<V>(1.0))),
        incidence_(arena.take<V>(rows.groups, V{})) {}

  void run() {
    for (std::size_t row = 0; row < rows_.pooled.size(); ++row) pass(rows_.at(row), rows_.pooled[row]);
  }

 private:
  void pass(std::span<GroupRow<V>> cells, PooledRow<V>& pooled) {
    V events{}, free{}, present{};  // `free`: the subdistribution risk set, as far as it is free of the event
    for (std::size_t g = 0; g < cells.size(); ++g) {
      GroupRow<V>& cell = cells[g];
      cell.risk_set = cell.at_risk > 0.0 ? cell.at_risk / survival_[g] : V{};
      events += cell.events;
      present += cell.at_risk > 0.0 ? broadcast<V>(1.0) : V{};
      pooled.risk_set += cell.risk_set;
      free += cell.risk_set * (1.0 - incidence_[g]);
    }
    const V left = 1.0 - pooled_;
    const V jump = events > 0.0 ? events / pooled.risk_set : V{};
    pooled_ += jump;
    const V compared = (events > 0.0) & (present > 1.0) ? broadcast<V>(1.0) : V{};
    pooled.weight = compared > 0.0 ? power(left, rho_) : V{};
    // Nobody left to pool over, up to rounding: infinite, and the variance with it.
    const V hazard = jump / each_lane(left, [](double x) { return std::abs(x) < 1e-12 ? 0.0 : x; });
    pooled.hazard = compared > 0.0 ? hazard : V{};
    for (std::size_t g = 0; g < cells.size(); ++g) {
      const V expected = events * cells[g].risk_set * (1.0 - incidence_[g]) / free;
      score_[g] += compared > 0.0 ? pooled.weight * (cells[g].events - expected) : V{};
      move_group(cells[g], g, events, pooled.risk_set);
    }
  }

  // To just after the time.
  void move_group(GroupRow<V>& cell, std::size_t g, V events, V risk_set) {
    const V before = survival_[g], others = cell.failing - cell.events;
    survival_[g] = cell.failing > 0.0 ? before * (cell.at_risk - cell.failing) / cell.at_risk : before;
    incidence_[g] = cell.events > 0.0 ? incidence_[g] + before * cell.events / cell.at_risk : incidence_[g];
    cell.competing_reach = survival_[g] > 0.0 ? (1.0 - pooled_) / survival_[g] : V{};
    cell.reach = 1.0 - cell.competing_reach;
    // Under the null an event of interest is as likely as in the pooled groups; one of another cause as in its own.
    const V spread = tie_factor<V>(events, risk_set * before) * before * events / (risk_set * cell.at_risk);
    cell.spread = (events > 0.0) & (cell.at_risk > 0.0) ? spread : V{};
    const V competing = tie_factor<V>(others, cell.at_risk) * before * before * others / (cell.at_risk * cell.at_risk);
    cell.competing_spread = (others > 0.0) & (survival_[g] > 0.0) ? competing : V{};
  }

  const Rows<V>& rows_;
  double rho_;
  std::span<V> score_;
  std::span<V> survival_, incidence_;  // of the groups
  V pooled_{};                         // incidence of the cause
};

// The pass backwards: an event in group k moves the score of group i now, and, through the incidence of k, at all later
// times. `later_[i, k]` sums the latter per unit of the incidence; the squares add up to the variance.
template <Weight V>
class Backwards {
 public:
  Backwards(const Rows<V>& rows, std::span<V> variance, Arena& arena)
      : rows_(rows),
        groups_(rows.groups),
        variance_(variance),
        later_(arena.take<V>(groups_ * groups_, V{})),
        now_(arena.take<V>(groups_ * groups_)),
        moved_(arena.take<V>(groups_)) {}

  void run() {
    for (std::size_t row = rows_.pooled.size(); row-- > 0;) pass(rows_.at(row), rows_.pooled[row]);
  }

 private:
  void pass(std::span<const GroupRow<V>> cells, const PooledRow<V>& pooled) {
    for (std::size_t i = 0; i < groups_; ++i) {
      const V share = pooled.weight > 0.0 ? cells[i].risk_set / pooled.risk_set : V{};
      for (std::size_t k = 0; k < groups_; ++k) {
        now_[i * groups_ + k] = pooled.weight * cells[k].risk_set * ((i == k ? 1.0 : 0.0) - share);
      }
    }
    for (std::size_t k = 0; k < groups_; ++k) {
      const GroupRow<V>& cell = cells[k];
      add(k, 1.0, cell.reach, cell.spread);
      add(k, 0.0, cell.competing_reach, cell.competing_spread);
    }
    for (std::size_t j = 0; j < later_.size(); ++j) later_[j] += now_[j] * pooled.hazard;
  }

  void add(std::size_t k, double at_once, V reach, V spread) {
    if (!any_nonzero(spread)) return;
    for (std::size_t i = 0; i < groups_; ++i) {
      moved_[i] = at_once * now_[i * groups_ + k] + reach * later_[i * groups_ + k];
    }
    for (std::size_t i = 0; i < groups_; ++i) {
      for (std::size_t j = 0; j < groups_; ++j) variance_[i * groups_ + j] += spread * moved_[i] * moved_[j];
    }
  }
  static bool any_nonzero(V spread) { return any_above(spread, 0.0) || any_above(-spread, 0.0); }

  const Rows<V>& rows_;
  std::size_t groups_;
  std::span<V> variance_, later_, now_, moved_;
};

double total(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

std::span<const std::size_t> groups_with_patients(const Grouping& grouping, std::span<const double> weight,
                                                  Arena& arena) {
  const std::span<std::size_t> used = arena.take<std::size_t>(grouping.groups);
  const std::span<std::uint8_t> present = arena.take<std::uint8_t>(grouping.groups, 0);
  for (std::size_t i = 0; i < grouping.group.size(); ++i) {
    if (weight.empty() || weight[i] > 0.0) present[grouping.group[i]] = 1;
  }
  std::size_t n = 0;
  for (std::size_t g = 0; g < grouping.groups; ++g) {
    if (present[g]) used[n++] = g;
  }
  return used.first(n);
}

// score' V^- score over all groups used but the last; NaN where V is not positive definite.
double quadratic_form(const GraySums<double>& sums, std::span<const std::size_t> used, Arena& arena) {
  const std::size_t groups = sums.score.size(), df = used.size() - 1;
  const std::span<double> variance = arena.take<double>(df * df);
  const std::span<double> solution = arena.take<double>(df);
  double largest = 0.0;
  for (std::size_t i = 0; i < df; ++i) {
    solution[i] = sums.score[used[i]];
    for (std::size_t j = 0; j < df; ++j) variance[i * df + j] = sums.variance[used[i] * groups + used[j]];
    largest = std::max(largest, variance[i * df + i]);
  }
  if (!std::isfinite(largest) || !cholesky(variance, df, 1e-12 * largest)) return missing;
  cholesky_solve(variance, solution);
  double form = 0.0;
  for (std::size_t i = 0; i < df; ++i) form += sums.score[used[i]] * solution[i];
  return form;
}

}  // namespace

template <Weight V>
GraySums<V> gray_sums(const SurvivalTable& table, const CauseOfInterest& cause, const Grouping& grouping,
                      std::span<const V> weight, Arena& arena) {
  const std::span<V> score = arena.take<V>(grouping.groups, V{});
  const std::span<V> variance = arena.take<V>(grouping.groups * grouping.groups, V{});
  const Arena::Scope scope(arena);
  const StratumOrder order = order_by_stratum(table.size(), grouping.stratum, grouping.strata, arena);
  std::uint32_t begin = 0;
  for (const std::uint32_t end : order.end) {
    const Arena::Scope stratum(arena);
    const Rows<V> rows = read_rows(table, cause, grouping, order.position.subspan(begin, end - begin), weight, arena);
    Forwards<V>(rows, cause.rho, score, arena).run();
    Backwards<V>(rows, variance, arena).run();
    begin = end;
  }
  return {score, variance};
}

Estimate gray_test(const SurvivalTable& table, const CauseOfInterest& cause, const Grouping& grouping,
                   std::span<const double> weight, Arena& arena) {
  const Arena::Scope scope(arena);
  Estimate result;
  result.n = weight.empty() ? static_cast<double>(table.size()) : total(weight);
  result.n_events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (cause.cause[i] == cause.interest) result.n_events += weight.empty() ? 1.0 : weight[i];
  }
  const std::span<const std::size_t> used = groups_with_patients(grouping, weight, arena);
  if (used.size() < 2) {
    result.status = Status::empty_group;
    return result;
  }
  const GraySums<double> sums = gray_sums<double>(table, cause, grouping, weight, arena);
  const bool no_variance = std::all_of(sums.variance.begin(), sums.variance.end(), [](double v) { return v == 0.0; });
  const double chi_square = no_variance ? missing : quadratic_form(sums, used, arena);
  if (!std::isfinite(chi_square)) {
    result.status = result.n_events > 0.0 ? Status::singular : Status::no_events;
    return result;
  }
  result.statistic = chi_square;
  result.df = static_cast<double>(used.size() - 1);
  result.p_value = chi_square_upper_tail(result.statistic, result.df);
  if (grouping.groups == 2) result.signed_statistic = sums.score[0] / std::sqrt(sums.variance[0]);
  return result;
}

template GraySums<double> gray_sums(const SurvivalTable&, const CauseOfInterest&, const Grouping&,
                                    std::span<const double>, Arena&);
template GraySums<Lanes> gray_sums(const SurvivalTable&, const CauseOfInterest&, const Grouping&,
                                   std::span<const Lanes>, Arena&);

}  // namespace oligosim
