// truth.crossover: true values of the trial in which nobody crosses over.
#include <gtest/gtest.h>

#include "models/study/truth.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

std::string study_of(const std::string& disease, const std::string& crossover, const std::string& truth) {
  std::string text = "study: crossover\nseed: 5\ntruth: {patients: 20000" + truth + "}\n" + disease + "\narms: {a: {" +
                     crossover + "}, b: {}}\n" + R"(
trial: {enrollment: {patients: 100, over_months: 12}VISITS}
design: {kind: fixed, primary: lr, looks: [{at_month: 36}]}
plan:
  time_unit: days
  days_per_month: 30
  endpoints:
    os: {time: os_d, event: os_e}
  analyses:
    - {name: lr, method: log_rank, endpoint: os, by: arm}
    - {name: hr, method: cox, endpoint: os, terms: [arm]}
    - {name: curve, method: kaplan_meier, endpoint: os, by: arm, at_months: [12]}
    - {name: weighted, method: ipcw, endpoint: os, by: arm, treated_from: new_therapy_d}
)";
  const bool none = disease.find("illness_death, pfs") != std::string::npos;
  const std::string visits = none ? "" : ", visits: {months: [1, 2.5, 4], then_every_months: 2}";
  return text.replace(text.find("VISITS"), 6, visits);
}

std::vector<TrueValue> values_of(const std::string& text) {
  const Study study = study_from(text);
  study.scenarios.front().prepare(1);
  return truths_of(study, 1).front().mean;
}

bool same(const std::vector<TrueValue>& a, const std::vector<TrueValue>& b) {
  for (std::size_t k = 0; k < a.size(); ++k)
    if (a[k].value != b[k].value && !(std::isnan(a[k].value) && std::isnan(b[k].value))) return false;
  return a.size() == b.size();
}

TEST(TruthWithoutCrossover, OracleIsThatOfTheStudyWithoutIt) {
  const std::string crossover = "crossover: {share: 0.6, hazard_ratio: 0.5}";
  for (const char* disease :
       {"disease: {model: oligo_hcc}\ncohort: {OP: 1}",
        "disease: {model: illness_death, pfs: {median_months: 5}, os: {median_months: 12}, correlation: 0.5}",
        "disease: {model: illness_death, known_at: visit, pfs: {median_months: 5}, os: {median_months: 12}, "
        "correlation: 0.5}"}) {
    SCOPED_TRACE(disease);
    const std::vector<TrueValue> nobody = values_of(study_of(disease, "", ""));
    EXPECT_TRUE(same(values_of(study_of(disease, crossover, ", crossover: false")), nobody));
    EXPECT_FALSE(same(values_of(study_of(disease, crossover, "")), nobody));
    EXPECT_TRUE(same(values_of(study_of(disease, crossover, ", crossover: true")),
                     values_of(study_of(disease, crossover, ""))));
  }
}

// Nor does anybody begin another therapy, who would be followed no longer.
TEST(TruthWithoutCrossover, OracleNobodyBeginsAnotherTherapy) {
  const std::string disease =
      "disease: {model: illness_death, pfs: {median_months: 5}, os: {median_months: 12}, correlation: 0.5}";
  const auto stops = [](const char* share) {
    return "discontinuation: {probability: 0.3, by_month: 6, hazard_ratio: 1, new_therapy: " + std::string(share) + "}";
  };
  const std::vector<TrueValue> nobody = values_of(study_of(disease, stops("0"), ""));
  EXPECT_TRUE(same(values_of(study_of(disease, stops("1"), ", crossover: false")), nobody));
  EXPECT_FALSE(same(values_of(study_of(disease, stops("1"), "")), nobody));
}

TEST(TruthWithoutCrossover, WeightsHaveNoTrueValue) {
  const Study study = study_from(study_of("disease: {model: oligo_hcc}\ncohort: {OP: 1}", "", ""));
  study.scenarios.front().prepare(1);
  const std::vector<TrueValue> values = truths_of(study, 1).front().mean;
  const std::vector<EstimateLabel>& labels = study.scenarios.front().plan->labels();
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const bool weight = labels[k].parameter == "largest_weight";
    if (weight || labels[k].parameter == "hazard_ratio") {
      EXPECT_EQ(std::isnan(values[k].value), weight);
    }
  }
}

// Of each draw of the parameters its own.
TEST(TruthWithoutCrossover, OracleOfDraws) {
  const std::string disease =
      "disease: {model: illness_death, pfs: {median_months: 5}, os: {median_months: 12}, correlation: 0.5, posterior: "
      "{draws: 2, values: {os.median_months: [11, 14]}}}";
  EXPECT_TRUE(same(values_of(study_of(disease, "crossover: {share: 0.6, hazard_ratio: 0.5}", ", crossover: false")),
                   values_of(study_of(disease, "", ""))));
}

}  // namespace
}  // namespace oligosim
