// A Cox model one of whose levels has no events: what is left is the model of the other rows, and its likelihood is
// where that of the whole model goes.
#include "engine/statistics/cox/limit_rows.hpp"

#include <gtest/gtest.h>

#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/cox/estimable_model.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patients;
using test::Sorted;

/// Three groups as two columns of 0 and 1 (x[2], x[3]) beside a number (x[1]); nobody of `without` has an event.
Patients three_groups(std::mt19937_64& random, std::size_t n, std::uint8_t without) {
  Patients patients = test::random_patients(random, n, 3);
  for (test::Patient& p : patients) {
    p.event = p.event && p.group != without;
    p.x[2] = p.group == 1;
    p.x[3] = p.group == 2;
  }
  return patients;
}

double log_likelihood_at(Sorted& s, const CoxCovariates& covariates, std::span<const double> beta, Ties ties) {
  CoxDerivatives<double> at{0.0, s.arena.take<double>(beta.size()), s.arena.take<double>(beta.size() * beta.size())};
  with_partial_likelihood(s.table, covariates, std::span<const double>{}, ties, s.arena, [&](const auto& likelihood) {
    const std::span<double> own = s.arena.take<double>(beta.size());
    for (std::size_t j = 0; j < own.size(); ++j) own[j] = beta[j] * likelihood.unit(j, 0);
    likelihood.evaluate(own, at);
  });
  return at.log_likelihood;
}

// The reference level or another.
TEST(LimitRows, OracleTheModelOfTheOtherRows) {
  std::mt19937_64 random(41);
  int compared = 0, with_weights = 0, of_reference = 0;
  for (int set = 0; set < 3000; ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 == 0;
    const auto without = static_cast<std::uint8_t>(set / 2 % 2);  // a reference of 0, or 1
    const Patients patients = three_groups(random, 12 + random() % 20, without);
    Patients others;
    for (const test::Patient& p : patients)
      if (p.group != without) others.push_back(p);
    Sorted a(patients, 2, stratified), b(others, 2, stratified);
    const CoxOptions options{ties, 50, 1e-13};
    const CoxCovariates all = a.terms(patients, {1, 2, 3});
    const std::span<const double> weight = weighted ? std::span<const double>(a.weight) : std::span<const double>{};
    const CoxFit whole = cox(a.table, all, weight, options, a.arena);
    const CoxFit expected =
        cox(b.table, b.terms(others, {1, 3}), weighted ? std::span<const double>(b.weight) : weight, options, b.arena);
    if (whole.status != Status::separation || expected.status != Status::ok) continue;
    const CoxFit fit = cox_of_estimable(a.table, all, weight, options, a.arena);
    ASSERT_EQ(fit.status, Status::ok) << set;
    ASSERT_TRUE(close(fit.coefficient[0], expected.coefficient[0], 1e-10)) << set;
    ASSERT_TRUE(close(fit.standard_error[0], expected.standard_error[0], 1e-10)) << set;
    EXPECT_TRUE(std::isnan(fit.coefficient[1]) && std::isnan(fit.standard_error[1]));
    if (without == 0) {
      EXPECT_TRUE(std::isnan(fit.coefficient[2]));  // against the reference
    } else {
      ASSERT_TRUE(close(fit.coefficient[2], expected.coefficient[1], 1e-10)) << set;
      ASSERT_TRUE(close(fit.standard_error[2], expected.standard_error[1], 1e-10)) << set;
    }
    ++compared, with_weights += weighted, of_reference += without == 0;
    if (weighted) continue;
    // The coefficients that go to infinity, far out: nothing is missing in the likelihood.
    const double far_out = without == 0 ? 60.0 : -60.0, other = expected.coefficient[1];
    const double far[] = {expected.coefficient[0], far_out, without == 0 ? far_out + other : other};
    ASSERT_NEAR(log_likelihood_at(a, all, far, ties), expected.log_likelihood, 1e-9) << set;
  }
  EXPECT_GT(compared, 2000);
  EXPECT_GT(with_weights, 250);
  EXPECT_GT(of_reference, 900);
}

// Of two columns one is 1 in all who have an event, the other 0: the rows of other values go.
TEST(LimitRows, OracleTwoColumnsAtOnce) {
  Patients patients(12);
  const double first[] = {1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0}, second[] = {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 1},
               third[] = {5, 1, 4, 2, 3, 6, 1, 2, 3, 3, 6, 2};
  for (std::size_t i = 0; i < 12; ++i) {
    patients[i].time = static_cast<double>(1 + i * 5 % 12);
    patients[i].event = i < 4;
    patients[i].x = {0, first[i], second[i], third[i]};
  }
  Patients others;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 9u, 10u}) others.push_back(patients[i]);
  Sorted s(patients), o(others);
  const CoxFit fit = cox_of_estimable(s.table, s.terms(patients, {1, 2, 3}), {}, {}, s.arena);
  const CoxFit expected = cox(o.table, o.terms(others, {3}), {}, {}, o.arena);
  ASSERT_EQ(fit.status, Status::ok);
  EXPECT_TRUE(std::isnan(fit.coefficient[0]) && std::isnan(fit.coefficient[1]));
  EXPECT_TRUE(close(fit.coefficient[2], expected.coefficient[0], 1e-8));
  EXPECT_TRUE(close(fit.standard_error[2], expected.standard_error[0], 1e-8));
}

// Who has the event is always the largest of those at risk, but not of all: rows leave some risk sets alone.
TEST(LimitRows, OracleNothingWhereTheLargestValueChangesWithTime) {
  Patients patients(6);
  for (std::size_t i = 0; i < 6; ++i) {
    patients[i].time = static_cast<double>(i + 1);
    patients[i].event = true;
    patients[i].x = {0, 6.0 - static_cast<double>(i), static_cast<double>(i * i % 3), 0};
  }
  Sorted s(patients);
  const CoxFit fit = cox(s.table, s.terms(patients, {1, 2}), {}, {}, s.arena);
  ASSERT_EQ(fit.status, Status::separation);
  EXPECT_FALSE(limit_rows(s.table, s.terms(patients, {1, 2}), {}, fit.direction, s.arena));
  EXPECT_EQ(cox_of_estimable(s.table, s.terms(patients, {1, 2}), {}, {}, s.arena).status, Status::separation);
}

}  // namespace
}  // namespace oligosim
