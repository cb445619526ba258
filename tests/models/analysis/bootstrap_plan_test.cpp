// The bootstrap of a plan: weighed rows against rows written out, patients who stay together, kinds that cannot be.
#include <gmock/gmock.h>

#include <random>

#include "engine/resampling/jackknife.hpp"
#include "tests/models/analysis/plan_support.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// Patients with ties in everything, missing values, and few in some groups.
std::string patients(std::uint32_t seed, int n) {
  std::mt19937 random(seed);
  std::string csv = "id,arm,line,t,e,cause,r,x,switch,site\n";
  for (int i = 0; i < n; ++i) {
    const int t = 1 + static_cast<int>(random() % 14) * 30;
    const auto maybe = [&](const std::string& value) { return random() % 12 == 0 ? std::string("NA") : value; };
    csv += "P" + std::to_string(i) + "," + (random() % 2 ? "A" : "B") + "," + std::to_string(1 + i % 2) + "," +
           std::to_string(t) + "," + std::to_string(random() % 3 != 0) + "," + std::to_string(random() % 3) + "," +
           maybe(std::to_string(random() % 2)) + "," + maybe(std::to_string(random() % 9)) + "," +
           maybe(std::to_string(random() % 300)) + "," + std::to_string(random() % 4) + "\n";
  }
  return csv;
}

const char* const every_kernel = R"({time_unit: days, days_per_month: 30, patient: id,
  endpoints: {pfs: {time: t, event: e}, cr: {time: t, cause: cause, causes: {1: failure, 2: death}}},
  populations: {second: {line: 2}},
  derive: {site_1: {cases: [{when: {site: {below: 1}}, value: 1}], otherwise: 0},
           site_2: {cases: [{when: {site: {at_least: 3}}, value: 1}], otherwise: 0}},
  analyses: [
    {name: km, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [0, 3, 9, 13], quantiles: [0.25, 0.5], interval: [plain, log]},
    {name: follow_up, method: reverse_kaplan_meier, endpoint: pfs, population: second},
    {name: one, method: cox, endpoint: pfs, terms: [arm]},
    {name: two, method: cox, endpoint: pfs, terms: [arm, x], strata: [line], interval: [wald, profile]},
    {name: sites, method: cox, endpoint: pfs, terms: [site_1, site_2, arm]},
    {name: breslow, method: cox, endpoint: pfs, terms: [x], ties: breslow},
    {name: switched, method: cox, endpoint: pfs, terms: [s], time_dependent: {s: switch}},
    {name: rmst, method: rmst, endpoint: pfs, by: arm, at_months: [5, 10]},
    {name: milestone, method: milestone, endpoint: pfs, by: arm, at_months: [4, 8]},
    {name: odds, method: milestone, endpoint: pfs, by: arm, at_months: [4, 8], measure: odds_ratio},
    {name: lf, method: cumulative_incidence, endpoint: cr, by: arm, at_months: [4, 9]},
    {name: orr, method: proportion, outcome: r, by: arm, interval: [wilson, wald]},
    {name: x, method: describe, value: x, by: line}]})";

struct Both {
  std::vector<double> value, variance;
};

/// Where nobody wants variances.
std::vector<double> resampled_values(const Analysis& analysis, PlanData& data, const ResampledRows& rows,
                                     Arena& arena) {
  std::vector<double> value(analysis.labels().size() * rows.count(), missing);
  analysis.resample(data, rows, arena, {rows.count(), value, {}});
  return value;
}

Both resampled(const Analysis& analysis, PlanData& data, const ResampledRows& rows, Arena& arena, bool written_out) {
  Both both{std::vector<double>(analysis.labels().size() * rows.count(), missing), {}};
  both.variance = both.value;
  const ResampledValues out{rows.count(), both.value, both.variance};
  written_out ? analysis.Analysis::resample(data, rows, arena, out) : analysis.resample(data, rows, arena, out);
  return both;
}

/// Whether this label is the first kind of interval of its number: the one that is filled.
bool first_kind(const std::vector<EstimateLabel>& labels, std::size_t k) {
  for (std::size_t j = 0; j < k; ++j)
    if (labels[j].parameter == labels[k].parameter && labels[j].group == labels[k].group &&
        labels[j].term == labels[k].term && (labels[j].at == labels[k].at || std::isnan(labels[k].at)))
      return false;
  return labels[k].estimated;
}

TEST(BootstrapPlan, OracleWeighedRowsGiveTheNumbersOfRowsWrittenOut) {
  int compared = 0, missing_values = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    AnalysedData d(patients(seed, 6 + static_cast<int>(seed)), every_kernel,
                   {.patient = "id", .parameter = {}, .several_rows = false});
    Arena arena;
    const ResampleFrame frame{.units = d.data().cohort().patients(), .stratum = {}, .strata = 1};
    const Resamples resamples(frame, CaseKind::multinomial, Streams(seed, 1), arena);
    for (const RowVersion version : {RowVersion::resample, RowVersion::leave_one_out, RowVersion::second_level}) {
      const ResampledRows rows(resamples, {}, version, version == RowVersion::leave_one_out ? frame.units : 19);
      for (std::size_t a = 0; a < d.plan().analyses(); ++a) {
        const Analysis& analysis = d.plan().analysis(a);
        const Both kernel = resampled(analysis, d.data(), rows, arena, false);
        const Both plain = resampled(analysis, d.data(), rows, arena, true);
        const std::vector<double> alone = resampled_values(analysis, d.data(), rows, arena);
        for (std::size_t k = 0; k < kernel.value.size(); ++k) {
          const EstimateLabel& label = analysis.labels()[k / rows.count()];
          if (!first_kind(analysis.labels(), k / rows.count())) continue;
          // A hazard ratio alone is found to 1e-7 of its standard error.
          const bool root = label.method == "cox" && !std::isnan(kernel.variance[k]);
          const double off = root ? 1.01e-7 * std::sqrt(kernel.variance[k]) * (label.ratio ? kernel.value[k] : 1) : 0;
          const std::string what = label.analysis + " " + label.parameter + " " + label.group + " " + label.term + " " +
                                   std::to_string(seed) + " " + std::to_string(k);
          if (std::isnan(kernel.value[k]) || std::isinf(kernel.value[k])) {
            EXPECT_THAT(alone[k], testing::NanSensitiveDoubleEq(kernel.value[k])) << what;
          } else {
            EXPECT_NEAR(alone[k], kernel.value[k], off + 1e-15 * std::abs(kernel.value[k])) << what;
          }
          if (std::isnan(plain.value[k])) {
            EXPECT_TRUE(std::isnan(kernel.value[k])) << what << " " << kernel.value[k];
            ++missing_values;
            continue;
          }
          // A warm start ends where the likelihood is flat to 1e-9, a cold one too: not at the same point to the bit.
          const double tolerance = label.method == "cox" ? 1e-7 : 1e-12;
          if (std::isinf(plain.value[k])) {
            EXPECT_EQ(kernel.value[k], plain.value[k]) << what;
          } else {
            EXPECT_NEAR(kernel.value[k], plain.value[k], tolerance * (1 + std::abs(plain.value[k]))) << what;
          }
          ++compared;
          const bool of_resamples = label.parameter != "proportion" && !std::isnan(plain.variance[k]);
          if (of_resamples && !std::isnan(kernel.variance[k]) && label.method != "describe") {
            EXPECT_NEAR(kernel.variance[k], plain.variance[k], tolerance * (1 + plain.variance[k])) << what;
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 50000);
  EXPECT_GT(missing_values, 1000);
}

TEST(BootstrapPlan, OracleIntervalsAreThoseOfTheResamplesNamedByTheSeed) {
  AnalysedData d(patients(3, 40), R"({time_unit: days, days_per_month: 30, patient: id,
    endpoints: {pfs: {time: t, event: e}}, bootstrap: {resamples: 400, strata: [line], interval: [percentile, bca], seed: 7,
    of: [km]}, analyses: [{name: km, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [6]},
    {name: other, method: describe, value: x}]})",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  ASSERT_EQ(d.plan().labels().size(), 4u + 8u + 7u);
  Arena arena;
  std::vector<std::uint16_t> stratum(40);
  for (std::size_t i = 0; i < 40; ++i) stratum[i] = i % 2;
  const ResampleFrame frame{.units = 40, .stratum = stratum, .strata = 2};
  const Resamples resamples(frame, CaseKind::multinomial, Streams(7, 0), arena);
  const Analysis& km = d.plan().analysis(0);
  const Both all = resampled(km, d.data(), ResampledRows(resamples, {}, RowVersion::resample, 400), arena, true);
  const Both one_less =
      resampled(km, d.data(), ResampledRows(resamples, {}, RowVersion::leave_one_out, 40), arena, true);
  std::vector<Estimate> out(d.plan().labels().size());
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
  int finite = 0;
  for (std::size_t number = 0; number < 4; ++number) {
    const BootstrapDistribution distribution(std::span(all.value).subspan(number * 400, 400), out[number].estimate,
                                             arena);
    const BootstrapInterval percentile = percentile_interval(distribution, 0.95);
    EXPECT_EQ(out[4 + 2 * number].lower, percentile.lower);
    EXPECT_EQ(out[4 + 2 * number].upper, percentile.upper);
    EXPECT_EQ(out[4 + 2 * number].estimate, out[number].estimate);
    EXPECT_EQ(d.plan().labels()[4 + 2 * number].interval, "percentile");
    const double acceleration =
        jackknife_acceleration(out[number].estimate, std::span(one_less.value).subspan(number * 40, 40), frame, arena);
    const BootstrapInterval bca = bca_interval(distribution, acceleration, 0.0, 0.95);
    const bool neither = std::isnan(out[5 + 2 * number].lower) && std::isnan(bca.lower);
    EXPECT_TRUE(out[5 + 2 * number].lower == bca.lower || neither);
    finite += !neither;
    EXPECT_EQ(d.plan().labels()[5 + 2 * number].interval, "bca");
  }
  EXPECT_GT(finite, 1);
}

TEST(BootstrapPlan, OracleEachKindOfLimitsIsThatOfTheResamplesNamedByTheSeed) {
  AnalysedData d(patients(9, 40), R"({time_unit: days, patient: id, endpoints: {pfs: {time: t, event: e}},
    bootstrap: {resamples: 300, seed: 5, interval: [normal, basic, bca_mid, studentized, double_bootstrap, jackknife]},
    analyses: [{name: a, method: rmst, endpoint: pfs, at_months: [8]}]})",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  Arena arena;
  const ResampleFrame frame{.units = 40, .stratum = {}, .strata = 1};
  const Resamples resamples(frame, CaseKind::multinomial, Streams(5, 0), arena);
  const auto versions = [&](RowVersion version, std::size_t count) {
    return resampled(d.plan().analysis(0), d.data(), ResampledRows(resamples, {}, version, count), arena, true);
  };
  const Both all = versions(RowVersion::resample, 300), second = versions(RowVersion::second_level, 300),
             without = versions(RowVersion::leave_one_out, 40);
  std::vector<Estimate> out(d.plan().labels().size());
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
  ASSERT_EQ(out.size(), 7U);
  const double estimate = out[0].estimate, error = out[0].standard_error;
  const BootstrapDistribution distribution(all.value, estimate, arena);
  const BootstrapInterval expected[] = {
      normal_interval(distribution, 0.95),
      basic_interval(distribution, 0.95),
      bca_interval(distribution, jackknife_acceleration(estimate, without.value, frame, arena), 0.5, 0.95),
      studentized_interval(all.value, all.variance, estimate, error * error, 0.95, arena),
      double_bootstrap_interval(all.value, second.value, estimate, 0.95, arena),
      jackknife_interval(estimate, without.value, frame, 0.95)};
  for (std::size_t k = 0; k < 6; ++k) {
    EXPECT_EQ(out[1 + k].estimate, estimate);
    // Rows written out and weighed ones differ in last digits.
    EXPECT_NEAR(out[1 + k].lower, expected[k].lower, 1e-12) << d.plan().labels()[1 + k].interval;
    EXPECT_NEAR(out[1 + k].upper, expected[k].upper, 1e-12) << d.plan().labels()[1 + k].interval;
    for (std::size_t other = 0; other < k; ++other) EXPECT_NE(out[1 + k].lower, out[1 + other].lower) << k << other;
  }
}

// Each patient in two rows of a cluster: the curve and its resamples are those of one row each.
TEST(BootstrapPlan, OracleClustersAreDrawnWhole) {
  std::string once = "pair,t,e\n", twice = once;
  std::mt19937 random(11);
  for (int i = 0; i < 30; ++i) {
    const std::string row = "C" + std::to_string(i) + "," +
                            std::to_string(20 + 3 * i + static_cast<int>(random() % 3)) + "," +
                            std::to_string(random() % 3 != 0) + "\n";
    once += row, twice += row + row;
  }
  const auto limits = [](const std::string& csv, const std::string& cluster) {
    AnalysedData d(csv, R"({time_unit: days, days_per_month: 30, endpoints: {pfs: {time: t, event: e}},
      bootstrap: {resamples: 300, seed: 3, interval: [percentile, basic])" +
                            cluster + R"(},
      analyses: [{name: km, method: rmst, endpoint: pfs, at_months: [3]}]})");
    Arena arena;
    std::vector<Estimate> out(d.plan().labels().size());
    d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
    return out;
  };
  const std::vector<Estimate> single = limits(once, ""), pairs = limits(twice, ", cluster: pair");
  ASSERT_EQ(single.size(), pairs.size());
  for (std::size_t k = 1; k < single.size(); ++k) {
    EXPECT_NEAR(single[k].lower, pairs[k].lower, 1e-9);
    EXPECT_NEAR(single[k].upper, pairs[k].upper, 1e-9);
    EXPECT_LT(single[k].lower, single[k].upper);
  }
  EXPECT_GT(std::abs(single[1].lower - limits(twice, "")[1].lower), 0.05);  // rows as if they were patients
}

// Each patient in three rows of a cluster: errors of the model are too small by the root of 3 in every resample and in
// the data, robust ones are not; limits by Student's t are those of the patients in one row each.
TEST(BootstrapPlan, PropertyStudentizedLimitsOfClustersAreThoseOfTheirPatients) {
  const std::string once = patients(11, 40);
  std::string thrice = once.substr(0, once.find('\n') + 1);
  for (std::size_t begin = thrice.size(); begin < once.size();) {
    const std::size_t end = once.find('\n', begin) + 1;
    for (int k = 0; k < 3; ++k) thrice += once.substr(begin, end - begin);
    begin = end;
  }
  const auto plan = [](const std::string& cluster, const std::string& robust) {
    return "{time_unit: days, days_per_month: 30, patient: id, endpoints: {pfs: {time: t, event: e}, cr: {time: t, "
           "cause: cause, causes: {1: failure, 2: death}}}, bootstrap: {resamples: 200, interval: studentized" +
           cluster + "}, analyses: [{name: cox, method: cox, endpoint: pfs, terms: [arm], ties: breslow" + robust +
           "}, {name: written, method: cox, endpoint: pfs, terms: [arm], ties: breslow, concordance: true" + robust +
           "}, {name: km, method: kaplan_meier, endpoint: pfs, at_months: [6]" + cluster +
           "}, {name: lf, method: cumulative_incidence, endpoint: cr, at_months: [6]" + cluster +
           "}, {name: share, method: proportion, outcome: e" + cluster + "}]}";
  };
  const auto limits = [](AnalysedData& d, const std::string& method) {
    Arena arena;
    std::vector<Estimate> all(d.plan().labels().size()), found;
    d.plan().evaluate(d.data(), arena, all, Resampling::by_seed());
    for (std::size_t k = 0; k < d.estimates().size(); ++k)
      if (d.plan().labels()[k].interval == "studentized" && d.plan().labels()[k].method == method &&
          !std::isnan(all[k].lower))
        found.push_back(all[k]);
    return found;
  };
  AnalysedData single(once, plan("", ", interval: robust"), {.patient = "id", .parameter = {}, .several_rows = false});
  AnalysedData rows(thrice, plan(", cluster: id", ", interval: robust, cluster: id"),
                    {.patient = "id", .parameter = {}, .several_rows = true});
  // The variance of cuminc has a patient less here and there, which is a row less of the rows.
  for (const auto& [method, numbers, near] : {std::tuple{"cox", 5, 1e-6},
                                              {"kaplan_meier", 1, 1e-6},
                                              {"cumulative_incidence", 2, 1e-3},
                                              {"proportion", 1, 1e-6}}) {
    const std::vector<Estimate> expected = limits(single, method), found = limits(rows, method);
    ASSERT_EQ(found.size(), expected.size());
    ASSERT_EQ(found.size(), static_cast<std::size_t>(numbers)) << method;
    for (std::size_t k = 0; k < found.size(); ++k) {
      EXPECT_NEAR(found[k].lower, expected[k].lower, near) << method << k;
      EXPECT_NEAR(found[k].upper, expected[k].upper, near) << method << k;
    }
  }
}

// A patient a row: naming him as the cluster changes nothing, copies of him in a resample are patients of their own.
TEST(BootstrapPlan, PropertyAPatientARowIsNoCluster) {
  const auto limits = [](const std::string& cluster) {
    AnalysedData d(
        patients(12, 40),
        "{time_unit: days, days_per_month: 30, patient: id, endpoints: {pfs: {time: t, event: e}}, bootstrap: "
        "{resamples: 200, interval: studentized}, analyses: [{name: c, method: cox, endpoint: pfs, terms: [arm], "
        "interval: robust, concordance: true" +
            cluster + "}]}",
        {.patient = "id", .parameter = {}, .several_rows = false});
    Arena arena;
    std::vector<Estimate> all(d.plan().labels().size());
    d.plan().evaluate(d.data(), arena, all, Resampling::by_seed());
    std::vector<double> found;
    for (std::size_t k = 0; k < all.size(); ++k)
      if (d.plan().labels()[k].interval == "studentized") found.push_back(all[k].lower), found.push_back(all[k].upper);
    return found;
  };
  const std::vector<double> with = limits(", cluster: id"), without = limits("");
  ASSERT_EQ(with.size(), without.size());
  ASSERT_GE(with.size(), 6u);
  for (std::size_t k = 0; k < with.size(); ++k) EXPECT_NEAR(with[k], without[k], 1e-9) << k;
}

TEST(BootstrapPlan, StrataOfABlockOutliveTheScratchOfItsFirstAnalysis) {
  AnalysedData d(patients(7, 60), R"({time_unit: days, days_per_month: 30, patient: id,
    endpoints: {pfs: {time: t, event: e}}, bootstrap: {resamples: 200, strata: [line], seed: 7},
    analyses: [{name: km, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [6]},
    {name: mean, method: rmst, endpoint: pfs, at_months: [8]}]})",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  Arena one, apart;
  PlanData in_one(d.data().cohort(), d.plan().parts(), one);
  std::vector<Estimate> a(d.plan().labels().size()), b(a.size());
  d.plan().evaluate(in_one, one, a, Resampling::by_seed());
  d.plan().evaluate(d.data(), apart, b, Resampling::by_seed());
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_EQ(a[k].estimate, b[k].estimate);
    EXPECT_TRUE(a[k].lower == b[k].lower || (std::isnan(a[k].lower) && std::isnan(b[k].lower))) << k;
  }
}

TEST(BootstrapPlan, OracleStrataKeepTheirSizes) {
  AnalysedData d(patients(5, 40), R"({time_unit: days, patient: id, bootstrap: {resamples: 200, strata: [line]},
    derive: {second: {cases: [{when: {line: 2}, value: 1}], otherwise: 0}},
    analyses: [{name: share, method: proportion, outcome: second}]})",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  Arena arena;
  std::vector<Estimate> out(2);
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
  EXPECT_EQ(out[1].estimate, 0.5);
  EXPECT_EQ(out[1].status, Status::singular);  // the same in every resample
}

TEST(BootstrapPlan, OracleLesionsGoWithTheirPatient) {
  std::string people = "id\n", lesions = "id,r\n";
  for (int i = 0; i < 30; ++i) {
    people += "P" + std::to_string(i) + "\n";
    for (int l = 0; l <= i % 3; ++l)
      lesions += "P" + std::to_string(i) + "," + std::to_string((i * 7 + l) % 4 == 0) + "\n";
  }
  AnalysedData d(people, R"({time_unit: days, patient: id, analyses: [], lesions: {analyses: [
      {name: r, method: proportion, outcome: r, cluster: patient, bootstrap: {resamples: 300, seed: 2}}]}})",
                 {.patient = "id", .parameter = {}, .several_rows = false}, lesions);
  Arena arena;
  const Resamples resamples({.units = 30, .stratum = {}, .strata = 1}, CaseKind::multinomial, Streams(2, 0), arena);
  std::vector<double> naive;
  std::vector<Lanes> weight(30);
  for (std::uint32_t first = 0; first < 300; first += 8) {
    resamples.weights(first, weight);
    for (std::size_t k = 0; k < 8 && first + k < 300; ++k) {
      double n = 0, successes = 0;
      for (int i = 0; i < 30; ++i)
        for (int l = 0; l <= i % 3; ++l)
          n += weight[static_cast<std::size_t>(i)][k],
              successes += (i * 7 + l) % 4 == 0 ? weight[static_cast<std::size_t>(i)][k] : 0;
      naive.push_back(successes / n);
    }
  }
  std::vector<Estimate> out(2);
  d.plan().evaluate(d.data(), arena, out, Resampling::by_seed());
  const BootstrapDistribution distribution(naive, out[0].estimate, arena);
  EXPECT_EQ(out[1].lower, percentile_interval(distribution, 0.95).lower);
  EXPECT_EQ(out[1].upper, percentile_interval(distribution, 0.95).upper);
}

std::string refusal(const std::string& bootstrap, const std::string& cox = "") {
  try {
    AnalysedData(patients(1, 20),
                 "{time_unit: days, patient: id, endpoints: {pfs: {time: t, event: e}}, bootstrap: " + bootstrap +
                     ", analyses: [{name: a, method: cox, endpoint: pfs, terms: [x]" + cox + "}]}",
                 {.patient = "id", .parameter = {}, .several_rows = false});
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(BootstrapPlan, OracleMistakesHaveTheirPlace) {
  EXPECT_EQ(refusal("{resamples: 200}"), "");
  EXPECT_EQ(refusal("{kind: bayesian}", ", ties: breslow"), "");
  EXPECT_THAT(refusal("{kind: bayesian}"), HasSubstr("bootstrap.kind: 'bayesian' has weights that are not whole"));
  EXPECT_THAT(refusal("{resamples: 10}"), HasSubstr("bootstrap.resamples: 10 is"));
  EXPECT_THAT(refusal("{interval: [bca, bcb]}"), HasSubstr("bootstrap.interval"));
  EXPECT_THAT(refusal("{of: [b]}"), HasSubstr("bootstrap.of[0]: 'b' is not an analysis of this plan"));
  EXPECT_THAT(refusal("{strata: [lin]}"), HasSubstr("did you mean line?"));
  EXPECT_THAT(refusal("{interval: double_bootstrap, kind: bayesian}", ", ties: breslow"), HasSubstr("(kind: case)"));
}

TEST(BootstrapPlan, ReproducibilityAReplicateHasItsOwnResamples) {
  const Study study = study_from(two_arm_study(
      40, 40,
      R"(    - {name: effect, method: cox, endpoint: os, terms: [arm], bootstrap: {resamples: 200, strata: [arm], interval: [percentile, normal]}}
)"));
  const Scenario& s = study.scenarios.front();
  const std::vector<TrueValue> truths = true_values(s, study.seed, {study.truth_patients}, 2);
  const std::vector<EstimateLabel>& labels = s.plan->labels();
  ASSERT_EQ(labels.size(), 6u + 4u);
  EXPECT_EQ(truths[6].value, truths[0].value);  // the interval's truth is the number's
  const TrialExperiment experiment(s, study.seed, truths);
  Arena first, second;
  std::vector<double> a(experiment.columns().size()), b(a.size()), c(a.size());
  experiment.replicate(5, first, a);
  experiment.replicate(6, second, c);
  second.reset();
  experiment.replicate(5, second, b);
  bool differs = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    EXPECT_TRUE(a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k])));
    differs = differs || a[k] != c[k];
  }
  EXPECT_TRUE(differs);
  const std::vector<SummaryRow> rows = run_in_memory(study);
  int found = 0;
  for (const SummaryRow& r : rows)
    if (r.label.interval == "percentile" && r.label.parameter == "hazard_ratio" && r.metric == "coverage") {
      EXPECT_GT(r.measure.value, 0.8);
      ++found;
    } else if (r.label.interval == "percentile" && r.metric == "limit_mcse" && r.label.parameter == "hazard_ratio") {
      EXPECT_GT(r.measure.value, 0.01);  // 200 resamples of an error near 0.4
      EXPECT_LT(r.measure.value, 0.2);
      ++found;
    }
  EXPECT_EQ(found, 2);
}

}  // namespace
}  // namespace oligosim
