#include "engine/statistics/survival/cumulative_incidence.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

// Rows are written from the last time backwards, so that those at risk are those already seen.
template <Weight V>
class RowWriter {
 public:
  RowWriter(const SurvivalTable& table, std::span<const std::uint8_t> cause, std::size_t causes,
            std::span<const V> weight, Arena& arena)
      : table_(table),
        cause_(cause),
        weight_(weight),
        causes_(causes),
        row_(table.size()),
        time_(arena.take<double>(row_)),
        at_risk_(arena.take<V>(row_)),
        all_events_(arena.take<V>(row_)),
        events_(arena.take<V>(row_ * causes)),
        here_(arena.take<V>(causes)) {
    for (std::size_t end = table.size(); end > 0;) end = write_row(end);
  }

  std::span<const double> time() const { return time_.subspan(row_); }
  std::span<const V> at_risk() const { return at_risk_.subspan(row_); }
  std::span<const V> all_events() const { return all_events_.subspan(row_); }
  std::span<const V> events() const { return events_.subspan(row_ * causes_); }
  V n() const { return seen_; }

 private:
  std::size_t write_row(std::size_t end) {
    const double time = table_.time[end - 1];
    V leaving{}, failing{};  // added up in the order of seen_, so that they are equal where everybody left fails
    std::fill(here_.begin(), here_.end(), V{});
    for (; end > 0 && table_.time[end - 1] == time; --end) {
      const std::size_t i = end - 1;
      const V w = weight_.empty() ? broadcast<V>(1.0) : weight_[i];
      seen_ += w;
      leaving += w;
      if (cause_[i] == 0) continue;
      failing += w;
      here_[cause_[i] - 1u] += w;
    }
    if (!any_above(leaving, 0.0)) return end;
    --row_;
    time_[row_] = time;
    at_risk_[row_] = seen_;
    all_events_[row_] = failing;
    std::copy(here_.begin(), here_.end(), &events_[row_ * causes_]);
    return end;
  }

  const SurvivalTable& table_;
  std::span<const std::uint8_t> cause_;
  std::span<const V> weight_;
  std::size_t causes_, row_;
  std::span<double> time_;
  std::span<V> at_risk_, all_events_, events_;
  std::span<V> here_;  // events at this time by cause
  V seen_{};
};

// An event at u moves F(t) by S(u-)/n (a - b F(t)), where b = 1/S(u), and a = F(u)/S(u), or 1 more for an event of the
// cause itself. The sums over u <= t weighted with the variance of S(u-) events / n give the variance of F at any t.
template <Weight V>
struct Influence {
  V aa{}, ab{}, bb{};

  void add(V a, V b, V spread) {
    aa += a * a * spread;
    ab += a * b * spread;
    bb += b * b * spread;
  }
  V variance(V f) const {
    const V v = aa + f * f * bb - 2.0 * f * ab;
    return v > 0.0 ? v : V{};
  }
};

// Variance of S(u-) d/n, hypergeometric where several events are tied; 0 where there are none.
template <Weight V>
V spread(V survival, V events, V at_risk) {
  const V ties = events > 1.0 ? 1.0 - (events - 1.0) / (at_risk - 1.0) : broadcast<V>(1.0);
  return events > 0.0 ? survival * survival * ties * events / (at_risk * at_risk) : V{};
}

// The curves at one time, moved on from row to row.
template <Weight V>
class Walk {
 public:
  Walk(std::size_t causes, Arena& arena)
      : estimate_(arena.take<V>(causes, V{})), influence_(arena.take<Influence<V>>(causes, Influence<V>{})) {}

  void pass(V at_risk, V all_events, const V* events) {
    const V before = survival_;
    survival_ = all_events > 0.0 ? before * (at_risk - all_events) / at_risk : before;
    const V inverse = survival_ > 0.0 ? 1.0 / survival_ : V{};
    for (std::size_t c = 0; c < estimate_.size(); ++c) {
      V others{};
      for (std::size_t k = 0; k < estimate_.size(); ++k) others += k == c ? V{} : events[k];
      estimate_[c] = events[c] > 0.0 ? estimate_[c] + before * events[c] / at_risk : estimate_[c];
      const V a = estimate_[c] * inverse;
      influence_[c].add(a, inverse, survival_ > 0.0 ? spread(before, others, at_risk) : V{});
      influence_[c].add(1.0 + a, inverse, spread(before, events[c], at_risk));
    }
  }

  V survival() const { return survival_; }
  V estimate(std::size_t c) const { return estimate_[c]; }
  V variance(std::size_t c) const { return influence_[c].variance(estimate_[c]); }

 private:
  V survival_ = broadcast<V>(1.0);
  std::span<V> estimate_;
  std::span<Influence<V>> influence_;
};

struct Limits {
  double lower = missing;
  double upper = missing;
};

Limits limits(double f, double standard_error, IncidenceInterval interval, double confidence) {
  const double width = normal_quantile(1.0 - (1.0 - confidence) / 2.0) * standard_error;
  if (interval == IncidenceInterval::plain) return {std::max(f - width, 0.0), std::min(f + width, 1.0)};
  if (f == 0.0) return {};
  if (1.0 - f < 1e-12) return {1.0, 1.0};                     // 1 up to rounding, where log F is rounding only
  const double factor = std::exp(width / (f * std::log(f)));  // log F is negative: a factor below 1
  return {std::pow(f, 1.0 / factor), std::pow(f, factor)};
}

}  // namespace

template <Weight V>
CumulativeIncidence<V> cumulative_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                            std::size_t causes, std::span<const V> weight, Arena& arena) {
  const RowWriter<V> rows(table, cause, causes, weight, arena);
  const std::size_t size = rows.time().size();
  const std::span<V> survival = arena.take<V>(size);
  const std::span<V> estimate = arena.take<V>(size * causes), variance = arena.take<V>(size * causes);
  const std::span<V> n_events = arena.take<V>(causes, V{});
  const Arena::Scope scope(arena);
  Walk<V> walk(causes, arena);
  for (std::size_t row = 0; row < size; ++row) {
    const V* events = &rows.events()[row * causes];
    if (any_above(rows.all_events()[row], 0.0)) walk.pass(rows.at_risk()[row], rows.all_events()[row], events);
    survival[row] = walk.survival();
    for (std::size_t c = 0; c < causes; ++c) {
      estimate[row * causes + c] = walk.estimate(c);
      variance[row * causes + c] = walk.variance(c);
      n_events[c] += events[c];
    }
  }
  return {causes, rows.time(), rows.at_risk(), rows.events(), survival, estimate, variance, n_events, rows.n()};
}

template <Weight V>
IncidenceAt<V> incidence_at(const CumulativeIncidence<V>& curve, std::size_t cause, double time) {
  const auto begin = curve.time.begin(), end = curve.time.end();
  const auto next = static_cast<std::size_t>(std::lower_bound(begin, end, time) - begin);  // not before `time`
  const auto after = static_cast<std::size_t>(std::upper_bound(begin, end, time) - begin);
  if (next == curve.time.size()) return {broadcast<V>(missing), broadcast<V>(missing)};
  const V followed = curve.at_risk[next];
  const std::size_t at = after == 0 ? 0 : (after - 1) * curve.causes + cause - 1;
  const V estimate = after == 0 ? V{} : curve.estimate[at], variance = after == 0 ? V{} : curve.variance[at];
  return {followed > 0.0 ? estimate : broadcast<V>(missing), followed > 0.0 ? variance : broadcast<V>(missing)};
}

Estimate incidence_at(const CumulativeIncidence<double>& curve, std::size_t cause, double time,
                      IncidenceInterval interval, double confidence) {
  Estimate result;
  result.n = curve.n;
  result.n_events = curve.n_events[cause - 1];
  if (curve.time.empty()) {
    result.status = Status::empty_group;
    return result;
  }
  const IncidenceAt<double> at = incidence_at(curve, cause, time);
  if (std::isnan(at.estimate)) {
    result.status = Status::not_reached;
    return result;
  }
  result.estimate = at.estimate;
  result.standard_error = std::sqrt(at.variance);
  const Limits limit = limits(at.estimate, result.standard_error, interval, confidence);
  result.lower = limit.lower;
  result.upper = limit.upper;
  return result;
}

template CumulativeIncidence<double> cumulative_incidence(const SurvivalTable&, std::span<const std::uint8_t>,
                                                          std::size_t, std::span<const double>, Arena&);
template CumulativeIncidence<Lanes> cumulative_incidence(const SurvivalTable&, std::span<const std::uint8_t>,
                                                         std::size_t, std::span<const Lanes>, Arena&);
template IncidenceAt<double> incidence_at(const CumulativeIncidence<double>&, std::size_t, double);
template IncidenceAt<Lanes> incidence_at(const CumulativeIncidence<Lanes>&, std::size_t, double);

}  // namespace oligosim
