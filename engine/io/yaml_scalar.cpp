#include "engine/io/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/io/utf8.hpp"
#include "engine/io/words.hpp"

namespace oligosim {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool all_printable(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = decode_utf8(text, at);
    if (character.bytes == 0 || !is_printable(character.value)) return false;
    at += character.bytes;
  }
  return true;
}

bool starts_plain(const std::string& text) {
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (text[0] == '-') return text.size() > 1 && (is_digit(text[1]) || is_letter(text[1]) || text[1] == '.');
  constexpr std::string_view indicators = " ?:,[]{}#&*!|>'\"%@`";
  return indicators.find(text[0]) == std::string_view::npos;
}

}  // namespace

bool is_null_word(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

bool may_stand_plain(const std::string& text) {
  if (is_null_word(text) || !starts_plain(text) || text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  return all_printable(text);
}

bool may_stand_plain_in_flow(const std::string& text) {
  return may_stand_plain(text) && text.find_first_of(",[]{}?:") == std::string::npos;
}

bool looks_typed(const std::string& text) {
  if (is_null_word(text) || is_digit(text[0])) return true;
  const std::string word = lower_case(text);
  const std::size_t start = word.find_first_not_of("+-");
  if (start == std::string::npos) return true;
  const std::string_view unsigned_word = std::string_view(word).substr(start);
  if (is_digit(unsigned_word[0])) return true;
  if (unsigned_word[0] == '.' && unsigned_word.size() > 1 && is_digit(unsigned_word[1])) return true;
  constexpr std::array<std::string_view, 14> words = {"true", "false", "yes",  "no",   "on",       "off",  "y",
                                                      "n",    "nan",   ".nan", ".inf", "infinity", "null", "inf"};
  return std::find(words.begin(), words.end(), unsigned_word) != words.end();
}

}  // namespace oligosim
