// oligosim size in designs that are planned anew, that count cohorts or test several hypotheses: what goes with the
// size, and whether the answer is the size that holds it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/size/resized.hpp"
#include "tests/models/size/size_support.hpp"
#include "tests/models/study/cohort_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

const std::string two_stages = "looks: [{at_events: 60, of: os}, {at_events: 120, of: os}], ";

/// OP and OM patients, two endpoints, and the design given.
std::string study_of(const std::string& design, const std::string& size) {
  return fmt::format(R"(size: {}
study: sized
seed: 4
replicates: 2000
disease: {{model: cohorts, cohorts: {{OP: {{os: {{median_months: 10}}}}, OM: {{os: {{median_months: 10}}}}}}}}
cohort: {{OP: 0.6, OM: 0.4}}
design: {{primary: whole, {}}}
trial: {{enrollment: {{patients: 200, over_months: 20}}, randomization: {{blocks: [4]}}}}
arms: {{control: {{}}, sbrt: {{effects: {{OP: {{os: {{hazard_ratio: 0.6}}}}, OM: {{os: {{hazard_ratio: 0.6}}}}}}}}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  populations: {{OP: {{cohort: OP}}}}
  analyses: [{{name: whole, method: log_rank, endpoint: os, by: arm}},
             {{name: op, method: log_rank, endpoint: os, by: arm, population: OP}}]
)",
                     size, design);
}

/// What the design of a study says at half the size.
YamlNode half(const std::string& study) {
  Problems problems;
  YamlNode tree = parse_yaml(study, "study.yaml", problems);
  resize(tree, {.patients = 100, .size = 100, .own_size = 200});
  return *tree.find("design");
}
std::string scalar(const YamlNode& node, const char* key) { return node.find(key)->scalar; }

TEST(SizeDesigns, ContractWhatGoesWithTheSize) {
  const YamlNode zone = half(study_of("kind: promising_zone, " + two_stages +
                                          "planned_patients: 161, promising_from: 0.3, target_power: 0.9, most_events: "
                                          "180",
                                      "{power: 0.8}"));
  EXPECT_EQ(scalar(zone, "planned_patients"), "81");
  EXPECT_EQ(scalar(zone, "most_events"), "90");
  EXPECT_EQ(scalar(zone.find("looks")->items[0], "at_events"), "30");
  const YamlNode enriched = half(study_of("kind: enrichment, " + two_stages +
                                              "subgroup: {column: cohort, levels: [OP], analysis: op, at_events: 90}, "
                                              "go_on: {whole: 0.5, subgroup: 0.3}",
                                          "{power: 0.8}"));
  EXPECT_EQ(scalar(*enriched.find("subgroup"), "at_events"), "45");
  const YamlNode several =
      half(study_of("kind: group_sequential, " + two_stages +
                        "multiplicity: {procedure: holm, hypotheses: {whole: {}, op: {final_events: 70}}}",
                    "{power: 0.8}"));
  EXPECT_EQ(scalar(*several.find("multiplicity")->find("hypotheses")->find("op"), "final_events"), "35");
}

// Whole numbers that make up the trial: 25 and 12 of 37 are 16.9 and 8.1 of 25.
TEST(SizeDesigns, OracleCohortsMakeUpTheTrial) {
  Problems problems;
  YamlNode tree = parse_yaml(
      "trial: {enrollment: {patients: 37}}\n"
      "design: {cohorts: {a: {patients: 25}, b: {patients: 12}}}\ncohort: {OP: 25, OM: 12}\n",
      "study.yaml", problems);
  resize(tree, {.patients = 25, .size = 25, .own_size = 37});
  const YamlNode& cohorts = *tree.find("design")->find("cohorts");
  EXPECT_EQ(scalar(*cohorts.find("a"), "patients"), "17");
  EXPECT_EQ(scalar(*cohorts.find("b"), "patients"), "8");
}

/// At the answer the power is the one wanted, below it is not, and a run of the study written says the same.
void expect_found(const std::string& text, double tolerance) {
  const Sized s(text);
  ASSERT_EQ(s.result.status, SizeStatus::found);
  const Measure power = s.at("base", s.result.size);
  EXPECT_NEAR(power.value, 0.8, tolerance + 4 * power.mcse);
  Problems problems;
  const Study written = read_study(s.sized.document(s.result.size), {}, problems);
  ASSERT_TRUE(problems.empty()) << problems.text();
  const auto rows = run_in_memory(written, 2, false);
  const Measure reject = row_of(rows, "base", "reject", written.scenarios[0].design->primary()).measure;
  EXPECT_NEAR(reject.value, power.value, 4 * (reject.mcse + power.mcse));
  SizeSimulator again = s.simulator.afresh();
  const std::size_t below = s.sized.rounded_up(0.8 * static_cast<double>(s.result.size));
  const Measure power_below = answer_of(again.extend(0, below, 0, 400), *s.study.size);
  EXPECT_LT(power_below.value, 0.8 - 4 * power_below.mcse);
}

TEST(SizeDesigns, StatisticalPromisingZoneAndEnrichment) {
  expect_found(
      study_of("kind: promising_zone, " + two_stages + "promising_from: 0.3, target_power: 0.9, most_events: 180",
               "{power: 0.8, precision: 0.04}"),
      0.02);
  expect_found(study_of("kind: enrichment, " + two_stages +
                            "subgroup: {column: cohort, levels: [OP], analysis: op, at_events: 90}, "
                            "go_on: {whole: 0.5, subgroup: 0.3}",
                        "{power: 0.8, of: events, precision: 0.04}"),
               0.02);
}

TEST(SizeDesigns, StatisticalArmSelection) {
  expect_found(R"(size: {power: 0.8, precision: 0.04}
study: sized
seed: 4
replicates: 2000
disease: {os: {median_months: 10}}
design: {kind: arm_selection, primary: b, looks: [{at_events: 60, of: os}, {at_events: 130, of: os}],
         comparisons: [a, b], select: {keep: 1}}
trial: {enrollment: {patients: 210, over_months: 20}}
arms: {control: {}, a: {effects: {os: {hazard_ratio: 0.7}}}, b: {effects: {os: {hazard_ratio: 0.6}}}}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: a, method: log_rank, endpoint: os, by: arm, levels: [control, a]},
             {name: b, method: log_rank, endpoint: os, by: arm, levels: [control, b]}]
)",
               0.02);
}

TEST(SizeDesigns, StatisticalCohortsOfResponses) {
  const std::string text = "replicates: 2000\nsize: {power: 0.8, precision: 0.05}\n" + cohort_study("pooled");
  expect_found(text, 0.04);  // the power goes up and down in a sawtooth
}

TEST(SizeDesigns, ContractRefusals) {
  const auto refusal = [](const std::string& text) -> std::string {
    const Study study = study_from(text);
    try {
      SizedStudy(study, 1);
    } catch (const InputError& e) {
      return e.what();
    }
    return "accepted";
  };
  const auto one_arm = [](const std::string& design) {
    std::string text = sized_single_arm(design, 24);
    const std::string probabilities = ", p0: 0.2, p1: 0.4";
    return text.replace(text.find(probabilities), probabilities.size(), "");
  };
  EXPECT_THAT(refusal(one_arm("kind: toxicity_boundary, limit: 0.3, acceptable: 0.15, certainty: 0.9, "
                              "interim_patients: [6, 12]")),
              HasSubstr("study.yaml:3:7: size.power: few patients claim more often than many"));
  EXPECT_THAT(refusal(one_arm("kind: exact_binomial, reject_above: 8")),
              HasSubstr("study.yaml:3:7: size.power: the size of a design that counts responses rests on design.p0"));
  std::string minimized = study_of("kind: fixed, looks: [{at_events: 120, of: os}]", "{power: 0.8}");
  minimized.replace(minimized.find("blocks: [4]"), 11, "minimize: {factors: []}");
  EXPECT_EQ(refusal(minimized), "accepted");
}

}  // namespace
}  // namespace oligosim
