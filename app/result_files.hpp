#pragma once

#include <filesystem>
#include <string>

#include "engine/io/json.hpp"

namespace oligosim {

/// Files of results as they are written into a folder, and the SHA-256 of each for its manifest.
class ResultFiles {
 public:
  explicit ResultFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void write(const char* name, const std::string& content);
  /// Writes manifest.json: the facts, then the hashes under `outputs_sha256`.
  void write_manifest(Json facts) const;

 private:
  std::filesystem::path folder_;
  Json hashes_ = Json::object();
};

}  // namespace oligosim
