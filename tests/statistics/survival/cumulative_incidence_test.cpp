#include "engine/statistics/survival/cumulative_incidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/survival/naive_competing.hpp"

namespace oligosim {
namespace {

using test::close;
using test::CompetingPatient;
using test::CompetingPatients;
using test::SortedCompeting;

CumulativeIncidence<double> curve_of(SortedCompeting& s, std::size_t causes, bool weighted = false) {
  return cumulative_incidence<double>(s.table, s.cause, causes, weighted ? s.weight : std::span<const double>(),
                                      s.arena);
}

Estimate at(const CompetingPatients& patients, std::size_t causes, std::size_t cause, double time,
            IncidenceInterval interval = IncidenceInterval::log_log) {
  SortedCompeting s(patients);
  return incidence_at(curve_of(s, causes), cause, time, interval, .95);
}

TEST(CumulativeIncidence, ReferenceCumincAndTimepoints) {
  const test::ReferenceTable reference("cumulative_incidence.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    CompetingPatients patients = test::read_competing(reference.text(r, "data"));
    if (const std::string subset = reference.text(r, "subset"); subset != "all") {
      patients = test::naive::part(patients, [&](const auto& p) { return p.group == std::stoi(subset); });
    }
    SortedCompeting s(patients);
    const auto cause = static_cast<std::size_t>(reference.number(r, "cause"));
    const CumulativeIncidence<double> curve = curve_of(s, 3, reference.number(r, "weighted") != 0);
    const Estimate e = incidence_at(curve, cause, reference.number(r, "at"), IncidenceInterval::log_log,
                                    reference.number(r, "confidence"));
    EXPECT_TRUE(close(e.estimate, reference.number(r, "estimate"), 1e-8));
    EXPECT_TRUE(close(e.standard_error * e.standard_error, reference.number(r, "variance"), 1e-8));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
    EXPECT_EQ(e.status, std::isnan(e.estimate) ? Status::not_reached : Status::ok);
  }
}

TEST(CumulativeIncidence, ReferencePublishedExample) {
  const CompetingPatients example = test::read_competing("example");
  const double estimates[] = {.159411764706, .288562091503, .366246498599};
  const double variances[] = {.00762470624446, .01324231367734, .0167576858542};
  const double competing[] = {.106470588235, .167647058824, .245331465920};
  for (std::size_t k = 0; k < 3; ++k) {
    const double month = 5.0 * static_cast<double>(k + 1);
    const Estimate e = at(example, 2, 1, month);
    EXPECT_NEAR(e.estimate, estimates[k], 1e-12);
    EXPECT_NEAR(e.standard_error * e.standard_error, variances[k], 1e-13);
    EXPECT_NEAR(at(example, 2, 2, month).estimate, competing[k], 1e-12);
  }
}

TEST(CumulativeIncidence, OracleDefinitionAndComplexStepsOn10000TiedDataSets) {
  std::mt19937_64 random(21);
  for (int set = 0; set < 10000; ++set) {
    const unsigned causes = 1 + static_cast<unsigned>(random() % 3);
    const CompetingPatients patients = test::random_competing(random, 1 + random() % 14, 2, causes);
    const bool weighted = set % 2 == 0;
    const CompetingPatients rows = weighted ? test::written_out(patients) : patients;
    SortedCompeting s(patients);
    const CumulativeIncidence<double> curve = curve_of(s, causes, weighted);
    ASSERT_EQ(curve.n, static_cast<double>(rows.size()));
    for (std::size_t row = 0; row < curve.time.size(); ++row) {
      const double t = curve.time[row];
      ASSERT_EQ(curve.at_risk[row], test::naive::followed(rows, t));
      ASSERT_TRUE(close(curve.survival[row], test::naive::event_free_before(rows, t + .5), 1e-10));
      for (unsigned c = 1; c <= causes; ++c) {
        const std::size_t k = row * causes + c - 1;
        ASSERT_EQ(curve.events[k], test::naive::failing_of(rows, t, c));
        ASSERT_TRUE(close(curve.estimate[k], test::naive::incidence(rows, c, t), 1e-10));
        ASSERT_TRUE(close(curve.variance[k], test::naive::incidence_variance(rows, c, t), 1e-10)) << "set " << set;
      }
    }
  }
}

TEST(CumulativeIncidence, PropertyIntegerWeightsAreRowsWrittenOutAndLanesAreTheScalarBitForBit) {
  std::mt19937_64 random(22);
  for (int set = 0; set < 10000; ++set) {
    const unsigned causes = 1 + static_cast<unsigned>(random() % 3);
    const CompetingPatients patients = test::random_competing(random, random() % 20, 2, causes);
    SortedCompeting s(patients), out(test::written_out(patients));
    const CumulativeIncidence<double> weighted = curve_of(s, causes, true), written = curve_of(out, causes);
    ASSERT_EQ(weighted.time.size(), written.time.size());
    for (std::size_t k = 0; k < written.estimate.size(); ++k) {
      ASSERT_EQ(weighted.estimate[k], written.estimate[k]);
      ASSERT_EQ(weighted.variance[k], written.variance[k]);
    }
    const std::span<const Lanes> weights = s.lane_weights(random);
    const CumulativeIncidence<Lanes> all = cumulative_incidence<Lanes>(s.table, s.cause, causes, weights, s.arena);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const CumulativeIncidence<double> one =
          cumulative_incidence<double>(s.table, s.cause, causes, s.one_lane(weights, lane), s.arena);
      ASSERT_EQ(all.n[lane], one.n);
      for (std::size_t c = 1; c <= causes; ++c) {
        ASSERT_EQ(all.n_events[c - 1][lane], one.n_events[c - 1]);
        for (const double t : {.5, 1.0, 2.5, 4.0, 5.0, 5.5, 6.0, 7.0}) {
          const IncidenceAt<Lanes> a = incidence_at(all, c, t);
          const IncidenceAt<double> b = incidence_at(one, c, t);
          ASSERT_TRUE(test::identical(a.estimate[lane], b.estimate));
          ASSERT_TRUE(test::identical(a.variance[lane], b.variance));
        }
      }
    }
  }
}

TEST(CumulativeIncidence, PropertyTheCausesAndSurvivalAddUpToOneAndMergedCausesAreKaplanMeier) {
  std::mt19937_64 random(23);
  for (int set = 0; set < 2000; ++set) {
    CompetingPatients patients = test::random_competing(random, 1 + random() % 40, 2, 3);
    for (CompetingPatient& p : patients) p.time += static_cast<double>(random() % 1000) / 100;
    SortedCompeting s(patients);
    const CumulativeIncidence<double> curve = curve_of(s, 3);
    const KaplanMeierCurve survival = kaplan_meier(s.table, {}, s.arena);
    for (CompetingPatient& p : patients) p.cause = p.cause != 0;
    SortedCompeting merged(patients);
    const CumulativeIncidence<double> any = curve_of(merged, 1);
    ASSERT_EQ(survival.time.size(), curve.time.size());
    for (std::size_t row = 0; row < curve.time.size(); ++row) {
      const double sum = curve.estimate[row * 3] + curve.estimate[row * 3 + 1] + curve.estimate[row * 3 + 2];
      ASSERT_NEAR(sum + curve.survival[row], 1, 1e-13);
      ASSERT_NEAR(sum, any.estimate[row], 1e-13);
      ASSERT_NEAR(1 - any.estimate[row], survival.survival[row], 1e-13);
    }
  }
}

TEST(CumulativeIncidence, PropertyOrderOfPatientsUnitOfTimeAndNamesOfCauses) {
  std::mt19937_64 random(24);
  for (int set = 0; set < 1000; ++set) {
    CompetingPatients patients = test::random_competing(random, 1 + random() % 30, 2, 2);
    const Estimate before = at(patients, 2, 1, 4);
    std::shuffle(patients.begin(), patients.end(), random);
    for (CompetingPatient& p : patients) p.time *= 30, p.cause = p.cause == 0 ? 0 : 3 - p.cause;
    const Estimate after = at(patients, 2, 2, 120);
    ASSERT_TRUE(test::identical(before.estimate, after.estimate));
    ASSERT_TRUE(test::identical(before.standard_error, after.standard_error));
    ASSERT_TRUE(test::identical(before.lower, after.lower));
    ASSERT_EQ(before.n_events, after.n_events);
  }
}

TEST(CumulativeIncidence, PropertyWeightsThatAreNotIntegersScaleOut) {
  // Thirds of 3 do not add up to 1 exactly; survival must still reach 0 where everybody left fails.
  CompetingPatients patients = test::read_competing("exhausted");
  for (CompetingPatient& p : patients) p.weight = .1;
  SortedCompeting s(patients);
  const CumulativeIncidence<double> tenths = curve_of(s, 2, true), ones = curve_of(s, 2);
  for (std::size_t k = 0; k < ones.estimate.size(); ++k) ASSERT_NEAR(tenths.estimate[k], ones.estimate[k], 1e-14);
  EXPECT_EQ(tenths.survival.back(), 0);
}

TEST(CumulativeIncidence, ContractIntervals) {
  const CompetingPatients example = test::read_competing("example");
  const Estimate plain = at(example, 2, 1, 10, IncidenceInterval::plain);
  EXPECT_NEAR(plain.lower, .288562091503 - 1.959963984540054 * std::sqrt(.01324231367734), 1e-12);
  EXPECT_NEAR(plain.upper, .288562091503 + 1.959963984540054 * std::sqrt(.01324231367734), 1e-12);
  EXPECT_EQ(at(example, 2, 1, 1, IncidenceInterval::plain).lower, 0);  // .05 - .098

  const Estimate none = at(example, 2, 2, 1);  // before the first event of the cause: as tidycmprsk, no limits
  EXPECT_EQ(none.estimate, 0);
  EXPECT_EQ(none.standard_error, 0);
  EXPECT_TRUE(std::isnan(none.lower) && std::isnan(none.upper));
  EXPECT_EQ(none.status, Status::ok);
  EXPECT_EQ(none.n, 20);
  EXPECT_EQ(none.n_events, 5);
  EXPECT_EQ(at(example, 2, 2, 1, IncidenceInterval::plain).upper, 0);
}

TEST(CumulativeIncidence, DegenerateDataHaveAStatus) {
  EXPECT_EQ(at({}, 2, 1, 0).status, Status::empty_group);
  EXPECT_TRUE(std::isnan(at({}, 2, 1, 0).estimate));

  const CompetingPatient one{.time = 3, .cause = 1};
  EXPECT_EQ(at({one}, 2, 1, 2.9).estimate, 0);
  const Estimate whole = at({one}, 2, 1, 3);
  EXPECT_EQ(whole.estimate, 1);
  EXPECT_EQ(whole.lower, 1);
  EXPECT_EQ(whole.upper, 1);
  EXPECT_EQ(at({one}, 2, 2, 3).estimate, 0);
  // Nobody is left, yet cmprsk says nothing beyond the last time.
  EXPECT_EQ(at({one}, 2, 1, 3.1).status, Status::not_reached);
  EXPECT_TRUE(std::isnan(at({one}, 2, 1, 3.1).estimate));

  CompetingPatients all = test::read_competing("example");
  for (CompetingPatient& p : all) p.cause = 1;
  const Estimate failed = at(all, 2, 1, 18);  // the last to fail still counts as a variance of (1/20)^2 in cmprsk
  EXPECT_NEAR(failed.estimate, 1, 1e-14);
  EXPECT_NEAR(failed.standard_error, .05, 1e-12);
  EXPECT_EQ(failed.lower, 1);
  EXPECT_EQ(failed.upper, 1);
  for (CompetingPatient& p : all) p.time = 4;
  EXPECT_EQ(at(all, 2, 1, 4).estimate, 1);
  EXPECT_EQ(at(all, 2, 1, 4).standard_error, 0);
  for (CompetingPatient& p : all) p.cause = 0;
  EXPECT_EQ(at(all, 2, 1, 4).estimate, 0);
  EXPECT_EQ(at(all, 2, 1, 4).status, Status::ok);
}

}  // namespace
}  // namespace oligosim
