// Patients selected by the course of their disease: the column, and the study of it against plain loops.
#include <gmock/gmock.h>

#include <map>

#include "engine/io/number.hpp"
#include "models/study/page/study_page.hpp"
#include "models/study/truth.hpp"
#include "tests/models/disease/disease_naive.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t naive_patients = 400000;

/// What a retrospective analysis knows of a patient at month 90; enrolled over 78 months, entry 78 U^(1/2.2556).
struct Observed {
  double day;
  bool event, evaluable, response;
};

/// Those of a cohort that are included, by a generator of its own.
std::vector<Observed> included(const InclusionParameters& p, unsigned seed) {
  naive::Simulator simulator(OligoHccParameters{}, 28.0 / 37, seed);
  std::mt19937_64 generator(seed + 1);
  std::uniform_real_distribution<double> uniform;
  std::vector<Observed> all;
  for (std::size_t i = 0; i < naive_patients; ++i) {
    const naive::Patient x = simulator.patient(naive::Arm{});
    const double followed = 2700 - std::floor(30 * 78 * std::pow(uniform(generator), 1 / 2.2556));
    const bool event = x.pfs <= followed;
    const double log_odds = p.log_odds + p.log_odds_after_event * event + p.log_odds_frailty * x.frailty;
    // No response comes later than a year after enrollment, which all have.
    if (uniform(generator) < 1 / (1 + std::exp(-log_odds)))
      all.push_back({std::min(x.pfs, followed), event, x.evaluable, x.response});
  }
  return all;
}

/// Kaplan and Meier's product and Greenwood's standard error, by counting.
TrueValue survival(const std::vector<Observed>& patients, double day) {
  std::map<double, double> events, leaving;
  for (const Observed& p : patients) leaving[p.day] += 1, events[p.day] += p.event;
  double at_risk = static_cast<double>(patients.size()), s = 1, sum = 0;
  for (const auto& [t, gone] : leaving) {
    if (t > day) break;
    s *= 1 - events[t] / at_risk;
    if (events[t] > 0) sum += events[t] / (at_risk * (at_risk - events[t]));
    at_risk -= gone;
  }
  return {s, s * std::sqrt(sum)};
}

TrueValue response(const std::vector<Observed>& patients) {
  double evaluable = 0, responses = 0;
  for (const Observed& p : patients) evaluable += p.evaluable, responses += p.evaluable && p.response;
  const double share = responses / evaluable;
  return {share, std::sqrt(share * (1 - share) / evaluable)};
}

void expect_near(const TrueValue& own, const TrueValue& other, const std::string& what) {
  EXPECT_NEAR(own.value, other.value, 4 * std::hypot(own.standard_error, other.standard_error)) << what;
}

class Selection : public testing::Test {
 protected:
  TrueValue value(const Scenario& scenario, const std::vector<TrueValue>& values, const std::string& parameter) const {
    const std::string analysis = parameter == "proportion" ? "orr_included" : "pfs_included";
    const std::vector<EstimateLabel>& labels = scenario.plan->labels();
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].analysis == analysis && labels[k].parameter == parameter) return values[k];
    throw std::runtime_error(parameter);
  }
  Study study_ = load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/selection.yaml", {});
};

TEST_F(Selection, StatisticalSelectedPatientsAreThoseOfPlainLoops) {
  for (const auto& [after_event, frailty] : {std::pair{0.0, 0.0}, {2.0, 0.0}, {0.0, -1.0}, {-2.0, 1.0}}) {
    const InclusionParameters p{0, after_event, frailty};  // a share of one half
    const auto at = std::ranges::find_if(study_.scenarios, [&](const Scenario& s) {
      const auto number = [](double x) { return (x == 0.0 ? std::string("0") : shortest(x)); };
      return s.name.ends_with("log_odds_after_event=" + number(after_event) + " log_odds_frailty=" + number(frailty));
    });
    ASSERT_NE(at, study_.scenarios.end());
    at->prepare(2);
    const std::vector<TrueValue> values = simulated_values(*at, study_.seed, {naive_patients}, 2);
    const std::vector<Observed> patients = included(p, 11);
    expect_near(value(*at, values, "survival"), survival(patients, 720), at->name + ", 24 months");
    expect_near(value(*at, values, "proportion"), response(patients), at->name + ", response");
    const TrueValue median = value(*at, values, "quantile");  // where the other curve is at a half, within its error
    const double late = survival(patients, 30 * (median.value - 4 * median.standard_error)).value;
    const double soon = survival(patients, 30 * (median.value + 4 * median.standard_error)).value;
    const double error = 4 * survival(patients, 30 * median.value).standard_error;
    EXPECT_GT(late, 0.5 - error) << at->name;
    EXPECT_LT(soon, 0.5 + error) << at->name;
  }
}

TEST_F(Selection, StatisticalBiasIsAgainstTheWholeCohort) {
  study_.replicates = 400;
  std::erase_if(study_.scenarios,
                [](const Scenario& s) { return !s.name.ends_with("after_event=2 log_odds_frailty=1"); });
  ASSERT_EQ(study_.scenarios.size(), 1u);
  std::map<std::string, SummaryRow> rows;
  for (const SummaryRow& row : run_in_memory(study_))
    if (row.metric == "bias" && row.label.parameter != "quantile") rows.emplace(row.label.analysis, row);
  EXPECT_EQ(rows.at("pfs_included").truth, rows.at("pfs_all").truth);
  EXPECT_EQ(rows.at("orr_included").truth, rows.at("orr_all").truth);
  EXPECT_NEAR(rows.at("pfs_all").measure.value, 0, 4 * rows.at("pfs_all").measure.mcse);
  EXPECT_LT(rows.at("pfs_included").measure.value, -4 * rows.at("pfs_included").measure.mcse);
  EXPECT_LT(rows.at("orr_included").measure.value, -4 * rows.at("orr_included").measure.mcse);
}

TEST_F(Selection, ContractThePageSaysWhatSelectedPatientsAreHeldAgainst) {
  StudyResults results;
  EXPECT_THAT(study_page(study_, results, {}), testing::HasSubstr("pfs_included (pfs_all), orr_included (orr_all)."));
}

TEST(SelectionColumn, PropertyAllAreIncludedUnlessSaid) {
  const std::string text = R"(
study: all
seed: 1
replicates: 20
disease: {model: oligo_hcc, inclusion: {}}
cohort: {OP: 0.7, OM: 0.3}
arms: {sbrt: {}}
trial: {enrollment: {patients: 40, over_months: 10}, visits: {months: [3, 6, 12]}}
design: {kind: fixed, primary: a, alpha: 0.05, sides: 2, looks: [{at_month: 20}]}
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  populations: {included: {included: 1}}
  analyses:
    - {name: a, method: log_rank, endpoint: pfs, by: cohort, levels: [OP, OM], population: included}
    - {name: share, method: proportion, outcome: included}
)";
  std::vector<double> shares;
  for (const SummaryRow& row : run_in_memory(study_from(text), 2, false))
    if (row.label.analysis == "share" && row.metric == "mean") shares.push_back(row.measure.value);
  EXPECT_EQ(shares, std::vector<double>{1});
  EXPECT_THAT(mistakes(std::string(text).replace(text.find(", inclusion: {}"), 15, "")),
              testing::HasSubstr("populations.included.included: unknown key"));
  EXPECT_THAT(mistakes(std::string(text).replace(text.find("inclusion: {}"), 13, "inclusion: {share: 0}")),
              testing::HasSubstr("disease.inclusion.share: 0 is out of range"));
}

}  // namespace
}  // namespace oligosim
