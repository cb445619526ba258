#include "engine/statistics/cox/robust_variance.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/cox/fitted_risk_sets.hpp"
#include "engine/statistics/cox/tied_events.hpp"
#include "engine/statistics/quadratic_form.hpp"

namespace oligosim {

namespace {

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

// The hazard of one event time, and the hazard times the mean of x, as it meets all at risk and as it meets those who
// die then: with Efron's ties the latter are in the k-th of d risk sets by a share of 1 - k / d only.
struct Hazard {
  double all = 0.0, dying = 0.0;
  std::span<double> all_mean, dying_mean;
  std::span<double> mean;  // of x, averaged over the d risk sets
  std::size_t begin = 0, events_end = 0;

  Hazard(std::size_t columns, Arena& arena)
      : all_mean(arena.take<double>(columns, 0.0)),
        dying_mean(arena.take<double>(columns, 0.0)),
        mean(arena.take<double>(columns, 0.0)) {}
};

Hazard hazard_at(const FittedRiskSets::EventTime& time, Ties ties, Arena& arena) {
  const std::size_t columns = time.at_risk.first.size();
  Hazard hazard(columns, arena);
  hazard.begin = time.begin;
  hazard.events_end = time.events_end;
  for_each_denominator(ties, time.events, [&](double out, double times) {
    const double risk = time.at_risk.risk - out * time.dying.risk;
    const double step = times / risk;
    hazard.all += step;
    hazard.dying += step * (1.0 - out);
    for (std::size_t j = 0; j < columns; ++j) {
      const double mean = (time.at_risk.first[j] - out * time.dying.first[j]) / risk;
      hazard.all_mean[j] += step * mean;
      hazard.dying_mean[j] += step * (1.0 - out) * mean;
      hazard.mean[j] += times / time.events * mean;
    }
  });
  return hazard;
}

// Hazards cumulated over the times of a stratum, and what they make of a patient.
class Martingale {
 public:
  Martingale(const FittedRiskSets& sets, std::span<double> residuals, Arena& arena)
      : sets_(sets), residuals_(residuals), mean_(arena.take<double>(sets.columns())) {}

  void clear() {
    hazard_ = 0.0;
    std::fill(mean_.begin(), mean_.end(), 0.0);
  }
  void add(const Hazard& at) {
    hazard_ += at.all;
    for (std::size_t j = 0; j < mean_.size(); ++j) mean_[j] += at.all_mean[j];
  }
  void write_event(std::size_t patient, const Hazard& at) const {
    for (std::size_t j = 0; j < mean_.size(); ++j) {
      const double x = sets_.x(patient)[j];
      write(patient, j, x - at.mean[j], x * (hazard_ + at.dying) - (mean_[j] + at.dying_mean[j]));
    }
  }
  void write_censored(std::size_t patient) const {
    for (std::size_t j = 0; j < mean_.size(); ++j) {
      write(patient, j, 0.0, sets_.x(patient)[j] * hazard_ - mean_[j]);
    }
  }

 private:
  void write(std::size_t patient, std::size_t j, double observed, double expected) const {
    const FittedRiskSets::Patient& p = sets_.patients()[patient];
    residuals_[p.position * mean_.size() + j] = sets_.unit(j) * (observed - p.risk * expected);
  }

  const FittedRiskSets& sets_;
  std::span<double> residuals_;
  double hazard_ = 0.0;
  std::span<double> mean_;  // cumulated hazard times mean of x
};

// Sums of the hazards of a stratum over any stretch of its times, in O(log) additions. A difference of cumulated
// hazards would not do: it loses those of a few patients at a high risk, who enter late, beside those before.
class HazardSums {
 public:
  /// `backwards`: from the last time on, as the risk sets come.
  HazardSums(const FittedRiskSets& sets, std::span<const Hazard> backwards, const SurvivalTable& table, Arena& arena)
      : times_(arena.take<double>(backwards.size())), nodes_(arena.take<Hazard>(2 * backwards.size())) {
    const std::size_t n = times_.size();
    for (std::size_t k = 0; k < n; ++k) {
      nodes_[n + k] = backwards[n - 1 - k];
      times_[k] = table.time[sets.patients()[backwards[n - 1 - k].begin].position];
    }
    for (std::size_t k = n; k-- > 1;) {
      Hazard sum(sets.columns(), arena);
      for (const Hazard* part : {&nodes_[2 * k], &nodes_[2 * k + 1]}) {
        sum.all += part->all;
        for (std::size_t j = 0; j < sum.all_mean.size(); ++j) sum.all_mean[j] += part->all_mean[j];
      }
      nodes_[k] = sum;
    }
  }

  std::span<const double> times() const { return times_; }
  const Hazard& at(std::size_t k) const { return nodes_[times_.size() + k]; }
  /// Calls use(sum) for sums that make up times [first, end).
  template <class Use>
  void for_each_part(std::size_t first, std::size_t end, const Use& use) const {
    for (first += times_.size(), end += times_.size(); first < end; first /= 2, end /= 2) {
      if (first % 2 == 1) use(nodes_[first++]);
      if (end % 2 == 1) use(nodes_[--end]);
    }
  }

 private:
  std::span<double> times_;  // ascending
  std::span<Hazard> nodes_;  // node k holds nodes 2k and 2k + 1; the times are the last
};

// Patients [begin, end) of one stratum, all at risk from the beginning; its hazards from the last time backwards.
void write_stratum(std::span<const Hazard> backwards, std::size_t begin, std::size_t end, Martingale& martingale) {
  std::size_t next = backwards.size();
  martingale.clear();
  for (std::size_t i = begin; i < end;) {
    if (next > 0 && backwards[next - 1].begin == i) {
      const Hazard& at = backwards[--next];
      for (; i < at.events_end; ++i) martingale.write_event(i, at);
      martingale.add(at);
    } else {
      martingale.write_censored(i++);
    }
  }
}

// The same where each is at risk from his start only.
void write_rows(const HazardSums& hazards, const FittedRiskSets& sets, const SurvivalTable& table, std::size_t begin,
                std::size_t end, Martingale& martingale) {
  const std::span<const double> times = hazards.times();
  for (std::size_t i = begin; i < end; ++i) {
    const FittedRiskSets::Patient& patient = sets.patients()[i];
    const double time = table.time[patient.position];
    const auto entered = std::upper_bound(times.begin(), times.end(), patient.start);
    const auto last = std::lower_bound(entered, times.end(), time);
    const auto first = static_cast<std::size_t>(entered - times.begin());
    const auto here = static_cast<std::size_t>(last - times.begin());
    const bool events = last != times.end() && *last == time;
    martingale.clear();
    hazards.for_each_part(first, here, [&](const Hazard& sum) { martingale.add(sum); });
    if (events && i < hazards.at(here).events_end) {
      martingale.write_event(i, hazards.at(here));
    } else {
      if (events) martingale.add(hazards.at(here));
      martingale.write_censored(i);
    }
  }
}

void write_residuals(const FittedRiskSets& sets, std::span<const Hazard> hazards, const SurvivalTable& table,
                     Martingale& martingale, Arena& arena) {
  std::size_t begin = 0, h = 0, hazards_end = 0;
  for (const std::size_t end : sets.end()) {
    while (hazards_end < hazards.size() && hazards[hazards_end].begin < end) ++hazards_end;
    const std::span<const Hazard> own = hazards.subspan(h, hazards_end - h);
    if (sets.has_starts()) {
      write_rows(HazardSums(sets, own, table, arena), sets, table, begin, end, martingale);
    } else {
      write_stratum(own, begin, end, martingale);
    }
    begin = end;
    h = hazards_end;
  }
}

double total_events(const SurvivalTable& table, std::span<const double> weight) {
  double events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.event[i]) events += weight.empty() ? 1.0 : weight[i];
  }
  return events;
}

// Whether the sums over clusters leave something of the rows' own spread: not so where all are in one cluster, whose
// residuals sum to zero at the fitted coefficients.
bool varies(std::span<const double> products, const CoxResiduals& influence, std::span<const double> weight) {
  const std::size_t columns = influence.columns;
  for (std::size_t j = 0; j < columns; ++j) {
    double alone = 0.0;
    for (std::size_t i = 0; i < influence.values.size() / columns; ++i) {
      const double u = influence.values[i * columns + j];
      alone += (weight.empty() ? 1.0 : weight[i]) * u * u;
    }
    if (!(products[j * columns + j] > 1e-20 * alone)) return false;
  }
  return true;
}

// Chi-square of `value` with the variance `products`.
double chi_square(std::span<const double> products, std::span<const double> value, Arena& arena) {
  const std::size_t n = value.size();
  const std::span<double> diagonal = arena.take<double>(n);
  for (std::size_t j = 0; j < n; ++j) diagonal[j] = products[j * n + j];
  return quadratic_form(products, value, diagonal, 1e-12, arena);
}

// Of the score residuals at beta = 0.
double robust_score_test(const CoxResiduals& residuals, std::span<const double> weight, const Clusters& clusters,
                         Arena& arena) {
  const std::size_t columns = residuals.columns;
  const std::span<double> score = arena.take<double>(columns, 0.0), products = arena.take<double>(columns * columns);
  for (std::size_t i = 0; i < residuals.values.size(); ++i) {
    score[i % columns] += (weight.empty() ? 1.0 : weight[i / columns]) * residuals.values[i];
  }
  cluster_cross_products(residuals.values, columns, weight, clusters, products, arena);
  return varies(products, residuals, weight) ? chi_square(products, score, arena) : missing;
}

}  // namespace

CoxResiduals score_residuals(const SurvivalTable& table, const CoxCovariates& covariates,
                             std::span<const double> coefficient, std::span<const double> weight, Ties ties,
                             Arena& arena) {
  CoxResiduals residuals{arena.take<double>(table.size() * covariates.columns, missing), covariates.columns};
  const Arena::Scope scope(arena);
  if (!all_finite(coefficient)) residuals.status = Status::did_not_converge;
  weight = weights_at_risk(table, covariates, weight, arena);
  if (total_events(table, weight) == 0.0) residuals.status = Status::no_events;
  if (residuals.status != Status::ok) return residuals;

  FittedRiskSets sets(table, covariates, coefficient, weight, false, arena);
  const std::span<Hazard> hazards = arena.take<Hazard>(sets.patients().size());
  std::size_t times = 0;
  sets.for_each_event_time(
      [&](const FittedRiskSets::EventTime& time) { hazards[times++] = hazard_at(time, ties, arena); });
  std::fill(residuals.values.begin(), residuals.values.end(), 0.0);
  Martingale martingale(sets, residuals.values, arena);
  write_residuals(sets, hazards.first(times), table, martingale, arena);
  if (!all_finite(residuals.values)) {
    std::fill(residuals.values.begin(), residuals.values.end(), missing);
    residuals.status = Status::did_not_converge;
  }
  return residuals;
}

CoxResiduals dfbeta(const CoxResiduals& score, std::span<const double> variance, Arena& arena) {
  const std::size_t columns = score.columns;
  CoxResiduals result{arena.take<double>(score.values.size(), 0.0), columns, score.status};
  for (std::size_t i = 0; i < score.values.size(); ++i) {
    const std::size_t row = i / columns * columns;
    for (std::size_t k = 0; k < columns; ++k) {
      result.values[i] += score.values[row + k] * variance[k * columns + i % columns];
    }
  }
  return result;
}

RobustVariance robust_variance(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> coefficient, std::span<const double> variance,
                               std::span<const double> weight, const Clusters& clusters, Ties ties, Arena& arena) {
  const std::size_t columns = covariates.columns;
  RobustVariance result{arena.take<double>(columns * columns, missing), arena.take<double>(columns, missing)};
  const Arena::Scope scope(arena);
  const CoxResiduals score = score_residuals(table, covariates, coefficient, weight, ties, arena);
  result.status = score.status;
  if (result.status != Status::ok) return result;
  const CoxResiduals influence = dfbeta(score, variance, arena);
  cluster_cross_products(influence.values, columns, weight, clusters, result.variance, arena);
  if (!varies(result.variance, influence, weight)) {
    std::fill(result.variance.begin(), result.variance.end(), missing);
    result.status = Status::singular;
    return result;
  }
  for (std::size_t j = 0; j < columns; ++j) {
    result.standard_error[j] = std::sqrt(result.variance[j * columns + j]);
  }
  result.wald_test = chi_square(result.variance, coefficient, arena);
  const CoxResiduals null_score =
      score_residuals(table, covariates, arena.take<double>(columns, 0.0), weight, ties, arena);
  result.score_test = robust_score_test(null_score, weight, clusters, arena);
  return result;
}

}  // namespace oligosim
