// The target that TARGET names for libFuzzer: tests/fuzz/libfuzzer.sh.
#include <cstdint>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  oligosim::TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
