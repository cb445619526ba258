#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace oligosim {

/// Writes `content` under a temporary name, fsyncs, renames to `file`, fsyncs the folder: the name holds the old
/// content or the new, never half. Throws std::system_error naming the file.
void write_file(const std::filesystem::path& file, std::string_view content);

/// The same of a file too large for the memory: writes what each call of `next` puts into its argument, which is empty,
/// until it returns false.
void write_file(const std::filesystem::path& file, const std::function<bool(std::string&)>& next);

/// The whole content of a regular file of at most `largest` bytes. Throws std::system_error naming the file; anything
/// else than a regular file (folder, FIFO, device) is refused before it is opened, so that nothing blocks.
std::string read_file(const std::filesystem::path& file, std::uint64_t largest = UINT64_MAX);

/// SHA-256 (FIPS 180-4) in lower-case hex.
std::string sha256(std::string_view content);

}  // namespace oligosim
