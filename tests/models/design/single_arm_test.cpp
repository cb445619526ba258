// Designs of one arm: what the program simulates against exact and published answers, decisions, mistakes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/io/number.hpp"
#include "engine/statistics/sequential/response_orders.hpp"
#include "engine/statistics/sequential/stage_wise_proportion.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "models/study/page/binomial_page.hpp"
#include "models/study/page/design_page.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

/// Patients of one arm who respond with a probability of 0.2 or 0.4.
std::string single_arm(const std::string& design, int patients, int replicates = 100,
                       const std::string& proportion = "outcome: response") {
  return fmt::format(R"(study: one arm
seed: 5
replicates: {}
disease: {{pfs: {{median_months: 5}}, outcomes: {{response: {{probability: 0.2, known_months: 4}}}}}}
arms: {{sbrt: {{}}}}
trial: {{enrollment: {{patients: {}, rate_per_month: 2}}}}
design: {{{}, primary: orr, min_follow_up_months: 4.2}}
truth: {{patients: 1000}}
plan:
  time_unit: days
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}}}
  populations: {{late: {{pfs_d: {{above: 100}}}}}}
  analyses:
    - {{name: orr, method: proportion, {}}}
    - {{name: pfs, method: one_sample_log_rank, endpoint: pfs, historical: {{median_months: 5}}}}
scenarios: {{"null": {{}}, better: {{disease.outcomes.response.probability: 0.4}}}}
)",
                     replicates, patients, design, proportion);
}

const std::string demand = "p0: 0.2, p1: 0.4, alpha: 0.05, power: 0.8";

/// Of the interval after all stages, over every way for the trial to end.
double stage_wise_coverage(const std::vector<BinomialStage>& stages, double probability) {
  double covered = 0;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const std::vector<double> orders = response_orders(stages, k);
    const auto intervals = stage_wise_proportions(stages, k, missing, 0.95);
    const auto n = static_cast<double>(stages[k].patients);
    for (std::size_t x = 0; x < orders.size(); ++x)
      if (intervals[x].lower <= probability && probability <= intervals[x].upper)
        covered +=
            orders[x] * std::pow(2 * probability, x) * std::pow(2 * (1 - probability), n - static_cast<double>(x));
  }
  return covered;
}

void expect_exact(const std::string& text) {
  const Study study = study_from(text);
  const auto rows = run_in_memory(study);
  for (const auto& [name, probability] : {std::pair{"null", .2}, std::pair{"better", .4}}) {
    SCOPED_TRACE(name);
    const BinomialRule& rule = *study.scenarios[0].design->binomial();
    const BinomialCharacteristics exact = binomial_characteristics(rule.stages, probability);
    const auto check = [&](const char* metric, const std::string& look, double value) {
      const Measure m = find_row(rows, name, metric, look, "orr")->measure;
      EXPECT_NEAR(m.value, value, 4 * m.mcse) << metric << " " << look;
    };
    check("reject", "final", exact.reject);
    check("reject", std::to_string(rule.stages.size()), exact.reject);
    for (std::size_t k = 0; k < exact.stop.size(); ++k) check("stop_futility", std::to_string(k + 1), exact.stop[k]);
    check("expected_n", "final", exact.expected_patients);
    EXPECT_EQ(find_row(rows, name, "mean", "final", "orr")->truth, probability);
    if (rule.stages.size() == 1) continue;
    const SummaryRow& unbiased = row_of(rows, name, "mean", "orr", "unbiased_proportion");
    EXPECT_NEAR(unbiased.measure.value, probability, 4 * unbiased.measure.mcse);
    EXPECT_EQ(unbiased.truth, probability);
    EXPECT_EQ(unbiased.measure.n_missing, 0u);
    // The stage-wise interval as enumerated, and its p value, by which the design decides.
    const Measure coverage = row_of(rows, name, "coverage", "orr", "unbiased_proportion").measure;
    EXPECT_NEAR(coverage.value, stage_wise_coverage(rule.stages, probability), 4 * coverage.mcse);
    EXPECT_GE(stage_wise_coverage(rule.stages, probability), 0.95);
    if (rule.p0 == 0.2 && text.find("alpha") != std::string::npos) {
      EXPECT_EQ(row_of(rows, name, "power", "orr", "unbiased_proportion").measure.value,
                find_row(rows, name, "reject", "final", "orr")->measure.value);
    }
    // The plan's own proportion knows nothing of the stages.
    EXPECT_LT(row_of(rows, name, "mean", "orr", "proportion").measure.value, unbiased.measure.value);
  }
}

TEST(SingleArm, TheoryStopsForToxicityAsEnumerated) {
  // The outcome is a toxicity here, 0.2 or 0.4; patients without it are counted.
  const std::string design =
      "kind: toxicity_boundary, limit: 0.3, acceptable: 0.15, certainty: 0.9, interim_patients: [6, 12, 18]";
  const Study study = study_from(single_arm(design, 27, 20000, "outcome: response, success: 0"));
  const BinomialRule& rule = *study.scenarios[0].design->binomial();
  EXPECT_DOUBLE_EQ(rule.p0, 0.7);
  EXPECT_DOUBLE_EQ(rule.p1, 0.85);
  EXPECT_EQ(stage_texts(*study.scenarios[0].design)[3],
            "27 patients, and 4.2 months after the last of them: too toxic with " +
                std::to_string(27 - rule.stages[3].above) + " or more with the toxicity");
  EXPECT_THAT(exact_text(rule, rule.p0), testing::StartsWith("with toxicity 0.3, exact: not too toxic 0."));
  const auto rows = run_in_memory(study);
  for (const auto& [name, toxicity] : {std::pair{"null", .2}, std::pair{"better", .4}}) {
    const BinomialCharacteristics exact = binomial_characteristics(rule.stages, 1 - toxicity);
    for (std::size_t k = 0; k < 3; ++k) {
      const Measure m = find_row(rows, name, "stop_futility", std::to_string(k + 1), "orr")->measure;
      EXPECT_NEAR(m.value, exact.stop[k], 4 * m.mcse);
    }
    const Measure m = row_of(rows, name, "reject", "orr").measure;
    EXPECT_NEAR(m.value, exact.reject, 4 * m.mcse);
    EXPECT_DOUBLE_EQ(row_of(rows, name, "mean", "orr", "proportion").truth, 1 - toxicity);
  }
}

TEST(SingleArm, PropertyNoUnbiasedProportionOfATrialCutShort) {
  std::string text = single_arm("kind: simon, " + demand, 43, 200);
  text.replace(text.find("primary: orr"), 12, "latest_month: 12, primary: orr");
  const auto rows = run_in_memory(study_from(text), 2, false);
  const Measure missing = row_of(rows, "null", "missing", "orr", "unbiased_proportion").measure;
  const Measure short_of = row_of(rows, "null", "events_not_reached", "orr").measure;
  EXPECT_EQ(missing.value, short_of.value);
  EXPECT_GT(missing.value, 0.1);
}

TEST(SingleArm, StatisticalSimulatedTrialsDoAsTheExactDesigns) {
  expect_exact(single_arm("kind: exact_binomial, " + demand, 35, 20000));
  expect_exact(single_arm("kind: simon, " + demand, 43, 20000));
  expect_exact(single_arm("kind: simon, choose: minimax, " + demand, 33, 20000));
  expect_exact(
      single_arm("kind: simon, stages: [{patients: 8, go_on_above: 0}, {patients: 20, go_on_above: 4}, "
                 "{patients: 31, reject_above: 8}]",
                 31, 20000));
  expect_exact(
      single_arm("kind: predictive_probability, p0: 0.2, p1: 0.4, certainty: 0.95, stop_below: 0.1, "
                 "interim_patients: [10, 20, 28]",
                 36, 20000));
}

/// Of patients lost before their response is known, month 4, none counts: the designs do as enumerated at the share of
/// the others.
TEST(SingleArm, TheoryLostResponsesDoNotCount) {
  for (const std::string& design : {"kind: exact_binomial, " + demand, "kind: simon, " + demand}) {
    std::string text = single_arm(design, design.find("simon") == std::string::npos ? 35 : 43, 20000);
    text.replace(text.find("rate_per_month: 2}"), 18, "rate_per_month: 2}, dropout: {probability: 0.2, by_month: 4}");
    const Study study = study_from(text);
    const auto rows = run_in_memory(study);
    for (const Scenario& s : study.scenarios) {
      SCOPED_TRACE(s.name);
      const double response = s.name == "null" ? 0.2 : 0.4;
      ASSERT_TRUE(counted_response(s));
      EXPECT_NEAR(counted_response(s)->probability, 0.8 * response, 1e-12);
      const BinomialCharacteristics exact = binomial_characteristics(s.design->binomial()->stages, 0.8 * response);
      const Measure m = row_of(rows, s.name, "reject", "orr").measure;
      EXPECT_NEAR(m.value, exact.reject, 4 * m.mcse);
    }
  }
}

TEST(SingleArm, PropertyNoClosedFormOfLossesAfterEvents) {
  std::string text = single_arm("kind: exact_binomial, " + demand, 35);
  EXPECT_TRUE(counted_response(study_from(text).scenarios.front()));
  text.replace(text.find("rate_per_month: 2}"), 18,
               "rate_per_month: 2}, dropout: {probability: 0.1, by_month: 4, after: {pfs: {hazard_ratio: 3}}}");
  EXPECT_FALSE(counted_response(study_from(text).scenarios.front()));
}

TEST(SingleArm, OracleDesignsAsWritten) {
  const auto stages = [](const std::string& design, int patients) {
    const Study study = study_from(single_arm(design, patients));
    return stage_texts(*study.scenarios[0].design);
  };
  using testing::ElementsAre;
  const std::string follow = " patients, and 4.2 months after the last of them: ";
  EXPECT_THAT(stages("kind: exact_binomial, " + demand, 35),
              ElementsAre("35" + follow + "claims efficacy with more than 11 responses"));
  EXPECT_THAT(stages("kind: exact_binomial, every_larger: true, " + demand, 40),
              ElementsAre("40" + follow + "claims efficacy with more than 12 responses"));
  EXPECT_THAT(stages("kind: exact_binomial, reject_above: 3", 27),
              ElementsAre("27" + follow + "claims efficacy with more than 3 responses"));
  EXPECT_THAT(stages("kind: simon, " + demand, 43),
              ElementsAre("13" + follow + "goes on with more than 3 responses",
                          "43" + follow + "claims efficacy with more than 12 responses"));
  EXPECT_THAT(stages("kind: predictive_probability, p0: 0.3, p1: 0.5, certainty: 0.95, stop_below: 0.1, "
                     "interim_patients: [20]",
                     37),
              ElementsAre("20" + follow + "goes on with more than 6 responses",
                          "37" + follow + "claims efficacy with more than 15 responses"));
  EXPECT_EQ(exact_text({{{13, 3}, {43, 12}}}, 0.2),
            "with response 0.2, exact: claims efficacy 0.0496, stops at look 1 0.7473, 20.58 patients expected");
}

/// Looks that show what they are told to.
class CountedTrial : public Conduct {
 public:
  explicit CountedTrial(std::vector<LookResult> results) : results_(std::move(results)) {}
  LookResult analyze_at(const Look& look) override {
    EXPECT_TRUE(look.pauses && look.patients);
    return results_.at(looks++);
  }
  void stop(Decision d, const LastStage& /*at*/) override { decision = d; }

  std::size_t looks = 0;
  Decision decision = Decision::none;

 private:
  std::vector<LookResult> results_;
};

TEST(SingleArm, OracleDecisionsAtEachStage) {
  const Study study = study_from(single_arm("kind: simon, " + demand, 43));
  const auto decided = [&](std::vector<LookResult> results) {
    CountedTrial trial(std::move(results));
    study.scenarios[0].design->conduct(trial);
    return std::pair{trial.decision, trial.looks};
  };
  EXPECT_EQ(decided({{.successes = 3}}), std::pair(Decision::futility, std::size_t{1}));
  EXPECT_EQ(decided({{.successes = missing}}), std::pair(Decision::futility, std::size_t{1}));
  EXPECT_EQ(decided({{.successes = 4}, {.successes = 12}}), std::pair(Decision::none, std::size_t{2}));
  EXPECT_EQ(decided({{.successes = 4}, {.successes = 13}}), std::pair(Decision::efficacy, std::size_t{2}));
  // Cut short: what has come by then is read against the last threshold.
  EXPECT_EQ(decided({{.events_reached = false, .successes = 12}}), std::pair(Decision::none, std::size_t{1}));
  EXPECT_EQ(decided({{.events_reached = false, .successes = 13}}), std::pair(Decision::efficacy, std::size_t{1}));
}

// Nobody enters between the 13th patient and the look, after which the others come as they would have: 43 patients
// at two a month, 128 days (4.2 months of 30.4375, in whole days) and 4.2 months.
TEST(SingleArm, StatisticalEnrollmentPausesBeforeALook) {
  std::string text = single_arm("kind: simon, " + demand, 43, 4000);
  text.replace(text.find("probability: 0.2"), 16, "probability: 1.0");
  text.replace(text.find("probability: 0.4"), 16, "probability: 0.0");
  const auto rows = run_in_memory(study_from(text), 2, false);
  const auto near = [&](const char* scenario, const char* metric, double value) {
    const Measure m = row_of(rows, scenario, metric, "orr").measure;
    EXPECT_NEAR(m.value, value, 4 * m.mcse + 1e-9) << scenario << " " << metric;
  };
  near("null", "expected_n", 43);
  near("null", "expected_duration_months", 43 / 2.0 + 128 / 30.4375 + 4.2);
  near("better", "expected_n", 13);
  near("better", "expected_duration_months", 13 / 2.0 + 4.2);
}

TEST(SingleArm, OraclePausesOfDaysInAnyOrder) {
  std::mt19937 random(4);
  Arena arena;
  for (int set = 0; set < 200; ++set) {
    std::vector<double> days(1 + random() % 12);
    for (double& day : days) day = static_cast<double>(random() % 9);
    const std::size_t patients = 1 + random() % 14;
    const double until = static_cast<double>(random() % 20) / 2;
    const double entry = Enrollment::entry_day(days, patients, arena);
    std::vector<double> paused = days;
    Enrollment::pause(paused, patients, until, arena);
    std::size_t before = 0, unmoved = 0;
    for (std::size_t i = 0; i < days.size(); ++i) {
      std::size_t ahead = 0;  // those who enter before this one
      for (std::size_t j = 0; j < days.size(); ++j) ahead += days[j] < days[i] || (days[j] == days[i] && j < i);
      before += days[i] < entry;
      const double held = ahead < patients ? 0 : std::max(0.0, std::ceil(until - entry));
      EXPECT_EQ(paused[i], days[i] + held);
      unmoved += ahead < patients;
    }
    EXPECT_LT(before, patients);
    EXPECT_EQ(unmoved, std::min(patients, days.size()));
  }
}

// The look is the 50th of 200 patients over 20 months, and six months; enrollment goes on meanwhile.
TEST(SingleArm, StatisticalALookAtPatientsOfAnyDesign) {
  std::string text = single_arm("kind: exact_binomial, reject_above: 1", 200, 4000);
  text.replace(text.find("rate_per_month: 2"), 17, "over_months: 20");
  const auto at = text.find("design:");
  text.replace(at, text.find("truth:") - at,
               "design: {kind: fixed, primary: pfs, looks: [{at_patients: 50, min_follow_up_months: 6}]}\n");
  const Study study = study_from(text);
  const auto rows = run_in_memory(study);
  const Measure months = row_of(rows, "null", "expected_duration_months", "pfs").measure;
  EXPECT_NEAR(months.value, 20 * 50 / 201.0 + 6, 4 * months.mcse);
  const Measure patients = row_of(rows, "null", "expected_n", "pfs").measure;
  EXPECT_NEAR(patients.value, 200 * (20 * 50 / 201.0 + 6) / 20, 4 * patients.mcse + 0.5);
  EXPECT_THAT(design_section(study, rows), testing::HasSubstr("50 patients and 6 months after the last of them"));
}

TEST(SingleArm, PropertyThePageShowsTheExactBesideTheSimulated) {
  const Study study = study_from(single_arm("kind: simon, " + demand, 43));
  const std::string page = design_section(study, run_in_memory(study));
  const BinomialCharacteristics exact = binomial_characteristics(study.scenarios[0].design->binomial()->stages, 0.4);
  for (const std::string& text : {percent(exact.reject), percent(exact.stop[0]), rounded(exact.expected_patients, 4)})
    EXPECT_THAT(page, testing::HasSubstr("<td>" + text + "</td>"));
  EXPECT_THAT(page, testing::HasSubstr("goes on with more than 3 responses"));
}

TEST(SingleArm, ContractTheTrueProportionIsKnownWhereOnesOrZerosAmongTheKnownAreCounted) {
  const auto truth = [](const std::string& proportion) {
    const Study study = study_from(single_arm("kind: exact_binomial, reject_above: 3", 27, 100, proportion));
    return closed_form_truth(study.scenarios[1], study.scenarios[1].plan->labels().front());
  };
  EXPECT_EQ(truth("outcome: response"), 0.4);
  EXPECT_FALSE(truth("outcome: response, missing: failure"));
  EXPECT_DOUBLE_EQ(*truth("outcome: response, success: 0"), 0.6);
  EXPECT_FALSE(truth("outcome: response, success: 2"));
  EXPECT_FALSE(truth("outcome: pfs_e"));
}

TEST(SingleArm, ContractMistakes) {
  const auto refused = [](const std::string& design, int patients, const std::string& message,
                          const std::string& proportion = "outcome: response") {
    EXPECT_THAT(mistakes(single_arm(design, patients, 100, proportion)), testing::HasSubstr(message)) << design;
  };
  const std::string exact = "kind: exact_binomial, ", simon = "kind: simon, ";
  refused(exact + demand, 40,
          "design.power: takes 35 patients, efficacy claimed with more than 11 responses; "
          "trial.enrollment.patients has 40");
  refused(exact + "every_larger: true, " + demand, 37, "design.power: takes at least 38 patients");
  refused(simon + demand, 40, "design.power: takes 43 patients, efficacy claimed with more than 12 responses");
  refused(exact + "p0: 0.4, p1: 0.2, power: 0.8", 35, "design.p1: is not above p0");
  refused(exact + "p0: 0.5, p1: 0.501, power: 0.8", 35,
          "design.p1: is so close to p0 that the design has more than 1000");
  refused(simon + "p0: 0.5, p1: 0.501, power: 0.8", 35, "design.p1: is so close to p0");
  refused(exact + "p0: 0.2, p1: 0.4", 35, "design.power: missing");
  refused(exact + "reject_above: 35", 35, "design.reject_above: 35 responses are never exceeded among 35 patients");
  refused(exact + "reject_above: 3, power: 0.8", 35, "power");
  refused(simon + "stages: [{patients: 35, reject_above: 9}]", 35, "design.stages: are two or more");
  const auto stages = [&](const std::string& first, const std::string& second) {
    return simon + "stages: [" + first + ", " + second + "]";
  };
  refused(stages("{patients: 13, go_on_above: 3}", "{patients: 40, reject_above: 12}"), 43,
          "design.stages[1].patients: is not the 43 patients of trial.enrollment.patients");
  refused(stages("{patients: 13, go_on_above: 3}", "{patients: 13, reject_above: 12}"), 13,
          "design.stages[1].patients: is not above the stage before");
  refused(stages("{patients: 13, go_on_above: 3}", "{patients: 43, reject_above: 2}"), 43,
          "design.stages[1].reject_above: is below that of the stage before");
  refused(stages("{patients: 13, go_on_above: 13}", "{patients: 43, reject_above: 14}"), 43,
          "design.stages[0].go_on_above: 13 responses are never exceeded among 13 patients");
  refused(stages("{patients: 13, reject_above: 3}", "{patients: 43, reject_above: 14}"), 43,
          "design.stages[0].go_on_above: missing");
  const auto predictive = [&](const std::string& certainty, const std::string& interim) {
    return "kind: predictive_probability, p0: 0.3, p1: 0.5, certainty: " + certainty +
           ", stop_below: 0.1, interim_patients: [" + interim + "]";
  };
  refused(predictive("0.95", "20, 37"), 37, "design.interim_patients: 37 is not below the 37 patients");
  refused(predictive("0.95", "20, 20"), 37, "design.interim_patients: do not rise");
  refused(predictive("0.95", "20.5"), 37, "design.interim_patients: are whole numbers");
  refused(predictive("0.95", "1"), 37, "design.interim_patients: no number of responses of 1 patients has a");
  refused(predictive("0.999", "2"), 3, "design.certainty: is not reached by 3 responses of as many patients");
  refused(predictive("0.95", "20") + ", prior: 1", 37, "design.prior: has two numbers");
  const auto toxicity = [](const std::string& rest) { return "kind: toxicity_boundary, limit: 0.3, " + rest; };
  refused(toxicity("acceptable: 0.3, certainty: 0.9, interim_patients: [9]"), 27,
          "design.acceptable: is not below the limit");
  refused(toxicity("acceptable: 0.1, certainty: 0.99, interim_patients: [2]"), 27,
          "design.interim_patients: not even 2 patients with the toxicity are too many of as many");
  refused(toxicity("acceptable: 0.1, certainty: 0.9, prior: [90, 1], interim_patients: [2]"), 27,
          "design.prior: is so certain that none with the toxicity of 2 patients are too many");
  refused(toxicity("acceptable: 0.1, certainty: 0.9, interim_patients: [9, 27]"), 27,
          "design.interim_patients: 27 is not below the 27 patients");
  refused(exact + "reject_above: 3", 27, "design.primary: 'orr' is not a proportion of all patients",
          "outcome: response, population: late");
  refused(exact + "reject_above: 3", 27, "design.primary: 'orr' is not a proportion of all patients",
          "outcome: response, by: arm");
}

}  // namespace
}  // namespace oligosim
