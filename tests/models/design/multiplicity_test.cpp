// Hypotheses tested together in a trial of one look or several: normal probabilities, a naive closed test at each look,
// whole trials, and mistakes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/group_sequential.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

/// Two independent endpoints and a response; `effects` of the experimental arm; `design` after its primary.
std::string study_of(const std::string& design, const std::string& effects = "", int replicates = 100) {
  return fmt::format(R"(study: several hypotheses
seed: 11
replicates: {}
disease: {{pfs: {{median_months: 6}}, os: {{median_months: 12}}, outcomes: {{or: {{probability: 0.3}}}}}}
arms: {{control: {{}}, experimental: {{effects: {{{}}}}}}}
trial: {{enrollment: {{patients: 200, over_months: 10}}, randomization: {{blocks: [4]}}}}
design: {{primary: pfs, {}}}
truth: {{patients: 2000}}
plan:
  time_unit: days
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}, os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: pfs, method: log_rank, endpoint: pfs, by: arm}}
    - {{name: os, method: log_rank, endpoint: os, by: arm}}
    - {{name: orr, method: fisher_exact, rows: arm, columns: or}}
    - {{name: km, method: kaplan_meier, endpoint: os, by: arm, at_months: [12]}}
)",
                     replicates, effects, design);
}

const std::string one_look = "kind: fixed, looks: [{at_month: 24}], multiplicity: ";
const std::string two_looks =
    "kind: group_sequential, looks: [{at_events: 60, of: pfs}, {at_events: 100, of: pfs}], multiplicity: ";

/// A trial whose hypotheses show what they are told to at each look.
class ScriptedTrial : public Conduct {
 public:
  ScriptedTrial(std::vector<HypothesisResult> shown, std::size_t hypotheses, std::vector<std::size_t> of_primary)
      : shown_(std::move(shown)), hypotheses_(hypotheses), of_primary_(std::move(of_primary)) {}
  LookResult analyze_at(const Look& /*look*/) override {
    LookResult result{.z = shown_[looks * hypotheses_].z, .events = of_primary_[looks]};
    ++looks;
    result.hypotheses = std::span(shown_).first(looks * hypotheses_);
    return result;
  }
  void stop(Decision d, const LastStage& /*at*/) override { decision = d; }
  void reject(HypothesisSet hypotheses) override { rejected = hypotheses, by_look.push_back(hypotheses); }

  std::size_t looks = 0;
  Decision decision = Decision::none;
  HypothesisSet rejected = 0;
  std::vector<HypothesisSet> by_look;

 private:
  std::vector<HypothesisResult> shown_;
  std::size_t hypotheses_;
  std::vector<std::size_t> of_primary_;
};

/// Shares of `draws` trials that reject the first, the second, both; z of two hypotheses as the reference has them.
struct Shares {
  double first = 0, second = 0, both = 0;
};
Shares simulated(const test::ReferenceTable& reference, std::size_t r, const std::string& multiplicity, int draws) {
  const auto number = [&](const char* name) { return reference.number(r, name); };
  const auto spending = [&](const char* name) {
    return reference.text(r, name) == "asP" ? "pocock" : "obrien_fleming";
  };
  const double t = number("t"), u = number("u"), rho = number("rho");
  const std::size_t first_events = static_cast<std::size_t>(std::lround(100 * t));
  const Study study = study_from(
      study_of(fmt::format("kind: group_sequential, looks: [{{at_events: {}, of: pfs}}, {{at_events: 100, of: pfs}}], "
                           "efficacy: {{spending: {}}}, multiplicity: {{{}, hypotheses: {{pfs: {{}}, os: "
                           "{{final_events: 80, spending: {}}}}}}}",
                           first_events, spending("first"), multiplicity, spending("second"))));
  std::mt19937_64 random(20130101 + r);
  std::normal_distribution<double> normal;
  Shares shares;
  for (int draw = 0; draw < draws; ++draw) {
    double z[2][2], step[2][2];
    for (auto& at : step) {
      at[0] = normal(random);
      at[1] = rho * at[0] + std::sqrt(1 - rho * rho) * normal(random);
    }
    const double information[2] = {t, u}, drift[2] = {number("d1"), number("d2")};
    for (int h = 0; h < 2; ++h) {
      const double first = std::sqrt(information[h]) * step[0][h], later = std::sqrt(1 - information[h]) * step[1][h];
      z[0][h] = step[0][h] + drift[h] * std::sqrt(information[h]);
      z[1][h] = first + later + drift[h];
    }
    ScriptedTrial trial({{.z = z[0][0], .events = 100 * t},
                         {.z = z[0][1], .events = 80 * u},
                         {.z = z[1][0], .events = 100},
                         {.z = z[1][1], .events = 80}},
                        2, {first_events, 100});
    study.scenarios[0].design->conduct(trial);
    shares.first += (trial.rejected & 1) != 0;
    shares.second += (trial.rejected & 2) != 0;
    shares.both += trial.rejected == 3;
  }
  shares.first /= draws, shares.second /= draws, shares.both /= draws;
  return shares;
}

TEST(Multiplicity, ReferenceProbabilitiesAtTwoLooks) {
  const test::ReferenceTable reference("multiplicity_looks.csv");
  constexpr int draws = 100000;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto expect = [&](double share, const char* column) {
      const double p = reference.number(r, column);
      EXPECT_NEAR(share, p, 4 * std::sqrt(p * (1 - p) / draws)) << column;
    };
    const Shares ends = simulated(reference, r, "procedure: hierarchical", draws);
    expect(ends.first, "sequence_first");
    expect(ends.second, "second_ends");
    const Shares goes_on = simulated(reference, r, "procedure: hierarchical, ends_when: all_rejected", draws);
    expect(goes_on.first, "sequence_first");
    expect(goes_on.second, "second_goes_on");
    const Shares holm = simulated(reference, r, "procedure: holm, ends_when: all_rejected", draws);
    expect(holm.first, "holm_first");
    expect(holm.second, "holm_second");
    const Shares co_primary = simulated(reference, r, "procedure: co_primary", draws);
    expect(co_primary.both, "both");
    EXPECT_EQ(co_primary.first, co_primary.both);
  }
}

/// The closed test at each look, of the hypotheses that are left: an intersection is rejected where one in it is beyond
/// the boundary of its share there.
HypothesisSet naive_after(HypothesisSet rejected, const GraphWeights& weights, std::size_t look,
                          const std::vector<HypothesisResult>& shown,
                          const std::function<double(double, std::size_t)>& boundary) {
  const std::size_t n = weights.size();
  HypothesisSet kept = 0;
  for (HypothesisSet left = 1; left < (1u << n); ++left) {
    if (left & rejected) continue;
    const HypothesisSet outside = ((1u << n) - 1) & ~left;
    bool crossed = false;
    for (std::size_t k = 0; k < n; ++k)
      if ((left & only(k)) && weights.weight(outside, k) > 0)
        crossed = crossed || shown[look * n + k].z >= boundary(weights.weight(outside, k), look);
    if (!crossed) kept |= left;
  }
  return ((1u << n) - 1) & ~kept;
}

TEST(Multiplicity, OracleGraphAtThreeLooksIsAClosedTestAtEach) {
  const Study study = study_from(study_of(
      "kind: group_sequential, looks: [{at_events: 40, of: pfs}, {at_events: 70, of: pfs}, {at_events: 100, of: pfs}], "
      "multiplicity: {procedure: graphical, ends_when: all_rejected, hypotheses: {"
      "pfs: {weight: 0.6, to: {os: 0.7, orr: 0.3}}, "
      "os: {weight: 0.4, to: {pfs: 0.5, orr: 0.5}, information: [0.4, 0.7, 1]}, "
      "orr: {weight: 0, to: {os: 1}, information: [0.4, 0.7, 1]}}}"));
  const GraphWeights weights(TestGraph{{0.6, 0.4, 0}, {0, 0.7, 0.3, 0.5, 0, 0.5, 0, 1, 0}});
  const std::vector<double> information = {0.4, 0.7, 1};
  const auto boundary = [&](double share, std::size_t look) {
    return efficacy_boundaries({Spending::obrien_fleming}, share * 0.025, information)[look];
  };
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::size_t seen[8] = {};
  for (int draw = 0; draw < 300; ++draw) {
    std::vector<HypothesisResult> shown(9);
    double sum[3] = {};
    for (std::size_t look = 0; look < 3; ++look)
      for (std::size_t h = 0; h < 3; ++h) {
        const double more = information[look] - (look ? information[look - 1] : 0);
        sum[h] += std::sqrt(more) * normal(random) + 2.4 * more;
        shown[look * 3 + h] = {.z = sum[h] / std::sqrt(information[look]), .events = 10};
      }
    ScriptedTrial trial(shown, 3, {40, 70, 100});
    study.scenarios[0].design->conduct(trial);
    HypothesisSet rejected = 0;
    for (std::size_t look = 0; look < trial.looks; ++look) {
      rejected = naive_after(rejected, weights, look, shown, boundary);
      EXPECT_EQ(trial.by_look[look], rejected) << "draw " << draw << " look " << look;
    }
    EXPECT_TRUE(trial.looks == 3 || rejected == 7u);
    EXPECT_EQ(trial.decision == Decision::efficacy, (rejected & 1) != 0);
    ++seen[rejected];
  }
  for (const std::size_t count : {seen[0], seen[1], seen[7]}) EXPECT_GT(count, 5u);
}

TEST(Multiplicity, PropertyWhatIsCompleteWaitsForItsShare) {
  // The response is known at the first look; PFS is rejected at the second, and then the response is, by the z it had.
  const Study study =
      study_from(study_of(two_looks + "{procedure: hierarchical, hypotheses: {pfs: {}, orr: {information: [1, 1]}}}"));
  const auto conducted = [&](double early, double late, double response) {
    ScriptedTrial trial({{.z = early}, {.z = response}, {.z = late}, {.z = 0}}, 2, {60, 100});
    study.scenarios[0].design->conduct(trial);
    return trial;
  };
  EXPECT_EQ(conducted(1, 2, 1.97).rejected, 3u);
  EXPECT_EQ(conducted(1, 2, 1.95).rejected, 1u);
  EXPECT_EQ(conducted(1, 1, 3).rejected, 0u);
  EXPECT_EQ(conducted(3, 0, 3).looks, 1u);
}

/// Each replicate of a study with one look, by the naive rule from its estimates.
TEST(Multiplicity, OracleWholeTrialsOfOneLook) {
  const std::string effects = "pfs: {hazard_ratio: 0.7}, os: {hazard_ratio: 0.75}, or: {probability: 0.5}";
  for (const std::string procedure : {"holm", "hochberg", "co_primary"}) {
    const Study study = study_from(
        study_of(one_look + "{procedure: " + procedure + ", hypotheses: {pfs: {}, os: {}, orr: {}}, true_nulls: [os]}",
                 effects, 400));
    const std::vector<SummaryRow> rows = run_in_memory(study, 2, false);
    const TrialExperiment experiment(study.scenarios[0], study.seed);
    double each[3] = {}, any = 0, all = 0;
    Arena arena;
    for (std::uint32_t k = 1; k <= 400; ++k) {
      arena.reset();
      const auto record = experiment.record(k, arena);
      std::vector<double> p;
      for (const char* name : {"pfs", "os", "orr"}) {
        const Plan& plan = *study.scenarios[0].plan;
        p.push_back(normal_cdf(-record.estimates[plan.rows(plan.position(name)).first].signed_statistic));
      }
      std::vector<double> sorted = p;
      std::ranges::sort(sorted);
      double bound = -1;
      if (procedure == "co_primary" && sorted[2] <= 0.025) bound = 1;
      for (int i = 0; procedure == "holm" && i < 3 && sorted[i] <= 0.025 / (3 - i); ++i) bound = sorted[i];
      for (int i = 0; procedure == "hochberg" && i < 3; ++i)
        if (sorted[i] <= 0.025 / (3 - i)) bound = sorted[i];
      int rejected = 0;
      for (int h = 0; h < 3; ++h) each[h] += p[h] <= bound, rejected += p[h] <= bound;
      any += rejected > 0, all += rejected == 3;
    }
    SCOPED_TRACE(procedure);
    EXPECT_NEAR(row_of(rows, "base", "adjusted_reject", "pfs").measure.value, each[0] / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "adjusted_reject", "os").measure.value, each[1] / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "familywise_error", "pfs").measure.value, each[1] / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "adjusted_reject", "orr").measure.value, each[2] / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "adjusted_reject_any", "pfs").measure.value, any / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "adjusted_reject_all", "pfs").measure.value, all / 400, 1e-12);
    EXPECT_NEAR(row_of(rows, "base", "reject", "pfs").measure.value, each[0] / 400, 1e-12);
    EXPECT_EQ(any > all, procedure != "co_primary");
    EXPECT_GT(all, 10);
  }
}

TEST(Multiplicity, TheoryFamilywiseErrorOfTwoIndependentEndpoints) {
  const Study study = study_from(
      study_of(one_look + "{procedure: holm, hypotheses: {pfs: {}, os: {}}, true_nulls: [pfs, os]}", "", 6000));
  const std::vector<SummaryRow> rows = run_in_memory(study, 2, false);
  const Measure& error = row_of(rows, "base", "familywise_error", "pfs").measure;
  const double expected = 1 - std::pow(1 - 0.0125, 2);
  EXPECT_NEAR(error.value, expected, 4 * std::sqrt(expected * (1 - expected) / 6000));
  EXPECT_EQ(error.value, row_of(rows, "base", "adjusted_reject_any", "pfs").measure.value);
}

TEST(Multiplicity, PropertyFixedSequenceLeavesThePrimaryAsItIs) {
  const std::string effects = "pfs: {hazard_ratio: 0.6}, os: {hazard_ratio: 0.7}";
  const std::string design = "kind: group_sequential, looks: [{at_events: 60, of: pfs}, {at_events: 100, of: pfs}]";
  const std::string with =
      ", multiplicity: {procedure: hierarchical, hypotheses: {pfs: {}, os: {final_events: 90}, orr: {information: [1, "
      "1]}}}";
  const auto alone = run_in_memory(study_from(study_of(design, effects, 500)), 2, false);
  const auto rows = run_in_memory(study_from(study_of(design + with, effects, 500)), 2, false);
  std::vector<SummaryRow> kept;
  for (const SummaryRow& r : rows)
    if (!r.metric.starts_with("adjusted_reject")) kept.push_back(r);
  EXPECT_EQ(summary_csv(kept), summary_csv(alone));
  for (const char* look : {"1", "2", "final"})
    EXPECT_EQ(find_row(rows, "base", "adjusted_reject", look, "pfs")->measure.value,
              find_row(rows, "base", "reject", look, "pfs")->measure.value);
}

/// The estimates of a replicate that know of the stopping rule.
std::vector<Estimate> of_stopping(const Study& study, std::uint32_t replicate) {
  const Scenario& scenario = study.scenarios.front();
  const TrialExperiment experiment(scenario, study.seed);
  Arena arena;
  const auto all = experiment.record(replicate, arena).estimates.subspan(scenario.plan->labels().size());
  return {all.begin(), all.end()};
}

TEST(Multiplicity, OracleWhatIsSaidOfThePrimaryIsOfItsOwnLastLook) {
  const std::string effects = "pfs: {hazard_ratio: 0.6}";
  const std::string by_events = "kind: group_sequential, looks: [{at_events: 60, of: pfs}, {at_events: 100, of: pfs}]";
  const std::string by_date =
      "kind: group_sequential, looks: [{at_month: 7, information: 0.5}, {at_month: 14, information: 0.9}, "
      "{at_month: 30, of: pfs}], final_events: 100";
  const std::string until = ", multiplicity: {procedure: hierarchical, hypotheses: {pfs: {}, os: {final_events: 90}}, ";
  for (const std::string& looks : {by_events, by_date}) {
    const Study alone = study_from(study_of(looks, effects));
    const Study others = study_from(study_of(looks + until + "ends_when: all_rejected}", effects));
    std::size_t went_on = 0;
    for (std::uint32_t replicate = 1; replicate <= 60; ++replicate) {
      const std::vector<Estimate> a = of_stopping(alone, replicate), b = of_stopping(others, replicate);
      ASSERT_EQ(a.size(), 2u);
      ASSERT_EQ(b.size(), 2u);
      for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_EQ(a[k].estimate, b[k].estimate) << looks << replicate;
        EXPECT_EQ(a[k].lower, b[k].lower) << looks << replicate;
        EXPECT_EQ(a[k].upper, b[k].upper) << looks << replicate;
        EXPECT_EQ(a[k].n_events, b[k].n_events) << looks << replicate;
      }
      went_on += a[0].n_events < 100;
    }
    EXPECT_GT(went_on, looks == by_events ? 10u : 0u);
  }
}

TEST(Multiplicity, ContractProceduresOfAStudyAreComparedWithoutWhatOneOfThemHasAlone) {
  const std::string procedures = "scenarios:\n  holm: {}\n  sequence: {design.multiplicity.procedure: hierarchical}\n";
  const Study both =
      study_from(study_of(two_looks + "{procedure: holm, hypotheses: {pfs: {}, os: {final_events: 90}}}") + procedures);
  for (const SummaryRow& row : run_in_memory(both, 2, false)) EXPECT_NE(row.label.method, "group_sequential");
}

TEST(Multiplicity, Mistakes) {
  const auto wrong = [](const std::string& design) { return mistakes(study_of(design)); };
  EXPECT_THAT(wrong(one_look + "{procedure: holm, hypotheses: {os: {}, orr: {}}}"),
              HasSubstr("design.multiplicity.hypotheses: are without the primary analysis 'pfs'"));
  EXPECT_THAT(wrong(one_look + "{procedure: holm, hypotheses: {pfs: {}}}"),
              HasSubstr("design.multiplicity.hypotheses: are 1 (from 2 to 8 analyses)"));
  EXPECT_THAT(
      wrong(one_look + "{procedure: holm, hypotheses: {pfs: {}, km: {}}}"),
      HasSubstr("design.multiplicity.hypotheses.km: is not an analysis with a one-sided test (pfs, os or orr)"));
  EXPECT_THAT(wrong(one_look + "{procedure: holm, hypotheses: {pfs: {weight: 0.7}, os: {weight: 0.6}}}"),
              HasSubstr("design.multiplicity.hypotheses.os.weight: makes the sum of the weights 1.3 (at most 1)"));
  EXPECT_THAT(wrong(one_look + "{procedure: graphical, hypotheses: {pfs: {weight: 1, to: {os: 0.6, orr: 0.6}}, "
                               "os: {weight: 0}, orr: {weight: 0, to: {orr: 1}}}}"),
              testing::AllOf(HasSubstr("hypotheses.pfs.to: passes on 1.2 of the share (at most 1 in sum)"),
                             HasSubstr("hypotheses.orr.to.orr: is not another hypothesis (pfs or os)")));
  EXPECT_THAT(wrong(two_looks + "{procedure: hochberg, hypotheses: {pfs: {}, os: {final_events: 90}}}"),
              HasSubstr("design.multiplicity.procedure: hochberg holds alpha at one look"));
  EXPECT_THAT(wrong(two_looks + "{procedure: hierarchical, hypotheses: {pfs: {}, os: {}}}"),
              HasSubstr("hypotheses.os: says how much is known of it at each look by final_events, or by information"));
  EXPECT_THAT(wrong(two_looks + "{procedure: hierarchical, hypotheses: {pfs: {}, os: {information: [0.5, 0.4]}}}"),
              HasSubstr("hypotheses.os.information: is not one fraction for each look"));
  EXPECT_THAT(wrong("futility: {z: [0], binding: true}, " + two_looks +
                    "{procedure: hierarchical, hypotheses: {pfs: {}, os: {final_events: 90}}}"),
              HasSubstr("design.futility: is binding beside multiplicity"));
  EXPECT_THAT(wrong("efficacy: {boundary: pocock}, " + two_looks +
                    "{procedure: holm, hypotheses: {pfs: {}, os: {final_events: 90}}}"),
              HasSubstr("for which a classical boundary is not made"));
  EXPECT_THAT(wrong(one_look + "{procedure: holm, hypotheses: {pfs: {}, os: {}}, true_nulls: [orr]}"),
              HasSubstr("design.multiplicity.true_nulls[0]: 'orr' is not a hypothesis"));
}

}  // namespace
}  // namespace oligosim
