#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/montecarlo/block.hpp"
#include "engine/montecarlo/block_index.hpp"

namespace oligosim {

/// What must agree before blocks may be put together.
struct LogHeader {
  std::string study_hash;  // of the resolved study without its number of replicates
  std::uint64_t seed = 0;
  std::uint32_t stream_version = 0;
  std::string program_version;
  std::uint32_t block_size = 0;
  std::uint32_t scenarios = 0;
  std::uint32_t columns = 0;
  bool keep_rows = false;
  bool operator==(const LogHeader&) const = default;
};

/// The only store of a run: a header and one checksummed record a finished block, appended with checked write(2).
/// A torn last record (a crash while writing: it is cut short, or blocks of the disk were never written and are zero)
/// is dropped on opening; any other damage is refused.
/// Throws LogError (text says what and the remedy) on damage or a header that does not agree, and
/// std::system_error where the disk fails.
class BlockLog {
 public:
  /// Opens `file` for this header, creating it if it does not exist. A lock on it is held until destruction;
  /// throws LogLocked where another process holds it.
  BlockLog(const std::filesystem::path& file, const LogHeader& header);
  /// Opens an existing log for reading only.
  static BlockLog read_only(const std::filesystem::path& file);
  ~BlockLog();
  BlockLog(BlockLog&&) noexcept;
  BlockLog& operator=(BlockLog&&) = delete;

  const LogHeader& header() const { return header_; }
  /// Replicates kept for this block, 0 if none. A later record of the same block replaces an earlier one.
  std::uint32_t replicates(BlockId id) const;
  /// How much of a scenario is kept.
  struct Kept {
    std::size_t blocks = 0;
    std::uint64_t replicates = 0;
  };
  Kept kept(std::uint32_t scenario) const;
  /// A block as its record in the file.
  struct Encoded {
    BlockId id;
    std::uint32_t replicates = 0;
    std::vector<std::uint8_t> record;
  };
  Encoded encode(const BlockSummary& block) const;  // many threads at once
  void append(const Encoded& block);                // one thread at a time
  void append(const BlockSummary& block) { append(encode(block)); }
  /// The blocks of a scenario, ascending.
  std::vector<BlockId> blocks(std::uint32_t scenario) const;
  /// Reads one of them; many threads at once.
  BlockSummary read(BlockId id) const;
  /// Reads the blocks of a scenario in block order, one in memory at a time.
  void for_each(std::uint32_t scenario, const std::function<void(const BlockSummary&)>& visit) const;
  /// Makes everything appended durable (fsync).
  void sync();
  std::uint64_t dropped_bytes() const { return dropped_bytes_; }  // of a torn tail, at opening

 private:
  struct Record {
    BlockSummary block;
    std::uint64_t size;  // with prefix and checksums
  };

  BlockLog() = default;
  void open(int flags);
  void lock();
  bool read_header();
  void write_header(const LogHeader& header);
  void require(const LogHeader& wanted) const;
  void open_records();
  void check_fits(const BlockSummary& block) const;
  std::optional<Record> read_record(std::uint64_t offset) const;
  bool unwritten_from(std::uint64_t offset) const;
  void write(const std::vector<std::uint8_t>& bytes);

  int file_ = -1;
  bool writable_ = false;
  std::filesystem::path path_;
  LogHeader header_;
  BlockIndex index_;
  std::uint64_t end_ = 0;  // of the last whole record
  std::uint64_t dropped_bytes_ = 0;
};

struct LogError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct LogLocked : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace oligosim
