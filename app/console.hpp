#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace oligosim {

// What could move a terminal's cursor or colour it, in a name that a user or a file chose, is printed as \xNN.

/// Results, to stdout. A reader who has gone away (a closed pipe) does no harm: the rest is not printed. Throws
/// std::system_error where stdout is a file and the disk fails.
void print_result(const std::string& text);

/// Messages, to stderr, where a failure is nobody's.
void print_message(const std::string& text);

/// The same as it stands: for a line of progress that is written over.
void print_progress(const std::string& text);

/// One word of a shell's command line.
std::string shell_quoted(const std::string& text);

template <class... T>
void print_result(fmt::format_string<T...> format, T&&... values) {
  print_result(fmt::format(format, std::forward<T>(values)...));
}

template <class... T>
void print_message(fmt::format_string<T...> format, T&&... values) {
  print_message(fmt::format(format, std::forward<T>(values)...));
}

}  // namespace oligosim
