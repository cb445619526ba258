#include "app/missing_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "app/output.hpp"

namespace oligosim {
namespace {

/// One flag a block.
std::vector<bool> missing_in(const BlockLog& log, const Study& study) {
  std::vector<bool> lacking;
  for (std::uint64_t block = 0; block * study.block_size < study.replicates; ++block)
    lacking.push_back(!holds_block(log, study, block));
  return lacking;
}

/// The parts whose blocks are missing, if the missing ones are all the blocks of some parts of so many.
std::optional<std::vector<std::size_t>> whole_parts(const std::vector<bool>& lacking, std::size_t parts) {
  for (std::size_t block = parts; block < lacking.size(); ++block)
    if (lacking[block] != lacking[block - parts]) return {};
  std::vector<std::size_t> absent;
  for (std::size_t part = 0; part < parts; ++part)
    if (lacking[part]) absent.push_back(part + 1);
  return absent;
}

/// "part 2 of 3 (--shard 2/3)", if each folder is one of the parts that are there.
std::string shards_text(const std::vector<bool>& lacking, std::size_t folders) {
  const auto count = static_cast<std::size_t>(std::ranges::count(lacking, true));
  for (std::size_t parts = folders + 1; parts <= std::min(lacking.size(), folders + count); ++parts) {
    const auto absent = whole_parts(lacking, parts);
    if (!absent || absent->size() != parts - folders) continue;
    std::string text;
    for (const std::size_t part : *absent)
      text += fmt::format("{}part {} of {} (--shard {}/{})", text.empty() ? "" : ", ", part, parts, part, parts);
    return text;
  }
  return "";
}

/// "2, 5 to 8, 11"; the first few where there are many.
std::string blocks_text(const std::vector<bool>& lacking) {
  constexpr std::size_t most = 12;
  std::string text;
  std::size_t runs = 0;
  for (std::size_t first = 0; first < lacking.size(); ++first) {
    if (!lacking[first]) continue;
    std::size_t last = first;
    while (last + 1 < lacking.size() && lacking[last + 1]) ++last;
    if (++runs > most) return text + " ...";
    text += fmt::format("{}{}", text.empty() ? "" : ", ", first + 1);
    if (last > first) text += fmt::format(" to {}", last + 1);
    first = last;
  }
  return text;
}

}  // namespace

std::string missing_blocks(const BlockLog& log, const Study& study, std::size_t folders) {
  const std::vector<bool> lacking = missing_in(log, study);
  const auto count = std::ranges::count(lacking, true);
  if (count == 0) return "";
  const std::string shards = shards_text(lacking, folders);
  const std::string blocks =
      fmt::format("block{} {} ({} of {})", count == 1 ? "" : "s", blocks_text(lacking), count, lacking.size());
  return shards.empty() ? blocks : shards + ", " + blocks;
}

}  // namespace oligosim
