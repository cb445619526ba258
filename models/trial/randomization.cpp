#include "models/trial/randomization.hpp"

#include <algorithm>
#include <array>
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
    r.sizes_.push_back(static_cast<std::uint32_t>(size));
  }
  if (r.sizes_.empty()) {
    node.problem("blocks", "is empty (at least one size)");
    r.sizes_ = {static_cast<std::uint32_t>(r.unit_.size())};
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

/// `below(bound)` draws 0 ... bound - 1. Returns the size.
template <class Below>
std::uint32_t Randomization::permute(std::span<std::uint8_t> block, const Below& below) const {
  const std::uint32_t size = sizes_.size() == 1 ? sizes_[0] : sizes_[below(static_cast<std::uint32_t>(sizes_.size()))];
  for (std::uint32_t k = 0, next = 0; k < size; ++k) {
    block[k] = unit_[next];
    next = next + 1 == unit_.size() ? 0 : next + 1;
  }
  for (std::uint32_t k = size; k > 1; --k) std::swap(block[k - 1], block[below(k)]);  // Fisher and Yates
  return size;
}

void Randomization::next_block(const Streams& streams, std::size_t stratum, Open& open, std::span<std::uint8_t> block,
                               std::span<std::uint32_t> words) const {
  constexpr std::size_t at_once = 8;
  const std::size_t each = words.size() / at_once, own = open.blocks % at_once;
  const auto index = static_cast<std::uint32_t>(stratum << 20) + open.blocks++;
  if (own == 0) {
    std::array<std::span<std::uint32_t>, at_once> out;
    for (std::size_t k = 0; k < at_once; ++k) out[k] = words.subspan(k * each, each);
    streams.words(Purpose::randomization, index, 0, out);
  }
  open.used = 0;
  const std::uint32_t* next = &words[own * each];
  bool exact = true;
  open.size = permute(block, [&](std::uint32_t bound) {
    const std::uint64_t product = std::uint64_t{*next++} * bound;
    exact &= static_cast<std::uint32_t>(product) >= bound;
    return static_cast<std::uint32_t>(product >> 32);
  });
  if (exact) return;
  // One of the numbers may have to be drawn again, which Stream::below decides: once in a billion.
  Stream draw = streams.stream(Purpose::randomization, index);
  open.size = permute(block, [&](std::uint32_t bound) { return draw.below(bound); });
}

void Randomization::assign(const Streams& streams, const Cohort& baseline, std::span<std::uint8_t> arm,
                           Arena& arena) const {
  if (minimization_) return minimization_->assign(streams, baseline, arm, arena);
  const Arena::Scope scratch(arena);
  const std::size_t largest = *std::max_element(sizes_.begin(), sizes_.end());
  const std::span<Open> open = arena.take<Open>(stratum_count_, Open{});
  const std::span<std::uint8_t> blocks = arena.take<std::uint8_t>(stratum_count_ * largest);
  const std::size_t words_each = 8 * ((largest + 3) / 4 * 4);  // of eight blocks: the size, and one less than patients
  const std::span<std::uint32_t> words = arena.take<std::uint32_t>(stratum_count_ * words_each);
  if (strata_.empty()) {
    for (std::size_t i = 0; i < arm.size(); i += open[0].size) {
      const std::span<std::uint8_t> left = arm.subspan(i);
      next_block(streams, 0, open[0], left.size() < largest ? blocks : left, words);
      if (left.size() < largest)
        std::copy_n(blocks.begin(), std::min<std::size_t>(open[0].size, left.size()), left.begin());
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
    const std::span<std::uint8_t> block = blocks.subspan(stratum[i] * largest, largest);
    if (own.used == own.size)
      next_block(streams, stratum[i], own, block, words.subspan(stratum[i] * words_each, words_each));
    arm[i] = block[own.used++];
  }
}

}  // namespace oligosim
