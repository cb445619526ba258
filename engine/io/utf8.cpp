#include "engine/io/utf8.hpp"

#include <cstdio>

namespace oligosim {

namespace {

std::string escape(char32_t value) {
  if (value == '\n') return "\\n";
  if (value == '\t') return "\\t";
  if (value == '\r') return "\\r";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, value < 0x100 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(value));
  return buffer;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const int bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < static_cast<std::size_t>(bytes)) return {};
  char32_t value = lead & (0xFF >> (bytes + 1));
  for (int i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {};
    value = (value << 6) | (next & 0x3F);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < smallest[bytes] || surrogate || value > 0x10FFFF) return {};
  return {value, bytes};
}

bool is_printable(char32_t value) {
  if (value < 0x20 || (value >= 0x7F && value < 0xA0)) return false;
  if (value == 0x200E || value == 0x200F || (value >= 0x2028 && value <= 0x202E)) return false;
  return !(value >= 0x2066 && value <= 0x2069) && value != 0xFEFF && value != 0xFFFE && value != 0xFFFF;
}

std::string escaped(std::string_view text, std::string_view also) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = decode_utf8(text, at);
    if (character.bytes == 0) {
      result += escape(static_cast<unsigned char>(text[at++]));
      continue;
    }
    if (is_printable(character.value)) {
      if (character.bytes == 1 && also.find(text[at]) != std::string_view::npos) result += '\\';
      result += text.substr(at, character.bytes);
    } else {
      result += escape(character.value);
    }
    at += character.bytes;
  }
  return result;
}

std::string cut(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; characters > 0 && at < text.size(); --characters) {
    const int bytes = decode_utf8(text, at).bytes;
    at += bytes == 0 ? 1 : bytes;
  }
  return at < text.size() ? std::string(text.substr(0, at)) + "..." : std::string(text);
}

}  // namespace oligosim
