// The section of a plan whose rows are lesions: the patients' columns beside the lesions' own, on real files, at a data
// cut of a simulated trial, and in its true values.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "models/study/truth.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

const char* const analyses = R"(
derive: {late_failure: {cases: [{when: {failed: 1, failed_d: {above: 100}}, value: 1}], otherwise: 0}}
endpoints: {control: {time: failed_d, event: failed}}
populations: {treated: {irradiated: 1, arm: [A, B]}}
analyses:
  - {name: shrunk, method: proportion, outcome: shrunk, by: arm, population: treated, cluster: patient}
  - {name: site, method: frequency, column: site, by: old}
  - {name: failed, method: proportion, outcome: late_failure, by: sex}
  - {name: control, method: kaplan_meier, endpoint: control, by: arm, at_months: [2, 4], cluster: patient}
  - {name: hazard, method: cox, endpoint: control, terms: [arm, age], interval: robust, cluster: patient}
)";

std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return out;
}

TEST(LesionPlan, OracleTwoFilesGiveTheNumbersOfOneFileWithAllColumns) {
  std::string patients = "patient,arm,age,sex,size\n",
              lesions = "size,patient,site,shrunk,irradiated,failed_d,failed\n";
  std::string joined = "size,patient,site,shrunk,irradiated,failed_d,failed,arm,age,sex\n";
  for (int i = 0; i < 60; ++i) {
    const std::string arm(1, "BAC"[i % 3]), sex = i % 2 == 0 ? "f" : "m";
    const int age = 40 + (i * 7) % 31;
    patients += fmt::format("P{},{},{},{},9\n", i, arm, age, sex);
    for (int l = 0; l < (i < 6 ? 2 : (i * 5) % 4); ++l) {
      const std::string lesion =
          fmt::format("{},P{},{},{},{},{},{}", 1 + l, i, (i + l) % 3 == 0 ? "lung" : "liver",
                      (i * 3 + l) % 5 == 0 ? "NA" : std::to_string((i * l) % 2), static_cast<int>((i + l) % 4 != 0),
                      30 + (i * 17 + l * 41) % 190, static_cast<int>((i * 11 + l) % 3 == 0));
      lesions += lesion + "\n";
      joined += fmt::format("{},{},{},{}\n", lesion, arm, age, sex);
    }
  }
  const std::string head = "time_unit: days\ndays_per_month: 30\npatient: patient\n";
  const std::string old = "old: {cases: [{when: {age: {above: 55}}, value: yes}], otherwise: no}";
  AnalysedData apart(patients,
                     head + "derive: {" + old +
                         "}\nanalyses: [{name: age, method: describe, value: age}]\nlesions:" + indented(analyses),
                     {.patient = "patient", .parameter = {}, .several_rows = false}, lesions);
  std::string plan = head + "several_rows: true" + analyses;
  plan.replace(plan.find("derive: {"), 9, "derive: {" + old + ", ");
  AnalysedData whole(joined, plan, {.patient = "patient", .parameter = {}, .several_rows = true});
  ASSERT_GT(whole.estimates().size(), 20u);
  const std::size_t of_patients = apart.estimates().size() - whole.estimates().size();
  EXPECT_EQ(apart.row("age", "median").n, 60);
  for (std::size_t k = 0; k < whole.estimates().size(); ++k) {
    const Estimate &a = apart.estimates()[of_patients + k], &b = whole.estimates()[k];
    const std::string what = whole.plan().labels()[k].analysis + " " + std::to_string(k);
    EXPECT_EQ(apart.plan().labels()[of_patients + k].group, whole.plan().labels()[k].group) << what;
    for (const auto field : {&Estimate::estimate, &Estimate::standard_error, &Estimate::lower, &Estimate::upper,
                             &Estimate::p_value, &Estimate::n, &Estimate::n_events})
      EXPECT_TRUE(a.*field == b.*field || (std::isnan(a.*field) && std::isnan(b.*field))) << what;
    EXPECT_EQ(a.status, b.status) << what;
  }
}

TEST(LesionPlan, OracleWithoutAFileOfLesionsTheSectionIsLeftOut) {
  AnalysedData d("patient,age\nA,50\nB,60\n",
                 R"({time_unit: days, patient: patient, analyses: [{name: age, method: describe, value: age}],
                     lesions: {analyses: [{name: site, method: frequency, column: site}]}})",
                 {.patient = "patient", .parameter = {}, .several_rows = false});
  ASSERT_EQ(d.plan().left_out().size(), 1u);
  EXPECT_EQ(d.plan().left_out()[0].entry, "lesions");
  EXPECT_FALSE(d.plan().reads_lesions());
}

std::string refusal(const std::string& patients, const std::string& lesions, const std::string& section) {
  try {
    AnalysedData(patients, "{time_unit: days, patient: id, analyses: [], lesions: {analyses: [" + section + "]}}",
                 {.patient = "id", .parameter = {}, .several_rows = false}, lesions);
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(LesionPlan, OracleMistakesHaveTheirPlace) {
  const std::string good = "{name: site, method: frequency, column: site}";
  EXPECT_EQ(refusal("id,age\nA,50\nB,60\n", "id,site\nA,lung\nB,liver\n", good), "");
  EXPECT_THAT(refusal("id,age\nA,50\nB,60\n", "id,site\nA,lung\nC,liver\n", good),
              HasSubstr("lesions.csv:3:1: id: 'C' is not among the patients"));
  EXPECT_THAT(refusal("id,age\nA,50\nB,60\n", "name,site\nA,lung\n", good),
              HasSubstr("lesions.csv:1:1: patient: 'id' is not a column"));
  EXPECT_THAT(
      refusal("id,age\nA,50\nB,60\n", "id,site\nA,lung\n", "{name: a, method: frequency, column: sito}"),
      HasSubstr("plan.yaml:1:104: lesions.analyses[0].column: 'sito' is not a column (id, site, patient or age"));
}

const char* const study_text = R"(study: lesions
replicates: 400
replicates_per_block: 100
disease: {model: oligo_hcc}
cohort: {OP: 0.7, OM: 0.3}
arms: {sbrt: {}}
trial: {enrollment: {patients: 40, over_months: 12}, visits: {months: [1, 4, 7, 10], then_every_months: 3},
  dropout: {probability: 0.1, by_month: 12}}
design: {kind: fixed, primary: line, looks: [{at_month: 30}]}
truth: {patients: 20000}
plan:
  time_unit: days
  days_per_month: 30
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses: [{name: line, method: log_rank, endpoint: pfs, by: late}]
  lesions:
    derive:
      responded: {cases: [{when: {response: [CR, PR]}, value: 1}, {when: {response: present}, value: 0}]}
      failed: {cases: [{when: {lf_d: present}, value: 1}], otherwise: 0}
      control_d: {first_present: [lf_d, os_d]}
    endpoints: {control: {time: control_d, event: failed}}
    populations: {irradiated: {irradiated: 1}}
    analyses:
      - {name: response, method: proportion, outcome: responded, by: cohort, population: irradiated, cluster: patient}
      - {name: site, method: frequency, column: site}
      - {name: diameter, method: describe, value: diameter_cm, by: late}
      - {name: control, method: kaplan_meier, endpoint: control, population: irradiated, at_months: [12]}
)";

/// The rows of a cohort as CSV, with the name of each row's patient.
std::string as_csv(const Cohort& data, const std::function<std::uint32_t(std::size_t)>& patient) {
  std::string text = "id";
  for (std::size_t c = 0; c < data.columns().size(); ++c) text += "," + data.columns()[c].name;
  for (std::size_t r = 0; r < data.patients(); ++r) {
    text += "\nP" + std::to_string(patient(r));
    for (std::size_t c = 0; c < data.columns().size(); ++c) {
      const ColumnInfo& info = data.columns()[c];
      if (info.kind == ColumnKind::number)
        text += std::isnan(data.numbers(c)[r]) ? ",NA" : fmt::format(",{}", data.numbers(c)[r]);
      else
        text += data.categories(c)[r] == missing_category ? ",NA" : "," + info.levels[data.categories(c)[r]];
    }
  }
  return text + "\n";
}

TEST(LesionPlan, OracleATrialWrittenToFilesAndAnalysedGivesTheReplicatesNumbers) {
  const Study study = study_from(study_text);
  const Scenario& s = study.scenarios.front();
  s.disease->prepare();
  const TrialExperiment experiment(s, study.seed);
  Trial all = *s.trial;
  all.need(std::vector<std::uint8_t>(all.columns().size(), 1), true);
  std::string plan(study_text);
  plan = plan.substr(plan.find("plan:\n") + 6);
  plan = "  patient: id\n" + plan;
  std::size_t compared = 0;
  for (std::uint32_t replicate = 1; replicate <= 20; ++replicate) {
    Arena arena;
    std::vector<double> row(experiment.columns().size());
    experiment.replicate(replicate, arena, row);
    const Streams streams(study.seed, replicate);
    const Patients patients = all.simulate(streams, arena);
    const double day = 30 * 30;
    const LesionData lesions = all.cut_lesions(patients, day, arena);
    AnalysedData file(
        as_csv(all.cut(patients, day, arena), [](std::size_t r) { return static_cast<std::uint32_t>(r); }), plan,
        {.patient = "id", .parameter = {}, .several_rows = false},
        as_csv(lesions.columns, [&](std::size_t l) { return lesions.patient[l]; }));
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (experiment.layout()[k].measured != Measured::natural) continue;
      const EstimateLabel& l = s.plan->labels()[experiment.layout()[k].label];
      if (l.method == "frequency" || l.group == "0") continue;  // levels in the file come in another order
      const Estimate expected = file.row(l.analysis, l.parameter, l.group, l.term, l.at);
      // A quantile that is not reached is infinite in a row; a share of 1, whose patients do not differ, is missing.
      EXPECT_TRUE(row[k] == expected.estimate || (!std::isfinite(row[k]) && expected.status != Status::ok))
          << l.analysis << l.group;
      ++compared;
    }
  }
  EXPECT_GT(compared, 150u);
}

TEST(LesionPlan, StatisticalTheTruthIsThatOfALargeTrial) {
  const Study study = study_from(study_text);
  const std::vector<SummaryRow> rows = run_in_memory(study);
  int compared = 0;
  for (const SummaryRow& r : rows) {
    // A ratio of totals is biased by about 1/40 of a standard deviation squared: far below four of these errors.
    const bool mean = r.metric == "mean" && (r.label.analysis == "response" || r.label.analysis == "control");
    if (!mean || r.label.parameter == "quantile") continue;
    EXPECT_NEAR(r.measure.value, r.truth, 4 * r.measure.mcse + 0.004) << r.label.analysis << " " << r.label.group;
    ++compared;
  }
  EXPECT_EQ(compared, 3);
}

TEST(LesionPlan, OracleAModelWithoutLesionsHasNoSuchSection) {
  std::string text(study_text);
  const std::string disease = "disease: {model: oligo_hcc}\ncohort: {OP: 0.7, OM: 0.3}";
  text.replace(text.find(disease), disease.size(), "disease: {pfs: {median_months: 5}}");
  try {
    study_from(text);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), HasSubstr("plan.lesions: cannot be: these patients have no table of lesions"));
  }
}

TEST(LesionPlan, ReproducibilityTheTruthDoesNotDependOnThreads) {
  const Study study = study_from(study_text);
  const Scenario& s = study.scenarios.front();
  s.disease->prepare();
  const auto one = simulated_values(s, 1, {2000}, 1), three = simulated_values(s, 1, {2000}, 3);
  for (std::size_t k = 0; k < one.size(); ++k)
    EXPECT_TRUE(one[k].value == three[k].value || (std::isnan(one[k].value) && std::isnan(three[k].value)));
}

}  // namespace
}  // namespace oligosim
