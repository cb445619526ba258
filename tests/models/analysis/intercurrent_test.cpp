// Intercurrent events by strategy: patient by patient, and the estimands of simulated trials in closed form.
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

// Patients: an event before, on the day of and after the date; censored after it; no date; a missing time.
const char* const csv =
    "USUBJID,t,e,c,k,other,scan\n"
    "a,10,1,0,2,20,9\n"
    "b,10,1,0,1,10,9\n"
    "c,10,1,0,2,4,3\n"
    "d,10,0,3,0,4,6\n"
    "e,10,0,1,0,NA,8\n"
    "f,NA,0,1,0,4,2\n"
    "g,12,1,0,1,NA,11\n";

struct Row {
  double time;
  int state;
};

void expect_rows(const std::string& endpoint, const std::vector<Row>& expected) {
  AnalysedData analysed(
      csv, "time_unit: months\nendpoints: {x: " + endpoint + "}\nanalyses: [{name: e, method: describe, value: t}]\n");
  const SurvivalEndpoint& x = analysed.plan().parts().endpoints.front();
  const Cohort& cohort = analysed.data().cohort();
  std::vector<std::uint8_t> states(cohort.patients());
  x.states(cohort, states);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(states[i], static_cast<std::uint8_t>(expected[i].state)) << endpoint << " patient " << i;
    if (expected[i].state == missing_state) continue;
    EXPECT_EQ(cohort.numbers(x.time)[i], expected[i].time) << endpoint << " patient " << i;
  }
}

TEST(Intercurrent, OracleEachStrategyPatientByPatient) {
  const std::string at = ", intercurrent: [{at: other, strategy: ", end = "}]}";
  constexpr int gone = missing_state;
  for (const std::string own : {"{time: t, event: e", "{time: t, censor: c"}) {
    expect_rows(own + at + "treatment_policy" + end, {{10, 1}, {10, 1}, {10, 1}, {10, 0}, {10, 0}, {0, gone}, {12, 1}});
    expect_rows(own + at + "composite" + end, {{10, 1}, {10, 1}, {4, 1}, {4, 1}, {10, 0}, {0, gone}, {12, 1}});
    expect_rows(own + at + "hypothetical" + end, {{10, 1}, {10, 1}, {4, 0}, {4, 0}, {10, 0}, {0, gone}, {12, 1}});
    expect_rows(own + at + "hypothetical, same_day: intercurrent" + end,
                {{10, 1}, {10, 0}, {4, 0}, {4, 0}, {10, 0}, {0, gone}, {12, 1}});
    expect_rows(own + at + "while_on_treatment" + end, {{10, 1}, {10, 1}, {4, 2}, {4, 2}, {10, 0}, {0, gone}, {12, 1}});
  }
  const std::string causes = "{time: t, cause: k, causes: {1: failure, 2: death}";
  expect_rows(causes + at + "hypothetical" + end, {{10, 2}, {10, 1}, {4, 0}, {4, 0}, {10, 0}, {0, gone}, {12, 1}});
  expect_rows(causes + at + "while_on_treatment" + end,
              {{10, 2}, {10, 1}, {4, 3}, {4, 3}, {10, 0}, {0, gone}, {12, 1}});
}

// Who has no event is censored on the date, without one at the start; a date after the end of follow-up says nothing.
TEST(CensoredAt, OraclePatientByPatient) {
  const std::string at = ", censored_at: other}";
  constexpr int gone = missing_state;
  for (const std::string own : {"{time: t, event: e", "{time: t, censor: c"})
    expect_rows(own + at, {{10, 1}, {10, 1}, {10, 1}, {4, 0}, {0, 0}, {0, gone}, {12, 1}});
  expect_rows("{time: t, event: e, event_value: 0, censored_value: 1" + at,
              {{10, 0}, {10, 0}, {4, 0}, {10, 1}, {10, 1}, {0, gone}, {0, 0}});
  expect_rows("{time: t, cause: k, causes: {1: failure, 2: death}" + at,
              {{10, 2}, {10, 1}, {10, 2}, {4, 0}, {0, 0}, {0, gone}, {12, 1}});
}

// After the intercurrent events: a composite event on a date is not lost to a last scan before it.
TEST(CensoredAt, OracleAfterIntercurrentEvents) {
  const std::string at = "{time: t, event: e, intercurrent: [{at: other, strategy: ";
  constexpr int gone = missing_state;
  expect_rows(at + "hypothetical}], censored_at: scan}",
              {{10, 1}, {10, 1}, {3, 0}, {4, 0}, {8, 0}, {0, gone}, {12, 1}});
  expect_rows(at + "composite}], censored_at: scan}", {{10, 1}, {10, 1}, {4, 1}, {4, 1}, {8, 0}, {0, gone}, {12, 1}});
}

// Events come before censoring: a patient censored on the date itself has had the intercurrent event.
TEST(Intercurrent, OracleCensoringOnTheDateComesAfterIt) {
  const char* const same =
      "USUBJID,t,e,c,other\n"
      "a,4,0,2,4\n"
      "b,4,1,0,4\n"
      "c,9,0,1,NA\n";
  for (const auto& [status, strategy, expected] :
       {std::tuple{"event: e", "composite", 2.0}, {"event: e", "hypothetical", 1.0}, {"censor: c", "composite", 2.0}}) {
    const AnalysedData d(same, std::string("time_unit: months\nendpoints: {x: {time: t, ") + status +
                                   ", intercurrent: [{at: other, strategy: " + strategy +
                                   "}]}}\nanalyses: [{name: km, method: kaplan_meier, endpoint: x, at_months: [5]}]\n");
    EXPECT_EQ(d.row("km", "survival").n_events, expected) << strategy;
  }
}

TEST(Intercurrent, OracleSeveralEventsTheEarliestDecides) {
  const char* const two =
      "USUBJID,t,e,stop,other\n"
      "a,10,1,6,4\n"
      "b,10,1,4,6\n"
      "c,10,1,NA,6\n"
      "d,10,1,6,NA\n";
  const AnalysedData analysed(two,
                              "time_unit: months\nendpoints: {x: {time: t, event: e, intercurrent: [{at: stop, "
                              "strategy: composite}, {at: other, strategy: hypothetical}]}}\n"
                              "analyses: [{name: km, method: kaplan_meier, endpoint: x, at_months: [5, 6]}]\n");
  const auto survival = [&](double at) { return analysed.row("km", "survival", "", "", at).estimate; };
  EXPECT_DOUBLE_EQ(survival(5), 3.0 / 4);  // a is censored at 4, when b has an event
  EXPECT_DOUBLE_EQ(survival(6), 3.0 / 8);
}

// Progression or death and a new therapy at constant rates, independent of each other.
const char* const study_text =
    "study: new therapy before progression\n"
    "disease: {model: illness_death, hazards_per_month: {progression: 0.08, death_before_progression: 0.02, "
    "death_after_progression: 0.1}}\n"
    "arms: {a: {discontinuation: {probability: 0.5, by_month: 10, new_therapy: 1}}}\n"
    "trial: {enrollment: {patients: 100, over_months: 12}}\n"
    "design: {kind: fixed, primary: policy, alpha: 0.05, looks: [{at_month: 48}]}\n"
    "plan:\n"
    "  time_unit: days\n"
    "  endpoints:\n"
    "    policy: {time: pfs_d, event: pfs_e, intercurrent: [{at: new_therapy_d, strategy: treatment_policy}]}\n"
    "    composite: {time: pfs_d, event: pfs_e, intercurrent: [{at: new_therapy_d, strategy: composite}]}\n"
    "    hypothetical: {time: pfs_d, event: pfs_e, intercurrent: [{at: new_therapy_d, strategy: hypothetical}]}\n"
    "    on_treatment: {time: pfs_d, event: pfs_e, intercurrent: [{at: new_therapy_d, strategy: while_on_treatment}]}\n"
    "  analyses:\n"
    "    - {name: policy, method: one_sample_log_rank, endpoint: policy, historical: {median_months: 5}}\n"
    "    - {name: km_policy, method: kaplan_meier, endpoint: policy, at_months: [8]}\n"
    "    - {name: km_composite, method: kaplan_meier, endpoint: composite, at_months: [8]}\n"
    "    - {name: km_hypothetical, method: kaplan_meier, endpoint: hypothetical, at_months: [8]}\n"
    "    - {name: on_treatment, method: cumulative_incidence, endpoint: on_treatment, at_months: [8]}\n";

TEST(Intercurrent, StatisticalEstimandsOfSimulatedTrialsInClosedForm) {
  const Study study = study_from(study_text);
  const Scenario& s = study.scenarios.front();
  const std::vector<TrueValue> values = simulated_values(s, 3, {200000}, 2);
  const double pfs = 0.1, other = std::log(2.0) / 10, month = 8;
  std::size_t compared = 0;
  const auto expect = [&](const std::string& analysis, const std::string& term, double expected) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      const EstimateLabel& l = s.plan->labels()[k];
      if (l.analysis != analysis || l.at != month || l.term != term) continue;
      EXPECT_NEAR(values[k].value, expected, 4 * values[k].standard_error) << analysis << term;
      EXPECT_LT(values[k].standard_error, 0.003);
      ++compared;
    }
  };
  expect("km_policy", "", std::exp(-pfs * month));
  expect("km_hypothetical", "", std::exp(-pfs * month));  // the new therapy changes nothing here
  expect("km_composite", "", std::exp(-(pfs + other) * month));
  const double any = 1 - std::exp(-(pfs + other) * month);
  expect("on_treatment", "on_treatment", pfs / (pfs + other) * any);
  expect("on_treatment", "new_therapy_d", other / (pfs + other) * any);
  EXPECT_EQ(compared, 5u);
}

TEST(Intercurrent, PropertyMistakesAreNamed) {
  const auto said = [](const std::string& endpoint) {
    std::string text = study_text;
    const std::string old = "{time: pfs_d, event: pfs_e, intercurrent: [{at: new_therapy_d, strategy: composite}]}";
    return mistakes(text.replace(text.find(old), old.size(), endpoint));
  };
  const std::string pfs = "{time: pfs_d, event: pfs_e, intercurrent: ";
  EXPECT_NE(said(pfs + "[{at: new_therapy, strategy: composite}]}").find("intercurrent[0].at: "), std::string::npos);
  EXPECT_NE(said(pfs + "[{at: new_therapy_d, strategy: ignore}]}").find("(treatment_policy, composite"),
            std::string::npos);
  EXPECT_NE(said(pfs + "[{at: new_therapy_d, strategy: composite}, {at: new_therapy_d, strategy: composite}]}")
                .find("intercurrent[1].at: is the date of an intercurrent event above"),
            std::string::npos);
  EXPECT_NE(
      said(pfs + "[{at: new_therapy_d, strategy: while_on_treatment}, {at: discontinued_d, strategy: composite}]}")
          .find("intercurrent[1].strategy: composite has no meaning"),
      std::string::npos);
  EXPECT_NE(said("{start: pfs_d, time: os_d, event: os_e, censored_at: new_therapy_d}")
                .find("censored_at: cannot stand beside start times"),
            std::string::npos);
  EXPECT_NE(said("{time: pfs_d, event: pfs_e, censored_at: last_visit}").find("censored_at: 'last_visit' is not a "),
            std::string::npos);
  EXPECT_NE(said("{start: pfs_d, time: os_d, event: os_e, intercurrent: [{at: new_therapy_d, strategy: composite}]}")
                .find("intercurrent: cannot stand beside start times"),
            std::string::npos);
}

}  // namespace
}  // namespace oligosim
