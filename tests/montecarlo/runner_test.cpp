#include "engine/montecarlo/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "engine/montecarlo/fold.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t block_size = 20;
const std::atomic<bool> never{false};

/// Two scenarios with the plan to run them.
struct Study {
  explicit Study(std::uint32_t replicates, unsigned threads = 1, Shard shard = {}) {
    plan = {scenarios, replicates, block_size, shard, threads, false};
  }
  ToyTrial first{0}, second{0.1};
  const Experiment* scenarios[2] = {&first, &second};
  RunPlan plan;
};

LogHeader header() { return header_of(2, 4, block_size); }

/// Everything folded, to the bit.
std::string folded_bytes(const BlockLog& log) {
  std::string bytes;
  const auto put = [&bytes](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  for (std::uint32_t scenario = 0; scenario < 2; ++scenario) {
    const Folded folded = fold(log, scenario, ToyTrial(0).columns());
    put(folded.replicates);
    for (const Moments& m : folded.moments) put(m);
    for (const Sketch& sketch : folded.sketches) {
      for (const auto& [key, count] : sketch.bins()) put(key), put(count);
    }
  }
  return bytes;
}

std::string run_whole(const fs::path& path, std::uint32_t replicates, unsigned threads) {
  BlockLog log(path, header());
  EXPECT_TRUE(run_blocks(Study(replicates, threads).plan, log, {}, never));
  return folded_bytes(log);
}

TEST(RunnerOracle, FoldIsThatOfBlocksRunOneByOne) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const Study study(90, 2);  // the fifth block has ten replicates
  ASSERT_TRUE(run_blocks(study.plan, log, {}, never));
  Arena arena;
  Folded expected(study.second.columns().size());
  for (std::uint32_t b = 0; b < 5; ++b) {
    const BlockSummary block = run_block(study.second, {1, b}, 1 + b * block_size, b < 4 ? 20 : 10, false, arena);
    expected.add(std::span(&block, 1), study.second.columns());
  }
  const Folded folded = fold(log, 1, study.second.columns());
  EXPECT_EQ(folded.replicates, 90u);
  EXPECT_EQ(folded.moments, expected.moments);
  for (std::size_t c = 0; c < 4; ++c) EXPECT_EQ(folded.sketches[c].bins(), expected.sketches[c].bins());
}

// More blocks than are in memory at once.
TEST(RunnerReproducibility, AFoldOnAnyNumberOfThreadsShowsBlocksInOrder) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const Study study(3010);
  ASSERT_TRUE(run_blocks(study.plan, log, {}, never));
  const Folded alone = fold(log, 1, study.second.columns());
  for (const unsigned threads : {2u, 3u, 40u}) {
    std::vector<std::uint32_t> seen;
    const Folded together = fold(log, 1, study.second.columns(), threads,
                                 [&](const BlockSummary& block) { seen.push_back(block.id.block); });
    ASSERT_EQ(seen.size(), 151u);
    for (std::uint32_t b = 0; b < seen.size(); ++b) EXPECT_EQ(seen[b], b);
    EXPECT_EQ(together.replicates, alone.replicates);
    EXPECT_EQ(together.moments, alone.moments);
    for (std::size_t c = 0; c < 4; ++c) EXPECT_EQ(together.sketches[c].bins(), alone.sketches[c].bins());
  }
}

TEST(RunnerReproducibility, TheSameBytesOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::string one = run_whole(folder / "1.log", 1010, 1);
  EXPECT_EQ(run_whole(folder / "2.log", 1010, 2), one);
  EXPECT_EQ(run_whole(folder / "5.log", 1010, 5), one);
}

TEST(RunnerReproducibility, TheSameBytesForShardsMergedInAnyOrder) {
  const TemporaryFolder folder;
  const std::string whole = run_whole(folder / "whole.log", 490, 2);
  const fs::path shards[] = {folder / "s1.log", folder / "s2.log", folder / "s3.log"};
  std::set<BlockId> seen;
  for (std::uint32_t part = 1; part <= 3; ++part) {
    BlockLog log(shards[part - 1], header());
    EXPECT_TRUE(run_blocks(Study(490, 2, {part, 3}).plan, log, {}, never));
    for (std::uint32_t scenario = 0; scenario < 2; ++scenario) {
      log.for_each(scenario, [&](const BlockSummary& block) {
        EXPECT_EQ(block.id.block % 3, part - 1);
        EXPECT_TRUE(seen.insert(block.id).second);
      });
    }
  }
  EXPECT_EQ(seen.size(), 50u);
  std::vector<int> order = {0, 1, 2};
  int merge = 0;
  do {
    BlockLog merged(folder / ("merged" + std::to_string(merge++)).c_str(), header());
    for (const int shard : order) {
      const BlockLog part = BlockLog::read_only(shards[shard]);
      for (std::uint32_t scenario = 0; scenario < 2; ++scenario) {
        part.for_each(scenario, [&](const BlockSummary& block) { merged.append(block); });
      }
    }
    EXPECT_EQ(folded_bytes(merged), whole);
    EXPECT_TRUE(run_blocks(
        Study(490).plan, merged, [](const Progress&) { FAIL() << "ran a block"; }, never));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(RunnerReproducibility, TheSameBytesAfterAStopAndAResume) {
  const TemporaryFolder folder;
  const std::string whole = run_whole(folder / "whole.log", 510, 2);
  const fs::path path = folder / "blocks.log";
  std::atomic<bool> stop{false};
  std::uint64_t done_at_stop = 0;
  {
    BlockLog log(path, header());
    const auto stop_soon = [&](const Progress& p) { stop = p.done >= 200, done_at_stop = p.done; };
    EXPECT_FALSE(run_blocks(Study(510, 2).plan, log, stop_soon, stop));
  }
  EXPECT_GE(done_at_stop, 200u);
  EXPECT_LE(done_at_stop, 240u);  // another thread may finish its block just then
  BlockLog log(path, header());
  std::uint64_t first_report = 0;
  const auto look = [&](const Progress& p) { first_report = first_report == 0 ? p.done : first_report; };
  EXPECT_TRUE(run_blocks(Study(510, 2).plan, log, look, never));
  EXPECT_EQ(first_report, done_at_stop + block_size);  // what was there is not run again
  EXPECT_EQ(folded_bytes(log), whole);
}

TEST(RunnerReproducibility, AnExtendedRunGivesTheBytesOfALongOne) {
  const TemporaryFolder folder;
  const std::string whole = run_whole(folder / "whole.log", 330, 1);
  run_whole(folder / "blocks.log", 90, 2);
  BlockLog log(folder / "blocks.log", header());
  EXPECT_EQ(log.replicates({1, 4}), 10u);
  EXPECT_TRUE(run_blocks(Study(330, 2).plan, log, {}, never));
  EXPECT_EQ(log.replicates({1, 4}), 20u);
  EXPECT_EQ(folded_bytes(log), whole);
}

/// A trial that asks for its own stop at one replicate.
class SelfStopping : public ToyTrial {
 public:
  SelfStopping(std::atomic<bool>& stop, std::uint32_t at) : ToyTrial(0), stop_(stop), at_(at) {}
  void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const override {
    ++replicates;
    if (number == at_) stop_ = true;
    ToyTrial::replicate(number, arena, row);
  }
  mutable std::atomic<int> replicates{0};

 private:
  std::atomic<bool>& stop_;
  std::uint32_t at_;
};

TEST(RunnerReproducibility, ABlockUnderWayIsAbandonedAtAStopAndRunsAgain) {
  const TemporaryFolder folder;
  const auto run = [&](const char* name, const Experiment& experiment, const std::atomic<bool>& stop) {
    BlockLog log(folder / name, header_of(1, 4, 1000));
    const Experiment* const one[] = {&experiment};
    return run_blocks({one, 3000, 1000, {}, 1, false}, log, {}, stop);
  };
  const auto kept = [&](const char* name) {
    const Folded folded = fold(BlockLog::read_only(folder / name), 0, ToyTrial(0).columns());
    return std::pair(folded.replicates, folded.moments);
  };
  std::atomic<bool> stop{false};
  const SelfStopping trial(stop, 1005);
  EXPECT_FALSE(run("blocks.log", trial, stop));
  EXPECT_EQ(trial.replicates, 1005);  // and not the rest of the second block
  EXPECT_EQ(kept("blocks.log").first, 1000u);
  EXPECT_TRUE(run("blocks.log", ToyTrial(0), never));
  EXPECT_TRUE(run("whole.log", ToyTrial(0), never));
  EXPECT_EQ(kept("blocks.log"), kept("whole.log"));
}

TEST(RunnerProperty, NothingRunsOnceStopIsSet) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const std::atomic<bool> stopped{true};
  EXPECT_FALSE(run_blocks(
      Study(100, 2).plan, log, [](const Progress&) { FAIL(); }, stopped));
  EXPECT_EQ(fold(log, 0, ToyTrial(0).columns()).replicates, 0u);
  EXPECT_EQ(fold(log, 0, ToyTrial(0).columns()).moments.size(), 4u);
}

TEST(RunnerProperty, ReportsAdvanceByWholeBlocksToTheTotal) {
  const TemporaryFolder folder;
  run_whole(folder / "blocks.log", 30, 1);
  BlockLog log(folder / "blocks.log", header());
  std::vector<std::uint64_t> done;
  const auto note = [&](const Progress& p) {
    EXPECT_EQ(p.total, 140u);
    done.push_back(p.done);
  };
  EXPECT_TRUE(run_blocks(Study(70, 1).plan, log, note, never));
  EXPECT_EQ(done, (std::vector<std::uint64_t>{70, 80, 100, 120, 130, 140}));
}

TEST(RunnerProperty, ScenariosAdvanceTogether) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  std::atomic<bool> stop{false};
  const auto stop_early = [&](const Progress& p) { stop = p.done >= 80; };
  run_blocks(Study(1000, 1).plan, log, stop_early, stop);
  EXPECT_EQ(fold(log, 0, ToyTrial(0).columns()).replicates, 40u);
  EXPECT_EQ(fold(log, 1, ToyTrial(0).columns()).replicates, 40u);
}

/// Throws at one replicate, and notes which replicates were run.
class Faulty : public ToyTrial {
 public:
  explicit Faulty(std::uint32_t at) : ToyTrial(0), at_(at) {}
  void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const override {
    ++run_;
    if (number == at_) throw std::domain_error("replicate " + std::to_string(number));
    ToyTrial::replicate(number, arena, row);
  }
  std::uint32_t run() const { return run_; }

 private:
  std::uint32_t at_;
  mutable std::atomic<std::uint32_t> run_{0};
};

TEST(RunnerProperty, AnExceptionOfAReplicateIsRethrownAndTheLogStaysSound) {
  for (const unsigned threads : {1u, 2u, 5u}) {
    const TemporaryFolder folder;
    const fs::path path = folder / "blocks.log";
    const Faulty faulty(105);
    Study study(10000, threads);
    study.scenarios[1] = &faulty;
    {
      BlockLog log(path, header());
      try {
        run_blocks(study.plan, log, {}, never);
        ADD_FAILURE() << "nothing was thrown";
      } catch (const std::domain_error& error) {
        EXPECT_STREQ(error.what(), "replicate 105");
      }
    }
    EXPECT_LT(faulty.run(), 10000u);  // the others stop
    BlockLog log(path, header());
    EXPECT_EQ(log.dropped_bytes(), 0u);
    EXPECT_EQ(log.replicates({1, 5}), 0u);
    EXPECT_EQ(log.replicates({1, 0}), block_size);
    const ToyTrial sound(0);
    study.scenarios[1] = &sound;
    study.plan.replicates = 200;
    EXPECT_TRUE(run_blocks(study.plan, log, {}, never));
  }
}

TEST(RunnerProperty, AnExceptionOfTheReportIsRethrown) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const auto complain = [](const Progress&) { throw std::domain_error("report"); };
  EXPECT_THROW(run_blocks(Study(1000, 2).plan, log, complain, never), std::domain_error);
}

TEST(RunnerProperty, KeptRowsAreThoseOfTheReplicates) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header_of(2, 4, block_size, true));
  Study study(50, 2);
  study.plan.keep_rows = true;
  ASSERT_TRUE(run_blocks(study.plan, log, {}, never));
  std::uint32_t number = 0;
  Arena arena;
  log.for_each(1, [&](const BlockSummary& block) {
    for (std::uint32_t i = 0; i < block.replicates; ++i) {
      double row[4];
      arena.reset();
      study.second.replicate(++number, arena, row);
      EXPECT_EQ(block.rows[4 * i], row[0]);
      EXPECT_EQ(block.rows[4 * i + 3], row[3]);
    }
  });
  EXPECT_EQ(number, 50u);
}

TEST(RunnerProperty, RefusesAPlanThatDoesNotFitTheLog) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const auto refused = [&](auto change) {
    Study study(100);
    change(study.plan);
    EXPECT_THROW(run_blocks(study.plan, log, {}, never), std::invalid_argument);
  };
  refused([](RunPlan& p) { p.block_size = 0; });
  refused([](RunPlan& p) { p.block_size = 30; });
  refused([](RunPlan& p) { p.shard = {0, 3}; });
  refused([](RunPlan& p) { p.shard = {4, 3}; });
  refused([](RunPlan& p) { p.keep_rows = true; });
  refused([](RunPlan& p) { p.experiments = p.experiments.first(1); });
}

/// Waits until several threads are in it at once.
class Meeting : public ToyTrial {
 public:
  explicit Meeting(int guests) : ToyTrial(0), guests_(guests) {}
  void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const override {
    if (number % block_size == 1) {
      ++here_;
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
      while (here_ < guests_ && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
      met_ = met_ || here_ >= guests_;
    }
    ToyTrial::replicate(number, arena, row);
  }
  bool met() const { return met_; }

 private:
  int guests_;
  mutable std::atomic<int> here_{0};
  mutable std::atomic<bool> met_{false};
};

// Also above the number of cores of this machine.
TEST(RunnerProperty, AsManyThreadsRunAsWereAskedFor) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", header());
  const Meeting meeting(5);
  Study study(5 * block_size, 5);
  study.scenarios[0] = study.scenarios[1] = &meeting;
  EXPECT_TRUE(run_blocks(study.plan, log, {}, never));
  EXPECT_TRUE(meeting.met());
}

TEST(ParallelForProperty, DoesEachOnce) {
  for (const unsigned threads : {0u, 1u, 2u, 5u}) {
    std::vector<std::atomic<int>> times(1000);
    parallel_for(times.size(), threads, [&](std::size_t i, Arena& arena) {
      for (const double value : arena.take<double>(100, static_cast<double>(i))) {
        if (value != static_cast<double>(i)) throw std::logic_error("arena shared");
      }
      ++times[i];
    });
    for (const auto& n : times) ASSERT_EQ(n, 1);
  }
  parallel_for(0, 3, [](std::size_t, Arena&) { FAIL(); });
}

// The failure waits until others are at work: they have to be told to stop, and not only be kept from starting.
TEST(ParallelForProperty, RethrowsAndStops) {
  constexpr std::size_t count = 30000000;
  std::atomic<std::size_t> done{0};
  const auto fails = [&](std::size_t i, Arena&) {
    ++done;
    if (i != 10) return;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (done < 100 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    throw std::domain_error("10");
  };
  EXPECT_THROW(parallel_for(count, 3, fails), std::domain_error);
  EXPECT_GE(done, 100u);
  EXPECT_LT(done, count);
}

// Work that has work of its own done by one thread: the others go on beside it.
TEST(ParallelForProperty, ASingleThreadWithinLeavesTheOthersAtWork) {
  std::atomic<int> at_work{0};
  parallel_for(2, 2, [&](std::size_t, Arena&) {
    parallel_for(1, 1, [&](std::size_t, Arena&) {
      ++at_work;
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
      while (at_work < 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
      EXPECT_EQ(at_work, 2);
    });
  });
}

}  // namespace
}  // namespace oligosim
