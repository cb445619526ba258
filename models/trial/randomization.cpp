#include "models/trial/randomization.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

namespace oligosim {

Randomization Randomization::read(ConfigNode node, const Columns& baseline,
                                  const std::vector<std::int64_t>& allocation) {
  Randomization r;
  for (std::size_t arm = 0; arm < allocation.size(); ++arm)
    r.unit_.insert(r.unit_.end(), static_cast<std::size_t>(allocation[arm]), static_cast<std::uint8_t>(arm));
  node.accept("minimize");
  if (node.has("minimize")) {
    r.read_minimization(node, baseline, allocation);
    return r;
  }
  const auto unit = static_cast<double>(r.unit_.size());
  for (const double size : node.numbers("blocks", Range::between(1, 1000), std::vector<double>{2 * unit})) {
    if (size != unit * static_cast<double>(static_cast<std::uint32_t>(size / unit)))
      node.problem("blocks", "must be multiples of " + std::to_string(r.unit_.size()) + ", the sum of the allocations");
    r.add_size(static_cast<std::uint32_t>(size));
  }
  if (r.sizes_.empty()) {
    node.problem("blocks", "is empty (at least one size)");
    r.add_size(static_cast<std::uint32_t>(r.unit_.size()));
  }
  for (const std::string& column :
       node.some_of("strata", baseline.names(), "baseline column", std::vector<std::string>{})) {
    const auto position = baseline.find(column);
    if (!position) continue;
    r.strata_.push_back(baseline_factor(node, "strata", baseline, *position));
    r.stratum_count_ *= std::max<std::size_t>(1, r.strata_.back().levels().size());
  }
  node.finish();
  return r;
}

void Randomization::read_minimization(ConfigNode& node, const Columns& baseline,
                                      const std::vector<std::int64_t>& allocation) {
  for (const char* key : {"blocks", "strata"}) {
    if (node.has(key)) node.problem(key, "stands beside minimize (one of the two)");
    node.accept(key);
  }
  const bool alike = std::ranges::adjacent_find(allocation, std::not_equal_to<>()) == allocation.end();
  if (!alike || allocation.size() < 2)
    node.problem("minimize", "is for several arms of the same allocation (blocks)");
  else
    minimization_.emplace(node.child("minimize"), baseline, allocation.size());
  node.finish();
}

std::vector<std::size_t> Randomization::columns() const {
  std::vector<std::size_t> all;
  if (minimization_)
    for (const Factor& f : minimization_->factors()) all.push_back(f.column());
  for (const Factor& f : strata_) all.push_back(f.column());
  return all;
}

double Randomization::share(std::size_t arm) const {
  return static_cast<double>(std::count(unit_.begin(), unit_.end(), arm)) / static_cast<double>(unit_.size());
}

namespace {

constexpr std::uint32_t blocks_at_once = 8;

/// The numbers of the blocks from `index` on, one after the other.
void draw_words(const Streams& streams, std::uint32_t index, std::span<std::uint32_t> words) {
  const std::size_t each = words.size() / blocks_at_once;
  std::array<std::span<std::uint32_t>, blocks_at_once> out;
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = words.subspan(k * each, each);
  streams.words(Purpose::randomization, index, 0, out);
}

/// What permute(below) returns, where below(bound) draws from the words of the block.
template <class Permute>
std::uint32_t shuffle(const Streams& streams, std::uint32_t index, const std::uint32_t* next, const Permute& permute) {
  bool exact = true;
  const std::uint32_t size = permute([&](std::uint32_t bound) {
    const std::uint64_t product = std::uint64_t{*next++} * bound;
    exact &= static_cast<std::uint32_t>(product) >= bound;
    return static_cast<std::uint32_t>(product >> 32);
  });
  if (exact) return size;
  // One of the numbers may have to be drawn again, which Stream::below decides: once in a billion.
  Stream draw = streams.stream(Purpose::randomization, index);
  return permute([&](std::uint32_t bound) { return draw.below(bound); });
}

}  // namespace

void Randomization::add_size(std::uint32_t size) {
  sizes_.push_back(size);
  arrangements_.emplace_back();
  if (size > BlockArrangements::largest) return;
  std::vector<std::uint8_t> block(size);
  write_units(block);
  arrangements_.back().emplace(block);
}

void Randomization::write_units(std::span<std::uint8_t> block) const {
  std::size_t next = 0;
  for (std::uint8_t& arm : block) {
    arm = unit_[next];
    next = next + 1 == unit_.size() ? 0 : next + 1;
  }
}

/// `below(bound)` draws 0 ... bound - 1. Returns the size. Of a small block all its room is written.
template <class Below>
std::uint32_t Randomization::permute(std::span<std::uint8_t> block, const Below& below) const {
  const std::size_t which = sizes_.size() == 1 ? 0 : below(static_cast<std::uint32_t>(sizes_.size()));
  const std::uint32_t size = sizes_[which];
  if (arrangements_[which]) {
    const std::uint64_t arms = arrangements_[which]->draw(below);
    std::memcpy(block.data(), &arms, sizeof arms);
    return size;
  }
  write_units(block.first(size));
  for (std::uint32_t k = size; k > 1; --k) std::swap(block[k - 1], block[below(k)]);  // Fisher and Yates
  return size;
}

void Randomization::next_block(const Streams& streams, std::size_t stratum, Open& open, std::span<std::uint8_t> block,
                               std::span<std::uint32_t> words) const {
  const std::uint32_t own = open.blocks % blocks_at_once;
  const auto index = static_cast<std::uint32_t>(stratum << 20) + open.blocks++;
  if (own == 0) draw_words(streams, index, words);
  open.used = 0;
  open.size = shuffle(streams, index, &words[own * (words.size() / blocks_at_once)],
                      [&](const auto& below) { return permute(block, below); });
}

/// One sequence of small blocks of a size: all drawn at once.
void Randomization::assign_in_blocks(const BlockArrangements& small, const Streams& streams,
                                     std::span<std::uint8_t> arm, Arena& arena) {
  const Arena::Scope scratch(arena);
  const std::size_t size = small.size();
  const std::span<std::uint64_t> arms = arena.take<std::uint64_t>((arm.size() + size - 1) / size);
  small.draw_all(streams, Purpose::randomization, arms, arena);
  std::size_t b = 0;
  for (; b * size + sizeof arms[b] <= arm.size(); ++b) std::memcpy(&arm[b * size], &arms[b], sizeof arms[b]);
  for (; b < arms.size(); ++b) std::memcpy(&arm[b * size], &arms[b], std::min(size, arm.size() - b * size));
}

void Randomization::assign(const Streams& streams, const Cohort& baseline, std::span<std::uint8_t> arm,
                           Arena& arena) const {
  if (minimization_) return minimization_->assign(streams, baseline, arm, arena);
  if (std::ranges::max(unit_) == 0) {  // one arm
    std::ranges::fill(arm, std::uint8_t{0});
    return;
  }
  if (strata_.empty() && sizes_.size() == 1 && arrangements_[0])
    return assign_in_blocks(*arrangements_[0], streams, arm, arena);
  const Arena::Scope scratch(arena);
  const std::size_t most = *std::max_element(sizes_.begin(), sizes_.end());
  const std::size_t room = std::max<std::size_t>(most, BlockArrangements::room);
  const std::span<Open> open = arena.take<Open>(stratum_count_, Open{});
  const std::span<std::uint8_t> blocks = arena.take<std::uint8_t>(stratum_count_ * room);
  const std::size_t numbers = (most + 3) / 4 * 4;  // of a block: its size, and one less than patients
  const std::size_t words_each = blocks_at_once * numbers;
  const std::span<std::uint32_t> words = arena.take<std::uint32_t>(stratum_count_ * words_each);
  if (strata_.empty()) {
    for (std::uint32_t index = 0, i = 0; i < arm.size(); ++index) {
      const std::uint32_t own = index % blocks_at_once;
      if (own == 0) draw_words(streams, index, words);
      const std::span<std::uint8_t> left = arm.subspan(i), block = left.size() < room ? blocks : left;
      const std::uint32_t size =
          shuffle(streams, index, &words[own * numbers], [&](const auto& below) { return permute(block, below); });
      if (left.size() < room) std::copy_n(blocks.begin(), std::min<std::size_t>(size, left.size()), left.begin());
      i += size;
    }
    return;
  }
  const std::span<std::size_t> stratum = arena.take<std::size_t>(arm.size(), 0);
  const std::span<std::uint8_t> code = arena.take<std::uint8_t>(arm.size());
  for (const Factor& factor : strata_) {
    factor.codes(baseline, code);
    for (std::size_t i = 0; i < arm.size(); ++i) stratum[i] = stratum[i] * factor.levels().size() + code[i];
  }
  for (std::size_t i = 0; i < arm.size(); ++i) {
    Open& own = open[stratum[i]];
    const std::span<std::uint8_t> block = blocks.subspan(stratum[i] * room, room);
    if (own.used == own.size)
      next_block(streams, stratum[i], own, block, words.subspan(stratum[i] * words_each, words_each));
    arm[i] = block[own.used++];
  }
}

}  // namespace oligosim
