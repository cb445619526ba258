#include "engine/resampling/resamples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace oligosim {
namespace {

using Columns = std::vector<std::vector<double>>;  // one resample each

const Streams streams(20250611, 3);

/// Units by stratum as the declaration says, each stratum a list.
std::vector<std::vector<std::size_t>> by_stratum(const std::vector<std::uint16_t>& stratum, std::size_t strata) {
  std::vector<std::vector<std::size_t>> units(strata);
  for (std::size_t i = 0; i < stratum.size(); ++i) units[stratum[i]].push_back(i);
  return units;
}

/// As many places of a stratum as it has: two by one number up to 512, of which an odd size leaves the last.
std::vector<std::size_t> naive_places(Stream& draw, std::size_t size) {
  const auto n = static_cast<std::uint32_t>(size);
  std::vector<std::size_t> places;
  while (places.size() < size) {
    if (size > 512) {
      places.push_back(draw.below(n));
    } else {
      const std::uint32_t both = draw.below(n * n);
      places.push_back(both / n);
      if (places.size() < size) places.push_back(both % n);
    }
  }
  return places;
}

std::vector<double> naive_multinomial(const std::vector<std::uint16_t>& stratum, std::size_t strata,
                                      std::uint32_t number) {
  Stream draw = streams.stream(Purpose::bootstrap, number);
  std::vector<double> weight(stratum.size(), 0.0);
  for (const auto& units : by_stratum(stratum, strata)) {
    for (const std::size_t place : naive_places(draw, units.size())) weight[units[place]]++;
  }
  return weight;
}

std::vector<double> naive_exponential(const std::vector<std::uint16_t>& stratum, std::size_t strata,
                                      std::uint32_t number) {
  Stream draw = streams.stream(Purpose::bootstrap, number);
  std::vector<double> weight(stratum.size(), 0.0);
  for (const auto& units : by_stratum(stratum, strata)) {
    double sum = 0.0;
    for (const std::size_t i : units) sum += weight[i] = draw.exponential();
    for (const std::size_t i : units) weight[i] *= static_cast<double>(units.size()) / sum;
  }
  return weight;
}

std::vector<double> naive_second_level(const std::vector<std::uint16_t>& stratum, std::size_t strata,
                                       std::uint32_t number) {
  const std::vector<double> first = naive_multinomial(stratum, strata, number);
  Stream draw = streams.stream(Purpose::double_bootstrap, number);
  std::vector<double> weight(stratum.size(), 0.0);
  for (const auto& units : by_stratum(stratum, strata)) {
    std::vector<std::size_t> copies;
    for (const std::size_t i : units) copies.insert(copies.end(), static_cast<std::size_t>(first[i]), i);
    for (const std::size_t place : naive_places(draw, units.size())) weight[copies[place]]++;
  }
  return weight;
}

std::vector<std::uint16_t> random_strata(std::mt19937_64& random, std::size_t n, std::size_t strata) {
  std::vector<std::uint16_t> stratum(n);
  for (auto& s : stratum) s = static_cast<std::uint16_t>(random() % strata);
  return stratum;
}

TEST(Resamples, PropertyAreWhatTheirStreamsDrawOneByOne) {
  std::mt19937_64 random(1);
  for (int set = 0; set < 200; ++set) {
    const std::size_t n = random() % (set % 10 == 0 ? 2000 : 300), strata = 1 + random() % 5;  // strata may be empty
    const std::vector<std::uint16_t> stratum = random_strata(random, n, strata);
    const auto first = static_cast<std::uint32_t>(random() % 1000);
    Arena arena;
    const ResampleFrame frame{n, stratum, strata};
    const Resamples multinomial(frame, CaseKind::multinomial, streams, arena);
    const Resamples exponential(frame, CaseKind::exponential, streams, arena);
    std::vector<Lanes> weight(n), second(n), real(n);
    std::vector<WholeLanes> count(n);
    multinomial.weights(first, weight);
    multinomial.counts(first, count);
    multinomial.second_level(first, weight, second, arena);
    exponential.weights(first, real);
    for (std::uint32_t k = 0; k < lanes; ++k) {
      const auto a = naive_multinomial(stratum, strata, first + k), b = naive_second_level(stratum, strata, first + k),
                 c = naive_exponential(stratum, strata, first + k);
      for (std::size_t i = 0; i < n; ++i) {
        ASSERT_EQ(weight[i][k], a[i]) << set << " " << i;
        ASSERT_EQ(count[i][k], a[i]) << set << " " << i;
        ASSERT_EQ(second[i][k], b[i]) << set << " " << i;
        ASSERT_EQ(real[i][k], c[i]) << set << " " << i;
      }
    }
  }
}

// So large that most resamples reject a number, each lane at another place.
TEST(Resamples, RejectedNumbersAreDrawnAgain) {
  const std::vector<std::uint16_t> one(300000, 0);
  Arena arena;
  const Resamples resamples({one.size(), {}, 1}, CaseKind::multinomial, streams, arena);
  std::vector<Lanes> weight(one.size());
  resamples.weights(40, weight);
  for (std::uint32_t k = 0; k < lanes; ++k) {
    const std::vector<double> expected = naive_multinomial(one, 1, 40 + k);
    for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(weight[i][k], expected[i]) << i;
  }
}

// Of one in 20 000 numbers the pair is drawn again: in some 40 of these batches a lane has one.
TEST(Resamples, RejectedPairsAreDrawnAgain) {
  const std::vector<std::uint16_t> one(485, 0);
  Arena arena;
  const Resamples resamples({one.size(), {}, 1}, CaseKind::multinomial, streams, arena);
  std::vector<WholeLanes> count(one.size());
  int rejected = 0;
  for (std::uint32_t first = 0; first < 400 * lanes; first += lanes) {
    resamples.counts(first, count);
    for (std::uint32_t k = 0; k < lanes; ++k) {
      const std::vector<double> expected = naive_multinomial(one, 1, first + k);
      for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(count[i][k], expected[i]) << first << " " << k << " " << i;
    }
    std::array<std::array<std::uint32_t, 244>, lanes> word;
    std::array<std::span<std::uint32_t>, lanes> out;
    for (std::size_t k = 0; k < lanes; ++k) out[k] = word[k];
    streams.words(Purpose::bootstrap, first, 0, out);
    for (const auto& own : word)
      for (const std::uint32_t w : own) rejected += w * 235225u < 229242u;  // 485^2, and 2^32 mod that
  }
  EXPECT_GT(rejected, 20);
}

TEST(Resamples, SameInAnyBatch) {
  std::mt19937_64 random(2);
  const std::vector<std::uint16_t> stratum = random_strata(random, 61, 3);
  for (const CaseKind kind : {CaseKind::multinomial, CaseKind::exponential}) {
    Arena arena;
    const Resamples resamples({61, stratum, 3}, kind, streams, arena);
    std::vector<Lanes> from_0(61), from_5(61);
    resamples.weights(0, from_0);
    resamples.weights(5, from_5);
    for (std::size_t i = 0; i < 61; ++i) {
      for (std::size_t k = 0; k < 3; ++k) ASSERT_EQ(from_0[i][5 + k], from_5[i][k]);
    }
  }
}

TEST(Resamples, StrataKeepTheirSizes) {
  std::vector<std::uint16_t> stratum(37, 0);
  for (std::size_t i = 0; i < 9; ++i) stratum[4 * i] = 1;
  for (const CaseKind kind : {CaseKind::multinomial, CaseKind::exponential}) {
    Arena arena;
    const Resamples resamples({37, stratum, 2}, kind, streams, arena);
    std::vector<Lanes> weight(37);
    for (std::uint32_t first = 0; first < 800; first += lanes) {
      resamples.weights(first, weight);
      Lanes sum[2] = {};
      for (std::size_t i = 0; i < 37; ++i) sum[stratum[i]] += weight[i];
      for (std::size_t k = 0; k < lanes; ++k) {
        ASSERT_NEAR(sum[0][k], 28.0, kind == CaseKind::multinomial ? 0.0 : 1e-12);
        ASSERT_NEAR(sum[1][k], 9.0, kind == CaseKind::multinomial ? 0.0 : 1e-12);
      }
    }
  }
}

TEST(Resamples, LeaveOneOut) {
  Arena arena;
  const Resamples resamples({11, {}, 1}, CaseKind::multinomial, streams, arena);
  std::vector<Lanes> weight(11);
  for (const std::size_t first : {0u, 8u}) {
    resamples.leave_one_out(first, weight);
    for (std::size_t i = 0; i < 11; ++i) {
      for (std::size_t k = 0; k < lanes; ++k) EXPECT_EQ(weight[i][k], first + k == i ? 0.0 : 1.0);
    }
  }
}

// Moments of one weight: multinomial mean 1, variance 1 - 1/m, covariance -1/m; the scaled exponential ones mean 1,
// variance (m - 1)/(m + 1), covariance -1/(m + 1). Second level: variance 1 - 1/m of the first, and again of the draw.
TEST(Resamples, MomentsWithinMonteCarloError) {
  const std::size_t m = 12, resamples = 40000;
  const double size = static_cast<double>(m), count = static_cast<double>(resamples);
  struct Moments {
    double mean = 0, square = 0, product = 0, fourth = 0;
    void add(double a, double b) {
      mean += a, square += (a - 1) * (a - 1), product += (a - 1) * (b - 1), fourth += std::pow(a - 1, 4);
    }
  };
  Arena arena;
  for (const CaseKind kind : {CaseKind::multinomial, CaseKind::exponential}) {
    const Resamples drawn({m, {}, 1}, kind, streams, arena);
    Moments first, second;
    std::vector<Lanes> weight(m), again(m);
    for (std::uint32_t b = 0; b < resamples; b += lanes) {
      drawn.weights(b, weight);
      for (std::size_t k = 0; k < lanes; ++k) first.add(weight[3][k], weight[7][k]);
      if (kind == CaseKind::exponential) continue;
      drawn.second_level(b, weight, again, arena);
      for (std::size_t k = 0; k < lanes; ++k) second.add(again[3][k], again[7][k]);
    }
    const auto expect = [&](const Moments& of, double variance, double covariance) {
      const double error = std::sqrt((of.fourth / count - variance * variance) / count);
      EXPECT_NEAR(of.mean / count, 1.0, 4 * std::sqrt(variance / count));
      EXPECT_NEAR(of.square / count, variance, 4 * error);
      EXPECT_NEAR(of.product / count, covariance, 4 * error);
    };
    const double v = 1 - 1 / size;
    if (kind == CaseKind::multinomial) {
      expect(first, v, -1 / size);
      // Given w, the variance of a draw is w (1 - w / m).
      expect(second, v + 1 - (1 + v) / size, (-1 / size) + -(1 - 1 / size) / size);
    } else {
      expect(first, (size - 1) / (size + 1), -1 / (size + 1));
    }
  }
}

}  // namespace
}  // namespace oligosim
