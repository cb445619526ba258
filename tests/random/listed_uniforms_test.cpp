#include "engine/random/listed_uniforms.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "engine/random/uniform_kernels.hpp"

namespace oligosim {
namespace {

using Kernel = void (*)(std::array<std::uint32_t, 4>, std::array<std::uint32_t, 2>, std::span<const StreamPair>,
                        std::span<double>);

// Lists of every length up to several registers full, in no order, and nothing written beyond.
void expect_stream_by_stream(Kernel kernel) {
  constexpr std::uint64_t key = 0x123456789ABCDEF0;
  for (std::uint32_t n = 0; n <= 70; ++n) {
    std::vector<StreamPair> pairs;
    for (std::uint32_t k = 0; k < n; ++k) pairs.push_back({k % 3 == 0 ? 0xFFFFFFFFu - k : 1000 - 7 * k, k % 5});
    std::vector<double> out(2 * n + 1, -1.0);
    kernel({0, 0, static_cast<std::uint32_t>(Purpose::lesions), 9}, {0x9ABCDEF0, 0x12345678}, pairs,
           std::span(out).first(2 * n));
    for (std::uint32_t k = 0; k < n; ++k) {
      Stream stream(key, 9, Purpose::lesions, pairs[k].index);
      for (std::uint32_t before = 0; before < 2 * pairs[k].pair; ++before) stream.uniform();
      ASSERT_EQ(out[2 * k], stream.uniform()) << n << ' ' << k;
      ASSERT_EQ(out[2 * k + 1], stream.uniform()) << n << ' ' << k;
    }
    ASSERT_EQ(out[2 * n], -1.0);
  }
}

TEST(ListedUniforms, ReproducibilityOnAnyProcessor) { expect_stream_by_stream(listed_uniforms_v3); }

TEST(ListedUniforms, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_stream_by_stream(listed_uniforms_v4);
}

TEST(ListedUniforms, ReproducibilityOfStreams) {
  const std::vector<StreamPair> pairs{{3, 1}, {3, 2}, {8, 0}};
  std::vector<double> out(6);
  const Streams streams(17, 4);
  streams.uniforms(Purpose::visits, pairs, out);
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    Stream stream = streams.stream(Purpose::visits, pairs[k].index);
    for (std::uint32_t before = 0; before < 2 * pairs[k].pair; ++before) stream.uniform();
    EXPECT_EQ(out[2 * k], stream.uniform());
    EXPECT_EQ(out[2 * k + 1], stream.uniform());
  }
}

}  // namespace
}  // namespace oligosim
