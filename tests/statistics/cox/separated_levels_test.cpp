// A Cox model one of whose levels has no events: what is left is the model of the other rows, and its likelihood is
// where that of the whole model goes.
#include "engine/statistics/cox/separated_levels.hpp"

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

TEST(SeparatedLevels, OracleTheModelOfTheOtherRows) {
  std::mt19937_64 random(41);
  int compared = 0, with_weights = 0;
  for (int set = 0; set < 2000; ++set) {
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const bool stratified = set % 3 == 0, weighted = set % 5 == 0;
    const Patients patients = three_groups(random, 12 + random() % 20, 1);
    Patients others;
    for (const test::Patient& p : patients)
      if (p.group != 1) others.push_back(p);
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
    EXPECT_TRUE(std::isnan(fit.coefficient[1]) && std::isnan(fit.standard_error[1]));
    for (const std::size_t j : {0u, 1u}) {
      ASSERT_TRUE(close(fit.coefficient[2 * j], expected.coefficient[j], 1e-10)) << set;
      ASSERT_TRUE(close(fit.standard_error[2 * j], expected.standard_error[j], 1e-10)) << set;
    }
    ++compared, with_weights += weighted;
    if (weighted) continue;
    // The coefficient that goes to infinity, far out: nothing is missing in the likelihood.
    const double far[] = {expected.coefficient[0], -60.0, expected.coefficient[1]};
    ASSERT_NEAR(log_likelihood_at(a, all, far, ties), expected.log_likelihood, 1e-9) << set;
  }
  EXPECT_GT(compared, 1200);
  EXPECT_GT(with_weights, 150);
}

// Of two columns one is 1 in all who have an event: its rows of 0 go, and whoever has no events among those left.
TEST(SeparatedLevels, OracleOneAfterTheOther) {
  Patients patients(9);
  const double time[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, first[] = {1, 1, 1, 1, 1, 1, 0, 0, 0},
               second[] = {0, 0, 0, 0, 1, 1, 1, 1, 0}, third[] = {5, 1, 4, 2, 3, 6, 1, 2, 3};
  for (std::size_t i = 0; i < 9; ++i) {
    patients[i].time = time[i];
    patients[i].event = i < 4;
    patients[i].x = {0, first[i], second[i], third[i]};
  }
  Sorted s(patients);
  const auto left = without_separated_levels(s.table, s.terms(patients, {1, 2, 3}), {}, s.arena);
  ASSERT_TRUE(left);
  EXPECT_EQ(std::vector<std::uint16_t>(left->columns.kept.begin(), left->columns.kept.end()),
            std::vector<std::uint16_t>{2});
  EXPECT_EQ(std::vector<std::uint32_t>(left->position.begin(), left->position.end()),
            (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_FALSE(left->columns.place(0) || left->columns.place(1));
  EXPECT_EQ(left->columns.place(2), 0u);
}

TEST(SeparatedLevels, OracleNothingWhereEveryValueHasEventsOrTheColumnIsANumber) {
  std::mt19937_64 random(42);
  Patients patients = three_groups(random, 30, 0);
  for (test::Patient& p : patients) p.x[1] = p.event ? 3 : 2;  // separates, but is not of 0 and 1
  Sorted s(patients);
  EXPECT_FALSE(without_separated_levels(s.table, s.terms(patients, {1}), {}, s.arena));
  EXPECT_FALSE(without_separated_levels(s.table, s.terms(patients, {2, 3}), {}, s.arena));  // 0 of both has none
}

}  // namespace
}  // namespace oligosim
