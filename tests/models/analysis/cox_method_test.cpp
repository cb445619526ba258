// The Cox method of a plan: its terms, intervals and rows. The numbers themselves are tested in tests/statistics.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

/// Sixty patients with a response known from some day on, ties and censorings; the same written as rows (start, stop].
struct TwoForms {
  std::string wide = "id,time,event,grp,age,known,sex\n", rows = "id,start,stop,event,responder,grp,age\n";

  TwoForms() {
    const char* const groups[] = {"A", "B", "C"};
    for (int i = 0; i < 60; ++i) {
      const int time = 20 + (i * 37) % 90, event = (i * 7) % 5 != 0, known = (i * 53) % 120;
      const std::string tail = std::string(",") + groups[i % 3] + "," + std::to_string(40 + (i * 29) % 31);
      const bool responds = i % 4 != 0;
      wide += std::to_string(i) + "," + std::to_string(time) + "," + std::to_string(event) + tail + "," +
              (responds ? std::to_string(known) : "NA") + "," + (i % 2 ? "m" : "f") + "\n";
      const bool two = responds && known > 0 && known < time;
      const int first = responds && known <= 0 ? 1 : 0;
      if (two) {
        rows += std::to_string(i) + ",0," + std::to_string(known) + ",0,0" + tail + "\n";
        rows += std::to_string(i) + "," + std::to_string(known) + "," + std::to_string(time) + "," +
                std::to_string(event) + ",1" + tail + "\n";
      } else {
        rows += std::to_string(i) + ",0," + std::to_string(time) + "," + std::to_string(event) + "," +
                std::to_string(first) + tail + "\n";
      }
    }
  }
};

std::string plan(const std::string& endpoint, const std::string& analyses) {
  return "{time_unit: days, endpoints: {e: " + endpoint + "}, analyses: [" + analyses + "]}";
}

void expect_same(const Estimate& a, const Estimate& b) {
  EXPECT_EQ(a.status, Status::ok);
  EXPECT_NEAR(a.estimate, b.estimate, 1e-10);
  EXPECT_NEAR(a.lower, b.lower, 1e-10);
  EXPECT_NEAR(a.statistic, b.statistic, 1e-10);
}

TEST(CoxMethod, OracleATimeDependentTermIsTheRowsWrittenOut) {
  const TwoForms forms;
  const AnalysedData wide(forms.wide,
                          plan("{time: time, event: event}",
                               "{name: c, method: cox, endpoint: e, terms: [responder, age], strata: [grp], "
                               "time_dependent: {responder: known}}"));
  const AnalysedData rows(forms.rows,
                          plan("{start: start, time: stop, event: event}",
                               "{name: c, method: cox, endpoint: e, terms: [responder, age], strata: [grp]}"),
                          {.patient = "id", .several_rows = true});
  expect_same(wide.row("c", "log_hazard_ratio", "", "responder"), rows.row("c", "log_hazard_ratio", "", "responder"));
  expect_same(wide.row("c", "log_hazard_ratio", "", "age"), rows.row("c", "log_hazard_ratio", "", "age"));
}

TEST(CoxMethod, OracleRobustErrorsConcordanceAndTestsOfATimeDependentTermAreThoseOfTheRowsByPatient) {
  const TwoForms forms;
  const std::string keys =
      "{name: c, method: cox, endpoint: e, terms: [responder, age], interval: robust, concordance: true, "
      "proportional_hazards: km";
  const AnalysedData wide(forms.wide,
                          plan("{time: time, event: event}", keys + ", time_dependent: {responder: known}}"));
  const AnalysedData rows(forms.rows, plan("{start: start, time: stop, event: event}", keys + ", cluster: id}"),
                          {.patient = "id", .several_rows = true});
  expect_same(wide.row("c", "log_hazard_ratio", "", "responder"), rows.row("c", "log_hazard_ratio", "", "responder"));
  for (const char* what : {"concordance", "proportional_hazards_test"}) {
    const Estimate &a = wide.row("c", what), &b = rows.row("c", what);
    EXPECT_EQ(a.status, Status::ok) << what;
    EXPECT_TRUE(a.estimate == b.estimate || std::isnan(b.estimate));
    EXPECT_TRUE(std::abs(a.standard_error - b.standard_error) < 1e-12 || std::isnan(b.standard_error));
    EXPECT_TRUE(std::abs(a.statistic - b.statistic) < 1e-10 || std::isnan(b.statistic));
  }
  EXPECT_GT(rows.row("c", "concordance").standard_error, 0);
  EXPECT_GT(rows.row("c", "proportional_hazards_test", "", "global").statistic, 0);
}

TEST(CoxMethod, ContractErrorsOfRowsAskWhoseTheyAre) {
  for (const char* keys : {"interval: [wald, robust]", "concordance: true"}) try {
      const AnalysedData d(TwoForms().rows,
                           plan("{start: start, time: stop, event: event}",
                                std::string("{name: c, method: cox, endpoint: e, terms: [age], ") + keys + "}"),
                           {.patient = "id", .several_rows = true});
      FAIL() << keys;
    } catch (const InputError& e) {
      EXPECT_NE(std::string(e.what()).find("(cluster: the patient's column)"), std::string::npos) << e.what();
    }
}

TEST(CoxMethod, OracleAnInteractionIsTheProductOfItsColumns) {
  const TwoForms forms;
  const AnalysedData d(forms.wide, R"({time_unit: days, endpoints: {e: {time: time, event: event}},
    derive: {b: {cases: [{when: {grp: B}, value: 1}], otherwise: 0}, c: {cases: [{when: {grp: C}, value: 1}],
      otherwise: 0}, b_age: {product: [b, age]}, c_age: {product: [c, age]}},
    analyses: [{name: x, method: cox, endpoint: e, terms: [grp, age, "grp:age"]},
               {name: y, method: cox, endpoint: e, terms: [b, c, age, b_age, c_age]}]})");
  expect_same(d.row("x", "log_hazard_ratio", "", "grp=C:age"), d.row("y", "log_hazard_ratio", "", "c_age"));
  expect_same(d.row("x", "log_hazard_ratio", "", "grp=B"), d.row("y", "log_hazard_ratio", "", "b"));
  EXPECT_EQ(d.row("x", "likelihood_ratio_test").df, 5);
}

TEST(CoxMethod, OracleIntervalsOfEveryKindStandSideBySide) {
  const TwoForms forms;
  const AnalysedData d(forms.wide, plan("{time: time, event: event}",
                                        "{name: c, method: cox, endpoint: e, terms: [sex], interval: [wald, robust, "
                                        "profile, score], concordance: true, proportional_hazards: km}"));
  std::vector<std::string> kinds;
  std::vector<Estimate> ratios;
  for (std::size_t k = 0; k < d.estimates().size(); ++k)
    if (d.plan().labels()[k].parameter == "hazard_ratio") {
      kinds.push_back(d.plan().labels()[k].interval);
      ratios.push_back(d.estimates()[k]);
    }
  EXPECT_THAT(kinds, testing::ElementsAre("wald", "robust", "profile", "score"));
  for (const Estimate& e : ratios) {
    EXPECT_EQ(e.estimate, ratios[0].estimate);
    EXPECT_LT(e.lower, e.estimate);
    EXPECT_GT(e.upper, e.estimate);
    EXPECT_GT(e.p_value, 0);
  }
  EXPECT_NEAR(ratios[2].statistic, d.row("c", "likelihood_ratio_test").statistic, 1e-9);
  EXPECT_NEAR(ratios[3].statistic, d.row("c", "score_test").statistic, 1e-9);
  EXPECT_GT(d.row("c", "concordance").estimate, 0.4);
  EXPECT_EQ(d.row("c", "proportional_hazards_test", "", "sex").df, 1);
  EXPECT_EQ(d.row("c", "proportional_hazards_test", "", "sex").statistic,
            d.row("c", "proportional_hazards_test", "", "global").statistic);
}

TEST(CoxMethod, OracleUnderSeparationFirthHasAnEstimateAndTheProfileOneLimit) {
  const std::string csv = "time,event,g\n1,1,1\n2,1,1\n3,1,1\n4,0,0\n5,0,0\n6,0,0\n7,0,1\n";
  const AnalysedData d(csv,
                       plan("{time: time, event: event}",
                            "{name: plain, method: cox, endpoint: e, terms: [g], interval: [wald, profile]},"
                            "{name: firth, method: cox, endpoint: e, terms: [g], penalty: firth, interval: profile}"));
  EXPECT_EQ(d.row("plain", "hazard_ratio").status, Status::separation);
  EXPECT_TRUE(std::isnan(d.row("plain", "hazard_ratio").estimate));
  EXPECT_EQ(d.row("firth", "hazard_ratio").status, Status::ok);
  EXPECT_GT(d.row("firth", "hazard_ratio").estimate, 1);
  bool finite = false;
  for (std::size_t k = 0; k < d.estimates().size(); ++k)
    if (d.plan().labels()[k].analysis == "plain" && d.plan().labels()[k].interval == "profile" &&
        d.plan().labels()[k].parameter == "log_hazard_ratio") {
      finite = std::isfinite(d.estimates()[k].lower);
      EXPECT_TRUE(std::isinf(d.estimates()[k].upper));
    }
  EXPECT_TRUE(finite);
}

TEST(CoxMethod, PropertyAClusterOfEachPatientIsNoCluster) {
  const TwoForms forms;
  const AnalysedData d(forms.wide,
                       plan("{time: time, event: event}",
                            "{name: a, method: cox, endpoint: e, terms: [age], interval: robust},"
                            "{name: b, method: cox, endpoint: e, terms: [age], interval: robust, cluster: id},"
                            "{name: c, method: cox, endpoint: e, terms: [age], interval: robust, cluster: grp}"));
  EXPECT_NEAR(d.row("a", "hazard_ratio").standard_error, d.row("b", "hazard_ratio").standard_error, 1e-12);
  EXPECT_GT(std::abs(d.row("a", "hazard_ratio").standard_error - d.row("c", "hazard_ratio").standard_error), 1e-6);
}

// Of one column Wald's statistic is the square of the ratio of log hazard ratio and error.
TEST(CoxMethod, PropertyWaldsTestIsOfTheErrorsReported) {
  const TwoForms forms;
  const std::string keys = "endpoint: e, terms: [age], ";
  const AnalysedData d(
      forms.wide,
      plan("{time: time, event: event}",
           "{name: wald, method: cox, " + keys + "interval: [wald, robust]}, {name: robust, " + "method: cox, " + keys +
               "interval: robust}, {name: cluster, method: cox, " + keys + "cluster: grp, interval: robust}"));
  const auto square = [&](const char* analysis) {
    const Estimate& e = d.row(analysis, "log_hazard_ratio");
    return e.estimate / e.standard_error * (e.estimate / e.standard_error);
  };
  for (const char* analysis : {"wald", "robust", "cluster"})
    EXPECT_NEAR(d.row(analysis, "wald_test").statistic, square(analysis), 1e-10) << analysis;
  EXPECT_NE(square("wald"), square("robust"));
}

// After a landmark the day of the switch is counted from there too: the numbers are those of times and days moved.
TEST(CoxMethod, PropertyATimeDependentTermFromALandmarkOn) {
  const TwoForms forms;
  const std::string analysis =
      "{name: c, method: cox, endpoint: late, terms: [responder, age], time_dependent: {responder: ";
  const AnalysedData d(forms.wide,
                       "{time_unit: days, days_per_month: 30, endpoints: {e: {time: time, event: event}, late: {of: e, "
                       "landmark_months: 1}}, analyses: [" +
                           analysis + "known}}]}");
  const AnalysedData moved(
      forms.wide,
      "{time_unit: days, days_per_month: 30, derive: {month: {cases: [{when: {grp: A}, value: 30}], otherwise: 30}, "
      "later: {difference: [known, month]}, since: {difference: [time, month]}}, populations: {reached: {time: {above: "
      "30}}}, endpoints: {late: {time: since, event: event}}, analyses: [" +
          analysis + "later}, population: reached}]}");
  for (const char* term : {"responder", "age"})
    expect_same(d.row("c", "log_hazard_ratio", "", term), moved.row("c", "log_hazard_ratio", "", term));
}

// In patients of A and C there is no B: the rows of the others are those of a column for C alone.
TEST(CoxMethod, PropertyALevelThatNobodyHasLeavesTheModel) {
  const TwoForms forms;
  const std::string keys =
      "endpoint: e, population: ac, interval: [wald, robust, profile], concordance: true, proportional_hazards: km";
  const AnalysedData d(forms.wide, R"({time_unit: days, endpoints: {e: {time: time, event: event}},
    populations: {ac: {grp: [A, C]}}, derive: {c: {cases: [{when: {grp: C}, value: 1}], otherwise: 0}},
    analyses: [{name: with, method: cox, terms: [grp, age], )" +
                                       keys + "}, {name: without, method: cox, terms: [c, age], " + keys + "}]}");
  std::vector<Estimate> with, without;
  for (std::size_t k = 0; k < d.estimates().size(); ++k) {
    const EstimateLabel& label = d.plan().labels()[k];
    const Estimate& e = d.estimates()[k];
    if (label.analysis == "with" && label.term == "grp=B") {
      EXPECT_EQ(e.status, Status::singular);
      EXPECT_TRUE(std::isnan(e.estimate));
    } else {
      (label.analysis == "with" ? with : without).push_back(e);
    }
  }
  ASSERT_EQ(with.size(), without.size());
  for (std::size_t k = 0; k < with.size(); ++k) {
    EXPECT_EQ(with[k].status, Status::ok) << k;
    for (const auto part : {&Estimate::estimate, &Estimate::standard_error, &Estimate::lower, &Estimate::statistic,
                            &Estimate::p_value, &Estimate::df, &Estimate::n_events})
      EXPECT_TRUE(with[k].*part == without[k].*part || std::isnan(without[k].*part)) << k;
  }
}

// Nobody of group b has an event. Coefficients and errors of the others are those of R's coxph without group b; the
// tests of the whole model are R's with it, which goes to -19 and stops (its likelihood is 2e-7 from the limit).
TEST(CoxMethod, ReferenceALevelWithoutEventsLeavesTheOthers) {
  const std::string csv =
      "t,e,g,x,s\n10,1,a,9,0\n2,0,b,7,1\n8,1,c,4,0\n9,1,a,1,1\n1,0,b,5,0\n5,1,c,2,1\n12,1,a,5,1\n6,0,b,4,0\n"
      "12,1,c,1,0\n5,0,a,6,0\n6,0,b,2,0\n14,1,c,7,1\n14,1,a,1,1\n7,0,b,1,1\n14,1,c,6,0\n5,1,a,5,1\n3,0,b,6,0\n"
      "13,1,c,6,0\n11,1,a,5,1\n7,0,b,6,1\n13,0,c,1,0\n2,1,a,4,1\n1,0,b,3,0\n15,1,c,3,1\n";
  const AnalysedData d(csv, plan("{time: t, event: e}",
                                 "{name: c, method: cox, endpoint: e, terms: [g, x, s], levels: {g: [a, b, c]}, "
                                 "interval: [wald, profile], concordance: true, proportional_hazards: km}"));
  const auto by = [&](const std::string& interval, const std::string& term) {
    for (std::size_t k = 0; k < d.estimates().size(); ++k) {
      const EstimateLabel& label = d.plan().labels()[k];
      if (label.log_scale && label.term == term && label.interval == interval) return d.estimates()[k];
    }
    return Estimate{};
  };
  const auto expect = [&](const std::string& term, double coefficient, double error) {
    const Estimate e = by("wald", term);
    EXPECT_EQ(e.status, Status::ok);
    EXPECT_NEAR(e.estimate, coefficient, 1e-9);
    EXPECT_NEAR(e.standard_error, error, 1e-9);
    EXPECT_EQ(e.n, 24);
  };
  expect("g=c", -1.1072210526711252, 0.659863603904634);
  expect("x", 0.0650713026975376, 0.117849867047199);
  expect("s", -0.2394284297358094, 0.689529777226225);
  EXPECT_EQ(by("wald", "g=b").status, Status::separation);
  const Estimate profile = by("profile", "g=b");
  EXPECT_EQ(profile.status, Status::separation);
  EXPECT_EQ(profile.lower, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isfinite(profile.upper));
  const Estimate ratio = d.row("c", "likelihood_ratio_test");
  EXPECT_EQ(ratio.status, Status::ok);
  EXPECT_NEAR(ratio.statistic, 4.731682344257, 1e-6);
  EXPECT_EQ(ratio.df, 4);
  EXPECT_NEAR(d.row("c", "score_test").statistic, 4.4592371641737, 1e-10);
  EXPECT_NEAR(d.row("c", "log_likelihood").estimate, -24.937788593933, 1e-10);
  for (const char* row : {"wald_test", "concordance"}) EXPECT_EQ(d.row("c", row).status, Status::separation) << row;
}

// The same group as the reference: no coefficient against it is finite, that of a number is; likelihood and tests are
// those above, as the model is.
TEST(CoxMethod, PropertyTheReferenceMayBeWhoHasNoEvents) {
  const std::string csv =
      "t,e,g,x\n10,1,a,9\n2,0,b,7\n8,1,c,4\n9,1,a,1\n1,0,b,5\n5,1,c,2\n12,1,a,5\n6,0,b,4\n12,1,c,1\n5,0,a,6\n11,0,b,2\n"
      "14,1,c,7\n14,1,a,1\n7,0,b,1\n14,1,c,6\n5,1,a,5\n13,0,b,6\n13,1,c,6\n11,1,a,5\n";
  const auto with = [&](const std::string& levels) {
    return AnalysedData(
        csv, plan("{time: t, event: e}", "{name: c, method: cox, endpoint: e, terms: [g, x], levels: {g: " + levels +
                                             "}, interval: [wald, robust]}"));
  };
  const AnalysedData second = with("[a, b, c]"), first = with("[b, a, c]");
  EXPECT_EQ(first.row("c", "log_hazard_ratio", "", "g=a").status, Status::separation);
  EXPECT_EQ(first.row("c", "log_hazard_ratio", "", "g=c").status, Status::separation);
  for (const char* row : {"log_hazard_ratio", "likelihood_ratio_test", "score_test", "log_likelihood"}) {
    const std::string term = row == std::string("log_hazard_ratio") ? "x" : "";
    const Estimate a = first.row("c", row, "", term), b = second.row("c", row, "", term);
    EXPECT_EQ(a.status, Status::ok) << row;
    for (const auto part : {&Estimate::estimate, &Estimate::standard_error, &Estimate::statistic, &Estimate::df})
      EXPECT_TRUE(std::abs(a.*part - b.*part) < 1e-8 || (std::isnan(a.*part) && std::isnan(b.*part))) << row;
  }
}

// Where one term is all there is the likelihood has its limit too: that of the events among their own group. By R's
// coxph, which stops at 2e-9 of it: 1.386294361 on 1 df.
TEST(CoxMethod, OracleASingleTermsLikelihoodRatioTest) {
  const AnalysedData d("t,e,h\n1,1,1\n2,0,0\n3,1,1\n4,0,0\n",
                       plan("{time: t, event: e}", "{name: c, method: cox, endpoint: e, terms: [h]}"));
  EXPECT_EQ(d.row("c", "hazard_ratio").status, Status::separation);
  const Estimate test = d.row("c", "likelihood_ratio_test");
  EXPECT_EQ(test.status, Status::ok);
  EXPECT_NEAR(test.statistic, 2 * (std::log(4.0 * 2) - std::log(2.0)), 1e-12);  // risk sets of 4 and 2; of 2 and 1
  EXPECT_EQ(test.df, 1);
  EXPECT_LT(test.signed_statistic, 0);  // who has the event has a 1
}

// With strata, rows of a patient, robust errors and a term that changes: the analysis of those who are left.
TEST(CoxMethod, PropertyALevelWithoutEventsIsLikeNobodyOfIt) {
  const TwoForms forms;
  const auto pair = [&](const std::string& keys) {
    return AnalysedData(
        forms.wide,
        R"({time_unit: days, derive: {e2: {cases: [{when: {grp: B}, value: 0}, {when: {event: 1}, value: 1}],
          otherwise: 0}}, endpoints: {e: {time: time, event: e2}}, populations: {ac: {grp: [A, C]}},
          analyses: [{name: with, method: cox, endpoint: e, )" +
            keys + "}, {name: without, method: cox, endpoint: e, population: ac, " + keys + "}]}");
  };
  for (const std::string keys :
       {"terms: [grp, age], interval: [wald, robust, profile]", "terms: [grp, age], strata: [sex], ties: breslow",
        "terms: [grp, age], cluster: sex",
        "terms: [grp, age, responder], time_dependent: {responder: known}, interval: [wald, robust]"}) {
    const AnalysedData d = pair(keys);
    int compared = 0;
    for (std::size_t k = 0; k < d.estimates().size(); ++k) {
      const EstimateLabel& label = d.plan().labels()[k];
      if (label.analysis != "with" || !label.log_scale || label.term == "grp=B") continue;
      for (std::size_t l = 0; l < d.estimates().size(); ++l) {
        const EstimateLabel& other = d.plan().labels()[l];
        if (other.analysis != "without" || other.term != label.term || other.parameter != label.parameter ||
            other.interval != label.interval)
          continue;
        ++compared;
        EXPECT_EQ(d.estimates()[k].status, Status::ok) << keys;
        for (const auto part : {&Estimate::estimate, &Estimate::standard_error, &Estimate::lower, &Estimate::upper})
          EXPECT_NEAR(d.estimates()[k].*part, d.estimates()[l].*part, 1e-8) << keys << " " << label.term;
      }
    }
    EXPECT_GE(compared, 2) << keys;
  }
}

TEST(CoxMethod, PropertyOfOneLevelAloneThereIsNoTest) {
  const AnalysedData d("t,e,g\n1,1,a\n2,0,a\n3,1,a\n",
                       plan("{time: t, event: e}", "{name: c, method: cox, endpoint: e, terms: [g]}"));
  for (const char* row : {"likelihood_ratio_test", "score_test", "wald_test"})
    EXPECT_EQ(d.row("c", row).status, Status::singular) << row;
}

// A repeated column: neither of its coefficients can be told from the other; that of age can, and its test.
TEST(CoxMethod, PropertyACoefficientThatDependsOnWhatIsLeftOutIsSingular) {
  const TwoForms forms;
  const AnalysedData d(forms.wide, R"({time_unit: days, endpoints: {e: {time: time, event: event}},
    derive: {two: {cases: [{when: {grp: B}, value: 2}], otherwise: 2}, twice: {product: [age, two]}},
    analyses: [{name: x, method: cox, endpoint: e, terms: [age, sex, twice], proportional_hazards: km},
               {name: y, method: cox, endpoint: e, terms: [age, sex], proportional_hazards: km}]})");
  for (const char* term : {"age", "twice"}) EXPECT_EQ(d.row("x", "hazard_ratio", "", term).status, Status::singular);
  expect_same(d.row("x", "log_hazard_ratio", "", "sex=m"), d.row("y", "log_hazard_ratio", "", "sex=m"));
  EXPECT_EQ(d.row("x", "likelihood_ratio_test").df, 2);
  EXPECT_EQ(d.row("x", "proportional_hazards_test", "", "twice").status, Status::singular);
  EXPECT_EQ(d.row("x", "proportional_hazards_test", "", "global").statistic,
            d.row("y", "proportional_hazards_test", "", "global").statistic);
}

// What a large cohort is asked for, whose numbers are true values.
TEST(CoxMethod, PropertyEstimatesAndErrorsAreTheSameWithoutLimits) {
  const TwoForms forms;
  AnalysedData d(forms.wide, plan("{time: time, event: event}",
                                  "{name: c, method: cox, endpoint: e, terms: [sex], interval: [wald, robust, profile, "
                                  "score]}, {name: f, method: cox, endpoint: e, terms: [sex, age], penalty: firth, "
                                  "interval: profile}"));
  d.data().leave_out_limits();
  Arena arena;
  std::vector<Estimate> quick(d.estimates().size());
  d.plan().evaluate(d.data(), arena, quick);
  std::size_t searched = 0;
  for (std::size_t k = 0; k < quick.size(); ++k) {
    const Estimate& full = d.estimates()[k];
    EXPECT_EQ(quick[k].status, full.status);
    if (std::isnan(full.standard_error)) continue;
    EXPECT_EQ(quick[k].estimate, full.estimate);
    EXPECT_EQ(quick[k].standard_error, full.standard_error);
    searched += std::isnan(quick[k].lower) && !std::isnan(full.lower);
  }
  EXPECT_EQ(searched, 8u) << "two rows of a score and of three profile intervals are as before";
}

}  // namespace
}  // namespace oligosim
