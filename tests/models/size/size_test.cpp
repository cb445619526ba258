// oligosim size: the smallest size against closed forms, tables and a second search; what a size does to a study.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "models/size/size_files.hpp"
#include "models/size/size_formula.hpp"
#include "models/size/size_page.hpp"
#include "models/study/closed_form/closed_form_design.hpp"
#include "tests/models/size/size_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::ReferenceTable;
using testing::HasSubstr;

/// The trial of a row of tests/reference/size.csv (rpact), of so many events and patients.
std::string trial_of(const ReferenceTable& rows, std::size_t r, int events, int patients, const std::string& size) {
  const auto x = [&](const char* column) { return rows.number(r, column); };
  std::string looks;
  for (const double t : x("looks") == 2   ? std::vector{0.5, 1.0}
                        : x("looks") == 3 ? std::vector{0.5, 0.75, 1.0}
                                          : std::vector{1.0})
    looks += fmt::format("{}{{at_events: {}, of: os}}", looks.empty() ? "" : ", ", std::lround(t * events));
  return fmt::format(R"(study: as rpact has it
size: {}
disease: {{os: {{median_months: {}}}}}
arms: {{control: {{}}, experimental: {{allocation: {}, effects: {{os: {{hazard_ratio: {}}}}}}}}}
trial:
  enrollment: {{patients: {}, over_months: {}}}
  dropout: {{probability: {}, by_month: 12, by_arm: {{experimental: {{probability: {}}}}}}}
design: {{kind: {}, primary: test, alpha: {}, sides: {}, looks: [{}], latest_month: 1000}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: test, endpoint: os, method: log_rank, by: arm}}]
)",
                     size, x("median"), x("ratio"), x("hazard_ratio"), patients, x("accrual"), x("loss_first"),
                     x("loss_second"), x("looks") == 1 ? "fixed" : "group_sequential", x("alpha"), x("sides"), looks);
}

/// rpact's power is that of the arms' shares at randomization, ours of those still followed.
bool loses_alike(const ReferenceTable& rows, std::size_t r) {
  return rows.number(r, "loss_first") == rows.number(r, "loss_second");
}

// Events by formula against rpact getSampleSizeSurvival; looks are whole numbers of events, hence 1.
TEST(Size, OracleEventsByFormulaAreThoseOfRpact) {
  const ReferenceTable rows("size.csv");
  ASSERT_GE(rows.size(), 6u);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!loses_alike(rows, r)) continue;
    const std::string size = fmt::format("{{power: {}, of: events}}", rows.number(r, "power"));
    const Study study = study_from(trial_of(rows, r, 120, 600, size));
    const SizedStudy sized(study, 1);
    EXPECT_NEAR(static_cast<double>(size_by_formula(sized, 0).value()), rows.number(r, "events"), 1.01) << r;
  }
}

// Patients where the study ends on a date.
TEST(Size, OraclePatientsByFormulaAreThoseOfRpact) {
  const ReferenceTable rows("size.csv");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows.number(r, "looks") != 1 || !loses_alike(rows, r)) continue;
    std::string text = trial_of(rows, r, 120, 600, fmt::format("{{power: {}}}", rows.number(r, "power")));
    text.replace(text.find("{at_events: 120, of: os}"), 24,
                 fmt::format("{{at_month: {}}}", rows.number(r, "accrual") + rows.number(r, "follow_up")));
    const Study study = study_from(text);
    const SizedStudy sized(study, 1);
    const double block = static_cast<double>(sized.unit());
    const auto patients = static_cast<double>(size_by_formula(sized, 0).value());
    EXPECT_GE(patients, rows.number(r, "patients") - 1e-6) << r;
    EXPECT_LT(patients, rows.number(r, "patients") + block) << r;
  }
}

// Events for each patient by the date on which rpact has them, of arms that lose patients at rates of their own.
TEST(Size, OracleEventsOfAPatientAreThoseOfRpact) {
  const ReferenceTable rows("size.csv");
  std::size_t unlike = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows.number(r, "looks") != 1) continue;
    std::string text = trial_of(rows, r, 120, 600, "{power: 0.8}");
    text.replace(text.find("{at_events: 120, of: os}"), 24,
                 fmt::format("{{at_month: {}}}", rows.number(r, "accrual") + rows.number(r, "follow_up")));
    const DesignFormula formula = design_formula(study_from(text).scenarios[0]).value();
    EXPECT_NEAR(formula.events.back() / 600, rows.number(r, "events") / rows.number(r, "patients"), 1e-8) << r;
    unlike += !loses_alike(rows, r);
  }
  EXPECT_EQ(unlike, 2u);
}

TEST(Size, OracleEventsOfAGroupSequentialTrial) {
  const Sized s(sized_trial("{power: 0.8, in: [target], of: events, precision: 0.02}"));
  const double formula = 120.764;  // rpact: tests/reference/size.csv
  EXPECT_EQ(s.result.status, SizeStatus::found);
  EXPECT_NEAR(static_cast<double>(*s.of("target").formula), formula, 1.01);
  // The log-rank test wants about 4 % more than Schoenfeld's formula says where it is as strong as this.
  EXPECT_GT(static_cast<double>(s.result.upper), formula);
  EXPECT_LT(static_cast<double>(s.result.lower), 1.05 * formula);
  EXPECT_LT(s.result.lower, s.result.upper);
  const Measure power = s.at("target", s.result.size);
  EXPECT_GE(power.n_replicates, 2000u);
  EXPECT_NEAR(power.value, 0.8, 0.01 + 4 * power.mcse);
}

TEST(Size, OracleTheScenarioThatWantsMostDecides) {
  const Sized s(sized_trial("{power: 0.8, in: [smaller, target], precision: 0.03}"));
  EXPECT_EQ(s.result.scenarios[s.result.decides].scenario, "target");
  EXPECT_EQ(s.of("smaller").status, SizeStatus::smaller);
  EXPECT_LT(s.of("smaller").size, s.result.size);
  EXPECT_EQ(s.result.size % 4, 0u);
  EXPECT_EQ(s.sized.events(s.result.size),
            static_cast<std::size_t>(std::lround(0.75 * static_cast<double>(s.result.size))));
  // A table of the same by the search that a user would make: the first multiple of 4 above the crossing.
  EXPECT_GE(s.sized.information(s.result.size), s.of("target").crossing);
  EXPECT_LT(s.sized.information(s.result.size - 4), s.of("target").crossing);
}

// The width of a log hazard ratio's interval is 2 * 1.96 * 2 / sqrt(events) where the arms are alike.
TEST(Size, OracleWidthOfAnInterval) {
  const Sized s(sized_trial("{interval_width: 0.8, in: ['null'], analysis: cox, of: events, precision: 0.01}"));
  const double events = std::pow(4 * 1.959964 / 0.8, 2);
  EXPECT_EQ(s.result.status, SizeStatus::found);
  EXPECT_NEAR(static_cast<double>(s.result.size), events, 0.04 * events);
  EXPECT_NEAR(s.at("null", s.result.size).value, 0.8, 0.01);
}

// A'Hern (2001) and Simon (1989): 35 patients; 13 of 43.
TEST(Size, OracleDesignsThatCountResponses) {
  const Sized one(sized_single_arm("kind: exact_binomial, power: 0.8", 35));
  EXPECT_EQ(one.result.size, 35u);
  EXPECT_EQ(one.of("base").lower, 35u);
  const std::size_t steady = single_stage_design({0.2, 0.4, 0.05, 0.8}, true)->patients;
  EXPECT_EQ(one.of("base").every_larger, steady);
  EXPECT_EQ(one.of("base").response_error, 0);
  const Measure simulated = one.at("base", 35);
  EXPECT_NEAR(simulated.value, 0.8048254966, 4 * simulated.mcse);
  EXPECT_NEAR(one.of("base").level, 0.0343574007, 1e-9);
  const Sized every(sized_single_arm("kind: exact_binomial, power: 0.8, every_larger: true", 60));
  EXPECT_EQ(every.result.size, steady);
  const Sized two(sized_single_arm("kind: simon, power: 0.8", 43, "{power: 0.8, in: [base]}"));
  EXPECT_EQ(two.result.size, 43u);
  EXPECT_NEAR(two.at("base", 43).value, 0.80021436, 4 * two.at("base", 43).mcse);
  const Sized ninety(sized_single_arm("kind: simon, power: 0.8", 43, "{power: 0.9}"));
  EXPECT_EQ(ninety.result.size, 54u);  // 4/19 15/54
}

/// With 30 % lost before their response is known, 0.28 of the patients count.
TEST(Size, OracleResponsesLost) {
  std::string text = sized_single_arm("kind: exact_binomial, power: 0.8", 35);
  text.replace(text.find("probability: 0.4"), 16, "probability: 0.4, known_months: 2");
  text.replace(text.find("rate_per_month: 4}"), 18, "rate_per_month: 4}, dropout: {probability: 0.3, by_month: 2}");
  const Sized lost(text);
  EXPECT_EQ(lost.result.size, single_stage_design({0.2, 0.28, 0.05, 0.8}, false)->patients);
  EXPECT_NEAR(lost.of("base").response, 0.28, 1e-12);
  const Measure simulated = lost.at("base", lost.result.size);
  EXPECT_NEAR(simulated.value, 0.8, 0.01 + 4 * simulated.mcse);
}

TEST(Size, ContractARangeThatCannotHoldIt) {
  const Sized fails(sized_trial("{power: 0.9, in: [target], between: [40, 120], precision: 0.05}"));
  EXPECT_EQ(fails.result.status, SizeStatus::largest_fails);
  EXPECT_THAT(size_verdict(fails.sized, fails.result), HasSubstr("No size between 40 and 120 patients"));
  const Sized holds(sized_trial("{power: 0.8, in: [target], between: [400, 900], precision: 0.05}"));
  EXPECT_EQ(holds.result.status, SizeStatus::smallest_holds);
  EXPECT_EQ(holds.result.size, 400u);
  const Sized binomial(sized_single_arm("kind: exact_binomial, power: 0.8", 35, "{power: 0.8, between: [10, 30]}"));
  EXPECT_EQ(binomial.result.status, SizeStatus::largest_fails);
  EXPECT_EQ(binomial.result.lower, 0u);
  EXPECT_NEAR(binomial.at("base", 30).value, binomial.of("base").formula_at.back(), 4 * binomial.at("base", 30).mcse);
  const Sized two(sized_trial("{power: 0.7, in: [target, smaller], between: [40, 108], precision: 0.1}"));
  EXPECT_EQ(two.result.status, SizeStatus::largest_fails);
  EXPECT_GT(two.of("smaller").upper, 0u);
  EXPECT_EQ(two.result.upper, 0u);  // not that of the other scenario
}

// More patients than by formula, whose events are there by month 20.
TEST(Size, ContractEventsThatDoNotCome) {
  std::string text = sized_trial("{power: 0.8, in: [target], of: events, precision: 0.1}");
  text.replace(text.find("{at_events: 150, of: os}]"), 25, "{at_events: 150, of: os}], latest_month: 20");
  const Sized s(text);
  EXPECT_THAT(
      size_verdict(s.sized, s.result),
      testing::ContainsRegex("[0-9.]+ % of the replicates of target reach design.latest_month before their last look is "
                             "due; [0-9.]+ events come on average"));
  const Sized usual(sized_trial("{power: 0.8, in: [target], precision: 0.1}"));
  EXPECT_THAT(size_verdict(usual.sized, usual.result), Not(HasSubstr("latest_month")));
}

TEST(Size, ContractIntervalsThatAreNotFinite) {
  std::string text = sized_trial(
      "{interval_width: 9, in: [target], analysis: km, parameter: quantile, group: experimental, precision: 0.1}");
  text.replace(text.find("- {name: cox"), 0,
               "- {name: km, method: kaplan_meier, endpoint: os, by: arm, quantiles: [0.5]}\n    ");
  const Sized s(text);
  EXPECT_THAT(size_verdict(s.sized, s.result),
              testing::ContainsRegex(
                  "In the scenario target [0-9.]+ % of the replicates at this size have no finite interval"));
}

// A power so near 1 that hardly a replicate fails: the curve has no crossing to be found, but sizes that hold.
TEST(Size, ContractAPowerThatHardlyAReplicateMisses) {
  const Sized sized(sized_trial("{power: 0.9999, in: [target], replicates: 60000}"));
  EXPECT_NE(sized.result.status, SizeStatus::largest_fails);
  EXPECT_GT(sized.at("target", sized.result.size).value, 0.999);
  EXPECT_THAT(size_verdict(sized.sized, sized.result), HasSubstr("a power of 99.99 %"));
}

TEST(Size, ReproducibilitySameNumbersForAnyThreads) {
  const std::string study = sized_trial("{power: 0.8, in: [target, smaller], precision: 0.05}");
  const Sized one(study, 1), three(study, 3);
  EXPECT_EQ(size_json(one.sized, one.result), size_json(three.sized, three.result));
  EXPECT_EQ(size_csv(one.sized, one.result), size_csv(three.sized, three.result));
}

/// The patients of a replicate are the same ones at another size: the power at the answer is that of a run of the study
/// written there, to the replicate.
TEST(Size, OracleTheStudyWrittenGivesThePowerSaid) {
  const Sized s(sized_trial("{power: 0.8, in: [target], precision: 0.05}"));
  Problems problems;
  Study written =
      read_study(s.sized.document(s.result.size), {.seed = {}, .replicates = {}, .scenario = "target"}, problems);
  ASSERT_TRUE(problems.empty()) << problems.text();
  EXPECT_EQ(written.scenarios.front().trial->patients(), s.result.size);
  const auto rows = run_in_memory(written, 2, false);
  SizeSimulator again = s.simulator.afresh();
  const SizePoint& point = again.extend(0, s.result.size, 0, written.replicates / SizeSimulator::block);
  EXPECT_EQ(row_of(rows, "target", "reject", "test").measure.value, answer_of(point, *s.study.size).value);
}

TEST(Size, PropertyPatientsOfAReplicateDoNotDependOnTheSize) {
  const Study study = study_from(sized_trial("{power: 0.8, in: [target]}"));
  const SizedStudy sized(study, 1);
  Arena arena;
  const Streams streams(3, 7);
  const Scenario small = sized.scenario(0, 100), large = sized.scenario(0, 400);
  const Patients a = small.trial->simulate(streams, arena), b = large.trial->simulate(streams, arena);
  ASSERT_EQ(a.count(), 100u);
  ASSERT_EQ(b.count(), 400u);
  for (std::size_t i = 0; i < a.count(); ++i) {
    EXPECT_EQ(a.arm[i], b.arm[i]);
    EXPECT_EQ(a.course.event_day[0][i], b.course.event_day[0][i]);
  }
}

TEST(Size, PropertyCostsAreWhatTheTrialTakes) {
  const Sized s(sized_trial(
      "{power: 0.8, in: [target], precision: 0.05, cost: {per_patient: 10, per_event: 2, per_month: 100}}"));
  for (const SizePoint& p : s.of("target").curve)
    EXPECT_NEAR(p.cost.mean, 10 * p.patients.mean + 2 * p.events.mean + 100 * p.months.mean, 1e-6 * p.cost.mean);
  EXPECT_THAT(size_csv(s.sized, s.result), HasSubstr("expected_cost"));
  const std::string page = size_page(s.sized, s.result, {"a < b", "program", "command", "study"});
  EXPECT_THAT(page, HasSubstr("a &lt; b"));
  EXPECT_THAT(page, HasSubstr("80 % wanted"));
  EXPECT_THAT(page, HasSubstr("recommended"));
}

TEST(Size, ContractMistakesOfTheBlock) {
  const auto told = [](const std::string& block) { return mistakes(sized_trial(block)); };
  EXPECT_EQ(told("{power: 0.8, in: [target]}"), "");
  EXPECT_THAT(told("{in: [target]}"), HasSubstr("says what is wanted by one of power and interval_width"));
  EXPECT_THAT(told("{power: 0.8, in: [taget]}"), HasSubstr("size.in[0]: 'taget' is not a scenario"));
  EXPECT_THAT(told("{power: 0.8}"), HasSubstr("size.in: missing"));
  EXPECT_THAT(told("{power: 0.02, in: [target]}"), HasSubstr("size.power: 0.02 is not above design.alpha, 0.025"));
  EXPECT_THAT(told("{power: 0.8, in: [target], between: [9, 4]}"), HasSubstr("is not two rising whole numbers"));
  EXPECT_THAT(told("{interval_width: 1, in: [target]}"), HasSubstr("'test' has no number with an interval"));
  EXPECT_THAT(told("{power: 0.8, in: [target], cost: {}}"), HasSubstr("size.cost: costs nothing"));
  EXPECT_THAT(told("{power: 0.8, in: []}"), HasSubstr("size.in: is empty (at least one scenario)"));
  std::string sets = sized_trial("{power: 0.8, in: [target]}");
  sets.replace(sets.find("target: {}"), 10,
               "target: {trial.enrollment.patients: 90, design.looks: [[{at_events: 50, of: os}]]}");
  EXPECT_THAT(mistakes(sets), HasSubstr("'target' sets trial.enrollment.patients"));
  const Study few = study_from(sized_trial("{power: 0.8, in: [target], between: [4, 8], of: events}"));
  EXPECT_NO_THROW(SizedStudy(few, 1));
  const Study crowded = study_from(sized_trial("{power: 0.8, in: [target], between: [201, 203]}"));
  EXPECT_THROW(SizedStudy(crowded, 1), InputError);
}

TEST(Size, ContractStopping) {
  const Study study = study_from(sized_trial("{power: 0.8, in: [target]}"));
  const SizedStudy sized(study, 2);
  const std::atomic<bool> stop{true};
  SizeSimulator simulator(sized, 2, stop, {});
  EXPECT_THROW(search_size(simulator), SizeStopped);
}

}  // namespace
}  // namespace oligosim
