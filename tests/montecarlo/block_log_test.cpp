#include "engine/montecarlo/block_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <system_error>

#include "engine/montecarlo/block_format.hpp"
#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint32_t block_size = 10;

LogHeader small_header(bool keep_rows = true) { return header_of(2, 4, block_size, keep_rows); }

BlockSummary make_block(BlockId id, std::uint32_t replicates = block_size, bool keep_rows = true) {
  Arena arena;
  return run_block(ToyTrial(id.scenario), id, id.block * block_size + 1, replicates, keep_rows, arena);
}

/// The bits, so that NaN equals NaN.
std::string bytes_of(const BlockSummary& block) {
  const auto bytes = block_format::encode_block(block);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::string> contents(const BlockLog& log) {
  std::vector<std::string> blocks;
  for (std::uint32_t scenario = 0; scenario < log.header().scenarios; ++scenario) {
    log.for_each(scenario, [&](const BlockSummary& block) { blocks.push_back(bytes_of(block)); });
  }
  return blocks;
}

template <class Error, class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

/// A log of three blocks, where its records end, and what it holds.
struct Sample {
  explicit Sample(const fs::path& path) {
    BlockLog log(path, small_header());
    ends.push_back(fs::file_size(path));
    for (const BlockId id : {BlockId{0, 0}, BlockId{1, 0}, BlockId{0, 1}}) {
      log.append(make_block(id));
      ends.push_back(fs::file_size(path));
    }
    bytes = read_whole(path);
  }
  std::vector<std::uint64_t> ends;
  std::string bytes;
};

TEST(BlockFormatReference, ChecksumIsCrc64Xz) {
  const std::string text = "123456789";  // the check value of the catalogue of parametrised CRC algorithms
  EXPECT_EQ(block_format::checksum({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}),
            0x995dc9bbdf1939fau);
}

TEST(BlockLogProperty, RoundTripInBlockOrder) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const std::vector<BlockId> ids = {{1, 2}, {0, 1}, {1, 0}, {0, 0}, {0, 7}};
  {
    BlockLog log(path, small_header());
    for (const BlockId id : ids) log.append(make_block(id));
    log.sync();
  }
  const BlockLog log = BlockLog::read_only(path);
  EXPECT_EQ(log.header(), small_header());
  EXPECT_EQ(log.dropped_bytes(), 0u);
  std::vector<std::string> expected;
  for (const BlockId id : {BlockId{0, 0}, BlockId{0, 1}, BlockId{0, 7}, BlockId{1, 0}, BlockId{1, 2}}) {
    EXPECT_EQ(log.replicates(id), block_size);
    expected.push_back(bytes_of(make_block(id)));
  }
  EXPECT_EQ(contents(log), expected);
  EXPECT_EQ(log.replicates({0, 2}), 0u);
  EXPECT_EQ(log.replicates({2, 0}), 0u);
}

TEST(BlockLogProperty, ExtremeNumbersRoundTrip) {
  const TemporaryFolder folder;
  BlockSummary block{{1, 0xFFFFFFFF}, 1, std::vector<Moments>(4), {}, {}};
  block.moments[0] = {~std::uint64_t{0}, 1, 2, -0.0, 1e308, -5e-324, std::nan("")};
  block.bins = {{{0, 1}, {0x7F, 0x80}, {0x80, 1}, {0xFFFFFFFF, 0xFFFFFFFF}}, {}, {{0xFFFFFFFF, 1}}};
  const double inf = std::numeric_limits<double>::infinity();
  block.rows = {inf, -inf, std::nan(""), -0.0};
  BlockLog log(folder / "blocks.log", small_header());
  log.append(block);
  EXPECT_EQ(contents(log), std::vector{bytes_of(block)});
  log.for_each(1, [&](const BlockSummary& read) { EXPECT_EQ(read.bins, block.bins); });
}

TEST(BlockLogProperty, GoesOnWhereItStoppedAndLaterRecordsReplaceEarlierOnes) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  { BlockLog(path, small_header()).append(make_block({0, 0}, 4)); }
  {
    BlockLog log(path, small_header());
    EXPECT_EQ(log.replicates({0, 0}), 4u);
    log.append(make_block({0, 1}));
    log.append(make_block({0, 0}, 10));
    EXPECT_EQ(log.replicates({0, 0}), 10u);
  }
  const BlockLog log(path, small_header());
  EXPECT_EQ(log.replicates({0, 0}), 10u);
  EXPECT_EQ(contents(log), (std::vector{bytes_of(make_block({0, 0})), bytes_of(make_block({0, 1}))}));
}

TEST(BlockLogProperty, ATornTailOfAnyLengthIsDropped) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  const std::vector<std::string> all = contents(BlockLog::read_only(path));
  for (std::uint64_t size = 0; size <= sample.bytes.size(); ++size) {
    write_whole(path, sample.bytes.substr(0, size));
    std::uint64_t sound = 0, records = 0;
    for (std::size_t i = 0; i < sample.ends.size() && sample.ends[i] <= size; ++i) sound = sample.ends[i], records = i;
    if (sound > 0) {
      const BlockLog reader = BlockLog::read_only(path);
      ASSERT_EQ(reader.dropped_bytes(), size - sound);
      ASSERT_EQ(contents(reader).size(), records);
      ASSERT_EQ(fs::file_size(path), size);  // a reader changes nothing
    } else {
      ASSERT_THROW(BlockLog::read_only(path), LogError);
    }
    {
      BlockLog log(path, small_header());
      ASSERT_EQ(log.dropped_bytes(), sound > 0 ? size - sound : 0);
      ASSERT_EQ(contents(log).size(), records);
      for (const BlockId id : {BlockId{0, 0}, BlockId{1, 0}, BlockId{0, 1}}) {
        if (log.replicates(id) == 0) log.append(make_block(id));
      }
      ASSERT_EQ(contents(log), all);
    }
    ASSERT_EQ(read_whole(path), sample.bytes);
  }
}

TEST(BlockLogProperty, SpaceThatAPowerFailureLeftUnwrittenIsDropped) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  const std::uint64_t last = sample.ends[2], end = sample.ends[3];
  for (const std::uint64_t written : {last, last + 3, last + 8, last + 16, last + 500, end - 8}) {
    write_whole(path, sample.bytes.substr(0, written) + std::string(end - written, '\0'));
    BlockLog log(path, small_header());
    EXPECT_EQ(log.dropped_bytes(), end - last) << written;
    EXPECT_EQ(contents(log).size(), 2u);
  }
  for (const std::uint64_t written : {std::uint64_t{0}, std::uint64_t{16}, std::uint64_t{30}}) {
    write_whole(path, sample.bytes.substr(0, written) + std::string(sample.ends[0] - written, '\0'));
    BlockLog log(path, small_header());
    EXPECT_TRUE(contents(log).empty());
    EXPECT_EQ(log.header(), small_header());
  }
}

TEST(BlockLogProperty, EverySingleFlippedBitIsDetected) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  {
    BlockLog log(path, header_of(2, 4, block_size, false));
    log.append(make_block({0, 0}, 3, false));
    log.append(make_block({1, 0}, 2, false));
  }
  const std::string good = read_whole(path);
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    write_whole(path, bad);
    const LogHeader header = header_of(2, 4, block_size, false);
    ASSERT_THROW(BlockLog::read_only(path), LogError) << bit;
    ASSERT_THROW(BlockLog(path, header), LogError) << bit;
    ASSERT_EQ(read_whole(path), bad) << bit;  // nothing is repaired by guessing
  }
}

TEST(BlockLogProperty, DamageAfterOpeningIsDetectedOnReading) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  const BlockLog log = BlockLog::read_only(path);
  std::string bad = sample.bytes;
  bad[sample.ends[0] + 100] ^= 4;
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << bad;
  EXPECT_THROW(contents(log), LogError);
}

TEST(BlockLogProperty, DamageIsNamedWithFileOffsetAndARemedyThatWorks) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  std::string bad = sample.bytes;
  bad[sample.ends[1] + 40] ^= 1;
  write_whole(path, bad);
  const std::string offset = std::to_string(sample.ends[1]);
  const std::string message = message_of<LogError>([&] { BlockLog(path, small_header()); });
  EXPECT_THAT(message, AllOf(HasSubstr(path.string() + ": the record at byte " + offset + " cannot be read"),
                             HasSubstr("its checksum does not agree"),
                             HasSubstr("`truncate -s " + offset + " " + path.string() + "`")));
  fs::resize_file(path, sample.ends[1]);
  EXPECT_EQ(contents(BlockLog(path, small_header())).size(), 1u);

  bad = sample.bytes;
  bad[30] ^= 1;
  write_whole(path, bad);
  EXPECT_THAT(message_of<LogError>([&] { BlockLog(path, small_header()); }),
              AllOf(HasSubstr(path.string()), HasSubstr("byte 0"), HasSubstr("delete it")));
}

TEST(BlockLogProperty, AnotherFileInItsPlaceIsRefusedAndLeftAlone) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  for (const std::string content : {"x", "time,event\n1,0\n", "oligolob0123456789012345678901234567890123456789"}) {
    write_whole(path, content);
    EXPECT_THAT(message_of<LogError>([&] { BlockLog(path, small_header()); }), HasSubstr("is not a block log"));
    EXPECT_EQ(read_whole(path), content);
  }
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THROW(BlockLog(path, small_header()), LogError);
  EXPECT_THROW(BlockLog(folder / "absent/blocks.log", small_header()), std::system_error);
  EXPECT_THROW(BlockLog::read_only(folder / "absent.log"), std::system_error);
}

TEST(BlockLogProperty, AnotherVersionIsNamed) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  std::string bytes = Sample(path).bytes;
  bytes[8] = 9;
  const std::uint64_t sum = block_format::checksum({reinterpret_cast<const std::uint8_t*>(bytes.data()), 16});
  std::memcpy(bytes.data() + 16, &sum, sizeof sum);
  write_whole(path, bytes);
  EXPECT_THAT(message_of<LogError>([&] { BlockLog(path, small_header()); }), HasSubstr("it is of version 9"));
}

TEST(BlockLogProperty, ARecordOfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  std::string bytes = sample.bytes;
  char* const record = bytes.data() + sample.ends[1];
  record[4] = 2;
  const std::uint64_t sum = block_format::checksum({reinterpret_cast<const std::uint8_t*>(record), 8});
  std::memcpy(record + 8, &sum, sizeof sum);
  write_whole(path, bytes);
  EXPECT_THAT(message_of<LogError>([&] { BlockLog::read_only(path); }),
              HasSubstr("it is of a kind that this program does not know"));
}

TEST(BlockLogProperty, EachDifferenceOfTheHeaderIsNamed) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const std::string before = Sample(path).bytes;
  const auto message = [&](auto change) {
    LogHeader other = small_header();
    change(other);
    return message_of<LogError>([&] { BlockLog(path, other); });
  };
  EXPECT_THAT(message([](LogHeader& h) { h.study_hash = "abc"; }),
              HasSubstr("(study there 5d41402abc4b2a76, here abc)"));
  EXPECT_THAT(message([](LogHeader& h) { h.seed = 7; }),
              AllOf(HasSubstr(path.string() + ": belongs to another run (seed there 20250611, here 7); "),
                    HasSubstr("choose another folder")));
  EXPECT_THAT(message([](LogHeader& h) { h.stream_version = 2; }), HasSubstr("(stream version there 1, here 2)"));
  EXPECT_THAT(message([](LogHeader& h) { h.program_version = "9.9"; }),
              HasSubstr("(program version there 0.1.0, here 9.9)"));
  EXPECT_THAT(message([](LogHeader& h) { h.block_size = 20; }), HasSubstr("(block size there 10, here 20)"));
  EXPECT_THAT(message([](LogHeader& h) { h.scenarios = 3; }), HasSubstr("(number of scenarios there 2, here 3)"));
  EXPECT_THAT(message([](LogHeader& h) { h.columns = 5; }), HasSubstr("(number of columns there 4, here 5)"));
  EXPECT_THAT(message([](LogHeader& h) { h.keep_rows = false; }),
              HasSubstr("(keeping of estimates there on, here off)"));
  EXPECT_THAT(message([](LogHeader& h) { h.seed = 7, h.columns = 5; }),
              HasSubstr("(seed there 20250611, here 7; number of columns there 4, here 5)"));
  EXPECT_EQ(read_whole(path), before);
}

/// Runs `body` in a child process and gives its exit status.
template <class Body>
int in_child(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(body());
    } catch (...) {
      ::_exit(99);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(BlockLogProperty, AnotherProcessFindsItLockedButMayRead) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  {
    BlockLog log(path, small_header());
    log.append(make_block({0, 0}));
    const auto open_again = [&] {
      try {
        BlockLog other(path, small_header());
      } catch (const LogLocked& error) {
        return std::string(error.what()).find(path.string()) == std::string::npos ? 2 : 5;
      }
      return 0;
    };
    EXPECT_EQ(in_child(open_again), 5);
    EXPECT_EQ(in_child([&] { return static_cast<int>(contents(BlockLog::read_only(path)).size()); }), 1);
    EXPECT_THROW(BlockLog(path, small_header()), LogLocked);  // within the process as well
  }
  EXPECT_NO_THROW(BlockLog(path, small_header()));  // what failed to open holds no lock
}

TEST(BlockLogProperty, ALockOutlivesMoving) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  BlockLog first(path, small_header());
  first.append(make_block({0, 0}));
  BlockLog second(std::move(first));
  EXPECT_THROW(BlockLog(path, small_header()), LogLocked);
  second.append(make_block({0, 1}));
  EXPECT_EQ(contents(second).size(), 2u);
}

TEST(BlockLogProperty, ReadOnlyRefusesToAppend) {
  const TemporaryFolder folder;
  const Sample sample(folder / "blocks.log");
  BlockLog log = BlockLog::read_only(folder / "blocks.log");
  EXPECT_THROW(log.append(make_block({0, 5})), std::logic_error);
  EXPECT_EQ(read_whole(folder / "blocks.log"), sample.bytes);
}

TEST(BlockLogProperty, RefusesABlockThatDoesNotFitTheHeader) {
  const TemporaryFolder folder;
  BlockLog log(folder / "blocks.log", small_header());
  EXPECT_THROW(log.append(make_block({2, 0})), std::runtime_error);
  EXPECT_THROW(log.append(make_block({0, 0}, block_size, false)), std::runtime_error);
  EXPECT_THROW(log.append(make_block({0, 0}, block_size + 1)), std::runtime_error);
}

// A limit on the size of files makes write(2) come up short and then fail, as a full disk does.
TEST(BlockLogProperty, AFullDiskLeavesTheLastGoodEnd) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  const Sample sample(path);
  const auto fill = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    BlockLog log(path, small_header());
    const rlimit room = {sample.bytes.size() + 100, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &room) != 0) return 1;
    for (int attempt = 0; attempt < 2; ++attempt) {
      try {
        log.append(make_block({1, 1}));
        return 2;
      } catch (const std::system_error& error) {
        if (std::string(error.what()).find(path.string()) == std::string::npos) return 3;
        if (error.code() != std::errc::file_too_large) return 4;
      }
      if (read_whole(path) != sample.bytes || log.replicates({1, 1}) != 0) return 5;
    }
    const rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0) return 6;
    log.append(make_block({1, 1}));  // once there is room again
    return contents(log).size() == 4 ? 0 : 7;
  };
  EXPECT_EQ(in_child(fill), 0);
  EXPECT_EQ(contents(BlockLog(path, small_header())).size(), 4u);
}

}  // namespace
}  // namespace oligosim
