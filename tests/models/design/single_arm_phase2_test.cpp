// The single-arm study as shipped: that its null is what its historical control says, and what it then does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/io/file.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

const std::string shipped = OLIGOSIM_SOURCE_DIR "/configs/studies/single_arm_phase2.yaml";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the study has no " + from);
  return text.replace(at, from.size(), to);
}

/// The numbers after `key` in brackets.
std::vector<double> list_after(const std::string& text, const std::string& key) {
  const auto begin = text.find(key) + key.size();
  std::vector<double> numbers;
  std::stringstream stream(text.substr(begin, text.find(']', begin) - begin));
  for (std::string field; std::getline(stream, field, ',');) numbers.push_back(std::stod(field));
  return numbers;
}

TEST(SingleArmPhase2, StatisticalTheNullIsTheHistoricalControl) {
  std::string text = read_file(shipped);
  const std::vector<double> months = list_after(text, "historical: {months: [");
  const std::vector<double> survival = list_after(text, "survival: [");
  ASSERT_EQ(months.size(), survival.size());
  text = replaced(text, "disease: ../", "disease: " OLIGOSIM_SOURCE_DIR "/configs/");
  text = replaced(text, "{file: ../", "{file: " OLIGOSIM_SOURCE_DIR "/configs/");
  text = replaced(text, "  dropout: {probability: 0.05, by_month: 12}", "");
  text = replaced(text, "min_follow_up_months: 8}", "min_follow_up_months: 60, latest_month: 200}");
  text = replaced(text, "pfs, at_months: [6, 12]", fmt::format("pfs, at_months: [{}]", fmt::join(months, ", ")));
  char name[] = "/tmp/oligosim-test-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  std::ofstream(folder / "study.yaml") << text;
  StudyOverrides overrides;
  overrides.scenario = "null";
  const Study study = load_study(folder / "study.yaml", overrides);
  std::filesystem::remove_all(folder);
  const Scenario& null = study.scenarios.front();
  null.prepare(2);
  const std::vector<TrueValue> truths = true_values(null, study.seed, {1000000}, 2);
  std::size_t month = 0;
  for (std::size_t k = 0; k < null.plan->labels().size(); ++k) {
    const EstimateLabel& label = null.plan->labels()[k];
    if (label.analysis == "pfs" && label.parameter == "survival") {
      EXPECT_EQ(label.at, months[month]);
      EXPECT_NEAR(truths[k].value, survival[month++], 4 * truths[k].standard_error + 5e-4);  // three digits
    }
  }
  EXPECT_EQ(month, months.size());
}

TEST(SingleArmPhase2, StatisticalErrorsOfTheFirstKindAndPower) {
  StudyOverrides overrides;
  overrides.replicates = 10000;
  for (const char* scenario : {"null", "calibrated"}) {
    SCOPED_TRACE(scenario);
    overrides.scenario = scenario;
    const Study study = load_study(shipped, overrides);
    const std::vector<SummaryRow> rows = run_in_memory(study);
    const double truth = find_row(rows, scenario, "mean", "final", "orr")->truth;
    const double exact = binomial_characteristics(study.scenarios[0].design->binomial()->stages, truth).reject;
    const Measure reject = row_of(rows, scenario, "reject", "orr").measure;
    EXPECT_NEAR(reject.value, exact, 4 * reject.mcse);
    const Measure pfs = row_of(rows, scenario, "power", "pfs_one_sample", "one_sample_log_rank").measure;
    const Measure ratio = row_of(rows, scenario, "mean", "pfs_one_sample", "standardized_mortality_ratio").measure;
    if (std::string(scenario) == "null") {
      EXPECT_NEAR(truth, 0.2, 0.002);             // its standard error is 0.0004
      EXPECT_LT(pfs.value, 0.05 + 4 * pfs.mcse);  // of trials of 13 or 43 patients
      EXPECT_GT(pfs.value, 0.03);
    } else {
      EXPECT_GT(pfs.value, 0.9);
      EXPECT_LT(ratio.value, 0.6);
    }
  }
}

}  // namespace
}  // namespace oligosim
