#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/io/yaml.hpp"

namespace oligosim {

/// The text that is parsed: without byte order mark, every line break LF, with the place of each byte.
class YamlSource {
 public:
  static constexpr std::size_t largest = std::size_t{16} << 20;

  YamlSource(const std::string& text, const std::string& name);

  const std::string& text() const { return text_; }
  /// Line and column (in characters) of a byte. Quick when asked in ascending order.
  Place place(std::size_t offset);
  /// Refuses what no parser should see: too much text, control characters, bad UTF-8, a flood of open brackets.
  bool acceptable(Problems& problems);

  /// The byte at `offset`, or NUL at the end.
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  /// Past an anchor (&name) and the blanks, breaks and comments after it.
  std::size_t after_anchor(std::size_t offset) const;
  /// Whether the quote that opens at `offset` is closed. The parser takes the end of the file for a closing quote.
  bool quote_closes(std::size_t offset) const;
  /// The null as it was written at `offset`: "null", "~" ..., or empty if it was left out and the next key stands
  /// there.
  std::string null_word(std::size_t offset, bool is_key) const;
  /// Whether a tab stands in the indentation of the line of `offset`.
  bool tab_indents(std::size_t offset) const;

 private:
  std::string text_;
  std::shared_ptr<const std::string> name_;
  std::size_t cursor_ = 0;
  int line_ = 1;
  int column_ = 1;
};

}  // namespace oligosim
