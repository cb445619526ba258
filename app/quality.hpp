#pragma once

#include "app/commands.hpp"
#include "app/output.hpp"

namespace oligosim {

/// Says on stderr which analyses gave no number in more replicates than the study allows, why, and the command that
/// shows the first of them. `quality_missed` if there are any, else `done`.
int judge_failures(const Prepared& prepared, const RunResults& results, const BlockLog& log,
                   const std::filesystem::path& folder);

}  // namespace oligosim
