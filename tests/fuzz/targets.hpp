#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/montecarlo/block.hpp"

namespace oligosim {

/// What no bytes may lead to, other than what sanitizers see.
struct FuzzFinding : std::logic_error {
  using std::logic_error::logic_error;
};

/// Each does with bytes what the program does with a file of them. True: they are understood; false: refused, as they
/// should be. Throws FuzzFinding.
bool fuzz_study(std::string_view bytes);
/// A plan, on the patients of two files.
bool fuzz_plan(std::string_view bytes);
bool fuzz_patients(std::string_view bytes);
/// A trial under way, against some designs.
bool fuzz_monitoring(std::string_view bytes);
/// The bytes as they are, then with checksums that agree, so that what stands behind these is reached as well.
bool fuzz_block_log(std::string_view bytes);

/// The blocks of a block log; false where it is refused.
bool visit_blocks(std::string_view log, const std::function<void(const BlockSummary&)>& visit);

}  // namespace oligosim
