// Findings from printed numbers: what they imply, and the simulated grouping after time zero against plain loops.
#include "models/stress/stress.hpp"

#include <fstream>

#include "models/disease/disease_model.hpp"
#include "tests/models/disease/disease_support.hpp"
#include "tests/models/study/naive_responders.hpp"

namespace oligosim {
namespace {

Findings shipped() { return load_findings(OLIGOSIM_SOURCE_DIR "/configs/findings/song2025.yaml"); }

const PublishedFinding& finding(const Findings& all, const std::string& name) {
  return *std::ranges::find(all.findings, name, &PublishedFinding::name);
}

PublishedFinding printed(double ratio, double lower, double upper, double half_unit) {
  PublishedFinding f;
  f.ratio = Printed{ratio, half_unit}, f.lower = Printed{lower, half_unit}, f.upper = Printed{upper, half_unit};
  return f;
}

TEST(Evidence, OraclePrintedPValues) {
  const Findings all = shipped();
  const Evidence agrees = evidence_of(finding(all, "responders"));
  EXPECT_TRUE(agrees.p_agrees && agrees.centre_agrees && agrees.events_agree);
  EXPECT_NEAR(agrees.p, 0.0321, 5e-5);
  const Evidence differs = evidence_of(finding(all, "responders_adjusted"));
  EXPECT_FALSE(differs.p_agrees);  // printed 0.047
  EXPECT_NEAR(differs.p_lowest, 0.0443, 5e-5);
  EXPECT_NEAR(differs.p_highest, 0.0459, 5e-5);
}

TEST(Evidence, OracleRatiosThatPValuesImply) {
  const Findings all = shipped();
  const auto implied = [&](const char* name) { return std::exp(evidence_of(finding(all, name)).log_ratio); };
  EXPECT_NEAR(implied("lesions"), 1.35, 0.005);
  EXPECT_NEAR(implied("diameters"), 1.30, 0.005);
  EXPECT_NEAR(implied("line"), 1.16, 0.005);
  EXPECT_FALSE(evidence_of(finding(all, "line")).direction_known);
}

TEST(Evidence, OracleNumbersThatCannotGoTogether) {
  EXPECT_TRUE(evidence_of(printed(0.65, 0.45, 0.95, 0.005)).centre_agrees);
  EXPECT_FALSE(evidence_of(printed(0.5, 0.45, 0.95, 0.005)).centre_agrees);
  PublishedFinding f = printed(0.5, 0.4, 0.625, 0.0005);
  f.groups = {100, 100};
  f.events = 4 / 0.1138 / 0.1138 + 10;  // the fewest events with this standard error, and some
  EXPECT_TRUE(evidence_of(f).events_agree);
  EXPECT_NEAR(evidence_of(f).implied_events, 308.5, 1);
  f.events = 4 / 0.1138 / 0.1138 - 10;
  EXPECT_FALSE(evidence_of(f).events_agree);
}

TEST(StressTest, OracleShippedNumbers) {
  const Findings all = shipped();
  const StressResult r = stress_test(all, finding(all, "op_n_vs_op_c"), 1);
  EXPECT_NEAR(r.value("standard_error"), 0.4385, 5e-5);
  EXPECT_NEAR(r.value("detectable_below"), 0.29, 0.005);
  EXPECT_NEAR(r.value("detectable_above"), 3.42, 0.005);
  EXPECT_NEAR(r.value("noninferiority_probability", 1.3), 0.148, 5e-4);
  EXPECT_NEAR(r.value("noninferiority_events", 1.3), 359.2682, 5e-5);
  EXPECT_NEAR(r.value("noninferiority_events", 1.5), 150.4254, 5e-5);
  EXPECT_NEAR(r.value("noninferiority_patients", 1.3), 359.2682 * 28 / 21, 1e-3);
  EXPECT_NEAR(r.value("any_of_k_independent", 5), 0.2262, 5e-5);
  EXPECT_NEAR(r.value("e_value_limit"), 1, 0);
  const StressResult table = stress_test(all, finding(all, "later_line_by_strategy"), 1);
  EXPECT_EQ(table.value("fragility_index"), 3);
  EXPECT_TRUE(std::isnan(table.value("standard_error")));  // an empty cell
  EXPECT_TRUE(table.curves.ratio.empty());
  const StressResult response = stress_test(all, finding(all, "orr_by_strategy"), 1);
  EXPECT_TRUE(std::isnan(response.value("fragility_index")));
  EXPECT_EQ(response.value("reverse_fragility_index"), 4);
}

TEST(StressTest, PropertyStudiesOfFindingsAreShipped) {
  int named = 0;
  for (const PublishedFinding& f : shipped().findings)
    for (const std::string& study : f.studies) {
      EXPECT_TRUE(std::filesystem::exists(OLIGOSIM_SOURCE_DIR "/" + study)) << study;
      ++named;
    }
  EXPECT_GE(named, 7);
}

TEST(StressTest, OracleCurvesAreTheRowsAtTheirRatios) {
  const Findings all = shipped();
  const StressResult r = stress_test(all, finding(all, "op_n_vs_op_c"), 1);
  EXPECT_NEAR(r.curves.power.front(), r.curves.power.back(), 1e-12);
  double nearest = 1, power = 0, exaggeration = 0;
  for (std::size_t k = 0; k < r.curves.ratio.size(); ++k)
    if (const double distance = std::abs(r.curves.ratio[k] - 0.7); distance < nearest)
      nearest = distance, power = r.curves.power[k], exaggeration = r.curves.exaggeration[k];
  EXPECT_NEAR(power, r.value("power", 0.7), 0.02);
  EXPECT_NEAR(exaggeration, r.value("type_m", 0.7), 0.3);
}

TEST(StressTest, StatisticalGroupingAfterTimeZeroAsInPlainLoops) {
  const Findings all = shipped();
  const PublishedFinding& f = finding(all, "responders");
  const GuaranteeTimeResult r = simulate_guarantee_time(f, 0.05, 2);
  EXPECT_EQ(simulate_guarantee_time(f, 0.05, 1).hazard_ratios, r.hazard_ratios);
  const auto model = model_of(std::string("disease: {model: response_timing}\n") + published_visits);
  const naive::Mechanism mechanism{1, 0, 1, model->solved()[0].value, model->solved()[1].value};
  constexpr std::size_t studies = 10000, patients = 37;
  const auto everybody = naive::simulate(mechanism, studies * patients, 11);
  double significant = 0, extreme = 0;
  for (std::size_t s = 0; s < studies; ++s) {
    const auto first = everybody.begin() + static_cast<std::ptrdiff_t>(s * patients);
    const naive::LogHazardRatio hr = naive::cox(naive::rows_of("naive_at", {first, first + patients}));
    significant += hr.value < 0 && std::abs(hr.value) >= 1.959963984540054 * hr.standard_error;
    extreme += hr.value <= std::log(0.369);
  }
  const auto expect_same = [&](double count, double other) {
    const double p = other / studies;
    EXPECT_NEAR(count / r.studies, p, 4 * std::sqrt(p * (1 - p) * (1 / r.studies + 1.0 / studies)));
  };
  expect_same(r.significant, significant);
  expect_same(r.as_extreme, extreme);
}

}  // namespace
}  // namespace oligosim
