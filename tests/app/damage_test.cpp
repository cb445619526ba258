// A block log that was damaged after it was written, by the program that reads it: refused, or the same numbers.
#include <random>

#include "engine/montecarlo/block_format.hpp"
#include "engine/montecarlo/block_log.hpp"
#include "tests/app/program.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

class Damage : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    std::string text = two_arm_study(60, 400, "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n");
    write("study.yaml", text);
    // One thread: records lie in block order, so that what is cut off is always the last.
    ASSERT_EQ(run("run " + at("study.yaml") + " --threads 1 --out " + at("out")), 0) << file("stderr");
    bytes_ = file("out/blocks.log");
    whole_ = contents();
  }
  /// The bytes of each block, in block order.
  std::vector<std::string> contents() const {
    std::vector<std::string> all;
    BlockLog::read_only(at("out/blocks.log")).for_each(0, [&](const BlockSummary& block) {
      const auto encoded = block_format::encode_block(block);
      all.emplace_back(encoded.begin(), encoded.end());
    });
    return all;
  }
  std::string bytes_;
  std::vector<std::string> whole_;
};

TEST_F(Damage, TwoThousandFlippedBitsAreAllDetected) {
  ASSERT_EQ(whole_.size(), 4u);
  std::mt19937 random(20250611);
  for (int k = 0; k < 2000; ++k) {
    std::string bad = bytes_;
    const std::size_t bit = random() % (8 * bad.size());
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    write("out/blocks.log", bad);
    EXPECT_THROW(contents(), LogError) << "bit " << bit;
  }
  EXPECT_EQ(run("report " + at("out")), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("cannot be read"));
}

TEST_F(Damage, ATruncatedLogHasTheFirstBlocksOrIsRefused) {
  for (std::size_t size = 0; size < bytes_.size(); size += 1 + size / 400) {
    write("out/blocks.log", bytes_.substr(0, size));
    std::vector<std::string> found;
    try {
      found = contents();
    } catch (const LogError&) {
      continue;
    }
    ASSERT_LT(found.size(), whole_.size());
    EXPECT_TRUE(std::equal(found.begin(), found.end(), whole_.begin())) << size;
  }
  const std::string summary = file("out/summary.csv");
  for (const std::size_t size : {std::size_t{0}, std::size_t{11}, bytes_.size() / 2, bytes_.size() - 1}) {
    write("out/blocks.log", bytes_.substr(0, size));
    ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
    EXPECT_EQ(file("out/summary.csv"), summary);
    EXPECT_EQ(file("out/blocks.log").size(), bytes_.size());
  }
}

}  // namespace
}  // namespace oligosim
