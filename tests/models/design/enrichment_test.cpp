// Going on with a subgroup alone: the tests of both hypotheses together, what is decided by hand, and whole trials
// against a naive simulation of normal statistics.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/combination_test.hpp"
#include "engine/statistics/sequential/intersection_test.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

TEST(IntersectionTest, OracleClosedForms) {
  EXPECT_NEAR(intersection_z(Intersection::bonferroni, 2.3, 1, 0.5), normal_quantile(1 - 2 * normal_cdf(-2.3)), 1e-12);
  EXPECT_NEAR(intersection_z(Intersection::simes, 2.3, 1, 0.5), normal_quantile(1 - 2 * normal_cdf(-2.3)), 1e-12);
  EXPECT_NEAR(intersection_z(Intersection::simes, 2.3, 2.2, 0.5), 2.2, 1e-12);
  // Of independent statistics, and of one and the same.
  EXPECT_NEAR(intersection_z(Intersection::spiessens_debois, 2.3, 1, 0), normal_quantile(std::pow(normal_cdf(2.3), 2)),
              1e-9);
  EXPECT_NEAR(intersection_z(Intersection::spiessens_debois, 2.3, 2.3, 1), 2.3, 1e-9);
  EXPECT_NEAR(intersection_z(Intersection::simes, missing, 2, 0.5), normal_quantile(1 - 2 * normal_cdf(-2.0)), 1e-12);
}

// Two equally correlated normals are both below 0 with probability 1/4 + asin(r) / (2 pi) (Sheppard).
TEST(IntersectionTest, OracleCorrelatedAtZero) {
  const double r = std::sqrt(0.4);
  EXPECT_NEAR(normal_cdf(intersection_z(Intersection::spiessens_debois, 0, -1, r)),
              0.25 + std::asin(r) / (2 * std::numbers::pi), 1e-9);
}

/// OP patients are 60 %, the others without an effect of the treatment unless said.
std::string study_of(const std::string& design, double op, double om, int replicates = 100) {
  return fmt::format(R"(study: enrichment
seed: 6
replicates: {}
disease: {{model: cohorts, cohorts: {{OP: {{os: {{median_months: 10}}}}, OM: {{os: {{median_months: 10}}}}}}}}
cohort: {{OP: 0.6, OM: 0.4}}
arms: {{control: {{}}, sbrt: {{effects: {{OP: {{os: {{hazard_ratio: {}}}}}, OM: {{os: {{hazard_ratio: {}}}}}}}}}}}
trial: {{enrollment: {{patients: 240, over_months: 20}}, randomization: {{blocks: [4]}}}}
truth: {{patients: 20000}}
design:
  kind: enrichment
  primary: whole
  looks: [{{at_events: 60, of: os}}, {{at_events: 150, of: os}}]
  subgroup: {{column: cohort, levels: [OP], analysis: op, at_events: 110}}
  {}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  populations: {{OP: {{cohort: OP}}}}
  analyses:
    - {{name: whole, method: log_rank, endpoint: os, by: arm}}
    - {{name: op, method: log_rank, endpoint: os, by: arm, population: OP}}
)",
                     replicates, op, om, design);
}

const std::string by_power = "go_on: {whole: 0.5, subgroup: 0.3}";

/// A trial that shows what it is told to of the whole population and the subgroup.
class ScriptedTrial : public Conduct {
 public:
  explicit ScriptedTrial(std::vector<HypothesisResult> shown) : shown_(std::move(shown)) {}
  LookResult analyze_at(const Look& look) override {
    asked.push_back(*look.events);
    among = look.among.has_value();
    LookResult result;
    result.hypotheses = std::span(shown_).first(2 * asked.size());
    return result;
  }
  void stop(Decision d, const LastStage& /*at*/) override { decision = d; }
  void reject(HypothesisSet hypotheses) override { rejected = hypotheses; }
  void enroll_only(const Subgroup& group) override { levels = group.levels; }
  void take(std::size_t number) override { course = number; }

  std::vector<std::size_t> asked;
  bool among = false;
  std::uint32_t levels = 0;
  std::size_t course = 99;
  HypothesisSet rejected = 0;
  Decision decision = Decision::none;

 private:
  std::vector<HypothesisResult> shown_;
};

ScriptedTrial conducted(const std::string& design, std::vector<HypothesisResult> shown) {
  const Study study = study_from(study_of(design, 0.7, 0.7));
  ScriptedTrial trial(std::move(shown));
  study.scenarios[0].design->conduct(trial);
  return trial;
}

TEST(Enrichment, OracleChoosesByConditionalPower) {
  const CombinationTest test{0.4, normal_quantile(0.975)};
  const auto power = [&](double z, double seen, double wanted) {
    return test.conditional_power(z, z / std::sqrt(seen), wanted - seen);
  };
  ASSERT_TRUE(power(1.5, 60, 150) > 0.5 && power(1.0, 60, 150) < 0.5 && power(1.3, 40, 110) > 0.3);
  const ScriptedTrial all = conducted(
      by_power, {{.z = 1.5, .events = 60}, {.z = 0, .events = 40}, {.z = 2, .events = 150}, {.z = 0, .events = 90}});
  EXPECT_EQ(all.course, 0u);
  EXPECT_THAT(all.asked, testing::ElementsAre(60, 150));
  EXPECT_FALSE(all.among);
  const ScriptedTrial op = conducted(
      by_power, {{.z = 1, .events = 60}, {.z = 1.3, .events = 40}, {.z = 1, .events = 130}, {.z = 2.5, .events = 110}});
  EXPECT_EQ(op.course, 1u);
  EXPECT_THAT(op.asked, testing::ElementsAre(60, 110));
  EXPECT_TRUE(op.among);
  EXPECT_EQ(op.levels, 1u);
  EXPECT_EQ(op.rejected, 2u);  // the subgroup alone
  const ScriptedTrial stopped = conducted(by_power, {{.z = 0.5, .events = 60}, {.z = 0.5, .events = 40}});
  EXPECT_EQ(stopped.course, 2u);
  EXPECT_EQ(stopped.decision, Decision::futility);
}

TEST(Enrichment, ContractRulesInWords) {
  const auto rules_of = [](const std::string& design) {
    return study_from(study_of(design, 0.7, 0.7)).scenarios[0].design->rules();
  };
  EXPECT_THAT(rules_of(by_power),
              testing::ElementsAre("all patients go on where the conditional power of whole is at least 50 %",
                                   "else the subgroup alone, to 110 events of its own, where the conditional power of "
                                   "op is at least 30 %",
                                   "else the trial stops"));
  const auto by_ratio = rules_of("go_on: {by: hazard_ratio, whole: 0.8, subgroup: 0.65}");
  EXPECT_THAT(by_ratio[0], HasSubstr("the hazard ratio of whole is at most 0.8"));
  EXPECT_THAT(by_ratio[1], HasSubstr("the hazard ratio of op is at most 0.65"));
}

// exp(-2 z / sqrt(events)) of equal arms is the hazard ratio that the log-rank statistic says.
TEST(Enrichment, OracleChoosesByTheHazardRatio) {
  const std::string by_ratio = "go_on: {by: hazard_ratio, whole: 0.8, subgroup: 0.65}";
  const double whole = -std::log(0.8) * std::sqrt(60) / 2, op = -std::log(0.65) * std::sqrt(40) / 2;
  const auto course = [&](double z, double of_op) {
    return conducted(by_ratio, {{.z = z, .events = 60}, {.z = of_op, .events = 40}, {.events = 150}, {.events = 110}})
        .course;
  };
  EXPECT_EQ(course(whole + 1e-9, 0), 0u);
  EXPECT_EQ(course(whole - 1e-9, op + 1e-9), 1u);
  EXPECT_EQ(course(whole - 1e-9, op - 1e-9), 2u);
}

// By hand: Bonferroni at the first stage, the subgroup's second stage for both, weights 0.4 and 0.6.
TEST(Enrichment, OracleTheClosedTestAfterGoingOnWithTheSubgroup) {
  const auto rejected = [&](double z_last) {
    return conducted("intersection: bonferroni\n  " + by_power, {{.z = 1, .events = 60},
                                                                 {.z = 1.3, .events = 40},
                                                                 {.z = 1, .events = 130},
                                                                 {.z = z_last, .events = 110}})
        .rejected;
  };
  const double first = normal_quantile(1 - 2 * normal_cdf(-1.3));
  const double second = (normal_quantile(0.975) - std::sqrt(0.4) * first) / std::sqrt(0.6);
  const double z_last = (std::sqrt(70.0) * second + std::sqrt(40.0) * 1.3) / std::sqrt(110.0);
  EXPECT_EQ(rejected(z_last + 1e-6), 2u);
  EXPECT_EQ(rejected(z_last - 1e-6), 0u);
}

struct NaivePatient {
  double entry, event;
  int arm;
  bool op;
};

/// Log-rank z and events known at a time; positive where arm 1 does better.
std::pair<double, double> log_rank_of(const std::vector<NaivePatient>& all, double now, bool op_alone) {
  double difference = 0, variance = 0, events = 0;
  for (const NaivePatient& p : all) {
    if ((op_alone && !p.op) || p.entry >= now || p.entry + p.event > now) continue;
    double at_risk[2] = {0, 0};
    for (const NaivePatient& q : all)
      if ((!op_alone || q.op) && q.entry < now && std::min(q.event, now - q.entry) >= p.event) ++at_risk[q.arm];
    const double share = at_risk[1] / (at_risk[0] + at_risk[1]);
    difference += share - p.arm;
    variance += share * (1 - share);
    ++events;
  }
  return {difference / std::sqrt(variance), events};
}

double time_of(const std::vector<NaivePatient>& all, std::size_t events, bool op_alone) {
  std::vector<double> times;
  for (const NaivePatient& p : all)
    if (!op_alone || p.op) times.push_back(p.entry + p.event);
  std::ranges::sort(times);
  return times[events - 1];
}

/// What became of a trial: course, claims of the whole and the subgroup, patients.
struct Outcome {
  int course;
  bool whole, op;
  double patients;
};

Outcome naive_trial(std::mt19937_64& random, double op_ratio, double om_ratio) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::exponential_distribution<double> exponential(std::log(2) / 10);
  std::vector<NaivePatient> all(240);
  for (std::size_t i = 0; i < all.size(); i += 4) {
    int arms[] = {0, 0, 1, 1};
    std::shuffle(arms, arms + 4, random);
    for (std::size_t k = 0; k < 4; ++k) {
      NaivePatient& p = all[i + k];
      p = {20 * uniform(random), exponential(random), arms[k], uniform(random) < 0.6};
      if (p.arm == 1) p.event /= p.op ? op_ratio : om_ratio;
    }
  }
  const auto upper = [](double z) { return 0.5 * std::erfc(z / std::sqrt(2)); };
  const auto quantile = [](double p) { return normal_quantile(1 - p); };
  const double critical = 1.959963984540054, now = time_of(all, 60, false);
  const auto [z_f, d_f] = log_rank_of(all, now, false);
  const auto [z_s, d_s] = log_rank_of(all, now, true);
  const auto power = [&](double z, double d, double wanted) {
    return upper((critical - std::sqrt(0.4) * z) / std::sqrt(0.6) - z / std::sqrt(d) * std::sqrt(wanted - d));
  };
  const auto simes = [&](double a, double b) {
    return quantile(std::min(2 * upper(std::max(a, b)), upper(std::min(a, b))));
  };
  const auto together = [&](double a, double b) { return std::sqrt(0.4) * a + std::sqrt(0.6) * b >= critical; };
  const auto later = [](double z1, double d1, double z2, double d2) {
    return (std::sqrt(d2) * z2 - std::sqrt(d1) * z1) / std::sqrt(d2 - d1);
  };
  const auto entered = [&](double until) {
    return static_cast<double>(std::ranges::count_if(all, [&](const NaivePatient& p) { return p.entry < until; }));
  };
  if (power(z_f, d_f, 150) >= 0.5) {
    const double end = time_of(all, 150, false);
    const auto [y_f, e_f] = log_rank_of(all, end, false);
    const auto [y_s, e_s] = log_rank_of(all, end, true);
    const double f = later(z_f, d_f, y_f, e_f), s = later(z_s, d_s, y_s, e_s);
    const bool either = together(simes(z_f, z_s), simes(f, s));
    return {0, either && together(z_f, f), either && together(z_s, s), entered(end)};
  }
  if (power(z_s, d_s, 110) < 0.3) return {2, false, false, entered(now)};
  std::erase_if(all, [&](const NaivePatient& p) { return !p.op && p.entry >= now; });
  const double end = time_of(all, 110, true);
  const auto [y_s, e_s] = log_rank_of(all, end, true);
  const double s = later(z_s, d_s, y_s, e_s);
  return {1, false, together(z_s, s) && together(simes(z_f, z_s), s), entered(end)};
}

TEST(Enrichment, StatisticalNaiveSecondSimulation) {
  const int naive = 4000;
  std::mt19937_64 random(17);
  double share[3] = {}, whole = 0, op = 0, patients = 0;
  for (int k = 0; k < naive; ++k) {
    const Outcome o = naive_trial(random, 0.55, 0.95);
    share[o.course] += 1.0 / naive;
    whole += o.whole / static_cast<double>(naive);
    op += o.op / static_cast<double>(naive);
    patients += o.patients / naive;
  }
  const auto rows = run_in_memory(study_from(study_of(by_power, 0.55, 0.95, 10000)), 2, false);
  const auto near = [&](const Measure& m, double theirs, double spread) {
    EXPECT_NEAR(m.value, theirs, 4 * std::hypot(m.mcse, spread / std::sqrt(naive)));
  };
  const auto of_course = [&](const char* course) {
    for (const SummaryRow& row : rows)
      if (row.metric == "course_share" && row.label.term == course) return row.measure;
    throw std::runtime_error("no course");
  };
  near(of_course("all"), share[0], 0.5);
  near(of_course("subgroup"), share[1], 0.5);
  near(of_course("stop"), share[2], 0.5);
  near(row_of(rows, "base", "adjusted_reject", "whole").measure, whole, 0.5);
  near(row_of(rows, "base", "adjusted_reject", "op").measure, op, 0.5);
  near(row_of(rows, "base", "expected_n", "whole").measure, patients, 25);
  EXPECT_GT(share[1], 0.1);
}

TEST(Enrichment, StatisticalFamilywiseErrorHolds) {
  for (const char* test : {"simes", "bonferroni", "spiessens_debois"}) {
    const std::string design = std::string("intersection: ") + test + "\n  true_nulls: [whole, op]\n  " + by_power;
    const auto rows = run_in_memory(study_from(study_of(design, 1, 1, 20000)), 2, false);
    const Measure m = row_of(rows, "base", "familywise_error", "whole").measure;
    EXPECT_LT(m.value, 0.025 + 3 * m.mcse) << test;
    EXPECT_EQ(m.value, row_of(rows, "base", "reject", "whole").measure.value) << test;
  }
}

TEST(Enrichment, ContractMistakes) {
  const auto mistake = [](const std::string& from, const std::string& to) {
    std::string text = study_of(by_power, 1, 1);
    text.replace(text.find(from), from.size(), to);
    return mistakes(text);
  };
  EXPECT_THAT(mistake("levels: [OP]", "levels: [OP, OM]"), HasSubstr("subgroup.levels: are all there are"));
  EXPECT_THAT(mistake("column: cohort", "column: sex"), HasSubstr("'sex' is not a baseline category"));
  EXPECT_THAT(mistake("analysis: op", "analysis: whole"), HasSubstr("subgroup.analysis: 'whole' is not"));
  EXPECT_THAT(mistake("at_events: 110", "at_events: 241"), HasSubstr("are more than the 240 patients"));
  EXPECT_THAT(mistake("whole: 0.5", "whole: 1.5"), HasSubstr("go_on.whole"));
}

}  // namespace
}  // namespace oligosim
