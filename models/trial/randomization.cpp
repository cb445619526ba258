#include "models/trial/randomization.hpp"

#include <algorithm>
#include <cmath>
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

Randomization Randomization::among(ArmSet arms) const {
  Randomization own = *this;
  const auto all = static_cast<std::uint32_t>(unit_.size());
  std::erase_if(own.unit_, [&](std::uint8_t arm) { return !has_arm(arms, arm); });
  own.sizes_.clear(), own.arrangements_.clear();
  for (const std::uint32_t size : sizes_) own.add_size(size / all * static_cast<std::uint32_t>(own.unit_.size()));
  if (minimization_) own.minimization_ = minimization_->among(arms);
  return own;
}

double Randomization::share(std::size_t arm) const {
  return static_cast<double>(std::count(unit_.begin(), unit_.end(), arm)) / static_cast<double>(unit_.size());
}

namespace {

/// 0 ... count - 1 from a uniform number: their probabilities differ by less than count / 2^32.
std::uint32_t pick(double uniform, std::uint32_t count) {
  return static_cast<std::uint32_t>(uniform * static_cast<double>(count));
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

std::size_t Randomization::most_numbers(std::size_t patients) const {
  double of_a_patient = 0;
  std::size_t of_a_block = 0;  // of the last one, which has more patients than are left
  for (std::size_t which = 0; which < sizes_.size(); ++which) {
    const std::size_t own = (sizes_.size() > 1) + (arrangements_[which] ? 1 : sizes_[which] - 1);
    of_a_patient = std::max(of_a_patient, static_cast<double>(own) / sizes_[which]);
    of_a_block = std::max(of_a_block, own);
  }
  return static_cast<std::size_t>(std::ceil(of_a_patient * static_cast<double>(patients))) + of_a_block;
}

std::uint32_t Randomization::next_block(const double*& numbers, std::span<std::uint8_t> block) const {
  const std::size_t which = sizes_.size() == 1 ? 0 : pick(*numbers++, static_cast<std::uint32_t>(sizes_.size()));
  const std::uint32_t size = sizes_[which];
  if (const auto& all = arrangements_[which]) {
    const std::uint64_t arms = (*all)[pick(*numbers++, all->count())];
    std::memcpy(block.data(), &arms, sizeof arms);
    return size;
  }
  write_units(block.first(size));
  for (std::uint32_t k = size; k > 1; --k) std::swap(block[k - 1], block[pick(*numbers++, k)]);  // Fisher and Yates
  return size;
}

std::size_t Randomization::room_for_a_block() const {
  return std::max<std::size_t>(std::ranges::max(sizes_), BlockArrangements::room);
}

void Randomization::assign_one_sequence(std::span<const double> numbers, std::span<std::uint8_t> arm,
                                        Arena& arena) const {
  const double* next = numbers.data();
  std::size_t i = 0;
  if (sizes_.size() == 1 && arrangements_[0]) {  // as next_block(), without asking each time
    const BlockArrangements& all = *arrangements_[0];
    for (; i + BlockArrangements::room <= arm.size(); i += sizes_[0]) {
      const std::uint64_t arms = all[pick(*next++, all.count())];
      std::memcpy(&arm[i], &arms, sizeof arms);
    }
  }
  const std::span<std::uint8_t> block = arena.take<std::uint8_t>(room_for_a_block());
  while (i < arm.size()) {
    const std::size_t size = next_block(next, block), in_trial = std::min(size, arm.size() - i);
    std::copy_n(block.begin(), in_trial, arm.begin() + static_cast<std::ptrdiff_t>(i));
    i += in_trial;
  }
}

void Randomization::assign_by_stratum(const Streams& streams, const Cohort& baseline,
                                      std::span<const std::uint32_t> order, std::uint32_t list,
                                      std::span<std::uint8_t> arm, Arena& arena) const {
  const std::size_t room = room_for_a_block();
  const std::span<std::size_t> stratum = arena.take<std::size_t>(arm.size(), 0);
  const std::span<std::size_t> patients = arena.take<std::size_t>(stratum_count_, 0);
  const std::span<std::uint8_t> code = arena.take<std::uint8_t>(arm.size());
  const std::span<std::uint8_t> blocks = arena.take<std::uint8_t>(stratum_count_ * room);
  const std::span<Sequence> sequence = arena.take<Sequence>(stratum_count_, Sequence{});
  for (const Factor& factor : strata_) {
    factor.codes(baseline, code);
    for (std::size_t i = 0; i < arm.size(); ++i) stratum[i] = stratum[i] * factor.levels().size() + code[i];
  }
  for (const std::size_t s : stratum) ++patients[s];
  for (std::uint32_t s = 0; s < sequence.size(); ++s) {
    if (patients[s] == 0) continue;
    const std::span<double> numbers = arena.take<double>(most_numbers(patients[s]));
    const auto strata = static_cast<std::uint32_t>(stratum_count_);
    streams.first_uniforms(Purpose::randomization, list * strata + s, numbers);
    sequence[s].numbers = numbers.data();
  }
  for (std::size_t k = 0; k < (order.empty() ? arm.size() : order.size()); ++k) {
    const std::size_t i = order.empty() ? k : order[k];
    Sequence& own = sequence[stratum[i]];
    const std::span<std::uint8_t> block = blocks.subspan(stratum[i] * room, room);
    if (own.used == own.size) own.size = next_block(own.numbers, block), own.used = 0;
    arm[i] = block[own.used++];
  }
}

void Randomization::assign(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                           std::span<std::uint8_t> arm, Arena& arena) const {
  if (minimization_) return minimization_->assign(streams, baseline, order, arm, arena);
  if (std::ranges::max(unit_) == 0) {  // one arm
    std::ranges::fill(arm, std::uint8_t{0});
    return;
  }
  assign_blocks(streams, baseline, order, 0, arm, arena);
}

void Randomization::assign_anew(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                                std::size_t settled, std::uint32_t list, std::span<std::uint8_t> arm,
                                Arena& arena) const {
  if (minimization_) return minimization_->assign(streams, baseline, order, arm, arena, settled);
  if (settled < order.size()) assign_blocks(streams, baseline, order.subspan(settled), list, arm, arena);
}

void Randomization::assign_blocks(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                                  std::uint32_t list, std::span<std::uint8_t> arm, Arena& arena) const {
  const Arena::Scope scratch(arena);
  if (!strata_.empty()) return assign_by_stratum(streams, baseline, order, list, arm, arena);
  const std::span<double> numbers = arena.take<double>(most_numbers(arm.size()));
  streams.first_uniforms(Purpose::randomization, list, numbers);
  if (order.empty()) return assign_one_sequence(numbers, arm, arena);
  const std::span<std::uint8_t> in_turn = arena.take<std::uint8_t>(arm.size());
  assign_one_sequence(numbers, in_turn, arena);
  for (std::size_t k = 0; k < order.size(); ++k) arm[order[k]] = in_turn[k];
}

}  // namespace oligosim
