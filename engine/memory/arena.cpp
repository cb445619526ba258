#include "engine/memory/arena.hpp"

#include <algorithm>
#include <new>

namespace oligosim {

void Arena::Free::operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{alignment}); }

Arena::Arena(std::size_t bytes) { add_chunk(std::max(bytes, alignment)); }

void Arena::add_chunk(std::size_t bytes) {
  auto* memory = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{alignment}));
  chunks_.push_back({std::unique_ptr<std::byte, Free>(memory), bytes});
}

void Arena::go_to_room(std::size_t bytes) {
  while (used_ + bytes > chunks_[chunk_].size) {
    if (chunk_ + 1 == chunks_.size()) add_chunk(std::max(bytes, 2 * chunks_[chunk_].size));
    ++chunk_;
    used_ = 0;
  }
}

void Arena::reset() {
  if (chunks_.size() > 1) {
    std::size_t total = 0;
    for (const Chunk& c : chunks_) total += c.size;
    chunks_.clear();
    add_chunk(total);
  }
  chunk_ = 0;
  used_ = 0;
}

}  // namespace oligosim
