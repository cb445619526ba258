// A file with one row a lesion: response and local control of lesions nested in patients, robust for the nesting.
#include "engine/statistics/cluster_proportion.hpp"
#include "engine/statistics/robust_survival.hpp"
#include "tests/models/plan_support.hpp"

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

}  // namespace
}  // namespace oligosim
