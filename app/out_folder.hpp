#pragma once

#include <filesystem>
#include <string>

namespace oligosim {

/// Refuses a value of --out that cannot become a folder: an empty one, or a file. Before any work.
void check_out(const std::filesystem::path& out);

/// The same for a run, or what goes on as one: the results of another command are refused, as its files would replace
/// theirs (report.html, manifest.json, estimates.csv).
void check_run_out(const std::filesystem::path& out);

/// The same for another command ("analyze"), for which a folder with a run is refused too.
void check_own_out(const std::filesystem::path& out, const std::string& command);

}  // namespace oligosim
