#include "engine/montecarlo/block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace oligosim {

namespace {

using Bins = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Sorted keys as (key, count).
Bins run_lengths(const std::vector<std::uint32_t>& keys) {
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) distinct += i == 0 || keys[i] != keys[i - 1];
  Bins bins;
  bins.reserve(distinct);
  for (const std::uint32_t key : keys) {
    if (bins.empty() || bins.back().first != key) bins.emplace_back(key, 0);
    ++bins.back().second;
  }
  return bins;
}

}  // namespace

std::optional<BlockSummary> run_block(const Experiment& experiment, BlockId id, std::uint32_t first,
                                      std::uint32_t count, bool keep_rows, Arena& arena,
                                      const std::atomic<bool>& stop) {
  const std::span<const Column> columns = experiment.columns();
  const std::size_t width = columns.size();
  BlockSummary summary{id, count, std::vector<Moments>(width), {}, {}};
  if (keep_rows) summary.rows.resize(count * width);
  const auto sketched = std::count_if(columns.begin(), columns.end(), [](const Column& c) { return c.sketched; });
  std::vector<std::vector<std::uint32_t>> keys(static_cast<std::size_t>(sketched));
  for (auto& column_keys : keys) column_keys.reserve(count);  // a replicate itself allocates nothing
  std::vector<double> one_row(keep_rows ? 0 : width);

  for (std::uint32_t i = 0; i < count; ++i) {
    if (stop.load(std::memory_order_relaxed)) return std::nullopt;
    const std::span<double> row = keep_rows ? std::span(summary.rows).subspan(i * width, width) : std::span(one_row);
    std::fill(row.begin(), row.end(), std::numeric_limits<double>::quiet_NaN());
    arena.reset();
    experiment.replicate(first + i, arena, row);
    auto column_keys = keys.begin();
    for (std::size_t c = 0; c < width; ++c) {
      summary.moments[c].add(row[c]);
      if (!columns[c].sketched) continue;
      if (!std::isnan(row[c])) column_keys->push_back(Sketch::key(row[c]));
      ++column_keys;
    }
  }
  summary.bins.reserve(keys.size());
  for (auto& column_keys : keys) {
    std::sort(column_keys.begin(), column_keys.end());
    summary.bins.push_back(run_lengths(column_keys));
  }
  return summary;
}

BlockSummary run_block(const Experiment& experiment, BlockId id, std::uint32_t first, std::uint32_t count,
                       bool keep_rows, Arena& arena) {
  const std::atomic<bool> never{false};
  return *run_block(experiment, id, first, count, keep_rows, arena, never);
}

void Folded::add(const BlockSummary& block, std::span<const Column> columns) {
  const auto sketched = std::count_if(columns.begin(), columns.end(), [](const Column& c) { return c.sketched; });
  if (block.moments.size() != columns.size() || block.bins.size() != static_cast<std::size_t>(sketched)) {
    throw std::invalid_argument("a block of the log has other columns than this study");
  }
  moments.resize(columns.size());
  sketches.resize(columns.size());
  replicates += block.replicates;
  auto bins = block.bins.begin();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    moments[c].merge(block.moments[c]);
    if (!columns[c].sketched) continue;
    for (const auto& [key, count] : *bins) sketches[c].add(key, count);
    ++bins;
  }
}

}  // namespace oligosim
