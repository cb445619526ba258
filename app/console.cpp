#include "app/console.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace oligosim {

void print_result(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE && errno != EBADF)
    throw std::system_error(errno, std::generic_category(), "cannot write stdout");
}

void print_message(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace oligosim
