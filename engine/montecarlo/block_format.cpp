#include "engine/montecarlo/block_format.hpp"

#include <lzma.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/montecarlo/block_log.hpp"

namespace oligosim::block_format {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "oligolog";

class Writer {
 public:
  template <class T>
  void put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    put_bytes({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
  }
  void put_bytes(std::span<const std::uint8_t> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  void put_text(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  void put_varint(std::uint32_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  /// Appends the checksum of everything from `start` on.
  void seal(std::size_t start) { put(checksum(std::span(bytes_).subspan(start))); }
  std::size_t size() const { return bytes_.size(); }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string get_text() {
    const auto text = take(get<std::uint32_t>());
    return {text.begin(), text.end()};
  }
  std::uint32_t get_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift <= 28; shift += 7) {
      const std::uint8_t byte = get<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte >= 0x80) continue;
      if (value > std::numeric_limits<std::uint32_t>::max()) break;
      return static_cast<std::uint32_t>(value);
    }
    throw Damage("a number is too long");
  }
  /// A count of things of at least `size` bytes each, so that no count can ask for more memory than the bytes allow.
  template <class T>
  std::size_t get_count(std::size_t size) {
    const T count = get<T>();
    if (count > bytes_.size() / size) throw Damage("a count is too large");
    return static_cast<std::size_t>(count);
  }
  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > bytes_.size()) throw Damage("it ends too early");
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  void finish() const {
    if (!bytes_.empty()) throw Damage("it is too long");
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// The bytes before the checksum, once it agrees.
std::span<const std::uint8_t> verified(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < checksum_size) throw Damage("it ends too early");
  const auto content = bytes.first(bytes.size() - checksum_size);
  if (Reader(bytes.last(checksum_size)).get<std::uint64_t>() != checksum(content)) {
    throw Damage("its checksum does not agree");
  }
  return content;
}

std::uint32_t size_of_32_bits(std::size_t size) {
  if (size > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("a block of more than 4 GiB does not fit the block log; take smaller blocks");
  }
  return static_cast<std::uint32_t>(size);
}

constexpr std::size_t moments_size = 7 * 8;

void put_moments(Writer& writer, const Moments& m) {
  writer.put(m.n);
  writer.put(m.missing);
  writer.put(m.infinite);
  for (const double sum : {m.mean, m.m2, m.m3, m.m4}) writer.put(sum);
}

Moments get_moments(Reader& reader) {
  Moments m;
  for (std::uint64_t* count : {&m.n, &m.missing, &m.infinite}) *count = reader.get<std::uint64_t>();
  for (double* sum : {&m.mean, &m.m2, &m.m3, &m.m4}) *sum = reader.get<double>();
  return m;
}

void put_block(Writer& writer, const BlockSummary& block) {
  writer.put(block.id.scenario);
  writer.put(block.id.block);
  writer.put(block.replicates);
  writer.put(static_cast<std::uint32_t>(block.moments.size()));
  for (const Moments& m : block.moments) put_moments(writer, m);
  writer.put(static_cast<std::uint32_t>(block.bins.size()));
  for (const auto& bins : block.bins) {
    writer.put(static_cast<std::uint32_t>(bins.size()));
    std::uint32_t before = 0;
    for (const auto& [key, count] : bins) {  // steps between ascending keys are short
      writer.put_varint(key - before);
      writer.put_varint(count);
      before = key;
    }
  }
  writer.put(std::uint64_t{block.rows.size()});
  for (const double value : block.rows) writer.put(value);
}

}  // namespace

std::uint64_t checksum(std::span<const std::uint8_t> bytes) { return lzma_crc64(bytes.data(), bytes.size(), 0); }

Bytes encode_header(const LogHeader& header) {
  Writer fields;
  fields.put_text(header.study_hash);
  fields.put(header.seed);
  fields.put(header.stream_version);
  fields.put_text(header.program_version);
  fields.put(header.block_size);
  fields.put(header.scenarios);
  fields.put(header.columns);
  fields.put(std::uint8_t{header.keep_rows});
  Writer file;
  file.put_bytes({reinterpret_cast<const std::uint8_t*>(magic.data()), magic.size()});
  file.put(version);
  file.put(size_of_32_bits(fields.size()));
  file.seal(0);
  file.put_bytes(fields.take());
  file.seal(file_prefix_size);
  return file.take();
}

bool starts_like_log(std::span<const std::uint8_t> bytes) {
  const auto size = std::min(bytes.size(), magic.size());
  return std::equal(bytes.begin(), bytes.begin() + size, magic.begin());
}

std::uint32_t decode_file_prefix(std::span<const std::uint8_t> prefix) {
  Reader reader(verified(prefix));
  reader.take(magic.size());
  const auto found = reader.get<std::uint32_t>();
  if (found != version) {
    throw Damage("it is of version " + std::to_string(found) + ", this program reads version " +
                 std::to_string(version));
  }
  return reader.get<std::uint32_t>();
}

LogHeader decode_header(std::span<const std::uint8_t> header_and_checksum) {
  Reader reader(verified(header_and_checksum));
  LogHeader header;
  header.study_hash = reader.get_text();
  header.seed = reader.get<std::uint64_t>();
  header.stream_version = reader.get<std::uint32_t>();
  header.program_version = reader.get_text();
  header.block_size = reader.get<std::uint32_t>();
  header.scenarios = reader.get<std::uint32_t>();
  header.columns = reader.get<std::uint32_t>();
  header.keep_rows = reader.get<std::uint8_t>() != 0;
  reader.finish();
  return header;
}

Bytes encode_block(const BlockSummary& block) {
  Writer payload;
  put_block(payload, block);
  Writer record;
  record.put(size_of_32_bits(payload.size()));
  record.put(block_record);
  record.seal(0);
  record.put_bytes(payload.take());
  record.seal(record_prefix_size);
  return record.take();
}

RecordPrefix decode_record_prefix(std::span<const std::uint8_t> prefix) {
  Reader reader(verified(prefix));
  const auto size = reader.get<std::uint32_t>();
  return {size, reader.get<std::uint32_t>()};
}

BlockSummary decode_block(std::span<const std::uint8_t> payload_and_checksum) {
  Reader reader(verified(payload_and_checksum));
  BlockSummary block;
  block.id.scenario = reader.get<std::uint32_t>();
  block.id.block = reader.get<std::uint32_t>();
  block.replicates = reader.get<std::uint32_t>();
  block.moments.resize(reader.get_count<std::uint32_t>(moments_size));
  for (Moments& m : block.moments) m = get_moments(reader);
  block.bins.resize(reader.get_count<std::uint32_t>(sizeof(std::uint32_t)));
  for (auto& bins : block.bins) {
    bins.resize(reader.get_count<std::uint32_t>(2));
    std::uint32_t before = 0;
    for (auto& [key, count] : bins) {
      key = before += reader.get_varint();
      count = reader.get_varint();
    }
  }
  block.rows.resize(reader.get_count<std::uint64_t>(sizeof(double)));
  for (double& value : block.rows) value = reader.get<double>();
  reader.finish();
  return block;
}

}  // namespace oligosim::block_format
