// The parametric bootstrap: cohorts that a study simulates, in the place of resamples.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <boost/math/distributions/binomial.hpp>
#include <filesystem>
#include <fstream>

#include "models/study/simulated_cohorts.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// A study file in a folder of its own.
class StudyFile {
 public:
  explicit StudyFile(const std::string& text) {
    char name[] = "/tmp/oligosim-parametric-XXXXXX";
    folder_ = mkdtemp(name);
    std::ofstream(path()) << text;
  }
  ~StudyFile() { std::filesystem::remove_all(folder_); }
  std::filesystem::path path() const { return folder_ / "cohort.yaml"; }

 private:
  std::filesystem::path folder_;
};

std::string cohort_study(const std::string& looks = "[{at_month: 10}]") {
  return R"(study: one arm, nobody censored before the look
disease: {os: {median_months: 10}}
arms: {a: {}}
trial: {enrollment: {patients: 40, over_months: 0.001}}
design: {kind: fixed, primary: share, looks: )" +
         looks + R"(}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: share, method: one_sample_log_rank, endpoint: os, historical: {median_months: 10}}
)";
}

/// 40 patients, 18 of them dead by month 10.
std::string data() {
  std::string csv = "id,os_d,os_e\n";
  for (int i = 0; i < 40; ++i)
    csv += std::to_string(i) + "," + (i < 18 ? std::to_string(10 + i) + ",1" : "304,0") + "\n";
  return csv;
}

std::string plan_text(const std::string& block) {
  return "{patient: id, time_unit: days, endpoints: {os: {time: os_d, event: os_e}}, bootstrap: " + block +
         ", analyses: [{name: dead, method: proportion, outcome: os_e}, {name: km, method: kaplan_meier, endpoint: "
         "os, at_months: [5], quantiles: []}]}";
}

YamlNode tree_of(const std::string& text) {
  Problems problems;
  return parse_yaml(text, "plan.yaml", problems);
}

/// Half of the patients die by the look, so the share of the dead is binomial: its quantiles are the interval.
TEST(ParametricBootstrap, TheShareOfTheDeadIsBinomial) {
  const StudyFile study(cohort_study());
  const std::string text = plan_text(
      "{kind: parametric, study: cohort.yaml, resamples: 20000, seed: 3, "
      "interval: [percentile, basic, normal]}");
  AnalysedData d(data(), text, {.patient = "id", .parameter = {}, .several_rows = false});
  const SimulatedNumbers simulated = simulate_cohorts(tree_of(text), {study.path(), "", 20000, 3, 40}, {});
  Arena arena;
  std::vector<Estimate> out(d.plan().labels().size());
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed({}, &simulated));
  const boost::math::binomial_distribution<> dead(40, 0.5);
  const auto quantile_of = [&](double p) {
    int count = 0;
    while (cdf(dead, count) < p) ++count;
    return count / 40.0;
  };
  const double low = quantile_of(0.025), high = quantile_of(0.975);
  int found = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const EstimateLabel& label = d.plan().labels()[k];
    if (!label.resampled || label.analysis != "dead") continue;
    ++found;
    EXPECT_EQ(out[k].estimate, 0.45);
    // standard deviation of 20 000 shares, whose own error is sd / sqrt(2 * 20000)
    EXPECT_NEAR(out[k].standard_error, std::sqrt(0.25 / 40), 4 * std::sqrt(0.25 / 40) / 200);
    if (label.interval == "percentile") {
      EXPECT_EQ(out[k].lower, low);
      EXPECT_EQ(out[k].upper, high);
    } else if (label.interval == "basic") {
      // the share less 0.5, its true value in the model, round the estimate; 0.5 is found from a million patients
      EXPECT_NEAR(out[k].upper - out[k].lower, high - low, 1e-12);
      EXPECT_NEAR(out[k].lower, 0.45 + 0.5 - high, 4 * std::sqrt(0.25 / 1e6));
      EXPECT_GT(out[k].lower_mcse, 0.9 * std::sqrt(0.25 / 1e6));
    } else {
      EXPECT_NEAR((out[k].lower + out[k].upper) / 2, 0.45, 4 * std::sqrt(0.25 / 40 / 20000 + 0.25 / 1e6));
    }
  }
  EXPECT_EQ(found, 3);
  const auto figures = d.plan().draw(0, d.data(), out, Resampling::by_seed({}, &simulated), arena);
  EXPECT_THAT(std::get<DistributionFigure>(figures.back()).text.caption,
              HasSubstr("20000 cohorts simulated by cohort.yaml"));
}

/// A cohort is the trial of the same number, cut where the study looks.
TEST(ParametricBootstrap, OracleACohortIsTheReplicateOfItsNumber) {
  const StudyFile file(cohort_study());
  const SimulatedNumbers simulated =
      simulate_cohorts(tree_of(plan_text("{kind: parametric, study: s}")), {file.path(), "", 60, 9, 40}, {});
  ASSERT_EQ(simulated.cohorts(), 60u);
  std::vector<double> values(simulated.labels().size() * 60, missing);
  simulated.copy(simulated.labels(), {60, values, {}});
  const Study study = load_study(file.path(), {});
  Trial& trial = *study.scenarios.front().trial;
  for (std::uint32_t cohort : {0u, 7u, 59u}) {
    Arena arena;
    const Patients patients = trial.simulate(Streams(9, cohort + 1), arena);
    double dead = 0;
    for (std::size_t i = 0; i < patients.count(); ++i)
      dead += patients.course.event_day[0][i] + patients.enrollment_day[i] <= 10 * 30.4375;
    EXPECT_EQ(values[cohort], dead / 40);
  }
}

std::string refusal(const std::string& block) {
  try {
    AnalysedData(data(), plan_text(block), {.patient = "id", .parameter = {}, .several_rows = false});
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

std::string refused_study(const std::string& study, std::size_t patients = 40,
                          const std::string& plan = plan_text("{kind: parametric, study: s}")) {
  const StudyFile file(study);
  try {
    simulate_cohorts(tree_of(plan), {file.path(), "", 60, 9, patients}, {});
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(ParametricBootstrap, OracleMistakesHaveTheirPlace) {
  EXPECT_THAT(refusal("{kind: parametric}"), HasSubstr("bootstrap.study: missing"));
  EXPECT_THAT(refusal("{kind: case, study: s}"), HasSubstr("bootstrap.study: is for kind 'parametric' alone"));
  EXPECT_THAT(refusal("{kind: parametric, study: s, interval: bca}"),
              HasSubstr("'bca' resamples patients, which kind 'parametric' does not"));
  EXPECT_THAT(refused_study(cohort_study(), 37),
              HasSubstr("plan.yaml:1:87: bootstrap.study: simulates 40 patients, and the data have 37 (as many)"));
  EXPECT_THAT(refused_study(cohort_study("[{at_events: 20, of: os}]")), HasSubstr("(a cohort: one look at_month)"));
  std::string other = plan_text("{kind: parametric, study: s}");
  other.insert(1, "days_per_month: 30, ");
  EXPECT_THAT(
      refused_study(cohort_study(), 40, other),
      HasSubstr("bootstrap.study: has 30.4375 days a month, and the plan 30 (days_per_month of the study's plan: "
                "the same)"));
  other = plan_text("{kind: parametric, study: s}");
  other.replace(other.find("outcome: os_e"), 13, "outcome: resp");
  EXPECT_THAT(refused_study(cohort_study(), 40, other), HasSubstr("of the patients that cohort.yaml simulates:\n"));
  EXPECT_THAT(
      [] {
        study_from(two_arm_study(40, 10, R"(    - {name: effect, method: log_rank, endpoint: os, by: arm}
    - {name: km, method: kaplan_meier, endpoint: os, by: arm}
  bootstrap: {kind: parametric, study: s}
)"));
      },
      testing::ThrowsMessage<InputError>(HasSubstr("plan.bootstrap: of kind 'parametric' is for real data")));
}

}  // namespace
}  // namespace oligosim
