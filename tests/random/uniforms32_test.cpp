#include "engine/random/uniforms32.hpp"

#include <gtest/gtest.h>

#include <vector>

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
      const double expected = stream.uniform32();
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

TEST(Uniforms32, ReproducibilityOnAnyProcessor) {
  expect_stream_by_stream(uniforms32_v3);
  expect_listed(listed_uniforms32_v3);
}

TEST(Uniforms32, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_stream_by_stream(uniforms32_v4);
  expect_listed(listed_uniforms32_v4);
}

TEST(Uniforms32, ReproducibilityOfStreams) {
  const Streams streams(key, 4);
  const std::vector<StreamBlock> blocks{{3, 1}, {3, 2}, {8, 0}};
  const Columns columns(7, 0b1010), listed(blocks.size(), 15);
  streams.uniforms32(Purpose::toxicity, 2, columns.out);
  for (std::uint32_t i = 0; i < 7; ++i) columns.expect(i, streams.stream(Purpose::toxicity, i), 2);
  streams.uniforms32(Purpose::lesions, blocks, listed.out);
  for (std::size_t k = 0; k < blocks.size(); ++k)
    listed.expect(k, streams.stream(Purpose::lesions, blocks[k].index), blocks[k].block);
}

// (word + 1/2) / 2^32 of the words in their order.
TEST(Uniforms32, OracleOfWords) {
  Stream words(5, 6, Purpose::visits), uniforms(5, 6, Purpose::visits);
  for (int k = 0; k < 1000; ++k) ASSERT_EQ(uniforms.uniform32(), (words() + 0.5) / 0x1p32);
}

}  // namespace
}  // namespace oligosim
