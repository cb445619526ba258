#pragma once

#include <filesystem>

namespace oligosim {

/// Refuses a value of --out that cannot become a folder: an empty one, or a file. Before any work.
void check_out(const std::filesystem::path& out);

/// The same for a command whose files would replace those of a run (study.yaml, report.html, manifest.json): a folder
/// with a run is refused too.
void check_own_out(const std::filesystem::path& out);

}  // namespace oligosim
