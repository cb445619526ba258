// Maximally selected log-rank statistics: R, plain loops, and the error of the first kind.
#include "engine/statistics/survival/maximally_selected.hpp"

#include "engine/numeric/normal.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;
using test::Patients;
using test::ReferenceTable;
using test::Sorted;

constexpr std::uint64_t key = 20250611;

std::vector<double> marker_of(const Patients& patients, const SurvivalTable& table, std::size_t column) {
  std::vector<double> marker;
  for (const std::uint32_t row : table.row) marker.push_back(patients[row].x[column]);
  return marker;
}

TEST(MaximallySelected, ReferenceOfR) {
  const ReferenceTable reference("cutpoint.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    const Patients patients = test::read_patients(reference.text(r, "data"));
    Sorted sorted(patients);
    const std::size_t column = reference.text(r, "column") == "x1" ? 1 : 2;
    const std::vector<double> marker = marker_of(patients, sorted.table, column);
    const SelectedCut s = maximally_selected_log_rank(sorted.table, marker, reference.number(r, "lowest"),
                                                      reference.number(r, "highest"), sorted.arena);
    EXPECT_EQ(s.status, Status::ok);
    EXPECT_EQ(s.cut, reference.number(r, "cut")) << reference.describe(r);
    EXPECT_TRUE(close(s.largest, reference.number(r, "largest"), 1e-10)) << reference.describe(r);
    EXPECT_NEAR(s.minimum_p / reference.number(r, "minimum_p"), 1, 1e-8) << reference.describe(r);
    EXPECT_TRUE(close(s.lausen_schumacher_p, reference.number(r, "lausen_schumacher"), 1e-9)) << reference.describe(r);
    const double p = reference.number(r, "permutation");
    constexpr std::size_t permutations = 20000;
    const double mcse =
        std::sqrt(std::max(p, 1e-4) * (1 - p) * (1.0 / permutations + 1 / reference.number(r, "permutations")));
    EXPECT_NEAR(permutation_p_value(s, Stream(key, 0, Purpose::permutation), permutations, sorted.arena), p,
                4 * mcse + 1.0 / permutations)
        << reference.describe(r);
  }
}

/// The largest statistic by its definition: observed less expected events below each cut, one time after the other.
double naive_largest(const Patients& patients, std::size_t column, double lowest, double highest) {
  const auto n = static_cast<double>(patients.size());
  std::vector<double> score;
  for (const auto& p : patients) {
    double hazard = 0;
    for (const auto& at : patients) {  // each event at or before p's time, over those at risk then
      if (!at.event || at.time > p.time) continue;
      double risk = 0;
      for (const auto& other : patients) risk += other.time >= at.time;
      hazard += 1 / risk;
    }
    score.push_back((p.event ? 1 : 0) - hazard);
  }
  double largest = -1;
  for (const auto& cut : patients) {
    double m = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < patients.size(); ++i) {
      squares += score[i] * score[i];
      if (patients[i].x[column] <= cut.x[column]) m += 1, sum += score[i];
    }
    if (m == n || m / n < lowest || m / n > highest) continue;
    largest = std::max(largest, std::abs(sum) / std::sqrt(m * (n - m) / n * squares / (n - 1)));
  }
  return largest;
}

TEST(MaximallySelected, PropertyAsPlainLoops) {
  std::mt19937_64 random(3);
  for (int set = 0; set < 200; ++set) {
    const Patients patients = test::random_patients(random, 5 + random() % 40, 2);
    const std::size_t column = 1 + random() % 3;
    Sorted sorted(patients);
    const SelectedCut s =
        maximally_selected_log_rank(sorted.table, marker_of(patients, sorted.table, column), 0.2, 0.8, sorted.arena);
    const double expected = naive_largest(patients, column, 0.2, 0.8);
    if (s.status == Status::ok) {
      EXPECT_NEAR(s.largest, expected, 1e-10) << set;
    } else {
      EXPECT_FALSE(expected > 0) << set;
    }
  }
}

TEST(MaximallySelected, PropertyStatusOfWhatHasNoCut) {
  Patients patients(10);
  for (std::size_t i = 0; i < patients.size(); ++i) patients[i].time = static_cast<double>(i + 1);
  const auto status = [&] {
    Sorted sorted(patients);
    return maximally_selected_log_rank(sorted.table, marker_of(patients, sorted.table, 1), 0.1, 0.9, sorted.arena)
        .status;
  };
  EXPECT_EQ(status(), Status::no_events);
  for (auto& p : patients) p.event = true;
  EXPECT_EQ(status(), Status::singular);
  patients[9].x[1] = 1;
  EXPECT_EQ(status(), Status::ok);
}

// 37 patients, none of whose numbers has to do with survival.
TEST(MaximallySelected, StatisticalErrorOfTheFirstKind) {
  std::mt19937_64 random(11);
  std::exponential_distribution<double> exponential;
  std::normal_distribution<double> normal;
  constexpr int sets = 3000;
  double fixed = 0, searched = 0, corrected = 0, permuted = 0;
  for (int set = 0; set < sets; ++set) {
    Patients patients(37);
    for (auto& p : patients) {
      const double event = exponential(random), censoring = 2.5 * exponential(random);
      p.time = std::min(event, censoring), p.event = event <= censoring, p.x[1] = normal(random);
    }
    Sorted sorted(patients);
    const std::vector<double> marker = marker_of(patients, sorted.table, 1);
    const SelectedCut s = maximally_selected_log_rank(sorted.table, marker, 0.1, 0.9, sorted.arena);
    const SelectedCut median = maximally_selected_log_rank(sorted.table, marker, 18.0 / 37, 18.5 / 37, sorted.arena);
    fixed += median.minimum_p <= 0.05, searched += s.minimum_p <= 0.05, corrected += s.lausen_schumacher_p <= 0.05;
    permuted += permutation_p_value(s, Stream(key, static_cast<std::uint32_t>(set), Purpose::permutation), 199,
                                    sorted.arena) <= 0.05;
  }
  const double mcse = std::sqrt(0.05 * 0.95 / sets);
  EXPECT_NEAR(fixed / sets, 0.05, 4 * mcse);
  EXPECT_NEAR(permuted / sets, 0.05, 4 * mcse);
  EXPECT_LT(corrected / sets, 0.05 + 4 * mcse);
  EXPECT_GT(corrected / sets, 0.005);
  EXPECT_GT(searched / sets, 0.3);
}

}  // namespace
}  // namespace oligosim
