#include "engine/montecarlo/sketch.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace oligosim {

namespace {

constexpr int dropped_bits = 64 - 23;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Unsigned numbers in the order of the doubles: the sign bit flipped, and for negative ones all the others.
std::uint64_t ordered(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return bits & sign_bit ? ~bits : bits | sign_bit;
}

double from_ordered(std::uint64_t bits) { return std::bit_cast<double>(bits & sign_bit ? bits ^ sign_bit : ~bits); }

/// The end of a bin; `bits` is its first or last ordered number. Bins of 0 and of the infinities are one value.
double edge(std::uint64_t bits) {
  const double value = from_ordered(bits);
  if (std::isnan(value)) return std::copysign(std::numeric_limits<double>::infinity(), value);
  return std::isnormal(value) || std::isinf(value) ? value : 0;
}

}  // namespace

std::uint32_t Sketch::key(double value) {
  assert(!std::isnan(value));
  if (std::fabs(value) < std::numeric_limits<double>::min()) value = 0;
  return static_cast<std::uint32_t>(ordered(value) >> dropped_bits);
}

double Sketch::lower_edge(std::uint32_t key) { return edge(std::uint64_t{key} << dropped_bits); }

double Sketch::upper_edge(std::uint32_t key) {
  return edge((std::uint64_t{key} << dropped_bits) | ((std::uint64_t{1} << dropped_bits) - 1));
}

void Sketch::add(std::uint32_t key, std::uint64_t count) {
  if (count == 0) return;
  pages_[key / page_size][key % page_size] += count;
  total_ += count;
}

void Sketch::add(std::span<const Bin> ascending) {
  auto page = pages_.begin();
  for (const auto& [key, count] : ascending) {
    const std::uint32_t number = key / page_size;
    while (page != pages_.end() && page->first < number) ++page;
    if (page == pages_.end() || page->first != number) page = pages_.try_emplace(page, number);
    page->second[key % page_size] += count;
    total_ += count;
  }
}

template <class Visit>
void Sketch::visit_bins(const Visit& visit) const {
  for (const auto& [number, page] : pages_)
    for (std::uint32_t i = 0; i < page_size; ++i)
      if (page[i] > 0 && !visit(number * page_size + i, page[i])) return;
}

std::vector<std::pair<std::uint32_t, std::uint64_t>> Sketch::bins() const {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> all;
  visit_bins([&](std::uint32_t key, std::uint64_t count) {
    all.emplace_back(key, count);
    return true;
  });
  return all;
}

double Sketch::order_statistic(std::uint64_t rank) const {
  assert(rank >= 1 && rank <= total_);
  double found = not_a_number;
  std::uint64_t below = 0;
  visit_bins([&](std::uint32_t key, std::uint64_t count) {
    if (rank > below + count) {
      below += count;
      return true;
    }
    found = lower_edge(key);
    if (std::isinf(found)) return false;
    const double place = (static_cast<double>(rank - below) - 0.5) / static_cast<double>(count);
    found += place * (upper_edge(key) - found);
    return false;
  });
  return found;
}

double Sketch::quantile(double p) const {
  if (total_ == 0 || !(p >= 0 && p <= 1)) return not_a_number;
  const double position = static_cast<double>(total_ - 1) * p;
  const double whole = std::floor(position);
  const auto rank = std::min(static_cast<std::uint64_t>(whole) + 1, total_);
  const double lower = order_statistic(rank);
  const double part = position - whole;
  if (part == 0 || rank == total_) return lower;
  const double upper = order_statistic(rank + 1);
  return lower == upper ? lower : lower + part * (upper - lower);
}

double Sketch::share_at_most(double value) const {
  if (total_ == 0 || std::isnan(value)) return not_a_number;
  const std::uint32_t bin = key(value);
  double at_most = 0;
  visit_bins([&](std::uint32_t key, std::uint64_t count) {
    if (key > bin) return false;
    const double lower = lower_edge(key);
    const double width = upper_edge(key) - lower;
    const double part = key == bin && width > 0 ? (value - lower) / width : 1;
    at_most += part * static_cast<double>(count);
    return true;
  });
  return at_most / static_cast<double>(total_);
}

double Sketch::share_in_bin(double value) const {
  if (total_ == 0 || std::isnan(value)) return not_a_number;
  const std::uint32_t bin = key(value);
  const auto page = pages_.find(bin / page_size);
  const std::uint64_t count = page == pages_.end() ? 0 : page->second[bin % page_size];
  return static_cast<double>(count) / static_cast<double>(total_);
}

}  // namespace oligosim
