// The multiplier that makes an arm show a given median PFS.
#include "models/disease/oligo_hcc/control_match.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 400000;

double survival(const Simulation& s, double month, double& mcse) {
  const Share alive = share(n, [&](std::size_t i) { return s.day("pfs")[i] > month * 30; });
  mcse = alive.mcse();
  return alive.value;
}

// The multiplier is solved on 200 000 patients whose probabilities are exact given what they are; the error of
// S that is left there is at most 0.0007, to be added to that of the cohort here.
void expect_half(const Simulation& s, double month) {
  double mcse = 0;
  const double seen = survival(s, month, mcse);
  EXPECT_NEAR(seen, 0.5, 4 * std::hypot(mcse, 0.0007));
}

TEST(Match, StatisticalTheControlShowsItsMedian) {
  for (const std::string cohort : {"{OP: 1.0}", "{OP: 0.5, OM: 0.5}"}) {
    for (const double median : {3.3, 5.0, 7.6}) {
      const auto model = model_of(oligo_hcc_study("cohort: " + cohort +
                                                  "\narms: {systemic: {without_sbrt: true, match: "
                                                  "{pfs_median_months: " +
                                                  std::to_string(median) + "}}, sbrt: {}}\n"));
      expect_half(Simulation(*model, n, 99), median);
    }
  }
}

TEST(Match, StatisticalWithEffectsOfItsOwnAndADelay) {
  const auto model = model_of(oligo_hcc_study(
      "arms: {systemic: {without_sbrt: true, match: {pfs_median_months: 5}}, sbrt: {match: {pfs_median_months: 9}, "
      "effects: {progression: {from_month: 3}, new_lesions: {hazard_ratio: 0.7, from_month: 5}, local_failure: "
      "{hazard_ratio: 2}, death_before_progression: {hazard_ratio: 3}}}}\n"));
  ASSERT_EQ(model->solved().size(), 2);
  expect_half(Simulation(*model, n, 99, 1, 0), 5);
  expect_half(Simulation(*model, n, 99, 1, 1), 9);
}

TEST(Match, PropertySolvedValuesAreReportedAndRepeatable) {
  const std::string text =
      oligo_hcc_study("arms: {systemic: {without_sbrt: true, match: {pfs_median_months: 5}}, sbrt: {}}\n");
  const auto model = model_of(text), again = model_of(text);
  ASSERT_EQ(model->solved().size(), 1);
  EXPECT_EQ(model->solved()[0].name, "arms.systemic: multiplier of progression hazards");
  EXPECT_EQ(model->solved()[0].because, "median PFS as detected 5 months");
  EXPECT_EQ(model->solved()[0].value, again->solved()[0].value);
  again->prepare();
  EXPECT_EQ(model->solved()[0].value, again->solved()[0].value);
  EXPECT_EQ(again->solved().size(), 1);
}

TEST(Match, PropertyWhatCannotBeShownIsRefused) {
  const auto refused = [](const std::string& arms) -> std::string {
    ReadModel read(oligo_hcc_study(arms));
    EXPECT_EQ(read.problems.text(), "");
    try {
      read.model->prepare();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  // No visit before 0.4 months shows anything; and before month 8 the arm fares as the control, half of it by month 5.
  const std::string early = refused("arms: {a: {match: {pfs_median_months: 0.4}}}\n");
  EXPECT_NE(early.find("study.yaml:3:"), std::string::npos) << early;
  EXPECT_NE(early.find("arms.a.match.pfs_median_months: no multiplier"), std::string::npos) << early;
  const std::string late = refused(
      "arms: {a: {match: {pfs_median_months: 5}}, b: {match: {pfs_median_months: 6}, effects: {progression: "
      "{from_month: 8}}}}\n");
  EXPECT_NE(late.find("arms.b.match.pfs_median_months: no multiplier"), std::string::npos) << late;
}

}  // namespace
}  // namespace oligosim
