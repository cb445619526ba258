// True values kept between runs: the same bits, and only for what they were found for.
#include "models/study/truth_file.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <fstream>

#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

class TruthFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/oligosim-test-XXXXXX";
    folder_ = mkdtemp(name);
    for (std::size_t k = 0; k < study_.scenarios[0].plan->labels().size(); ++k)
      truths_[0].mean.push_back(
          {k == 0 ? missing : 1 / (3.0 + static_cast<double>(k)), k == 1 ? 1e-300 : 0.1, k % 2 == 1});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) const { std::ofstream(file()) << text; }
  std::filesystem::path file() const { return folder_ / "truths"; }

  Study study_ = study_from(two_arm_study(100, 100, "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n"));
  std::vector<TruthsOfDraws> truths_ = {{}};
  std::filesystem::path folder_;
};

TEST_F(TruthFile, ReproducibilityTheSameBits) {
  write(text_of_truths("key", truths_));
  const auto read = kept_truths(file(), "key", study_);
  ASSERT_TRUE(read);
  ASSERT_EQ((*read)[0].mean.size(), truths_[0].mean.size());
  EXPECT_TRUE((*read)[0].each.empty());
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  for (std::size_t k = 0; k < truths_[0].mean.size(); ++k) {
    const TrueValue &a = (*read)[0].mean[k], &b = truths_[0].mean[k];
    EXPECT_EQ(bits(a.value), bits(b.value)) << k;
    EXPECT_EQ(bits(a.standard_error), bits(b.standard_error)) << k;
    EXPECT_EQ(a.closed_form, b.closed_form) << k;
  }
}

TEST_F(TruthFile, DegenerateNothingWhereItIsOfSomethingElseOrDamaged) {
  EXPECT_FALSE(kept_truths(file(), "key", study_));  // no file
  std::string text = text_of_truths("key", truths_);
  write(text);
  EXPECT_FALSE(kept_truths(file(), "another key", study_));
  for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{10}, text.size() - 1}) {
    write(text.substr(0, length));
    EXPECT_FALSE(kept_truths(file(), "key", study_)) << length;
  }
  text[text.size() - 5] = text[text.size() - 5] == '0' ? '1' : '0';
  write(text);
  EXPECT_FALSE(kept_truths(file(), "key", study_));
  truths_[0].mean.pop_back();
  write(text_of_truths("key", truths_));
  EXPECT_FALSE(kept_truths(file(), "key", study_));
}

}  // namespace
}  // namespace oligosim
