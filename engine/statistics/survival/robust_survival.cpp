#include "engine/statistics/survival/robust_survival.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {

namespace {

double weight_of(std::span<const double> weight, std::size_t i) { return weight.empty() ? 1.0 : weight[i]; }

// The influence of a patient on log S(t) is A(t) while he is at risk, A the Greenwood sum of d / (n (n - d)), and stays
// at A(his time), less 1 / (n - d) if he had the event, from then on. By cluster: left + at_risk * A, with `left` of
// those no longer at risk. Their squares are kept up to date in O(1) a patient.
class SquaredInfluences {
 public:
  SquaredInfluences(const SurvivalTable& table, std::span<const double> weight, const Clusters& clusters, Arena& arena)
      : weight_(weight), clusters_(clusters) {
    if (clusters.code.empty()) {
      for (std::size_t i = 0; i < table.size(); ++i) at_risk_squared_ += weight_of(weight, i);
      return;
    }
    left_ = arena.take<double>(clusters.count, 0.0);
    at_risk_ = arena.take<double>(clusters.count, 0.0);
    for (std::size_t i = 0; i < table.size(); ++i) at_risk_[clusters.code[i]] += weight_of(weight, i);
    for (const double sum : at_risk_) at_risk_squared_ += sum * sum;
  }

  void leave(std::size_t patient, double influence) {
    const double w = weight_of(weight_, patient);
    if (clusters_.code.empty()) {
      left_squared_ += w * influence * influence;
      at_risk_squared_ -= w;
      return;
    }
    double& left = left_[clusters_.code[patient]];
    double& at_risk = at_risk_[clusters_.code[patient]];
    const double added = w * influence;
    left_squared_ += added * (2.0 * left + added);
    mixed_ += added * (at_risk - w) - w * left;
    at_risk_squared_ -= w * (2.0 * at_risk - w);
    left += added;
    at_risk -= w;
  }
  double sum(double a) const { return left_squared_ + 2.0 * a * mixed_ + a * a * at_risk_squared_; }

 private:
  std::span<const double> weight_;
  const Clusters& clusters_;
  std::span<double> left_, at_risk_;
  double left_squared_ = 0.0, mixed_ = 0.0, at_risk_squared_ = 0.0;  // sums over clusters of the products
};

// One element of a curve: d events among n at risk.
struct Risk {
  double n, d;
  double greenwood() const { return d > 0.0 ? d / (n * (n - d)) : 0.0; }
};

// Calls at(patient begin, patient end, those at risk, S before) for each time of the curve up to `time`; a time at
// which all weights are 0 is not on it.
template <class At>
void for_each_time(const SurvivalTable& table, const KaplanMeierCurve<>& curve, double time, const At& at) {
  std::size_t end = 0;
  for (std::size_t c = 0; c < curve.time.size() && curve.time[c] <= time; ++c) {
    while (end < table.size() && table.time[end] < curve.time[c]) ++end;
    const std::size_t begin = end;
    while (end < table.size() && table.time[end] == curve.time[c]) ++end;
    at(begin, end, Risk{curve.at_risk[c], curve.events[c]}, c == 0 ? 1.0 : curve.survival[c - 1]);
  }
}

// Patients still at risk after `time` have its influence, those who are not there none.
void fill_the_rest(const SurvivalTable& table, std::span<const double> weight, double time, double influence,
                   std::span<double> influences) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.time[i] > time) influences[i] = influence;
    if (weight_of(weight, i) == 0.0) influences[i] = 0.0;
  }
}

// The events of one cause among patients [begin, end), by weight.
struct Cause {
  std::span<const std::uint8_t> cause;
  std::uint8_t of;
  std::span<const double> weight;

  bool operator()(std::size_t i) const { return cause[i] == of; }
  double events(std::size_t begin, std::size_t end) const {
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += (*this)(i) ? weight_of(weight, i) : 0.0;
    return sum;
  }
};

struct Limits {
  double lower, upper;
};

// The interval of survival_at, for a probability that has this variance: a curve of one time.
Limits limits(double probability, double variance, double time, SurvivalInterval interval, double confidence) {
  const double log_variance = probability > 0.0 ? variance / (probability * probability) : 0.0;
  const KaplanMeierCurve<> curve{{&time, 1}, {}, {}, {&probability, 1}, {&log_variance, 1}, time, time, 1.0};
  const Estimate at = survival_at(curve, time, interval, confidence);
  return {at.lower, at.upper};
}

}  // namespace

KaplanMeierCurve<> robust_kaplan_meier(const SurvivalTable& table, std::span<const double> weight,
                                       const Clusters& clusters, Arena& arena) {
  KaplanMeierCurve<> curve = kaplan_meier(table, weight, arena);
  const std::span<double> variance = arena.take<double>(curve.time.size());
  const Arena::Scope scope(arena);
  SquaredInfluences influences(table, weight, clusters, arena);
  double a = 0.0;
  std::size_t element = 0;
  for_each_time(table, curve, std::numeric_limits<double>::infinity(),
                [&](std::size_t begin, std::size_t end, const Risk& risk, double) {
                  if (risk.n == risk.d) {  // the last time: S = 0
                    variance[element++] = 0.0;
                    return;
                  }
                  a += risk.greenwood();
                  for (std::size_t i = begin; i < end; ++i) {
                    influences.leave(i, table.event[i] ? a - 1.0 / (risk.n - risk.d) : a);
                  }
                  // Rounding may leave a vanishing sum below 0: one cluster that holds everybody.
                  variance[element++] = std::max(0.0, influences.sum(a));
                });
  curve.log_variance = variance;
  return curve;
}

std::span<double> survival_influence(const SurvivalTable& table, std::span<const double> weight, double time,
                                     Arena& arena) {
  const std::span<double> influence = arena.take<double>(table.size(), 0.0);
  const Arena::Scope scope(arena);
  const KaplanMeierCurve<> curve = kaplan_meier(table, weight, arena);
  double a = 0.0, survival = 1.0;
  for_each_time(table, curve, time, [&](std::size_t begin, std::size_t end, const Risk& risk, double before) {
    survival = before * (risk.n - risk.d) / risk.n;
    if (survival == 0.0) return;
    a += risk.greenwood();
    for (std::size_t i = begin; i < end; ++i) influence[i] = table.event[i] ? a - 1.0 / (risk.n - risk.d) : a;
  });
  fill_the_rest(table, weight, time, a, influence);
  for (double& value : influence) value *= survival;  // at S = 0 nobody's weight matters
  return influence;
}

// F(t) is the sum of S(u-) d_k / n. Its derivative by the weight of a patient has three parts: his own event; while he
// is at risk, each term's n and S(u-), on whose logarithm he has the influence A(u-); and after he has left, S(u-)
// again, by the influence that he left with.
IncidenceInfluence cumulative_incidence_influence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                                  std::uint8_t of, std::span<const double> weight, double time,
                                                  Arena& arena) {
  IncidenceInfluence result{0.0, arena.take<double>(table.size(), 0.0)};
  const Arena::Scope scope(arena);
  const KaplanMeierCurve<> curve = kaplan_meier(table, weight, arena);
  const Cause counted{cause, of, weight};
  for_each_time(table, curve, time, [&](std::size_t begin, std::size_t end, const Risk& risk, double before) {
    result.incidence += before * counted.events(begin, end) / risk.n;
  });
  double a = 0.0, at_risk = 0.0, incidence = 0.0;  // at_risk: the influence of those still at risk
  for_each_time(table, curve, time, [&](std::size_t begin, std::size_t end, const Risk& risk, double before) {
    const double step = before * counted.events(begin, end) / risk.n;
    at_risk += (a - 1.0 / risk.n) * step;
    incidence += step;
    const bool others_left = risk.n > risk.d;
    if (others_left) a += risk.greenwood();
    for (std::size_t i = begin; i < end; ++i) {
      result.influence[i] = at_risk;
      if (counted(i)) result.influence[i] += before / risk.n;
      if (!others_left) continue;
      const double on_log_survival = table.event[i] ? a - 1.0 / (risk.n - risk.d) : a;
      result.influence[i] += on_log_survival * (result.incidence - incidence);
    }
  });
  fill_the_rest(table, weight, time, at_risk, result.influence);
  return result;
}

Estimate robust_cumulative_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause, std::uint8_t of,
                                     std::span<const double> weight, const Clusters& clusters, double time,
                                     SurvivalInterval interval, double confidence, Arena& arena) {
  const Arena::Scope scope(arena);
  const KaplanMeierCurve<> curve = kaplan_meier(table, weight, arena);
  Estimate result;
  result.n = curve.n;
  result.n_events = Cause{cause, of, weight}.events(0, table.size());
  if (curve.time.empty() || (time > curve.time.back() && curve.survival.back() > 0.0)) {
    result.status = curve.time.empty() ? Status::empty_group : Status::not_reached;
    return result;
  }
  const IncidenceInfluence at = cumulative_incidence_influence(table, cause, of, weight, time, arena);
  double variance = 0.0;
  cluster_cross_products(at.influence, 1, weight, clusters, {&variance, 1}, arena);
  result.estimate = at.incidence;
  result.standard_error = std::sqrt(variance);
  const Limits limit = limits(at.incidence, variance, time, interval, confidence);
  result.lower = limit.lower;
  result.upper = limit.upper;
  return result;
}

}  // namespace oligosim
