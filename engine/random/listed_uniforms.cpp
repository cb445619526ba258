#include "engine/random/listed_uniforms.hpp"

#include <cassert>
#include <cstring>

#include "engine/random/philox.hpp"
#include "engine/random/philox_eight.hpp"
#include "engine/random/uniform_kernels.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {

void Streams::uniforms(Purpose purpose, std::span<const StreamPair> pairs, std::span<double> out) const {
  assert(out.size() == 2 * pairs.size());
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {0, 0, static_cast<std::uint32_t>(purpose), replicate_};
  wide ? listed_uniforms_v4(counter, halves_of(key_), pairs, out)
       : listed_uniforms_v3(counter, halves_of(key_), pairs, out);
}

void listed_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamPair> pairs, std::span<double> out) {
  constexpr std::size_t width = PhiloxEight::width, groups = PhiloxEight::groups;
  std::size_t i = 0;
  for (; i + width * groups <= pairs.size(); i += width * groups) {
    PhiloxEight::Words index_and_pair[groups];
    std::memcpy(index_and_pair, &pairs[i], sizeof index_and_pair);
    const PhiloxEight eight(index_and_pair, counter, key);
    for (std::size_t g = 0; g < groups; ++g) eight.store_in_turn(&out[2 * (i + width * g)], g);
  }
  for (; i < pairs.size(); ++i) {
    const auto words = philox({pairs[i].pair, pairs[i].index, counter[2], counter[3]}, key);
    out[2 * i] = unit(std::uint64_t{words[0]} << 32 | words[1]);
    out[2 * i + 1] = unit(std::uint64_t{words[2]} << 32 | words[3]);
  }
}

}  // namespace oligosim
