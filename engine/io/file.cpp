#include "engine/io/file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace oligosim {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(int error, const std::string& doing, const fs::path& file) {
  throw std::system_error(error, std::generic_category(), doing + " " + file.string());
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  /// Reports what only close() finds out: network file systems may fail to write as late as here.
  bool close() { return ::close(std::exchange(value_, -1)) == 0; }

 private:
  int value_;
};

/// A file that is removed again unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& folder) : descriptor_(create(folder)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_) ::unlink(path_.c_str());
  }

  void write(std::string_view content) {
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_.get(), content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(errno, "cannot write", path_);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void finish() {
    if (::fsync(descriptor_.get()) != 0 || !descriptor_.close()) fail(errno, "cannot write", path_);
  }
  void rename(const fs::path& file) {
    if (::rename(path_.c_str(), file.c_str()) != 0) fail(errno, "cannot write", file);
    renamed_ = true;
  }

 private:
  int create(const fs::path& folder) {
    for (int i = 0;; ++i) {
      path_ = folder / (".oligosim-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp");
      const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (descriptor >= 0) return descriptor;
      if (errno == EEXIST) continue;  // another thread's, or left by a killed process
      const int error = errno;
      path_.clear();
      fail(error, "cannot write in", folder);
    }
  }

  fs::path path_;
  Descriptor descriptor_;
  bool renamed_ = false;
};

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) fail(errno, "cannot sync", folder);
  // Some file systems cannot sync a folder and say so with EINVAL.
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL) fail(errno, "cannot sync", folder);
}

void expect_regular(const struct stat& status, const fs::path& file, std::uint64_t largest) {
  if (S_ISDIR(status.st_mode)) fail(EISDIR, "cannot read", file);
  if (!S_ISREG(status.st_mode)) fail(EINVAL, "not a regular file:", file);
  if (static_cast<std::uint64_t>(status.st_size) > largest) fail(EFBIG, "cannot read", file);
}

/// `fill` writes into the temporary file.
template <class F>
void write_whole(const fs::path& file, const F& fill) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  TemporaryFile temporary(folder);
  fill(temporary);
  temporary.finish();
  temporary.rename(file);
  sync_folder(folder);
}

}  // namespace

void write_file(const fs::path& file, std::string_view content) {
  write_whole(file, [&](TemporaryFile& temporary) { temporary.write(content); });
}

void write_file(const fs::path& file, const std::function<bool(std::string&)>& next) {
  write_whole(file, [&](TemporaryFile& temporary) {
    for (std::string part; next(part); part.clear()) temporary.write(part);
  });
}

std::string read_file(const fs::path& file, std::uint64_t largest) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) fail(errno, "cannot read", file);
  expect_regular(status, file, largest);
  // Looked at again once open, without waiting for a writer, in case the name was given to something else meanwhile.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) fail(errno, "cannot read", file);
  expect_regular(status, file, largest);
  std::string content;
  content.reserve(static_cast<std::size_t>(status.st_size));
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const ssize_t length = ::read(descriptor.get(), buffer.data(), buffer.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) fail(errno, "cannot read", file);
    if (length == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(length));
    if (content.size() > largest) fail(EFBIG, "cannot read", file);
  }
}

std::string sha256(std::string_view content) {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != digest.size())
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  std::string hex;
  for (const unsigned char byte : digest) {
    char buffer[3];
    std::snprintf(buffer, sizeof buffer, "%02x", byte);
    hex += buffer;
  }
  return hex;
}

}  // namespace oligosim
