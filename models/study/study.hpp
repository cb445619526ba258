#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/yaml.hpp"
#include "models/study/scenario.hpp"
#include "models/study/size_wanted.hpp"

namespace oligosim {

/// A study as understood: what is common to its scenarios, and the scenarios.
struct Study {
  std::string title;
  std::string note;  // what a reader should know, for the page; may be empty
  std::uint64_t seed = 0;
  std::uint32_t replicates = 0;
  std::uint32_t block_size = 0;
  std::size_t truth_patients = 0;
  std::vector<Scenario> scenarios;
  std::optional<SizeWanted> size;  // what `oligosim size` looks for
  YamlNode resolved;               // the input with every default written out and the files it names put in their place
};

/// What the command line may say instead of the file.
struct StudyOverrides {
  std::optional<std::int64_t> seed;
  std::optional<std::int64_t> replicates;
  std::optional<std::string> scenario;
};

/// Reads a study whose parts are all in one tree (no files named). Mistakes go to `problems`.
Study read_study(const YamlNode& tree, const StudyOverrides& overrides, Problems& problems);

/// Reads a study file. Throws InputError with all mistakes.
Study load_study(const std::filesystem::path& file, const StudyOverrides& overrides);

/// SHA-256 of the resolved study without its number of replicates, the size it wants and its limit of failures, which
/// change no block: what must agree for blocks to go together.
std::string study_hash(const Study& study);

}  // namespace oligosim
