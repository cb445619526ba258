#pragma once

#include <span>
#include <string>

namespace oligosim {

/// What a key means. `keys` is the end of its path, as long as is needed to tell it from others of the same name.
struct KeyNote {
  const char* keys;
  const char* text;
};

std::span<const KeyNote> key_notes();

/// The note with most of a key's path; empty if there is none.
std::string note_of(const std::string& path);

}  // namespace oligosim
