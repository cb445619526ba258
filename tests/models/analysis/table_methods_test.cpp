// The methods that make tables of patients, on a data set made by hand: which rows there are, who counts, directions.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/categorical/fisher_exact.hpp"
#include "engine/statistics/categorical/mcnemar.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/mann_whitney.hpp"
#include "engine/statistics/t_test.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

struct Row {
  EstimateLabel label;
  Estimate estimate;
};

class TableMethods : public testing::Test {
 protected:
  TableMethods() {
    columns_.add({"arm", ColumnKind::category, {"A", "B"}, {}, "", ""});
    columns_.add({"site", ColumnKind::category, {"lung", "bone", "liver"}, {}, "", ""});
    columns_.add({"late", ColumnKind::number, {}, {0, 1}, "0/1", ""});
    columns_.add({"size", ColumnKind::number, {}, {}, "cm", ""});
    columns_.add({"change", ColumnKind::number, {}, {}, "percent", ""});
    columns_.add({"fatigue", ColumnKind::number, {}, {0, 1, 2, 3, 4, 5}, "grade", ""});
    columns_.add({"anemia", ColumnKind::number, {}, {0, 1, 2, 3, 4, 5}, "grade", ""});
    columns_.add({"before", ColumnKind::number, {}, {0, 1, 2, 3, 4, 5}, "grade", ""});
  }

  std::vector<Row> evaluate(const std::string& analysis) {
    const YamlNode tree = parse_yaml(
        "{time_unit: days, endpoints: {}, populations: {small: {size: {below: 6}}}, "
        "analyses: [" +
            analysis + "]}",
        "plan.yaml", problems_);
    const Plan plan(ConfigNode(tree, problems_), columns_);
    if (!problems_.empty()) return {};
    constexpr std::uint8_t none = missing_category;
    const std::uint8_t arm[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, none}, site[] = {0, 1, 0, none, 0, 2, 1, 0, 2, 2};
    const double late[] = {1, 1, 1, 0, 1, 0, 0, 1, missing, 1};
    const double size[] = {1, 2, 3.5, missing, 9, 2.5, 4, 4, 7, 100};
    const double change[] = {-100, -130, -30, 12, -5, 0, missing, -29.9, 20, -50};
    const double fatigue[] = {0, 1, 2, 3, missing, 0, 0, 4, 1, 0};
    const double anemia[] = {0, 0, 3, 1, missing, 2, 0, 5, missing, 0};
    const double before[] = {0, 0, 1, 0, 1, 3, 0, 1, 1, missing};
    Cohort data(columns_, 10, {}, arena_);
    const double* numbers[] = {late, size, change, fatigue, anemia, before};
    for (std::size_t i = 0; i < 10; ++i) {
      data.categories(0)[i] = arm[i];
      data.categories(1)[i] = site[i];
      for (std::size_t c = 0; c < 6; ++c) data.numbers(2 + c)[i] = numbers[c][i];
    }
    PlanData shared(data, plan.parts(), arena_);
    std::vector<Estimate> out(plan.labels().size());
    plan.evaluate(shared, arena_, out);
    figures_ = plan.analysis(0).draw(shared, arena_);
    std::vector<Row> rows;
    for (std::size_t k = 0; k < out.size(); ++k) rows.push_back({plan.labels()[k], out[k]});
    return rows;
  }

  static const Estimate& at(const std::vector<Row>& rows, const std::string& group, const std::string& term,
                            const std::string& parameter) {
    for (const Row& r : rows)
      if (r.label.group == group && r.label.term == term && r.label.parameter == parameter) return r.estimate;
    throw std::runtime_error("no row " + group + "/" + term + "/" + parameter);
  }

  Columns columns_;
  Problems problems_;
  std::vector<Figure> figures_;
  Arena arena_;
};

TEST_F(TableMethods, OracleFisherExactOddsRatioOfRowsByColumns) {
  const auto rows = evaluate("{name: a, method: fisher_exact, rows: late, columns: arm}");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].label.parameter, "odds_ratio");
  EXPECT_TRUE(rows[0].label.tested && rows[0].label.ratio && rows[0].label.two_groups);
  const Estimate expected = fisher_exact({1, 2, 4, 1}, .95);  // late 0: one of A, two of B
  EXPECT_EQ(rows[0].estimate.estimate, expected.estimate);
  EXPECT_EQ(rows[0].estimate.p_value, expected.p_value);
  EXPECT_EQ(rows[0].estimate.n, 8);  // an arm and a line are missing
  const auto turned =
      evaluate("{name: a, method: fisher_exact, rows: late, columns: arm, levels: {late: [1, 0]}, roots: exact}");
  EXPECT_NEAR(turned[0].estimate.estimate, 1 / expected.estimate, 1e-3);
}

TEST_F(TableMethods, OracleFisherExactIndependenceOfALargerTable) {
  const auto rows = evaluate("{name: a, method: fisher_exact, rows: site, columns: arm}");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].label.parameter, "independence");
  EXPECT_FALSE(rows[0].label.estimated);
  const std::vector<std::uint32_t> counts{3, 1, 1, 1, 0, 2};
  EXPECT_EQ(rows[0].estimate.p_value, fisher_exact(counts, 3, 2, arena_).p_value);
}

TEST_F(TableMethods, OracleMannWhitneyAndTFirstLevelMinusSecond) {
  const std::vector<double> value{1, 2, 3.5, 9, 2.5, 4, 4, 7};
  const std::vector<std::uint8_t> group{0, 0, 0, 0, 1, 1, 1, 1};
  const Sample sample = sort_sample(value, {}, arena_);
  const auto codes = in_sample_order<std::uint8_t>(sample, group, arena_);
  const Estimate w =
      mann_whitney<double>(sample, codes, pairwise_differences(sample, codes, arena_), {}, .95, arena_)[0];
  const Estimate t = t_test<double>(value, group, {}, GroupVariance::welch, .95)[0];
  const auto rank = evaluate("{name: a, method: mann_whitney, value: size, by: arm}");
  EXPECT_EQ(rank[0].label.parameter, "location_shift");
  EXPECT_EQ(rank[0].estimate.statistic, w.statistic);
  EXPECT_EQ(rank[0].estimate.estimate, w.estimate);
  EXPECT_EQ(rank[0].estimate.p_value, w.p_value);
  const auto mean = evaluate("{name: a, method: t_test, value: size, by: arm}");
  EXPECT_EQ(mean[0].label.parameter, "mean_difference");
  EXPECT_DOUBLE_EQ(mean[0].estimate.estimate, 15.5 / 4 - 17.5 / 4);
  EXPECT_EQ(mean[0].estimate.p_value, t.p_value);
  EXPECT_EQ(mean[0].estimate.df, t.df);
  const auto turned = evaluate("{name: a, method: t_test, value: size, by: arm, levels: [B, A], variance: pooled}");
  EXPECT_DOUBLE_EQ(turned[0].estimate.estimate, .5);
  EXPECT_DOUBLE_EQ(turned[0].estimate.df, 6);
}

TEST_F(TableMethods, InvalidComparisonOfThreeGroupsOrNone) {
  EXPECT_TRUE(evaluate("{name: a, method: mann_whitney, value: size, by: site}").empty());
  EXPECT_NE(problems_.text().find("'site' has 3 levels"), std::string::npos) << problems_.text();
  problems_ = {};
  EXPECT_TRUE(evaluate("{name: a, method: t_test, value: size}").empty());
  EXPECT_NE(problems_.text().find("by"), std::string::npos);
  problems_ = {};
  EXPECT_EQ(evaluate("{name: a, method: t_test, value: size, by: site, levels: [liver, lung]}").size(), 1u);
}

TEST_F(TableMethods, OracleDescribeByGroupAndPopulation) {
  const auto rows = evaluate("{name: a, method: describe, value: [size, change], by: arm}");
  ASSERT_EQ(rows.size(), 2u * 2 * 7);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "median").estimate, 2.75);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "minimum").estimate, 1);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "maximum").estimate, 9);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "quartile_1").estimate, 1.75);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "quartile_3").estimate, 4.875);
  EXPECT_DOUBLE_EQ(at(rows, "A", "size", "mean").estimate, 3.875);
  EXPECT_EQ(at(rows, "A", "size", "median").n, 4);
  EXPECT_EQ(at(rows, "B", "change", "median").n, 3);
  const auto some =
      evaluate("{name: a, method: describe, value: size, population: small, statistics: [mean, standard_deviation]}");
  ASSERT_EQ(some.size(), 2u);
  EXPECT_DOUBLE_EQ(some[0].estimate.estimate, (1 + 2 + 3.5 + 2.5 + 4 + 4) / 6);
  EXPECT_EQ(some[0].estimate.n, 6);
}

TEST_F(TableMethods, OracleFrequencyOfKnownValuesOrWithTheMissing) {
  const auto rows = evaluate("{name: a, method: frequency, column: [site, late], by: arm}");
  ASSERT_EQ(rows.size(), 2u * 3 + 2u * 2);
  EXPECT_DOUBLE_EQ(at(rows, "A", "site=lung", "share").estimate, .75);
  EXPECT_EQ(at(rows, "A", "site=lung", "share").n_events, 3);
  EXPECT_EQ(at(rows, "A", "site=lung", "share").n, 4);
  EXPECT_EQ(at(rows, "A", "site=liver", "share").estimate, 0);
  EXPECT_DOUBLE_EQ(at(rows, "B", "late=1", "share").estimate, 1. / 3);
  const auto shown = evaluate("{name: a, method: frequency, column: site, by: arm, missing: show}");
  EXPECT_DOUBLE_EQ(at(shown, "A", "site=lung", "share").estimate, .6);
  EXPECT_DOUBLE_EQ(at(shown, "A", "site=missing", "share").estimate, .2);
}

TEST_F(TableMethods, OracleToxicityByTermAndWorst) {
  const auto rows = evaluate("{name: a, method: toxicity, terms: [fatigue, anemia]}");
  ASSERT_EQ(rows.size(), 9u);
  const auto expect = [&](const std::string& term, const std::string& parameter, double events, double n) {
    const Estimate &e = at(rows, "", term, parameter),
                   interval = proportion(events, n, ProportionInterval::clopper_pearson, .95);
    EXPECT_EQ(e.n_events, events) << term << " " << parameter;
    EXPECT_EQ(e.n, n);
    EXPECT_EQ(e.upper, interval.upper);
  };
  expect("fatigue", "any_grade", 5, 9);
  expect("fatigue", "grade_1_2", 3, 9);
  expect("fatigue", "grade_3_or_more", 2, 9);
  expect("anemia", "any_grade", 4, 8);
  expect("anemia", "grade_3_or_more", 2, 8);
  expect("any", "any_grade", 6, 9);  // the worst of the known terms; one patient has none known
  expect("any", "grade_1_2", 3, 9);
  expect("any", "grade_3_or_more", 3, 9);
  EXPECT_EQ(at(evaluate("{name: a, method: toxicity, terms: fatigue, by: arm}"), "B", "any", "any_grade").n_events, 2);
}

TEST_F(TableMethods, OracleToxicityChangeOfPatientsKnownInBothPeriods) {
  const auto rows = evaluate("{name: a, method: toxicity_change, before: [before], after: [fatigue, anemia]}");
  ASSERT_EQ(rows.size(), 9u);
  EXPECT_EQ(at(rows, "before", "", "any_grade").n, 8);
  EXPECT_EQ(at(rows, "before", "", "any_grade").n_events, 4);
  EXPECT_EQ(at(rows, "after", "", "any_grade").n_events, 6);
  EXPECT_EQ(at(rows, "after", "", "grade_1_2").n_events, 5);  // beside a grade 3 of the other term too
  EXPECT_EQ(at(rows, "after", "", "grade_3_or_more").n_events, 3);
  const Estimate expected = paired_difference({4, 0, 2, 2}, .95), &change = at(rows, "", "", "any_grade_change");
  EXPECT_EQ(change.estimate, expected.estimate);
  EXPECT_EQ(change.p_value, expected.p_value);
  EXPECT_EQ(change.lower, expected.lower);
}

TEST_F(TableMethods, OracleWaterfallNumbersAndBars) {
  const auto rows = evaluate("{name: a, method: waterfall, value: change, by: arm}");
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(at(rows, "A", "change", "shrinking").n_events, 4);
  EXPECT_EQ(at(rows, "A", "change", "response_30").n_events, 3);
  EXPECT_EQ(at(rows, "A", "change", "response_30").n, 5);
  EXPECT_EQ(at(rows, "A", "change", "median").estimate, -30);
  EXPECT_EQ(at(rows, "B", "change", "shrinking").n_events, 1);
  EXPECT_EQ(at(rows, "B", "change", "shrinking").n, 3);
  ASSERT_EQ(figures_.size(), 1u);
  const auto& figure = std::get<WaterfallFigure>(figures_[0]);
  ASSERT_EQ(figure.bars.size(), 9u);  // the patient without an arm is not drawn
  EXPECT_EQ(figure.bars[1].change, -100);
  EXPECT_EQ(figure.bars[1].group, "A");
  EXPECT_TRUE(std::isnan(figure.bars[6].change));
}

TEST_F(TableMethods, DegenerateNobodyInAGroupOrNothingKnown) {
  const std::string nobody = "by: arm, levels: {arm: [B, A]}, population: nobody}";
  const YamlNode tree = parse_yaml(
      "{time_unit: days, endpoints: {}, populations: {nobody: {size: {above: 1000}}}, analyses: ["
      "{name: a, method: fisher_exact, rows: late, columns: arm, population: nobody},"
      "{name: b, method: mann_whitney, value: size, " +
          nobody + ", {name: c, method: t_test, value: size, " + nobody +
          ", {name: d, method: describe, value: size, " + nobody + ", {name: e, method: frequency, column: site, " +
          nobody + ", {name: f, method: toxicity, terms: fatigue, " + nobody +
          ", {name: g, method: toxicity_change, before: before, after: fatigue, population: nobody}"
          ", {name: h, method: waterfall, value: change, " +
          nobody +
          ", {name: i, method: fisher_exact, rows: site,"
          "columns: arm, population: nobody}]}",
      "plan.yaml", problems_);
  const Plan plan(ConfigNode(tree, problems_), columns_);
  ASSERT_TRUE(problems_.empty()) << problems_.text();
  Cohort data(columns_, 0, {}, arena_);
  PlanData shared(data, plan.parts(), arena_);
  std::vector<Estimate> out(plan.labels().size());
  plan.evaluate(shared, arena_, out);
  for (std::size_t k = 0; k < out.size(); ++k) {
    EXPECT_EQ(out[k].status, Status::empty_group) << plan.labels()[k].analysis << plan.labels()[k].parameter;
    EXPECT_TRUE(std::isnan(out[k].estimate) && std::isnan(out[k].p_value));
  }
}

}  // namespace
}  // namespace oligosim
