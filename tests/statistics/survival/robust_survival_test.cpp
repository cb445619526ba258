#include "engine/statistics/survival/robust_survival.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/clustered.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Complex;
using test::Patient;
using test::Patients;
using test::Sorted;

SurvivalInterval interval_named(const std::string& name) {
  if (name == "log") return SurvivalInterval::log;
  if (name == "log_log") return SurvivalInterval::log_log;
  if (name == "plain") return SurvivalInterval::plain;
  if (name == "logit") return SurvivalInterval::logit;
  if (name == "arcsine") return SurvivalInterval::arcsine;
  throw std::runtime_error(name);
}

// Every third row's event is of cause 2, in table order.
std::vector<std::uint8_t> causes(const SurvivalTable& table) {
  std::vector<std::uint8_t> cause;
  for (std::size_t i = 0; i < table.size(); ++i) {
    cause.push_back(table.event[i] ? static_cast<std::uint8_t>(table.row[i] % 3 == 0 ? 2 : 1) : std::uint8_t{0});
  }
  return cause;
}

TEST(RobustSurvival, ReferenceSurvfitWithClusters) {
  const test::ReferenceTable reference("robust_survival.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Patients patients = test::read_patients(reference.text(r, "data"));
    Sorted s(patients);
    const std::span<const double> weight = reference.number(r, "weighted") != 0 ? s.weight : std::span<double>();
    const bool clustered = reference.number(r, "clustered") != 0;
    const test::ThreeToACluster three(s.table);
    const Clusters clusters = clustered ? three.clusters : Clusters{};
    const SurvivalInterval interval = interval_named(reference.text(r, "interval"));
    const std::string what = reference.text(r, "what");
    const double at = reference.number(r, "at");
    const KaplanMeierCurve<> curve = robust_kaplan_meier(s.table, weight, clusters, s.arena);
    Estimate e;
    if (what == "survival") {
      e = survival_at(curve, at, interval, .95);
    } else if (what == "quantile") {
      e = survival_quantile(curve, at, interval, .95);
    } else {
      const std::uint8_t of = what == "cause1" ? 1 : 2;
      e = robust_cumulative_incidence(s.table, causes(s.table), of, weight, clusters, at, interval, .95, s.arena);
    }
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
    if (clustered && what.starts_with("cause")) continue;  // R has no limits there
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
  }
}

// S(t) and the incidence of one cause at weights that may be complex, time by time from the definition.
struct Curves {
  Complex survival = 1, incidence = 0;
};

Curves curves(const Patients& patients, std::size_t cause, double t, const std::vector<Complex>& weight) {
  Curves at;
  for (double time = 0; time <= t; ++time) {
    Complex risk = 0, events = 0, of_cause = 0;
    for (std::size_t i = 0; i < patients.size(); ++i) {
      if (patients[i].time >= time) risk += weight[i];
      if (patients[i].time != time || !patients[i].event) continue;
      events += weight[i];
      if ((i % 3 == 0 ? 2 : 1) == cause) of_cause += weight[i];
    }
    if (events == 0.0) continue;
    at.incidence += at.survival * of_cause / risk;
    at.survival *= (risk - events) / risk;
  }
  return at;
}

TEST(RobustSurvival, OracleDerivativesByTheWeightsOn10000TiedDataSets) {
  std::mt19937_64 random(61);
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, random() % 16, 2);
    const bool weighted = random() % 2, clustered = random() % 2;
    const auto of = static_cast<std::uint8_t>(1 + random() % 2);
    const double t = static_cast<double>(random() % 15) / 2;
    Sorted s(patients);
    const std::span<const double> weight = weighted ? s.weight : std::span<double>();
    const test::ThreeToACluster three(s.table);
    const Clusters clusters = clustered ? three.clusters : Clusters{};
    const KaplanMeierCurve<> curve = robust_kaplan_meier(s.table, weight, clusters, s.arena);
    const Estimate survival = survival_at(curve, t, SurvivalInterval::plain, .95);
    const Estimate incidence = robust_cumulative_incidence(s.table, causes(s.table), of, weight, clusters, t,
                                                           SurvivalInterval::plain, .95, s.arena);
    std::vector<double> w;
    double last = 0;
    for (const Patient& p : patients) {
      w.push_back(weighted ? p.weight : 1);
      if (w.back() > 0) last = std::max(last, p.time);
    }
    if (last == 0) {
      ASSERT_EQ(survival.status, Status::empty_group);
      ASSERT_EQ(incidence.status, Status::empty_group);
      continue;
    }
    const Curves naive = curves(patients, of, t, {w.begin(), w.end()});
    if (t > last && naive.survival != 0.0) {
      ASSERT_EQ(survival.status, Status::not_reached);
      ASSERT_EQ(incidence.status, Status::not_reached);
      ASSERT_TRUE(std::isnan(incidence.estimate) && std::isnan(incidence.standard_error));
      continue;
    }
    ASSERT_EQ(survival.status, Status::ok);
    ASSERT_EQ(incidence.status, Status::ok);
    const std::vector<double> on_survival =
        test::by_weight(w, [&](const std::vector<Complex>& at) { return curves(patients, of, t, at).survival; });
    const std::vector<double> on_incidence =
        test::by_weight(w, [&](const std::vector<Complex>& at) { return curves(patients, of, t, at).incidence; });
    ASSERT_NEAR(survival.estimate, naive.survival.real(), 1e-12);
    ASSERT_NEAR(incidence.estimate, naive.incidence.real(), 1e-12);
    ASSERT_NEAR(survival.standard_error * survival.standard_error, test::jackknife_variance(on_survival, w, clustered),
                1e-12)
        << set;
    ASSERT_NEAR(incidence.standard_error * incidence.standard_error,
                test::jackknife_variance(on_incidence, w, clustered), 1e-12)
        << set;
    const std::span<const double> rows = survival_influence(s.table, weight, t, s.arena);
    const auto of_cause = cumulative_incidence_influence(s.table, causes(s.table), of, weight, t, s.arena);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t row = s.table.row[i];
      ASSERT_NEAR(rows[i], w[row] == 0 ? 0 : on_survival[row], 1e-10) << set;
      ASSERT_NEAR(of_cause.influence[i], w[row] == 0 ? 0 : on_incidence[row], 1e-10) << set;
    }
  }
}

TEST(RobustSurvival, PropertyWithoutTiesAndClustersItIsGreenwoodsToOneOverN) {
  const Patients patients = test::read_patients("lung");
  Sorted s(patients);
  const KaplanMeierCurve<> robust = robust_kaplan_meier(s.table, {}, {}, s.arena);
  const KaplanMeierCurve<> greenwood = kaplan_meier(s.table, {}, s.arena);
  for (std::size_t i = 0; i + 20 < robust.time.size(); ++i) {
    EXPECT_EQ(robust.survival[i], greenwood.survival[i]);
    EXPECT_NEAR(robust.log_variance[i] / greenwood.log_variance[i], 1, .02);
  }
}

TEST(RobustSurvival, PropertyLargeDataKeepTheirDigits) {
  // The squares are updated patient by patient: their rounding must not add up. 2 * 10^4 patients, 700 clusters.
  std::mt19937_64 random(62);
  Patients patients = test::random_patients(random, 20000, 2);
  for (Patient& p : patients) p.time = static_cast<double>(1 + random() % 5000);
  Sorted s(patients);
  std::vector<std::uint32_t> codes(patients.size());
  for (std::uint32_t& code : codes) code = static_cast<std::uint32_t>(random() % 700);
  const Clusters clusters{codes, 700};
  const KaplanMeierCurve<> curve = robust_kaplan_meier(s.table, s.weight, clusters, s.arena);
  for (const double t : {10.0, 1000.0, 4000.0, 4990.0}) {
    double variance = 0;
    cluster_cross_products(survival_influence(s.table, s.weight, t, s.arena), 1, s.weight, clusters, {&variance, 1},
                           s.arena);
    const Estimate e = survival_at(curve, t, SurvivalInterval::log, .95);
    EXPECT_TRUE(close(e.standard_error / std::sqrt(variance), 1, 1e-10));
  }
}

TEST(RobustSurvival, PropertyIntegerWeightsOrderAndUnits) {
  std::mt19937_64 random(63);
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 1 + random() % 20, 2);
    const auto curve = [](const Patients& rows, bool weighted, double unit) {
      Sorted s(rows);
      std::vector<std::uint32_t> codes;
      for (const std::uint32_t row : s.table.row) codes.push_back(rows[row].stratum * 3u + rows[row].group);
      const KaplanMeierCurve<> c =
          robust_kaplan_meier(s.table, weighted ? s.weight : std::span<double>(), {codes, 6}, s.arena);
      std::vector<double> numbers;
      for (std::size_t i = 0; i < c.time.size(); ++i) {
        numbers.insert(numbers.end(), {c.time[i] / unit, c.survival[i], c.log_variance[i]});
      }
      return numbers;
    };
    const std::vector<double> weighted = curve(patients, true, 1), rows = curve(test::written_out(patients), false, 1);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30;
    const std::vector<double> shuffled = curve(patients, true, 30);
    ASSERT_EQ(weighted.size(), rows.size());
    ASSERT_EQ(weighted.size(), shuffled.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_TRUE(weighted[i] == rows[i] || std::abs(weighted[i] - rows[i]) < 1e-12);
      ASSERT_TRUE(weighted[i] == shuffled[i] || std::abs(weighted[i] - shuffled[i]) < 1e-12);
    }
  }
}

TEST(RobustSurvival, DegenerateDataHaveAStatus) {
  const auto incidence = [](const Patients& patients, double time, const Clusters& clusters = {}) {
    Sorted s(patients);
    return robust_cumulative_incidence(s.table, causes(s.table), 1, {}, clusters, time, SurvivalInterval::log, .95,
                                       s.arena);
  };
  EXPECT_EQ(incidence({}, 5).status, Status::empty_group);
  Patients patients = test::read_patients("aml");
  EXPECT_EQ(incidence(patients, 1000).status, Status::not_reached);
  const Estimate before = incidence(patients, 1);
  EXPECT_EQ(before.status, Status::ok);
  EXPECT_EQ(before.estimate, 0);
  EXPECT_EQ(before.standard_error, 0);
  EXPECT_TRUE(std::isnan(before.lower) && std::isnan(before.upper));  // on the log scale
  for (Patient& p : patients) p.event = false;
  EXPECT_EQ(incidence(patients, 20).estimate, 0);
  EXPECT_EQ(incidence(patients, 20).standard_error, 0);
  for (Patient& p : patients) p.time = 3, p.event = true;
  const Estimate all = incidence(patients, 100);  // nobody left: known for ever
  EXPECT_EQ(all.status, Status::ok);
  EXPECT_TRUE(close(all.estimate, 15.0 / 23, 1e-14));
  EXPECT_TRUE(close(all.standard_error, std::sqrt(15.0 / 23 * 8 / 23 / 23), 1e-12));
  const std::vector<std::uint32_t> one(patients.size(), 0);
  EXPECT_NEAR(incidence(patients, 100, {one, 1}).standard_error, 0, 1e-15);
  Sorted s(patients);
  const KaplanMeierCurve<> curve = robust_kaplan_meier(s.table, {}, {}, s.arena);
  EXPECT_EQ(survival_at(curve, 3, SurvivalInterval::log, .95).standard_error, 0);
  EXPECT_EQ(survival_at(curve, 2, SurvivalInterval::log, .95).estimate, 1);
  EXPECT_EQ(incidence({patients[0]}, 3).standard_error, 0);
}

}  // namespace
}  // namespace oligosim
