// Patients who enter once arms are dropped: in the arms that are left alone, while nothing changes for the others.
#include <algorithm>
#include <array>
#include <cmath>

#include "tests/models/disease/disease_support.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

const std::string survival =
    "disease: {os: {median_months: 10, known_at: visit}}\n"
    "arms: {a: {}, b: {effects: {os: {hazard_ratio: 0.8}}}, c: {allocation: 2, effects: {os: {hazard_ratio: 0.5}}}}\n";
const std::string illness_death =
    "disease: {model: illness_death, hazards_per_month: {progression: 0.1, death_before_progression: 0.02, "
    "death_after_progression: 0.08}, known_at: visit}\n"
    "arms: {a: {crossover: {share: 0.5, hazard_ratio: 0.6}}, b: {effects: {progression: {hazard_ratio: 0.8}}}, "
    "c: {allocation: 2, effects: {progression: {hazard_ratio: 0.5}}}}\n";

std::string study_of(const std::string& model, const std::string& randomization, bool visits = true) {
  const std::string schedule = visits ? "  visits: {months: [2], then_every_months: 2, jitter_sd_months: 0.3}\n" : "";
  return "study: three arms\n" + model +
         "trial:\n"
         "  enrollment: {patients: 400, over_months: 20}\n"
         "  randomization: " +
         randomization + "\n" + schedule +
         "  dropout: {probability: 0.3, by_month: 12, after: {os: {hazard_ratio: 2}}}\n"
         "design:\n"
         "  kind: arm_selection\n"
         "  primary: b\n"
         "  looks: [{at_events: 60, of: os}, {at_events: 150, of: os}]\n"
         "  comparisons: [b, c]\n"
         "plan:\n"
         "  time_unit: days\n"
         "  endpoints: {os: {time: os_d, event: os_e}}\n"
         "  analyses:\n"
         "    - {name: b, method: log_rank, endpoint: os, by: arm, levels: [a, b]}\n"
         "    - {name: c, method: log_rank, endpoint: os, by: arm, levels: [a, c]}\n";
}

struct Changed {
  std::vector<double> entry, dropout;
  std::vector<int> arm;
  std::vector<std::vector<double>> event;

  explicit Changed(const Patients& p)
      : entry(p.enrollment_day.begin(), p.enrollment_day.end()),
        dropout(p.dropout_day.begin(), p.dropout_day.end()),
        arm(p.arm.begin(), p.arm.end()) {
    for (const std::span<double> days : p.course.event_day) event.emplace_back(days.begin(), days.end());
  }
};

struct BeforeAndAfter {
  Changed before, after;
  double day;
};

/// Arms a and c are kept from month 8 on.
BeforeAndAfter kept(const std::string& text, std::uint32_t list = 1) {
  const Study study = study_from(text);
  const Scenario& s = study.scenarios[0];
  s.prepare(1);
  Arena arena;
  Patients patients = s.trial->simulate(Streams(7, 1), arena);
  const Changed before(patients);
  const double day = 8 * s.trial->days_per_month();
  s.trial->keep_arms(5, day, list, patients, arena);
  return {before, Changed(patients), day};
}

TEST(DroppedArms, PropertyWhoHasEnteredIsLeftAlone) {
  for (const std::string& model : {survival, illness_death}) {
    const BeforeAndAfter t = kept(study_of(model, "{blocks: [4, 8]}"));
    std::size_t earlier = 0, moved = 0;
    for (std::size_t i = 0; i < t.before.arm.size(); ++i) {
      EXPECT_EQ(t.before.entry[i], t.after.entry[i]);
      const bool entered = t.before.entry[i] < t.day, same_arm = t.before.arm[i] == t.after.arm[i];
      earlier += entered;
      if (entered) {
        EXPECT_TRUE(same_arm);
      }
      if (!entered) {
        EXPECT_NE(t.after.arm[i], 1);
      }
      if (!same_arm) {
        ++moved;
        continue;
      }
      EXPECT_EQ(t.before.dropout[i], t.after.dropout[i]) << i;
      for (std::size_t e = 0; e < t.before.event.size(); ++e)
        if (!t.before.event[e].empty()) {
          EXPECT_EQ(t.before.event[e][i], t.after.event[e][i]) << i;
        }
    }
    EXPECT_GT(earlier, 120u);
    EXPECT_GT(moved, 80u);
  }
}

/// Of those who enter later, a's share.
double share_of_a(const BeforeAndAfter& t) {
  double a = 0, all = 0;
  for (std::size_t i = 0; i < t.after.arm.size(); ++i)
    if (t.after.entry[i] >= t.day) a += t.after.arm[i] == 0, ++all;
  return a / all;
}

// Blocks of 3 and 6 in the ratio 1:2, of all and of each kind of patients.
TEST(DroppedArms, PropertyTheRatioIsKept) {
  const BeforeAndAfter plain = kept(study_of(survival, "{blocks: [4, 8]}"));
  EXPECT_NEAR(share_of_a(plain), 1.0 / 3, 2.0 / 200);
  std::vector<std::pair<double, int>> later;
  for (std::size_t i = 0; i < plain.after.arm.size(); ++i)
    if (plain.after.entry[i] >= plain.day) later.push_back({plain.after.entry[i], plain.after.arm[i]});
  std::ranges::sort(later);
  double a = 0;
  for (std::size_t k = 0; k < later.size(); ++k) {
    a += later[k].second == 0;
    EXPECT_LE(std::abs(a - static_cast<double>(k + 1) / 3), 2) << k;  // never further than a block allows
  }
  EXPECT_NE(kept(study_of(survival, "{blocks: [4, 8]}"), 2).after.arm, plain.after.arm);
}

TEST(DroppedArms, PropertyStrataHaveTheirOwnLists) {
  std::string text = study_of(
      "disease: {model: cohorts, cohorts: {OP: {os: {median_months: 10}}, OM: {os: {median_months: 20}}}}\n"
      "cohort: {OP: 0.7, OM: 0.3}\n"
      "arms: {a: {}, b: {effects: {OP: {os: {hazard_ratio: 0.8}}}}, c: {effects: {OP: {os: {hazard_ratio: 0.5}}}}}\n",
      "{blocks: [3], strata: [cohort]}", false);
  const Study study = study_from(text);
  const Scenario& s = study.scenarios[0];
  Arena arena;
  Patients patients = s.trial->simulate(Streams(7, 1), arena);
  const double day = 8 * s.trial->days_per_month();
  s.trial->keep_arms(3, day, 1, patients, arena);
  double difference[2] = {0, 0}, count[2] = {0, 0};
  for (std::size_t i = 0; i < patients.count(); ++i) {
    if (patients.enrollment_day[i] < day) continue;
    const std::uint8_t cohort = patients.baseline.categories(0)[i];
    difference[cohort] += patients.arm[i] == 0 ? 1 : -1;
    ++count[cohort];
    EXPECT_LE(patients.arm[i], 1);
  }
  for (const int cohort : {0, 1}) {
    EXPECT_GT(count[cohort], 40);
    EXPECT_LE(std::abs(difference[cohort]), 1) << cohort;  // blocks of two
  }
  Patients again = s.trial->simulate(Streams(7, 1), arena);
  s.trial->keep_arms(3, day, 2, again, arena);
  EXPECT_FALSE(std::ranges::equal(again.arm, patients.arm));  // another time in the trial, other lists
}

// Minimization goes on with the numbers there are: arms a and c end as balanced as one coin a patient leaves them.
TEST(DroppedArms, PropertyMinimizationGoesOn) {
  std::string model = survival;
  model.replace(model.find("allocation: 2, "), 15, "");
  const BeforeAndAfter t = kept(study_of(model, "{minimize: {factors: [], probability: 0.9}}"));
  double a = 0, c = 0;
  for (std::size_t i = 0; i < t.after.arm.size(); ++i) {
    a += t.after.arm[i] == 0, c += t.after.arm[i] == 2;
    if (t.after.entry[i] < t.day) {
      EXPECT_EQ(t.after.arm[i], t.before.arm[i]);
    }
    if (t.after.entry[i] >= t.day) {
      EXPECT_NE(t.after.arm[i], 1);
    }
  }
  EXPECT_LE(std::abs(a - c), 6);
}

}  // namespace
}  // namespace oligosim
