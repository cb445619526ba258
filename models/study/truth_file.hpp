#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/study/truth.hpp"

namespace oligosim {

/// Finding true values takes longer than many a run: what was found is kept, bit by bit, in the run's folder, so that
/// to resume, extend, merge or report does not find it again. `key` says what it is of: study, program, stream version.

/// What the file keeps for the scenarios of the study; nothing where there is no such file, or it is of another key,
/// damaged or of another shape.
std::optional<std::vector<TruthsOfDraws>> kept_truths(const std::filesystem::path& file, const std::string& key,
                                                      const Study& study);

/// What such a file holds; one element a scenario.
std::string text_of_truths(const std::string& key, const std::vector<TruthsOfDraws>& truths);

}  // namespace oligosim
