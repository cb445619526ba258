#include "engine/memory/arena.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace oligosim {
namespace {

bool aligned(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % 64 == 0; }

TEST(ArenaProperty, SpansAreAlignedAndDoNotOverlap) {
  Arena arena(256);
  std::vector<std::span<std::uint8_t>> spans;
  for (std::size_t size = 1; size < 300; size += 7) {
    spans.push_back(arena.take<std::uint8_t>(size, static_cast<std::uint8_t>(size)));
  }
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_TRUE(aligned(spans[i].data()));
    ASSERT_EQ(spans[i].size(), 1 + 7 * i);
    for (const std::uint8_t value : spans[i]) ASSERT_EQ(value, static_cast<std::uint8_t>(1 + 7 * i));
  }
}

TEST(ArenaProperty, FillsWithTheValueAskedFor) {
  Arena arena;
  for (const double value : arena.take<double>(1000, 2.5)) ASSERT_EQ(value, 2.5);
  EXPECT_EQ(arena.take<double>(0).size(), 0u);
}

TEST(ArenaProperty, ResetHandsOutTheSameMemoryAgain) {
  Arena arena;
  const double* first = arena.take<double>(100).data();
  const double* second = arena.take<double>(100).data();
  arena.reset();
  EXPECT_EQ(arena.take<double>(100).data(), first);
  EXPECT_EQ(arena.take<double>(100).data(), second);
}

TEST(ArenaProperty, AfterAnOverflowTheNextRoundFitsInOneChunk) {
  Arena arena(64);
  for (int i = 0; i < 10; ++i) arena.take<double>(1000);
  arena.reset();
  const double* begin = arena.take<double>(1000).data();
  for (int i = 1; i < 10; ++i) EXPECT_EQ(arena.take<double>(1000).data(), begin + 1000 * i);
}

TEST(ArenaProperty, ScopeTakesBackWhatWasTakenInIt) {
  Arena arena(1024);
  const auto kept = arena.take<int>(4, 7);
  const int* inner = nullptr;
  {
    const Arena::Scope scope(arena);
    inner = arena.take<int>(4).data();
    arena.take<double>(100000);  // opens another chunk
  }
  EXPECT_EQ(arena.take<int>(4, 9).data(), inner);
  for (const int value : kept) EXPECT_EQ(value, 7);
}

TEST(ArenaProperty, MemoryBeforeAScopeOutlivesAnOverflowInIt) {
  Arena arena(64);
  const auto kept = arena.take<std::uint64_t>(8, 42);
  for (int round = 0; round < 3; ++round) {
    const Arena::Scope scope(arena);
    for (const std::uint64_t value : arena.take<std::uint64_t>(4096, 1)) ASSERT_EQ(value, 1u);
  }
  for (const std::uint64_t value : kept) ASSERT_EQ(value, 42u);
}

}  // namespace
}  // namespace oligosim
