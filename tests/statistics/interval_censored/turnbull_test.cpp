#include "engine/statistics/interval_censored/turnbull.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/interval_censored/interval_patients.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/patients.hpp"

namespace oligosim {
namespace {

using test::close;
using test::IntervalPatients;
using test::never;

double survival(const TurnbullCurve& curve, double time) { return survival_at(curve, time).estimate; }

TEST(Turnbull, ReferenceCurves) {
  const test::ReferenceTable reference("turnbull.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const IntervalPatients all = test::read_intervals(reference.text(r, "data"));
    const double group = reference.number(r, "group");
    IntervalPatients own;
    for (std::size_t i = 0; i < all.left.size(); ++i)
      if (group < 0 || all.group[i] == group) own.add(all.left[i], all.right[i]);
    Arena arena;
    const TurnbullCurve curve = turnbull(own.intervals(), arena);
    ASSERT_EQ(curve.status, Status::ok);
    EXPECT_NEAR(survival(curve, reference.number(r, "time")), reference.number(r, "survival"), 1e-10);
  }
}

/// The mass of the curve within (left, right], or at the point.
double within(const TurnbullCurve& curve, double left, double right) {
  double sum = 0;
  const auto& [from, to] = curve.innermost.interval;
  for (std::size_t j = 0; j < from.size(); ++j) {
    const bool point = from[j] == to[j];
    if (to[j] <= right && (left == right ? point && to[j] == right : point ? from[j] > left : from[j] >= left))
      sum += curve.mass[j];
  }
  return sum;
}

// No shift of mass to any cell between ends, innermost or not, makes the data likelier: this holds at the maximum
// alone, as the likelihood is concave (Gentleman and Geyer 1994). Cells are tried by a half between whole ends, and at
// them.
void expect_maximum(const IntervalPatients& patients, double tolerance) {
  Arena arena;
  const TurnbullCurve curve = turnbull(patients.intervals(), arena);
  ASSERT_EQ(curve.status, Status::ok);
  const auto n = static_cast<double>(patients.left.size());
  double total = 0;
  for (const double m : curve.mass) {
    EXPECT_GE(m, 0);
    total += m;
  }
  EXPECT_NEAR(total, 1, 1e-12);
  for (double time = 0.5; time < 11; time += 0.5) {
    double slope = 0;
    for (std::size_t i = 0; i < patients.left.size(); ++i) {
      const double left = patients.left[i], right = patients.right[i];
      if (left == right ? time == left : left < time && time <= right) slope += 1 / within(curve, left, right);
    }
    EXPECT_LE(slope, n * (1 + tolerance)) << "at " << time;
  }
}

TEST(Turnbull, OracleNothingIsLikelier) {
  std::mt19937_64 random(11);
  for (int set = 0; set < test::oracle_sets(400); ++set) {
    SCOPED_TRACE(set);
    expect_maximum(test::random_intervals(random, 1 + random() % 12, 1), 1e-9);
    if (set % 20 == 0) expect_maximum(test::random_intervals(random, 200, 1), 1e-9);
    if (HasFailure()) return;
  }
}

// Many ends, hardly any the same.
TEST(Turnbull, OracleNothingIsLikelierOfManyVisits) {
  std::mt19937_64 random(12);
  const auto uniform = [&] { return static_cast<double>(random() % 1000000) / 1e6; };
  IntervalPatients patients;
  for (std::size_t i = 0; i < 3000; ++i) {
    const double time = -std::log(uniform() + 1e-9) * 5, censored = 12 * uniform();
    double visit = 0, next = 0;
    while (next < time && next < censored) visit = next, next += 1 + 0.2 * uniform();
    next < censored ? patients.add(visit, next) : patients.add(visit, never);
  }
  Arena arena;
  const TurnbullCurve curve = turnbull(patients.intervals(), arena);
  ASSERT_EQ(curve.status, Status::ok);
  std::vector<double> slope(curve.mass.size(), 0.0);
  for (std::size_t i = 0; i < patients.left.size(); ++i) {
    const double own = within(curve, patients.left[i], patients.right[i]);
    for (std::uint32_t j = curve.innermost.first[i]; j <= curve.innermost.last[i]; ++j) slope[j] += 1 / own;
  }
  EXPECT_LE(*std::ranges::max_element(slope), 3000 * (1 + 1e-9));
  for (const double month : {2.0, 5.0, 8.0}) EXPECT_NEAR(survival(curve, month), std::exp(-month / 5), 0.05);
}

TEST(Turnbull, OracleOfRightCensoredDataItIsKaplanAndMeiers) {
  std::mt19937_64 random(13);
  for (int set = 0; set < test::oracle_sets(200); ++set) {
    SCOPED_TRACE(set);
    const test::Patients patients = test::random_patients(random, 1 + random() % 30, 1);
    test::Sorted sorted(patients, 1);
    IntervalPatients intervals;
    for (const test::Patient& p : patients) intervals.add(p.time, p.event ? p.time : never);
    Arena arena;
    const TurnbullCurve curve = turnbull(intervals.intervals(), arena);
    const KaplanMeierCurve<> expected = kaplan_meier(sorted.table, {}, arena);
    for (double t = 0; t < 8; t += 0.5) {
      const Estimate own = survival_at(curve, t), other = survival_at(expected, t, SurvivalInterval::log, 0.95);
      EXPECT_EQ(own.status, other.status) << t;
      EXPECT_TRUE(close(own.estimate, other.estimate, 1e-10)) << t;
    }
    for (const double p : {0.1, 0.25, 0.5, 0.75, 0.9}) {
      const Estimate own = survival_quantile(curve, p),
                     other = survival_quantile(expected, p, SurvivalInterval::log, 0.95);
      EXPECT_TRUE(close(own.estimate, other.estimate, 1e-10)) << p;
      EXPECT_EQ(own.status, other.status) << p;
    }
  }
}

// By hand: half in (0, 2], half beyond 4.
TEST(Turnbull, ByHandBetweenTheEnds) {
  IntervalPatients patients;
  for (const auto& [left, right] : {std::pair{0.0, 2.0}, {0.0, 2.0}, {4.0, never}, {4.0, never}})
    patients.add(left, right);
  Arena arena;
  const TurnbullCurve curve = turnbull(patients.intervals(), arena);
  EXPECT_DOUBLE_EQ(survival(curve, 0), 1);
  EXPECT_DOUBLE_EQ(survival(curve, 1), 0.75);
  EXPECT_DOUBLE_EQ(survival(curve, 3), 0.5);
  EXPECT_DOUBLE_EQ(survival(curve, 4), 0.5);
  EXPECT_EQ(survival_at(curve, 5).status, Status::not_reached);
  EXPECT_DOUBLE_EQ(survival_quantile(curve, 0.25).estimate, 1);
  EXPECT_DOUBLE_EQ(survival_quantile(curve, 0.5).estimate, 3);
  EXPECT_EQ(survival_quantile(curve, 0.6).status, Status::not_reached);
  EXPECT_EQ(turnbull({}, arena).status, Status::empty_group);
  IntervalPatients one;
  one.add(5, 6);
  EXPECT_DOUBLE_EQ(survival_quantile(turnbull(one.intervals(), arena), 0.75).estimate, 5.75);
  EXPECT_NEAR(survival_quantile(turnbull(one.intervals(), arena), 1 - 1e-9).estimate, 6, 1e-7);
}

}  // namespace
}  // namespace oligosim
