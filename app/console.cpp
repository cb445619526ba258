#include "app/console.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "engine/io/utf8.hpp"

namespace oligosim {
namespace {

/// Line breaks stay, all else that is not printable is escaped.
std::string harmless(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += escaped(std::string_view(text).substr(at, end - at));
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace

void print_result(const std::string& raw) {
  const std::string text = harmless(raw);
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE && errno != EBADF)
    throw std::system_error(errno, std::generic_category(), "cannot write stdout");
}

void print_message(const std::string& text) { print_progress(harmless(text)); }

void print_progress(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

}  // namespace oligosim
