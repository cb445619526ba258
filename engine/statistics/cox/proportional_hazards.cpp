#include "engine/statistics/cox/proportional_hazards.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/cox/fitted_risk_sets.hpp"
#include "engine/statistics/cox/tied_events.hpp"
#include "engine/statistics/quadratic_form.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"

namespace oligosim {

namespace {

double weight_of(std::span<const double> weight, std::size_t i) { return weight.empty() ? 1.0 : weight[i]; }

// 1 - S(t-) at the time of each row, S the Kaplan-Meier curve of rows that are at risk from their start only.
void left_truncated_km(const SurvivalTable& table, std::span<const double> start, std::span<const double> weight,
                       std::span<double> g, Arena& arena) {
  std::span<std::uint32_t> by_start = arena.take<std::uint32_t>(table.size());
  std::size_t n = 0;
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (weight_of(weight, i) != 0.0) by_start[n++] = i;
  }
  by_start = by_start.first(n);
  std::sort(by_start.begin(), by_start.end(), [&](std::uint32_t a, std::uint32_t b) { return start[a] < start[b]; });
  double survival = 1.0, entered = 0.0, left = 0.0;
  std::size_t next = 0;
  for (std::size_t begin = 0, end = 0; begin < table.size(); begin = end) {
    const double time = table.time[begin];
    for (; next < by_start.size() && start[by_start[next]] < time; ++next) entered += weight_of(weight, by_start[next]);
    double events = 0.0, here = 0.0;
    for (; end < table.size() && table.time[end] == time; ++end) {
      here += weight_of(weight, end);
      if (table.event[end]) events += weight_of(weight, end);
    }
    std::fill(g.begin() + begin, g.begin() + end, 1.0 - survival);
    if (events > 0.0) survival *= (entered - left - events) / (entered - left);
    left += here;
  }
}

// g of the time of each patient; `km` and `rank` are those of all patients, whatever their strata.
void transform_times(const SurvivalTable& table, std::span<const double> start, std::span<const double> weight,
                     TimeTransform transform, std::span<double> g, Arena& arena) {
  if (transform == TimeTransform::km && !start.empty()) return left_truncated_km(table, start, weight, g, arena);
  const KaplanMeierCurve curve = kaplan_meier(table, weight, arena);
  double before = 0.0;  // weight of earlier patients
  std::size_t c = 0;    // elements of the curve that are earlier
  for (std::size_t begin = 0, end = 0; begin < table.size(); begin = end) {
    const double time = table.time[begin];
    double here = 0.0;
    for (; end < table.size() && table.time[end] == time; ++end) here += weight_of(weight, end);
    while (c < curve.time.size() && curve.time[c] < time) ++c;
    double value = time;
    if (transform == TimeTransform::km) value = c == 0 ? 0.0 : 1.0 - curve.survival[c - 1];
    if (transform == TimeTransform::rank) value = before + 0.5 * (here + 1.0);
    if (transform == TimeTransform::log) value = std::log(time);
    std::fill(g.begin() + begin, g.begin() + end, value);
    before += here;
  }
}

// Minus the mean over the events: x is then tested apart from x * g(t) as far as can be.
void centre_on_events(const SurvivalTable& table, std::span<const double> weight, std::span<double> g) {
  double sum = 0.0, events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!table.event[i] || weight_of(weight, i) == 0.0) continue;
    sum += weight_of(weight, i) * g[i];
    events += weight_of(weight, i);
  }
  for (double& value : g) value -= sum / events;
}

// Score of the coefficients of x * g(t), and the information that they and those of x have of each other.
struct Derivatives {
  std::span<double> score;
  std::span<double> plain, mixed, own;  // sums of V, g V and g^2 V over the risk sets of all events, V that of x

  Derivatives(std::size_t columns, Arena& arena)
      : score(arena.take<double>(columns, 0.0)),
        plain(arena.take<double>(columns * columns, 0.0)),
        mixed(arena.take<double>(columns * columns, 0.0)),
        own(arena.take<double>(columns * columns, 0.0)) {}
};

void add_event_time(const FittedRiskSets& sets, const FittedRiskSets::EventTime& time, double g, Ties ties,
                    std::span<double> mean, const Derivatives& to) {
  const std::size_t columns = sets.columns();
  for (std::size_t i = time.begin; i < time.events_end; ++i) {
    for (std::size_t j = 0; j < columns; ++j) to.score[j] += g * sets.patients()[i].weight * sets.x(i)[j];
  }
  for_each_denominator(ties, time.events, [&](double out, double times) {
    const double risk = time.at_risk.risk - out * time.dying.risk;
    for (std::size_t j = 0; j < columns; ++j) {
      mean[j] = (time.at_risk.first[j] - out * time.dying.first[j]) / risk;
      to.score[j] -= times * g * mean[j];
      for (std::size_t k = 0; k <= j; ++k) {
        const std::size_t jk = j * columns + k;
        const double second = (time.at_risk.second[jk] - out * time.dying.second[jk]) / risk;
        const double v = times * (second - mean[j] * mean[k]);
        to.plain[jk] += v;
        to.mixed[jk] += g * v;
        to.own[jk] += g * g * v;
      }
    }
  });
}

void mirror(std::span<double> matrix, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) matrix[k * n + j] = matrix[j * n + k];
  }
}

// What the information of x * g(t) would be if all risk sets had the g furthest from its mean.
std::span<double> largest_information(const SurvivalTable& table, std::span<const double> g, const Derivatives& at,
                                      std::size_t columns, Arena& arena) {
  double largest = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.event[i]) largest = std::max(largest, g[i] * g[i]);
  }
  const std::span<double> information = arena.take<double>(columns);
  for (std::size_t j = 0; j < columns; ++j) information[j] = largest * at.plain[j * columns + j];
  return information;
}

// own := own - mixed plain^-1 mixed: the variance of the score with the coefficients of x estimated. False where
// `plain` is singular, as it is not where the model could be fitted.
bool adjust_for_fit(const Derivatives& at, std::size_t columns, Arena& arena) {
  double largest = 0.0;
  for (std::size_t j = 0; j < columns; ++j) largest = std::max(largest, at.plain[j * columns + j]);
  if (!cholesky(at.plain, columns, 1e-13 * largest)) return false;
  mirror(at.mixed, columns);
  const std::span<double> solution = arena.take<double>(columns);
  for (std::size_t k = 0; k < columns; ++k) {
    std::copy_n(&at.mixed[k * columns], columns, solution.begin());
    cholesky_solve(at.plain, solution);
    for (std::size_t j = k; j < columns; ++j) {
      for (std::size_t l = 0; l < columns; ++l) at.own[j * columns + k] -= at.mixed[j * columns + l] * solution[l];
    }
  }
  return true;
}

// The columns of one term, or all of them, of a test of `columns` columns.
class ScoreTest {
 public:
  ScoreTest(std::span<const double> score, std::span<const double> variance, std::span<const double> scale,
            Arena& arena)
      : score_(score), variance_(variance), scale_(scale), arena_(arena) {}

  template <class Include>
  void test(const Include& include, Estimate& result) const {
    const Arena::Scope scope(arena_);
    const std::size_t columns = score_.size();
    const std::span<std::size_t> used = arena_.take<std::size_t>(columns);
    std::size_t n = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      if (include(j)) used[n++] = j;
    }
    const std::span<double> score = arena_.take<double>(n), scale = arena_.take<double>(n);
    const std::span<double> variance = arena_.take<double>(n * n);
    for (std::size_t j = 0; j < n; ++j) {
      score[j] = score_[used[j]];
      scale[j] = scale_[used[j]];
      for (std::size_t k = 0; k <= j; ++k) variance[j * n + k] = variance_[used[j] * columns + used[k]];
    }
    const double chi_square = quadratic_form(variance, score, scale, 1e-11, arena_);
    if (!std::isfinite(chi_square)) {
      result.status = Status::singular;
      return;
    }
    result.statistic = chi_square;
    result.df = static_cast<double>(n);
    result.p_value = chi_square_upper_tail(chi_square, result.df);
  }

 private:
  std::span<const double> score_, variance_, scale_;
  Arena& arena_;
};

void set_status(Status status, ProportionalHazardsTest& tests) {
  for (Estimate& term : tests.term) term.status = status;
  tests.global.status = status;
}

Estimate count(const SurvivalTable& table, std::span<const double> weight) {
  Estimate counted;
  counted.n = counted.n_events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    counted.n += weight_of(weight, i);
    if (table.event[i]) counted.n_events += weight_of(weight, i);
  }
  return counted;
}

}  // namespace

ProportionalHazardsTest proportional_hazards_test(const SurvivalTable& table, const CoxCovariates& covariates,
                                                  std::span<const double> coefficient, std::span<const double> weight,
                                                  Ties ties, TimeTransform transform,
                                                  std::span<const std::uint16_t> term_of_column, Arena& arena) {
  const std::size_t columns = covariates.columns;
  std::size_t terms = columns;
  if (!term_of_column.empty()) terms = 1u + *std::max_element(term_of_column.begin(), term_of_column.end());
  ProportionalHazardsTest result{arena.take<Estimate>(terms), {}};
  const Arena::Scope scope(arena);
  weight = weights_at_risk(table, covariates, weight, arena);
  const Estimate counted = count(table, weight);
  std::fill(result.term.begin(), result.term.end(), counted);
  result.global = counted;
  const bool finite = std::all_of(coefficient.begin(), coefficient.end(), [](double b) { return std::isfinite(b); });
  if (counted.n_events == 0.0 || !finite) {
    set_status(counted.n_events == 0.0 ? Status::no_events : Status::did_not_converge, result);
    return result;
  }

  const std::span<double> g = arena.take<double>(table.size()), mean = arena.take<double>(columns);
  transform_times(table, covariates.start, weight, transform, g, arena);
  centre_on_events(table, weight, g);
  FittedRiskSets sets(table, covariates, coefficient, weight, true, arena);
  const Derivatives at(columns, arena);
  sets.for_each_event_time([&](const FittedRiskSets::EventTime& time) {
    add_event_time(sets, time, g[sets.patients()[time.begin].position], ties, mean, at);
  });
  const std::span<const double> scale = largest_information(table, g, at, columns, arena);
  if (!adjust_for_fit(at, columns, arena)) {
    set_status(Status::singular, result);
    return result;
  }
  const ScoreTest score(at.score, at.own, scale, arena);
  for (std::size_t t = 0; t < terms; ++t) {
    score.test([&](std::size_t j) { return (term_of_column.empty() ? j : term_of_column[j]) == t; }, result.term[t]);
  }
  score.test([](std::size_t) { return true; }, result.global);
  return result;
}

}  // namespace oligosim
