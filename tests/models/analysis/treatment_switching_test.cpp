// Patients who change treatment: the methods rpsftm and ipcw.
#include <gmock/gmock.h>

#include "models/analysis/bootstrap.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// A column of a reference file, as text.
std::string csv_of(const std::string& file, const std::vector<std::string>& columns, double later = 0,
                   const std::vector<std::string>& dates = {}) {
  const test::ReferenceTable table("data/" + file);
  std::ostringstream csv;
  csv.precision(17);
  for (std::size_t k = 0; k < columns.size(); ++k) csv << (k ? "," : "") << columns[k];
  csv << '\n';
  for (std::size_t i = 0; i < table.size(); ++i) {
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const bool date = std::ranges::find(dates, columns[k]) != dates.end();
      const std::string text = table.text(i, columns[k]);
      csv << (k ? "," : "");
      if (text == "Inf" || text == "NA")
        csv << "NA";
      else if (date)
        csv << table.number(i, columns[k]) + later;
      else
        csv << text;
    }
    csv << '\n';
  }
  return csv.str();
}

const std::string immdef = csv_of("switching_immdef.csv", {"imm", "censyrs", "xoyrs", "prog", "progyrs"});

// R's package trtswitch publishes them, and survival of the deferred arm is survfit's.
TEST(TreatmentSwitching, ReferencePublishedRankPreservingModel) {
  const AnalysedData d(immdef, R"(
time_unit: years
endpoints: {aids: {time: progyrs, event: prog}}
analyses:
  - {name: model, method: rpsftm, endpoint: aids, by: imm, levels: ["0", "1"], treated_from: xoyrs, recensor_at: censyrs,
     at_months: [12, 24]}
)");
  const Estimate& time = d.row("model", "time_ratio");
  EXPECT_NEAR(std::log(time.estimate), 0.181177429, 1e-6);
  EXPECT_NEAR(std::log(time.lower), -0.002047886, 1e-6);
  EXPECT_NEAR(std::log(time.upper), 0.349655916, 1e-6);
  EXPECT_NEAR(time.standard_error, (0.349655916 + 0.002047886) / (2 * 1.959964), 1e-6);
  EXPECT_NEAR(time.p_value, 0.05563532, 1e-8);
  EXPECT_GT(time.signed_statistic, 1.9);
  EXPECT_EQ(time.n, 1000);
  EXPECT_EQ(time.n_events, 312);
  const Estimate& hazard = d.row("model", "hazard_ratio");
  EXPECT_NEAR(hazard.estimate, 0.7610992, 1e-7);
  EXPECT_NEAR(hazard.lower, 0.5754769, 1e-7);
  EXPECT_NEAR(hazard.upper, 1.0065948, 1e-7);
  EXPECT_EQ(hazard.p_value, time.p_value);
  EXPECT_EQ(hazard.signed_statistic, time.signed_statistic);
  EXPECT_NEAR(d.row("model", "log_hazard_ratio").statistic, -1.91388132691173, 1e-9);
  EXPECT_NEAR(d.row("model", "survival", "0", "", 12).estimate, 0.882, 1e-9);
  EXPECT_NEAR(d.row("model", "survival", "0", "", 24).estimate, 0.703778761218, 1e-9);
  EXPECT_EQ(d.row("model", "survival", "0", "", 24).n, 500);
  EXPECT_EQ(d.row("model", "survival", "0", "", 24).n_events, 169);
  EXPECT_EQ(d.row("model", "quantile", "0").status, Status::not_reached);
}

// The groups the other way round: who of the later one changes ends the treatment of his group.
TEST(TreatmentSwitching, OracleTheOtherGroupFirst) {
  const auto plan = [](const std::string& levels, const std::string& dates) {
    return "{time_unit: years, derive: {never: {cases: [{when: {imm: 7}, value: 1}]}}, endpoints: {aids: {time: "
           "progyrs, "
           "event: prog}}, analyses: [{name: model, method: rpsftm, endpoint: aids, by: imm, levels: " +
           levels + ", " + dates + "}]}";
  };
  const AnalysedData one(immdef, plan(R"(["0", "1"])", "treated_from: xoyrs"));
  const AnalysedData two(immdef, plan(R"(["1", "0"])", "treated_from: never, treated_until: xoyrs"));
  EXPECT_NEAR(one.row("model", "time_ratio").estimate, 1 / two.row("model", "time_ratio").estimate, 1e-9);
  EXPECT_NEAR(one.row("model", "time_ratio").lower, 1 / two.row("model", "time_ratio").upper, 1e-9);
  EXPECT_NEAR(one.row("model", "hazard_ratio").estimate, 1 / two.row("model", "hazard_ratio").estimate, 1e-7);
  EXPECT_NEAR(one.row("model", "time_ratio").signed_statistic, -two.row("model", "time_ratio").signed_statistic, 1e-9);
}

const std::vector<std::string> progressing_columns{"time", "event", "group", "eligible", "change", "x1", "x2"};

TEST(TreatmentSwitching, ReferenceWeights) {
  const std::string csv = csv_of("switching_progressing.csv", progressing_columns);
  const test::ReferenceTable reference("switching_weights.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const std::string terms = reference.text(r, "terms");
    std::string keys = terms == "1" ? "" : terms == "x1" ? "terms: [x1], " : "terms: [x1, x2], ";
    if (reference.number(r, "whole") == 0) keys += "eligible_at: eligible, ";
    if (reference.number(r, "stabilized") == 0) keys += "stabilized: false, ";
    const AnalysedData d(
        csv,
        "{time_unit: months, endpoints: {os: {time: time, event: event}}, analyses: [{name: w, method: "
        "ipcw, endpoint: os, by: group, levels: [\"0\", \"1\"], treated_from: change, treated_until: "
        "change, " +
            keys + "at_months: [300]}]}");
    EXPECT_NEAR(d.row("w", "log_hazard_ratio").estimate, reference.number(r, "log_hazard_ratio"), 1e-8);
    EXPECT_NEAR(d.row("w", "hazard_ratio").standard_error, reference.number(r, "standard_error"), 1e-8);
    EXPECT_NEAR(d.row("w", "largest_weight").estimate, reference.number(r, "largest_weight"), 1e-7);
    EXPECT_NEAR(d.row("w", "survival", "0").estimate, reference.number(r, "survival_0"), 1e-8);
    EXPECT_NEAR(d.row("w", "survival", "1").estimate, reference.number(r, "survival_1"), 1e-8);
    EXPECT_EQ(d.row("w", "hazard_ratio").n, 260);
  }
}

TEST(TreatmentSwitching, EndpointsFromALandmarkAreRefused) {
  for (const char* method : {"ipcw", "rpsftm"}) {
    const std::string plan =
        "{time_unit: months, endpoints: {os: {time: t, event: e}, late: {of: os, landmark_months: "
        "2}}, analyses: [{name: a, method: " +
        std::string(method) + ", endpoint: late, by: g, treated_from: c}]}";
    try {
      AnalysedData("t,e,c,g\n3,1,1,A\n4,1,NA,B\n", plan);
      FAIL() << method;
    } catch (const InputError& e) {
      EXPECT_THAT(e.what(), HasSubstr("'late' is counted from a landmark, before which treatment may have changed (an "
                                      "endpoint from the start)"));
    }
  }
}

// Who changes on the day of the event has the event; who is censored on that day has changed.
TEST(TreatmentSwitching, ByHandTheSameDay) {
  const std::string csv =
      "t,e,c,g\n2,1,2,A\n3,0,3,A\n5,1,NA,A\n6,1,4,A\n7,0,NA,A\n4,1,NA,B\n6,0,NA,B\n8,1,NA,B\n9,0,NA,B\n";
  const AnalysedData d(csv,
                       "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: w, method: ipcw, "
                       "endpoint: os, by: g, levels: [A, B], treated_from: c, stabilized: false, at_months: [2, 5]}]}");
  // Changes in A: on day 3 one of four at risk, on day 4 one of three.
  EXPECT_NEAR(d.row("w", "survival", "A", "", 2).estimate, 0.8, 1e-12);
  EXPECT_NEAR(d.row("w", "survival", "A", "", 5).estimate, 0.8 * 0.5, 1e-12);
  EXPECT_NEAR(d.row("w", "largest_weight").estimate, std::exp(1.0 / 4 + 1.0 / 3), 1e-12);
  EXPECT_EQ(d.row("w", "hazard_ratio").n_events, 4);
}

// Before the first event, and of a group without any, survival is 1 as long as somebody is followed.
TEST(TreatmentSwitching, ByHandWeightedSurvivalBeforeTheFirstEvent) {
  const AnalysedData d("t,e,c,g\n3,0,NA,A\n5,1,NA,A\n8,1,NA,A\n6,0,NA,B\n9,0,NA,B\n",
                       "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: w, method: ipcw, "
                       "endpoint: os, by: g, levels: [A, B], treated_from: c, at_months: [1, 4, 5, 9, 10]}]}");
  EXPECT_EQ(d.row("w", "survival", "A", "", 1).estimate, 1);
  EXPECT_EQ(d.row("w", "survival", "A", "", 4).estimate, 1);
  EXPECT_EQ(d.row("w", "survival", "A", "", 5).estimate, 0.5);
  EXPECT_EQ(d.row("w", "survival", "B", "", 4).estimate, 1);
  EXPECT_EQ(d.row("w", "survival", "B", "", 9).estimate, 1);
  EXPECT_EQ(d.row("w", "survival", "B", "", 10).status, Status::not_reached);
  EXPECT_EQ(d.row("w", "quantile", "B").status, Status::not_reached);
  EXPECT_EQ(d.row("w", "hazard_ratio").status, Status::separation);
  EXPECT_EQ(d.row("w", "largest_weight").estimate, 1);
}

// Who changes before he might has no part in the model of changes; a term that is the same in all of a group has none.
TEST(TreatmentSwitching, ByHandOutsideTheModelOfChanges) {
  const std::string csv =
      "t,e,c,p,g,x,y\n9,1,2,4,A,1,3\n8,1,3,NA,A,2,3\n7,1,5,5,A,1,3\n6,1,NA,5,A,2,3\n4,1,NA,NA,A,3,3\n3,1,NA,NA,B,1,3\n"
      "8,1,NA,NA,B,2,4\n";
  const auto analysed = [&](const std::string& keys) {
    return AnalysedData(csv,
                        "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: w, method: ipcw, "
                        "endpoint: os, by: g, levels: [A, B], treated_from: c, eligible_at: p, stabilized: false, " +
                            keys + "at_months: [5.5, 6]}]}");
  };
  const AnalysedData plain = analysed("");
  // One of the two whom progression made eligible changes that day: a weight of exp(1 / 2) from then on.
  EXPECT_NEAR(plain.row("w", "largest_weight").estimate, std::exp(0.5), 1e-12);
  EXPECT_NEAR(plain.row("w", "survival", "A", "", 5.5).estimate, 2.0 / 3, 1e-12);
  const AnalysedData constant = analysed("terms: [y], ");
  EXPECT_EQ(constant.row("w", "hazard_ratio").estimate, plain.row("w", "hazard_ratio").estimate);
}

TEST(TreatmentSwitching, ByHandEverybodyAtRiskHasTheEventAtOnce) {
  const AnalysedData d("t,e,c,g\n5,1,NA,A\n5,1,NA,A\n5,1,NA,B\n5,1,NA,B\n5,1,NA,B\n",
                       "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: w, method: ipcw, "
                       "endpoint: os, by: g, levels: [A, B], treated_from: c}]}");
  EXPECT_EQ(d.row("w", "hazard_ratio").status, Status::singular);
  EXPECT_TRUE(std::isnan(d.row("w", "hazard_ratio").p_value));
}

// A date far from any time has no part in what counts as rounding.
TEST(TreatmentSwitching, OracleADateFarAway) {
  const auto analysed = [](const std::string& far) {
    return AnalysedData(
        "t,e,c,end,g\n3,1," + far + ",20,A\n4,1,NA,20,A\n7,1,5," + far +
            ",A\n9,0,NA,20,A\n5,1,NA,20,B\n8,1,NA,20,B\n11,0,NA,20,B\n",
        "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: m, method: rpsftm, "
        "endpoint: os, by: g, levels: [A, B], treated_from: c, recensor_at: end}]}");
  };
  EXPECT_EQ(analysed("1e10").row("m", "hazard_ratio").estimate, analysed("30").row("m", "hazard_ratio").estimate);
}

TEST(TreatmentSwitching, WithoutAnAnswer) {
  // Everybody of A who progresses changes that day.
  std::string csv = "t,e,p,g\n";
  for (int i = 0; i < 20; ++i)
    csv += std::to_string(10 + i) + ",1," + (i % 2 == 0 && i % 4 ? "5" : "NA") + (i % 2 ? ",B\n" : ",A\n");
  const AnalysedData d(csv,
                       "{time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [{name: w, method: ipcw, "
                       "endpoint: os, by: g, levels: [A, B], treated_from: p, eligible_at: p, at_months: [12]}]}");
  EXPECT_EQ(d.row("w", "hazard_ratio").status, Status::separation);
  EXPECT_EQ(d.row("w", "survival", "A").status, Status::separation);
  EXPECT_EQ(d.row("w", "largest_weight").status, Status::separation);
  // A test there is, but no ratio.
  std::string apart = "t,e,c,g\n";
  for (int i = 0; i < 10; ++i) apart += i < 5 ? "1." + std::to_string(i) + ",1,NA,A\n" : "1000,0,NA,B\n";
  const AnalysedData none(apart,
                          "{time_unit: months, derive: {never: {cases: [{when: {c: 7}, value: 1}]}}, endpoints: {os: "
                          "{time: t, event: e}}, analyses: [{name: m, method: rpsftm, endpoint: os, by: g, levels: [A, "
                          "B], treated_from: never}]}");
  EXPECT_EQ(none.row("m", "time_ratio").status, Status::not_reached);
  EXPECT_LT(none.row("m", "time_ratio").p_value, 0.01);
  EXPECT_EQ(none.row("m", "hazard_ratio").status, Status::not_reached);
}

TEST(TreatmentSwitching, PicturesHaveTheCurvesSeenAndThoseHadNobodyChanged) {
  AnalysedData d(csv_of("switching_progressing.csv", progressing_columns), R"(
time_unit: months
endpoints: {os: {time: time, event: event}}
analyses:
  - {name: w, method: ipcw, endpoint: os, by: group, levels: ["0", "1"], treated_from: change, eligible_at: eligible}
  - {name: m, method: rpsftm, endpoint: os, by: group, levels: ["0", "1"], treated_from: change}
)");
  Arena arena;
  for (const std::size_t k : {0, 1}) {
    const std::vector<Figure> figures = d.plan().analysis(k).draw(d.data(), arena);
    ASSERT_EQ(figures.size(), 1u);
    const StepFigure& figure = std::get<StepFigure>(figures.front());
    std::vector<std::string> names;
    for (const StepFigure::Group& group : figure.groups) names.push_back(group.name);
    EXPECT_EQ(names, (std::vector<std::string>{"0", k == 0 ? "0, weighted" : "0, adjusted", "1"}));
  }
}

}  // namespace
}  // namespace oligosim
