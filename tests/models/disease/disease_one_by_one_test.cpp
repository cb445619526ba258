// What is made for all patients at once, or is found in fewer steps, against patients one after the other.
#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/processor/level.hpp"
#include "models/disease/oligo_hcc/baseline_details.hpp"
#include "models/disease/oligo_hcc/cohort_mix.hpp"
#include "models/disease/oligo_hcc/component_hazard.hpp"
#include "models/disease/oligo_hcc/discontinuation.hpp"
#include "models/disease/oligo_hcc/lesion_draws.hpp"
#include "models/disease/oligo_hcc/mean_change.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"
#include "models/trial/patient_visits.hpp"
#include "tests/models/disease/disease_everything.hpp"

namespace oligosim {
namespace {

TEST(PatientVisits, OracleActualVisits) {
  std::vector<VisitSchedule> schedules{
      {.months = {1, 4, 7, 10, 13}, .delay_months = 0.3, .jitter_sd_months = 2},
      {.months = {2, 4}, .horizon_months = 5},
      {.months = {1, 2, 3, 4}, .then_every_months = 2, .jitter_sd_months = 0.6, .missed_probability = 0.4},
      {.months = {1}, .then_every_months = 0.5, .jitter_sd_months = 2},  // often as close as they may be
      // Whole blocks of numbers.
      {.months = {1, 2, 3, 4}, .jitter_sd_months = 1, .horizon_months = 5},
      {.months = {1, 2, 3, 4, 5, 6, 7, 8}, .horizon_months = 9}};
  ASSERT_EQ(schedules[4].count(), 4u);
  ASSERT_EQ(schedules[5].count(), 8u);
  constexpr std::size_t n = 500;
  std::vector<std::uint8_t> arm(n);
  for (std::size_t i = 0; i < n; ++i) arm[i] = static_cast<std::uint8_t>(i % schedules.size());
  Arena arena;
  const Streams streams(5, 8);
  PatientVisits visits(schedules, arm, streams, arena);
  const auto actual = [&](std::size_t i) {
    std::vector<double> room(schedules[arm[i]].count()), months;
    ActualVisits one_by_one(schedules[arm[i]], streams, static_cast<std::uint32_t>(i), room);
    for (std::size_t k = 0; one_by_one.month(k) < never; ++k) months.push_back(one_by_one.month(k));
    return months;
  };
  std::mt19937 generator(1);
  std::vector<double> sought(n), found(n);
  for (int look = 0; look < 30; ++look) {
    for (double& month : sought) {
      month = std::uniform_real_distribution(0.0, look < 20 ? 30.0 : 300.0)(generator);
      if (generator() % 10 == 0) month = never;
    }
    visits.first_from(sought, found);
    for (std::size_t i = 0; i < n; ++i) {
      const std::vector<double> months = actual(i);
      const auto first = std::ranges::lower_bound(months, sought[i]);
      ASSERT_EQ(found[i], first == months.end() ? never : *first) << i << ' ' << sought[i];
      ASSERT_EQ(visits.first()[i], months.empty() ? never : months[0]) << i;
      ASSERT_EQ(visits.second()[i], months.size() < 2 ? never : months[1]) << i;
    }
    // Listed ones, some twice and some not at all, in no order.
    std::vector<std::uint32_t> listed(n + 50);
    std::vector<double> from, seen(listed.size());
    for (std::uint32_t& patient : listed) patient = static_cast<std::uint32_t>(generator() % n);
    for (const std::uint32_t patient : listed) from.push_back(sought[patient]);
    visits.first_from(listed, from, seen);
    for (std::size_t k = 0; k < listed.size(); ++k) ASSERT_EQ(seen[k], found[listed[k]]) << k;
    for (double& month : sought) month = month == never ? std::numeric_limits<double>::max() : month;
    visits.last_until(sought, found);
    for (std::size_t i = 0; i < n; ++i) {
      const std::vector<double> months = actual(i);
      const auto after = std::ranges::upper_bound(months, sought[i]);
      ASSERT_EQ(found[i], after == months.begin() ? never : *(after - 1)) << i << ' ' << sought[i];
    }
  }
}

TEST(ComponentHazard, OracleOneByOne) {
  std::mt19937 random(3);
  const auto between = [&](double from, double to) { return std::uniform_real_distribution(from, to)(random); };
  for (int round = 0; round < 60; ++round) {
    Arena arena;
    const bool one_piece = round % 2 == 0;
    const std::size_t n = 1 + random() % 40;
    std::vector<PiecewiseHazard> arms{PiecewiseHazard({{0, 0, false}}), PiecewiseHazard({{0, 0.4, true}}),
                                      PiecewiseHazard({{0, 1.3, false}})};
    if (!one_piece) arms.emplace_back(std::vector<PiecewiseHazard::Piece>{{0, 1, true}, {2, 0, false}, {5, 0.5, true}});
    std::vector<std::size_t> arm(n);
    std::vector<double> target(n), start(n), onset(n), stop(n), time(n);
    for (std::size_t i = 0; i < n; ++i) {
      arm[i] = random() % arms.size();
      target[i] = random() % 8 == 0 ? never : between(0, 6);
      start[i] = random() % 4 == 0 ? never : between(0, 5);
      onset[i] = random() % 3 == 0 ? never : random() % 5 == 0 ? 0 : between(0, 8);
      stop[i] = random() % 2 == 0 ? never : between(0, 8);
    }
    std::vector<const PiecewiseHazard*> by_arm;
    for (const PiecewiseHazard& of_arm : arms) by_arm.push_back(&of_arm);
    const ComponentHazard hazard(
        by_arm, n, [&](std::size_t i) { return arm[i]; }, arena);
    const double effect = round % 3 == 0 ? 0 : 0.6, ratio = 1.7;
    const std::span<const double> possible = hazard.possible(arena);
    for (std::size_t i = 0; i < n; ++i)
      ASSERT_EQ(possible[i] > 0, arm[i] != 0) << "a hazard of 0 alone makes it impossible";
    hazard.inverse({.target = target}, time);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(time[i], arms[arm[i]].inverse(target[i])) << i;
    hazard.inverse({.target = target, .start = start}, time);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(time[i], arms[arm[i]].inverse(target[i], start[i])) << i;
    hazard.inverse({.target = target, .onset = onset, .effect = effect}, time);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(time[i], arms[arm[i]].inverse(target[i], 0, onset[i], effect)) << i;
    hazard.inverse({.target = target, .onset = onset, .effect = effect, .stop = stop, .ratio = ratio}, time);
    for (std::size_t i = 0; i < n; ++i) {
      const StoppedHazard own{arms[arm[i]], stop[i], ratio};
      ASSERT_EQ(time[i], own.inverse(target[i], 0, onset[i], effect)) << i;
    }
  }
}

TEST(LesionDraws, OracleStreams) {
  const std::vector<std::uint32_t> count{1, 4, 0, 2, 7, 9, 17, 0};
  Arena arena;
  const Streams streams(5, 8);
  const LesionDraws draws(streams, count, arena);
  std::size_t row = 0;
  for (std::uint32_t i = 0; i < count.size(); ++i) {
    Stream stream = streams.stream(Purpose::lesions, i);
    EXPECT_EQ(draws.first_to_fail[i], stream.uniform());
    EXPECT_EQ(draws.others_in_liver[i], stream.uniform());
    stream(), stream();
    for (std::uint32_t j = 0; j < count[i]; ++j, ++row) {
      EXPECT_EQ(draws.diameter[row], -elementary::log(stream.uniform()));
      EXPECT_EQ(draws.score[row], normal_quantile(stream.uniform()));
      EXPECT_EQ(draws.failure[row], stream.uniform());
      EXPECT_EQ(draws.site[row], stream.uniform());
    }
  }
  EXPECT_EQ(row, draws.site.size());
}

TEST(SiteChances, OracleSitesInProportion) {
  CohortDetails details = BaselineMargins().op_details;
  details.site = {20, 15, 4, 4, 0, 1, 1, 3};
  for (const bool liver_too : {true, false}) {
    const SiteChances chances(details, liver_too);
    const auto of_all = [&](const auto& number) { return number(chances); };
    constexpr double all = 48;
    for (double u = 0.5 / all; u < 1; u += 1 / all) {
      // A number in the middle of each unit of weight.
      double place = u * (liver_too ? all : all - 4);
      std::size_t site = 0;
      for (; place >= (site == 2 && !liver_too ? 0 : details.site[site]); ++site)
        place -= site == 2 && !liver_too ? 0 : details.site[site];
      ASSERT_EQ(SiteChances::code(u, of_all), static_cast<double>(site)) << u;
    }
    EXPECT_EQ(SiteChances::code(1 - 1e-16, of_all), 7);
  }
}

double mean_at(const MeanChange<double>& change, double shift) {
  return change.with_slope(shift).sum / change.total_diameter();
}

/// Sixty halvings that look at each middle.
double halved(const MeanChange<double>& change, double mean) {
  double low = -200, high = 200;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (mean_at(change, middle) > mean ? low : high) = middle;
  }
  return low;
}

// Where no shift has the mean, the one after which it is passed by.
TEST(MeanChange, OracleSixtyHalvings) {
  std::mt19937 generator(3);
  const auto uniform = [&](double from, double to) { return std::uniform_real_distribution(from, to)(generator); };
  int at_a_jump = 0;
  for (int round = 0; round < 20000; ++round) {
    const double limit = round % 2 == 0 ? 19.9 : never;
    const ChangeCurve curve(uniform(-1, 0), uniform(0.1, 1), uniform(1.5, 3), -30, limit);
    std::vector<double> scores(2 + generator() % 9), diameter(scores.size());
    const double spread = round % 5 == 0 ? 30 : 1;
    for (double& score : scores) score = spread * std::normal_distribution()(generator);
    for (double& cm : diameter) cm = uniform(0.1, 6);
    const MeanChange<double> change(curve, scores, diameter);
    // Any mean, one that the changes reach at once, the limit, and one where lesions are gone.
    const std::array<double, 4> means{uniform(-99.9, 19), mean_at(change, 0), 19.9, uniform(-99, -80)};
    const double mean = means[static_cast<std::size_t>(round) % 4];
    if (mean <= gone) continue;
    const double shift = change.shift_to(mean);
    if (std::abs(mean_at(change, shift) - mean) <= 1e-9) continue;
    ++at_a_jump;
    ASSERT_NEAR(shift, halved(change, mean), 2e-9) << round;
    ASSERT_GT(mean_at(change, shift), mean) << round;
  }
  EXPECT_GT(at_a_jump, 10);
}

// Patients with other numbers of lesions beside one, of whom some look longer: his numbers are those of him alone.
TEST(MeanChange, OracleInLanesAsOneByOne) {
  std::mt19937 generator(4);
  const auto uniform = [&](double from, double to) { return std::uniform_real_distribution(from, to)(generator); };
  constexpr std::size_t lesions = 10, width = lane_count<HalfLanes>;
  for (int round = 0; round < 5000; ++round) {
    const ChangeCurve curve(uniform(-1, 0), uniform(0.1, 1), uniform(1.5, 3), -30, round % 2 == 0 ? 19.9 : never);
    std::array<HalfLanes, lesions> scores{}, diameter{};
    std::array<std::vector<double>, width> own_scores, own_diameter;
    HalfLanes mean{};
    for (std::size_t l = 0; l < width; ++l) {
      mean[l] = generator() % 4 == 0 ? 19.9 : uniform(-99.9, 19);
      const std::size_t count = 2 + generator() % (lesions - 1);
      for (std::size_t j = 0; j < count; ++j) {
        own_scores[l].push_back(scores[j][l] = 2 * std::normal_distribution()(generator));
        own_diameter[l].push_back(diameter[j][l] = uniform(0.1, 6));
      }
    }
    const HalfLanes shift = MeanChange<HalfLanes>(curve, scores, diameter).shift_to(mean);
    for (std::size_t l = 0; l < width; ++l)
      ASSERT_EQ(shift[l], MeanChange<double>(curve, own_scores[l], own_diameter[l]).shift_to(mean[l])) << round;
  }
}

TEST(MeanChange, OracleEachGroupHasItsMean) {
  std::mt19937 generator(5);
  const auto uniform = [&](double from, double to) { return std::uniform_real_distribution(from, to)(generator); };
  const ChangeCurve curve(-1.6, 0.5, 1.5, -30, 150);
  Arena arena;
  for (const std::uint32_t groups : {0u, 1u, 3u, 4u, 90u}) {
    std::vector<LesionGroup> group;
    std::vector<double> scores, diameter;
    for (std::uint32_t g = 0; g < groups; ++g) {
      const std::uint32_t first = static_cast<std::uint32_t>(scores.size()) + g % 2;  // some lesions are in none
      group.push_back({first, 1 + static_cast<std::uint32_t>(generator()) % 9, g % 7 == 3 ? gone : uniform(-99, 19)});
      while (scores.size() < first + group.back().count)
        scores.push_back(std::normal_distribution()(generator)), diameter.push_back(uniform(0.1, 6));
    }
    std::vector<double> change(scores.size(), never);
    share_changes(curve, group, scores, diameter, change, arena);
    std::size_t in_none = change.size();
    for (const auto& [first, count, mean] : group) {
      double sum = 0, total = 0;
      for (std::size_t l = first; l < first + count; ++l) sum += change[l] * diameter[l], total += diameter[l];
      EXPECT_NEAR(sum / total, mean, 1e-9);
      in_none -= count;
    }
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(change, never)), in_none);
  }
}

TEST(MeanChange, PropertyEightGroupsBesideEachOtherAsFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  std::mt19937 generator(6);
  const auto uniform = [&](double from, double to) { return std::uniform_real_distribution(from, to)(generator); };
  for (int round = 0; round < 400; ++round) {
    const ChangeCurve curve(uniform(-1, 0), uniform(0.1, 1), uniform(1.5, 3), -30, round % 2 == 0 ? 19.9 : never);
    std::vector<std::uint32_t> counts(1 + generator() % 30);
    for (std::uint32_t& count : counts) count = 2 + static_cast<std::uint32_t>(generator()) % 9;
    std::ranges::sort(counts);
    std::vector<LesionGroup> ordered;
    std::vector<double> scores, diameter;
    for (const std::uint32_t count : counts) {
      ordered.push_back({static_cast<std::uint32_t>(scores.size()), count, round % 5 == 0 ? 19.9 : uniform(-99.9, 19)});
      for (std::uint32_t j = 0; j < count; ++j)
        scores.push_back(2 * std::normal_distribution()(generator)), diameter.push_back(uniform(0.1, 6));
    }
    std::vector<double> by_four(scores.size(), never), by_eight = by_four;
    Arena arena;
    share_ordered_v3(curve, ordered, scores, diameter, by_four, arena);
    share_ordered_v4(curve, ordered, scores, diameter, by_eight, arena);
    ASSERT_EQ(by_four, by_eight) << round;
    EXPECT_EQ(std::ranges::count(by_four, never), 0);
  }
}

// One patient after the other, number by number: who has a term by his level's probability, grade 3 by either way, and
// what an arm leaves out.
TEST(ToxicityCopula, OracleGradesOneByOne) {
  const ToxicityParameters parameters;
  constexpr std::size_t n = 3001;
  constexpr double grade_2_share = 0.4;
  Arena arena;
  const Streams streams(5, 8);
  NumberColumns numbers(streams, Purpose::toxicity, n, arena);
  const std::span<double> om = arena.take<double>(n), any_effect = arena.take<double>(n),
                          grade_3_effect = arena.take<double>(n);
  std::vector<Stream> stream;
  for (std::uint32_t i = 0; i < n; ++i) {
    om[i] = i % 3 == 0, any_effect[i] = i % 5 == 0 ? 0.7 : 1, grade_3_effect[i] = i % 5 < 2 ? 0.5 : 1;
    stream.push_back(streams.stream(Purpose::toxicity, i));
  }
  std::map<double, int> seen;
  for (const ToxicityPeriod& period : {parameters.early, parameters.late}) {
    const ToxicityCopula copula(period);
    std::vector<std::span<double>> grades(copula.terms());
    for (std::span<double>& grade : grades) grade = arena.take<double>(n);
    copula.sample(numbers, {om, any_effect, grade_3_effect}, grade_2_share, grades, arena);
    for (std::size_t i = 0; i < n; ++i) {
      const auto level = static_cast<std::size_t>(stream[i].uniform() * ToxicityCopula::levels);
      const double start = stream[i].uniform();
      const bool independent = stream[i].uniform() < copula.independent_share(om[i] > 0);
      double sum = 0;
      for (std::size_t k = 0; k < copula.terms(); ++k) {
        const ToxicityTerm& term = period.terms[k];
        const double chance = copula.at_level(k)[level], number = stream[i].uniform();
        const double of_grade = std::fmod(65536 * number, 1);
        const double share = (om[i] > 0 ? term.grade_3.om : term.grade_3.op) / term.any_grade;
        // A point start + m, m = 0, 1, ..., falls on the term.
        bool severe = std::ceil(sum - start) < sum + share - start;
        double rest = of_grade;
        if (independent) {
          severe = of_grade < share;
          rest = severe ? of_grade / share : (of_grade - share) / (1 - share);
        }
        double expected = number < chance * any_effect[i] ? (rest < grade_2_share ? 2 : 1) : 0;
        if (severe && number < chance * grade_3_effect[i]) expected = 3;
        ASSERT_EQ(grades[k][i], expected) << i << ' ' << term.name;
        ++seen[expected];
        if (number < chance) sum += share;
      }
    }
  }
  for (const double grade : {0, 1, 2, 3}) EXPECT_GT(seen[grade], 100) << grade;
}

TEST(CohortMix, OracleSharesOnePatientAfterTheOther) {
  constexpr std::size_t n = 1003;
  constexpr double switched_share = 0.4;
  std::vector<double> group(n), switched(n), strategy(n);
  Streams(5, 8).uniforms(Purpose::baseline, 0, {{group, switched}});
  group[7] = group[n - 1] = 1 - 0x1p-53;
  const auto code = [](Strategy s) { return static_cast<double>(s); };
  for (const CohortMix::Weights& w : {CohortMix::Weights{},
                                      {.op = 0.3, .om = 0.7},
                                      {.op = 0.3, .om = 0, .op_c = 0.7},
                                      {.op = 0.1, .om = 0.2, .op_n = 0.3, .op_c = 0.4},
                                      {.op = 0, .om = 0, .op_n = 1}}) {
    CohortMix(w, switched_share).sample(group, switched, strategy);
    for (std::size_t i = 0; i < n; ++i) {
      double expected = code(switched[i] < switched_share ? Strategy::op_n : Strategy::op_c);
      double below = w.op;
      for (const auto& [share, of] :
           {std::pair{w.om, Strategy::om}, {w.op_n, Strategy::op_n}, {w.op_c, Strategy::op_c}}) {
        if (share > 0 && group[i] >= below) expected = code(of);
        below += share;
      }
      ASSERT_EQ(strategy[i], expected) << i;
    }
  }
}

}  // namespace
}  // namespace oligosim
