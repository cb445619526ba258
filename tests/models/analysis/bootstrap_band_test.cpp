// The simultaneous band of a plan against the engine's, in rows, in the figure and in a run; what it refuses.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "engine/resampling/multiplier_band.hpp"
#include "engine/statistics/survival/cumulative_incidence.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/models/analysis/bootstrap_support.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using test::analysed;
using test::expect_refused;
using test::part;
using test::Patient;
using test::refusal;
using test::resampled;
using test::row_of;
using test::some_patients;
using testing::HasSubstr;

/// The curve at a time is that of the last event by then.
double last_event_by(const SurvivalTable& table, double time) {
  double last = time;
  for (std::size_t i = 0; i < table.size() && table.time[i] <= time; ++i)
    if (table.event[i]) last = table.time[i];
  return last;
}

/// The limits of a band at the months within it, against the engine's band of each group.
TEST(BootstrapBand, OracleABandIsTheEnginesAndIsDrawn) {
  const std::vector<Patient> patients = some_patients(9, 120);
  AnalysedData d = analysed(
      patients, "{resamples: 501, seed: 5, interval: [band, percentile], band_months: [3.1, 12]}",
      "{name: km, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [2, 4, 12, 13], interval: [plain, log]}");
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  for (const Patient& p : patients) time.push_back(p.time), event.push_back(p.event);
  Arena arena;
  const SurvivalTable all = sort_survival(time, event, arena);
  const std::vector<Estimate> out = resampled(d);
  int bands = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const EstimateLabel& label = d.plan().labels()[k];
    if (label.interval != "band") continue;
    ++bands;
    EXPECT_EQ(label.parameter, "survival");
    const SurvivalTable own = part(all, patients, label.group == "A" ? 0 : 1, arena);
    const double from = last_event_by(own, 93);
    const SimultaneousBand band =
        simultaneous_band(CurveMultipliers::of_hazard(own, arena), from, 360, 501, 0.95, Streams(5, 0), arena);
    EXPECT_GT(band.critical, 2.2);
    const Estimate e = survival_at(kaplan_meier(own, {}, arena), 30 * label.at, SurvivalInterval::plain, 0.95);
    EXPECT_EQ(out[k].estimate, e.estimate);
    EXPECT_NEAR(out[k].lower, std::max(0.0, e.estimate - band.critical * e.standard_error), 1e-9);
    EXPECT_NEAR(out[k].upper, std::min(1.0, e.estimate + band.critical * e.standard_error), 1e-9);
    EXPECT_NEAR(out[k].upper_mcse, band.critical_mcse * e.standard_error, 1e-9);
    EXPECT_EQ(out[k].standard_error, e.standard_error);
  }
  EXPECT_EQ(bands, 4);
  const Plan::Rows rows = d.plan().rows(0);
  const auto figures = d.plan().draw(0, d.data(), std::span(out).first(rows.all), Resampling::by_seed(), arena);
  const auto& figure = std::get<StepFigure>(figures.front());
  EXPECT_THAT(figure.text.caption, HasSubstr("simultaneous band from month 3.1 to 12, which"));
  const StepFigure::Group& group = figure.groups[0];
  EXPECT_THAT(group.time, testing::Contains(3.1));
  for (std::size_t i = 0; i < group.time.size(); ++i)
    EXPECT_EQ(std::isnan(group.lower[i]), group.time[i] < 3.1 || group.time[i] >= 12) << group.time[i];
  const auto at_four = std::ranges::upper_bound(group.time, 4.0) - group.time.begin() - 1;
  EXPECT_EQ(group.upper[static_cast<std::size_t>(at_four)], row_of(d, out, "km", "survival", "A", "band").upper);
  EXPECT_EQ(figures.size(), 1u + 2 * 5);
  const auto pointwise = d.plan().draw(0, d.data(), std::span(out).first(rows.all), Resampling::none(), arena);
  EXPECT_THAT(std::get<StepFigure>(pointwise.front()).text.caption, HasSubstr("pointwise interval (plain)"));
}

/// Those of cumulative incidences, of each cause of each group.
TEST(BootstrapBand, OracleABandOfAnIncidenceIsTheEnginesAndIsDrawn) {
  const std::vector<Patient> patients = some_patients(11, 150);
  AnalysedData d = analysed(patients, "{resamples: 401, seed: 6, interval: band, band_months: [3.1, 12]}",
                            "{name: ci, method: cumulative_incidence, endpoint: cr, by: arm, at_months: [2, 4, 12], "
                            "interval: [plain, log_log]}");
  std::vector<double> time;
  std::vector<std::uint8_t> cause;
  for (std::size_t i = 0; i < patients.size(); ++i) {
    time.push_back(patients[i].time);
    cause.push_back(static_cast<std::uint8_t>(i % 3));
  }
  Arena arena;
  std::vector<std::uint8_t> event(cause);
  for (std::uint8_t& e : event) e = e != 0;
  const SurvivalTable all = sort_survival(time, event, arena);
  const std::vector<Estimate> out = resampled(d);
  int bands = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const EstimateLabel& label = d.plan().labels()[k];
    if (label.interval != "band") continue;
    ++bands;
    const SurvivalTable own = part(all, patients, label.group == "A" ? 0 : 1, arena);
    const std::span<std::uint8_t> own_cause = in_table_order<std::uint8_t>(own, cause, arena);
    const std::uint8_t interest = label.term == "a" ? 1 : 2;
    const double from = last_event_by(own, 93);
    const SimultaneousBand band = simultaneous_band(CurveMultipliers::of_incidence(own, own_cause, interest, arena),
                                                    from, 360, 401, 0.95, Streams(6, 0), arena);
    const Estimate e = incidence_at(cumulative_incidence<double>(own, own_cause, 2, {}, arena), interest, 30 * label.at,
                                    IncidenceInterval::plain, 0.95);
    EXPECT_GT(band.critical, 2.2);
    EXPECT_EQ(out[k].estimate, e.estimate);
    EXPECT_NEAR(out[k].lower, std::max(0.0, e.estimate - band.critical * e.standard_error), 1e-9);
    EXPECT_NEAR(out[k].upper, std::min(1.0, e.estimate + band.critical * e.standard_error), 1e-9);
  }
  EXPECT_EQ(bands, 8);
  const auto figures = d.plan().draw(0, d.data(), out, Resampling::by_seed(), arena);
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_THAT(std::get<StepFigure>(figures[1]).text.caption,
              HasSubstr("of b with its simultaneous band from month 3.1 to 12, which"));
  const StepFigure::Group& group = std::get<StepFigure>(figures[1]).groups[1];
  for (std::size_t i = 0; i < group.time.size(); ++i)
    EXPECT_EQ(std::isnan(group.lower[i]), group.time[i] < 3.1 || group.time[i] >= 12) << group.time[i];
}

TEST(BootstrapBand, ABandWithoutEventsHasNoLimits) {
  AnalysedData d("id,t,e\n1,10,0\n2,400,1\n3,500,0\n",
                 R"({time_unit: days, days_per_month: 30, patient: id, endpoints: {os: {time: t, event: e}},
                     bootstrap: {interval: band, band_months: [1, 3]}, analyses: [{name: km, method: kaplan_meier,
                     endpoint: os, at_months: [2]}]})",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  const std::vector<Estimate> out = resampled(d);
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[2].estimate, 1.0);
  EXPECT_TRUE(std::isnan(out[2].lower) && std::isnan(out[2].upper));
  EXPECT_EQ(out[2].status, Status::no_events);
}

TEST(BootstrapBand, ReproducibilityAReplicateHasItsOwnBand) {
  const Study study = study_from(two_arm_study(80, 40, R"(    - {name: effect, method: log_rank, endpoint: os, by: arm}
    - {name: km, method: kaplan_meier, endpoint: os, by: arm, at_months: [6, 12], quantiles: [], bootstrap: {kind: weird,
       resamples: 200, interval: [percentile, band], band_months: [3, 15]}}
)"));
  const Scenario& s = study.scenarios.front();
  const std::vector<TrueValue> truths = true_values(s, study.seed, {study.truth_patients}, 2);
  const TrialExperiment experiment(s, study.seed, truths);
  Arena first, second;
  std::vector<double> a(experiment.columns().size()), b(a.size());
  experiment.replicate(5, first, a);
  experiment.replicate(6, second, b);
  second.reset();
  experiment.replicate(5, second, b);
  for (std::size_t k = 0; k < a.size(); ++k) EXPECT_TRUE(a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k]))) << k;
  int found = 0;
  for (const SummaryRow& r : run_in_memory(study)) {
    if (r.metric != "coverage" || r.label.analysis != "km") continue;
    EXPECT_GT(r.measure.value, r.label.interval == "band" ? 0.92 : 0.8);  // of all months together, at each
    ++found;
  }
  EXPECT_EQ(found, 4 * 3);
}

const char* const km = "{name: km, method: kaplan_meier, endpoint: pfs, at_months: [4]}";
const char* const share = "{name: r, method: proportion, outcome: e}";
const char* const gap = "{name: gap, method: milestone, endpoint: pfs, by: arm, at_months: [5]}";

TEST(BootstrapBand, OracleMistakesHaveTheirPlace) {
  EXPECT_EQ(refusal("{interval: band, band_months: [3, 5]}", km), "");
  expect_refused("{interval: band}", km, "{interval: band}", "bootstrap.band_months: missing");
  expect_refused("{band_months: [3, 5]}", km, "[3, 5]", "bootstrap.band_months: is for interval 'band' alone");
  expect_refused("{interval: band, band_months: [5, 3]}", km, "[5, 3]", "is not two months, the earlier first");
  expect_refused("{interval: band, band_months: [5, 6]}", km, "[5, 6]", "holds none of the at_months of 'km'");
  expect_refused("{interval: band, band_months: [3, 5]}", share, "band, band_months",
                 "bootstrap.interval: 'band' goes round curves at months (kaplan_meier, reverse_kaplan_meier, "
                 "cumulative_incidence), which 'r' is not of");
  expect_refused("{interval: band, band_months: [3, 5]}", gap, "band, band_months", "which 'gap' is not of");
  expect_refused("{interval: band, band_months: [3, 5]}",
                 "{name: km, method: kaplan_meier, endpoint: pfs, at_months: [4], cluster: line}", "band, band_months",
                 "'band' takes rows as independent, and those of 'km' are several a patient");
  expect_refused("{interval: band, band_months: [3, 5]}",
                 "{name: ci, method: cumulative_incidence, endpoint: cr, at_months: [4], cluster: line}",
                 "band, band_months", "'band' takes rows as independent, and those of 'ci' are several a patient");
}

}  // namespace
}  // namespace oligosim
