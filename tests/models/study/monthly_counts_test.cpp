// Patients and events by month.
#include "models/study/monthly_counts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "models/study/replicate_sample.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

/// The trials of scripts/reference/event_probabilities.R; the looks stop nearly all of them early.
std::string study_of(const std::string& trial) {
  struct Planned {
    int patients, months;
    double median;
    const char *effect, *dropout;
  };
  const std::map<std::string, Planned> planned = {
      {"proportional", {200, 20, 10, "hazard_ratio: 0.7", "probability: 0.1, by_month: 12"}},
      {"unequal_loss",
       {120, 12, 6, "hazard_ratio: 0.6",
        "probability: 0.3, by_month: 12, by_arm: {experimental: {probability: 0.1, by_month: 12}}"}},
      {"delayed", {160, 24, 8, "hazard_ratio: 0.5, from_month: 3", "probability: 0.05, by_month: 12"}}};
  const Planned& p = planned.at(trial);
  return fmt::format(R"(study: by month
seed: 3
replicates: 2000
disease: {{os: {{median_months: {}}}, pfs: {{median_months: 3}}}}
arms: {{control: {{}}, experimental: {{effects: {{os: {{{}}}}}}}}}
trial: {{enrollment: {{patients: {}, over_months: {}}}, randomization: {{blocks: [4]}}, dropout: {{{}}}}}
design: {{kind: group_sequential, primary: test, looks: [{{at_month: 10, information: 0.3}}, {{at_month: 40}}], latest_month: 60, efficacy: {{boundary: pocock}}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: test, method: log_rank, endpoint: os, by: arm}}
)",
                     p.median, p.effect, p.patients, p.months, p.dropout);
}

const MonthlyCount& count_of(const ReplicateSample& sample, const std::string& endpoint, const std::string& arm) {
  for (const MonthlyCount& c : sample.by_month)
    if (c.endpoint == endpoint && c.arm == arm) return c;
  throw std::runtime_error("no count");
}

TEST(MonthlyCounts, ReferenceRpact) {
  const test::ReferenceTable reference("event_probabilities.csv");
  std::map<std::string, ReplicateSample> samples;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const std::string trial = reference.text(r, "trial");
    if (!samples.count(trial)) {
      const Study study = study_from(study_of(trial));
      samples[trial] = sample_replicates(TrialExperiment(study.scenarios[0], study.seed), study.replicates, 2);
    }
    const auto month = static_cast<std::size_t>(reference.number(r, "month"));
    const auto expect = [&](const std::string& endpoint, const std::string& arm, double expected) {
      const MonthlyCount& c = count_of(samples[trial], endpoint, arm);
      ASSERT_LT(month, c.mean.size());
      EXPECT_NEAR(c.mean[month], expected, 4 * c.mcse[month] + 1e-9) << arm;
      EXPECT_LT(c.mcse[month], 0.3);
    };
    const double control = reference.number(r, "control"), experimental = reference.number(r, "experimental");
    expect("os", "control", control), expect("os", "experimental", experimental);
    expect("os", "", control + experimental);
    expect("", "", reference.number(r, "patients"));
  }
}

/// One trial after the other, month by month.
TEST(MonthlyCounts, OracleCountedPatientByPatient) {
  const Study study = study_from(study_of("unequal_loss"));
  const Scenario& scenario = study.scenarios[0];
  const TrialExperiment experiment(scenario, study.seed);
  constexpr std::uint32_t trials = 21;
  const ReplicateSample sample = sample_replicates(experiment, trials, 2);
  ASSERT_EQ(sample.by_month.size(), 6u);  // patients and os, of all and of two arms; nothing reads pfs
  Arena arena;
  const MonthlyCount& events = count_of(sample, "os", "control");
  for (std::size_t month = 0; month < events.mean.size(); month += 3) {
    std::vector<double> counts;
    double entered = 0;
    for (std::uint32_t number = 1; number <= trials; ++number) {
      arena.reset();
      const TrialExperiment::Record record = experiment.record(number, arena);
      const double day = static_cast<double>(month) * 30.4375;
      double known = 0;
      for (std::size_t i = 0; i < record.patients.count(); ++i) {
        const double entry = record.patients.enrollment_day[i], event = record.patients.course.event_day[0][i];
        entered += entry <= day;
        known += record.patients.arm[i] == 0 && event <= record.patients.dropout_day[i] && entry + event <= day;
      }
      counts.push_back(known);
    }
    std::ranges::sort(counts);
    double sum = 0;
    for (const double c : counts) sum += c;
    EXPECT_NEAR(events.mean[month], sum / trials, 1e-12) << month;
    EXPECT_EQ(events.lower[month], counts[1]) << month;  // ranks 1 + 20 p
    EXPECT_EQ(events.upper[month], counts[19]) << month;
    EXPECT_NEAR(count_of(sample, "", "").mean[month], entered / trials, 1e-12) << month;
  }
}

}  // namespace
}  // namespace oligosim
