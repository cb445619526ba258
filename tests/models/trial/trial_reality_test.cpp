// What goes otherwise than planned: visits that differ by arm, informative dropout, crossover, pauses of enrollment,
// data that are cleaned before a look.
#include "tests/models/disease/disease_support.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

TEST(Dropout, OracleRateMultipliedAfterEvents) {
  const Dropout dropout{.rate_per_month = 0.1, .after = {{0, 2}, {1, 3}}};
  std::vector<double> first{4, 4, 4, 12, never}, second{5, never, 4, 1, 2};
  const std::vector<std::span<double>> events{first, second};
  std::vector<double> days{10, 10, 10, 10, never};
  dropout.follow_events(events, days);
  EXPECT_DOUBLE_EQ(days[0], 5 + 4.0 / 6);  // 4 days at once the rate, 1 at twice, the rest at six times
  EXPECT_DOUBLE_EQ(days[1], 7);            // 6 days left at twice the rate
  EXPECT_DOUBLE_EQ(days[2], 5);            // both on the same day
  EXPECT_DOUBLE_EQ(days[3], 4);            // lost before the other event
  EXPECT_EQ(days[4], never);
}

const char* const two_arms =
    "study: two arms\n"
    "seed: 5\n"
    "replicates: 4000\n"
    "truth: {patients: 200000}\n"
    "disease: {model: illness_death, hazards_per_month: {progression: 0.1, death_before_progression: 0.02, "
    "death_after_progression: 0.08}, known_at: visit}\n"
    "arms: {a: {}, b: {}}\n"
    "trial:\n"
    "  enrollment: {patients: 200, over_months: 20}\n"
    "  visits: {months: [2], then_every_months: 2}\n"
    "  dropout: {probability: 0.3, by_month: 12}\n"
    "design: {kind: fixed, primary: lr, alpha: 0.025, sides: 1, looks: [{at_month: 30}]}\n"
    "plan:\n"
    "  time_unit: days\n"
    "  days_per_month: 30\n"
    "  endpoints: {pfs: {time: pfs_d, event: pfs_e}, os: {time: os_d, event: os_e}}\n"
    "  analyses:\n"
    "    - {name: lr, method: log_rank, endpoint: pfs, by: arm}\n"
    "    - {name: os, method: kaplan_meier, endpoint: os, at_months: [12], by: arm}\n";

std::string with(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), now);
}

double rejected(const std::string& study) {
  return row_of(run_in_memory(study_from(study), 2, false), "base", "reject", "lr").measure.value;
}

// The arm that is scanned less often seems to progress later; the same schedule in both keeps the level.
TEST(VisitsByArm, StatisticalUnequalSchedulesInflateTheLevel) {
  const double mcse = std::sqrt(0.025 * 0.975 / 4000);
  EXPECT_NEAR(rejected(two_arms), 0.025, 4 * mcse);
  const std::string rare =
      with(two_arms, "then_every_months: 2", "then_every_months: 2, by_arm: {b: {months: [4], then_every_months: 4}}");
  EXPECT_GT(rejected(rare), 0.05);
  const std::string same = with(two_arms, "then_every_months: 2", "then_every_months: 2, by_arm: {b: {months: [2]}}");
  EXPECT_EQ(rejected(same), rejected(two_arms));
}

TEST(VisitsByArm, PropertyEachModelShowsProgressionAtTheArmsOwnVisits) {
  Problems problems;
  const YamlNode tree = parse_yaml(
      "{months: [2], then_every_months: 2, by_arm: {b: {months: [5], then_every_months: 5}}}", "a.yaml", problems);
  ConfigNode node(tree, problems);
  const VisitSchedule common = read_visits(node);
  const auto own = read_arm_visits(node, common, {"a", "b"});
  node.finish();
  ASSERT_TRUE(problems.empty()) << problems.text();
  EXPECT_FALSE(own[0]);
  ASSERT_TRUE(own[1]);
  for (const std::string disease :
       {"disease: {pfs: {median_months: 6, known_at: visit}}",
        "disease: {model: illness_death, known_at: visit, pfs: {median_months: 6}, os: {median_months: 300}, "
        "death_first: 0}",
        "disease: {model: oligo_hcc}\ncohort: {OP: 1}"}) {
    const YamlNode study = parse_yaml(disease + "\narms: {a: {}, b: {}}\n", "b.yaml", problems);
    ConfigNode root(study, problems);
    std::vector<DiseaseInput::Arm> arms;
    for (auto& [name, arm] : root.named_children("arms")) arms.push_back({name, arm, own[arms.size()]});
    const auto model = read_disease_model({root, root.child("disease"), arms, common, 30, 100});
    ASSERT_TRUE(problems.empty()) << problems.text();
    const Simulation s(*model, 2000, 1, 1, 0, 2);
    const auto pfs = s.day("pfs");
    std::size_t multiples = 0;
    for (std::size_t i = 0; i < 2000; ++i) multiples += std::fmod(pfs[i], i % 2 == 0 ? 60 : 150) == 0;
    EXPECT_GT(multiples, 1600u) << disease;  // all but deaths without progression
  }
}

// Patients who progress leave and die unseen: Kaplan-Meier says that more are alive. The truth is that without it.
TEST(Dropout, StatisticalInformativeDropoutBiasesSurvival) {
  const std::string informative =
      with(two_arms, "by_month: 12}", "by_month: 12, after: {progression: {hazard_ratio: 8}}}");
  const Study plain = study_from(two_arms), lost = study_from(informative);
  const auto without = run_in_memory(plain), rows = run_in_memory(lost);
  const SummaryRow &fair = row_of(without, "base", "bias", "os", "survival"),
                   &biased = row_of(rows, "base", "bias", "os", "survival");
  EXPECT_DOUBLE_EQ(fair.truth, biased.truth);
  EXPECT_NEAR(fair.measure.value, 0, 4 * fair.measure.mcse);
  EXPECT_GT(biased.measure.value, 0.02);
}

// A plan that reads no toxicity: the dropout alone asks for it.
TEST(Dropout, OracleMoreLossAfterToxicity) {
  const std::string text =
      "study: toxicity\ncohort: {OP: 300}\ndisease: {model: oligo_hcc}\narms: {sbrt: {}}\n"
      "trial:\n  enrollment: {patients: 300, over_months: 24}\n"
      "  visits: {months: [1, 4, 7, 10, 13], then_every_months: 6}\n"
      "  dropout: {probability: 0.3, by_month: 12}\n"
      "design: {kind: fixed, primary: p, alpha: 0.025, looks: [{at_month: 48}]}\n"
      "plan:\n  time_unit: days\n  days_per_month: 30\n  endpoints: {pfs: {time: pfs_d, event: pfs_e}}\n"
      "  analyses: [{name: p, method: cox, endpoint: pfs, terms: [male]}]\n";
  const Study plain = study_from(text),
              informative =
                  study_from(with(text, "by_month: 12}", "by_month: 12, after: {grade_3: {hazard_ratio: 4}}}"));
  Arena arena;
  const DiseaseModel& disease = *informative.scenarios.front().disease;
  informative.scenarios.front().disease->prepare();
  std::vector<double> days(300);
  plain.scenarios.front().trial->dropout().sample(Streams(3, 1), 30, {}, days);
  const Patients after = informative.scenarios.front().trial->simulate(Streams(3, 1), arena);
  const auto found = std::ranges::find(disease.endpoints(), "grade_3", &Endpoint::name);
  const auto grade_3 = after.course.event_day[static_cast<std::size_t>(found - disease.endpoints().begin())];
  std::size_t earlier = 0;
  for (std::size_t i = 0; i < after.count(); ++i) {
    const double day = std::ceil(days[i]);
    if (grade_3[i] >= day) {
      EXPECT_EQ(after.dropout_day[i], day);
    } else {
      EXPECT_NEAR(after.dropout_day[i], grade_3[i] + (day - grade_3[i]) / 4, 1);
      ++earlier;
    }
  }
  EXPECT_GT(earlier, 60u);
}

// What an arm loses more; twice the rate after progression, in both.
TEST(Dropout, OracleEachArmIsLostAtItsOwnRate) {
  const std::string after = ", after: {progression: {hazard_ratio: 2}}}";
  const auto patients_of = [&](const std::string& dropout, Arena& arena) {
    const Study study = study_from(with(two_arms, "{probability: 0.3, by_month: 12}", dropout));
    study.scenarios.front().disease->prepare();
    return study.scenarios.front().trial->simulate(Streams(3, 1), arena);
  };
  for (const std::string& more : {std::string("}"), after}) {
    Arena arena;
    const Patients own =
        patients_of("{probability: 0.3, by_month: 12, by_arm: {b: {probability: 0, by_month: 6}}" + more, arena);
    const Patients a = patients_of("{probability: 0.3, by_month: 12" + more, arena);
    std::size_t lost = 0;
    for (std::size_t i = 0; i < own.count(); ++i) {
      ASSERT_EQ(own.dropout_day[i], own.arm[i] == 0 ? a.dropout_day[i] : never);
      lost += own.dropout_day[i] < 360;
    }
    EXPECT_GT(lost, 20u);
  }
}

TEST(Cleaning, PropertyDecidesLaterOnTheSameData) {
  const std::string looks =
      with(two_arms, "looks: [{at_month: 30}]", "looks: [{at_events: 60, of: pfs}], latest_month: 60");
  const auto at_once = run_in_memory(study_from(looks), 2, false);
  const auto later = run_in_memory(study_from(with(looks, "  visits:", "  cleaning_months: 1.5\n  visits:")), 2, false);
  const auto value = [](const std::vector<SummaryRow>& rows, const char* metric) {
    return row_of(rows, "base", metric, "lr").measure.value;
  };
  for (const char* same : {"reject", "expected_events"}) EXPECT_EQ(value(at_once, same), value(later, same));
  EXPECT_NEAR(value(later, "expected_duration_months") - value(at_once, "expected_duration_months"), 1.5, 1e-9);
  // 200 patients over 20 months: ten a month, as long as some are to come.
  EXPECT_NEAR(value(later, "expected_n") - value(at_once, "expected_n"), 15, 0.5);
}

TEST(Enrollment, StatisticalNobodyEntersInAPause) {
  const Study study = study_from(with(two_arms, "over_months: 20",
                                      "rate_per_month: [{from_month: 0, rate: 4}, {from_month: 6, rate: 0}, "
                                      "{from_month: 10, rate: 12}]"));
  const Trial& trial = *study.scenarios.front().trial;
  double before = 0;
  Arena arena;
  for (std::uint32_t r = 1; r <= 500; ++r) {
    arena.reset();
    const Patients patients = trial.simulate(Streams(2, r), arena);
    for (const double day : patients.enrollment_day) {
      ASSERT_FALSE(day > 180 && day < 300);
      before += day <= 180;
    }
  }
  EXPECT_NEAR(before / 500, 24, 4 * std::sqrt(24.0 / 500));
}

TEST(OligoHcc, OracleCrossoverMultipliesTheHazardOfDeathAfterProgression) {
  const std::string cohort = "cohort: {OP: 1}\n";
  const auto none = model_of(oligo_hcc_study(cohort + "arms: {a: {}}\n"));
  const auto some = model_of(oligo_hcc_study(cohort + "arms: {a: {crossover: {share: 0.6, hazard_ratio: 0.5}}}\n"));
  const std::size_t patients = 20000;
  const Simulation x(*none, patients), y(*some, patients);
  EXPECT_TRUE(std::ranges::equal(x.day("pfs"), y.day("pfs")));
  double crossed = 0, progressed = 0;
  for (std::size_t i = 0; i < patients; ++i) {
    const double pfs = x.day("pfs")[i], alone = x.day("os")[i], after = y.day("os")[i];
    progressed += pfs < alone;
    const double progression = x.day("progression")[i];
    ASSERT_EQ(std::min(progression, alone), pfs);
    ASSERT_TRUE(progression == never || progression <= alone);
    ASSERT_EQ(x.day("new_therapy")[i], never);
    if (y.day("new_therapy")[i] == never) {
      ASSERT_EQ(alone, after);
      continue;
    }
    ++crossed;
    ASSERT_EQ(y.day("new_therapy")[i], pfs);
    ASSERT_EQ(y.day("progression")[i], pfs);
    // Half the hazard: twice the time from the visit on. Days are rounded up.
    ASSERT_NEAR(after - pfs, 2 * (alone - pfs), 3);
  }
  // A visit and death on one whole day look like death before progression.
  EXPECT_NEAR(crossed / progressed, 0.6, 4 * std::sqrt(0.24 / progressed) + 0.01);
}

TEST(OligoHcc, PropertyDeathBeforeTheFirstScanIsADeathWithoutAResponse) {
  const auto model =
      model_of(oligo_hcc_study("cohort: {OP: 1}\narms: {a: {effects: {death_before_progression: "
                               "{hazard_ratio: 100}}}}\n"));
  const std::size_t patients = 5000;
  const Simulation s(*model, patients);
  std::size_t deaths = 0;
  for (std::size_t i = 0; i < patients; ++i) {
    const bool before = s.evaluable("response")[i] == never;
    deaths += before;
    ASSERT_EQ(s.day("death_before_scan")[i], before ? s.day("os")[i] : never);
  }
  EXPECT_GT(deaths, 300u);
}

TEST(OligoHcc, StatisticalDayOfTheFirstToxicityOfGrade3) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 28, OM: 9}\n"), 37);
  const std::size_t patients = 37000;
  const Simulation s(*model, patients);
  const auto day = s.day("grade_3"), os = s.day("os");
  const auto alive = [&](std::size_t i) { return os[i] > 90; };
  const Share early = share(
      patients, [&](std::size_t i) { return day[i] <= 90; }, alive);
  EXPECT_NEAR(early.value, 15.0 / 37, 4 * early.mcse());
  const Share first_half = share(
      patients, [&](std::size_t i) { return day[i] <= 45; }, [&](std::size_t i) { return alive(i) && day[i] <= 90; });
  EXPECT_NEAR(first_half.value, 0.5, 4 * first_half.mcse());
  for (std::size_t i = 0; i < patients; ++i) {
    ASSERT_TRUE(day[i] == never || (day[i] >= 1 && day[i] <= std::min(os[i], 365.0)));
  }
}

}  // namespace
}  // namespace oligosim
