#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/random/stream.hpp"
#include "models/analysis/factor.hpp"
#include "models/cohort/cohort.hpp"
#include "models/trial/arms.hpp"
#include "models/trial/block_arrangements.hpp"
#include "models/trial/minimization.hpp"

namespace oligosim {

/// Stratified permuted blocks (Zelen 1974) in the ratio of the arms' allocations. Each stratum has its own sequence
/// of blocks, from the stream (randomization, stratum); each block's size is drawn from those given. Or minimization.
/// One arm: everybody gets it.
class Randomization {
 public:
  static Randomization read(ConfigNode node, const Columns& baseline, const std::vector<std::int64_t>& allocation);

  std::vector<std::size_t> columns() const;
  double share(std::size_t arm) const;  // of the patients, by allocation
  /// The same for these arms alone, in the ratio of their allocations.
  Randomization among(ArmSet arms) const;
  /// Arm of each patient. `order`: patients in order of enrollment; empty where that is the order of their numbers.
  void assign(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
              std::span<std::uint8_t> arm, Arena& arena) const;
  /// The same of the patients in `order` from `settled` on, while those before it keep theirs. `list`: a number of its
  /// own for each time in a trial, from 1.
  void assign_anew(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                   std::size_t settled, std::uint32_t list, std::span<std::uint8_t> arm, Arena& arena) const;

 private:
  /// The sequence of a stratum.
  struct Sequence {
    const double* numbers;     // of its stream, those that are left
    std::uint32_t used, size;  // of the block under way
  };
  void read_minimization(ConfigNode& node, const Columns& baseline, const std::vector<std::int64_t>& allocation);
  void add_size(std::uint32_t size);
  /// The arms of the smallest block over and over.
  void write_units(std::span<std::uint8_t> block) const;
  /// How many numbers the blocks of so many patients take at most.
  std::size_t most_numbers(std::size_t patients) const;
  /// Returns the size. Of a small block all its room is written.
  std::uint32_t next_block(const double*& numbers, std::span<std::uint8_t> block) const;
  std::size_t room_for_a_block() const;
  void assign_one_sequence(std::span<const double> numbers, std::span<std::uint8_t> arm, Arena& arena) const;
  /// Lists of blocks number `list`.
  void assign_blocks(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                     std::uint32_t list, std::span<std::uint8_t> arm, Arena& arena) const;
  void assign_by_stratum(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                         std::uint32_t list, std::span<std::uint8_t> arm, Arena& arena) const;

  std::vector<std::uint32_t> sizes_;                            // of blocks
  std::vector<std::optional<BlockArrangements>> arrangements_;  // of each size that is small
  std::vector<std::uint8_t> unit_;                              // arms of the smallest block: allocation written out
  std::vector<Factor> strata_;
  std::size_t stratum_count_ = 1;
  std::optional<Minimization> minimization_;
};

}  // namespace oligosim
