#include "engine/statistics/survival/rmst.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/survival/two_curves.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;
using test::TwoCurves;

Estimate difference(const TwoCurves& c, double tau) {
  return rmst_difference(restricted_mean(c.reference, tau), restricted_mean(c.later, tau), .95);
}
Estimate ratio(const TwoCurves& c, double tau) {
  return rmst_ratio(restricted_mean(c.reference, tau), restricted_mean(c.later, tau), .95);
}

TEST(Rmst, ReferenceRestrictedMeansOfSurvfit) {
  const test::ReferenceTable reference("rmst.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const TwoCurves c(test::read_patients(reference.text(r, "data")));
    const double tau = reference.number(r, "at");
    const std::string what = reference.text(r, "what");
    const Estimate e = what == "reference" ? rmst(restricted_mean(c.reference, tau), .95)
                       : what == "later"   ? rmst(restricted_mean(c.later, tau), .95)
                       : what == "ratio"   ? ratio(c, tau)
                                           : difference(c, tau);
    EXPECT_EQ(e.status, Status::ok);
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
    if (what != "difference" && what != "ratio") continue;
    EXPECT_TRUE(close(e.statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_TRUE(close(e.signed_statistic, reference.number(r, "statistic"), 1e-8));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
  }
}

TEST(Rmst, ReferencePooledAmlTrial) {
  Sorted aml(test::read_patients("aml"));
  const Estimate e = rmst(restricted_mean(kaplan_meier(aml.table, {}, aml.arena), 30), .95);
  EXPECT_TRUE(close(e.estimate, 22.03726708075, 1e-12));
  EXPECT_TRUE(close(e.standard_error, 2.00741136104, 1e-11));
  EXPECT_EQ(e.n, 23);
}

struct Naive {
  double mean = 0, variance = 0;
};

// The curve in pieces of length L_i: sum L_i S_i, and its variance sum L_i L_j Cov(S_i, S_j), where the covariance is
// S_i S_j times the Greenwood sum up to the earlier piece.
Naive naive_mean(const Patients& rows, double tau) {
  std::vector<double> cuts = {0};
  for (const double t : test::naive::times(rows, false))
    if (t < tau) cuts.push_back(t);
  std::vector<double> length, survival, sum;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    length.push_back((i + 1 < cuts.size() ? cuts[i + 1] : tau) - cuts[i]);
    survival.push_back(test::naive::survival(rows, cuts[i]));
    sum.push_back(test::naive::greenwood(rows, cuts[i]));
  }
  Naive result;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    result.mean += length[i] * survival[i];
    for (std::size_t j = 0; j < cuts.size(); ++j) {
      if (survival[i] == 0 || survival[j] == 0) continue;
      result.variance += length[i] * length[j] * survival[i] * survival[j] * sum[std::min(i, j)];
    }
  }
  return result;
}

bool known(const Patients& rows, double tau) {
  const double last = *test::naive::times(rows, false).rbegin();
  return tau <= last || test::naive::survival(rows, last) < 1e-14;
}

void expect_as_naive(const TwoCurves& c, const Patients& rows, double tau) {
  const Patients first = test::in_group(rows, 0), second = test::in_group(rows, 1);
  const Estimate e = difference(c, tau), relative = ratio(c, tau);
  ASSERT_EQ(e.n, static_cast<double>(rows.size()));
  if (first.empty() || second.empty()) {
    ASSERT_EQ(e.status, Status::empty_group);
    return;
  }
  if (!known(first, tau) || !known(second, tau)) {
    ASSERT_EQ(e.status, Status::not_reached);
    ASSERT_EQ(relative.status, Status::not_reached);
    ASSERT_TRUE(std::isnan(e.estimate));
    return;
  }
  const Naive a = naive_mean(first, tau), b = naive_mean(second, tau);
  ASSERT_TRUE(close(rmst(restricted_mean(c.later, tau), .95).estimate, b.mean, 1e-10));
  ASSERT_TRUE(close(rmst(restricted_mean(c.later, tau), .95).standard_error, std::sqrt(b.variance), 1e-10));
  ASSERT_TRUE(close(e.estimate, b.mean - a.mean, 1e-10));
  const double se = std::sqrt(a.variance + b.variance);
  const double log_se = std::sqrt(a.variance / a.mean / a.mean + b.variance / b.mean / b.mean);
  ASSERT_TRUE(close(e.standard_error, se, 1e-10));
  ASSERT_TRUE(close(relative.estimate, b.mean / a.mean, 1e-10));
  ASSERT_TRUE(close(relative.upper, b.mean / a.mean * std::exp(normal_quantile(.975) * log_se), 1e-10));
  if (se < 1e-12) {
    ASSERT_TRUE(e.status == Status::no_events || e.status == Status::singular);
    ASSERT_TRUE(std::isnan(e.p_value) && std::isnan(relative.p_value));
    return;
  }
  ASSERT_EQ(e.status, Status::ok);
  ASSERT_TRUE(close(e.signed_statistic, (b.mean - a.mean) / se, 1e-10));
  ASSERT_TRUE(close(relative.statistic, std::log(b.mean / a.mean) / log_se, 1e-9));
}

TEST(Rmst, OracleAreaAndDoubleSumOn10000TiedDataSets) {
  std::mt19937_64 random(21);
  for (int set = 0; set < 10000; ++set) {
    const bool weighted = set % 2 == 0;
    const Patients patients = test::random_patients(random, 1 + random() % 16, 2);
    const double tau = 0.5 * static_cast<double>(1 + random() % 13);
    expect_as_naive(TwoCurves(patients, weighted), weighted ? test::written_out(patients) : patients, tau);
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set << " tau " << tau;
  }
}

TEST(Rmst, PropertyEachLaneHasTheBitsOfItsOwnMean) {
  std::mt19937_64 random(22);
  for (int set = 0; set < 2000; ++set) {
    test::TwoResampledCurves c(test::random_patients(random, 1 + random() % 16, 2), random);
    const double tau = 0.5 * static_cast<double>(1 + random() % 13);
    const auto first = restricted_mean(c.reference, tau), second = restricted_mean(c.later, tau);
    for (std::size_t k = 0; k < lanes; ++k) {
      const auto a = restricted_mean(c.reference_alone(k), tau), b = restricted_mean(c.later_alone(k), tau);
      ASSERT_TRUE(test::same(rmst(second, .9, k), rmst(b, .9)));
      ASSERT_TRUE(test::same(rmst_difference(first, second, .9, k), rmst_difference(a, b, .9)));
      ASSERT_TRUE(test::same(rmst_ratio(first, second, .9, k), rmst_ratio(a, b, .9)));
    }
  }
}

TEST(Rmst, PropertyUnitsAndSwapping) {
  for (const char* name : {"aml", "veteran", "lung"}) {
    Patients patients = test::read_patients(name);
    const Estimate before = difference(TwoCurves(patients), 100), relative = ratio(TwoCurves(patients), 100);
    for (Patient& p : patients) p.time *= 4, p.group = 1 - p.group;
    const Estimate after = difference(TwoCurves(patients), 400), inverse = ratio(TwoCurves(patients), 400);
    EXPECT_TRUE(close(after.estimate, -4 * before.estimate, 1e-12));
    EXPECT_TRUE(close(after.statistic, -before.statistic, 1e-12));
    EXPECT_TRUE(close(inverse.lower, 1 / relative.upper, 1e-12));
  }
}

TEST(Rmst, DegenerateDataHaveAStatus) {
  Patients patients = test::read_patients("midpoint");  // two patients a group, all with events: times 2, 6 and 4, 8
  EXPECT_EQ(difference(TwoCurves(patients), 100).estimate, 6 - 4);  // both curves are 0 by then
  EXPECT_EQ(difference(TwoCurves(patients), 1).status, Status::no_events);
  EXPECT_EQ(difference(TwoCurves(patients), 1).estimate, 0);
  EXPECT_EQ(ratio(TwoCurves(patients), 1).status, Status::no_events);
  EXPECT_EQ(ratio(TwoCurves(patients), 1).estimate, 1);
  for (Patient& p : patients) p.time = p.group == 0 ? 2 : 4;  // everybody of a group at once: variance 0
  EXPECT_EQ(difference(TwoCurves(patients), 5).status, Status::singular);
  EXPECT_EQ(difference(TwoCurves(patients), 5).estimate, 2);
  EXPECT_EQ(ratio(TwoCurves(patients), 0).status, Status::singular);
  for (Patient& p : patients) p.event = false;
  EXPECT_EQ(difference(TwoCurves(patients), 3).status, Status::not_reached);
  EXPECT_EQ(difference(TwoCurves(patients), 2).status, Status::no_events);
  for (Patient& p : patients) p.group = 0;
  EXPECT_EQ(difference(TwoCurves(patients), 2).status, Status::empty_group);
  EXPECT_EQ(rmst(restricted_mean(TwoCurves({}).later, 2), .95).status, Status::empty_group);
}

}  // namespace
}  // namespace oligosim
