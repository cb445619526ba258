#pragma once

#include <cstdlib>

namespace oligosim::test {

/// Random data sets that a slow second implementation is compared on: 10 000 in the long run (the ctest entry
/// long.statistics), `usual` in the normal one.
inline int oracle_sets(int usual) { return std::getenv("OLIGOSIM_EVERY_SET") != nullptr ? 10000 : usual; }

}  // namespace oligosim::test
