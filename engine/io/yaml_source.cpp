#include "engine/io/yaml_source.hpp"

#include <algorithm>
#include <string_view>

#include "engine/io/utf8.hpp"
#include "engine/io/yaml_scalar.hpp"

namespace oligosim {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// No proper file has so many more opening than closing brackets, comments and quoted text included. The exact limit
// of 64 is kept while the tree is built.
constexpr int open_brackets = 1000;

std::string with_line_feeds(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      result += text[i];
    else if (i + 1 == text.size() || text[i + 1] != '\n')
      result += '\n';
  }
  return result;
}

}  // namespace

YamlSource::YamlSource(const std::string& text, const std::string& name)
    : name_(std::make_shared<const std::string>(name)) {
  std::string_view rest = text;
  if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  text_ = rest.size() > largest ? rest : with_line_feeds(rest);
}

Place YamlSource::place(std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (offset < cursor_) cursor_ = 0, line_ = 1, column_ = 1;
  for (; cursor_ < offset; ++cursor_) {
    const char c = text_[cursor_];
    if (c == '\n')
      ++line_, column_ = 1;
    else if ((c & 0xC0) != 0x80)
      ++column_;
  }
  return {name_, line_, column_};
}

bool YamlSource::acceptable(Problems& problems) {
  const auto refuse = [&](std::size_t offset, const std::string& message) {
    problems.add(place(offset), "", message);
    return false;
  };
  if (text_.size() > largest) return refuse(0, "the file is larger than 16 MiB");
  int depth = 0;
  for (std::size_t at = 0; at < text_.size();) {
    const CodePoint character = decode_utf8(text_, at);
    const char32_t c = character.value;
    if (character.bytes == 0) return refuse(at, "not UTF-8 (byte " + escaped(text_.substr(at, 1)) + ")");
    if (c == 0) return refuse(at, "a NUL character (a text file is wanted)");
    if (c == 0xFEFF) return refuse(at, "a byte order mark inside the text");
    if (c != '\n' && c != '\t' && (c < 0x20 || (c >= 0x7F && c < 0xA0)))
      return refuse(at, "a control character (" + escaped(text_.substr(at, character.bytes)) + ")");
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > open_brackets) return refuse(at, "nested more than 64 deep");
    at += character.bytes;
  }
  return true;
}

std::size_t YamlSource::after_anchor(std::size_t offset) const {
  if (at(offset) != '&') return offset;
  while (offset < text_.size() && std::string_view(" \t\n,[]{}").find(at(offset)) == std::string_view::npos) ++offset;
  while (offset < text_.size()) {
    if (at(offset) == '#')
      while (offset < text_.size() && at(offset) != '\n') ++offset;
    else if (at(offset) == ' ' || at(offset) == '\t' || at(offset) == '\n')
      ++offset;
    else
      break;
  }
  return offset;
}

bool YamlSource::quote_closes(std::size_t offset) const {
  const char quote = at(offset);
  for (++offset; offset < text_.size(); ++offset) {
    if (quote == '"' && at(offset) == '\\') {
      ++offset;
    } else if (at(offset) == quote) {
      if (quote == '"' || at(offset + 1) != quote) return true;
      ++offset;
    }
  }
  return false;
}

std::string YamlSource::null_word(std::size_t offset, bool is_key) const {
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    if (std::string_view(text_).substr(std::min(offset, text_.size())).substr(0, word.size()) != word) continue;
    const std::size_t end = offset + word.size();
    if (end < text_.size() && std::string_view(" \t\n,]}:").find(at(end)) == std::string_view::npos) continue;
    const std::size_t next = std::min(text_.find_first_not_of(" \t", end), text_.size());
    if (is_key || at(next) != ':') return std::string(word);
  }
  return "";
}

bool YamlSource::tab_indents(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  std::size_t start = offset;
  while (start > 0 && text_[start - 1] != '\n') --start;
  const std::size_t content = text_.find_first_not_of(" \t", start);
  return text_.substr(start, std::min(content, text_.size()) - start).find('\t') != std::string::npos;
}

}  // namespace oligosim
