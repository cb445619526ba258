#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace oligosim {

/// Scratch memory of one thread: handed out in order, taken back all at once after a replicate, so that the steady
/// state makes no heap allocation. What it hands out is uninitialized and 64-byte aligned.
class Arena {
 public:
  explicit Arena(std::size_t bytes = std::size_t{1} << 18);

  /// `count` values of a trivial type, valid until the enclosing Scope ends or reset() is called.
  template <class T>
  std::span<T> take(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    return {static_cast<T*>(allocate(count * sizeof(T))), count};
  }

  /// The same, each set to `value`.
  template <class T>
  std::span<T> take(std::size_t count, const T& value) {
    std::span<T> values = take<T>(count);
    for (T& v : values) v = value;
    return values;
  }

  /// Takes everything back. After an overflow the chunks become one, so that the next round fits.
  void reset();

  /// Takes back, at its end, what was taken since it began.
  class Scope {
   public:
    explicit Scope(Arena& arena) : arena_(arena), chunk_(arena.chunk_), used_(arena.used_) {}
    ~Scope() { arena_.chunk_ = chunk_, arena_.used_ = used_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Arena& arena_;
    std::size_t chunk_, used_;
  };

 private:
  static constexpr std::size_t alignment = 64;
  struct Free {
    void operator()(std::byte* p) const;
  };
  struct Chunk {
    std::unique_ptr<std::byte, Free> memory;
    std::size_t size;
  };

  void* allocate(std::size_t bytes) {
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    if (used_ + rounded > chunks_[chunk_].size) [[unlikely]]
      go_to_room(rounded);
    void* place = chunks_[chunk_].memory.get() + used_;
    used_ += rounded;
    return place;
  }
  void go_to_room(std::size_t bytes);
  void add_chunk(std::size_t bytes);

  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;  // the chunk in use
  std::size_t used_ = 0;   // bytes used in it
};

}  // namespace oligosim
