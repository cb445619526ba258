#include "engine/statistics/survival/fine_gray.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/covariates.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/survival/naive_competing.hpp"

namespace oligosim {
namespace {

using test::close;
using test::CompetingPatient;
using test::CompetingPatients;
using test::SortedCompeting;

struct Fit {
  Status status;
  std::vector<double> coefficient, variance;
  double log_likelihood, null_log_likelihood, n, n_events;
};

template <Weight V>
Fit of_lane(const FineGrayFit<V>& fit, std::size_t k) {
  Fit one{fit.status[k],        {}, {}, lane(fit.log_likelihood, k), lane(fit.null_log_likelihood, k), lane(fit.n, k),
          lane(fit.n_events, k)};
  for (const V& b : fit.coefficient) one.coefficient.push_back(lane(b, k));
  for (const V& v : fit.variance) one.variance.push_back(lane(v, k));
  return one;
}

Fit fit(const CompetingPatients& patients, const std::vector<std::size_t>& columns, std::uint8_t cause = 1,
        bool weighted = false) {
  SortedCompeting s(patients);
  const std::vector<double> x = s.terms(patients, columns);
  return of_lane(fine_gray<double>(s.table, {s.cause, cause, x, columns.size()},
                                   weighted ? s.weight : std::span<const double>(), s.arena),
                 0);
}

TEST(FineGray, ReferenceCrr) {
  const test::ReferenceTable reference("fine_gray.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const CompetingPatients patients = test::read_competing(reference.text(r, "data"));
    const Fit f = fit(patients, test::columns_named(reference.text(r, "terms")),
                      static_cast<std::uint8_t>(reference.number(r, "cause")), reference.number(r, "weighted") != 0);
    ASSERT_EQ(f.status, Status::ok);
    // Not polished, crr stops where its score is below 1e-6 of the likelihood: up to some 1e-6 from the maximum.
    const double tolerance = reference.number(r, "polished") != 0 ? 1e-8 : 1e-5;
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    const double standard_error = std::sqrt(f.variance[j * f.coefficient.size() + j]);
    EXPECT_TRUE(close(f.coefficient[j], reference.number(r, "coefficient"), tolerance));
    EXPECT_TRUE(close(standard_error, reference.number(r, "standard_error"), tolerance));
    EXPECT_TRUE(close(f.variance[j], reference.number(r, "covariance_with_first"), tolerance));
    EXPECT_TRUE(close(f.log_likelihood, reference.number(r, "log_likelihood"), 1e-10));
    EXPECT_TRUE(close(f.null_log_likelihood, reference.number(r, "null_log_likelihood"), 1e-10));
  }
}

// ---- From the definition, on rows, for one covariate ----

double censoring_free_before(const CompetingPatients& rows, double t) {
  double g = 1;
  for (double u = 1; u < t; ++u) {
    const double censored = test::naive::failing_of(rows, u, 0);
    if (censored > 0) g *= 1 - censored / test::naive::followed(rows, u);
  }
  return g;
}

/// Weight of p in the risk set at t.
double presence(const CompetingPatients& rows, const CompetingPatient& p, double t) {
  if (p.time >= t) return 1;
  return p.cause > 1 ? censoring_free_before(rows, t) / censoring_free_before(rows, p.time) : 0;
}

struct RiskSet {
  double t, events, s0 = 0, s1 = 0, s2 = 0;
  double mean() const { return s1 / s0; }
};

std::vector<RiskSet> risk_sets(const CompetingPatients& rows, std::size_t column, double beta) {
  std::vector<RiskSet> sets;
  for (const double t : test::naive::event_times(rows)) {
    RiskSet set{t, test::naive::failing_of(rows, t, 1)};
    for (const CompetingPatient& p : rows) {
      const double r = presence(rows, p, t) * std::exp(beta * p.x[column]);
      set.s0 += r, set.s1 += r * p.x[column], set.s2 += r * p.x[column] * p.x[column];
    }
    if (set.events > 0) sets.push_back(set);
  }
  return sets;
}

double score(const CompetingPatients& rows, std::size_t column, double beta) {
  double sum = 0;
  for (const CompetingPatient& p : rows) sum += p.cause == 1 ? p.x[column] : 0;
  for (const RiskSet& set : risk_sets(rows, column, beta)) sum -= set.events * set.mean();
  return sum;
}

/// Fine and Gray (1999), the sandwich of their section 3, every integral a sum over rows.
double robust_variance(const CompetingPatients& rows, std::size_t column, double beta) {
  const std::vector<RiskSet> sets = risk_sets(rows, column, beta);
  double information = 0, squares = 0;
  for (const RiskSet& set : sets) information += set.events * (set.s2 / set.s0 - set.mean() * set.mean());
  const auto q = [&](double u) {  // minus theirs, not divided by n
    double sum = 0;
    for (const CompetingPatient& p : rows) {
      if (p.cause < 2 || p.time >= u) continue;
      for (const RiskSet& set : sets) {
        if (set.t < u) continue;
        sum +=
            (p.x[column] - set.mean()) * presence(rows, p, set.t) * std::exp(beta * p.x[column]) * set.events / set.s0;
      }
    }
    return sum;
  };
  for (const CompetingPatient& p : rows) {
    double influence = 0;
    for (const RiskSet& set : sets) {
      const double residual = (p.cause == 1 && p.time == set.t) -
                              presence(rows, p, set.t) * std::exp(beta * p.x[column]) * set.events / set.s0;
      influence += (p.x[column] - set.mean()) * residual;
    }
    for (double u = 1; u <= p.time; ++u) {
      const double censored = test::naive::failing_of(rows, u, 0), n = test::naive::followed(rows, u);
      if (censored > 0) influence += q(u) / n * ((p.cause == 0 && p.time == u) - censored / n);
    }
    squares += influence * influence;
  }
  return squares / (information * information);
}

double maximize(const CompetingPatients& rows, std::size_t column) {
  double low = -40, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (score(rows, column, middle) > 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

TEST(FineGray, OracleRiskSetsAndSandwichFromTheDefinitionOn10000TiedDataSets) {
  std::mt19937_64 random(41);
  int compared = 0;
  for (int set = 0; set < 10000; ++set) {
    const std::size_t column = random() % 2;
    const CompetingPatients patients = test::random_competing(random, 2 + random() % 9, 2, 2);
    const bool weighted = set % 3 == 0;
    const CompetingPatients rows = weighted ? test::written_out(patients) : patients;
    const Fit f = fit(patients, {column}, 1, weighted);
    ASSERT_EQ(f.n, static_cast<double>(rows.size()));
    const bool none = test::naive::count_rows(rows, [](const auto& p) { return p.cause == 1; }) == 0;
    if (rows.empty() || none) {
      ASSERT_EQ(f.status, rows.empty() ? Status::empty_group : Status::no_events);
      continue;
    }
    double information = 0;
    for (const RiskSet& s : risk_sets(rows, column, 0)) information += s.events * (s.s2 / s.s0 - s.mean() * s.mean());
    const bool up = score(rows, column, 30) > -1e-8, down = score(rows, column, -30) < 1e-8;
    if (information < 1e-12) {
      ASSERT_EQ(f.status, Status::singular);
    } else if (up || down) {
      ASSERT_TRUE(f.status == Status::separation || std::abs(f.coefficient[0]) > 10) << "set " << set;
    } else {
      ASSERT_EQ(f.status, Status::ok) << "set " << set;
    }
    if (f.status != Status::ok) {
      ASSERT_TRUE(std::isnan(f.coefficient[0]) && std::isnan(f.variance[0]));
      continue;
    }
    if (set % (10000 / test::oracle_sets(2500))) continue;  // bisection takes long
    ++compared;
    const double beta = maximize(rows, column);
    ASSERT_NEAR(f.coefficient[0], beta, 1e-10 * std::max(1.0, std::abs(beta))) << "set " << set;
    ASSERT_TRUE(close(f.variance[0], robust_variance(rows, column, f.coefficient[0]), 1e-10)) << "set " << set;
  }
  EXPECT_GT(compared, 500);
}

TEST(FineGray, PropertyIntegerWeightsAreRowsWrittenOutAndLanesAreTheScalarBitForBit) {
  std::mt19937_64 random(42);
  for (int set = 0; set < 2000; ++set) {
    const CompetingPatients patients = test::random_competing(random, 2 + random() % 25, 2, 2);
    const std::vector<std::size_t> columns = set % 2 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{0, 1, 2};
    const Fit a = fit(patients, columns, 1, true), b = fit(test::written_out(patients), columns);
    ASSERT_EQ(a.status, b.status) << "set " << set;
    for (std::size_t j = 0; j < columns.size(); ++j) ASSERT_TRUE(close(a.coefficient[j], b.coefficient[j], 1e-9));
    for (std::size_t j = 0; j < a.variance.size(); ++j) ASSERT_TRUE(close(a.variance[j], b.variance[j], 1e-8));
    SortedCompeting s(patients);
    const std::vector<double> x = s.terms(patients, columns);
    const FineGrayModel model{s.cause, 1, x, columns.size()};
    const std::span<const Lanes> weights = s.lane_weights(random);
    const FineGrayFit<Lanes> all = fine_gray<Lanes>(s.table, model, weights, s.arena);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const Fit one = of_lane(fine_gray<double>(s.table, model, s.one_lane(weights, lane), s.arena), 0);
      const Fit same = of_lane(all, lane);
      ASSERT_EQ(one.status, same.status) << "set " << set;
      for (std::size_t j = 0; j < columns.size(); ++j)
        ASSERT_TRUE(test::identical(one.coefficient[j], same.coefficient[j]));
      for (std::size_t j = 0; j < one.variance.size(); ++j)
        ASSERT_TRUE(test::identical(one.variance[j], same.variance[j]));
      ASSERT_TRUE(test::identical(one.log_likelihood, same.log_likelihood));
    }
  }
}

TEST(FineGray, PropertyOrderUnitsAndReference) {
  CompetingPatients patients = test::read_competing("cirrhosis");
  const Fit before = fit(patients, {0, 1, 2}, 2);
  std::mt19937_64 random(43);
  std::shuffle(patients.begin(), patients.end(), random);
  for (CompetingPatient& p : patients) p.time *= 30, p.x[0] = 1 - p.x[0], p.x[2] = 12 * p.x[2] - 5;
  const Fit after = fit(patients, {0, 1, 2}, 2);
  EXPECT_TRUE(close(after.coefficient[0], -before.coefficient[0], 1e-9));
  EXPECT_TRUE(close(after.coefficient[1], before.coefficient[1], 1e-9));
  EXPECT_TRUE(close(after.coefficient[2] * 12, before.coefficient[2], 1e-9));
  EXPECT_TRUE(close(after.variance[8] * 144, before.variance[8], 1e-9));
  EXPECT_TRUE(close(after.log_likelihood, before.log_likelihood, 1e-12));
}

TEST(FineGray, DegenerateDataHaveAStatus) {
  const CompetingPatients example = test::read_competing("example");
  CompetingPatients other = example, constant = example, separated = example, tied = example;
  for (CompetingPatient& p : other) p.cause = p.cause == 1 ? 2 : p.cause;
  for (CompetingPatient& p : constant) p.x[0] = 1;
  for (CompetingPatient& p : separated) p.x[0] = p.cause == 1;
  for (CompetingPatient& p : tied) p.time = 1, p.cause = 1;
  EXPECT_EQ(fit({}, {0}).status, Status::empty_group);
  EXPECT_EQ(fit(other, {0}).status, Status::no_events);
  EXPECT_EQ(fit(constant, {0}).status, Status::singular);
  EXPECT_EQ(fit(example, {0, 0}).status, Status::singular);
  EXPECT_EQ(fit(separated, {0}).status, Status::separation);
  EXPECT_EQ(fit(separated, {1, 0}).status, Status::separation);
  EXPECT_EQ(fit(tied, {0}).status, Status::ok);  // as with Cox and Breslow: the mean is the maximum
  EXPECT_EQ(fit({example[0]}, {0}).status, Status::singular);
  EXPECT_EQ(fit({example[0], example[1]}, {0}).status, Status::separation);
}

}  // namespace
}  // namespace oligosim
