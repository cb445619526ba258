#include "app/result_files.hpp"

#include "engine/io/file.hpp"

namespace oligosim {

void ResultFiles::write(const char* name, const std::string& content) {
  write_file(folder_ / name, content);
  hashes_[name] = sha256(content);
}

void ResultFiles::write_manifest(Json facts) const {
  facts["outputs_sha256"] = hashes_;
  write_file(folder_ / "manifest.json", facts.dump(1) + "\n");
}

}  // namespace oligosim
