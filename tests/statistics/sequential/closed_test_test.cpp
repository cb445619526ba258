// Several arms against a shared control, stage by stage: against rpact, and the tests of intersections against closed
// forms.
#include "engine/statistics/sequential/closed_test.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <sstream>
#include <utility>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/dunnett.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::ReferenceTable;

TEST(Dunnett, OracleRIntegrate) {
  const ReferenceTable reference("dunnett.csv");
  for (std::size_t row = 0; row < reference.size(); ++row) {
    std::stringstream ratios(reference.text(row, "ratio"));
    std::vector<double> loading;
    for (double ratio; ratios >> ratio;) loading.push_back(shared_control_loading(ratio));
    const double p = reference.number(row, "p");
    EXPECT_NEAR(any_reaches(reference.number(row, "limit"), loading), p, 1e-9 * p) << reference.describe(row);
  }
}

// Two equally correlated normals are both below 0 with probability 1/4 + asin(r) / (2 pi) (Sheppard); an arm of ten
// times the control's patients.
TEST(Dunnett, OracleBothBelowZero) {
  for (const double ratio : {0.1, 1.0, 10.0}) {
    const double loading[] = {shared_control_loading(ratio), shared_control_loading(ratio)};
    const double r = loading[0] * loading[1];
    EXPECT_NEAR(any_reaches(0, loading), 0.75 - std::asin(r) / (2 * std::numbers::pi), 1e-12) << ratio;
  }
}

// Of two arms of a hundred times the control's patients the control tells nearly all: as fine as it has to be.
TEST(Dunnett, OracleArmsOfManyPatients) {
  const double loading[] = {shared_control_loading(100), shared_control_loading(100)};
  for (const double limit : {0.0, 1.0, 2.2, 4.0}) {
    double sum = 0;
    const double step = 1e-4, scale = std::sqrt(1 - loading[0] * loading[0]);
    for (double x = -9; x <= 9; x += step) {
      const double below = normal_cdf((limit - loading[0] * x) / scale);
      sum += step * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi) * (1 - below * below);
    }
    EXPECT_NEAR(any_reaches(limit, loading), sum, 1e-8 * sum) << limit;
  }
}

TEST(IntersectionOfSeveral, OracleByHand) {
  const double z[] = {1.2, 2.6, 2.1}, loading[] = {0.7, 0.7, 0.7};
  const auto p = [&](Intersection test) { return normal_cdf(-intersection_z(test, z, loading)); };
  const double p1 = normal_cdf(-2.6), p2 = normal_cdf(-2.1), p3 = normal_cdf(-1.2);
  EXPECT_NEAR(p(Intersection::bonferroni), 3 * p1, 1e-12);
  EXPECT_NEAR(p(Intersection::sidak), 1 - std::pow(1 - p1, 3), 1e-12);
  EXPECT_NEAR(p(Intersection::simes), std::min({3 * p1, 1.5 * p2, p3}), 1e-12);
  EXPECT_LT(p(Intersection::dunnett), p(Intersection::sidak));
  const double equal[] = {1.9, 1.9, 1.9};
  EXPECT_NEAR(intersection_z(Intersection::simes, equal, loading), 1.9, 1e-12);
  const double one[] = {1.9}, own[] = {0.7};
  for (const Intersection test :
       {Intersection::bonferroni, Intersection::simes, Intersection::sidak, Intersection::dunnett})
    EXPECT_NEAR(intersection_z(test, one, own), 1.9, 1e-12);
  const double lacking[] = {missing, 2.6, missing};
  EXPECT_NEAR(normal_cdf(-intersection_z(Intersection::bonferroni, lacking, loading)), 3 * p1, 1e-12);
  EXPECT_EQ(intersection_z(Intersection::dunnett, std::span(lacking).first(1), own), -INFINITY);
}

Intersection test_named(const std::string& name) {
  if (name == "Dunnett") return Intersection::dunnett;
  if (name == "Bonferroni") return Intersection::bonferroni;
  return name == "Simes" ? Intersection::simes : Intersection::sidak;
}

/// A case of closed_test.csv, stage by stage.
struct Case {
  Intersection test;
  std::size_t arms = 0, stages = 0;
  double ratio = 1;
  std::map<std::pair<std::size_t, HypothesisSet>, std::pair<double, bool>> of_set;  // stage, set: z, rejected
  struct Arm {
    ArmStage stage;
    double boundary, lower, upper;
    bool claimed;
  };
  std::map<std::pair<std::size_t, std::size_t>, Arm> of_arm;  // stage, arm
};

std::map<int, Case> cases() {
  std::map<int, Case> all;
  const ReferenceTable sets("closed_test.csv"), arms("closed_test_arms.csv");
  for (std::size_t row = 0; row < sets.size(); ++row) {
    Case& c = all[static_cast<int>(sets.number(row, "case"))];
    c.test = test_named(sets.text(row, "test"));
    c.arms = static_cast<std::size_t>(sets.number(row, "arms"));
    c.stages = static_cast<std::size_t>(sets.number(row, "stages"));
    c.ratio = sets.number(row, "ratio");
    c.of_set[{static_cast<std::size_t>(sets.number(row, "stage")) - 1,
              static_cast<HypothesisSet>(sets.number(row, "set"))}] = {sets.number(row, "z"),
                                                                       sets.number(row, "rejected") == 1};
  }
  for (std::size_t row = 0; row < arms.size(); ++row) {
    Case& c = all[static_cast<int>(arms.number(row, "case"))];
    const double share = c.ratio / ((1 + c.ratio) * (1 + c.ratio));
    c.of_arm[{static_cast<std::size_t>(arms.number(row, "stage")) - 1,
              static_cast<std::size_t>(arms.number(row, "arm")) - 1}] = {
        {arms.number(row, "z"), arms.number(row, "events") * share},
        arms.number(row, "boundary"),
        arms.number(row, "lower"),
        arms.number(row, "upper"),
        arms.number(row, "rejected") == 1};
  }
  return all;
}

// rpact has its Dunnett tests from pmvnorm, whose p values are 1e-6 off; those of the other tests are exact.
TEST(ClosedTest, OracleRpact) {
  int claims = 0, limits = 0;
  for (const auto& [number, c] : cases()) {
    const std::vector<double> rates = c.stages == 2 ? std::vector<double>{0.45, 1} : std::vector<double>{0.3, 0.7, 1};
    const std::vector<double> loading(c.arms, shared_control_loading(c.ratio));
    const double of_z = c.test == Intersection::dunnett ? 2e-4 : 1e-9;
    const double of_limit = c.test == Intersection::dunnett ? 5e-4 : 1e-8;
    ClosedTest closed(c.test, loading);
    std::vector<bool> rejected(std::size_t{1} << c.arms, false);
    for (std::size_t k = 0; k < c.stages; ++k) {
      std::vector<ArmStage> shown;
      HypothesisSet arms = 0;
      for (std::size_t arm = 0; arm < c.arms; ++arm) {
        shown.push_back(c.of_arm.at({k, arm}).stage);
        if (!std::isnan(shown.back().z)) arms |= only(arm);
      }
      closed.add(arms, shown, rates[k], c.of_arm.at({k, 0}).boundary);
      for (HypothesisSet set = 1; set < rejected.size(); ++set) {
        const auto& [z, rejects] = c.of_set.at({k, set});
        if ((set & arms) == 0 || rejected[set]) continue;
        const double own = std::max(closed.combined(set), z < -10 ? z : -INFINITY);  // rpact's p values stop short of 1
        EXPECT_NEAR(own, z, of_z) << number << " stage " << k << " set " << set;
        rejected[set] = rejects;
      }
      for (std::size_t arm = 0; arm < c.arms; ++arm) {
        const Case::Arm& theirs = c.of_arm.at({k, arm});
        if (!(arms & only(arm))) continue;
        EXPECT_EQ((closed.claimed() & only(arm)) != 0, theirs.claimed) << number << " stage " << k << " arm " << arm;
        claims += theirs.claimed;
        if (std::isnan(theirs.lower)) continue;
        const CombinedEffect own = closed.effect(arm);
        EXPECT_NEAR(own.lower, theirs.lower, of_limit) << number << " stage " << k << " arm " << arm;
        EXPECT_NEAR(own.upper, theirs.upper, of_limit) << number << " stage " << k << " arm " << arm;
        EXPECT_TRUE(own.lower < own.estimate && own.estimate < own.upper);
        ++limits;
      }
    }
  }
  EXPECT_GT(claims, 10);
  EXPECT_GT(limits, 60);
}

// One arm, equal boundaries: the test of that arm alone; an effect of 0.5 with information 16 and 20.
TEST(ClosedTest, ContractOneArmIsTheCombinationTest) {
  const double loading[] = {std::sqrt(0.5)};
  ClosedTest closed(Intersection::dunnett, loading);
  const ArmStage first{2, 16}, second{0.5 * std::sqrt(20.0), 20};
  closed.add(1, {&first, 1}, 0.4, INFINITY);
  EXPECT_EQ(closed.claimed(), 0u);
  EXPECT_EQ(closed.effect(0).lower, -INFINITY);  // no boundary there
  closed.add(1, {&second, 1}, 1, 1.96);
  EXPECT_EQ(closed.claimed(), 1u);
  const CombinedEffect e = closed.effect(0);
  const double z = std::sqrt(0.4) * first.z + std::sqrt(0.6) * second.z;
  const double unit = std::sqrt(0.4 * 16) + std::sqrt(0.6 * 20);
  EXPECT_NEAR(e.estimate, 0.5, 1e-12);
  EXPECT_NEAR(e.lower, (z - 1.96) / unit, 1e-12);
  EXPECT_NEAR(e.upper, (z + 1.96) / unit, 1e-12);
  EXPECT_NEAR(e.p_value, normal_cdf(-z), 1e-12);
}

// The p value of an arm is the largest of its sets': at most alpha where, and only where, it is claimed.
TEST(ClosedTest, PropertyPValuesAreTheTest) {
  const SequentialDesign design({.spending = {Spending::pocock}, .planned = {}}, {}, 0.025, false, {0.5, 1});
  const std::vector<double> loading(3, std::sqrt(0.5));
  int claimed = 0, early = 0, unknown = 0;
  for (int k = 0; k < 4000; ++k) {
    const auto z = [&](int step) { return ((k * step) % 997) / 997.0 * 4 - 1; };
    const ArmStage first[] = {{z(7), 10}, {z(31), 10}, {z(101), 10}}, second[] = {{z(211), 9}, {z(307), 9}, {}};
    ClosedTest closed(k % 2 ? Intersection::dunnett : Intersection::simes, loading);
    closed.add(7, first, 0.5, design.planned()[0]->efficacy, design.planned()[0].get());
    early += closed.claimed() != 0;
    closed.add(3, second, 1, design.planned()[1]->efficacy, design.planned()[1].get());
    for (std::size_t arm = 0; arm < 3; ++arm) {
      const CombinedEffect e = closed.effect(arm);
      const bool claims = (closed.claimed() & only(arm)) != 0;
      claimed += claims;
      EXPECT_EQ(e.p_value <= 0.025, claims) << k << " " << arm << " " << e.p_value;
      EXPECT_FALSE(arm < 2 && std::isnan(e.p_value)) << k;
      unknown += std::isnan(e.p_value);  // of the arm that was dropped
    }
  }
  EXPECT_GT(claimed, 100);
  EXPECT_GT(early, 50);
  EXPECT_GT(unknown, 500);
}

}  // namespace
}  // namespace oligosim
