// Cumulative incidence as an analysis of a plan: its rows, units, populations, unknown causes and groups.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

/// The data of statistics::CumulativeIncidence.ReferencePublishedExample, in days of months of 30 days.
class Example : public testing::Test {
 protected:
  Example() {
    columns_.add({"arm", ColumnKind::category, {"A", "B"}, {}, "", ""});
    columns_.add({"site", ColumnKind::category, {"N", "S"}, {}, "", ""});
    columns_.add({"time", ColumnKind::number, {}, {}, "days", ""});
    columns_.add({"why", ColumnKind::number, {}, {}, "", ""});
  }

  std::vector<Estimate> evaluate(const std::string& analysis, std::size_t further = 0) {
    const std::string text = R"({time_unit: days, days_per_month: 30, populations: {north: {site: N}}, endpoints:
      {e: {time: time, cause: why, causes: {7: progression, 3: death}}}, analyses: [)" +
                             analysis + "]}";
    const YamlNode tree = parse_yaml(text, "plan.yaml", problems_);
    const Plan plan(ConfigNode(tree, problems_), columns_);
    if (!problems_.empty()) return {};
    labels_ = plan.labels();
    Cohort data(columns_, 20 + further, {}, arena_);
    const double months[] = {1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    const int causes[] = {1, 0, 2, 1, 0, 2, 1, 0, 1, 2, 0, 1, 0, 2, 1, 0, 0, 1, 2, 0};
    for (std::size_t i = 0; i < 20 + further; ++i) {
      const bool known = i < 20;
      data.categories(0)[i] = known ? i % 2 : missing_category;
      data.categories(1)[i] = i < 10 ? 0 : 1;
      data.numbers(2)[i] = known ? 30 * months[i] : 15;
      data.numbers(3)[i] = !known ? 99 : causes[i] == 1 ? 7 : causes[i] == 2 ? 3 : 0;  // 99: no cause of this endpoint
    }
    PlanData shared(data, plan.parts(), arena_);
    std::vector<Estimate> out(plan.labels().size());
    plan.evaluate(shared, arena_, out);
    return out;
  }

  Columns columns_;
  Problems problems_;
  Arena arena_;
  std::vector<EstimateLabel> labels_;
};

TEST_F(Example, ReferenceRowsOfCmprsk) {
  const auto out = evaluate(R"({name: lf, method: cumulative_incidence, endpoint: e, at_months: [5, 10, 15, 18.01]},
    {name: by, method: cumulative_incidence, endpoint: e, by: arm, at_months: [10], interval: [log_log, plain]})");
  ASSERT_TRUE(problems_.empty()) << problems_.text();
  ASSERT_EQ(out.size(), 8u + 8u + 2u);
  EXPECT_NEAR(out[0].estimate, .159411764706, 1e-12);
  EXPECT_NEAR(out[1].estimate, .288562091503, 1e-12);
  EXPECT_NEAR(out[2].standard_error, std::sqrt(.0167576858542), 1e-12);
  EXPECT_EQ(out[3].status, Status::not_reached);
  EXPECT_NEAR(out[4].estimate, .106470588235, 1e-12);
  EXPECT_NEAR(out[6].estimate, .245331465920, 1e-12);
  EXPECT_EQ(labels_[6].term, "death");
  EXPECT_EQ(labels_[6].at, 15);
  EXPECT_EQ(labels_[6].interval, "log_log");

  EXPECT_EQ(labels_[8].group, "A");
  EXPECT_EQ(labels_[13].group, "B");
  EXPECT_EQ(labels_[13].interval, "plain");
  EXPECT_EQ(labels_[13].term, "progression");
  EXPECT_EQ(out[13].n, 10);
  EXPECT_NEAR(out[13].upper, out[12].estimate + 1.959963984540054 * out[12].standard_error, 1e-12);

  EXPECT_EQ(labels_[16].parameter, "gray_test");
  EXPECT_EQ(labels_[16].term, "progression");
  EXPECT_TRUE(labels_[16].group.empty() && labels_[16].interval.empty() && std::isnan(labels_[16].at));
  EXPECT_TRUE(labels_[16].tested && labels_[16].two_groups && !labels_[16].estimated);
  EXPECT_NEAR(out[16].statistic, .553965043073, 1e-12);
  EXPECT_NEAR(out[16].p_value, .456702090356, 1e-12);
  EXPECT_NEAR(out[17].statistic, .105609100136, 1e-12);
}

TEST_F(Example, PropertyUnknownCausesAndGroupsAreLeftOutAndPopulationsAreParts) {
  const std::string plan = R"({name: a, method: cumulative_incidence, endpoint: e, by: arm, strata: [site], rho: 1,
    at_months: [4, 8]}, {name: b, method: cumulative_incidence, endpoint: e, population: north, at_months: [4, 9]})";
  const auto out = evaluate(plan);
  ASSERT_TRUE(problems_.empty()) << problems_.text();
  const auto more = evaluate(plan, 3);
  for (std::size_t k = 0; k < out.size(); ++k) {
    EXPECT_EQ(out[k].n, more[k].n);
    EXPECT_TRUE(out[k].estimate == more[k].estimate || std::isnan(out[k].estimate));
    EXPECT_TRUE(out[k].statistic == more[k].statistic || std::isnan(out[k].statistic));
  }
  EXPECT_EQ(out.back().n, 10);
  EXPECT_EQ(out.back().status, Status::not_reached);  // the north ends at month 8
  EXPECT_FALSE(std::isnan(out[8].statistic));
  EXPECT_NE(out[8].statistic,
            evaluate(R"({name: a, method: cumulative_incidence, endpoint: e, by: arm})")[0].statistic);
}

TEST_F(Example, ContractATestOptionWithoutGroupsIsRefused) {
  evaluate("{name: a, method: cumulative_incidence, endpoint: e, at_months: [4], rho: 1}");
  EXPECT_NE(problems_.text().find("rho"), std::string::npos) << problems_.text();
}

}  // namespace
}  // namespace oligosim
