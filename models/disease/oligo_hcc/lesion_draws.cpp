#include "models/disease/oligo_hcc/lesion_draws.hpp"

#include <cstring>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal_scores.hpp"

namespace oligosim {

std::span<const StreamBlock> blocks_of_lesions(std::span<const std::uint32_t> count, Arena& arena) {
  // Written eight at once; the next patient overwrites those that are too many. Most patients have no more.
  using Blocks = std::uint64_t __attribute__((vector_size(64)));  // each the index below and the block above
  constexpr Blocks which = {1, 2, 3, 4, 5, 6, 7, 8};
  constexpr std::uint32_t at_once = sizeof(Blocks) / sizeof(StreamBlock);
  std::size_t lesions = 0;
  for (const std::uint32_t n : count) lesions += n;
  const std::span<StreamBlock> blocks = arena.take<StreamBlock>(lesions + at_once);
  std::size_t row = 0;
  for (std::uint32_t i = 0; i < count.size(); row += count[i++])
    for (std::uint32_t j = 0; j < count[i]; j += at_once) {
      const Blocks next = (which + j) << 32 | i;
      std::memcpy(&blocks[row + j], &next, sizeof next);
    }
  return blocks.first(lesions);
}

LesionDraws::LesionDraws(const Streams& streams, std::span<const std::uint32_t> count, Arena& arena)
    : first_to_fail(arena.take<double>(count.size())), others_in_liver(arena.take<double>(count.size())) {
  streams.uniforms(Purpose::lesions, 0, {{first_to_fail, others_in_liver, {}, {}}});
  std::size_t lesions = 0;
  for (const std::uint32_t n : count) lesions += n;
  for (std::span<double>* column : {&diameter, &score, &failure, &site})
    *column = arena.take<double>(lesions + readable_beyond).first(lesions);
  const Arena::Scope scope(arena);
  streams.uniforms(Purpose::lesions, blocks_of_lesions(count, arena), {{diameter, score, failure, site}});
  to_exponentials(diameter);
  to_normal_scores(score);
}

}  // namespace oligosim
