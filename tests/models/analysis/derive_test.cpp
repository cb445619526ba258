// Derived columns, conditions, landmarks, codes of events, columns that a data set may lack.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

const char* const csv =
    "id,grp,size,lf_d,os_d,os_e,pfs_d,status\n"
    "1,A,1.5,NA,300,1,100,2\n"
    "2,B,3.0,90,200,0,90,1\n"
    "3,A,2.8,NA,400,0,400,1\n"
    "4,C,NA,10,20,1,20,2\n"
    "5,B,4.0,NA,60,1,60,2\n";

std::string plan(const std::string& text) { return "{time_unit: days, days_per_month: 30, " + text + "}"; }

TEST(Derive, OracleFirstMatchWinsAndTextMakesLevels) {
  AnalysedData d(csv, plan(R"(derive: {
      side: {cases: [{when: {grp: [A, B]}, value: left}, {when: {size: {above: 0}}, value: never}], otherwise: right},
      cause: {cases: [{when: {lf_d: present}, value: 1}, {when: {os_e: 1}, value: 2}], otherwise: 0},
      time: {first_present: [lf_d, os_d]}},
    endpoints: {lf: {time: time, cause: cause, causes: {1: failure, 2: death}}},
    analyses: [{name: a, method: proportion, outcome: os_e, by: side},
               {name: b, method: proportion, outcome: cause, success: 1},
               {name: c, method: proportion, outcome: time, success: 90}])"));
  EXPECT_EQ(d.row("a", "", "left").n, 4);
  EXPECT_EQ(d.row("a", "", "right").n, 1);
  EXPECT_EQ(d.row("a", "", "never").n, 0);
  EXPECT_EQ(d.row("b").n_events, 2);
  EXPECT_EQ(d.row("c").n_events, 1);
}

TEST(Derive, OracleOperations) {
  AnalysedData d(csv, plan(R"(derive: {
      least: {smallest: [size, os_d]}, most: {largest: [size, lf_d]}, total: {sum: [size, os_e]},
      after: {difference: [os_d, pfs_d]}, both: {product: [os_e, pfs_d]}, share: {ratio: [pfs_d, os_d]}},
    analyses: [{name: least, method: proportion, outcome: least, success: 20},
               {name: most, method: proportion, outcome: most, success: 10},
               {name: total, method: proportion, outcome: total, success: 3},
               {name: after, method: proportion, outcome: after, success: 200},
               {name: share, method: proportion, outcome: share, success: 1}])"));
  EXPECT_EQ(d.row("least").n_events, 1);  // of a missing size the survival time
  EXPECT_EQ(d.row("most").n_events, 1);
  EXPECT_EQ(d.row("total").n, 4);  // a sum with a missing part is missing
  EXPECT_EQ(d.row("total").n_events, 1);
  EXPECT_EQ(d.row("after").n_events, 1);
  EXPECT_EQ(d.row("share").n_events, 3);
}

TEST(Derive, OracleADerivedColumnRestsOnAnother) {
  AnalysedData d(csv, plan(R"(derive: {
      big: {cases: [{when: {size: {above: 2.8}}, value: 1}, {when: {size: present}, value: 0}]},
      big_dead: {cases: [{when: {big: 1, os_e: 1}, value: 1}], otherwise: 0}},
    populations: {unknown: {big: missing}},
    analyses: [{name: a, method: proportion, outcome: big_dead}, {name: b, method: proportion, outcome: big},
               {name: c, method: proportion, outcome: os_e, population: unknown}])"));
  EXPECT_EQ(d.row("a").n_events, 1);
  EXPECT_EQ(d.row("b").n, 4);
  EXPECT_EQ(d.row("c").n, 1);
}

TEST(Endpoint, OracleOtherCodesAndALandmark) {
  AnalysedData d(csv, plan(R"(endpoints: {
      pfs: {time: pfs_d, event: status, event_value: 2, censored_value: 1}, late: {of: pfs, landmark_months: 2}},
    analyses: [{name: a, method: kaplan_meier, endpoint: pfs, at_months: [1]},
               {name: b, method: kaplan_meier, endpoint: late, at_months: [1, 1.3333333333333333]}])"));
  EXPECT_EQ(d.row("a").n, 5);
  EXPECT_EQ(d.row("a").n_events, 3);
  EXPECT_EQ(d.row("b").n, 3);  // times above day 60, counted from it: 40 event, 30 and 340 censored
  EXPECT_EQ(d.row("b").n_events, 1);
  EXPECT_DOUBLE_EQ(d.row("b", "survival", "", "", 1).estimate, 1);
  EXPECT_DOUBLE_EQ(d.row("b", "survival", "", "", 1.3333333333333333).estimate, 0.5);
}

TEST(OptionalColumns, OracleWhatRestsOnThemIsLeftOutThroughEverything) {
  AnalysedData d(csv, plan(R"(optional_columns: [age, weight], derive: {old: {cases: [{when: {age: {above: 60}},
      value: 1}], otherwise: 0}}, endpoints: {os: {time: os_d, event: os_e}}, populations: {old: {old: 1}},
    analyses: [{name: a, method: cox, endpoint: os, terms: [size, "size:age"]},
               {name: b, method: proportion, outcome: os_e, population: old},
               {name: c, method: proportion, outcome: os_e}])"));
  ASSERT_EQ(d.plan().left_out().size(), 4u);
  EXPECT_EQ(d.plan().left_out()[0].entry, "derive.old");
  EXPECT_EQ(d.plan().left_out()[3].entry, "analyses.b");
  EXPECT_EQ(d.plan().left_out()[3].absent, "old");
  EXPECT_EQ(d.estimates().size(), 1u);
}

std::string mistakes_of(const std::string& text) {
  try {
    AnalysedData(csv, plan(text));
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(Derive, OracleMistakesSayWhatIsWrong) {
  EXPECT_THAT(mistakes_of("derive: {size: {sum: [os_d]}}, analyses: [{name: a, method: proportion, outcome: os_e}]"),
              testing::HasSubstr("derive.size: 'size' is a column already (another name)"));
  EXPECT_THAT(mistakes_of("derive: {x: {}}, analyses: [{name: a, method: proportion, outcome: os_e}]"),
              testing::HasSubstr("says nothing (cases, first_present, smallest, largest, sum, product, difference or "
                                 "ratio)"));
  EXPECT_THAT(mistakes_of("derive: {x: {ratio: [os_d]}}, analyses: [{name: a, method: proportion, outcome: os_e}]"),
              testing::HasSubstr("derive.x.ratio: wants two columns"));
  EXPECT_THAT(mistakes_of("endpoints: {e: {time: os_d, event: os_e, censor: os_e}}, analyses: [{name: a, method: "
                          "proportion, outcome: os_e}]"),
              testing::HasSubstr("more than one of event, censor and cause"));
  EXPECT_THAT(mistakes_of("endpoints: {e: {time: os_d, cause: os_e, causes: {0: none}}}, analyses: [{name: a, method: "
                          "proportion, outcome: os_e}]"),
              testing::HasSubstr("is not a code of a cause"));
  EXPECT_THAT(mistakes_of("endpoints: {e: {time: os_d, event: os_e}}, analyses: [{name: a, method: cox, endpoint: e, "
                          "terms: [size, grp], levels: {grpp: [B, A]}}]"),
              testing::HasSubstr("levels.grpp: unknown key"));
  EXPECT_THAT(mistakes_of("endpoints: {e: {time: os_d, event: os_e}}, analyses: [{name: a, method: cox, endpoint: e, "
                          "terms: [\"size:grpp\"]}]"),
              testing::HasSubstr("'size:grpp' is not a column"));
}

}  // namespace
}  // namespace oligosim
