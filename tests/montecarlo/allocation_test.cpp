#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/montecarlo/block.hpp"
#include "tests/montecarlo/support.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* memory = nullptr;
  if (::posix_memalign(&memory, alignment, size == 0 ? 1 : size) != 0) throw std::bad_alloc();
  return memory;
}

}  // namespace

// Every form that the library does not itself lead back to these. Inlined, they would look mismatched to the compiler.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t a) {
  return counted(size, static_cast<std::size_t>(a));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace oligosim {
namespace {

std::size_t allocations_of_block(std::uint32_t replicates, bool keep_rows, Arena& arena) {
  const ToyTrial trial(0.05);
  const std::size_t before = allocations;
  const BlockSummary block = run_block(trial, {0, 0}, 1, replicates, keep_rows, arena);
  const std::size_t made = allocations - before;
  EXPECT_EQ(block.replicates, replicates);
  return made;
}

TEST(AllocationProperty, TheCounterCounts) {
  const std::size_t before = allocations;
  delete new int(1);
  const Arena arena;
  EXPECT_GE(allocations, before + 2);
}

TEST(AllocationProperty, ReplicatesAllocateNothing) {
  Arena arena;
  const std::size_t of_100 = allocations_of_block(100, false, arena);
  EXPECT_GT(of_100, 0u);
  EXPECT_EQ(allocations_of_block(1000, false, arena), of_100);
  EXPECT_EQ(allocations_of_block(10000, false, arena), of_100);
}

TEST(AllocationProperty, KeepingRowsTakesOnePieceOfMemoryABlock) {
  Arena arena;
  EXPECT_EQ(allocations_of_block(1000, true, arena), allocations_of_block(100, true, arena));
}

}  // namespace
}  // namespace oligosim
