#include "engine/statistics/switching/rank_preserving.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

struct Switching {
  std::vector<double> time, treated, follow_up;
  std::vector<std::uint8_t> event, group;
  std::vector<std::uint16_t> stratum;

  void add(double t, bool e, double on, double planned, std::uint8_t g, std::uint16_t s = 0) {
    time.push_back(t), event.push_back(e), treated.push_back(on), follow_up.push_back(planned);
    group.push_back(g), stratum.push_back(s);
  }
  TreatedTimes times(bool recensored = true, bool stratified = false) const {
    TreatedTimes t{.time = time, .event = event, .treated = treated, .follow_up = {}, .group = group, .stratum = {}};
    if (recensored) t.follow_up = follow_up;
    if (stratified) t.stratum = stratum, t.strata = 2;
    return t;
  }
};

Switching read(const std::string& name) {
  const test::ReferenceTable table("data/switching_" + name + ".csv");
  Switching patients;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto number = [&](const char* column) { return table.number(i, column); };
    if (name == "immdef") {
      const bool immediate = number("imm") == 1;
      const double time = number("progyrs"), from = number("xoyrs");
      const double on = immediate ? time : std::isnan(from) ? 0 : std::max(time - from, 0.0);
      patients.add(time, number("prog") == 1, on, number("censyrs"), immediate);
    } else {
      patients.add(number("time"), number("event") == 1, number("treated"), number("follow_up"),
                   static_cast<std::uint8_t>(number("group")), static_cast<std::uint16_t>(number("stratum")));
    }
  }
  return patients;
}

double log_hazard_ratio_of(const SurvivalTable& table, const Switching& patients, Arena& arena) {
  std::vector<double> second;
  for (const std::uint32_t row : table.row) second.push_back(patients.group[row]);
  return cox(table, {.values = second, .columns = 1, .stratum = {}, .strata = 1, .start = {}}, {},
             {.ties = Ties::efron, .initial = {}}, arena)
      .coefficient[0];
}

double survival_of(const SurvivalTable& table, const Switching& patients, std::uint8_t group, double at, Arena& arena) {
  const SurvivalTable own = [&] {
    std::vector<std::uint8_t> keep;
    for (const std::uint8_t g : patients.group) keep.push_back(g == group);
    return filter(table, keep, arena);
  }();
  return survival_at(kaplan_meier(own, {}, arena), at, SurvivalInterval::log, 0.95).estimate;
}

TEST(RankPreserving, ReferenceTimesAndTests) {
  const test::ReferenceTable reference("rank_preserving_times.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Switching patients = read(reference.text(r, "data"));
    const TreatedTimes times =
        patients.times(reference.number(r, "recensored") == 1, reference.number(r, "stratified") == 1);
    const double ratio = reference.number(r, "log_ratio"), at = reference.number(r, "at");
    Arena arena;
    EXPECT_TRUE(close(test_untreated(times, ratio, arena).signed_statistic, reference.number(r, "z"), 1e-11));
    const SurvivalTable own = without_switching(times, ratio, arena);
    EXPECT_EQ(std::ranges::count(own.event, 1), reference.number(r, "events"));
    EXPECT_TRUE(close(log_hazard_ratio_of(own, patients, arena), reference.number(r, "log_hazard_ratio"), 1e-8));
    for (const std::uint8_t group : {std::uint8_t{0}, std::uint8_t{1}})
      EXPECT_TRUE(close(survival_of(own, patients, group, at, arena),
                        reference.number(r, group ? "survival_1" : "survival_0"), 1e-12));
  }
}

TEST(RankPreserving, ReferenceRatiosAndLimits) {
  const test::ReferenceTable reference("rank_preserving.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Switching patients = read(reference.text(r, "data"));
    Arena arena;
    const RankPreservingFit fit = rank_preserving(
        patients.times(reference.number(r, "recensored") == 1, reference.number(r, "stratified") == 1), 0.95, arena);
    ASSERT_EQ(fit.status, Status::ok);
    EXPECT_NEAR(fit.log_time_ratio, reference.number(r, "log_time_ratio"), 1e-9);
    EXPECT_NEAR(fit.lower, reference.number(r, "lower"), 1e-9);
    EXPECT_NEAR(fit.upper, reference.number(r, "upper"), 1e-9);
    EXPECT_TRUE(close(fit.test.signed_statistic, reference.number(r, "z"), 1e-11));
  }
}

// The vignettes of R's packages rpsftm, whose search stops within some 1e-4 of the place where the test changes its
// sign, and trtswitch.
TEST(RankPreserving, PublishedExample) {
  const Switching patients = read("immdef");
  Arena arena;
  const RankPreservingFit fit = rank_preserving(patients.times(), 0.95, arena);
  EXPECT_NEAR(-fit.log_time_ratio, -0.1813226, 3e-4);
  EXPECT_NEAR(-fit.upper, -0.34984, 3e-4);
  EXPECT_NEAR(-fit.lower, 0.002287789, 3e-4);
  EXPECT_NEAR(-fit.log_time_ratio, -0.181177429, 1e-6);
  EXPECT_NEAR(-fit.upper, -0.349655916, 1e-6);
  EXPECT_NEAR(-fit.lower, 0.002047886, 1e-6);
  EXPECT_NEAR(fit.test.p_value, 0.05563532, 1e-8);
  const SurvivalTable own = without_switching(patients.times(), fit.log_time_ratio, arena);
  EXPECT_NEAR(std::exp(log_hazard_ratio_of(own, patients, arena)), 0.7610992, 1e-7);
}

/// Times without treatment exponential, each worth `ratio` times as much under it. Half of the controls change.
Switching simulated(std::size_t n, double ratio, std::mt19937_64& random) {
  std::exponential_distribution<double> exponential;
  std::uniform_real_distribution<double> uniform;
  Switching patients;
  for (std::size_t i = 0; i < n; ++i) {
    const bool second = i % 2 == 1;
    const double free = exponential(random), planned = 1 + uniform(random);
    const double change = second ? 0 : uniform(random) < 0.5 ? 0.6 * exponential(random) : 1e9;
    const double lasts = free < change ? free : change + (free - change) * ratio;
    const double time = std::min(lasts, planned);
    patients.add(time, lasts <= planned, std::max(time - change, 0.0), planned, second);
  }
  return patients;
}

TEST(RankPreserving, FindsTheRatioAndItsLimitsHoldIt) {
  std::mt19937_64 random(26);
  const int trials = 1500;
  const double truth = std::log(1.6);
  double sum = 0, squares = 0;
  int held = 0;
  Arena arena;
  for (int k = 0; k < trials; ++k) {
    arena.reset();
    const Switching patients = simulated(400, 1.6, random);
    const RankPreservingFit fit = rank_preserving(patients.times(), 0.95, arena);
    ASSERT_EQ(fit.status, Status::ok);
    sum += fit.log_time_ratio, squares += fit.log_time_ratio * fit.log_time_ratio;
    held += fit.lower <= truth && truth <= fit.upper;
  }
  const double mean = sum / trials, error = std::sqrt((squares / trials - mean * mean) / trials);
  EXPECT_NEAR(mean, truth, 4 * error + 0.01);  // the estimate itself is a little beyond in samples of 400
  EXPECT_NEAR(held / static_cast<double>(trials), 0.95, 4 * std::sqrt(0.95 * 0.05 / trials));
}

// Of few patients the test crosses its limit at several ratios: the last counts.
TEST(RankPreserving, TheLimitsHoldWhatTheTestDoesNotReject) {
  std::mt19937_64 random(40);
  std::exponential_distribution<double> exponential;
  std::uniform_real_distribution<double> uniform;
  Arena arena;
  int not_rejected = 0, finite = 0;
  for (int k = 0; k < 3000; ++k) {
    arena.reset();
    Switching patients;
    for (int i = 0; i < 40; ++i) {
      const double dies = exponential(random), change = uniform(random) < 0.5 ? exponential(random) : 1e9;
      const double planned = 1 + uniform(random), time = std::min(dies, planned);
      const double before = std::min(change, time);
      patients.add(time, dies <= planned, i % 2 ? before : time - before, planned, i % 2 == 1);
    }
    const RankPreservingFit fit = rank_preserving(patients.times(), 0.95, arena);
    if (fit.status != Status::ok) continue;
    const auto z_at = [&](double x) { return test_untreated(patients.times(), x, arena).signed_statistic; };
    const double limit = 1.9599639845400545;
    if (std::isfinite(fit.lower) && fit.lower != 0) {
      ++finite;
      EXPECT_GE(z_at(fit.lower - 1e-9), limit) << k;
      EXPECT_LT(z_at(fit.lower + 1e-9), limit) << k;
    }
    if (std::isfinite(fit.upper) && fit.upper != 0) {
      EXPECT_GT(z_at(fit.upper - 1e-9), -limit) << k;
      EXPECT_LE(z_at(fit.upper + 1e-9), -limit) << k;
    }
    // Ten steps beyond, from the estimate on, are rejected, as far as there is a test.
    for (const double end : {fit.lower, fit.upper}) {
      if (!std::isfinite(end) || end == 0) continue;
      const double step = end < fit.log_time_ratio ? -0.05 : 0.05;
      const double first = std::floor((end - fit.log_time_ratio) / step) + 1;
      for (int beyond = 0; beyond < 10; ++beyond) {
        const double x = fit.log_time_ratio + step * (first + beyond), z = z_at(x);
        if (std::abs(x) > std::log(50) || std::isnan(z)) break;
        EXPECT_GE(std::abs(z), limit) << k << ' ' << x;
      }
    }
    if (std::abs(fit.test.signed_statistic) >= limit) continue;
    ++not_rejected;
    EXPECT_LE(fit.lower, 0) << k;
    EXPECT_GE(fit.upper, 0) << k;
  }
  EXPECT_GT(not_rejected, 2500);
  EXPECT_GT(finite, 1000);
}

TEST(RankPreserving, NobodyChangesAndNothingIsCensoredAnew) {
  std::mt19937_64 random(3);
  Switching patients = simulated(200, 1.6, random);
  for (std::size_t i = 0; i < 200; ++i) patients.treated[i] = patients.group[i] ? patients.time[i] : 0;
  Arena arena;
  const RankPreservingFit recensored = rank_preserving(patients.times(), 0.95, arena);
  const RankPreservingFit plain = rank_preserving(patients.times(false), 0.95, arena);
  EXPECT_EQ(recensored.log_time_ratio, plain.log_time_ratio);
  EXPECT_EQ(recensored.upper, plain.upper);
  const SurvivalTable own = without_switching(patients.times(), 0.3, arena);
  const SurvivalTable given = sort_survival(patients.time, patients.event, arena);
  EXPECT_TRUE(std::ranges::equal(own.time, given.time));
  EXPECT_TRUE(std::ranges::equal(own.event, given.event));
}

TEST(RankPreserving, TheOtherGroupFirstIsTheInverseRatio) {
  // Were the groups and treatments exchanged, the ratio is one over it: times without the other treatment are all worth
  // the same factor more.
  std::mt19937_64 random(8);
  const Switching patients = simulated(300, 1.4, random);
  Switching other = patients;
  for (std::size_t i = 0; i < 300; ++i)
    other.group[i] = !patients.group[i], other.treated[i] = patients.time[i] - patients.treated[i];
  Arena arena;
  const RankPreservingFit one = rank_preserving(patients.times(false), 0.95, arena);
  const RankPreservingFit two = rank_preserving(other.times(false), 0.95, arena);
  EXPECT_NEAR(one.log_time_ratio, -two.log_time_ratio, 1e-9);
  EXPECT_NEAR(one.lower, -two.upper, 1e-9);
  EXPECT_NEAR(one.upper, -two.lower, 1e-9);
}

TEST(RankPreserving, Degenerate) {
  Arena arena;
  const RankPreservingFit nobody = rank_preserving(Switching().times(), 0.95, arena);
  EXPECT_EQ(nobody.status, Status::empty_group);
  Switching patients;
  for (int i = 0; i < 10; ++i) patients.add(1 + i, false, i % 2 ? 1 + i : 0, 20, i % 2 == 1);
  EXPECT_EQ(rank_preserving(patients.times(), 0.95, arena).status, Status::no_events);
  // Events of one group alone, all before the first time of the other: no ratio makes them alike.
  Switching apart;
  for (int i = 0; i < 10; ++i) apart.add(i < 5 ? 1 + i * 0.1 : 1000, i < 5, i < 5 ? 0 : 1000, 2000, i >= 5);
  const RankPreservingFit none = rank_preserving(apart.times(), 0.95, arena);
  EXPECT_EQ(none.status, Status::not_reached);
  EXPECT_TRUE(std::isnan(none.log_time_ratio));
  EXPECT_GT(none.test.signed_statistic, 2);
  // Two patients in each group: told apart from no ratio.
  Switching few;
  for (int i = 0; i < 4; ++i) few.add(1 + i, true, i % 2 ? 1 + i : 0, 20, i % 2 == 1);
  const RankPreservingFit wide = rank_preserving(few.times(), 0.95, arena);
  EXPECT_EQ(wide.status, Status::ok);
  EXPECT_EQ(wide.lower, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(wide.upper, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace oligosim
