#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "engine/montecarlo/block_format.hpp"
#include "engine/montecarlo/block_log.hpp"
#include "tests/fuzz/targets.hpp"

namespace oligosim {
namespace {

namespace format = block_format;

/// A file in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(::memfd_create("blocks.log", MFD_CLOEXEC)) {
    if (file_ < 0 || ::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("no file in memory");
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

/// Puts the checksum of `size` bytes behind them; false where there is no room for it.
bool seal(std::string& bytes, std::size_t from, std::size_t size) {
  if (size > bytes.size() || from + size + format::checksum_size > bytes.size()) return false;
  auto* const start = reinterpret_cast<std::uint8_t*>(bytes.data()) + from;
  const std::uint64_t sum = format::checksum({start, size});
  std::memcpy(start + size, &sum, sizeof sum);
  return true;
}

/// The bytes with every checksum right, as far as their sizes lead.
std::string sealed(std::string_view log) {
  std::string bytes(log);
  std::size_t at = 0;
  for (std::size_t prefix = format::file_prefix_size; seal(bytes, at, prefix - format::checksum_size);
       prefix = format::record_prefix_size) {
    std::uint32_t size;
    const std::size_t size_at = at == 0 ? 12 : at;  // behind magic and version, or at once
    std::memcpy(&size, bytes.data() + size_at, sizeof size);
    if (!seal(bytes, at + prefix, size)) break;
    at += prefix + size + format::checksum_size;
  }
  return bytes;
}

void visit_all(const BlockLog& log, const std::function<void(const BlockSummary&)>& visit) {
  constexpr std::uint32_t enough = 16;
  for (std::uint32_t s = 0; s < std::min(log.header().scenarios, enough); ++s) log.for_each(s, visit);
}

/// A log that can be read can be gone on with: opened for this it loses at most a torn end, and holds the same blocks.
bool read_twice(std::string_view bytes) {
  const MemoryFile file(bytes);
  std::vector<format::Bytes> blocks;
  std::optional<LogHeader> header;
  try {
    const BlockLog log = BlockLog::read_only(file.path());
    visit_all(log, [&](const BlockSummary& block) { blocks.push_back(format::encode_block(block)); });
    header = log.header();
  } catch (const LogError&) {
    return false;
  }
  const BlockLog log(file.path(), *header);
  const BlockLog again = BlockLog::read_only(file.path());
  if (again.dropped_bytes() != 0) throw FuzzFinding("a torn end is still there");
  auto expected = blocks.begin();
  visit_all(again, [&](const BlockSummary& block) {
    if (expected == blocks.end() || format::encode_block(block) != *expected++) throw FuzzFinding("other blocks");
  });
  if (expected != blocks.end()) throw FuzzFinding("fewer blocks");
  return true;
}

}  // namespace

bool fuzz_block_log(std::string_view bytes) {
  read_twice(sealed(bytes));
  return read_twice(bytes);
}

bool visit_blocks(std::string_view log, const std::function<void(const BlockSummary&)>& visit) {
  const MemoryFile file(log);
  try {
    visit_all(BlockLog::read_only(file.path()), visit);
    return true;
  } catch (const LogError&) {
    return false;
  }
}

}  // namespace oligosim
