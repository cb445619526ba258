#include "engine/statistics/survival/concordance.hpp"

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

constexpr MarkerDirection earlier = MarkerDirection::higher_fails_earlier;
constexpr MarkerDirection later = MarkerDirection::higher_fails_later;

// A marker in table order, with the strata of `s`.
Marker marker_of(const Sorted& s, std::span<const double> value, MarkerDirection direction) {
  return {value, direction, s.grouping.stratum, s.grouping.strata};
}

std::vector<double> linear_predictor(Sorted& s, const Patients& patients, const std::vector<std::size_t>& columns,
                                     std::span<const double> weight) {
  const CoxCovariates x = s.terms(patients, columns);
  const CoxFit fit = cox(s.table, x, weight, {Ties::efron, 30, 1e-12}, s.arena);
  std::vector<double> value(s.table.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::size_t i = 0; i < value.size(); ++i) value[i] += x.values[j * value.size() + i] * fit.coefficient[j];
  }
  return value;
}

TEST(Concordance, ReferenceConcordanceAndCoxph) {
  const test::ReferenceTable reference("concordance.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Patients patients = test::read_patients(reference.text(r, "data"));
    Sorted s(patients, 2, reference.number(r, "stratified") != 0);
    const std::vector<std::size_t> columns = test::terms_of(reference.text(r, "terms"));
    const std::span<const double> weight = reference.number(r, "weighted") != 0 ? s.weight : std::span<double>();
    const bool of_model = columns.size() > 1;
    std::vector<double> value;
    if (of_model) {
      value = linear_predictor(s, patients, columns, weight);
    } else {
      for (const std::uint32_t row : s.table.row) value.push_back(patients[row].x[columns[0]]);
    }
    const Marker marker = marker_of(s, value, of_model ? earlier : later);
    const auto counts = concordance_counts(s.table, rank_marker(s.table, marker, s.arena), weight, s.arena);
    EXPECT_EQ(counts.concordant, reference.number(r, "concordant"));
    EXPECT_EQ(counts.discordant, reference.number(r, "discordant"));
    EXPECT_EQ(counts.tied_marker, reference.number(r, "tied_marker"));
    EXPECT_EQ(counts.tied_time, reference.number(r, "tied_time"));
    EXPECT_EQ(counts.tied_both, reference.number(r, "tied_both"));
    const test::ThreeToACluster three(s.table);
    const Estimate e = concordance(s.table, marker, weight,
                                   reference.number(r, "clustered") != 0 ? three.clusters : Clusters{}, s.arena);
    EXPECT_TRUE(close(e.estimate, reference.number(r, "concordance"), 1e-8));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-8));
  }
}

// Pair by pair, from the definition.
struct Pairs {
  Complex concordant = 0, discordant = 0, tied_marker = 0, tied_time = 0, tied_both = 0;
  Complex somers_d() const { return (concordant - discordant) / (concordant + discordant + tied_marker); }
};

Pairs pair_by_pair(const Patients& rows, const std::vector<Complex>& weight, std::size_t column, bool stratified) {
  Pairs pairs;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      const Patient &a = rows[i], &b = rows[j];
      if (!a.event || (stratified && a.stratum != b.stratum)) continue;
      const Complex w = weight[i] * weight[j];
      if (a.time < b.time || (a.time == b.time && !b.event)) {
        Complex& kind = a.x[column] > b.x[column]   ? pairs.concordant
                        : a.x[column] < b.x[column] ? pairs.discordant
                                                    : pairs.tied_marker;
        kind += w;
      } else if (a.time == b.time && j < i) {
        (a.x[column] == b.x[column] ? pairs.tied_both : pairs.tied_time) += w;
      }
    }
  }
  return pairs;
}

std::vector<double> weights_of(const Patients& patients, bool weighted) {
  std::vector<double> weight;
  for (const Patient& p : patients) weight.push_back(weighted ? p.weight : 1);
  return weight;
}

TEST(Concordance, OraclePairByPairOn12000TiedDataSets) {
  std::mt19937_64 random(31);
  int missing_estimates = 0;
  for (int set = 0; set < 12000; ++set) {
    const Patients patients = test::random_patients(random, random() % 16, 2);
    const bool stratified = random() % 2, weighted = random() % 2, clustered = random() % 2;
    const std::size_t column = random() % 3;
    Sorted s(patients, 2, stratified);
    const std::span<const double> weight = weighted ? s.weight : std::span<double>();
    const Marker marker = marker_of(s, s.terms(patients, {column}).values, earlier);
    const test::ThreeToACluster three(s.table);
    const Estimate e = concordance(s.table, marker, weight, clustered ? three.clusters : Clusters{}, s.arena);

    const Patients rows = weighted ? test::written_out(patients) : patients;
    const Pairs pairs = pair_by_pair(rows, std::vector<Complex>(rows.size(), 1), column, stratified);
    const auto counts = concordance_counts(s.table, rank_marker(s.table, marker, s.arena), weight, s.arena);
    ASSERT_EQ(counts.concordant, pairs.concordant.real()) << set;
    ASSERT_EQ(counts.discordant, pairs.discordant.real());
    ASSERT_EQ(counts.tied_marker, pairs.tied_marker.real());
    ASSERT_EQ(counts.tied_time, pairs.tied_time.real());
    ASSERT_EQ(counts.tied_both, pairs.tied_both.real());
    ASSERT_EQ(e.n, rows.size());
    if (pairs.concordant + pairs.discordant + pairs.tied_marker == 0.0) {
      ASSERT_EQ(e.status, rows.empty() ? Status::empty_group : Status::no_events);
      ASSERT_TRUE(std::isnan(e.estimate) && std::isnan(e.standard_error));
      ++missing_estimates;
      continue;
    }
    ASSERT_EQ(e.status, Status::ok);
    const std::vector<double> w = weights_of(patients, weighted);
    const std::vector<double> influence = test::by_weight(w, [&](const std::vector<Complex>& at) {
      return pair_by_pair(patients, at, column, stratified).somers_d() / 2.0;
    });
    ASSERT_TRUE(close(e.estimate, (pairs.somers_d().real() + 1) / 2, 1e-12));
    ASSERT_NEAR(e.standard_error * e.standard_error, test::jackknife_variance(influence, w, clustered), 1e-12) << set;
  }
  EXPECT_GT(missing_estimates, 500);
}

TEST(Concordance, PropertyLanesAreTheScalarResultsBitForBit) {
  std::mt19937_64 random(32);
  for (int set = 0; set < 2000; ++set) {
    const Patients patients = test::random_patients(random, 1 + random() % 40, 2);
    Sorted s(patients, 2, random() % 2);
    const Marker marker = marker_of(s, s.terms(patients, {1 + random() % 2}).values, set % 2 ? earlier : later);
    const RankedMarker ranked = rank_marker(s.table, marker, s.arena);
    std::vector<Lanes> weight(patients.size());
    for (Lanes& w : weight) {
      for (std::size_t k = 0; k < lanes; ++k) w[k] = static_cast<double>(random() % 3);
    }
    const auto together = concordance_counts<Lanes>(s.table, ranked, weight, s.arena);
    for (std::size_t k = 0; k < lanes; ++k) {
      std::vector<double> one(patients.size());
      for (std::size_t i = 0; i < one.size(); ++i) one[i] = weight[i][k];
      const auto alone = concordance_counts<double>(s.table, ranked, one, s.arena);
      ASSERT_EQ(together.concordant[k], alone.concordant);
      ASSERT_EQ(together.discordant[k], alone.discordant);
      ASSERT_EQ(together.tied_marker[k], alone.tied_marker);
      ASSERT_EQ(together.tied_time[k], alone.tied_time);
      ASSERT_EQ(together.tied_both[k], alone.tied_both);
      ASSERT_TRUE(close(together.concordance()[k], alone.concordance(), 0));
    }
  }
}

Estimate of_column(const Patients& patients, std::size_t column, MarkerDirection direction, bool stratified = false) {
  Sorted s(patients, 2, stratified);
  return concordance(s.table, marker_of(s, s.terms(patients, {column}).values, direction), {}, {}, s.arena);
}

TEST(Concordance, PropertyPermutingRescalingAndTurningTheMarker) {
  std::mt19937_64 random(33);
  for (int set = 0; set < 1000; ++set) {
    Patients patients = test::random_patients(random, 25, 2);
    const Estimate before = of_column(patients, 2, earlier, true);
    std::shuffle(patients.begin(), patients.end(), random);
    for (Patient& p : patients) p.time *= 30, p.x[2] = std::exp(p.x[2]);
    const Estimate after = of_column(patients, 2, earlier, true), turned = of_column(patients, 2, later, true);
    ASSERT_TRUE(close(after.estimate, before.estimate, 0));
    ASSERT_TRUE(close(after.standard_error, before.standard_error, 1e-12));
    ASSERT_TRUE(close(turned.estimate, 1 - before.estimate, 1e-12));
    for (Patient& p : patients) p.stratum = 0;
    ASSERT_TRUE(close(of_column(patients, 2, earlier, true).estimate, of_column(patients, 2, earlier).estimate, 0));
  }
}

TEST(Concordance, PropertyAMissingMarkerLeavesThePatientOut) {
  Patients patients = test::read_patients("veteran");
  Patients fewer;
  for (std::size_t i = 0; i < patients.size(); ++i) {
    if (i % 5 == 0) {
      patients[i].x[1] = missing;
    } else {
      fewer.push_back(patients[i]);
    }
  }
  const Estimate a = of_column(patients, 1, later, true), b = of_column(fewer, 1, later, true);
  EXPECT_EQ(a.estimate, b.estimate);
  EXPECT_TRUE(close(a.standard_error, b.standard_error, 1e-14));
  EXPECT_EQ(a.n, b.n);
  EXPECT_EQ(a.n_events, b.n_events);
}

TEST(Concordance, PropertyOneClusterForEachPatientIsNoClusters) {
  const Patients patients = test::read_patients("lung");
  Sorted s(patients);
  const Marker marker = marker_of(s, s.terms(patients, {1}).values, earlier);
  std::vector<std::uint32_t> own(patients.size());
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<std::uint32_t>(own.size() - 1 - i);
  const Estimate a = concordance(s.table, marker, {}, {own, own.size()}, s.arena);
  EXPECT_TRUE(close(a.standard_error, concordance(s.table, marker, {}, {}, s.arena).standard_error, 1e-13));
}

TEST(Concordance, DegenerateDataHaveAStatus) {
  Patients patients = test::read_patients("aml");
  for (Patient& p : patients) p.x[1] = 7;
  EXPECT_EQ(of_column(patients, 1, earlier).estimate, .5);  // every pair tied
  EXPECT_EQ(of_column(patients, 1, earlier).standard_error, 0);
  for (Patient& p : patients) p.x[1] = -p.time - (p.event ? 0 : .5);
  EXPECT_EQ(of_column(patients, 1, earlier).estimate, 1);
  EXPECT_EQ(of_column(patients, 1, earlier).standard_error, 0);
  for (Patient& p : patients) p.time = 1, p.event = true;
  EXPECT_EQ(of_column(patients, 1, earlier).status, Status::no_events);  // nobody outlives anybody
  for (Patient& p : patients) p.event = false;
  EXPECT_EQ(of_column(patients, 1, earlier).status, Status::no_events);
  for (Patient& p : patients) p.x[1] = missing;
  EXPECT_EQ(of_column(patients, 1, earlier).status, Status::empty_group);
  EXPECT_EQ(of_column({}, 1, earlier).status, Status::empty_group);
  Patients two(2);
  two[0] = {1, true, 0, 0, {0, 1}};
  EXPECT_EQ(of_column({two[0]}, 1, earlier).status, Status::no_events);
  two[1] = {1, false, 0, 0, {0, 2}};  // censored when the other dies: still at risk then
  EXPECT_EQ(of_column(two, 1, later).estimate, 1);
  EXPECT_EQ(of_column(two, 1, earlier).estimate, 0);
}

TEST(Concordance, SpeedIsNotQuadratic) {
  // 10^5 patients with distinct markers: the pairs are 5 * 10^9.
  std::mt19937_64 random(34);
  Patients patients(100000);
  for (std::size_t i = 0; i < patients.size(); ++i) {
    patients[i].time = static_cast<double>(i * 7919 % 100003);
    patients[i].event = true;
    patients[i].x[1] = patients[i].time;
  }
  const Estimate e = of_column(patients, 1, later);
  EXPECT_EQ(e.estimate, 1);
  EXPECT_EQ(e.n, 100000);
}

}  // namespace
}  // namespace oligosim
