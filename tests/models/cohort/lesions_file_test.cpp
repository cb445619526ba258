// A file with one row a lesion: response and local control of lesions nested in patients, robust for the nesting.
#include "engine/statistics/categorical/cluster_proportion.hpp"
#include "engine/statistics/survival/robust_survival.hpp"
#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

TEST(LesionsFile, OracleClustersArePatients) {
  std::string csv = "patient,lesion,responded,control_d,failed\n";
  std::vector<double> successes(24, 0), trials(24, 0);
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<std::uint32_t> patient_of;
  for (int patient = 0; patient < 24; ++patient)
    for (int lesion = 0; lesion <= patient % 4; ++lesion) {
      const bool responded = (patient * 5 + lesion) % 7 < 3, failed = (patient + lesion) % 3 == 0;
      const int day = 40 + 13 * ((patient * 7 + lesion) % 19);
      csv += "P" + std::to_string(patient) + "," + std::to_string(lesion) + "," + std::to_string(responded) + "," +
             std::to_string(day) + "," + std::to_string(failed) + "\n";
      successes[static_cast<std::size_t>(patient)] += responded;
      trials[static_cast<std::size_t>(patient)] += 1;
      time.push_back(day);
      event.push_back(failed);
      patient_of.push_back(static_cast<std::uint32_t>(patient));
    }
  AnalysedData d(csv, R"({patient: patient, several_rows: true, time_unit: days, days_per_month: 30,
      endpoints: {local_control: {time: control_d, event: failed}}, analyses: [
        {name: response, method: proportion, outcome: responded, cluster: patient},
        {name: naive, method: proportion, outcome: responded},
        {name: control, method: kaplan_meier, endpoint: local_control, cluster: patient, at_months: [6]}]})",
                 {.patient = "patient", .parameter = {}, .several_rows = true});
  const Estimate expected = cluster_proportion(successes, trials, {}, {});
  EXPECT_DOUBLE_EQ(d.row("response").estimate, expected.estimate);
  EXPECT_DOUBLE_EQ(d.row("response").standard_error, expected.standard_error);
  EXPECT_DOUBLE_EQ(d.row("response").upper, expected.upper);
  EXPECT_EQ(d.row("naive").estimate, d.row("response").estimate);
  EXPECT_NE(d.row("naive").standard_error, d.row("response").standard_error);

  Arena arena;
  const SurvivalTable table = sort_survival(time, event, arena);
  const Clusters clusters{in_table_order<std::uint32_t>(table, patient_of, arena), 24};
  const KaplanMeierCurve<> curve = robust_kaplan_meier(table, {}, clusters, arena);
  const Estimate control = survival_at(curve, 180, SurvivalInterval::log, 0.95);
  EXPECT_DOUBLE_EQ(d.row("control", "survival").estimate, control.estimate);
  EXPECT_DOUBLE_EQ(d.row("control", "survival").standard_error, control.standard_error);
  EXPECT_DOUBLE_EQ(d.row("control", "survival").lower, control.lower);
}

/// Failure or death of lesions, one row a lesion; `copies` of each row.
std::string competing_lesions(int copies, bool censored) {
  std::string csv = "patient,side,month,why\n";
  for (int patient = 0; patient < 30; ++patient)
    for (int lesion = 0; lesion <= (censored ? patient % 3 : 0); ++lesion)
      for (int copy = 0; copy < copies; ++copy)
        csv += std::to_string(patient) + (patient % 2 ? ",right," : ",left,") +
               std::to_string(1 + (patient * 7 + lesion * 5) % 19) + "," +
               std::to_string(censored ? (patient + lesion) % 3 : 1 + patient % 2) + "\n";
  return csv;
}

AnalysedData incidence_of(const std::string& csv, const std::string& keys) {
  return {csv,
          "{patient: patient, several_rows: true, time_unit: months, endpoints: {e: {time: month, cause: why, causes: "
          "{1: failure, 2: death}}}, analyses: [{name: a, method: cumulative_incidence, endpoint: e, at_months: [6, "
          "12], " +
              keys + "}]}",
          {.patient = "patient", .parameter = {}, .several_rows = true}};
}

TEST(LesionsFile, OracleIncidenceWithClustersIsThatOfTheKernel) {
  const std::string csv = competing_lesions(1, true);
  const AnalysedData d = incidence_of(csv, "cluster: patient, by: side, interval: [log_log, plain]");
  ASSERT_EQ(d.plan().labels().size(), 2u * 2 * 2 * 2);  // groups, causes, kinds, months; no test
  for (const bool right : {false, true}) {
    std::vector<double> time;
    std::vector<std::uint8_t> event, cause;
    std::vector<std::uint32_t> patient_of;
    for (std::uint32_t patient = right; patient < 30; patient += 2)
      for (std::uint32_t lesion = 0; lesion <= patient % 3; ++lesion) {
        time.push_back(1 + (patient * 7 + lesion * 5) % 19);
        cause.push_back(static_cast<std::uint8_t>((patient + lesion) % 3));
        event.push_back(cause.back() != 0);
        patient_of.push_back(patient);
      }
    Arena arena;
    const SurvivalTable table = sort_survival(time, event, arena);
    const Clusters clusters{in_table_order<std::uint32_t>(table, patient_of, arena), 30};
    const auto codes = in_table_order<std::uint8_t>(table, cause, arena);
    for (std::size_t k = 0; k < d.estimates().size(); ++k) {
      const EstimateLabel& label = d.plan().labels()[k];
      if ((label.group == "right") != right) continue;
      const Estimate expected = robust_cumulative_incidence(
          table, codes, label.term == "failure" ? 1 : 2, {}, clusters, label.at,
          label.interval == "plain" ? SurvivalInterval::plain : SurvivalInterval::log_log, 0.95, arena);
      EXPECT_EQ(expected.status, Status::ok);
      EXPECT_DOUBLE_EQ(d.estimates()[k].estimate, expected.estimate);
      EXPECT_DOUBLE_EQ(d.estimates()[k].standard_error, expected.standard_error);
      EXPECT_DOUBLE_EQ(d.estimates()[k].lower, expected.lower);
      EXPECT_DOUBLE_EQ(d.estimates()[k].upper, expected.upper);
    }
  }
  const AnalysedData naive = incidence_of(csv, "by: side");
  EXPECT_EQ(naive.plan().labels().back().parameter, "gray_test");
  EXPECT_DOUBLE_EQ(naive.estimates()[0].estimate, d.estimates()[0].estimate);
  EXPECT_GT(std::abs(naive.estimates()[0].standard_error - d.estimates()[0].standard_error), 1e-6);
}

TEST(LesionsFile, PropertyPatientsOfOneRowHaveTheBinomialErrorAndCopiesOfARowAddNothing) {
  const AnalysedData one = incidence_of(competing_lesions(1, false), "cluster: patient");
  const AnalysedData three = incidence_of(competing_lesions(3, false), "cluster: patient");
  const AnalysedData independent = incidence_of(competing_lesions(3, false), "interval: plain");
  for (std::size_t k = 0; k < one.estimates().size(); ++k) {
    const double f = one.estimates()[k].estimate;
    EXPECT_GT(f, 0);
    EXPECT_NEAR(one.estimates()[k].standard_error, std::sqrt(f * (1 - f) / 30), 1e-12);
    EXPECT_NEAR(three.estimates()[k].estimate, f, 1e-12);
    EXPECT_NEAR(three.estimates()[k].standard_error, one.estimates()[k].standard_error, 1e-12);
    EXPECT_NEAR(three.estimates()[k].lower, one.estimates()[k].lower, 1e-12);
    EXPECT_LT(independent.estimates()[k].standard_error, one.estimates()[k].standard_error);
  }
}

TEST(LesionsFile, ContractOptionsOfTheTestAreRefusedBesideACluster) {
  try {
    incidence_of(competing_lesions(1, true), "cluster: patient, by: side, rho: 1");
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("rho: has no part beside a cluster"), std::string::npos) << e.what();
  }
}

TEST(LesionsFile, ContractTheCurveHasTheIntervalOfItsRows) {
  AnalysedData d = incidence_of(competing_lesions(1, true), "cluster: patient");
  Arena arena;
  const auto figures = d.plan().analysis(0).draw(d.data(), arena);
  ASSERT_EQ(figures.size(), 2u);
  const StepFigure::Group& group = std::get<StepFigure>(figures[0]).groups.at(0);
  for (std::size_t i = 0; i < group.time.size(); ++i) {
    if (group.time[i] != 6) continue;
    EXPECT_DOUBLE_EQ(group.lower[i], d.estimates()[0].lower);
    EXPECT_DOUBLE_EQ(group.upper[i], d.estimates()[0].upper);
  }
}

}  // namespace
}  // namespace oligosim
