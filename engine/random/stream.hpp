#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>

namespace oligosim {

/// What a random number is for. A stream is a name: (seed, replicate, purpose, index), so that adding a use moves no
/// other number and scenarios share theirs. Values are part of the stream version: append, never renumber.
enum class Purpose : std::uint32_t {
  baseline = 1,
  enrollment = 2,
  randomization = 3,
  course = 4,
  visits = 5,
  dropout = 6,
  response = 7,
  bootstrap = 8,
  toxicity = 9,
  details = 10,  // of the baseline, which the course does not depend on; 11 was of the sites of lesions
  lesions = 12,
  missed_visits = 13,
  double_bootstrap = 14,  // second level: resamples of a resample
  design_points = 15,     // parameter values of a calibration
  chain = 16,             // of a Markov chain
  permutation = 17,       // of a permutation test
  crossover = 20,         // who goes over to another treatment after progression
  intercurrent = 21,      // treatment stopped, another therapy begun
  toxicity_days = 22,
  inclusion = 23,  // who a retrospective analysis looks at
};

/// Raised whenever the numbers that belong to a seed change.
inline constexpr int stream_version = 2;

/// Numbers of one name in their order. Meets UniformRandomBitGenerator, so Boost.Random accepts it.
class Stream {
 public:
  using result_type = std::uint32_t;

  Stream(std::uint64_t key, std::uint32_t replicate, Purpose purpose, std::uint32_t index = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  std::uint32_t operator()();

  /// On the grid (k + 1/2) / 2^32, k = 0 ... 2^32 - 1: never 0 or 1. Uses one 32-bit number, as R's runif() does.
  double uniform();

  /// Standard normal by inversion of one uniform().
  double normal();

  /// Standard exponential, -log(uniform()).
  double exponential();

  /// 0 ... bound - 1 without bias (Lemire 2019); bound at least 1.
  std::uint32_t below(std::uint32_t bound);

 private:
  std::uint32_t key_[2];
  std::uint32_t counter_[4];  // draw block, index, purpose, replicate
  std::uint32_t block_[4];
  std::uint32_t used_ = 4;
};

/// The 32-bit numbers 4 * block, ... 4 * block + 3 of the stream with this index.
struct StreamBlock {
  std::uint32_t index, block;
};

/// All streams of one replicate.
class Streams {
 public:
  Streams(std::uint64_t key, std::uint32_t replicate) : key_(key), replicate_(replicate) {}

  Stream stream(Purpose purpose, std::uint32_t index = 0) const { return {key_, replicate_, purpose, index}; }

  /// Four columns of one length, of which any may be empty: not wanted.
  using FourColumns = std::array<std::span<double>, 4>;
  /// out[w][i] is the uniform() draw 4 * block + w of stream(purpose, i), made for all i at once.
  void uniforms(Purpose purpose, std::uint32_t block, const FourColumns& out) const;
  /// out[w][k] is the draw w of blocks[k].
  void uniforms(Purpose purpose, std::span<const StreamBlock> blocks, const FourColumns& out) const;
  /// The first out.size() uniform() draws of stream(purpose, index): of patients who need one number each, at a quarter
  /// of the cost of a stream for each.
  void first_uniforms(Purpose purpose, std::uint32_t index, std::span<double> out) const;

  /// out[k] is the 32-bit numbers 4 * block, 4 * block + 1, ... of stream(purpose, index + k), a multiple of 4 of them
  /// and as many for each k; index + 7 below 2^32.
  void words(Purpose purpose, std::uint32_t index, std::uint32_t block,
             std::array<std::span<std::uint32_t>, 8> out) const;

 private:
  std::uint64_t key_;
  std::uint32_t replicate_;
};

/// A key for a part of the work that must not share numbers with the rest (truth cohorts, a scenario that is
/// `independent`): seed and label hashed (FNV-1a), then one block of Philox under the seed as mixer, at purpose 0,
/// which no stream has.
std::uint64_t derived_key(std::uint64_t seed, const char* label);

}  // namespace oligosim
