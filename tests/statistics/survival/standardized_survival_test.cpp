#include "engine/statistics/survival/standardized_survival.hpp"

#include <Eigen/Dense>
#include <random>

#include "tests/statistics/covariates.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;

double spread(std::span<const double> influence) {
  double squares = 0;
  for (const double x : influence) squares += x * x;
  return std::sqrt(squares);
}

struct Standardized {
  Status status = Status::ok;
  std::vector<double> survival[2], influence[2];  // influence by row of the data
};

/// `target`: all, first_group or second_group.
Standardized standardized(const Patients& patients, std::vector<std::size_t> columns, double time,
                          const std::string& target) {
  columns.insert(columns.begin(), 0);
  test::Sorted s(patients);
  const CoxCovariates covariates = s.terms(patients, columns);
  const CoxFit fit = cox(s.table, covariates, {}, {.ties = Ties::breslow, .initial = {}}, s.arena);
  Standardized result{fit.status, {}, {}};
  if (fit.status != Status::ok) return result;
  std::vector<std::uint8_t> standard;
  for (const std::uint8_t g : s.grouping.group)
    standard.push_back(target == "all" || g == (target == "second_group" ? 1 : 0));
  std::vector<StandardizedSurvival> out(1);
  standardized_survival(s.table, covariates, fit, standard, std::vector<double>{time}, out, s.arena);
  for (const int g : {0, 1}) {
    result.survival[g] = {out[0].survival[g]};
    result.influence[g].resize(patients.size());
    for (std::size_t i = 0; i < patients.size(); ++i) result.influence[g][s.table.row[i]] = out[0].influence[g][i];
  }
  return result;
}

TEST(StandardizedSurvival, ReferenceCoxphAndTheWeightOfEachPatient) {
  const test::ReferenceTable reference("standardization.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Standardized s =
        standardized(test::read_patients(reference.text(r, "data")), test::columns_named(reference.text(r, "terms")),
                     reference.number(r, "time"), reference.text(r, "target"));
    ASSERT_EQ(s.status, Status::ok);
    EXPECT_TRUE(close(s.survival[0][0], reference.number(r, "survival_0"), 1e-8));
    EXPECT_TRUE(close(s.survival[1][0], reference.number(r, "survival_1"), 1e-8));
    EXPECT_TRUE(close(spread(s.influence[0]), reference.number(r, "error_0"), 1e-7));
    EXPECT_TRUE(close(spread(s.influence[1]), reference.number(r, "error_1"), 1e-7));
  }
}

// ---- From the definition, with nothing shared: weighted Breslow likelihood by Newton on rows ----

Eigen::VectorXd naive_cox(const Patients& rows, const std::vector<std::size_t>& columns) {
  const auto p = static_cast<Eigen::Index>(columns.size());
  const auto x = [&](const Patient& row) {
    Eigen::VectorXd v(p);
    for (Eigen::Index j = 0; j < p; ++j) v[j] = row.x[columns[static_cast<std::size_t>(j)]];
    return v;
  };
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(p);
  for (int iteration = 0; iteration < 60; ++iteration) {
    Eigen::VectorXd score = Eigen::VectorXd::Zero(p);
    Eigen::MatrixXd information = Eigen::MatrixXd::Zero(p, p);
    for (const Patient& dead : rows) {
      if (!dead.event) continue;
      double s0 = 0;
      Eigen::VectorXd s1 = Eigen::VectorXd::Zero(p);
      Eigen::MatrixXd s2 = Eigen::MatrixXd::Zero(p, p);
      for (const Patient& other : rows) {
        if (other.time < dead.time) continue;
        const Eigen::VectorXd v = x(other);
        const double risk = other.weight * std::exp(beta.dot(v));
        s0 += risk, s1 += risk * v, s2 += risk * v * v.transpose();
      }
      score += dead.weight * (x(dead) - s1 / s0);
      information += dead.weight * (s2 / s0 - s1 * s1.transpose() / (s0 * s0));
    }
    beta += information.ldlt().solve(score);
  }
  return beta;
}

double naive_standardized(const Patients& rows, const std::vector<std::size_t>& columns, double time, double group) {
  const Eigen::VectorXd beta = naive_cox(rows, columns);
  const auto risk = [&](const Patient& row, double first) {
    double predictor = beta[0] * first;
    for (std::size_t j = 1; j < columns.size(); ++j)
      predictor += beta[static_cast<Eigen::Index>(j)] * row.x[columns[j]];
    return std::exp(predictor);
  };
  double hazard = 0;
  for (const Patient& dead : rows) {
    if (!dead.event || dead.time > time) continue;
    double at_risk = 0;
    for (const Patient& other : rows)
      if (other.time >= dead.time) at_risk += other.weight * risk(other, other.x[0]);
    hazard += dead.weight / at_risk;
  }
  double sum = 0, all = 0;
  for (const Patient& row : rows) sum += row.weight * std::exp(-hazard * risk(row, group)), all += row.weight;
  return sum / all;
}

TEST(StandardizedSurvival, OracleByDefinitionAndByTheWeightOfAPatient) {
  std::mt19937_64 random(31);
  int compared = 0;
  for (int set = 0; set < 40; ++set) {
    Patients rows = test::random_patients(random, 20 + random() % 10, 2);
    for (Patient& p : rows) p.weight = 1;
    const std::vector<std::size_t> columns = {1, 2}, with_group = {0, 1, 2};
    const double time = static_cast<double>(2 + random() % 4);
    const Standardized s = standardized(rows, columns, time, "all");
    if (s.status != Status::ok) continue;
    ++compared;
    const std::size_t changed = random() % rows.size();
    for (const int g : {0, 1}) {
      EXPECT_NEAR(s.survival[g][0], naive_standardized(rows, with_group, time, g), 1e-9);
      constexpr double step = 1e-4;
      double at[2];
      for (const int side : {0, 1}) {
        Patients other = rows;
        other[changed].weight = side ? 1 + step : 1 - step;
        at[side] = naive_standardized(other, with_group, time, g);
      }
      EXPECT_NEAR(s.influence[g][changed], (at[1] - at[0]) / (2 * step), 2e-7);
    }
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace oligosim
