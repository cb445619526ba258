#include "engine/random/uniform_kernels.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

using Kernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>, std::span<double>,
                        std::span<double>);

// Every number of patients up to several registers full, and nothing written beyond.
void expect_stream_by_stream(Kernel kernel) {
  constexpr std::uint64_t key = 0x123456789ABCDEF0;
  for (std::size_t n = 0; n <= 70; ++n) {
    std::vector<double> first(n + 1, -1.0), second(n + 1, -1.0);
    kernel({0, 0, static_cast<std::uint32_t>(Purpose::course), 9}, {0x9ABCDEF0, 0x12345678}, std::span(first).first(n),
           std::span(second).first(n));
    for (std::uint32_t i = 0; i < n; ++i) {
      Stream stream(key, 9, Purpose::course, i);
      ASSERT_EQ(first[i], stream.uniform()) << n << ' ' << i;
      ASSERT_EQ(second[i], stream.uniform()) << n << ' ' << i;
    }
    ASSERT_EQ(first[n], -1.0);
    ASSERT_EQ(second[n], -1.0);
  }
}

void expect_first_alone(Kernel kernel) {
  for (std::size_t n = 0; n <= 70; ++n) {
    const std::array<std::uint32_t, 4> counter{3, 0, static_cast<std::uint32_t>(Purpose::course), 9};
    std::vector<double> first(n + 1, -1.0), both(n), second(n);
    kernel(counter, {5, 6}, std::span(first).first(n), {});
    kernel(counter, {5, 6}, both, second);
    ASSERT_TRUE(std::equal(both.begin(), both.end(), first.begin())) << n;
    ASSERT_EQ(first[n], -1.0);
  }
}

using FirstKernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>, std::span<double>);

void expect_numbers_of_one_stream(FirstKernel kernel) {
  constexpr std::uint64_t key = 0x123456789ABCDEF0;
  for (std::size_t n = 0; n <= 140; ++n) {
    std::vector<double> some(n + 1, -1.0);
    kernel({0, 5, static_cast<std::uint32_t>(Purpose::course), 9}, {0x9ABCDEF0, 0x12345678}, std::span(some).first(n));
    Stream stream(key, 9, Purpose::course, 5);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(some[i], stream.uniform()) << n << ' ' << i;
    ASSERT_EQ(some[n], -1.0);
  }
}

using WordsKernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>,
                             std::array<std::span<std::uint32_t>, 8>);

void expect_words_of_streams(WordsKernel kernel) {
  constexpr std::uint64_t key = 0x123456789ABCDEF0;
  for (std::size_t n = 0; n <= 36; n += 4) {
    for (std::uint32_t block = 0; block < 3; ++block) {
      std::vector<std::vector<std::uint32_t>> word(8, std::vector<std::uint32_t>(n + 1, 7));
      std::array<std::span<std::uint32_t>, 8> out;
      for (std::size_t k = 0; k < 8; ++k) out[k] = std::span(word[k]).first(n);
      kernel({block, 11, static_cast<std::uint32_t>(Purpose::bootstrap), 9}, {0x9ABCDEF0, 0x12345678}, out);
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
  expect_first_alone(uniforms_v3);
  expect_numbers_of_one_stream(first_uniforms_v3);
  expect_words_of_streams(words_v3);
}

TEST(UniformKernels, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_stream_by_stream(uniforms_v4);
  expect_first_alone(uniforms_v4);
  expect_numbers_of_one_stream(first_uniforms_v4);
  expect_words_of_streams(words_v4);
}

}  // namespace
}  // namespace oligosim
