#include "engine/io/file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/io/support.hpp"

namespace oligosim {
namespace {

class File : public TemporaryFolder {
 protected:
  std::size_t entries() const {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  }
  static std::string error_of(const std::function<void()>& work, std::errc expected) {
    try {
      work();
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), expected) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "nothing thrown";
    return "";
  }
};

TEST_F(File, property_what_was_written_is_read_and_nothing_else_is_left) {
  const std::string binary("a\0b\r\n\xff", 6);
  for (const std::string& content : {std::string(), std::string("text\n"), binary, std::string(3'000'000, 'x')}) {
    write_file(folder / "out.csv", content);
    EXPECT_EQ(read_file(folder / "out.csv"), content);
    EXPECT_EQ(entries(), 1u);
  }
}

TEST_F(File, reference_a_new_file_has_the_usual_permissions) {
  const mode_t mask = ::umask(022);
  write_file(folder / "out.csv", "x");
  ::umask(mask);
  EXPECT_EQ(std::filesystem::status(folder / "out.csv").permissions(), std::filesystem::perms(0644));
}

TEST_F(File, reference_writes_in_the_current_folder) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  write_file("plain.txt", "x");
  std::filesystem::current_path(before);
  EXPECT_EQ(read_file(folder / "plain.txt"), "x");
}

TEST_F(File, reference_failures_name_the_file_and_leave_nothing) {
  const std::filesystem::path no_folder = folder / "none" / "out.csv";
  EXPECT_NE(error_of([&] { write_file(no_folder, "x"); }, std::errc::no_such_file_or_directory)
                .find((folder / "none").string()),
            std::string::npos);
  const std::filesystem::path taken = folder / "taken";
  std::filesystem::create_directory(taken);
  EXPECT_NE(error_of([&] { write_file(taken, "x"); }, std::errc::is_a_directory).find(taken.string()),
            std::string::npos);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(File, property_a_write_that_fails_half_way_keeps_the_old_content) {
  const std::filesystem::path file = folder / "out.csv";
  write_file(file, "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = error_of([&] { write_file(file, std::string(5000, 'x')); }, std::errc::file_too_large);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find(folder.string()), std::string::npos);
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(File, property_readers_see_one_content_or_the_other_while_threads_write) {
  const std::filesystem::path file = folder / "out.csv";
  const std::string a(100'000, 'a'), b(100'000, 'b');
  write_file(file, a);
  const auto writer = [&](const std::string& content) {
    for (int i = 0; i < 20; ++i) write_file(file, content);
  };
  std::thread first(writer, std::cref(a)), second(writer, std::cref(b));
  for (int i = 0; i < 200; ++i) {
    const std::string seen = read_file(file);
    EXPECT_TRUE(seen == a || seen == b);
  }
  first.join();
  second.join();
  EXPECT_EQ(entries(), 1u);
}

TEST_F(File, reference_only_regular_files_of_bearable_size_are_read) {
  EXPECT_NE(error_of([&] { read_file(folder / "none"); }, std::errc::no_such_file_or_directory)
                .find((folder / "none").string()),
            std::string::npos);
  error_of([&] { read_file(folder); }, std::errc::is_a_directory);
  error_of([&] { read_file("/dev/zero"); }, std::errc::invalid_argument);
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  error_of([&] { read_file(folder / "fifo"); }, std::errc::invalid_argument);
  write_file(folder / "ten", "0123456789");
  EXPECT_EQ(read_file(folder / "ten", 10), "0123456789");
  error_of([&] { read_file(folder / "ten", 9); }, std::errc::file_too_large);
}

TEST(Sha256, reference_fips_180_4_examples) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace oligosim
