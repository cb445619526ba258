#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "engine/montecarlo/block.hpp"

namespace oligosim {

struct LogHeader;

/// The bytes of a block log, all numbers little-endian:
///
///     file    magic (8), version u32, size u32, checksum u64 of these; header (size); checksum u64 of the header;
///     records record  size u32, type u32, checksum u64 of these; payload (size); checksum u64 of the payload
///
/// The size has a checksum of its own, so that a damaged size is not taken for a record that a crash cut short.
/// Checksums are CRC-64/XZ: any flip of up to 64 neighbouring bits is detected for certain, other damage with a
/// chance of 2^-64 to be missed, which over the millions of records of a large study a 32-bit sum could not promise.
namespace block_format {

inline constexpr std::size_t file_prefix_size = 24;
inline constexpr std::size_t record_prefix_size = 16;
inline constexpr std::size_t checksum_size = 8;
inline constexpr std::uint32_t version = 1;
inline constexpr std::uint32_t block_record = 1;

using Bytes = std::vector<std::uint8_t>;

/// Why bytes could not be read; the caller adds file and offset.
struct Damage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct RecordPrefix {
  std::uint32_t size;
  std::uint32_t type;
};

std::uint64_t checksum(std::span<const std::uint8_t> bytes);

/// Whole file header, prefix and checksums included.
Bytes encode_header(const LogHeader& header);
/// Whether `bytes`, the start of a file, can be the start of a block log.
bool starts_like_log(std::span<const std::uint8_t> bytes);
/// Size of the header behind the prefix.
std::uint32_t decode_file_prefix(std::span<const std::uint8_t> prefix);
LogHeader decode_header(std::span<const std::uint8_t> header_and_checksum);

/// Whole record, prefix and checksums included.
Bytes encode_block(const BlockSummary& block);
RecordPrefix decode_record_prefix(std::span<const std::uint8_t> prefix);
BlockSummary decode_block(std::span<const std::uint8_t> payload_and_checksum);

}  // namespace block_format

}  // namespace oligosim
