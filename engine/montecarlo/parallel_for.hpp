#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Threads for work in several parts, one after the other.
class Threads {
 public:
  explicit Threads(unsigned count);
  ~Threads();
  std::size_t count() const { return count_; }

  /// Runs `work(i)` for i = 0 ... count - 1, in any order, each with an arena of its own thread that is reset before
  /// each `work`: results must not depend on the order. The first exception is rethrown after the others have stopped.
  void for_each(std::size_t count, const std::function<void(std::size_t, Arena&)>& work);

 private:
  struct Limits;

  unsigned count_;
  std::unique_ptr<Limits> limits_;  // none where the caller's own thread does all
};

/// The same of one part.
void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t, Arena&)>& work);

}  // namespace oligosim
