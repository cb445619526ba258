#include "engine/random/stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <boost/random/normal_distribution.hpp>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/random/philox.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {
namespace {

static_assert(std::uniform_random_bit_generator<Stream>);

/// FNV-1a over the low `size` bytes of a number.
std::uint64_t hashed(std::uint64_t state, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) state = (state ^ ((number >> (8 * i)) & 255)) * 0x100000001B3u;
  return state;
}
constexpr std::uint64_t hash_start = 0xCBF29CE484222325u;

// Reference values: reference_streams.py. If one changes, the numbers of every seed have: raise stream_version.
// Words of version 2 are those of version 1.
TEST(StreamReference, WordsOfStreamVersion2) {
  ASSERT_EQ(stream_version, 2);
  std::uint64_t state = hash_start;
  for (const std::uint64_t key : {std::uint64_t{0}, std::uint64_t{20250611}, std::uint64_t{0xFEDCBA9876543210}}) {
    for (const std::uint32_t replicate : {1u, 2u, 0xFFFFFFFFu}) {
      for (std::uint32_t purpose = 1; purpose <= 9; ++purpose) {
        for (const std::uint32_t index : {0u, 1u, 1000u}) {
          Stream stream(key, replicate, static_cast<Purpose>(purpose), index);
          for (int i = 0; i < 8; ++i) state = hashed(state, stream(), 4);
        }
      }
    }
  }
  EXPECT_EQ(state, 0xad6e861b8f9c670du);
}

TEST(StreamReference, UniformsOfStreamVersion2) {
  std::uint64_t state = hash_start;
  const Streams streams(20250611, 77);
  for (const std::uint32_t block : {0u, 3u}) {
    std::array<std::array<double, 11>, 4> columns;
    streams.uniforms(Purpose::course, block, {columns[0], columns[1], columns[2], columns[3]});
    for (const auto& column : columns)
      for (const double value : column) state = hashed(state, std::bit_cast<std::uint64_t>(value), 8);
  }
  EXPECT_EQ(state, 0x98ed24848d913f9u);
}

TEST(Streams, WordsOfEightStreamsAtOnce) {
  const Streams streams(20250611, 77);
  for (const std::uint32_t first : {0u, 5u, 0xFFFFFFF8u}) {
    for (const std::uint32_t block : {0u, 3u}) {
      std::array<std::array<std::uint32_t, 12>, 8> words;
      std::array<std::span<std::uint32_t>, 8> out;
      for (std::size_t k = 0; k < 8; ++k) out[k] = words[k];
      streams.words(Purpose::bootstrap, first, block, out);
      for (std::uint32_t k = 0; k < 8; ++k) {
        Stream stream = streams.stream(Purpose::bootstrap, first + k);
        for (std::uint32_t i = 0; i < 4 * block; ++i) stream();
        for (const std::uint32_t word : words[k]) ASSERT_EQ(word, stream()) << first << " " << block << " " << k;
      }
    }
  }
}

TEST(StreamReference, Below) {
  Stream die(1, 1, Purpose::randomization);
  for (const std::uint32_t expected : {3u, 2u, 0u, 4u, 5u, 0u, 0u, 3u}) EXPECT_EQ(die.below(6), expected);
  // A bound for which 30 % of the numbers are drawn again.
  Stream wide(1, 1, Purpose::randomization);
  for (const std::uint32_t expected :
       {1717265141u, 1106916907u, 2880155078u, 302311721u, 88444801u, 1814034980u, 338342403u, 767705103u}) {
    EXPECT_EQ(wide.below(3000000000u), expected);
  }
}

TEST(StreamReference, DerivedKey) {
  EXPECT_EQ(derived_key(20250611, "truth"), 0x2102247099348337u);
  EXPECT_EQ(derived_key(0, ""), 0xbd5db64fe4a3f4b6u);
}

TEST(StreamReference, PurposesKeepTheirNumbers) {
  EXPECT_EQ(static_cast<int>(Purpose::baseline), 1);
  EXPECT_EQ(static_cast<int>(Purpose::enrollment), 2);
  EXPECT_EQ(static_cast<int>(Purpose::randomization), 3);
  EXPECT_EQ(static_cast<int>(Purpose::course), 4);
  EXPECT_EQ(static_cast<int>(Purpose::visits), 5);
  EXPECT_EQ(static_cast<int>(Purpose::dropout), 6);
  EXPECT_EQ(static_cast<int>(Purpose::response), 7);
  EXPECT_EQ(static_cast<int>(Purpose::bootstrap), 8);
  EXPECT_EQ(static_cast<int>(Purpose::toxicity), 9);
}

TEST(StreamOracle, FirstUniformsAreThoseOfTheStream) {
  for (const std::size_t n : {0u, 1u, 2u, 3u, 15u, 16u, 17u, 37u, 48u, 49u, 95u, 96u, 97u, 160u, 161u, 200u, 1001u}) {
    const Streams streams(0x0123456789ABCDEF, 0xFFFFFFF0);
    std::vector<double> some(n + 1, -1);
    streams.first_uniforms(Purpose::enrollment, 7, std::span(some).first(n));
    Stream stream = streams.stream(Purpose::enrollment, 7);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(some[i], stream.uniform()) << n << " " << i;
    EXPECT_EQ(some[n], -1);  // nothing is written behind the end
  }
}

TEST(StreamOracle, UniformIsTheMiddleOfOneOf2To32Slots) {
  Stream words(5, 6, Purpose::visits), uniforms(5, 6, Purpose::visits);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(uniforms.uniform(), (words() + 0.5) / 0x1p32);
}

TEST(StreamOracle, NormalAndExponentialInvertOneUniform) {
  Stream u(5, 6, Purpose::visits), z(5, 6, Purpose::visits);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(z.normal(), normal_quantile(u.uniform()));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(z.exponential(), -elementary::log(u.uniform()));
}

TEST(StreamProperty, ExtremeBitsGiveNeitherZeroNorOneAndFiniteSamples) {
  EXPECT_EQ(unit(0), 0x1p-33);
  EXPECT_EQ(unit(~std::uint32_t{0}), 1 - 0x1p-33);
  EXPECT_TRUE(std::isfinite(normal_quantile(unit(0))));
  EXPECT_TRUE(std::isfinite(normal_quantile(unit(~std::uint32_t{0}))));
  EXPECT_GT(-std::log(unit(~std::uint32_t{0})), 0);
}

TEST(StreamProperty, StreamsDifferByEveryPartOfTheirName) {
  std::set<std::array<std::uint32_t, 4>> seen;
  std::size_t names = 0;
  for (const std::uint64_t key : {std::uint64_t{1}, std::uint64_t{1} << 32, std::uint64_t{2}}) {
    for (std::uint32_t replicate = 1; replicate <= 10; ++replicate) {
      for (std::uint32_t purpose = 1; purpose <= 9; ++purpose) {
        for (std::uint32_t index = 0; index < 10; ++index, ++names) {
          Stream stream(key, replicate, static_cast<Purpose>(purpose), index);
          seen.insert({stream(), stream(), stream(), stream()});
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), names);
}

TEST(StreamProperty, DerivedKeysDifferBySeedAndLabel) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const char* label : {"", "truth", "truths", "null", "target"}) seen.insert(derived_key(seed, label));
  }
  EXPECT_EQ(seen.size(), 500u);
}

TEST(StreamProperty, FeedsBoostRandom) {
  Stream stream(1, 1, Purpose::bootstrap);
  boost::random::normal_distribution<double> normal;
  double sum = 0;
  for (int i = 0; i < 10000; ++i) sum += normal(stream);
  EXPECT_NEAR(sum / 10000, 0, 4 / std::sqrt(10000.0));
}

/// Kolmogorov-Smirnov distance from the uniform distribution, times sqrt(n).
double ks_statistic(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  const auto n = static_cast<double>(u.size());
  double distance = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const auto rank = static_cast<double>(i);
    distance = std::max({distance, u[i] - rank / n, (rank + 1) / n - u[i]});
  }
  return distance * std::sqrt(n);
}
constexpr double ks_limit = 1.95;  // exceeded with probability 0.001

TEST(StreamStatistical, UniformWithinAndAcrossStreams) {
  constexpr std::size_t n = 1000000;
  std::vector<double> within(n), across(n), across_second(n), over_replicates(n);
  Stream stream(20250611, 1, Purpose::baseline);
  for (double& u : within) u = stream.uniform();
  Streams(20250611, 1).uniforms(Purpose::dropout, 0, {across, across_second});
  for (std::size_t r = 0; r < n; ++r) {
    over_replicates[r] = Stream(20250611, static_cast<std::uint32_t>(r), Purpose::course).uniform();
  }
  for (const auto* sample : {&within, &across, &across_second, &over_replicates}) {
    double sum = 0, squares = 0, neighbours = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double x = (*sample)[i] - 0.5;
      sum += x, squares += x * x, neighbours += i == 0 ? 0 : x * ((*sample)[i - 1] - 0.5);
    }
    const double root_n = std::sqrt(static_cast<double>(n));
    EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(1 / 12.0) / root_n);
    EXPECT_NEAR(squares / n, 1 / 12.0, 4 * std::sqrt(1 / 180.0) / root_n);
    EXPECT_NEAR(neighbours / n, 0, 4 / 12.0 / root_n);
    EXPECT_LT(ks_statistic(*sample), ks_limit);
  }
  double pairs = 0;
  for (std::size_t i = 0; i < n; ++i) pairs += (across[i] - 0.5) * (across_second[i] - 0.5);
  EXPECT_NEAR(pairs / n, 0, 4 / 12.0 / std::sqrt(static_cast<double>(n)));
}

TEST(StreamStatistical, NormalAndExponentialFollowTheirDistributions) {
  constexpr std::size_t n = 200000;
  std::vector<double> normal(n), exponential(n);
  Stream stream(20250611, 2, Purpose::response);
  for (double& u : normal) u = 0.5 * std::erfc(-stream.normal() / std::sqrt(2.0));
  for (double& u : exponential) u = -std::expm1(-stream.exponential());
  EXPECT_LT(ks_statistic(normal), ks_limit);
  EXPECT_LT(ks_statistic(exponential), ks_limit);
}

/// Pearson's statistic of counts that should be equal, standardized by its mean and variance.
double uniformity_z(const std::vector<int>& counts, double draws) {
  const auto cells = static_cast<double>(counts.size());
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - draws / cells) * (count - draws / cells) / (draws / cells);
  return (chi_square - (cells - 1)) / std::sqrt(2 * (cells - 1));
}

TEST(StreamStatistical, BelowIsUniform) {
  for (const std::uint32_t bound : {1u, 2u, 3u, 6u, 37u, 1000u}) {
    Stream stream(20250611, bound, Purpose::bootstrap);
    std::vector<int> counts(bound);
    constexpr int draws = 500000;
    for (int i = 0; i < draws; ++i) ++counts.at(stream.below(bound));
    if (bound > 1) {
      EXPECT_LT(uniformity_z(counts, draws), 4) << bound;
    }
  }
}

// With bound = 3 * 2^30 a product without rejection would give multiples of 3 twice the share of the others.
TEST(StreamStatistical, BelowHasNoBiasAtALargeBound) {
  Stream stream(20250611, 1, Purpose::bootstrap);
  std::vector<int> counts(3);
  constexpr int draws = 300000;
  for (int i = 0; i < draws; ++i) ++counts[stream.below(3u << 30) % 3];
  EXPECT_LT(uniformity_z(counts, draws), 4);
}

}  // namespace
}  // namespace oligosim
