// Against aeqSurv of R survival: scripts/reference/near_ties.R.
#include "engine/statistics/survival/near_ties.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

TEST(NearTies, ReferenceAeqSurv) {
  const test::ReferenceTable reference("near_ties.csv");
  std::map<std::string, std::vector<double>> times, joined;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    times[reference.text(r, "set")].push_back(reference.number(r, "time"));
    joined[reference.text(r, "set")].push_back(reference.number(r, "joined"));
  }
  EXPECT_EQ(times.size(), 5u);
  std::size_t moved = 0;
  for (auto& [name, own] : times) {
    Arena arena;
    const std::vector<double> before = own;
    join_near_ties(own, arena);
    for (std::size_t i = 0; i < own.size(); ++i) {
      EXPECT_EQ(own[i], joined[name][i]) << name << " " << i;
      moved += own[i] != before[i];
    }
  }
  EXPECT_GT(moved, 10u);
}

TEST(NearTies, DegenerateMissingTimesStay) {
  Arena arena;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> none, missing = {nan, nan}, some = {2, nan, 2 + 1e-9, 0};
  join_near_ties(none, arena);
  join_near_ties(missing, arena);
  join_near_ties(some, arena);
  EXPECT_TRUE(std::isnan(missing[0]) && std::isnan(some[1]));
  EXPECT_EQ(some[2], 2);
  EXPECT_EQ(some[3], 0);
}

}  // namespace
}  // namespace oligosim
