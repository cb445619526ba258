// Systemic therapy that is stopped for toxicity changes the course of OP and OM HCC: against the naive simulation, in
// the patients concerned alone, and in the match of a median.
#include <gmock/gmock.h>

#include "models/disease/oligo_hcc/discontinuation.hpp"
#include "models/disease/oligo_hcc/toxicity.hpp"
#include "tests/models/disease/disease_naive.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

std::string study_of(const std::string& discontinuation, const std::string& rest = "") {
  return "disease: {model: oligo_hcc" + (discontinuation.empty() ? "" : ", " + discontinuation) + "}\n" +
         published_visits + rest;
}

const std::string faster =
    "toxicity: {discontinued: 0.4}, discontinuation: {progression_hazard_ratio: 3, death_hazard_ratio: 2}";

TEST(Discontinuation, PropertyRatiosOfOneChangeNothing) {
  const auto without = model_of(study_of("toxicity: {discontinued: 0.4}"));
  const auto one = model_of(
      study_of("toxicity: {discontinued: 0.4}, discontinuation: {progression_hazard_ratio: 1, death_hazard_ratio: 1}"));
  const Simulation a(*without, 4000), b(*one, 4000);
  for (const char* endpoint : {"pfs", "os", "pfs_true", "lf", "grade_3"})
    EXPECT_TRUE(std::ranges::equal(a.day(endpoint), b.day(endpoint))) << endpoint;
}

// The others fare as they did, and so does who has had the event before; afterwards progression or death before it
// comes sooner. Overall survival may be longer: who has progressed is in the hazard of death after it.
TEST(Discontinuation, PropertyOnlyThoseWhoStopFareOtherwise) {
  constexpr std::size_t n = 20000;
  const auto without = model_of(study_of("toxicity: {discontinued: 0.4}")), with = model_of(study_of(faster));
  const Simulation a(*without, n), b(*with, n);
  ToxicityParameters toxicity;
  toxicity.discontinued = 0.4;
  const Streams streams(1, 1);
  int stopped = 0, sooner = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double day = discontinuation_day(toxicity, streams, static_cast<std::uint32_t>(i));
    stopped += day < never;
    EXPECT_TRUE(day == never || (day > 0 && day < 90));
    for (const char* endpoint : {"pfs_true", "os"}) {
      const double before = a.day(endpoint)[i], after = b.day(endpoint)[i];
      ASSERT_TRUE(before > day || after == before) << endpoint << i;
      sooner += after < before;
    }
    ASSERT_LE(b.day("pfs_true")[i], a.day("pfs_true")[i]) << i;
  }
  EXPECT_NEAR(stopped, 0.4 * n, 4 * std::sqrt(0.24 * n));
  EXPECT_GT(sooner, stopped);
}

TEST(Discontinuation, OracleHazardsAfterTheStopByIntegration) {
  const PiecewiseHazard hazard({{0, 0.8, false}, {2, 1.7, true}, {5, 0.4, true}});
  for (const double stop : {0.7, 2.5, 6.0})
    for (const double start : {0.0, 1.5, 4.0})
      for (const double target : {0.3, 1.6, 4.0}) {
        const double u = StoppedHazard{hazard, stop, 2.5}.inverse(target, start, 3, 0.6);
        double sum = 0;
        const int cells = 100000;
        const double width = (u - start) / cells;
        for (int c = 0; c < cells; ++c) {
          const double s = start + (c + 0.5) * width;
          const double factor = s < 2 ? 0.8 : (s < 5 ? 1.7 : 0.4) * (s >= 3 ? 0.6 : 1);
          sum += factor * (s >= stop ? 2.5 : 1) * width;
        }
        EXPECT_NEAR(sum, target, 1e-3) << stop << " " << start << " " << target;
        const StoppedHazard stopped{hazard, stop, 2.5};
        EXPECT_NEAR(stopped.cumulative(u, 3, 0.6) - stopped.cumulative(start, 3, 0.6), target, 1e-12);
      }
}

TEST(Discontinuation, StatisticalNaiveSecondImplementation) {
  constexpr std::size_t n = 60000;
  const auto model = model_of(study_of(faster, "cohort: {OP: 0.7, OM: 0.3}\n"));
  const Simulation s(*model, n);
  OligoHccParameters parameters;
  parameters.toxicity.discontinued = 0.4;
  parameters.discontinuation = {3, 2};
  naive::Simulator simulator(parameters, 0.7, 12);
  std::vector<naive::Patient> theirs;
  for (std::size_t i = 0; i < n; ++i) theirs.push_back(simulator.patient({}));
  const auto compare = [&](const char* endpoint, double naive::Patient::*of, double by_day) {
    const Share own = share(n, [&](std::size_t i) { return s.day(endpoint)[i] <= by_day; });
    const Share other = share(n, [&](std::size_t i) { return theirs[i].*of <= by_day; });
    EXPECT_NEAR(own.value, other.value, 4 * std::hypot(own.mcse(), other.mcse())) << endpoint << " " << by_day;
  };
  for (const double day : {60.0, 120.0, 200.0, 365.0, 730.0}) {
    compare("pfs", &naive::Patient::pfs, day);
    compare("os", &naive::Patient::os, day);
    compare("pfs_true", &naive::Patient::pfs_true, day);
  }
}

// The control arm's median is met with the therapy stopped: half of its patients are without progression as detected.
TEST(Discontinuation, OracleAMedianIsMatchedWithIt) {
  constexpr std::size_t n = 40000;
  const auto model =
      model_of(study_of(faster, "arms: {systemic: {without_sbrt: true, match: {pfs_median_months: 5}}, sbrt: {}}\n"));
  const Simulation s(*model, n);
  const Share free = share(n, [&](std::size_t i) { return s.day("pfs")[i] > 150; });
  EXPECT_NEAR(free.value, 0.5, 4 * free.mcse() + 0.003);
}

TEST(Discontinuation, ContractMistakes) {
  ReadModel zero(study_of("discontinuation: {progression_hazard_ratio: 0}"));
  EXPECT_THAT(zero.problems.text(), testing::HasSubstr("discontinuation.progression_hazard_ratio: 0 is out of range"));
  ReadModel unknown(study_of("discontinuation: {hazard_ratio: 2}"));
  EXPECT_THAT(unknown.problems.text(), testing::HasSubstr("discontinuation.hazard_ratio: unknown key"));
}

}  // namespace
}  // namespace oligosim
