#include "engine/montecarlo/block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "engine/numeric/sort_in_lanes.hpp"

namespace oligosim {

namespace {

/// Ascending keys as bins.
std::vector<Sketch::Bin> run_lengths(std::span<const std::int32_t> keys) {
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) distinct += i == 0 || keys[i] != keys[i - 1];
  std::vector<Sketch::Bin> bins;
  bins.reserve(distinct);
  for (const std::int32_t key : keys) {
    if (bins.empty() || bins.back().first != static_cast<std::uint32_t>(key))
      bins.emplace_back(static_cast<std::uint32_t>(key), 0);
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
  std::vector<std::vector<std::int32_t>> keys(static_cast<std::size_t>(sketched));  // of 23 bits
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
      if (!std::isnan(row[c])) column_keys->push_back(static_cast<std::int32_t>(Sketch::key(row[c])));
      ++column_keys;
    }
  }
  summary.bins.reserve(keys.size());
  for (const auto& column_keys : keys) {
    arena.reset();
    summary.bins.push_back(run_lengths(sort_in_lanes(std::span(column_keys), arena)));
  }
  return summary;
}

BlockSummary run_block(const Experiment& experiment, BlockId id, std::uint32_t first, std::uint32_t count,
                       bool keep_rows, Arena& arena) {
  const std::atomic<bool> never{false};
  return *run_block(experiment, id, first, count, keep_rows, arena, never);
}

}  // namespace oligosim
