#include "engine/random/uniform_kernels.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/processor/level.hpp"
#include "engine/random/uniform_kernels.hpp"

namespace oligosim {
namespace {

constexpr std::uint64_t key = 0x123456789ABCDEF0;
constexpr std::array<std::uint32_t, 2> halves{0x9ABCDEF0, 0x12345678};

/// Four columns of n numbers, some of them not wanted, and a number behind each that nobody may write.
struct Columns {
  Columns(std::size_t n, unsigned wanted) : all(4, std::vector<double>(n + 1, -1.0)) {
    for (std::size_t w = 0; w < 4; ++w)
      if ((wanted >> w & 1) != 0) out[w] = std::span(all[w]).first(n);
  }
  void expect(std::size_t k, Stream stream, std::uint32_t block) const {
    for (std::uint32_t before = 0; before < 4 * block; ++before) stream();
    for (std::size_t w = 0; w < 4; ++w) {
      const double expected = stream.uniform();
      ASSERT_EQ(all[w][k], out[w].empty() ? -1.0 : expected) << k << ' ' << w;
      ASSERT_EQ(all[w].back(), -1.0);
    }
  }
  std::vector<std::vector<double>> all;
  Streams::FourColumns out;
};

// Every number of patients up to several registers full.
template <class Kernel>
void expect_stream_by_stream(const Kernel& kernel) {
  for (std::uint32_t n = 0; n <= 90; ++n) {
    const Columns columns(n, n % 3 == 0 ? 15 : n % 16);
    kernel({n % 5, 0, static_cast<std::uint32_t>(Purpose::toxicity), 9}, halves, n, columns.out);
    for (std::uint32_t i = 0; i < n; ++i) columns.expect(i, Stream(key, 9, Purpose::toxicity, i), n % 5);
  }
}

// Lists in no order.
template <class Kernel>
void expect_listed(const Kernel& kernel) {
  for (std::uint32_t n = 0; n <= 90; ++n) {
    std::vector<StreamBlock> blocks;
    for (std::uint32_t k = 0; k < n; ++k) blocks.push_back({k % 3 == 0 ? 0xFFFFFFFFu - k : 1000 - 7 * k, k % 5});
    const Columns columns(n, n % 3 == 0 ? 15 : n % 16);
    kernel({0, 0, static_cast<std::uint32_t>(Purpose::lesions), 9}, halves, blocks, columns.out);
    for (std::uint32_t k = 0; k < n; ++k)
      columns.expect(k, Stream(key, 9, Purpose::lesions, blocks[k].index), blocks[k].block);
  }
}

using FirstKernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>, std::span<double>);

void expect_numbers_of_one_stream(FirstKernel kernel) {
  for (std::size_t n = 0; n <= 300; ++n) {
    std::vector<double> some(n + 1, -1.0);
    kernel({0, 5, static_cast<std::uint32_t>(Purpose::course), 9}, halves, std::span(some).first(n));
    Stream stream(key, 9, Purpose::course, 5);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(some[i], stream.uniform()) << n << ' ' << i;
    ASSERT_EQ(some[n], -1.0);
  }
}

using WordsKernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>,
                             std::array<std::span<std::uint32_t>, 8>);

void expect_words_of_streams(WordsKernel kernel) {
  for (std::size_t n = 0; n <= 36; n += 4) {
    for (std::uint32_t block = 0; block < 3; ++block) {
      std::vector<std::vector<std::uint32_t>> word(8, std::vector<std::uint32_t>(n + 1, 7));
      std::array<std::span<std::uint32_t>, 8> out;
      for (std::size_t k = 0; k < 8; ++k) out[k] = std::span(word[k]).first(n);
      kernel({block, 11, static_cast<std::uint32_t>(Purpose::bootstrap), 9}, halves, out);
      for (std::uint32_t k = 0; k < 8; ++k) {
        Stream stream(key, 9, Purpose::bootstrap, 11 + k);
        for (std::uint32_t before = 0; before < 4 * block; ++before) stream();
        for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(word[k][i], stream()) << n << ' ' << k << ' ' << i;
        ASSERT_EQ(word[k][n], 7u);
      }
    }
  }
}

TEST(UniformKernels, ReproducibilityOnAnyProcessor) {
  expect_stream_by_stream(uniforms_v3);
  expect_listed(listed_uniforms_v3);
  expect_numbers_of_one_stream(first_uniforms_v3);
  expect_words_of_streams(words_v3);
}

TEST(UniformKernels, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_stream_by_stream(uniforms_v4);
  expect_listed(listed_uniforms_v4);
  expect_numbers_of_one_stream(first_uniforms_v4);
  expect_words_of_streams(words_v4);
}

TEST(UniformKernels, ReproducibilityOfStreams) {
  const Streams streams(key, 4);
  const std::vector<StreamBlock> blocks{{3, 1}, {3, 2}, {8, 0}};
  const Columns columns(7, 0b1010), listed(blocks.size(), 15);
  streams.uniforms(Purpose::toxicity, 2, columns.out);
  for (std::uint32_t i = 0; i < 7; ++i) columns.expect(i, streams.stream(Purpose::toxicity, i), 2);
  streams.uniforms(Purpose::lesions, blocks, listed.out);
  for (std::size_t k = 0; k < blocks.size(); ++k)
    listed.expect(k, streams.stream(Purpose::lesions, blocks[k].index), blocks[k].block);
}

}  // namespace
}  // namespace oligosim
