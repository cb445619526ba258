// Robust variance, concordance and the proportional-hazards test of rows (start, stop], each from its definition on
// unsorted rows.
#include <gtest/gtest.h>

#include "engine/statistics/cox/proportional_hazards.hpp"
#include "engine/statistics/cox/robust_variance.hpp"
#include "engine/statistics/survival/concordance.hpp"
#include "tests/statistics/clustered.hpp"
#include "tests/statistics/intervals.hpp"
#include "tests/statistics/naive.hpp"
#include "tests/statistics/oracle_sets.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Complex;
using test::Row;
using test::Rows;
using test::SortedRows;

constexpr TimeTransform transforms[] = {TimeTransform::km, TimeTransform::identity, TimeTransform::rank,
                                        TimeTransform::log};

bool at_risk(const Row& row, double time) { return row.start < time && time <= row.time; }

/// Component j of the score where the rows have weights near 1: a tied event of weight w counts by the mean weight of
/// the events of its time, in each of Efron's risk sets.
Complex weighted_score(const Rows& rows, const std::vector<std::size_t>& columns, const std::vector<double>& beta,
                       Ties ties, bool stratified, std::size_t j, const std::vector<Complex>& weight) {
  std::set<std::pair<std::uint16_t, double>> places;
  for (const Row& row : rows)
    if (row.event && row.start < row.time) places.insert({stratified ? row.stratum : std::uint16_t{0}, row.time});
  Complex total = 0;
  for (const auto& [stratum, time] : places) {
    Complex all = 0, all_x = 0, dying = 0, dying_x = 0, events_weight = 0;
    double events = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!at_risk(rows[i], time) || (stratified && rows[i].stratum != stratum)) continue;
      double predictor = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) predictor += beta[c] * rows[i].x[columns[c]];
      const Complex risk = weight[i] * std::exp(predictor);
      const double x = rows[i].x[columns[j]];
      all += risk, all_x += risk * x;
      if (rows[i].time != time || !rows[i].event) continue;
      dying += risk, dying_x += risk * x;
      events_weight += weight[i];
      total += weight[i] * x;
      ++events;
    }
    for (double k = 0; k < events; ++k) {
      const double out = ties == Ties::efron ? k / events : 0;
      total -= events_weight / events * (all_x - out * dying_x) / (all - out * dying);
    }
  }
  return total;
}

/// Place of each row's first copy among the rows written out.
std::vector<std::size_t> first_copies(const Rows& rows, bool weighted) {
  std::vector<std::size_t> first;
  std::size_t next = 0;
  for (const Row& row : rows) first.push_back(next), next += weighted ? static_cast<std::size_t>(row.weight) : 1;
  return first;
}

TEST(CountingOracle, OracleScoreResidualsAreDerivativesByTheWeights) {
  std::mt19937_64 random(61);
  const std::vector<std::size_t> columns = {0, 1};
  int compared = 0;
  for (int set = 0; set < test::oracle_sets(6000); ++set) {
    const Rows rows = test::random_rows(random, 1 + random() % 12, true);
    const bool stratified = random() % 2, weighted = random() % 2;
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const std::vector<double> beta = {static_cast<double>(random() % 200) / 100 - 1,
                                      static_cast<double>(random() % 200) / 100 - 1};
    SortedRows s(rows, columns, true, stratified);
    const CoxResiduals score =
        score_residuals(s.table, s.covariates, beta, weighted ? s.weight : std::vector<double>(), ties, s.arena);
    if (score.status == Status::no_events) continue;
    ASSERT_EQ(score.status, Status::ok);
    ++compared;
    const Rows copies = weighted ? test::written_out(rows) : rows;
    const std::vector<std::size_t> first = first_copies(rows, weighted);
    for (std::size_t j = 0; j < 2; ++j) {
      const std::vector<double> naive =
          test::by_weight(std::vector<double>(copies.size(), 1), [&](const std::vector<Complex>& at) {
            return weighted_score(copies, columns, beta, ties, stratified, j, at);
          });
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::uint32_t row = s.table.row[i];
        const double expected = weighted && rows[row].weight == 0 ? 0 : naive[first[row]];
        ASSERT_NEAR(score.values[2 * i + j], expected, 1e-10) << "data set " << set;
      }
    }
  }
  EXPECT_GT(compared, 4500);
}

struct Pairs {
  Complex concordant = 0, discordant = 0, tied_marker = 0, tied_time = 0, tied_both = 0;
  Complex somers_d() const { return (concordant - discordant) / (concordant + discordant + tied_marker); }
};

Pairs pair_by_pair(const Rows& rows, const std::vector<Complex>& weight, std::size_t column, bool stratified) {
  Pairs pairs;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows.size(); ++j) {
      const Row &a = rows[i], &b = rows[j];
      if (i == j || !a.event || a.start >= a.time || (stratified && a.stratum != b.stratum)) continue;
      if (!at_risk(b, a.time)) continue;
      const Complex w = weight[i] * weight[j];
      const double x = a.x[column], y = b.x[column];
      if (b.time > a.time || !b.event) {
        (x > y ? pairs.concordant : x < y ? pairs.discordant : pairs.tied_marker) += w;
      } else if (j < i) {
        (x == y ? pairs.tied_both : pairs.tied_time) += w;
      }
    }
  return pairs;
}

TEST(CountingOracle, OracleConcordancePairByPair) {
  std::mt19937_64 random(62);
  int missing_estimates = 0;
  for (int set = 0; set < test::oracle_sets(8000); ++set) {
    const Rows rows = test::random_rows(random, random() % 16, true);
    const bool stratified = random() % 2, weighted = random() % 2, clustered = random() % 2;
    const std::size_t column = random() % 3;
    SortedRows s(rows, {column}, true, stratified);
    const std::vector<double> weight = weighted ? s.weight : std::vector<double>();
    const Marker marker{s.covariates.values, MarkerDirection::higher_fails_earlier, s.covariates.stratum,
                        s.covariates.strata, s.covariates.start};
    const test::ThreeToACluster three(s.table);
    const Estimate e = concordance(s.table, marker, weight, clustered ? three.clusters : Clusters{}, s.arena);
    const Rows copies = weighted ? test::written_out(rows) : rows;
    const Pairs pairs = pair_by_pair(copies, std::vector<Complex>(copies.size(), 1), column, stratified);
    const auto counts = concordance_counts<double>(s.table, rank_marker(s.table, marker, s.arena), weight, s.arena);
    ASSERT_EQ(counts.concordant, pairs.concordant.real()) << set;
    ASSERT_EQ(counts.discordant, pairs.discordant.real());
    ASSERT_EQ(counts.tied_marker, pairs.tied_marker.real());
    ASSERT_EQ(counts.tied_time, pairs.tied_time.real());
    ASSERT_EQ(counts.tied_both, pairs.tied_both.real());
    if (pairs.concordant + pairs.discordant + pairs.tied_marker == 0.0) {
      ASSERT_NE(e.status, Status::ok);
      ++missing_estimates;
      continue;
    }
    ASSERT_EQ(e.status, Status::ok);
    std::vector<double> w;
    for (const Row& row : rows) w.push_back(weighted ? row.weight : 1);
    const std::vector<double> influence = test::by_weight(
        w, [&](const std::vector<Complex>& at) { return pair_by_pair(rows, at, column, stratified).somers_d() / 2.0; });
    ASSERT_TRUE(close(e.estimate, (pairs.somers_d().real() + 1) / 2, 1e-12));
    ASSERT_NEAR(e.standard_error * e.standard_error, test::jackknife_variance(influence, w, clustered), 1e-12) << set;
  }
  EXPECT_GT(missing_estimates, 300);
}

double rows_where(const Rows& rows, const std::function<bool(const Row&)>& test) {
  return static_cast<double>(std::count_if(rows.begin(), rows.end(), test));
}

/// g(t) of an event time, from its definition.
double naive_transform(const Rows& rows, const std::set<double>& times, double time, TimeTransform transform) {
  double survival = 1;
  for (const double u : times) {
    if (u >= time) break;
    survival *= 1 - rows_where(rows, [&](const Row& r) { return r.event && r.time == u; }) /
                        rows_where(rows, [&](const Row& r) { return at_risk(r, u); });
  }
  if (transform == TimeTransform::km) return 1 - survival;
  if (transform == TimeTransform::identity) return time;
  if (transform == TimeTransform::log) return std::log(time);
  return (rows_where(rows, [&](const Row& r) { return r.time < time; }) +
          rows_where(rows, [&](const Row& r) { return r.time <= time; }) + 1) /
         2;
}

/// Score and information of x[0], x[1] and both times g(t), at these coefficients of the former.
struct Extended {
  std::vector<double> score = std::vector<double>(4, 0.0);
  std::vector<std::vector<double>> information = std::vector<std::vector<double>>(4, std::vector<double>(4, 0.0));

  Extended(const Rows& rows, const std::vector<double>& beta, Ties ties, bool stratified, TimeTransform transform) {
    std::set<double> times;
    for (const Row& row : rows)
      if (row.event) times.insert(row.time);
    double sum = 0;
    for (const Row& row : rows) sum += row.event ? naive_transform(rows, times, row.time, transform) : 0;
    const double mean = sum / rows_where(rows, [](const Row& r) { return r.event; });
    for (const double time : times) {
      const double g = naive_transform(rows, times, time, transform) - mean;
      Rows then;
      for (Row row : rows) {
        if (!at_risk(row, time)) continue;
        row.event = row.event && row.time == time;
        row.x = {row.x[0], row.x[1], g * row.x[0], g * row.x[1]};
        row.start = -1, row.time = time;
        then.push_back(row);
      }
      const test::naive::Likelihood likelihood{then, {0, 1, 2, 3}, ties, stratified};
      const std::vector<double> at = {beta[0], beta[1], 0, 0};
      const std::vector<double> gradient = likelihood.gradient(at);
      const test::naive::Matrix information_then = likelihood.information(at);
      for (std::size_t j = 0; j < 4; ++j) {
        score[j] += j < 2 ? 0 : gradient[j];  // at the maximum, that of x is 0
        for (std::size_t k = 0; k < 4; ++k) information[j][k] += information_then[j][k];
      }
    }
  }
  double test(const std::vector<std::size_t>& used) const {
    std::vector<double> u;
    std::vector<std::vector<double>> part;
    for (const std::size_t j : used) {
      u.push_back(score[j]);
      part.emplace_back();
      for (const std::size_t k : used) part.back().push_back(information[j][k]);
    }
    return test::naive::quadratic_form(part, u);
  }
};

TEST(CountingOracle, OracleProportionalHazardsOfTheExtendedLikelihood) {
  std::mt19937_64 random(63);
  int compared = 0;
  for (int set = 0; set < test::oracle_sets(1500); ++set) {
    const Rows rows = test::random_rows(random, 12 + random() % 10, true);
    const bool stratified = random() % 2, weighted = random() % 2;
    const Ties ties = set % 2 ? Ties::efron : Ties::breslow;
    const TimeTransform transform = transforms[random() % 4];
    SortedRows s(rows, {0, 1}, true, stratified);
    const std::vector<double> weight = weighted ? s.weight : std::vector<double>();
    const std::vector<double> beta = {static_cast<double>(random() % 100) / 100,
                                      static_cast<double>(random() % 100) / 100};
    const ProportionalHazardsTest tests =
        proportional_hazards_test(s.table, s.covariates, beta, weight, ties, transform, {}, s.arena);
    Rows copies = weighted ? test::written_out(rows) : rows;
    std::erase_if(copies, [](const Row& row) { return row.start >= row.time; });
    ASSERT_EQ(tests.global.n, copies.size());
    if (tests.global.status != Status::ok) continue;
    const Extended e(copies, beta, ties, stratified, transform);
    // What is near singular is left to the tests without start times.
    const std::vector<std::vector<double>>& m = e.information;
    if (test::naive::Likelihood::determinant(m) < 1e-6 * m[0][0] * m[1][1] * m[2][2] * m[3][3]) continue;
    ++compared;
    ASSERT_TRUE(close(tests.term[0].statistic, e.test({0, 1, 2}), 1e-8)) << set;
    ASSERT_TRUE(close(tests.term[1].statistic, e.test({0, 1, 3}), 1e-8)) << set;
    ASSERT_TRUE(close(tests.global.statistic, e.test({0, 1, 2, 3}), 1e-8)) << set;
  }
  EXPECT_GT(compared, 1000);
}

// Hazards cumulated from the beginning would leave nothing of those of the late rows, e^40 times smaller.
TEST(CountingOracle, LateRowsAtAHighRiskCostNoAccuracy) {
  const Rows rows = test::late_rows_at_a_high_risk(65, 60);
  SortedRows s(rows, {0}, true, false);
  const std::vector<double> beta = {1};
  const CoxResiduals score = score_residuals(s.table, s.covariates, beta, {}, Ties::efron, s.arena);
  const std::vector<double> naive = test::by_weight(
      std::vector<double>(rows.size(), 1),
      [&](const std::vector<Complex>& at) { return weighted_score(rows, {0}, beta, Ties::efron, false, 0, at); });
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_NEAR(score.values[i], naive[s.table.row[i]], 1e-10) << rows[s.table.row[i]].start;
}

}  // namespace
}  // namespace oligosim
