#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/montecarlo/block_log.hpp"
#include "engine/montecarlo/experiment.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// A folder of its own that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "oligosim-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// In place: some file systems flush a file that is truncated and written again, which makes long loops slow.
inline void write_whole(const std::filesystem::path& file, const std::string& bytes) {
  if (!std::filesystem::exists(file)) std::ofstream(file, std::ios::binary).flush();
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << bytes;
  std::filesystem::resize_file(file, bytes.size());
}

/// Patients with a mean outcome `shift` in each replicate: an estimate, its interval, and what may be missing.
class ToyTrial : public Experiment {
 public:
  explicit ToyTrial(double shift, std::uint64_t key = 20250611) : shift_(shift), key_(key) {}
  std::span<const Column> columns() const override { return columns_; }

  void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const override {
    const Streams streams(key_, number);
    const auto first = arena.take<double>(patients), second = arena.take<double>(patients);
    streams.uniforms(Purpose::baseline, 0, {{first, second}});
    double sum = 0;
    for (std::size_t i = 0; i < patients; ++i) sum += first[i] + second[i] - 1;
    row[0] = shift_ + sum / patients;
    row[1] = row[0] > 0.1 ? 1 : 0;
    row[2] = number % 7 == 0 ? std::numeric_limits<double>::quiet_NaN() : row[0] * 2;
    row[3] = number % 5 == 0 ? std::numeric_limits<double>::infinity() : row[0] - 1;
  }

 private:
  static constexpr std::size_t patients = 20;
  double shift_;
  std::uint64_t key_;
  std::vector<Column> columns_ = {{"estimate", true}, {"reject", false}, {"sometimes", true}, {"limit", true}};
};

inline LogHeader header_of(std::uint32_t scenarios, std::uint32_t columns, std::uint32_t block_size,
                           bool keep_rows = false) {
  return {"5d41402abc4b2a76", 20250611, 1, "0.1.0", block_size, scenarios, columns, keep_rows};
}

}  // namespace oligosim
