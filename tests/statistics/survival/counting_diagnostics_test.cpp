// Robust variance, concordance and the proportional-hazards test of rows (start, stop]: R survival, and properties.
#include <gtest/gtest.h>

#include "engine/statistics/cox/proportional_hazards.hpp"
#include "engine/statistics/cox/robust_variance.hpp"
#include "engine/statistics/survival/concordance.hpp"
#include "tests/statistics/clustered.hpp"
#include "tests/statistics/intervals.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Row;
using test::Rows;
using test::SortedRows;

constexpr TimeTransform transforms[] = {TimeTransform::km, TimeTransform::identity, TimeTransform::rank,
                                        TimeTransform::log};
constexpr const char* transform_names[] = {"zph_km", "zph_identity", "zph_rank", "zph_log"};

struct CountingData {
  Rows rows;
  std::vector<std::uint32_t> patient;

  explicit CountingData(const std::string& name) {
    const test::ReferenceTable table("data/counting_" + name + ".csv");
    for (std::size_t i = 0; i < table.size(); ++i) {
      Row row{table.number(i, "start"), table.number(i, "time"), table.number(i, "event") != 0, 0, {}, 1};
      row.stratum = static_cast<std::uint16_t>(table.number(i, "stratum"));
      row.x = {0, table.number(i, "x1"), table.number(i, "x2"), table.number(i, "x3")};
      rows.push_back(row);
      patient.push_back(static_cast<std::uint32_t>(table.number(i, "id")));
    }
  }
};

Marker predictor_of(SortedRows& s, std::span<const double> coefficient) {
  const std::span<double> value = s.arena.take<double>(s.table.size(), 0.0);
  for (std::size_t j = 0; j < coefficient.size(); ++j)
    for (std::size_t i = 0; i < value.size(); ++i)
      value[i] += coefficient[j] * s.covariates.values[j * value.size() + i];
  return {value, MarkerDirection::higher_fails_earlier, s.covariates.stratum, s.covariates.strata, s.covariates.start};
}

/// Everything that one model of the reference has, by name.
std::map<std::string, std::vector<double>> described(const CountingData& data, const std::vector<std::size_t>& columns,
                                                     Ties ties, bool stratified) {
  SortedRows s(data.rows, columns, true, stratified);
  const CoxFit fit = cox(s.table, s.covariates, {}, {ties, 30, 1e-12}, s.arena);
  const Clusters patients{in_table_order<std::uint32_t>(s.table, data.patient, s.arena), 1000};
  const auto robust = [&](const Clusters& clusters) {
    return robust_variance(s.table, s.covariates, fit.coefficient, fit.variance, {}, clusters, ties, s.arena);
  };
  const RobustVariance by_patient = robust(patients), by_row = robust({});
  const Marker marker = predictor_of(s, fit.coefficient);
  const auto counts = concordance_counts<double>(s.table, rank_marker(s.table, marker, s.arena), {}, s.arena);
  const Estimate c = concordance(s.table, marker, {}, patients, s.arena);
  const auto all = [](std::span<const double> values) { return std::vector<double>(values.begin(), values.end()); };
  std::map<std::string, std::vector<double>> result = {
      {"coefficient", all(fit.coefficient)},
      {"naive_standard_error", all(fit.standard_error)},
      {"standard_error", all(by_patient.standard_error)},
      {"covariance_with_first", all(by_patient.variance.first(columns.size()))},
      {"wald_test", {by_patient.wald_test}},
      {"score_test", {by_patient.score_test}},
      {"row_standard_error", all(by_row.standard_error)},
      {"row_score_test", {by_row.score_test}},
      {"concordant", {counts.concordant}},
      {"discordant", {counts.discordant}},
      {"tied_marker", {counts.tied_marker}},
      {"tied_time", {counts.tied_time}},
      {"tied_both", {counts.tied_both}},
      {"concordance", {c.estimate}},
      {"concordance_standard_error", {c.standard_error}},
      {"row_concordance_standard_error", {concordance(s.table, marker, {}, {}, s.arena).standard_error}}};
  for (std::size_t k = 0; k < 4; ++k) {
    const ProportionalHazardsTest tests =
        proportional_hazards_test(s.table, s.covariates, fit.coefficient, {}, ties, transforms[k], {}, s.arena);
    for (const Estimate& term : tests.term) result[transform_names[k]].push_back(term.statistic);
    result[transform_names[k]].push_back(tests.global.statistic);
  }
  return result;
}

TEST(CountingDiagnostics, ReferenceCoxphConcordanceAndCoxZph) {
  const test::ReferenceTable reference("counting_process.csv");
  std::string last;
  std::map<std::string, std::vector<double>> values;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    std::string fitted;
    for (const char* name : {"data", "terms", "ties", "stratified"}) fitted += reference.text(r, name) + ",";
    if (fitted != last) {
      last = fitted;
      values = described(CountingData(reference.text(r, "data")), test::terms_of(reference.text(r, "terms")),
                         reference.text(r, "ties") == "efron" ? Ties::efron : Ties::breslow,
                         reference.number(r, "stratified") != 0);
    }
    SCOPED_TRACE(reference.describe(r));
    const std::vector<double>& own = values.at(reference.text(r, "what"));
    EXPECT_TRUE(
        close(own.at(static_cast<std::size_t>(reference.number(r, "term"))), reference.number(r, "value"), 1e-8));
  }
}

TEST(CountingDiagnostics, PropertyCuttingRowsChangesNothingByPatient) {
  std::mt19937_64 random(64);
  for (int set = 0; set < 500; ++set) {
    SCOPED_TRACE(set);
    CountingData whole("heart"), cut("heart");
    cut.rows.clear(), cut.patient.clear();
    whole.rows.resize(60 + random() % 100), whole.patient.resize(whole.rows.size());
    for (std::size_t i = 0; i < whole.rows.size(); ++i) {
      Row first = whole.rows[i], second = first;
      first.time = second.start = first.start + (first.time - first.start) * static_cast<double>(random() % 9 + 1) / 10;
      first.event = false;
      for (const Row& row : {second, first}) cut.rows.push_back(row), cut.patient.push_back(whole.patient[i]);
    }
    const auto a = described(whole, {1, 3}, Ties::efron, set % 2), b = described(cut, {1, 3}, Ties::efron, set % 2);
    for (const auto& [what, values] : a) {
      if (what == "zph_rank" || what.starts_with("row_")) continue;  // of the rows, not of the patients
      for (std::size_t k = 0; k < values.size(); ++k) ASSERT_TRUE(close(values[k], b.at(what)[k], 1e-8)) << what;
    }
  }
}

TEST(CountingDiagnostics, DegenerateRowsThatHoldNoTimeAreNotThere) {
  Rows rows = CountingData("heart").rows;
  CountingData before("heart"), after("heart");
  for (const double start : {30.0, 60.0, missing}) {
    Row row = rows[0];
    row.start = start, row.time = 30, row.event = true;
    after.rows.push_back(row), after.patient.push_back(7);
  }
  const auto a = described(before, {1, 3}, Ties::efron, true), b = described(after, {1, 3}, Ties::efron, true);
  for (const auto& [what, values] : a)
    for (std::size_t k = 0; k < values.size(); ++k) EXPECT_TRUE(close(values[k], b.at(what)[k], 1e-12)) << what;
}

}  // namespace
}  // namespace oligosim
