#include "engine/montecarlo/fold.hpp"

#include <algorithm>
#include <stdexcept>

namespace oligosim {

namespace {

constexpr std::size_t no_bins = ~std::size_t{0};
constexpr std::size_t most_at_once = 128;  // blocks in memory

/// Where a block has the bins of each column.
std::vector<std::size_t> places_of_bins(std::span<const Column> columns) {
  std::vector<std::size_t> places;
  std::size_t next = 0;
  for (const Column& column : columns) places.push_back(column.sketched ? next++ : no_bins);
  return places;
}

void require_same_columns(const BlockSummary& block, std::span<const Column> columns) {
  const auto sketched = std::ranges::count_if(columns, &Column::sketched);
  if (block.moments.size() != columns.size() || block.bins.size() != static_cast<std::size_t>(sketched))
    throw std::invalid_argument("a block of the log has other columns than this study");
}

}  // namespace

void Folded::add(std::span<const BlockSummary> blocks, std::span<const Column> columns, Threads& threads) {
  for (const BlockSummary& block : blocks) {
    require_same_columns(block, columns);
    replicates += block.replicates;
  }
  const std::vector<std::size_t> bins = places_of_bins(columns);
  const std::size_t parts = std::min<std::size_t>(columns.size(), threads.count() > 1 ? 4 * threads.count() : 1);
  threads.for_each(parts, [&](std::size_t part, Arena&) {
    for (std::size_t c = part * columns.size() / parts; c < (part + 1) * columns.size() / parts; ++c) {
      Moments sum = moments[c];  // neighbours in memory are summed by other threads
      for (const BlockSummary& block : blocks) {
        sum.merge(block.moments[c]);
        if (bins[c] != no_bins) sketches[c].add(block.bins[bins[c]]);
      }
      moments[c] = sum;
    }
  });
}

void Folded::add(std::span<const BlockSummary> blocks, std::span<const Column> columns) {
  Threads alone(1);
  add(blocks, columns, alone);
}

Folded fold(const BlockLog& log, std::uint32_t scenario, std::span<const Column> columns, unsigned threads,
            const std::function<void(const BlockSummary&)>& seen) {
  Folded folded(columns.size());
  Threads together(threads);
  const std::vector<BlockId> ids = log.blocks(scenario);
  const std::size_t at_once = std::min(most_at_once, 8 * std::size_t{std::max(threads, 1u)});
  for (std::size_t done = 0; done < ids.size(); done += at_once) {
    std::vector<BlockSummary> blocks(std::min(at_once, ids.size() - done));
    together.for_each(blocks.size(), [&](std::size_t k, Arena&) { blocks[k] = log.read(ids[done + k]); });
    folded.add(blocks, columns, together);
    if (seen) std::ranges::for_each(blocks, seen);
  }
  return folded;
}

}  // namespace oligosim
