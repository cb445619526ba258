#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/io/config.hpp"
#include "models/study/overrides.hpp"

namespace oligosim {

inline constexpr std::int64_t most_posterior_draws = 2000;

/// `disease.posterior: {file: posterior.csv, draws: 200}`: the parameters of the disease model are not known, and each
/// replicate has one of these draws. In the resolved study the draws stand in the file's place, a list a parameter:
/// `{draws: 200, values: {progression.shape: [1.31, ...]}}`.

/// Puts the draws of every file that a study names (in `disease`, in a scenario's `disease.posterior`) in its place:
/// so many rows, evenly spread over the file, of the columns that are paths into the disease model or, from `arms.` on,
/// into the arms. Columns of the published cohort (`published.study.`) say nothing of other trials and are left out, as
/// are `chain` and `draw`.
void inline_posterior_files(YamlNode& study, const std::filesystem::path& folder, Problems& problems);

/// What each draw puts at which path of the study; none where the study has no `disease.posterior`. `root` is the
/// document of one scenario, read as far as its disease. Mistakes go to `problems`.
std::vector<Override> read_posterior_draws(ConfigNode& root, Problems& problems);

/// The study for a page: how many values there are instead of the values.
YamlNode without_drawn_values(YamlNode study);

}  // namespace oligosim
