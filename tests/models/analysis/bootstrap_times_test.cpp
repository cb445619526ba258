// Kinds of bootstrap of a plan that resample times of the same patients, against the engine's classes used directly.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/resampling/conditional_bootstrap.hpp"
#include "engine/resampling/intervals.hpp"
#include "engine/resampling/weird_bootstrap.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/rmst.hpp"
#include "tests/models/analysis/bootstrap_support.hpp"

namespace oligosim {
namespace {

using test::analysed;
using test::part;
using test::Patient;
using test::resampled;
using test::row_of;
using test::some_patients;

/// But for the last bits: a ratio comes back from its logarithm.
void expect_same(double a, double b) {
  if (std::isfinite(a) && std::isfinite(b))
    EXPECT_NEAR(a, b, 1e-12 * (1 + std::abs(b)));
  else
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << a << " " << b;
}

void expect_percentile(const Estimate& row, const std::vector<double>& values, double estimate, bool ratio = false) {
  Arena arena;
  const BootstrapInterval direct = percentile_interval(BootstrapDistribution(values, estimate, arena), 0.95);
  expect_same(row.lower, ratio ? std::exp(direct.lower) : direct.lower);
  expect_same(row.upper, ratio ? std::exp(direct.upper) : direct.upper);
  expect_same(row.standard_error, direct.standard_error);
  EXPECT_FALSE(std::isnan(row.lower));
}

TEST(BootstrapTimes, OracleConditionalResamplesAreThoseOfTheEngine) {
  const std::vector<Patient> patients = some_patients(4, 90);
  AnalysedData d = analysed(
      patients, "{kind: conditional, strata: [arm], resamples: 203, seed: 11}",
      "{name: km, method: kaplan_meier, endpoint: pfs, population: first, by: arm, at_months: [5]}, "
      "{name: hr, method: cox, endpoint: pfs, population: first, terms: [arm], interval: [wald, profile]}, "
      "{name: mean, method: rmst, endpoint: pfs, population: first, by: arm, at_months: [6]}, "
      "{name: gap, method: milestone, endpoint: pfs, population: first, by: arm, at_months: [4]}, "
      "{name: test, method: log_rank, endpoint: pfs, by: arm}");
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<std::uint16_t> stratum;
  std::vector<std::size_t> row;
  for (std::size_t i = 0; i < patients.size(); ++i) {
    const Patient& p = patients[i];
    if (std::isnan(p.time) || p.line != 1) continue;
    time.push_back(p.time), event.push_back(p.event), row.push_back(i);
    stratum.push_back(static_cast<std::uint16_t>(p.arm < 0 ? 2 : p.arm));
  }
  ASSERT_LT(row.size(), 70u);
  Arena arena;
  const ConditionalBootstrap bootstrap({time, event, stratum, 3, stratum, 3}, Streams(11, 0), arena);
  std::vector<double> survival[2], median[2], ratio, mean_difference, gap;
  std::vector<double> new_time(row.size()), all_time(patients.size(), missing);
  std::vector<std::uint8_t> new_event(row.size()), all_event(patients.size(), 0);
  for (std::uint32_t b = 0; b < 203; ++b) {
    const Arena::Scope one(arena);
    bootstrap.resample(b, new_time, new_event);
    for (std::size_t i = 0; i < row.size(); ++i) all_time[row[i]] = new_time[i], all_event[row[i]] = new_event[i];
    const SurvivalTable all = sort_survival(all_time, all_event, arena);
    KaplanMeierCurve<> curve[2];
    for (int arm = 0; arm < 2; ++arm) {
      curve[arm] = kaplan_meier(part(all, patients, arm, arena), {}, arena);
      survival[arm].push_back(survival_at(curve[arm], 150, SurvivalInterval::log, 0.95).estimate);
      const Estimate half = survival_quantile(curve[arm], 0.5, SurvivalInterval::log, 0.95);
      median[arm].push_back(std::isnan(half.estimate) ? INFINITY : half.estimate / 30);
    }
    mean_difference.push_back((restricted_mean(curve[1], 180).value - restricted_mean(curve[0], 180).value) / 30);
    gap.push_back(survival_at(curve[1], 120, SurvivalInterval::plain, 0.95).estimate -
                  survival_at(curve[0], 120, SurvivalInterval::plain, 0.95).estimate);
    std::vector<std::uint8_t> known;
    for (const Patient& p : patients) known.push_back(p.arm >= 0);
    const SurvivalTable both = filter(all, known, arena);
    std::vector<double> x;
    for (const std::uint32_t r : both.row) x.push_back(patients[r].arm);
    CoxCovariates covariates;
    covariates.values = x, covariates.columns = 1;
    ratio.push_back(cox(both, covariates, {}, {}, arena).coefficient[0]);
  }
  const std::vector<Estimate> out = resampled(d);
  for (const int arm : {0, 1}) {
    const std::string name = arm == 0 ? "A" : "B";
    expect_percentile(row_of(d, out, "km", "survival", name), survival[arm],
                      row_of(d, out, "km", "survival", name).estimate);
    expect_percentile(row_of(d, out, "km", "quantile", name), median[arm],
                      row_of(d, out, "km", "quantile", name).estimate);
  }
  expect_percentile(row_of(d, out, "hr", "hazard_ratio"), ratio, 0, true);
  expect_percentile(row_of(d, out, "hr", "log_hazard_ratio"), ratio, 0);
  expect_percentile(row_of(d, out, "mean", "rmst_difference"), mean_difference, 0);
  expect_percentile(row_of(d, out, "gap", "survival_difference"), gap, 0);
  EXPECT_THROW(row_of(d, out, "test", "log_rank"), std::runtime_error);  // a test has nothing to resample
}

TEST(BootstrapTimes, TheDataStayAsTheyAre) {
  const std::vector<Patient> patients = some_patients(5, 60);
  AnalysedData d =
      analysed(patients, "{kind: conditional, strata: [arm], resamples: 50, interval: [percentile, normal]}",
               "{name: km, method: kaplan_meier, endpoint: pfs, by: arm, population: first}");
  const std::vector<Estimate> first = resampled(d), second = resampled(d);
  for (std::size_t k = 0; k < first.size(); ++k) {
    EXPECT_TRUE(first[k].lower == second[k].lower || std::isnan(first[k].lower));
    EXPECT_EQ(first[k].estimate, second[k].estimate);
  }
  EXPECT_EQ(first[0].estimate, d.estimates()[0].estimate);
}

TEST(BootstrapTimes, OracleWeirdResamplesAreThoseOfTheEngineAndGroupsAreApart) {
  const std::vector<Patient> patients = some_patients(6, 90);
  AnalysedData d = analysed(patients, "{kind: weird, resamples: 203, seed: 12, interval: [percentile, studentized]}",
                            "{name: km, method: kaplan_meier, endpoint: pfs, by: arm, levels: [A, B], at_months: [5]}, "
                            "{name: mean, method: rmst, endpoint: pfs, by: arm, levels: [A, B], at_months: [6]}, "
                            "{name: gap, method: milestone, endpoint: pfs, by: arm, levels: [A, B], at_months: [4]}");
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  for (const Patient& p : patients) time.push_back(p.time), event.push_back(p.event);
  Arena arena;
  const SurvivalTable all = sort_survival(time, event, arena);
  KaplanMeierCurve<> own[2];
  for (const int arm : {0, 1}) own[arm] = kaplan_meier(part(all, patients, arm, arena), {}, arena);
  std::vector<double> survival[2], variance[2], mean, gap;
  for (std::uint32_t first = 0; first < 203; first += 8) {
    KaplanMeierCurve<Lanes> drawn[2];
    for (const std::uint32_t arm : {0u, 1u})
      drawn[arm] = weird_bootstrap(own[arm], (arm << 24) + first, Streams(12, 0), arena);
    for (std::size_t k = 0; k < 8 && first + k < 203; ++k) {
      for (const int arm : {0, 1}) {
        const Estimate e = survival_at(drawn[arm], 150, SurvivalInterval::plain, 0.95, k);
        survival[arm].push_back(e.estimate);
        variance[arm].push_back(e.standard_error * e.standard_error);
      }
      mean.push_back((restricted_mean(drawn[1], 180).value[k] - restricted_mean(drawn[0], 180).value[k]) / 30);
      gap.push_back(survival_values(drawn[1], 120)[k] - survival_values(drawn[0], 120)[k]);
    }
  }
  const std::vector<Estimate> out = resampled(d);
  for (const int arm : {0, 1}) {
    const std::string name = arm == 0 ? "A" : "B";
    const Estimate& whole = d.row("km", "survival", name);
    expect_percentile(row_of(d, out, "km", "survival", name), survival[arm], whole.estimate);
    const BootstrapInterval t = studentized_interval(survival[arm], variance[arm], whole.estimate,
                                                     whole.standard_error * whole.standard_error, 0.95, arena);
    EXPECT_NEAR(row_of(d, out, "km", "survival", name, "studentized").lower, t.lower, 1e-12);
    EXPECT_NEAR(row_of(d, out, "km", "survival", name, "studentized").upper, t.upper, 1e-12);
  }
  expect_percentile(row_of(d, out, "mean", "rmst_difference"), mean, 0);
  expect_percentile(row_of(d, out, "gap", "survival_difference"), gap, 0);
}

/// Numbers of 300 patients: standard error by formula, and of resamples of this kind.
struct Errors {
  double formula, resampled, estimate;
};
Errors errors(const std::string& bootstrap, const std::string& analysis) {
  AnalysedData d = analysed(some_patients(8, 300), bootstrap, analysis);
  const std::vector<Estimate> out = resampled(d);
  return {out[0].standard_error, out[1].standard_error, out[0].estimate};
}

const char* const at_five_months =
    "{name: km, method: kaplan_meier, endpoint: pfs, at_months: [5], quantiles: [], interval: plain}";
const char* const gap = "{name: gap, method: milestone, endpoint: pfs, by: arm, at_months: [5]}";

// The censoring is given, so that the variance is Greenwood's but for terms of the order 1 / n. The Monte Carlo error
// of a standard deviation of B normal values is 1 / sqrt(2 B) of it.
TEST(BootstrapTimes, SpreadIsGreenwoods) {
  const double allowed = 4 / std::sqrt(8000.0) + 2.0 / 300;
  for (const std::string kind : {"conditional", "weird"}) {
    const Errors e = errors("{kind: " + kind + ", resamples: 4000, seed: 3}", at_five_months);
    EXPECT_NEAR(e.resampled / e.formula, 1.0, allowed) << kind;
    const std::string strata = kind == "weird" ? "" : ", strata: [arm]";
    const Errors between = errors("{kind: " + kind + ", resamples: 4000, seed: 4" + strata + "}", gap);
    EXPECT_NEAR(between.resampled / between.formula, 1.0, allowed) << kind;  // groups are independent
  }
}

}  // namespace
}  // namespace oligosim
