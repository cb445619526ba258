#include "engine/statistics/cox/proportional_hazards.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/statistics/clustered.hpp"
#include "tests/statistics/naive.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patient;
using test::Patients;
using test::Sorted;

constexpr TimeTransform transforms[] = {TimeTransform::km, TimeTransform::identity, TimeTransform::rank,
                                        TimeTransform::log};

TimeTransform transform_named(const std::string& name) {
  const char* names[] = {"km", "identity", "rank", "log"};
  for (std::size_t i = 0; i < 4; ++i) {
    if (name == names[i]) return transforms[i];
  }
  throw std::runtime_error(name);
}

// Covariates by name; `factor` is group4, which read_patients has put in `group`, as three columns of one term.
struct Model {
  std::vector<double> values;
  std::vector<std::uint16_t> term_of_column;
  CoxCovariates covariates;

  Model(const Sorted& s, const Patients& patients, const std::string& terms) {
    std::stringstream stream(terms);
    std::uint16_t term = 0;
    for (std::string name; std::getline(stream, name, '+'); ++term) {
      for (std::uint8_t level = 1; level <= (name == "factor" ? 3 : 1); ++level) {
        term_of_column.push_back(term);
        for (const std::uint32_t row : s.table.row) {
          const Patient& p = patients[row];
          values.push_back(name == "factor" ? p.group == level : p.x[test::terms_of(name)[0]]);
        }
      }
    }
    covariates = {values, term_of_column.size(), s.grouping.stratum, s.grouping.strata};
  }
};

TEST(ProportionalHazards, ReferenceCoxZph) {
  const test::ReferenceTable reference("proportional_hazards.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Patients patients = test::read_patients(reference.text(r, "data"), "group4");
    Sorted s(patients, 4, reference.number(r, "stratified") != 0);
    const Model model(s, patients, reference.text(r, "terms"));
    const std::span<const double> weight = reference.number(r, "weighted") != 0 ? s.weight : std::span<double>();
    const Ties ties = reference.text(r, "ties") == "efron" ? Ties::efron : Ties::breslow;
    const CoxFit fit = cox(s.table, model.covariates, weight, {ties, 30, 1e-12}, s.arena);
    const ProportionalHazardsTest tests =
        proportional_hazards_test(s.table, model.covariates, fit.coefficient, weight, ties,
                                  transform_named(reference.text(r, "transform")), model.term_of_column, s.arena);
    const bool global = reference.text(r, "term") == "global";
    const Estimate& e = global ? tests.global : tests.term[static_cast<std::size_t>(reference.number(r, "term"))];
    ASSERT_EQ(e.status, Status::ok);
    EXPECT_TRUE(close(e.statistic, reference.number(r, "chi_square"), 1e-8));
    EXPECT_EQ(e.df, reference.number(r, "df"));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-8));
  }
}

// g(t) of an event time, from its definition.
double naive_transform(const Patients& rows, double time, TimeTransform transform) {
  switch (transform) {
    case TimeTransform::km:
      return 1 - test::naive::survival(rows, time, true);
    case TimeTransform::identity:
      return time;
    case TimeTransform::rank:
      return (test::naive::count(rows, [&](const Patient& p) { return p.time < time; }) +
              test::naive::count(rows, [&](const Patient& p) { return p.time <= time; }) + 1) /
             2;
    case TimeTransform::log:
      return std::log(time);
  }
  return missing;
}

// Log partial likelihood with x[0], x[1] and each times g(t): at each event time other values of these covariates.
template <class V>
V extended_log_likelihood(const Patients& rows, const std::vector<double>& g, const std::vector<V>& beta, Ties ties,
                          bool stratified) {
  V total(0.0);
  const std::set<double> times = test::naive::times(rows, true);
  std::size_t t = 0;
  for (const double time : times) {
    Patients then;
    for (Patient p : rows) {
      if (p.time < time) continue;
      p.event = p.event && p.time == time;
      p.x[2] = g[t] * p.x[0];
      p.x[3] = g[t] * p.x[1];
      then.push_back(p);
    }
    total = total + test::naive::log_likelihood<V>(then, {0, 1, 2, 3}, beta, ties, stratified);
    ++t;
  }
  return total;
}

struct Extended {
  std::vector<double> score;
  std::vector<std::vector<double>> information;
};

Extended extended(const Patients& rows, const std::vector<double>& beta, Ties ties, bool stratified,
                  TimeTransform transform) {
  using test::naive::Jet;
  std::vector<double> g;
  double sum = 0, events = 0;
  for (const double time : test::naive::times(rows, true)) {
    g.push_back(naive_transform(rows, time, transform));
    sum += g.back() * test::naive::events(rows, time);
    events += test::naive::events(rows, time);
  }
  for (double& value : g) value -= sum / events;
  const auto along = [&](std::size_t j, std::size_t k) {
    std::vector<Jet> at;
    for (std::size_t i = 0; i < 4; ++i) at.emplace_back(i < 2 ? beta[i] : 0.0, i == j || i == k);
    return extended_log_likelihood<Jet>(rows, g, at, ties, stratified);
  };
  Extended result{std::vector<double>(4), std::vector<std::vector<double>>(4, std::vector<double>(4))};
  for (std::size_t j = 0; j < 4; ++j) {
    const Jet own = along(j, j);
    result.score[j] = own.first;
    result.information[j][j] = -own.second;
  }
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      result.information[j][k] = result.information[k][j] =
          (-along(j, k).second - result.information[j][j] - result.information[k][k]) / 2;
    }
  }
  return result;
}

// u' I^-1 u of the parameters used, with the score of x taken as 0, as at the maximum it is.
double score_test(const Extended& e, const std::vector<std::size_t>& used) {
  std::vector<double> u;
  std::vector<std::vector<double>> part;
  for (const std::size_t j : used) {
    u.push_back(j < 2 ? 0 : e.score[j]);
    part.emplace_back();
    for (const std::size_t k : used) part.back().push_back(e.information[j][k]);
  }
  return test::naive::quadratic_form(part, u);
}

// The smallest pivot of the information scaled to a unit diagonal: what the digits of a solution are divided by.
double smallest_pivot(const Extended& e, const std::vector<std::size_t>& used) {
  std::vector<std::vector<double>> m;
  for (const std::size_t j : used) {
    m.emplace_back();
    for (const std::size_t k : used) {
      m.back().push_back(e.information[j][k] / std::sqrt(e.information[j][j] * e.information[k][k]));
    }
  }
  double smallest = 1;
  for (std::size_t c = 0; c < m.size(); ++c) {
    smallest = std::min(smallest, m[c][c]);
    for (std::size_t r = c + 1; r < m.size(); ++r) {
      for (std::size_t k = m.size(); k-- > c;) m[r][k] -= m[r][c] / m[c][c] * m[c][k];
    }
  }
  return smallest;
}

TEST(ProportionalHazards, OracleScoreTestOfTheExtendedLikelihoodOn10000TiedDataSets) {
  std::mt19937_64 random(51);
  int compared = 0, ill_conditioned = 0;
  for (int set = 0; set < 10000; ++set) {
    const Patients patients = test::random_patients(random, 4 + random() % 12, 2);
    const bool stratified = random() % 2, weighted = random() % 2;
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const TimeTransform transform = transforms[random() % 4];
    Sorted s(patients, 2, stratified);
    const std::span<const double> weight = weighted ? s.weight : std::span<double>();
    const CoxCovariates x = s.terms(patients, {0, 1});
    // Any coefficients: the formula does not ask that they be the maximum.
    const std::vector<double> beta = {static_cast<double>(random() % 100) / 100,
                                      static_cast<double>(random() % 100) / 100};
    const ProportionalHazardsTest tests =
        proportional_hazards_test(s.table, x, beta, weight, ties, transform, {}, s.arena);
    const Patients rows = weighted ? test::written_out(patients) : patients;
    if (test::naive::times(rows, true).empty()) {
      ASSERT_EQ(tests.global.status, Status::no_events);
      ASSERT_EQ(tests.term[1].status, Status::no_events);
      continue;
    }
    const Extended e = extended(rows, beta, ties, stratified, transform);
    const std::vector<std::size_t> used[] = {{0, 1, 2}, {0, 1, 3}, {0, 1, 2, 3}};
    const Estimate* results[] = {&tests.term[0], &tests.term[1], &tests.global};
    for (std::size_t k = 0; k < 3; ++k) {
      ASSERT_EQ(results[k]->status == Status::ok, !std::isnan(results[k]->statistic));
      ASSERT_EQ(std::isnan(results[k]->statistic), std::isnan(results[k]->p_value));
      const double expected = score_test(e, used[k]);
      if (std::isnan(expected)) {
        ASSERT_EQ(results[k]->status, Status::singular) << set;
      } else {
        ++compared;
        ASSERT_EQ(results[k]->status, Status::ok) << set;
        const double pivot = smallest_pivot(e, used[k]);
        ill_conditioned += pivot < 1e-3;
        ASSERT_TRUE(close(results[k]->statistic, expected, 1e-10 * std::max(1.0, 1e-3 / pivot))) << set;
      }
    }
  }
  EXPECT_GT(compared, 20000);
  EXPECT_LT(ill_conditioned, compared / 100);
}

struct Tests {
  std::vector<double> statistic;
  Status status;
};

Tests tests_of(const Patients& patients, const std::vector<std::size_t>& columns, TimeTransform transform,
               bool stratified, bool weighted = false) {
  Sorted s(patients, 2, stratified);
  const CoxCovariates x = s.terms(patients, columns);
  const std::span<const double> weight = weighted ? s.weight : std::span<double>();
  const CoxFit fit = cox(s.table, x, weight, {Ties::efron, 30, 1e-12}, s.arena);
  const auto tests =
      proportional_hazards_test(s.table, x, fit.coefficient, weight, Ties::efron, transform, {}, s.arena);
  Tests result{{}, tests.global.status};
  for (const Estimate& term : tests.term) result.statistic.push_back(term.statistic);
  result.statistic.push_back(tests.global.statistic);
  return result;
}

void expect_close(const Tests& a, const Tests& b) {
  ASSERT_EQ(a.status, b.status);
  for (std::size_t j = 0; j < a.statistic.size(); ++j) ASSERT_TRUE(close(a.statistic[j], b.statistic[j], 1e-7));
}

TEST(ProportionalHazards, PropertyWeightsOrderUnitsGroupsAndMergedStrata) {
  std::mt19937_64 random(52);
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 30, 2);
    const TimeTransform transform = transforms[random() % 4];
    expect_close(tests_of(patients, {0, 1}, transform, true, true),
                 tests_of(test::written_out(patients), {0, 1}, transform, true));
    const Tests before = tests_of(patients, {0, 1}, transform, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30, p.x[0] = 1 - p.x[0], p.x[1] = 1e3 * p.x[1] + 5e4;
    expect_close(tests_of(patients, {0, 1}, transform, true), before);
    for (Patient& p : patients) p.stratum = 1;  // stratum 0 is empty
    expect_close(tests_of(patients, {0, 1}, transform, true), tests_of(patients, {0, 1}, transform, false));
    if (::testing::Test::HasFatalFailure()) FAIL() << "data set " << set;
  }
}

TEST(ProportionalHazards, PropertyOneColumnIsItsOwnGlobalTest) {
  const Tests t = tests_of(test::read_patients("ovarian"), {0}, TimeTransform::km, false);
  EXPECT_EQ(t.statistic[0], t.statistic[1]);
}

TEST(ProportionalHazards, DegenerateDataHaveAStatus) {
  const auto status = [](const Patients& patients, TimeTransform transform, double coefficient = 0.5) {
    Sorted s(patients);
    const std::vector<double> beta = {coefficient};
    const auto tests =
        proportional_hazards_test(s.table, s.terms(patients, {0}), beta, {}, Ties::efron, transform, {}, s.arena);
    EXPECT_EQ(tests.term[0].status, tests.global.status);
    EXPECT_EQ(std::isnan(tests.global.statistic), tests.global.status != Status::ok);
    return tests.global.status;
  };
  const Patients aml = test::read_patients("aml");
  for (const TimeTransform transform : transforms) {
    Patients patients = aml;
    EXPECT_EQ(status(patients, transform), Status::ok);
    EXPECT_EQ(status(patients, transform, missing), Status::did_not_converge);
    for (Patient& p : patients) p.x[0] = 3;
    EXPECT_EQ(status(patients, transform), Status::singular);  // a constant
    patients = aml;
    for (Patient& p : patients) p.time = 7, p.event = true;
    EXPECT_EQ(status(patients, transform), Status::singular);  // a single event time
    for (Patient& p : patients) p.event = false;
    EXPECT_EQ(status(patients, transform), Status::no_events);
    EXPECT_EQ(status({}, transform), Status::no_events);
    EXPECT_EQ(status({aml[0]}, transform), Status::singular);
    EXPECT_EQ(status({aml[0], aml[1]}, transform), Status::singular);
  }
  Patients at_zero = aml;
  at_zero[0].time = 0;
  EXPECT_EQ(status(at_zero, TimeTransform::log), Status::singular);  // g is minus infinity
  EXPECT_EQ(status(at_zero, TimeTransform::rank), Status::ok);
}

}  // namespace
}  // namespace oligosim
