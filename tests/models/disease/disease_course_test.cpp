// The course of OP and OM HCC: what must hold for every patient, and between arms that share random numbers.
#include <set>

#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 20000;
const char* const endpoints[] = {"pfs", "os", "lf", "pfs_true", "untreated", "new_lesions", "best_response"};
const char* const outcomes[] = {"response", "disease_control", "or", "complete_response"};

const char* const two_arms = "arms: {systemic: {without_sbrt: true}, sbrt: {}}\n";

void expect_same_patients(const Simulation& a, const Simulation& b) {
  for (const char* endpoint : endpoints) {
    EXPECT_TRUE(std::ranges::equal(a.day(endpoint), b.day(endpoint))) << endpoint;
  }
  for (const char* outcome : outcomes) {
    EXPECT_TRUE(std::ranges::equal(a.success(outcome), b.success(outcome))) << outcome;
    EXPECT_TRUE(std::ranges::equal(a.evaluable(outcome), b.evaluable(outcome))) << outcome;
  }
}

/// Whole days of the visits of patient i.
std::set<double> visit_days(std::uint32_t i, std::uint64_t key = 1) {
  const VisitSchedule visits{.months = {1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61},
                             .delay_months = 0.3,
                             .jitter_sd_months = 0.6};
  std::vector<double> months(visits.count());
  visits.actual(Streams(key, 1).stream(Purpose::visits, i), months);
  std::set<double> days;
  for (const double month : months) days.insert(std::ceil(month * 30));
  return days;
}

TEST(Course, PropertyProgressionIsDetectedAtTheNextVisit) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 0.7, OM: 0.3}"));
  const Simulation s(*model, n);
  int detected = 0, both = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double pfs = s.day("pfs")[i], os = s.day("os")[i], real = s.day("pfs_true")[i];
    ASSERT_GE(pfs, real);
    ASSERT_LE(pfs, os);
    ASSERT_GE(real, 1);
    ASSERT_EQ(pfs, std::ceil(pfs));
    const double pattern = std::min(s.day("untreated")[i], s.day("new_lesions")[i]);
    if (pattern == never) continue;
    ++detected;
    both += s.day("untreated")[i] == s.day("new_lesions")[i];
    ASSERT_EQ(pattern, pfs);
    const std::set<double> days = visit_days(static_cast<std::uint32_t>(i));
    ASSERT_TRUE(days.contains(pfs)) << i;
    // The next visit; one on the day itself may have been before or after.
    ASSERT_TRUE(pfs == *days.lower_bound(real) || (days.contains(real) && pfs == *days.upper_bound(real))) << i;
  }
  EXPECT_GT(detected, 0.7 * n);
  EXPECT_GT(both, 0.01 * n);  // 28 patterns in 26 failures: both inside one interval
}

TEST(Course, PropertyLocalFailureIsKnownAtAVisitBeforeDeath) {
  const auto model = model_of(oligo_hcc_study(""));
  const Simulation s(*model, n);
  int failures = 0, later = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double lf = s.day("lf")[i];
    if (lf == never) continue;
    ++failures;
    later += lf > s.day("pfs")[i];
    ASSERT_TRUE(visit_days(static_cast<std::uint32_t>(i)).contains(lf));
    ASSERT_LE(lf, s.day("os")[i]);
    ASSERT_GE(lf, s.day("pfs_true")[i]);
  }
  EXPECT_GT(failures, 500);
  EXPECT_GT(later, 100);
}

TEST(Course, PropertyOutcomesAreConsistent) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 0.7, OM: 0.3}"));
  const Simulation s(*model, n);
  int missing_irradiated = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double first = *visit_days(static_cast<std::uint32_t>(i)).begin();
    const bool dead_before = s.evaluable("response")[i] == never;
    if (dead_before) {
      ASSERT_LE(s.day("os")[i], first);
    }
    if (!dead_before) {
      ASSERT_EQ(s.evaluable("response")[i], first);
    }
    for (const char* outcome : outcomes)
      if (s.success(outcome)[i] < never) {
        ASSERT_GE(s.success(outcome)[i], s.evaluable(outcome)[i]) << outcome;
      }
    if (s.success("complete_response")[i] < never) {
      ASSERT_LE(s.success("response")[i], s.success("complete_response")[i]);
    }
    if (s.success("response")[i] < never) {
      ASSERT_LT(s.success("disease_control")[i], never);
      ASSERT_LE(s.success("response")[i], s.day("pfs")[i]);  // at or before the scan that shows progression
    }
    if (s.success("or")[i] < never) {
      ASSERT_LE(s.success("or")[i], s.day("pfs")[i]);
    }
    missing_irradiated += !dead_before && s.evaluable("or")[i] == never;
  }
  EXPECT_GT(missing_irradiated, 0);
}

TEST(Course, PropertyAssessmentRulesAreNested) {
  const auto with_rule = [](const std::string& rule) {
    return model_of(std::string(published_visits) +
                    "disease: {model: oligo_hcc, irradiated_response: {assessment: " + rule + "}}");
  };
  const auto before = with_rule("before_progression"), at = with_rule("at_progression"),
             after = with_rule("six_months_after");
  const Simulation a(*before, n), b(*at, n), c(*after, n);
  int only_at = 0, only_after = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(a.day("pfs")[i], b.day("pfs")[i]);
    ASSERT_LE(b.success("or")[i], a.success("or")[i]);
    ASSERT_LE(c.success("or")[i], b.success("or")[i]);
    if (a.success("or")[i] < never) {
      ASSERT_LT(a.success("or")[i], b.day("pfs")[i]);
    }
    only_at += b.success("or")[i] < a.success("or")[i];
    if (c.success("or")[i] < b.success("or")[i]) {
      ++only_after;
      ASSERT_GT(c.success("or")[i], c.day("pfs")[i]);
      ASSERT_LE(c.success("or")[i], c.day("pfs")[i] + 181);
      ASSERT_LE(c.success("or")[i], c.day("os")[i]);
    }
    if (b.success("or")[i] < a.success("or")[i]) {
      ASSERT_EQ(b.success("or")[i], b.day("pfs")[i]);
    }
  }
  EXPECT_GT(only_at, 100);
  EXPECT_GT(only_after, 100);
}

TEST(Course, ReproducibilityTheSameStreamGivesTheSamePatients) {
  const auto model = model_of(oligo_hcc_study(two_arms)), again = model_of(oligo_hcc_study(two_arms));
  const Simulation a(*model, 1000, 7, 3, 0, 2), b(*again, 1000, 7, 3, 0, 2), other(*model, 1000, 7, 4, 0, 2);
  expect_same_patients(a, b);
  EXPECT_FALSE(std::ranges::equal(a.day("pfs"), other.day("pfs")));
}

TEST(Course, ReproducibilityMorePatientsMoveNoneBefore) {
  const auto model = model_of(oligo_hcc_study("cohort: {OP: 0.7, OM: 0.3}"));
  const Simulation few(*model, 100), many(*model, 1000);
  for (const char* endpoint : endpoints)
    EXPECT_TRUE(std::ranges::equal(few.day(endpoint), many.day(endpoint).first(100))) << endpoint;
}

TEST(Course, PropertyAnArmsEffectMovesNoOtherArm) {
  const auto plain = model_of(oligo_hcc_study(two_arms));
  const auto changed = model_of(
      oligo_hcc_study("arms: {systemic: {without_sbrt: true}, sbrt: {effects: {progression: {hazard_ratio: 0.5}, "
                      "death_after_progression: {hazard_ratio: 2, from_month: 12}}}}\n"));
  const Simulation a(*plain, 5000, 1, 1, 0, 2), b(*changed, 5000, 1, 1, 0, 2);
  int moved = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    if (i % 2 == 0) {
      for (const char* endpoint : endpoints) {
        ASSERT_EQ(a.day(endpoint)[i], b.day(endpoint)[i]) << endpoint;
      }
      for (const char* outcome : outcomes) {
        ASSERT_EQ(a.success(outcome)[i], b.success(outcome)[i]) << outcome;
      }
    } else {
      ASSERT_GE(b.day("pfs_true")[i], a.day("pfs_true")[i]);
      moved += b.day("pfs_true")[i] > a.day("pfs_true")[i];
    }
  }
  EXPECT_GT(moved, 1000);
}

TEST(Course, PropertyAHazardRatioOfOneIsNoEffect) {
  const auto plain = model_of(oligo_hcc_study(two_arms));
  const auto one = model_of(oligo_hcc_study(
      "arms: {systemic: {without_sbrt: true, effects: {progression: {hazard_ratio: 1, from_month: 2}}}, sbrt: "
      "{effects: "
      "{new_lesions: {hazard_ratio: 1, from_month: 4}, untreated_lesions: {hazard_ratio: 1}, local_failure: "
      "{hazard_ratio: 1}, death_before_progression: {hazard_ratio: 1, from_month: 5}, death_after_progression: "
      "{hazard_ratio: 1}}}}\n"));
  expect_same_patients(Simulation(*plain, 5000, 1, 1, 0, 2), Simulation(*one, 5000, 1, 1, 0, 2));
}

TEST(Course, PropertyEachEffectMovesItsOwnPartOnly) {
  const auto plain = model_of(oligo_hcc_study("arms: {a: {}}\n"));
  const Simulation base(*plain, n);
  const auto with = [&](const std::string& part, const std::string& effect) {
    return model_of(oligo_hcc_study("arms: {a: {effects: {" + part + ": " + effect + "}}}\n"));
  };
  const auto local = with("local_failure", "{hazard_ratio: 0}");
  const auto death = with("death_before_progression", "{hazard_ratio: 0}");
  const auto late = with("death_after_progression", "{hazard_ratio: 0.5, from_month: 24}");
  const auto fresh = with("new_lesions", "{hazard_ratio: 0}");
  const auto grown = with("untreated_lesions", "{hazard_ratio: 0}");
  const Simulation l(*local, n), d(*death, n), o(*late, n), f(*fresh, n), g(*grown, n);
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(l.day("lf")[i], never);
    ASSERT_EQ(f.day("new_lesions")[i], never);
    ASSERT_EQ(g.day("untreated")[i], never);
    ASSERT_GE(d.day("os")[i], base.day("os")[i]);
    ASSERT_EQ(o.day("pfs")[i], base.day("pfs")[i]);
    if (base.day("os")[i] <= 24 * 30) {
      ASSERT_EQ(o.day("os")[i], base.day("os")[i]);
    }
    ASSERT_GE(o.day("os")[i], base.day("os")[i]);
  }
}

TEST(Course, PropertyWithoutSbrt) {
  const auto model = model_of(
      oligo_hcc_study("arms: {systemic: {without_sbrt: true}, sbrt: {effects: {local_failure: {hazard_ratio: 0}}}}\n"));
  const Simulation control(*model, n, 1, 1, 0), sbrt(*model, n, 1, 1, 1);
  int responses = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ASSERT_EQ(control.day("lf")[i], never);
    ASSERT_EQ(control.day("best_response")[i], never);
    ASSERT_EQ(control.evaluable("or")[i], never);
    ASSERT_EQ(control.success("or")[i], never);
    // Untreated lesions may grow in everybody, and no response holds them back.
    ASSERT_LE(control.day("pfs_true")[i], sbrt.day("pfs_true")[i]);
    responses += control.success("response")[i] < never;
    if (control.success("complete_response")[i] < never) {
      ASSERT_LT(control.success("response")[i], never);
    }
  }
  EXPECT_GT(responses, 0.05 * n);
  EXPECT_LT(responses, 0.25 * n);
}

TEST(Course, PropertyADelayedAdvantageStartsLate) {
  const auto model = model_of(oligo_hcc_study(
      "arms: {systemic: {without_sbrt: true, match: {pfs_median_months: 5}}, sbrt: {effects: {progression: "
      "{from_month: 3}}}, early: {}}\n"));
  const Simulation control(*model, n, 1, 1, 0), delayed(*model, n, 1, 1, 1), early(*model, n, 1, 1, 2);
  const double change = 3 * 30;
  int before = 0, after = 0, as_early = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double c = control.day("pfs_true")[i], d = delayed.day("pfs_true")[i];
    if (c <= change || d <= change) {
      ASSERT_EQ(c, d);
      ASSERT_EQ(control.day("pfs")[i], delayed.day("pfs")[i]);  // the same visits
      ++before;
      as_early += early.day("pfs")[i] == control.day("pfs")[i];
    } else {
      after += d > c;
    }
  }
  EXPECT_GT(before, 0.2 * n);
  EXPECT_GT(after, 0.3 * n);
  EXPECT_LT(as_early, before);
}

TEST(Course, PropertyDelayedWithTheControlsHazardsIsTheControl) {
  const auto model = model_of(oligo_hcc_study("arms: {a: {}, b: {effects: {progression: {from_month: 3}}}}\n"));
  const Simulation a(*model, 5000, 1, 1, 0), b(*model, 5000, 1, 1, 1);
  for (std::size_t i = 0; i < 5000; ++i) {
    EXPECT_NEAR(a.day("pfs_true")[i], b.day("pfs_true")[i], 1e-9);
  }
}

TEST(Course, PropertySameAsIsTheFullNull) {
  const auto model =
      model_of(oligo_hcc_study("arms: {systemic: {without_sbrt: true, match: {same_as: sbrt}}, sbrt: {}}\n"));
  expect_same_patients(Simulation(*model, 3000, 1, 1, 0), Simulation(*model, 3000, 1, 1, 1));
}

TEST(Course, StatisticalLatentTimesAreWeibullWithoutFrailty) {
  // One component alone, no frailty: P(T_N > t) = exp(-lambda t^k), in whole days.
  const auto model =
      model_of(std::string(published_visits) +
               "disease: {model: oligo_hcc, progression: {frailty_sd: 0, controlled_share: 0.2, shape: 1.4, "
               "new_lesions: 0.03, untreated_lesions: 0, local_failure: 0, log_hazard_ratios: {multiple: 0, "
               "large: 0, later_line: 0, op_n: 0, om: 0}}, death: {before_progression: 0}, "
               "irradiated_response: {hazard_ratio_after_onset: 1}}");
  const Simulation s(*model, 200000);
  for (const double month : {2.0, 6.0, 12.0, 24.0, 60.0}) {
    const double p = 0.2 + 0.8 * std::exp(-0.03 * std::pow(month, 1.4));
    const Share alive = share(200000, [&](std::size_t i) { return s.day("pfs_true")[i] > month * 30; });
    EXPECT_NEAR(alive.value, p, 4 * std::sqrt(p * (1 - p) / 200000)) << month;
  }
}

}  // namespace
}  // namespace oligosim
