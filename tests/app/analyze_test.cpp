// The analyze command as a user runs it: what it prints, what it leaves, what it refuses.
#include <cmath>

#include "engine/io/number.hpp"
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class Analyze : public Program {
 protected:
  const std::string plan_ = OLIGOSIM_SOURCE_DIR "/configs/plans/song2025.yaml";
  const std::string data_ = OLIGOSIM_SOURCE_DIR "/tests/reference/data/song2025_like.csv";
};

TEST_F(Analyze, OracleThePaperPlanOnSyntheticPatients) {
  ASSERT_EQ(run("analyze " + plan_ + " --data " + data_ + " --out " + at("out")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("pfs            all             37      26        11        0"));
  EXPECT_THAT(file("stdout"), HasSubstr("0.369 (0.148 to 0.917)    p 0.032"));
  EXPECT_THAT(file("stderr"), HasSubstr("analyses.age is left out: the data have no age"));
  EXPECT_THAT(file("stderr"), testing::Not(HasSubstr("levels leave out")));  // OM, in analyses of OP alone
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("responder,cox,pfs,,,or,hazard_ratio,,wald,0.368966"));
  for (const char* part : {"Kaplan-Meier", "Hazard ratios", "Left out", "Definitions", "song2025_like.csv"})
    EXPECT_THAT(file("out/report.html"), HasSubstr(part));
  EXPECT_THAT(file("out/manifest.json"), HasSubstr("\"patients\": 37"));
  EXPECT_THAT(file("out/plan.yaml"), HasSubstr("time_unit: days"));
}

TEST_F(Analyze, OracleDatesOfAChangeOfTreatment) {
  write("plan.yaml", R"({time_unit: months, endpoints: {os: {time: t, event: e}}, analyses: [
    {name: w, method: ipcw, endpoint: os, by: g, levels: [A, B], treated_from: c, eligible_at: p},
    {name: m, method: rpsftm, endpoint: os, by: g, levels: [A, B], treated_from: c, recensor_at: end}]})");
  const std::string analyze = "analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out");
  write("data.csv", "t,e,g,c,p,end\n9,1,A,-2,4,12\n8,1,B,NA,-1,12\n7,0,A,5,5,-3\n");
  EXPECT_EQ(run(analyze), 2);
  for (const char* said : {"data.csv:2:7: c: -2 is before the start (a date of at least 0)",
                           "data.csv:3:10: p: -1 is before the start", "data.csv:4:11: end: -3 is before the start"})
    EXPECT_THAT(file("stderr"), HasSubstr(said));
  write(
      "data.csv",
      "t,e,g,c,p,end\n9,1,A,2,4,12\n8,1,A,3,NA,12\n7,1,A,5,5,NA\n6,1,A,NA,5,3\n5,0,A,NA,NA,9\n4,1,B,-1,NA,9\n8,1,B,NA,"
      "NA,9\n");
  EXPECT_EQ(run(analyze), 0) << file("stderr");
  for (const char* said : {"data.csv:1:9: p: is missing, or after the change of treatment, in 2 rows with such a "
                           "change: w follows them until "
                           "then, and has no weights for them",
                           "data.csv:1:11: end: is missing in 1 row, which m leaves out",
                           "data.csv:1:11: end: is before the patient's own time in 1 row, where m takes that for it"})
    EXPECT_THAT(file("stderr"), HasSubstr(said));
}

TEST_F(Analyze, OracleLesionsInAFileOfTheirOwn) {
  write("plan.yaml", R"({time_unit: days, patient: id, endpoints: {os: {time: t, event: e}}, analyses: [
    {name: os, method: kaplan_meier, endpoint: os}], lesions: {endpoints: {control: {time: c, event: f}}, analyses: [
    {name: control, method: kaplan_meier, endpoint: control, by: arm, cluster: patient}]}})");
  write("patients.csv", "id,arm,t,e\na,A,300,1\nb,B,400,0\nc,A,90,1\n");
  write("lesions.csv", "id,c,f\nb,100,1\nb,400,0\na,200,1\nc,90,0\n");
  const std::string analyze = "analyze " + at("plan.yaml") + " --data " + at("patients.csv") + " --out " + at("out");
  ASSERT_EQ(run(analyze + " --lesions " + at("lesions.csv")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("control (lesions)  arm B         2       1         1        0"));
  EXPECT_THAT(file("out/report.html"), HasSubstr("patients.csv: 3 patients; lesions.csv: 4 lesions"));
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("\ncontrol,kaplan_meier,control,,A,"));
  EXPECT_THAT(file("out/manifest.json"), HasSubstr("\"lesions\": 4"));
  ASSERT_EQ(run(analyze), 0) << file("stderr");
  EXPECT_THAT(file("stderr"), HasSubstr("lesions is left out: the data have no file of lesions"));
  write("lesions.csv", "id,c,f\nb,-100,1\n");
  EXPECT_EQ(run(analyze + " --lesions " + at("lesions.csv")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("lesions.csv:2:3: c"));
}

TEST_F(Analyze, OracleDerivedColumnsAreCheckedAsThoseOfTheFile) {
  write("data.csv", "a,b,e,s\n1,5,1,0\n7,5,1,0\n2,NA,1,0\n2,9,0,8\n");
  write("plan.yaml", R"({time_unit: days, derive: {t: {difference: [b, a]},
    code: {cases: [{when: {e: 1}, value: 1}], otherwise: 3}},
    endpoints: {os: {time: t, event: e}, x: {time: b, event: code}, rows: {start: s, time: t, event: e}},
    analyses: [{name: os, method: kaplan_meier, endpoint: os}, {name: x, method: kaplan_meier, endpoint: x},
               {name: c, method: cox, endpoint: rows, terms: [a]}]})");
  EXPECT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 2);
  for (const char* said : {"data.csv:3:1: t: -2 is negative (a time of at least 0)",
                           "data.csv:4:1: t: is missing although e is 1 (an event has a time)",
                           "data.csv:5:1: code: 3 is not a code of endpoint x (1 event, 0 censored)",
                           "data.csv:5:1: s: 8 is not before t, 7 (a row is at risk from its start to its end)"})
    EXPECT_THAT(file("stderr"), HasSubstr(said));
}

TEST_F(Analyze, OracleTimesThatDifferByRoundingAreTiesBesideStartsToo) {
  write("plan.yaml",
        R"({time_unit: months, patient: id, several_rows: true, endpoints: {e: {start: s, time: t, event: e}},
    analyses: [{name: c, method: cox, endpoint: e, terms: [x], cluster: id}]})");
  write("switch.yaml", R"({time_unit: months, endpoints: {e: {time: t, event: e}},
    analyses: [{name: c, method: cox, endpoint: e, terms: [treated], time_dependent: {treated: from}}]})");
  // Each row begins where another ends, and events are tied; rounding parts all of them.
  const auto data = [&](const std::string& name, double rounding) {
    std::string text = "id,s,t,e,x,from\n";
    for (int i = 0; i < 60; ++i) {
      const int start = i * 7 % 5, stop = start + 1 + i * 11 % 6;
      text += std::to_string(i / 2) + "," + shortest(0.1 * start + rounding * (i % 3)) + "," +
              shortest(0.1 * stop + rounding * (i % 4)) + "," + std::to_string(i % 3 != 0) + "," +
              std::to_string(i * 13 % 7 > 2) + "," + (i % 4 ? shortest(0.1 * start + 0.1 + rounding * (i % 3)) : "NA") +
              "\n";
    }
    write(name, text);
  };
  data("exact.csv", 0);
  data("rounded.csv", 1e-9);
  data("apart.csv", 1e-3);
  for (const char* plan : {"plan.yaml", "switch.yaml"}) {
    const auto estimates = [&](const std::string& name) {
      EXPECT_EQ(run("analyze " + at(plan) + " --data " + at(name) + " --out " + at("out")), 0) << file("stderr");
      return file("out/estimates.csv");
    };
    const std::string exact = estimates("exact.csv");
    EXPECT_EQ(estimates("rounded.csv"), exact) << plan;
    EXPECT_NE(estimates("apart.csv"), exact) << plan;
  }
  write("exact.csv", "id,s,t,e,x\n1,1,2,1,0\n1,2,2.000000001,0,1\n");
  EXPECT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("exact.csv") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("exact.csv:3:3: s: 2 is only by rounding before t, 2.000000001"));
}

TEST_F(Analyze, OracleWhatAPlanLeavesOutOrCannotKeepTogetherIsSaid) {
  std::string text = "id,t,e,arm,stage,site,dead\n";
  for (int i = 0; i < 40; ++i)
    text += std::to_string(i) + "," + std::to_string(10 + i) + ",1," + (i % 2 ? "A" : "B") + "," +
            std::to_string(i % 4) + "," + (i < 20 ? "north" : "south") + "," + (i % 3 ? "TRUE" : "FALSE") + "\n";
  write("data.csv", text);
  const auto said = [&](const std::string& event, const std::string& analyses, int code) {
    write("plan.yaml",
          "{time_unit: days, patient: id, derive: {early: {cases: [{when: {t: {below: 0}}, value: yes}], "
          "otherwise: no}}, endpoints: {os: {time: t, event: " +
              event + "}}, analyses: [" + analyses + "]}");
    EXPECT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), code);
    return file("stderr");
  };
  EXPECT_THAT(said("e", "{name: km, method: kaplan_meier, endpoint: os, by: stage, levels: [0, 1]}", 0),
              HasSubstr("data.csv:1:12: stage: 20 rows have '2' or '3', which the plan's levels leave out: counted as "
                        "missing"));
  const std::string km =
      "{name: km, method: kaplan_meier, endpoint: os, by: arm, bootstrap: {cluster: site, resamples: 99";
  const std::string split = said("e", km + ", strata: [arm]}}", 2);
  EXPECT_THAT(split,
              HasSubstr("data.csv:3:12: site: 'north' is in several strata of the bootstrap (strata known of all "
                        "its rows, which hold whole clusters)"));
  EXPECT_EQ(std::count(split.begin(), split.end(), '\n'), 2);  // a line a cluster
  EXPECT_THAT(said("e",
                   "{name: km, method: kaplan_meier, endpoint: os, by: arm, bootstrap: {cluster: early, strata: [arm], "
                   "resamples: 99}}",
                   2),
              HasSubstr("data.csv:3:1: early: 'no' is in several strata of the bootstrap"));
  EXPECT_THAT(said("e", km + ", strata: [site]}}", 0), testing::Not(HasSubstr("strata")));
  EXPECT_THAT(said("dead", "{name: km, method: kaplan_meier, endpoint: os}", 2),
              HasSubstr("'dead' is no numeric column, but FALSE or TRUE (a column of 1 and 0: derive: {NAME: {cases: "
                        "[{when: {dead: FALSE}, value: 0}, {when: {dead: TRUE}, value: 1}]}})"));
}

TEST_F(Analyze, OracleTimesOfAnyUnitHaveAPageOfUsualSize) {
  write("plan.yaml",
        "{time_unit: days, endpoints: {os: {time: t, event: e}}, analyses: [{name: km, method: "
        "kaplan_meier, endpoint: os}]}");
  write("data.csv", "t,e\n1.7e12,1\n1.8e12,1\n5,1\n");
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 0);
  EXPECT_LT(file("out/report.html").size(), 1000000u);
}

TEST_F(Analyze, OracleRecordedEventsAreCheckedWhateverBecomesOfThem) {
  write("data.csv", "t,e,st\n5,1,9\n9,7,NA\n6,0,-1\n");
  for (const char* strategy : {"composite", "hypothetical", "while_on_treatment"}) {
    write("plan.yaml",
          std::string("{time_unit: days, derive: {ev: {largest: [e]}}, endpoints: {x: {time: t, event: ev, "
                      "intercurrent: [{at: st, strategy: ") +
              strategy + "}]}}, analyses: [{name: d, method: describe, value: t}]}");
    EXPECT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 2);
    EXPECT_THAT(file("stderr"), HasSubstr("data.csv:3:1: ev: 7 is not a code of endpoint x (1 event, 0 censored)"));
    EXPECT_THAT(file("stderr"), HasSubstr("data.csv:4:5: st: -1 is before the start (a date of at least 0)"));
  }
}

// The last scan: who has none is censored at the start, of which analyze warns.
TEST_F(Analyze, OracleCensoredAtTheLastScan) {
  write("data.csv", "t,e,scan\n5,1,4\n9,0,7\n6,0,NA\n8,1,NA\n3,0,NA\n12,0,20\n");
  write("plan.yaml",
        "{time_unit: months, endpoints: {x: {time: t, event: e, censored_at: scan}}, analyses: [{name: km, method: "
        "kaplan_meier, endpoint: x, at_months: [5, 8]}, {name: f, method: reverse_kaplan_meier, endpoint: x}]}");
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 0);
  EXPECT_THAT(file("stderr"),
              HasSubstr("data.csv:1:5: scan: is missing in 2 rows without an event, which endpoint x has censored at "
                        "time 0"));
  // 12+ stays, as the scan at 20 is after the end of follow-up: 0+ 0+ 5 7+ 8 12+.
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("km,kaplan_meier,x,,,,survival,5,log,0.75,"));
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("km,kaplan_meier,x,,,,survival,8,log,0.375,"));
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("f,reverse_kaplan_meier,x,,,,quantile,0.5,log,7,"));
}

// The last visit without the event: before the one that shows it, not before the start; missing is said.
TEST_F(Analyze, OracleDatesOfTheLastVisitWithoutTheEvent) {
  write("plan.yaml",
        "{time_unit: months, endpoints: {x: {time: t, event: e, free_at: scan}}, analyses: [{name: curve, method: "
        "turnbull, endpoint: x, at_months: [4]}]}");
  const auto analyze = [&](const char* data) {
    write("data.csv", data);
    return run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out"));
  };
  EXPECT_EQ(analyze("t,e,scan\n5,1,6\n9,0,10\n6,0,-1\n8,1,NA\n"), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("data.csv:2:5: scan: 6 is after the event of endpoint x at 5 (the last date "
                                        "without it)"));
  EXPECT_THAT(file("stderr"), HasSubstr("data.csv:4:5: scan: -1 is before the start (a date of at least 0)"));
  EXPECT_THAT(file("stderr"), testing::Not(HasSubstr("data.csv:3:")));
  ASSERT_EQ(analyze("t,e,scan\n6,1,2\n6,1,2\n9,0,7\n8,1,NA\n"), 0);
  EXPECT_THAT(file("stderr"), HasSubstr("data.csv:1:5: scan: is missing in 1 row, which endpoint x takes to be free of "
                                        "it at time 0 alone"));
  EXPECT_THAT(file("out/estimates.csv"), HasSubstr("curve,turnbull,x,,,,survival,4,,0.6666666"));
  EXPECT_THAT(file("out/report.html"), HasSubstr("Turnbull curve of x"));
}

TEST_F(Analyze, OracleGradesOfToxicityAreWholeNumbersUpToFive) {
  write("data.csv", "a,b\n1,0\n2.5,3\nNA,-1\n5,6\n");
  write("plan.yaml", "{time_unit: days, analyses: [{name: t, method: toxicity, terms: [a, b]}]}");
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 2);
  for (const char* mistake : {"data.csv:3:1: a: 2.5 is not a grade of toxicity (0, 1, 2, 3, 4 or 5)",
                              "data.csv:4:4: b: -1 is not a grade", "data.csv:5:3: b: 6 is not a grade"})
    EXPECT_THAT(file("stderr"), HasSubstr(mistake));
}

/// Differences of one decimal are 1.2 and 1.1999999999999997; as numbers with two decimals they would be ties.
TEST_F(Analyze, PropertyTimesThatDifferByRoundingAreTies) {
  std::string parts = "a,b,e,g\n", whole = "t,e,g\n";
  for (int i = 0; i < 40; ++i) {
    const int a = i * 7 % 31, t = 5 + i % 9;  // tenths
    const std::string tail = "," + std::to_string(i % 3 != 0) + "," + (i % 2 ? "A" : "B") + "\n";
    const auto tenths = [](int n) { return std::to_string(n / 10) + "." + std::to_string(n % 10); };
    parts += tenths(a) + "," + tenths(a + t) + tail;
    whole += tenths(t) + tail;
  }
  write("parts.csv", parts);
  write("whole.csv", whole);
  const std::string rest =
      "endpoints: {os: {time: t, event: e}}, analyses: [{name: c, method: cox, endpoint: os, terms: [g]}, {name: l, "
      "method: log_rank, endpoint: os, by: g}]}";
  write("parts.yaml", "{time_unit: years, derive: {t: {difference: [b, a]}}, " + rest);
  write("whole.yaml", "{time_unit: years, " + rest);
  for (const char* name : {"parts", "whole"})
    ASSERT_EQ(run(std::string("analyze ") + at(std::string(name) + ".yaml") + " --data " +
                  at(std::string(name) + ".csv") + " --out " + at(name)),
              0)
        << file("stderr");
  EXPECT_EQ(file("parts/estimates.csv"), file("whole/estimates.csv"));
}

TEST_F(Analyze, OracleTextsOfManyKindsTellClustersApartAndNothingElse) {
  std::string texts = "id,t,e,g\n", numbers = "id,t,e,g\n";
  for (int i = 0; i < 600; ++i) {
    const std::string tail =
        "," + std::to_string(1 + i * 37 % 101) + "," + std::to_string(i % 3 != 0) + "," + (i % 2 ? "A" : "B") + "\n";
    texts += "P" + std::to_string(i / 2) + tail;
    numbers += std::to_string(i / 2) + tail;
  }
  write("texts.csv", texts);
  write("numbers.csv", numbers);
  const auto plan = [&](const std::string& more) {
    write("plan.yaml",
          "{time_unit: days, patient: id, several_rows: true, endpoints: {os: {time: t, event: e}}, "
          "analyses: [{name: c, method: cox, endpoint: os, terms: [g" +
              more + ", cluster: id, interval: robust}], bootstrap: {resamples: 50, cluster: id}}");
  };
  const auto analyze = [&](const std::string& data) {
    return run("analyze " + at("plan.yaml") + " --data " + at(data + ".csv") + " --out " + at(data));
  };
  plan("]");
  ASSERT_EQ(analyze("texts"), 0) << file("stderr");
  ASSERT_EQ(analyze("numbers"), 0) << file("stderr");
  EXPECT_EQ(file("texts/estimates.csv"), file("numbers/estimates.csv"));
  plan("], strata: [id]");
  EXPECT_EQ(analyze("texts"), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("strata: 'id' has more than 254 different texts (a column with fewer)"));
  plan("], population: q");
  write("plan.yaml", "{populations: {q: {id: {above: 3}}}, " + file("plan.yaml").substr(1));
  EXPECT_EQ(analyze("texts"), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("populations.q.id: has more than 254 different texts (present or missing)"));
}

/// 15 of 48 are 31.25 %: halves away from zero, as tables of patients are printed, and one decimal also where it is 0.
TEST_F(Analyze, OracleSharesOfPatientsHaveOneDecimal) {
  std::string csv = "sex,t,e\n";
  for (int i = 0; i < 48; ++i) csv += std::string(i < 15 ? "F" : "M") + ",1,1\n";
  csv += "X,1,1\nX,1,1\nY,1,1\nY,1,1\n";
  write("data.csv", csv);
  write("plan.yaml", R"({time_unit: days, endpoints: {os: {time: t, event: e}},
    populations: {known: {sex: [F, M]}, even: {sex: [X, Y]}},
    analyses: [{name: sex, method: frequency, column: sex, population: known},
               {name: halves, method: frequency, column: sex, population: even}]})");
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 0)
      << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("31.3 %"));
  EXPECT_THAT(file("stdout"), HasSubstr("68.8 %"));
  EXPECT_THAT(file("stdout"), HasSubstr("50.0 %"));
}

/// A single death is drawn by none of e^-1 of the resamples of many patients; the hazard ratio is then missing.
TEST_F(Analyze, OracleThePageSaysHowWellBootstrapLimitsAreKnown) {
  std::string csv = "id,arm,t,e\n";
  for (int i = 0; i < 40; ++i)
    csv +=
        std::to_string(i) + (i % 2 ? ",A," : ",B,") + std::to_string(10 + i) + (i == 7 || i % 2 == 0 ? ",1\n" : ",0\n");
  write("data.csv", csv);
  write("plan.yaml",
        R"({time_unit: days, patient: id, endpoints: {os: {time: t, event: e}}, bootstrap: {resamples: 1000},
    analyses: [{name: effect, method: cox, endpoint: os, terms: [arm], levels: {arm: [B, A]}}]})");
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 0)
      << file("stderr");
  const std::string page = file("out/report.html");
  EXPECT_THAT(page,
              testing::ContainsRegex("Monte Carlo error of at most [0-9.]+ % of the width of their interval \\("));
  const std::size_t at_most = page.find("At most ");
  ASSERT_NE(at_most, std::string::npos);
  EXPECT_NEAR(std::stod(page.substr(at_most + 8)), 100 * std::exp(-1), 4 * 100 * std::sqrt(0.37 * 0.63 / 1000));
  EXPECT_THAT(page,
              HasSubstr(" % of the resamples gave no number (arm=A: hazard ratio (percentile)); they are left out"));
}

TEST_F(Analyze, OracleTheResolvedPlanGivesTheSameNumbers) {
  ASSERT_EQ(run("analyze " + plan_ + " --data " + data_ + " --out " + at("a")), 0);
  ASSERT_EQ(run("analyze " + at("a/plan.yaml") + " --data " + data_ + " --out " + at("b")), 0) << file("stderr");
  EXPECT_EQ(file("a/estimates.csv"), file("b/estimates.csv"));
  EXPECT_EQ(file("a/plan.yaml"), file("b/plan.yaml"));
}

TEST_F(Analyze, OracleMistakesHaveTheirPlaceAndNothingIsWritten) {
  write("plan.yaml",
        "{time_unit: days, endpoints: {os: {time: t, event: e}}, analyses: [{name: a, method: "
        "kaplan_meier, endpoint: os}]}");
  const auto refusal = [&](const std::string& csv) {
    write("data.csv", csv);
    EXPECT_EQ(run("analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out")), 2) << csv;
    EXPECT_FALSE(has("out"));
    EXPECT_EQ(file("stdout"), "");
    return file("stderr");
  };
  EXPECT_THAT(refusal("t,e\n1,1\n-2,0\n"), HasSubstr("data.csv:3:1: t"));
  EXPECT_THAT(refusal("t,e\n1,1\n2,7\n"), HasSubstr("data.csv:3:3: e"));
  EXPECT_THAT(refusal("t,x\n1,1\n"), HasSubstr("plan.yaml:1:"));
  EXPECT_THAT(refusal("t,e\n1,1\n2\n"), HasSubstr("data.csv:3:"));
}

/// Three rows of two patients.
TEST_F(Analyze, ContractSeveralRowsAPatient) {
  write("data.csv", "id,from,t,e\na,0,10,0\na,10,30,1\nb,,40,0\nb,5,40,0\n");
  const std::string plan = R"({time_unit: days, patient: id, several_rows: true, endpoints: {os: {start: from, time: t,
    event: e}}, analyses: [{name: c, method: cox, endpoint: os, terms: [t], cluster: id}])";
  const std::string analyze = "analyze " + at("plan.yaml") + " --data " + at("data.csv") + " --out " + at("out");
  write("plan.yaml", plan + "}");
  ASSERT_EQ(run(analyze), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("endpoint  group  rows  events  censored  missing"));
  EXPECT_THAT(file("stdout"), HasSubstr("os        all       4       1         2        1"));
  EXPECT_THAT(file("out/report.html"), HasSubstr("data.csv: 2 patients"));
  write("plan.yaml", plan + ", bootstrap: {resamples: 100}}");
  EXPECT_EQ(run(analyze), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("bootstrap.cluster: missing: rows of a patient are drawn together"));
}

TEST_F(Analyze, ContractAFolderOfItsOwn) {
  write("a_file", "");
  const std::string analyze = "analyze " + plan_ + " --data " + data_ + " --out ";
  for (const std::string& out : {at("a_file"), at("a_file/below"), std::string("''")}) {
    EXPECT_EQ(run(analyze + out), 2) << out;
    EXPECT_THAT(file("stderr"), HasSubstr("--out: "));
  }
  std::filesystem::create_directories(at("run"));
  write("run/blocks.log", "");
  EXPECT_EQ(run(analyze + at("run")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("holds a run (another folder)"));
}

// Results of one command are not written over by another.
TEST_F(Analyze, ContractNorIsItsFolderTakenByAnother) {
  ASSERT_EQ(run("analyze " + plan_ + " --data " + data_ + " --out " + at("mine")), 0) << file("stderr");
  const std::string page = file("mine/report.html");
  const std::string study = OLIGOSIM_SOURCE_DIR "/configs/studies/randomized_pfs.yaml";
  for (const std::string& command : {"run " + study, "size " + study}) {
    EXPECT_EQ(run(command + " --out " + at("mine")), 2) << command;
    EXPECT_THAT(file("stderr"), HasSubstr("holds results of oligosim analyze (another folder)"));
  }
  EXPECT_EQ(file("mine/report.html"), page);
  EXPECT_EQ(run("analyze " + plan_ + " --data " + data_ + " --out " + at("mine")), 0) << file("stderr");
}

}  // namespace
}  // namespace oligosim
