#include "engine/statistics/cox/robust_variance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/clustered.hpp"
#include "tests/statistics/naive.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Complex;
using test::Patient;
using test::Patients;
using test::Sorted;

Ties ties_named(const std::string& name) { return name == "efron" ? Ties::efron : Ties::breslow; }

TEST(RobustVariance, ReferenceCoxphWithClusters) {
  const test::ReferenceTable reference("robust_variance.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Patients patients = test::read_patients(reference.text(r, "data"));
    Sorted s(patients, 2, reference.number(r, "stratified") != 0);
    const CoxCovariates x = s.terms(patients, test::terms_of(reference.text(r, "terms")));
    const std::span<const double> weight = reference.number(r, "weighted") != 0 ? s.weight : std::span<double>();
    const Ties ties = ties_named(reference.text(r, "ties"));
    const CoxFit fit = cox(s.table, x, weight, {ties, 30, 1e-12}, s.arena);
    const test::ThreeToACluster three(s.table);
    const Clusters clusters = reference.number(r, "clustered") != 0 ? three.clusters : Clusters{};
    const RobustVariance robust =
        robust_variance(s.table, x, fit.coefficient, fit.variance, weight, clusters, ties, s.arena);
    ASSERT_EQ(robust.status, Status::ok);
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    EXPECT_TRUE(close(fit.standard_error[j], reference.number(r, "naive_standard_error"), 1e-8));
    EXPECT_TRUE(close(robust.standard_error[j], reference.number(r, "standard_error"), 1e-8));
    EXPECT_TRUE(close(robust.variance[j], reference.number(r, "covariance_with_first"), 1e-8));
    EXPECT_TRUE(close(robust.wald_test, reference.number(r, "wald_test"), 1e-8));
    EXPECT_TRUE(close(robust.score_test, reference.number(r, "score_test"), 1e-8));
  }
}

TEST(RobustVariance, ReferenceStratifiedVeteranTrial) {
  const Patients patients = test::read_patients("veteran");
  Sorted s(patients, 2, true);
  const CoxCovariates x = s.terms(patients, {0});
  const CoxFit fit = cox(s.table, x, {}, {}, s.arena);
  const RobustVariance robust =
      robust_variance(s.table, x, fit.coefficient, fit.variance, {}, {}, Ties::efron, s.arena);
  EXPECT_TRUE(close(fit.standard_error[0], .198235612566, 1e-11));
  EXPECT_TRUE(close(robust.standard_error[0], .185915398087, 1e-11));
}

TEST(RobustVariance, ReferenceScoreResidualsAndDfbetaOfR) {
  const test::ReferenceTable reference("score_residuals.csv");
  std::string described;
  CoxResiduals score, change;
  Arena arena;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    std::string fitted;
    for (const char* name : {"data", "terms", "ties", "stratified"}) fitted += reference.text(r, name) + ",";
    if (fitted != described) {
      described = fitted;
      arena.reset();
      const Patients patients = test::read_patients(reference.text(r, "data"));
      Sorted s(patients, 2, reference.number(r, "stratified") != 0);
      const CoxCovariates x = s.terms(patients, test::terms_of(reference.text(r, "terms")));
      const Ties ties = ties_named(reference.text(r, "ties"));
      const CoxFit fit = cox(s.table, x, {}, {ties, 30, 1e-12}, s.arena);
      const CoxResiduals in_table_order = score_residuals(s.table, x, fit.coefficient, {}, ties, s.arena);
      score = {arena.take<double>(in_table_order.values.size()), x.columns};
      for (std::size_t i = 0; i < in_table_order.values.size(); ++i) {
        score.values[s.table.row[i / x.columns] * x.columns + i % x.columns] = in_table_order.values[i];
      }
      change = dfbeta(score, fit.variance, arena);
    }
    SCOPED_TRACE(reference.describe(r));
    const auto at = static_cast<std::size_t>(reference.number(r, "row") * 2 + reference.number(r, "term"));
    EXPECT_TRUE(close(score.values[at], reference.number(r, "score"), 1e-8));
    EXPECT_TRUE(close(change.values[at], reference.number(r, "dfbeta"), 1e-8));
  }
}

// Component j of the score where the rows have weights near 1: a tied event of weight w counts by the mean weight of
// the events of its time, in each of Efron's risk sets.
Complex weighted_score(const Patients& rows, const std::vector<std::size_t>& columns, const std::vector<double>& beta,
                       Ties ties, bool stratified, std::size_t j, const std::vector<Complex>& weight) {
  Complex total = 0;
  for (const double time : test::naive::times(rows, true)) {
    for (std::size_t stratum = 0; stratum < (stratified ? 2 : 1); ++stratum) {
      Complex all = 0, all_x = 0, dying = 0, dying_x = 0, events_weight = 0;
      double events = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].time < time || (stratified && rows[i].stratum != stratum)) continue;
        double predictor = 0;
        for (std::size_t c = 0; c < columns.size(); ++c) predictor += beta[c] * rows[i].x[columns[c]];
        const Complex risk = weight[i] * std::exp(predictor);
        const double x = rows[i].x[columns[j]];
        all += risk;
        all_x += risk * x;
        if (rows[i].time != time || !rows[i].event) continue;
        dying += risk;
        dying_x += risk * x;
        events_weight += weight[i];
        total += weight[i] * x;
        ++events;
      }
      for (double k = 0; k < events; ++k) {
        const double out = ties == Ties::efron ? k / events : 0;
        total -= events_weight / events * (all_x - out * dying_x) / (all - out * dying);
      }
    }
  }
  return total;
}

TEST(RobustVariance, OracleDerivativesByTheWeightsOn10000TiedDataSets) {
  std::mt19937_64 random(41);
  for (int set = 0; set < 10000; ++set) {
    Patients patients = test::random_patients(random, 1 + random() % 10, 2);
    const bool stratified = random() % 2, weighted = random() % 2;
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const std::vector<std::size_t> columns = {0, 1};
    const std::vector<double> beta = {static_cast<double>(random() % 200) / 100 - 1,
                                      static_cast<double>(random() % 200) / 100 - 1};
    Sorted s(patients, 2, stratified);
    const CoxResiduals score = score_residuals(s.table, s.terms(patients, columns), beta,
                                               weighted ? s.weight : std::span<double>(), ties, s.arena);
    const Patients rows = weighted ? test::written_out(patients) : patients;
    if (test::naive::times(rows, true).empty()) {
      ASSERT_EQ(score.status, Status::no_events);
      for (const double value : score.values) ASSERT_TRUE(std::isnan(value));
      continue;
    }
    ASSERT_EQ(score.status, Status::ok);
    for (std::size_t j = 0; j < 2; ++j) {
      const std::vector<double> naive = test::by_weight(
          std::vector<double>(rows.size(), 1),
          [&](const std::vector<Complex>& at) { return weighted_score(rows, columns, beta, ties, stratified, j, at); });
      std::vector<std::size_t> first_copy;  // of each patient among the rows
      for (std::size_t i = 0, row = 0; i < patients.size(); ++i) {
        first_copy.push_back(row);
        row += weighted ? static_cast<std::size_t>(patients[i].weight) : 1;
      }
      for (std::size_t i = 0; i < patients.size(); ++i) {
        const Patient& p = patients[s.table.row[i]];
        const double expected = weighted && p.weight == 0 ? 0 : naive[first_copy[s.table.row[i]]];
        ASSERT_NEAR(score.values[2 * i + j], expected, 1e-10) << "data set " << set;
      }
    }
  }
}

struct Fitted {
  Status status;
  std::vector<double> standard_error;
  double wald_test, score_test;
};

Fitted robust(const Patients& patients, const std::vector<std::size_t>& columns, bool weighted, Ties ties,
              bool clustered, bool stratified = false) {
  Sorted s(patients, 2, stratified);
  const CoxCovariates x = s.terms(patients, columns);
  const std::span<const double> weight = weighted ? s.weight : std::span<double>();
  const CoxFit fit = cox(s.table, x, weight, {ties, 30, 1e-12}, s.arena);
  std::vector<std::uint32_t> by_stratum_and_group;  // clusters that are the same whatever the rows
  for (const std::uint32_t row : s.table.row) {
    by_stratum_and_group.push_back(2u * patients[row].stratum + static_cast<std::uint32_t>(patients[row].x[2]) * 10);
  }
  const RobustVariance r = robust_variance(s.table, x, fit.coefficient, fit.variance, weight,
                                           clustered ? Clusters{by_stratum_and_group, 40} : Clusters{}, ties, s.arena);
  return {r.status, {r.standard_error.begin(), r.standard_error.end()}, r.wald_test, r.score_test};
}

TEST(RobustVariance, PropertyIntegerWeightsAreRowsWrittenOut) {
  std::mt19937_64 random(42);
  int compared = 0;
  for (int set = 0; set < 3000; ++set) {
    const Patients patients = test::random_patients(random, 12 + random() % 20, 2);
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool clustered = random() % 2, stratified = random() % 2;
    const Fitted a = robust(patients, {1}, true, ties, clustered, stratified);
    const Fitted b = robust(test::written_out(patients), {1}, false, ties, clustered, stratified);
    ASSERT_EQ(a.status, b.status) << set;
    ASSERT_TRUE(close(a.standard_error[0], b.standard_error[0], 1e-10)) << set;
    ASSERT_TRUE(close(a.wald_test, b.wald_test, 1e-8));
    ASSERT_TRUE(close(a.score_test, b.score_test, 1e-8));
    compared += a.status == Status::ok;
  }
  EXPECT_GT(compared, 2500);
}

TEST(RobustVariance, PropertyPermutingAndRescaling) {
  std::mt19937_64 random(43);
  for (int set = 0; set < 500; ++set) {
    Patients patients = test::random_patients(random, 30, 2);
    const Fitted before = robust(patients, {0, 1}, false, Ties::efron, true, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30, p.x[1] = 100 * p.x[1] + 1e4;
    const Fitted after = robust(patients, {0, 1}, false, Ties::efron, true, true);
    ASSERT_EQ(after.status, before.status);
    if (before.status != Status::ok) continue;
    ASSERT_TRUE(close(after.standard_error[0], before.standard_error[0], 1e-8));
    ASSERT_TRUE(close(after.standard_error[1], before.standard_error[1] / 100, 1e-8));
    ASSERT_TRUE(close(after.score_test, before.score_test, 1e-8));
  }
}

TEST(RobustVariance, PropertyWeightedResidualsSumToTheScore) {
  std::mt19937_64 random(44);
  for (int set = 0; set < 500; ++set) {
    const Patients patients = test::random_patients(random, 20, 2);
    Sorted s(patients, 2, true);
    const std::vector<double> beta = {.3, -.7, .1};
    for (const Ties ties : {Ties::efron, Ties::breslow}) {
      const CoxResiduals score = score_residuals(s.table, s.terms(patients, {0, 1, 2}), beta, s.weight, ties, s.arena);
      if (score.status != Status::ok) continue;
      const std::vector<double> naive = test::naive::gradient(test::written_out(patients), {0, 1, 2}, beta, ties, true);
      for (std::size_t j = 0; j < 3; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < patients.size(); ++i) sum += s.weight[i] * score.values[3 * i + j];
        ASSERT_NEAR(sum, naive[j], 1e-10);
      }
    }
  }
}

TEST(RobustVariance, DegenerateDataHaveAStatus) {
  Patients patients = test::read_patients("aml");
  Sorted s(patients);
  const CoxCovariates x = s.terms(patients, {0});
  const CoxFit fit = cox(s.table, x, {}, {}, s.arena);
  const std::vector<std::uint32_t> one(patients.size(), 0);
  const auto status = [&](std::span<const double> coefficient, std::span<const double> weight,
                          const Clusters& clusters) {
    const RobustVariance r =
        robust_variance(s.table, x, coefficient, fit.variance, weight, clusters, Ties::efron, s.arena);
    EXPECT_EQ(std::isnan(r.variance[0]), r.status != Status::ok);
    EXPECT_EQ(std::isnan(r.standard_error[0]), r.status != Status::ok);
    return r.status;
  };
  EXPECT_EQ(status(fit.coefficient, {}, {}), Status::ok);
  EXPECT_EQ(status(fit.coefficient, {}, {one, 1}), Status::singular);
  EXPECT_EQ(status(std::vector<double>{missing}, {}, {}), Status::did_not_converge);
  EXPECT_EQ(status(std::vector<double>{1e4}, {}, {}), Status::did_not_converge);
  EXPECT_EQ(status(fit.coefficient, std::vector<double>(patients.size(), 0.0), {}), Status::no_events);
  for (std::size_t n = 0; n < 3; ++n) {
    Patients few(patients.begin(), patients.begin() + n);
    for (Patient& p : few) p.event = false;
    Sorted sorted(few);
    EXPECT_EQ(
        score_residuals(sorted.table, sorted.terms(few, {0}), std::vector<double>{0}, {}, Ties::efron, sorted.arena)
            .status,
        Status::no_events);
  }
}

}  // namespace
}  // namespace oligosim
