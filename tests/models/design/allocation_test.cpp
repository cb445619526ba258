// A replicate of a whole trial takes nothing from the heap once the arena has grown to its size.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "models/study/trial_experiment.hpp"
#include "tests/models/design/response_study.hpp"
#include "tests/models/study/study_support.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const std::size_t a = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(a, (size + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace oligosim {
namespace {

void expect_none(const Study& study) {
  for (Scenario s : study.scenarios) {
    s.draws.resize(std::min<std::size_t>(s.draws.size(), 3));
    s.prepare(1);
    const TrialExperiment experiment(s, study.seed);
    std::vector<double> row(experiment.columns().size());
    Arena arena;
    std::uint32_t number = 0;
    // The first round finds the largest replicate, and the boundaries at the numbers of events that looks turn out to
    // have.
    while (number < 600) arena.reset(), experiment.replicate(++number, arena, row);
    arena.reset();
    const std::size_t before = allocations;
    while (number > 0) arena.reset(), experiment.replicate(number--, arena, row);
    EXPECT_EQ(allocations - before, 0u) << s.name;
  }
}
void expect_none(const std::string& file) {
  expect_none(load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/" + file, {}));
}

TEST(Allocation, PropertyNoneInTheSteadyStateOfTheMainStudy) { expect_none("randomized_pfs.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfTheWholePaper) { expect_none("paper_replication.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfResponderBias) { expect_none("responder_bias.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfManySubgroups) { expect_none("subgroup_screen.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfAdjustedComparisons) { expect_none("strategy_confounding.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfASingleArm) { expect_none("single_arm_phase2.yaml"); }
TEST(Allocation, PropertyNoneInTheSteadyStateOfResponsesWithinStrata) {
  std::string text = response_study("method: odds_ratio, outcome: or, by: arm, strata: [site]", 0.5);
  text.replace(text.find("outcomes: {or"), 13,
               "covariates: {site: {values: [0, 1], probability: [0.5, 0.5], hazard_ratio: 1}}, outcomes: {or");
  text.insert(text.rfind("]"),
              ", {name: difference, method: risk_difference, outcome: or, by: arm, strata: [site], "
              "interval: [miettinen_nurminen, wald]}");
  expect_none(study_from(text));
}

}  // namespace
}  // namespace oligosim
