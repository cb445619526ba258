#include "engine/montecarlo/block_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <sstream>
#include <system_error>
#include <utility>

#include "engine/montecarlo/block_format.hpp"

namespace oligosim {

namespace {

namespace format = block_format;
using format::Bytes;
using format::Damage;

[[noreturn]] void fail(int error, const std::string& doing, const std::filesystem::path& file) {
  throw std::system_error(error, std::generic_category(), doing + " " + file.string());
}

/// Up to `size` bytes from `offset`, fewer at the end of the file.
Bytes read_bytes(int file, std::uint64_t offset, std::uint64_t size, const std::filesystem::path& path) {
  Bytes bytes(size);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(file, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(errno, "cannot read", path);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

/// 0, or the error that stopped the writing.
int write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return EIO;  // would go on for ever
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

std::uint64_t file_size(int file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file, &status) != 0) fail(errno, "cannot read", path);
  if (!S_ISREG(status.st_mode)) throw LogError(path.string() + ": is not a regular file");
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

BlockLog::BlockLog(const std::filesystem::path& file, const LogHeader& header) : BlockLog() {
  path_ = file;
  writable_ = true;
  open(O_RDWR | O_APPEND | O_CREAT);
  lock();
  if (read_header()) {
    require(header);
  } else {
    write_header(header);
  }
  open_records();
}

BlockLog BlockLog::read_only(const std::filesystem::path& file) {
  BlockLog log;
  log.path_ = file;
  log.open(O_RDONLY);
  if (!log.read_header()) {
    throw LogError(file.string() + ": holds nothing yet, its run was interrupted at once; start that run again");
  }
  log.open_records();
  return log;
}

BlockLog::~BlockLog() {
  if (file_ >= 0) ::close(file_);
}

BlockLog::BlockLog(BlockLog&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      writable_(std::exchange(other.writable_, false)),
      path_(std::move(other.path_)),
      header_(std::move(other.header_)),
      index_(std::move(other.index_)),
      end_(other.end_),
      dropped_bytes_(other.dropped_bytes_) {}

void BlockLog::open(int flags) {
  file_ = ::open(path_.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666);  // a FIFO in its place must not block
  if (file_ < 0) fail(errno, "cannot open", path_);
}

void BlockLog::lock() {
  while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) throw LogLocked(path_.string() + ": another run holds it; wait for it or stop it");
    fail(errno, "cannot lock", path_);
  }
}

/// False where the file is empty or holds only the start of a header: a crash at creation, with nothing to lose.
bool BlockLog::read_header() {
  file_size(file_, path_);
  const Bytes prefix = read_bytes(file_, 0, format::file_prefix_size, path_);
  if (!format::starts_like_log(prefix)) {
    if (unwritten_from(0)) return false;
    throw LogError(path_.string() + ": is not a block log of this program; move it away or choose another folder");
  }
  if (prefix.size() < format::file_prefix_size) return false;
  std::uint64_t checked_at = format::file_prefix_size - format::checksum_size;
  try {
    checked_at = format::file_prefix_size + std::uint64_t{format::decode_file_prefix(prefix)};
    end_ = checked_at + format::checksum_size;
    if (file_size(file_, path_) < end_) return false;
    header_ =
        format::decode_header(read_bytes(file_, format::file_prefix_size, end_ - format::file_prefix_size, path_));
    return true;
  } catch (const Damage& damage) {
    if (unwritten_from(checked_at)) return false;
    throw LogError(path_.string() + ": its header (byte 0) cannot be read: " + damage.what() +
                   "; restore the file from a copy, or delete it and run again");
  }
}

void BlockLog::write_header(const LogHeader& header) {
  if (::ftruncate(file_, 0) != 0) fail(errno, "cannot write", path_);
  end_ = 0;
  header_ = header;
  write(format::encode_header(header));
}

void BlockLog::require(const LogHeader& wanted) const {
  std::ostringstream differences;
  const auto compare = [&differences](const char* name, const auto& there, const auto& here) {
    if (there == here) return;
    differences << (differences.tellp() > 0 ? "; " : "") << name << " there " << there << ", here " << here;
  };
  compare("study", header_.study_hash, wanted.study_hash);
  compare("seed", header_.seed, wanted.seed);
  compare("program version", header_.program_version, wanted.program_version);
  compare("stream version", header_.stream_version, wanted.stream_version);
  compare("block size", header_.block_size, wanted.block_size);
  compare("number of scenarios", header_.scenarios, wanted.scenarios);
  compare("number of columns", header_.columns, wanted.columns);
  compare("keeping of estimates", header_.keep_rows ? "on" : "off", wanted.keep_rows ? "on" : "off");
  if (header_ == wanted) return;
  throw LogError(path_.string() + ": belongs to another run (" + differences.str() +
                 "); go on with what that run was started with, or choose another folder");
}

void BlockLog::open_records() {
  const std::uint64_t size = file_size(file_, path_);
  while (end_ < size) {
    const std::optional<Record> record = read_record(end_);
    if (!record) break;
    index_.put(record->block.id, end_, record->block.replicates);
    end_ += record->size;
  }
  dropped_bytes_ = size - end_;
  if (dropped_bytes_ == 0 || !writable_) return;
  if (::ftruncate(file_, static_cast<off_t>(end_)) != 0) fail(errno, "cannot write", path_);
}

void BlockLog::check_fits(const BlockSummary& block) const {
  const std::size_t values = header_.keep_rows ? std::size_t{block.replicates} * header_.columns : 0;
  if (block.id.scenario >= header_.scenarios || block.moments.size() != header_.columns ||
      block.rows.size() != values || block.replicates > header_.block_size) {
    throw Damage("a block does not fit the header");
  }
}

/// Nothing where the file ends within the record or was not written to its end.
std::optional<BlockLog::Record> BlockLog::read_record(std::uint64_t offset) const {
  const Bytes prefix = read_bytes(file_, offset, format::record_prefix_size, path_);
  if (prefix.size() < format::record_prefix_size) return std::nullopt;
  std::uint64_t checked_at = offset + format::record_prefix_size - format::checksum_size;
  try {
    const format::RecordPrefix announced = format::decode_record_prefix(prefix);
    const std::uint64_t content = offset + format::record_prefix_size;
    checked_at = content + announced.size;
    const std::uint64_t size = announced.size + format::checksum_size;
    if (file_size(file_, path_) < content + size) return std::nullopt;
    if (announced.type != format::block_record) throw Damage("it is of a kind that this program does not know");
    Record record{format::decode_block(read_bytes(file_, content, size, path_)), format::record_prefix_size + size};
    check_fits(record.block);
    return record;
  } catch (const Damage& damage) {
    if (unwritten_from(checked_at)) return std::nullopt;
    const std::string at = std::to_string(offset);
    throw LogError(path_.string() + ": the record at byte " + at + " cannot be read: " + damage.what() +
                   "; what stands before it is sound: after `truncate -s " + at + " " + path_.string() +
                   "` the run goes on from there");
  }
}

/// Whether all bytes from `offset` on, at least one checksum, are zero: space that a power failure left unwritten.
bool BlockLog::unwritten_from(std::uint64_t offset) const {
  constexpr std::uint64_t chunk = std::uint64_t{1} << 16;
  const std::uint64_t size = file_size(file_, path_);
  for (; offset < size; offset += chunk) {
    const Bytes bytes = read_bytes(file_, offset, chunk, path_);
    if (std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b != 0; })) return false;
  }
  return true;
}

std::uint32_t BlockLog::replicates(BlockId id) const {
  const BlockIndex::Place* place = index_.find(id);
  return place ? place->replicates : 0;
}

BlockLog::Kept BlockLog::kept(std::uint32_t scenario) const {
  Kept all;
  index_.for_each(scenario, [&](const BlockIndex::Place& place) {
    ++all.blocks;
    all.replicates += place.replicates;
  });
  return all;
}

/// Appends, or leaves the file as it was and throws.
void BlockLog::write(const std::vector<std::uint8_t>& bytes) {
  if (!writable_) throw std::logic_error(path_.string() + ": is not open for writing");
  if (const int error = write_all(file_, bytes); error != 0) {
    writable_ = ::ftruncate(file_, static_cast<off_t>(end_)) == 0;  // else nothing may follow the torn record
    fail(error, "cannot write", path_);
  }
  end_ += bytes.size();
}

BlockLog::Encoded BlockLog::encode(const BlockSummary& block) const {
  check_fits(block);
  return {block.id, block.replicates, format::encode_block(block)};
}

void BlockLog::append(const Encoded& block) {
  const std::uint64_t offset = end_;
  write(block.record);
  index_.put(block.id, offset, block.replicates);
}

std::vector<BlockId> BlockLog::blocks(std::uint32_t scenario) const {
  std::vector<BlockId> all;
  index_.for_each(scenario, [&](const BlockIndex::Place& place) { all.push_back({scenario, place.block}); });
  return all;
}

BlockSummary BlockLog::read(BlockId id) const {
  const BlockIndex::Place* const place = index_.find(id);
  if (!place) throw std::logic_error(path_.string() + ": does not hold the block asked for");
  std::optional<Record> record = read_record(place->offset);
  if (!record || record->block.id != id)
    throw LogError(path_.string() + ": was changed by another program while it was read; run again");
  return std::move(record->block);
}

void BlockLog::for_each(std::uint32_t scenario, const std::function<void(const BlockSummary&)>& visit) const {
  for (const BlockId id : blocks(scenario)) visit(read(id));
}

void BlockLog::sync() {
  if (::fsync(file_) != 0) fail(errno, "cannot write", path_);
  // The name of a new file is durable only with its folder; a file system that cannot do this says EINVAL.
  const std::filesystem::path folder = path_.has_parent_path() ? path_.parent_path() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail(errno, "cannot open", folder);
  const int error = ::fsync(descriptor) != 0 ? errno : 0;
  ::close(descriptor);
  if (error != 0 && error != EINVAL) fail(error, "cannot write", folder);
}

}  // namespace oligosim
