#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace oligosim {

/// Results, to stdout. A reader who has gone away (a closed pipe) does no harm: the rest is not printed. Throws
/// std::system_error where stdout is a file and the disk fails.
void print_result(const std::string& text);

/// Messages and progress, to stderr, where a failure is nobody's.
void print_message(const std::string& text);

template <class... T>
void print_result(fmt::format_string<T...> format, T&&... values) {
  print_result(fmt::format(format, std::forward<T>(values)...));
}

template <class... T>
void print_message(fmt::format_string<T...> format, T&&... values) {
  print_message(fmt::format(format, std::forward<T>(values)...));
}

}  // namespace oligosim
