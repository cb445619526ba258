#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace oligosim {

struct CodePoint {
  char32_t value = 0;
  int bytes = 0;  // 0: no valid UTF-8 starts here
};

/// The character that starts at byte `at`; overlong forms, surrogates and values beyond U+10FFFF are invalid.
CodePoint decode_utf8(std::string_view text, std::size_t at);

/// False for what could move a terminal's cursor or hide text: C0 and C1 controls, DEL, line separators, bidirectional
/// overrides, the byte order mark.
bool is_printable(char32_t value);

/// On one line: unprintable characters as \n, \t, \r, \xNN, \uNNNN, bytes that are not UTF-8 as \xNN, and a backslash
/// before each character of `also`. With `also` = "\"\\" it is the inside of a double-quoted YAML scalar.
std::string escaped(std::string_view text, std::string_view also = {});

/// The first `characters` characters, with "..." if there are more.
std::string cut(std::string_view text, std::size_t characters = 60);

}  // namespace oligosim
