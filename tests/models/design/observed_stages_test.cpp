// Stages are made once and are those that the design makes, whoever asks first.
#include "models/design/observed_stages.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace oligosim {
namespace {

SequentialDesign three_looks() {
  EfficacyRule efficacy;
  efficacy.spending.family = Spending::obrien_fleming;
  return {efficacy, {}, 0.025, false, {1.0 / 3, 2.0 / 3, 1.0}};
}

TEST(ObservedStages, OracleTheDesignsOwnStagesWhicheverTheEvents) {
  const SequentialDesign design = three_looks();
  const ObservedStages stages(design, 90);
  for (const std::size_t first : {28u, 30u, 44u, 28u}) {  // 28 and 44 are in one chain
    const auto one =
        std::make_shared<const SequentialStage>(design.next(nullptr, static_cast<double>(first) / 90, false));
    const ObservedStages::Reached a = stages.next({}, first, false);
    EXPECT_EQ(a.stage->efficacy, one->efficacy);
    for (const std::size_t second : {60u, 76u}) {
      const SequentialStage two = design.next(one, static_cast<double>(second) / 90, true);
      const ObservedStages::Reached b = stages.next(a, second, true);
      EXPECT_EQ(b.stage->efficacy, two.efficacy);
      EXPECT_EQ(b.stage->information, two.information);
      EXPECT_NE(b.stage, stages.next(a, second, false).stage);
      EXPECT_EQ(b.stage, stages.next(stages.next({}, first, false), second, true).stage);  // the one kept
    }
  }
}

TEST(ObservedStages, PropertyManyThreadsFindOneStageEach) {
  const SequentialDesign design = three_looks();
  for (int round = 0; round < 20; ++round) {
    const ObservedStages stages(design, 90);
    std::vector<std::set<const SequentialStage*>> found(4);
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (auto& own : found)
      threads.emplace_back([&] {
        for (++ready; ready < 4;) std::this_thread::yield();
        for (const std::size_t events : {30u, 46u, 31u}) {
          const ObservedStages::Reached a = stages.next({}, events, false);
          own.insert({a.stage, stages.next(a, 60, false).stage});
        }
      });
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(found[0].size(), 6u);
    for (const auto& own : found) EXPECT_EQ(own, found[0]);
  }
}

}  // namespace
}  // namespace oligosim
