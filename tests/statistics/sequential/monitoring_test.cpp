// What a trial under way is told: conditional and predictive power, repeated p values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/conditional_power.hpp"
#include "engine/statistics/sequential/repeated_p_value.hpp"
#include "engine/statistics/sequential/sequential_inference.hpp"
#include "tests/statistics/sequential/sequential.hpp"

namespace oligosim {
namespace {

/// The stages of a trial of the reference file as they were held, and the looks planned.
struct HeldTrial {
  std::vector<std::shared_ptr<const SequentialStage>> stages;
  std::vector<double> z;
  std::unique_ptr<SequentialDesign> design;
  std::vector<double> planned;  // events
};

/// `ends` has the events of looks that were not held (trial -> events at the end).
HeldTrial held_trial(const test::ReferenceTable& looks, const std::string& trial, std::vector<double> later) {
  HeldTrial held;
  double final_events = 0;
  for (std::size_t row = 0; row < looks.size(); ++row) {
    if (looks.text(row, "trial") != trial) continue;
    final_events = looks.number(row, "final_events");
    const double parameter = looks.number(row, "parameter");
    if (!held.design)
      held.design = std::make_unique<SequentialDesign>(
          EfficacyRule{{test::spending_named(looks.text(row, "spending")), std::isnan(parameter) ? 0 : parameter}, {}},
          FutilityRule{}, 0.025, false, std::vector<double>{0.5, 1});
    const double events = looks.number(row, "events");
    held.planned.push_back(events);
    held.z.push_back(looks.number(row, "z"));
    held.stages.push_back(std::make_shared<const SequentialStage>(held.design->next(
        held.stages.empty() ? nullptr : held.stages.back(), events / final_events, events == final_events)));
  }
  held.planned.insert(held.planned.end(), later.begin(), later.end());
  return held;
}

const std::pair<const char*, std::vector<double>> trials[] = {
    {"obrien_fleming", {}}, {"three_looks", {}}, {"off_schedule", {}}, {"pocock_stops", {100}},
    {"hwang", {}},          {"kim_demets", {}},  {"against", {}}};

TEST(Monitoring, ReferenceLooksOfRpact) {
  const test::ReferenceTable looks("monitoring_looks.csv");
  std::size_t seen = 0;
  for (const auto& [trial, later] : trials) {
    const HeldTrial held = held_trial(looks, trial, later);
    for (std::size_t row = 0; row < looks.size(); ++row) {
      if (looks.text(row, "trial") != trial) continue;
      ++seen;
      const auto k = static_cast<std::size_t>(looks.number(row, "look")) - 1;
      const SequentialStage& stage = *held.stages[k];
      EXPECT_NEAR(stage.efficacy, looks.number(row, "boundary"), 1e-6) << looks.describe(row);
      EXPECT_NEAR(stage.level_spent, looks.number(row, "spent"), 2e-8) << looks.describe(row);
      // rpact's search ends within its tolerance of 1e-6 of the level.
      EXPECT_NEAR(repeated_p_value(*held.design, stage, held.z[k]), looks.number(row, "repeated_p"), 2e-6)
          << looks.describe(row);
      const SequentialInference of_drift = sequential_inference(stage, held.z[k], 0.95);
      const double unit = 2 / std::sqrt(looks.number(row, "final_events"));
      EXPECT_NEAR(std::exp(unit * of_drift.repeated_lower), looks.number(row, "lower"), 2e-6) << looks.describe(row);
      EXPECT_NEAR(std::exp(unit * of_drift.repeated_upper), looks.number(row, "upper"), 6e-6) << looks.describe(row);
    }
  }
  EXPECT_EQ(seen, looks.size());
}

TEST(Monitoring, ReferenceConditionalPowerOfRpact) {
  const test::ReferenceTable looks("monitoring_looks.csv"), power("monitoring_power.csv");
  for (std::size_t row = 0; row < power.size(); ++row) {
    const auto trial = std::ranges::find(trials, power.text(row, "trial"), [](const auto& t) { return t.first; });
    ASSERT_NE(trial, std::end(trials));
    const HeldTrial held = held_trial(looks, trial->first, trial->second);
    const auto k = static_cast<std::size_t>(power.number(row, "look")) - 1;
    std::shared_ptr<const SequentialStage> stage = held.stages[k];
    std::vector<LookAhead> ahead;
    for (std::size_t j = k + 1; j < held.planned.size(); ++j) {
      stage = std::make_shared<const SequentialStage>(
          held.design->next(stage, held.planned[j] / held.planned.back(), j + 1 == held.planned.size()));
      ahead.push_back({stage->information, stage->efficacy});
    }
    const double drift = std::log(power.number(row, "ratio")) * std::sqrt(held.planned.back()) / 2;
    EXPECT_NEAR(conditional_power(held.z[k], held.stages[k]->information, ahead, drift, false),
                power.number(row, "power"), 1e-6)
        << power.describe(row);
  }
}

TEST(Monitoring, ExactConditionalPowerOfOneLook) {
  for (const double z : {-1.0, 0.3, 2.5})
    for (const double drift : {-2.0, 0.0, 3.0, 25.0}) {
      const LookAhead end{1, 1.96};
      const double mean = z * std::sqrt(0.4) + drift * 0.6;
      EXPECT_NEAR(conditional_power(z, 0.4, {&end, 1}, drift, false), normal_cdf((mean - 1.96) / std::sqrt(0.6)),
                  1e-12);
      // The score at the end is normal about z / sqrt(0.4) with what is left and what is not known of the drift.
      EXPECT_NEAR(predictive_power(z, 0.4, {&end, 1}, false),
                  normal_cdf((z / std::sqrt(0.4) - 1.96) / std::sqrt(0.6 + 0.36 / 0.4)), 1e-12);
    }
  EXPECT_EQ(conditional_power(1, 0.4, {}, 1, false), 0);
}

// Paths drawn one increment after the other, the drift from its posterior for the predictive power.
TEST(Monitoring, StatisticalPowerOfDrawnPaths) {
  const LookAhead ahead[] = {{0.5, 2.6}, {0.8, 2.2}, {1, 2.0}};
  const double z = 1.4, information = 0.3;
  for (const bool symmetric : {false, true})
    for (const double drift : {std::nan(""), 0.0, 3.0}) {
      std::mt19937_64 random(7);
      std::normal_distribution<double> normal;
      constexpr int paths = 200000;
      int reached = 0;
      for (int i = 0; i < paths; ++i) {
        const double of_path = std::isnan(drift) ? (z + normal(random)) / std::sqrt(information) : drift;
        double score = z * std::sqrt(information), before = information;
        for (const LookAhead& look : ahead) {
          const double step = look.information - before;
          before = look.information;
          score += of_path * step + std::sqrt(step) * normal(random);
          const double now = score / std::sqrt(before);
          if (now >= look.efficacy) ++reached;
          if (now >= look.efficacy || (symmetric && now <= -look.efficacy)) break;
        }
      }
      const double power = std::isnan(drift) ? predictive_power(z, information, ahead, symmetric)
                                             : conditional_power(z, information, ahead, drift, symmetric);
      const double share = static_cast<double>(reached) / paths;
      EXPECT_NEAR(share, power, 4 * std::sqrt(power * (1 - power) / paths)) << symmetric << " " << drift;
    }
}

TEST(Monitoring, PropertyRepeatedPValueIsTheLevelOnTheBoundary) {
  for (const bool symmetric : {false, true}) {
    const SequentialDesign design({{Spending::hwang_shih_decani, -3}, {}}, {}, 0.02, symmetric, {0.4, 0.7, 1});
    for (const auto& stage : design.planned()) {
      EXPECT_NEAR(repeated_p_value(design, *stage, stage->efficacy), 0.02, 1e-9);
      EXPECT_LT(repeated_p_value(design, *stage, stage->efficacy + 0.1), 0.02);
      EXPECT_LT(repeated_p_value(design, *stage, 9), 1e-9);
    }
    EXPECT_EQ(repeated_p_value(design, *design.planned()[0], -3), 0.5);
  }
  const SequentialDesign classical({{}, {2.9, 2.0}}, {}, 0.025, false, {0.5, 1});
  EXPECT_TRUE(std::isnan(repeated_p_value(classical, *classical.planned()[0], 2)));
}

}  // namespace
}  // namespace oligosim
