#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "engine/montecarlo/moments.hpp"
#include "engine/resampling/conditional_bootstrap.hpp"
#include "engine/resampling/intervals.hpp"
#include "engine/resampling/multiplier_band.hpp"
#include "engine/resampling/resamples.hpp"
#include "engine/resampling/weird_bootstrap.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/cumulative_incidence.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::Patients;
using test::Sorted;

const Streams streams(20250611, 5);

double count(const Moments& m) { return static_cast<double>(m.n); }
double kurtosis_of(const Moments& m) { return count(m) * m.m4 / (m.m2 * m.m2); }

/// The variance of the values within 4 of its Monte Carlo errors of the expected one, which may come from a simulation
/// itself: `resamples` of them. The error of a variance has the kurtosis of the values, 3 for normal ones.
void expect_variance(const Moments& m, double expected, double values_kurtosis, double resamples = INFINITY) {
  EXPECT_NEAR(m.variance() / expected, 1.0, 4 * std::sqrt((values_kurtosis - 1) * (1 / count(m) + 1 / resamples)));
}
void expect_mean(const Moments& m, double expected, double variance, double resamples = INFINITY) {
  EXPECT_NEAR(m.mean, expected, 4 * std::sqrt(variance * (1 / count(m) + 1 / resamples)));
}

TEST(CaseBootstrap, VarianceOfTheMean) {
  const Patients patients = test::read_patients("veteran");
  Arena arena;
  const std::size_t n = patients.size();
  const Resamples resamples({n, {}, 1}, CaseKind::multinomial, streams, arena);
  std::vector<Lanes> weight(n);
  Moments m;
  double mean = 0, square = 0;
  for (const auto& p : patients) mean += p.x[2] / double(n), square += p.x[2] * p.x[2] / double(n);
  for (std::uint32_t b = 0; b < 8000; b += lanes) {
    resamples.weights(b, weight);
    Lanes sum{};
    for (std::size_t i = 0; i < n; ++i) sum += weight[i] * (patients[i].x[2] - mean);
    for (std::size_t k = 0; k < lanes; ++k) m.add(sum[k] / double(n));
  }
  expect_variance(m, (square - mean * mean) / double(n), kurtosis_of(m));
}

// A case bootstrap has its own variance, to which Greenwood's formula and the inverse information are large-sample
// approximations. While nobody is censored (until day 25) Greenwood's formula is that of a binomial share, and exact.
// Later on and for the log hazard ratio, scripts/reference/bootstrap_variance.R has the variance of 100000 resamples:
// here Greenwood's is 1 % smaller, the inverse information 12 %.
TEST(CaseBootstrap, VariancesOfSurvivalAndOfTheLogHazardRatio) {
  const test::ReferenceTable reference("bootstrap_variance.csv");
  const Patients patients = test::read_patients("veteran");
  Sorted s(patients);
  const std::size_t n = patients.size();
  const auto curve = kaplan_meier(s.table, {}, s.arena);
  const CoxCovariates covariates = s.terms(patients, {1});
  const CoxFit fit = cox(s.table, covariates, {}, {}, s.arena);
  Moments early, late, ratio;
  const Resamples resamples({n, {}, 1}, CaseKind::multinomial, streams, s.arena);
  std::vector<Lanes> weight(n);
  for (std::uint32_t b = 0; b < 16000; b += lanes) {
    const Arena::Scope scope(s.arena);
    resamples.weights(b, weight);
    const auto ordered = in_table_order<Lanes>(s.table, weight, s.arena);
    const auto resampled = kaplan_meier<Lanes>(s.table, ordered, s.arena);
    const Lanes at_20 = survival_values(resampled, 20.0), at_80 = survival_values(resampled, 80.0);
    const auto fits = CoxResamples(s.table, covariates, {}, s.arena).fits({ordered}, {}, s.arena);
    for (std::size_t k = 0; k < lanes; ++k) early.add(at_20[k]), late.add(at_80[k]), ratio.add(fits[k].coefficient[0]);
  }
  const Estimate share = survival_at(curve, 20.0, SurvivalInterval::plain, 0.95);
  const double exact = share.estimate * (1 - share.estimate) / double(n);
  EXPECT_NEAR(share.standard_error * share.standard_error, exact, 1e-15);
  expect_mean(early, share.estimate, exact);
  expect_variance(early, exact, 3 + (1 / exact / double(n) - 6) / double(n));
  EXPECT_EQ(fit.status, Status::ok);
  const Moments* const drawn[] = {&early, &late, &ratio};
  for (std::size_t row = 0; row < reference.size(); ++row) {
    SCOPED_TRACE(reference.describe(row));
    const double variance = reference.number(row, "variance"), by = reference.number(row, "resamples");
    expect_mean(*drawn[row], reference.number(row, "mean"), variance, by);
    expect_variance(*drawn[row], variance, reference.number(row, "kurtosis"), by);
  }
  const double greenwood = reference.number(1, "large_sample_variance") / reference.number(1, "variance"),
               information = fit.variance[0] / reference.number(2, "variance");
  EXPECT_NEAR(greenwood, 0.99, 0.01);
  EXPECT_NEAR(information, 0.88, 0.01);
}

TEST(WeirdBootstrap, VarianceIsGreenwoodsAndRiskSetsStay) {
  for (const char* name : {"aml", "ovarian", "ties"}) {
    SCOPED_TRACE(name);
    const Patients patients = test::read_patients(name);
    Sorted s(patients);
    const auto curve = kaplan_meier(s.table, {}, s.arena);
    std::vector<Moments> survival(curve.time.size()), events(curve.time.size());
    const double resamples = 8000;
    for (std::uint32_t b = 0; b < resamples; b += lanes) {
      const Arena::Scope scope(s.arena);
      const KaplanMeierCurve<Lanes> weird = weird_bootstrap(curve, b, streams, s.arena);
      ASSERT_EQ(weird.time.data(), curve.time.data());
      for (std::size_t i = 0; i < curve.time.size(); ++i) {
        for (std::size_t k = 0; k < lanes; ++k) {
          ASSERT_EQ(weird.at_risk[i][k], curve.at_risk[i]);
          ASSERT_TRUE(weird.events[i][k] >= 0 && weird.events[i][k] <= curve.at_risk[i]);
          survival[i].add(weird.survival[i][k]);
          events[i].add(weird.events[i][k]);
        }
      }
    }
    double factor = 1.0;
    for (std::size_t i = 0; i < curve.time.size(); ++i) {
      const double d = curve.events[i], y = curve.at_risk[i], s_t = curve.survival[i];
      const double binomial = d * (1 - d / y);
      EXPECT_NEAR(events[i].mean, d, 4 * std::sqrt(binomial / resamples) + 1e-12);
      // The variance of a binomial variance: kurtosis 3 + (1 - 6 p q) / (y p q).
      const double kurtosis = binomial > 0 ? 3 + (1 - 6 * d / y * (1 - d / y)) / binomial : 0;
      EXPECT_NEAR(events[i].variance(), binomial,
                  4 * binomial * std::sqrt(std::max(0.0, kurtosis - 1) / resamples) + 1e-9);
      if (s_t == 0.0 || d == 0.0) continue;
      factor *= 1 + d / (y * (y - d));
      const double expected = s_t * s_t * (factor - 1);
      SCOPED_TRACE(i);
      expect_mean(survival[i], s_t, expected);
      expect_variance(survival[i], expected, kurtosis_of(survival[i]));
    }
  }
}

TEST(WeirdBootstrap, ManyEventsAtOneTime) {
  const std::vector<double> time(2000, 1.0);
  std::vector<std::uint8_t> event(2000, 0);
  for (const std::size_t d : {1u, 700u, 1300u, 1999u, 2000u}) {
    std::fill(event.begin(), event.begin() + static_cast<std::ptrdiff_t>(d), 1);
    Arena arena;
    const auto curve = kaplan_meier(sort_survival(time, event, arena), {}, arena);
    Moments m;
    for (std::uint32_t b = 0; b < 2000; b += lanes) {
      const Arena::Scope scope(arena);
      const Lanes drawn = weird_bootstrap(curve, b, streams, arena).events[0];
      for (std::size_t k = 0; k < lanes; ++k) m.add(drawn[k] - double(d));
    }
    const double variance = double(d) * (1 - double(d) / 2000);
    expect_mean(m, 0.0, variance);
    if (variance > 0) expect_variance(m, variance, 3 + 1 / variance - 6.0 / 2000);
  }
}

/// censboot(sim = "cond") written out: a law is a list of times with their probabilities.
using Law = std::map<double, double>;

Law naive_law(const Patients& patients, std::uint16_t stratum, bool of_censoring) {
  Law law;
  double survival = 1.0;
  std::vector<double> times;
  for (const auto& p : patients) {
    if (p.stratum == stratum && p.event != of_censoring) times.push_back(p.time);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (const double t : times) {
    double at_risk = 0, d = 0;
    for (const auto& p : patients) {
      if (p.stratum != stratum || p.time < t) continue;
      ++at_risk;
      d += p.time == t && p.event != of_censoring;
    }
    law[t] = survival * d / at_risk;
    survival *= 1 - d / at_risk;
  }
  law[INFINITY] = std::max(0.0, survival);
  return law;
}

TEST(ConditionalBootstrap, HasTheDistributionOfEachRowByItsDefinition) {
  for (const char* name : {"aml", "ovarian", "ties"}) {
    SCOPED_TRACE(name);
    Patients patients = test::read_patients(name);
    std::vector<double> time;
    std::vector<std::uint8_t> event;
    std::vector<std::uint16_t> stratum;
    for (auto& p : patients) {
      p.stratum = p.group;
      time.push_back(p.time), event.push_back(p.event), stratum.push_back(p.stratum);
    }
    const std::size_t n = patients.size();
    Arena arena;
    const ConditionalBootstrap bootstrap({time, event, stratum, 2, stratum, 2}, streams, arena);
    const int resamples = 20000;
    std::vector<std::map<std::pair<double, int>, double>> count(n), expected(n);
    std::vector<double> t(n);
    std::vector<std::uint8_t> e(n);
    for (std::uint32_t b = 0; b < resamples; ++b) {
      bootstrap.resample(b, t, e);
      for (std::size_t i = 0; i < n; ++i) ++count[i][{t[i], e[i]}];
    }
    for (std::size_t i = 0; i < n; ++i) {
      const Law failure = naive_law(patients, stratum[i], false), all = naive_law(patients, stratum[i], true);
      Law censoring;
      double left = 0;
      for (const auto& [at, p] : all) left += at > time[i] ? p : 0;
      if (event[i]) {
        for (const auto& [at, p] : all)
          if (at > time[i]) censoring[at] = p / left;
      } else {
        censoring[time[i]] = 1;
      }
      double last = 0;
      for (const auto& [at, p] : failure)
        if (std::isfinite(at)) last = at;
      for (const auto& [f, p] : failure) {
        for (const auto& [c, q] : censoring) {
          const double failed = std::isinf(f) && std::isinf(c) ? last : f;
          expected[i][{std::min(failed, c), failed <= c}] += p * q;
        }
      }
      for (const auto& [value, hits] : count[i]) ASSERT_GT(expected[i][value], 0.0) << i << " at " << value.first;
      for (const auto& [value, p] : expected[i]) {
        EXPECT_NEAR(count[i][value] / resamples, p, 4.5 * std::sqrt(p * (1 - p) / resamples) + 1e-12) << i;
      }
    }
  }
}

TEST(CurveMultipliers, ProcessAndVarianceAreThoseOfTheInfluenceOfEachPatientOnTheHazard) {
  for (const char* name : {"aml", "ties", "edges"}) {
    SCOPED_TRACE(name);
    const Patients patients = test::read_patients(name);
    Sorted s(patients);
    const CurveMultipliers multipliers = CurveMultipliers::of_hazard(s.table, s.arena);
    const std::size_t n = patients.size(), times = multipliers.time().size();
    // psi_i(t): each time's increment of N less at risk / Y of dN, divided by Y.
    std::vector<std::vector<double>> psi(times, std::vector<double>(n, 0.0));
    for (std::size_t j = 0; j < times; ++j) {
      const double t = multipliers.time()[j];
      double y = 0, d = 0;
      for (std::size_t i = 0; i < n; ++i) y += s.table.time[i] >= t, d += s.table.time[i] == t && s.table.event[i];
      for (std::size_t i = 0; i < n; ++i) {
        const double own = s.table.time[i] == t && s.table.event[i], at_risk = s.table.time[i] >= t;
        psi[j][i] = (j == 0 ? 0 : psi[j - 1][i]) + (own - at_risk * d / y) / y;
      }
      double variance = 0;
      for (const double x : psi[j]) variance += x * x;
      EXPECT_NEAR(multipliers.variance()[j], variance, 1e-14);
    }
    std::vector<Lanes> process(times);
    multipliers.process(16, process, streams, s.arena);
    for (std::uint32_t k = 0; k < lanes; ++k) {
      Stream draw = streams.stream(Purpose::bootstrap, 16 + k);
      std::vector<double> normal(n);
      for (double& x : normal) x = draw.normal();
      for (std::size_t j = 0; j < times; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) sum += normal[i] * psi[j][i];
        EXPECT_NEAR(process[j][k], sum, 1e-13) << j;
      }
    }
  }
}

/// 1 or 2 among the events, so that both causes fall on tied times too; 0 for censored.
std::vector<std::uint8_t> two_causes(const SurvivalTable& table) {
  std::vector<std::uint8_t> cause;
  for (std::size_t i = 0; i < table.size(); ++i)
    cause.push_back(table.event[i] ? static_cast<std::uint8_t>(1 + i * i % 5 % 2) : std::uint8_t{0});
  return cause;
}

/// The influence of a patient is how fast the curve moves with the patient's weight.
TEST(CurveMultipliers, ProcessAndVarianceAreThoseOfTheInfluenceOfEachPatientOnTheIncidence) {
  for (const char* name : {"aml", "ties", "edges"}) {
    for (const std::uint8_t interest : {std::uint8_t{1}, std::uint8_t{2}}) {
      SCOPED_TRACE(name + std::to_string(interest));
      const Patients patients = test::read_patients(name);
      Sorted s(patients);
      const std::vector<std::uint8_t> cause = two_causes(s.table);
      const CurveMultipliers multipliers = CurveMultipliers::of_incidence(s.table, cause, interest, s.arena);
      const std::size_t n = patients.size(), times = multipliers.time().size();
      const auto incidences = [&](std::size_t heavier, double by) {
        std::vector<double> weight(n, 1.0), f;
        weight[heavier] += by;
        const auto curve = cumulative_incidence<double>(s.table, cause, 2, weight, s.arena);
        for (const double t : multipliers.time()) f.push_back(incidence_at(curve, interest, t).estimate);
        return f;
      };
      std::vector<std::vector<double>> psi(times, std::vector<double>(n));
      for (std::size_t i = 0; i < n; ++i) {
        const double h = 1e-5;
        const std::vector<double> up = incidences(i, h), down = incidences(i, -h);
        for (std::size_t j = 0; j < times; ++j) psi[j][i] = (up[j] - down[j]) / (2 * h);
      }
      std::vector<Lanes> process(times);
      multipliers.process(8, process, streams, s.arena);
      for (std::uint32_t k = 0; k < lanes; ++k) {
        Stream draw = streams.stream(Purpose::bootstrap, 8 + k);
        std::vector<double> normal(n);
        for (double& x : normal) x = draw.normal();
        for (std::size_t j = 0; j < times; ++j) {
          double sum = 0, variance = 0;
          for (std::size_t i = 0; i < n; ++i) sum += normal[i] * psi[j][i], variance += psi[j][i] * psi[j][i];
          EXPECT_NEAR(process[j][k], sum, 1e-8) << j;
          EXPECT_NEAR(multipliers.variance()[j], variance, 1e-9) << j;
        }
      }
    }
  }
}

TEST(SimultaneousBand, OneTimeIsPointwiseManyAreWider) {
  const Patients patients = test::read_patients("veteran");
  Sorted s(patients);
  const CurveMultipliers multipliers = CurveMultipliers::of_hazard(s.table, s.arena);
  const double one = s.table.time[60];
  const SimultaneousBand point = simultaneous_band(multipliers, one, one, 20000, 0.95, streams, s.arena);
  EXPECT_NEAR(point.critical, 1.959964, 4 * point.critical_mcse);
  EXPECT_NEAR(point.critical_mcse, 0.0132, 0.004);  // sqrt(.05 * .95 / 20000) / (2 phi(1.96))
  const SimultaneousBand band = simultaneous_band(multipliers, 8.0, 300.0, 4000, 0.95, streams, s.arena);
  // sup |Z| of the standardized Brownian motion for this range of variances lies between 2.6 and 3.2.
  EXPECT_GT(band.critical, 2.6);
  EXPECT_LT(band.critical, 3.2);
  // The number of resamples need not be one of whole lanes: the first ones are the same.
  const SimultaneousBand five = simultaneous_band(multipliers, 8.0, 300.0, 5, 0.95, streams, s.arena);
  const SimultaneousBand eight = simultaneous_band(multipliers, 8.0, 300.0, 8, 0.95, streams, s.arena);
  EXPECT_LE(five.critical, eight.critical);
  EXPECT_GT(five.critical, 0.5);
  const auto curve = kaplan_meier(s.table, {}, s.arena);
  const Estimate at = survival_at(curve, 80.0, SurvivalInterval::plain, band.confidence);
  EXPECT_NEAR(at.upper - at.estimate, band.critical * at.standard_error, 1e-9);
  EXPECT_TRUE(std::isnan(simultaneous_band(multipliers, 1e6, 2e6, 8, 0.95, streams, s.arena).critical));
}

/// Exponential events at rate 1 and uniform censoring on [0, 3]: how often bands of 1000 trials of 300 patients hold
/// all of the true curve between its 20th and 70th percentile. Between events a curve is that of the last one.
TEST(SimultaneousBand, HoldsTheWholeCurveAsOftenAsItSays) {
  const double from = -std::log(0.8), to = -std::log(0.3);
  const int trials = 1000, n = 300;
  int survival_held = 0, incidence_held = 0;
  for (int trial = 0; trial < trials; ++trial) {
    Arena arena;
    const Streams own(77, static_cast<std::uint32_t>(trial));
    Stream draw = own.stream(Purpose::course, 0);
    std::vector<double> time(n);
    std::vector<std::uint8_t> event(n), cause(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double t = -std::log(draw.uniform()), c = 3 * draw.uniform();
      time[i] = std::min(t, c);
      event[i] = t <= c;
      cause[i] = static_cast<std::uint8_t>(event[i] ? (draw.uniform() < 0.5 ? 1 : 2) : 0);
    }
    const SurvivalTable table = sort_survival(time, event, arena);
    const std::span<std::uint8_t> causes = in_table_order<std::uint8_t>(table, cause, arena);
    const auto holds = [&](const CurveMultipliers& multipliers, auto limits, auto truth) {
      const auto first = std::ranges::upper_bound(multipliers.time(), from) - 1;
      const SimultaneousBand band = simultaneous_band(multipliers, *first, to, 400, 0.95, own, arena);
      for (auto t = first; *t <= to; ++t) {
        const Estimate e = limits(*t, band.confidence);
        for (const double at : {std::max(*t, from), std::min(*(t + 1), to)})
          if (!(e.lower <= truth(at) && truth(at) <= e.upper)) return false;
      }
      return true;
    };
    const auto km = kaplan_meier(table, {}, arena);
    const auto cif = cumulative_incidence<double>(table, causes, 2, {}, arena);
    survival_held += holds(
        CurveMultipliers::of_hazard(table, arena),
        [&](double t, double level) { return survival_at(km, t, SurvivalInterval::log_log, level); },
        [](double t) { return std::exp(-t); });
    incidence_held += holds(
        CurveMultipliers::of_incidence(table, causes, 1, arena),
        [&](double t, double level) { return incidence_at(cif, 1, t, IncidenceInterval::log_log, level); },
        [](double t) { return 0.5 * (1 - std::exp(-t)); });
  }
  const double mcse = std::sqrt(0.95 * 0.05 / trials);
  EXPECT_NEAR(static_cast<double>(survival_held) / trials, 0.95, 4 * mcse);
  EXPECT_NEAR(static_cast<double>(incidence_held) / trials, 0.95, 4 * mcse);
  RecordProperty("survival", survival_held);
  RecordProperty("incidence", incidence_held);
}

}  // namespace
}  // namespace oligosim
