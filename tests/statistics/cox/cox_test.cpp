#include "engine/statistics/cox/cox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/covariates.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;

TEST(Cox, ReferenceCoxph) {
  const test::ReferenceTable reference("cox.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Patients patients = test::read_patients(reference.text(r, "data"));
    Sorted s(patients, 2, reference.number(r, "stratified") != 0);
    CoxOptions options;
    options.ties = reference.text(r, "ties") == "efron" ? Ties::efron : Ties::breslow;
    options.tolerance = reference.number(r, "eps");
    const bool weighted = reference.number(r, "weighted") != 0;
    const CoxFit fit = cox(s.table, s.terms(patients, test::columns_named(reference.text(r, "terms"))),
                           weighted ? s.weight : std::span<double>(), options, s.arena);
    ASSERT_EQ(fit.status, Status::ok);
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    EXPECT_TRUE(close(fit.coefficient[j], reference.number(r, "coefficient"), 1e-8));
    EXPECT_TRUE(close(fit.standard_error[j], reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(fit.variance[j], reference.number(r, "covariance_with_first"), 1e-8));
    EXPECT_TRUE(close(fit.null_log_likelihood, reference.number(r, "null_log_likelihood"), 1e-10));
    EXPECT_TRUE(close(fit.log_likelihood, reference.number(r, "log_likelihood"), 1e-10));
    EXPECT_TRUE(close(fit.score_test, reference.number(r, "score_test"), 1e-8));
    EXPECT_TRUE(close(fit.wald_test, reference.number(r, "wald_test"), 1e-8));
    EXPECT_TRUE(close(fit.likelihood_ratio_test, reference.number(r, "likelihood_ratio_test"), 1e-8));
    EXPECT_EQ(fit.iterations, reference.number(r, "iterations"));
  }
}

struct Fit {
  Status status;
  std::vector<double> coefficient, standard_error;
  double score_test, null_score, null_log_likelihood, n, n_events;
};

Fit fit(const Patients& patients, const std::vector<std::size_t>& columns, bool stratified = false,
        bool weighted = false, Ties ties = Ties::efron) {
  Sorted s(patients, 2, stratified);
  const CoxFit f = cox(s.table, s.terms(patients, columns), weighted ? s.weight : std::span<double>(), {ties}, s.arena);
  return {f.status,
          {f.coefficient.begin(), f.coefficient.end()},
          {f.standard_error.begin(), f.standard_error.end()},
          f.score_test,
          f.null_score,
          f.null_log_likelihood,
          f.n,
          f.n_events};
}

void expect_no_number(const Fit& f, Status status) {
  EXPECT_EQ(f.status, status);
  for (const double b : f.coefficient) EXPECT_TRUE(std::isnan(b));
  for (const double se : f.standard_error) EXPECT_TRUE(std::isnan(se));
}

TEST(Cox, DegenerateNoEvents) {
  Patients patients = test::read_patients("aml");
  for (Patient& p : patients) p.event = false;
  expect_no_number(fit(patients, {0}), Status::no_events);
  expect_no_number(fit(patients, {0, 1}), Status::no_events);
  expect_no_number(fit({}, {0}), Status::no_events);
}

TEST(Cox, DegenerateConstantCovariateIsSingular) {
  Patients patients = test::read_patients("veteran");
  for (Patient& p : patients) p.x[0] = 1, p.x[1] = 0.1;
  expect_no_number(fit(patients, {0}), Status::singular);
  expect_no_number(fit(patients, {1}), Status::singular);
  expect_no_number(fit(patients, {2, 1}), Status::singular);
  for (Patient& p : patients) p.x[0] = 0;
  expect_no_number(fit(patients, {0}), Status::singular);
}

TEST(Cox, DegenerateConstantWithinStrataIsSingular) {
  Patients patients = test::read_patients("veteran");
  for (Patient& p : patients) p.x[0] = p.stratum > 1, p.x[1] = 0.1 * p.stratum;
  expect_no_number(fit(patients, {0}, true), Status::singular);
  expect_no_number(fit(patients, {1}, true), Status::singular);
  expect_no_number(fit(patients, {2, 1}, true), Status::singular);
}

TEST(Cox, DegenerateCollinearCovariatesAreSingular) {
  Patients patients = test::read_patients("veteran");
  for (Patient& p : patients) p.x[3] = 0.3 * p.x[1] - 2 * p.x[2] + 7;
  expect_no_number(fit(patients, {1, 2, 3}), Status::singular);
  expect_no_number(fit(patients, {1, 1}), Status::singular);
  EXPECT_EQ(fit(patients, {1, 3}).status, Status::ok);
}

TEST(Cox, DegenerateEverybodyDiesAtOnce) {
  Patients patients = test::read_patients("aml");
  for (Patient& p : patients) p.time = 1, p.event = true;
  // Breslow's likelihood is that of one risk set; Efron's as well has a maximum: the coefficient is finite.
  EXPECT_EQ(fit(patients, {0}).status, Status::ok);
  EXPECT_EQ(fit(patients, {0}, false, false, Ties::breslow).status, Status::ok);
  EXPECT_NEAR(fit(patients, {0}, false, false, Ties::breslow).coefficient[0], 0, 1e-12);
}

TEST(Cox, DegenerateSeparationBySingleGroup) {
  for (const double code : {1.0, 2.0}) {  // a 0/1 column and another take different paths
    for (const bool second : {false, true}) {
      Patients patients = test::read_patients("aml");
      for (Patient& p : patients) {
        p.event = p.event && (p.group == 1) == second;
        p.x[1] = code * p.group;
      }
      const Fit f = fit(patients, {1});
      expect_no_number(f, Status::separation);
      EXPECT_GT(f.score_test, 0);
      EXPECT_EQ(f.null_score > 0, second);  // those with events are of the larger code
      EXPECT_LT(f.null_log_likelihood, 0);
    }
  }
}

TEST(Cox, DegenerateSeparationWhereLaterEventsAreAmongOneGroupOnly) {
  // Group 1 fails first and completely; group 0 fails later: events in both, and still no finite maximum.
  Patients patients(8);
  for (std::size_t i = 0; i < 8; ++i) {
    patients[i].time = static_cast<double>(i + 1);
    patients[i].event = true;
    patients[i].x[0] = i < 4;
    patients[i].x[1] = i < 4 ? 2.5 : -1;
    patients[i].x[2] = static_cast<double>(i % 3);
  }
  expect_no_number(fit(patients, {0}), Status::separation);
  expect_no_number(fit(patients, {1}), Status::separation);
  expect_no_number(fit(patients, {1, 2}), Status::separation);
  std::swap(patients[3].x, patients[4].x);
  EXPECT_EQ(fit(patients, {0}).status, Status::ok);
  EXPECT_EQ(fit(patients, {1}).status, Status::ok);
}

TEST(Cox, DegenerateSeparationByACombination) {
  // The order of death is that of x1 + x2, neither of which orders it alone.
  std::mt19937_64 random(21);
  Patients patients(30);
  for (Patient& p : patients) {
    p.x[1] = static_cast<double>(random() % 1000) / 100;
    p.x[2] = static_cast<double>(random() % 1000) / 100;
    p.time = 100 - p.x[1] - p.x[2];
    p.event = true;
  }
  expect_no_number(fit(patients, {1, 2}), Status::separation);
  EXPECT_EQ(fit(patients, {1}).status, Status::ok);
  EXPECT_EQ(fit(patients, {2}).status, Status::ok);
}

TEST(Cox, DegenerateOneSeparatedAmongOthers) {
  Patients patients = test::read_patients("veteran");
  for (Patient& p : patients) {
    p.x[3] = p.stratum == 2;
    if (p.x[3] == 1) p.event = false;
  }
  expect_no_number(fit(patients, {0, 1, 3}), Status::separation);
  EXPECT_EQ(fit(patients, {0, 1}).status, Status::ok);
}

TEST(Cox, ReportsTooFewIterations) {
  const Patients patients = test::read_patients("veteran");
  Sorted s(patients);
  const CoxFit f = cox(s.table, s.terms(patients, {0, 1}), {}, {Ties::efron, 2, 1e-9}, s.arena);
  EXPECT_EQ(f.status, Status::did_not_converge);
  EXPECT_TRUE(std::isnan(f.coefficient[0]));
}

TEST(Cox, PropertyPermutingRescalingAndSwapping) {
  std::mt19937_64 random(22);
  int compared = 0;
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 25, 2);
    const Fit before = fit(patients, {0, 1, 2}, true), single = fit(patients, {0}, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30, p.x[1] *= 10;
    const Fit after = fit(patients, {0, 1, 2}, true);
    ASSERT_EQ(fit(patients, {0}, true).coefficient, single.coefficient);
    ASSERT_EQ(after.status, before.status);
    for (Patient& p : patients) p.x[0] = 1 - p.x[0];
    const Fit swapped = fit(patients, {0}, true);
    ASSERT_EQ(swapped.status, single.status);
    if (before.status != Status::ok || single.status != Status::ok) continue;
    ++compared;
    ASSERT_TRUE(close(after.coefficient[0], before.coefficient[0], 1e-9));
    ASSERT_TRUE(close(after.coefficient[1], before.coefficient[1] / 10, 1e-9));
    ASSERT_TRUE(close(swapped.coefficient[0], -single.coefficient[0], 1e-9));
    ASSERT_TRUE(close(swapped.standard_error[0], single.standard_error[0], 1e-9));
  }
  EXPECT_GT(compared, 900);
}

TEST(Cox, PropertyAZeroOneCovariateGivesTheSameOnBothPaths) {
  std::mt19937_64 random(23);
  for (int set = 0; set < 3000; ++set) {
    Patients patients = test::random_patients(random, 4 + random() % 30, 2);
    for (Patient& p : patients) p.x[1] = 2 * p.x[0] - 1;  // -1/1: the general path, twice the scale
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = random() % 2, weighted = random() % 2;
    const Fit a = fit(patients, {0}, stratified, weighted, ties), b = fit(patients, {1}, stratified, weighted, ties);
    ASSERT_EQ(a.status, b.status) << set;
    ASSERT_TRUE(close(a.coefficient[0], 2 * b.coefficient[0], 1e-10));
    ASSERT_TRUE(close(a.standard_error[0], 2 * b.standard_error[0], 1e-10));
    ASSERT_TRUE(close(a.score_test, b.score_test, 1e-10));
    ASSERT_TRUE(close(a.null_log_likelihood, b.null_log_likelihood, 1e-12));
  }
}

TEST(Cox, PropertyAStratumWithOneArmAddsNothing) {
  Patients patients = test::read_patients("aml");
  const Fit before = fit(patients, {0}, true);
  for (Patient p : test::read_patients("ovarian")) {
    p.stratum = 1;
    p.x[0] = 1;
    patients.push_back(p);
  }
  const Fit after = fit(patients, {0}, true);
  EXPECT_NEAR(after.coefficient[0], before.coefficient[0], 1e-6);  // a larger log likelihood stops earlier
  EXPECT_NEAR(after.score_test, before.score_test, 1e-12);
}

TEST(Cox, PropertyScoreTestOfUntiedTwoGroupsIsTheLogRankTest) {
  std::mt19937_64 random(24);
  for (int set = 0; set < 500; ++set) {
    Patients patients = test::random_patients(random, 30, 2);
    for (std::size_t i = 0; i < patients.size(); ++i) patients[i].time = static_cast<double>(i * 7 % 31);
    Sorted s(patients, 2, true);
    const Estimate log_rank = log_rank_test(s.table, s.grouping, {}, {}, s.arena);
    ASSERT_EQ(log_rank.status, Status::ok);
    ASSERT_TRUE(close(fit(patients, {0}, true).score_test, log_rank.statistic, 1e-12));
  }
}

}  // namespace
}  // namespace oligosim
