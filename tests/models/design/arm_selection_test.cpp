// Dropping arms at interim looks: what is decided, by hand; whole trials against a naive second simulation of patients
// and against rpact's of normal statistics; the familywise level.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "models/study/page/operating_page.hpp"
#include "models/study/page/verdict_page.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Setting {
  std::string design = "select: {keep: 1}";
  double low = 1, high = 1;
  int replicates = 100;
  std::string looks = "[{at_events: 60, of: os}, {at_events: 150, of: os}]";
};

std::string study_of(const Setting& s) {
  return fmt::format(R"(study: arms
seed: 6
replicates: {}
disease: {{os: {{median_months: 10}}}}
arms: {{control: {{}}, low: {{effects: {{os: {{hazard_ratio: {}}}}}}}, high: {{effects: {{os: {{hazard_ratio: {}}}}}}}}}
trial: {{enrollment: {{patients: 240, over_months: 24}}, randomization: {{blocks: [6]}}}}
truth: {{patients: 20000}}
design:
  kind: arm_selection
  primary: high
  looks: {}
  comparisons: [low, high]
  {}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: low, method: log_rank, endpoint: os, by: arm, levels: [control, low]}}
    - {{name: high, method: log_rank, endpoint: os, by: arm, levels: [control, high]}}
    - {{name: high_cox, method: cox, endpoint: os, terms: [arm], levels: {{arm: [control, high]}}}}
)",
                     s.replicates, s.low, s.high, s.looks, s.design);
}

/// A trial that shows what it is told to of the comparisons, look by look.
class ScriptedTrial : public Conduct {
 public:
  ScriptedTrial(std::vector<HypothesisResult> shown, std::size_t known) : shown_(std::move(shown)), known_(known) {}
  LookResult analyze_at(const Look& look) override {
    asked.push_back(*look.events);
    counted = look.of_arms;
    LookResult result;
    result.hypotheses = std::span(shown_).first(2 * asked.size());
    return result;
  }
  void stop(Decision d, const LastStage& /*at*/) override { decision = d; }
  void stop(Decision d, std::span<const CombinedEffect> of) override {
    decision = d;
    effects.assign(of.begin(), of.end());
  }
  void reject(HypothesisSet hypotheses) override { rejected = hypotheses; }
  void keep_arms(ArmSet arms, bool refill) override {
    kept = arms;
    refilled = refill;
  }
  std::size_t events_known(ArmSet /*arms*/) override { return known_; }
  void take(std::size_t number) override { course = number; }

  std::vector<std::size_t> asked;
  std::optional<ArmSet> counted;
  ArmSet kept = 0;
  bool refilled = false;
  std::size_t course = 99;
  HypothesisSet rejected = 0;
  Decision decision = Decision::none;
  std::vector<CombinedEffect> effects;

 private:
  std::vector<HypothesisResult> shown_;
  std::size_t known_;
};

constexpr ArmSet control_low = 3, control_high = 5;

ScriptedTrial conducted(const Setting& setting, std::vector<HypothesisResult> shown, std::size_t known = 45) {
  const Study study = study_from(study_of(setting));
  ScriptedTrial trial(std::move(shown), known);
  study.scenarios[0].design->conduct(trial);
  return trial;
}

HypothesisResult seen(double z, double events) { return {.z = z, .events = events}; }

TEST(ArmSelection, OracleTheBestGoesOn) {
  const ScriptedTrial t = conducted({}, {seen(0.5, 40), seen(0.9, 38), seen(0.2, 60), seen(2.5, 128)});
  EXPECT_EQ(t.kept, control_high);
  EXPECT_TRUE(t.refilled);
  EXPECT_EQ(t.course, 1u);                     // low, high, stop
  EXPECT_THAT(t.asked, ElementsAre(60, 135));  // 90 more than the 45 known in these arms
  EXPECT_EQ(t.counted, control_high);
  EXPECT_TRUE(std::isnan(t.effects[0].estimate));
  const ScriptedTrial part = conducted({.design = "select: {keep: 1}\n  refill: false"},
                                       {seen(0.9, 40), seen(0.5, 38), seen(2.5, 100), seen(0.2, 60)});
  EXPECT_EQ(part.kept, control_low);
  EXPECT_FALSE(part.refilled);
  EXPECT_THAT(part.asked, ElementsAre(60, 100));  // two thirds of 150
}

TEST(ArmSelection, OracleRulesOfSelection) {
  const auto kept = [](const std::string& select, double low, double high) {
    const ScriptedTrial t =
        conducted({.design = "select: " + select}, {seen(low, 40), seen(high, 40), seen(0, 100), seen(0, 100)});
    return t.decision == Decision::futility ? ArmSet{0} : t.kept;
  };
  EXPECT_EQ(kept("{within: 0.4}", 1.0, 1.3), 0u);  // both: nothing is dropped
  EXPECT_EQ(kept("{within: 0.2}", 1.0, 1.3), control_high);
  EXPECT_EQ(kept("{threshold: 0.5}", 0.4, 0.6), control_high);
  EXPECT_EQ(kept("{threshold: 0.5}", 0.6, 0.4), control_low);
  EXPECT_EQ(kept("{threshold: 0.5}", 0.4, 0.3), 0u);
  // exp(-2 z / sqrt(events)) is the hazard ratio that a log-rank statistic of equal arms says.
  const double z = -std::log(0.8) * std::sqrt(40) / 2;
  EXPECT_EQ(kept("{by: hazard_ratio, threshold: 0.8}", z + 1e-9, z - 1e-9), control_low);
  EXPECT_EQ(kept("{by: hazard_ratio, threshold: 0.8}", z - 1e-9, z - 1e-9), 0u);
  const double better = -std::log(0.7) * std::sqrt(40) / 2;
  EXPECT_EQ(kept("{by: hazard_ratio, within: 0.0999}", z, better), control_high);
  EXPECT_EQ(kept("{by: hazard_ratio, within: 0.1001}", z, better), 0u);
  EXPECT_EQ(kept("{keep: 1}", missing, 0.3), control_high);
}

TEST(ArmSelection, ContractCoursesAndRulesInWords) {
  const Study both = study_from(study_of({.design = "select: {by: hazard_ratio, threshold: 0.9, within: 0.1}"}));
  EXPECT_THAT(both.scenarios[0].design->courses(), ElementsAre("low", "high", "low + high", "stop"));
  EXPECT_THAT(
      both.scenarios[0].design->rules(),
      ElementsAre("at an interim look all arms go on whose hazard ratio is within 0.1 of the best and is at most "
                  "0.9; where none is, the trial stops",
                  "patients of arms that were dropped go to the others, and the events still to come are all "
                  "awaited there"));
  const Study best = study_from(study_of({.design = "select: {keep: 1}\n  refill: false"}));
  EXPECT_THAT(best.scenarios[0].design->courses(), ElementsAre("low", "high", "stop"));
  EXPECT_EQ(best.scenarios[0].design->rules()[0], "at an interim look the best arm goes on");
}

// By hand: Bonferroni at the first stage, the arm that goes on for both hypotheses at the second, weights 0.4 and 0.6.
TEST(ArmSelection, OracleTheClosedTestAfterDropping) {
  const auto rejected = [&](double z_last) {
    return conducted({.design = "intersection: bonferroni\n  select: {keep: 1}"},
                     {seen(1, 40), seen(1.3, 40), seen(1, 60), seen(z_last, 130)})
        .rejected;
  };
  const double first = normal_quantile(1 - 2 * normal_cdf(-1.3));
  const double second = (normal_quantile(0.975) - std::sqrt(0.4) * first) / std::sqrt(0.6);
  const double z_last = (std::sqrt(90.0) * second + std::sqrt(40.0) * 1.3) / std::sqrt(130.0);
  EXPECT_EQ(rejected(z_last + 1e-6), 2u);
  EXPECT_EQ(rejected(z_last - 1e-6), 0u);
}

// With `efficacy` an arm may be claimed at the interim look; the trial then ends, or goes on for the other.
TEST(ArmSelection, OracleClaimsAtTheInterimLook) {
  const std::string boundaries = "efficacy: {spending: pocock}\n  select: {threshold: -1}";
  const std::vector<HypothesisResult> shown{seen(1.2, 40), seen(3.5, 40), seen(2.9, 100), seen(3.5, 60)};
  const ScriptedTrial any = conducted({.design = boundaries}, shown);
  EXPECT_EQ(any.rejected, 2u);
  EXPECT_EQ(any.decision, Decision::efficacy);
  EXPECT_EQ(any.asked.size(), 1u);
  const ScriptedTrial all = conducted({.design = boundaries + "\n  ends_when: all_rejected"}, shown);
  EXPECT_EQ(all.kept, control_low);  // the arm claimed gets no more patients
  EXPECT_EQ(all.rejected, 3u);
  EXPECT_THAT(all.asked, ElementsAre(60, 135));
  EXPECT_FALSE(std::isnan(all.effects[1].estimate));  // by its own stage
}

// A look on the day of the one before shows nothing new of an arm, which the later ones then make up for.
TEST(ArmSelection, OracleAStageWithoutNews) {
  const Setting three{.design = "intersection: bonferroni",
                      .looks = "[{at_events: 30, of: os}, {at_events: 60, of: os}, {at_events: 150, of: os}]"};
  const auto rejected = [&](double z_last) {
    return conducted(three, {seen(missing, 0), seen(1, 20), seen(1.5, 40), seen(1, 20), seen(z_last, 100), seen(0, 80)})
        .rejected;
  };
  // Of low alone: nothing of the first stage, 40 events of the second, 60 of the third; of both, Bonferroni in the
  // third.
  const double both = (normal_quantile(0.975) - std::sqrt(0.2) * 1 - std::sqrt(0.2) * 1.5) / std::sqrt(0.6);
  const double alone = (normal_quantile(0.975) - std::sqrt(0.2) * 1.5) / std::sqrt(0.6);
  const double third = std::max(alone, -normal_quantile(normal_cdf(-both) / 2));
  const double z_last = (std::sqrt(60.0) * third + std::sqrt(40.0) * 1.5) / std::sqrt(100.0);
  EXPECT_EQ(rejected(z_last + 1e-6), 1u);
  EXPECT_EQ(rejected(z_last - 1e-6), 0u);
}

// Where nothing is known of any arm yet, and nothing is asked for, all go on; where something is, the trial stops.
TEST(ArmSelection, ContractArmsOfWhichNothingIsKnown) {
  const std::vector<HypothesisResult> shown{seen(missing, 0), seen(missing, 0), seen(0, 100), seen(0, 100)};
  const ScriptedTrial all = conducted({.design = "intersection: simes"}, shown);
  EXPECT_EQ(all.asked.size(), 2u);
  EXPECT_EQ(all.kept, 0u);
  const ScriptedTrial stopped = conducted({.design = "select: {threshold: 0}"}, shown);
  EXPECT_EQ(stopped.decision, Decision::futility);
  EXPECT_TRUE(stopped.effects[0].dropped && stopped.effects[1].dropped);
}

struct NaivePatient {
  double entry, event;
  int arm;
};

class NaiveTrial {
 public:
  NaiveTrial(std::uint64_t seed, double low, double high) : random_(seed), ratio_{1, low, high} {}

  struct Outcome {
    int course;  // 0 low, 1 high, 2 stop
    bool low, high;
    double patients, months;
  };

  /// The better arm goes on if its z is above 0, with as many patients and events as planned or not.
  Outcome run(bool refill) {
    all_.assign(240, {});
    assign(0, {0, 1, 2});
    std::uniform_real_distribution<double> uniform(0, 24);
    for (NaivePatient& p : all_) p.entry = uniform(random_);
    std::ranges::sort(all_, {}, &NaivePatient::entry);
    const double now = time_of(60, {true, true, true});
    const auto [z1, d1] = log_rank(1, now);
    const auto [z2, d2] = log_rank(2, now);
    const int best = z1 > z2 ? 1 : 2;
    const double z = std::max(z1, z2), d = best == 1 ? d1 : d2;
    const auto entered = [&](double until) {
      return static_cast<double>(std::ranges::count_if(all_, [&](const NaivePatient& p) { return p.entry < until; }));
    };
    if (z < 0) return {2, false, false, entered(now), now};
    const auto from = static_cast<std::size_t>(entered(now));
    std::array<bool, 3> counted{true, best == 1, best == 2};
    const std::size_t known = events_by(now, counted);
    if (!refill) all_.resize(from + static_cast<std::size_t>(std::lround((240.0 - static_cast<double>(from)) * 2 / 3)));
    assign(from, {0, best});
    const double end = time_of(refill ? known + 90 : 100, counted);
    const auto [y, e] = log_rank(best, end);
    const double later = (std::sqrt(e) * y - std::sqrt(d) * z) / std::sqrt(e - d);
    const bool alone = together(z, later), both = together(simes(z1, z2), later);
    return {best - 1, best == 1 && alone && both, best == 2 && alone && both, entered(end), end};
  }

 private:
  static double upper(double z) { return 0.5 * std::erfc(z / std::sqrt(2)); }
  static bool together(double a, double b) { return std::sqrt(0.4) * a + std::sqrt(0.6) * b >= 1.959963984540054; }
  static double simes(double a, double b) {
    return normal_quantile(1 - std::min(2 * upper(std::max(a, b)), upper(std::min(a, b))));
  }

  /// Patients from here on, in blocks of two of each arm.
  void assign(std::size_t from, const std::vector<int>& arms) {
    std::vector<int> block;
    for (std::size_t i = from; i < all_.size(); ++i) {
      if (block.empty()) {
        for (const int arm : arms) block.insert(block.end(), 2, arm);
        std::shuffle(block.begin(), block.end(), random_);
      }
      all_[i].arm = block.back();
      block.pop_back();
      std::exponential_distribution<double> event(std::log(2) / 10 * ratio_[static_cast<std::size_t>(all_[i].arm)]);
      all_[i].event = event(random_);
    }
  }

  double time_of(std::size_t events, const std::array<bool, 3>& counted) const {
    std::vector<double> times;
    for (const NaivePatient& p : all_)
      if (counted[static_cast<std::size_t>(p.arm)]) times.push_back(p.entry + p.event);
    std::ranges::sort(times);
    return times[events - 1];
  }

  std::size_t events_by(double now, const std::array<bool, 3>& counted) const {
    return static_cast<std::size_t>(std::ranges::count_if(all_, [&](const NaivePatient& p) {
      return counted[static_cast<std::size_t>(p.arm)] && p.entry + p.event <= now;
    }));
  }

  /// z and events known at a time of an arm and the control; positive where the arm does better.
  std::pair<double, double> log_rank(int arm, double now) const {
    double difference = 0, variance = 0, events = 0;
    for (const NaivePatient& p : all_) {
      if ((p.arm != 0 && p.arm != arm) || p.entry >= now || p.entry + p.event > now) continue;
      double at_risk[2] = {0, 0};
      for (const NaivePatient& q : all_)
        if ((q.arm == 0 || q.arm == arm) && q.entry < now && std::min(q.event, now - q.entry) >= p.event)
          ++at_risk[q.arm == arm];
      const double share = at_risk[1] / (at_risk[0] + at_risk[1]);
      difference += share - (p.arm == arm);
      variance += share * (1 - share);
      ++events;
    }
    return {difference / std::sqrt(variance), events};
  }

  std::mt19937_64 random_;
  std::array<double, 3> ratio_;
  std::vector<NaivePatient> all_;
};

double course_share(const std::vector<SummaryRow>& rows, const std::string& course) {
  for (const SummaryRow& row : rows)
    if (row.metric == "course_share" && row.label.term == course) return row.measure.value;
  throw std::runtime_error("no course " + course);
}

TEST(ArmSelection, StatisticalNaiveSecondSimulation) {
  for (const bool refill : {true, false}) {
    const int naive = 4000;
    NaiveTrial trial(23, 0.75, 0.65);
    double share[3] = {}, low = 0, high = 0, patients = 0, months = 0;
    for (int k = 0; k < naive; ++k) {
      const NaiveTrial::Outcome o = trial.run(refill);
      share[o.course] += 1.0 / naive;
      low += o.low / static_cast<double>(naive);
      high += o.high / static_cast<double>(naive);
      patients += o.patients / naive;
      months += o.months / naive;
    }
    const std::string design =
        fmt::format("intersection: simes\n  select: {{keep: 1, threshold: 0}}\n  refill: {}", refill);
    const auto rows = run_in_memory(study_from(study_of({design, 0.75, 0.65, 20000})), 2, false);
    const auto near = [&](double own, double theirs, double spread) {
      EXPECT_NEAR(own, theirs, 4 * spread * std::sqrt(1.0 / naive + 1.0 / 20000)) << "refill " << refill;
    };
    near(course_share(rows, "low"), share[0], 0.5);
    near(course_share(rows, "high"), share[1], 0.5);
    near(course_share(rows, "stop"), share[2], 0.25);
    near(row_of(rows, "base", "adjusted_reject", "low").measure.value, low, 0.4);
    near(row_of(rows, "base", "adjusted_reject", "high").measure.value, high, 0.5);
    near(row_of(rows, "base", "expected_n", "high").measure.value, patients, 12);
    near(row_of(rows, "base", "expected_duration_months", "high").measure.value, months, 4);
    EXPECT_GT(low, 0.1);
  }
}

// rpact has normal statistics, the events of each arm as proportional hazards give them, and no patients: what it says
// is within a few percent.
TEST(ArmSelection, OracleRpact) {
  const test::ReferenceTable reference("arm_selection.csv");
  for (std::size_t row = 0; row < reference.size(); ++row) {
    const std::string selection = reference.text(row, "selection");
    const std::string select = selection == "best"  ? "{keep: 1, threshold: 0}"
                               : selection == "all" ? "{}"
                                                    : "{within: 0.5}";
    const auto number = [&](const char* name) { return reference.number(row, name); };
    const auto rows = run_in_memory(
        study_from(study_of({.design = "ends_when: all_rejected\n  select: " + select,
                             .low = number("low"),
                             .high = number("high"),
                             .replicates = 20000,
                             .looks = fmt::format("[{{at_events: {}, of: os}}, {{at_events: {}, of: os}}]",
                                                  number("first"), number("last"))})),
        2, false);
    const auto near = [&](double own, double theirs) {
      EXPECT_NEAR(own, theirs, 4 * std::sqrt(theirs * (1 - theirs) * (1.0 / 20000 + 1.0 / 40000)) + 0.015)
          << reference.describe(row);
    };
    near(row_of(rows, "base", "adjusted_reject", "low").measure.value, number("reject_low"));
    near(row_of(rows, "base", "adjusted_reject", "high").measure.value, number("reject_high"));
    near(row_of(rows, "base", "adjusted_reject_any", "high").measure.value, number("any"));
    near(row_of(rows, "base", "stop_futility", "high").measure.value, number("stop"));
    double low = 0, high = 0;
    for (const SummaryRow& r : rows)
      if (r.metric == "course_share") {
        low += r.label.term.find("low") != std::string::npos ? r.measure.value : 0;
        high += r.label.term.find("high") != std::string::npos ? r.measure.value : 0;
      }
    near(low, number("goes_on_low"));
    near(high, number("goes_on_high"));
  }
}

// Of no effect at all, and of one arm alone.
TEST(ArmSelection, StatisticalFamilywiseErrorHolds) {
  for (const char* test : {"dunnett", "simes", "sidak", "bonferroni"})
    for (const double high : {1.0, 0.6}) {
      const std::string nulls = high == 1 ? "[low, high]" : "[low]";
      const std::string design = fmt::format(
          "intersection: {}\n  true_nulls: {}\n  ends_when: all_rejected\n  efficacy: {{spending: pocock}}\n"
          "  select: {{within: 1}}",
          test, nulls);
      const auto rows = run_in_memory(study_from(study_of({design, 1, high, 20000})), 2, false);
      const Measure m = row_of(rows, "base", "familywise_error", "high").measure;
      EXPECT_LT(m.value, 0.025 + 3 * m.mcse) << test << " " << high;
      if (high == 1 && std::string(test) == "dunnett") {
        EXPECT_GT(m.value, 0.025 - 4 * m.mcse);
      }
    }
}

// The p value of an arm is at most alpha where, and only where, it is claimed: also where the trial ends early for
// another.
TEST(ArmSelection, PropertyThePValueIsTheClaim) {
  const auto rows = run_in_memory(study_from(study_of({"efficacy: {spending: pocock}", 0.8, 0.5, 10000})), 2, false);
  ASSERT_GT(row_of(rows, "base", "stop_efficacy", "high").measure.value, 0.5);
  for (const char* arm : {"low", "high"})
    EXPECT_EQ(row_of(rows, "base", "power", arm, "combined_hazard_ratio").measure.value,
              row_of(rows, "base", "adjusted_reject", arm).measure.value)
        << arm;
}

// The repeated limits of each arm that is left hold the level on either side.
TEST(ArmSelection, StatisticalRepeatedLimitsCover) {
  const auto rows = run_in_memory(study_from(study_of({"select: {keep: 1}", 0.7, 0.7, 20000})));
  const SummaryRow& power = row_of(rows, "base", "power", "high", "combined_hazard_ratio");
  EXPECT_EQ(power.measure.value, row_of(rows, "base", "adjusted_reject", "high").measure.value);
  const Measure above = row_of(rows, "base", "miss_above", "high", "combined_hazard_ratio").measure;
  const Measure below = row_of(rows, "base", "miss_below", "high", "combined_hazard_ratio").measure;
  // Of all trials, those in which the arm was dropped among them.
  EXPECT_LT(above.value * 0.5, 0.025 + 3 * above.mcse);
  EXPECT_LT(below.value * 0.5, 0.025 + 3 * below.mcse);
  EXPECT_NEAR(row_of(rows, "base", "missing", "high", "combined_hazard_ratio").measure.value, 0.5, 0.02);
}

// The page's coverage is that of the primary's arm; what is claimed of any arm is not drawn against one arm's effect.
TEST(ArmSelection, ContractThePageIsOfThePrimarysArm) {
  std::string text = study_of({.low = 0.9, .high = 0.6});
  text.replace(text.find("    - {name: high_cox"), 0,
               "    - {name: low_cox, method: cox, endpoint: os, terms: [arm], levels: {arm: [control, low]}}\n");
  text +=
      "scenarios: {a: {}, b: {arms.high.effects.os.hazard_ratio: 0.7}, c: {arms.high.effects.os.hazard_ratio: 0.8}}\n";
  const Study study = study_from(text);
  const auto rows = run_in_memory(study);
  const std::string tiles = verdict_section(study, rows);
  EXPECT_THAT(tiles,
              HasSubstr("true value " + rounded(row_of(rows, "a", "coverage", "high_cox", "hazard_ratio").truth, 4)));
  EXPECT_THAT(tiles, Not(HasSubstr("true value " +
                                   rounded(row_of(rows, "a", "coverage", "low_cox", "hazard_ratio").truth, 4))));
  EXPECT_THAT(operating_section(study, rows), Not(HasSubstr("Against the true effect")));
}

TEST(ArmSelection, ContractMistakes) {
  const auto mistake = [](const std::string& from, const std::string& to) {
    std::string text = study_of({});
    text.replace(text.find(from), from.size(), to);
    return mistakes(text);
  };
  EXPECT_THAT(mistake("comparisons: [low, high]", "comparisons: [high]"),
              HasSubstr("design.comparisons: lack one of 'low' with 'control'"));
  EXPECT_THAT(mistake("comparisons: [low, high]", "comparisons: [low, high_cox]"),
              HasSubstr("'high_cox' is no unweighted log_rank test of an arm against 'control', the first (levels: "
                        "[control, ARM])"));
  EXPECT_THAT(
      mistake("by: arm, levels: [control, low]", "by: arm"),
      HasSubstr("design.comparisons: 'low' compares more than two levels of arm (with levels: {arm: [A, B]}, that "
                "name two, it has a one-sided test)"));
  std::string twice = study_of({});
  twice.replace(twice.find("comparisons: [low, high]"), 24, "comparisons: [low, high, again]");
  twice.replace(twice.find("{name: high_cox"), 0,
                "{name: again, method: log_rank, endpoint: os, by: arm, levels: [control, high]}\n    - ");
  EXPECT_THAT(mistakes(twice), HasSubstr("design.comparisons: are twice of 'high'"));
  EXPECT_THAT(mistake("primary: high", "primary: high_cox"),
              HasSubstr("design.comparisons: are without the primary analysis 'high_cox'"));
  EXPECT_THAT(mistake("by: arm, levels: [control, low]", "by: arm, levels: [high, low]"),
              HasSubstr("'low' is no unweighted log_rank test of an arm against 'control'"));
  EXPECT_THAT(mistake("by: arm, levels: [control, low]", "by: arm, levels: [control, low], gamma: 1"),
              HasSubstr("'low' is no unweighted log_rank test of an arm against 'control'"));
  std::string part = study_of({});
  part.replace(part.find("  time_unit: days\n"), 18,
               "  time_unit: days\n  populations: {later: {enrollment_d: {above: 100}}}\n");
  part.replace(part.find("levels: [control, low]"), 22, "levels: [control, low], population: later");
  EXPECT_THAT(mistakes(part), HasSubstr("design.looks: count other events than those of 'low' (os in later)"));
  EXPECT_THAT(mistake("[{at_events: 60, of: os}, {at_events: 150, of: os}]", "[{at_events: 150, of: os}]"),
              HasSubstr("design.looks: are not 2 to 10, all at_events of one endpoint"));
  EXPECT_THAT(mistake("{keep: 1}", "{keep: 0}"), HasSubstr("design.select.keep"));
  EXPECT_THAT(mistake("{keep: 1}", "{by: hazard_ratio, threshold: -1}"), HasSubstr("design.select.threshold"));
}

}  // namespace
}  // namespace oligosim
