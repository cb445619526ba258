#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oligosim {

/// What a key means. `keys` is the end of its path, as long as is needed to tell it from others of the same name; * is
/// any key, and `key=word` the mapping in which `word` decides what else stands there.
struct KeyNote {
  const char* keys;
  const char* text;
};

std::span<const KeyNote> study_notes();
std::span<const KeyNote> plan_notes();
std::span<const KeyNote> disease_notes();
std::span<const KeyNote> monitoring_notes();
std::span<const KeyNote> published_notes();  // of targets and findings
std::span<const KeyNote> key_notes();        // all of them

/// The note with most of a key's path; one that names the key comes before one of any key. Empty if there is none.
std::string note_of(const std::string& path);

}  // namespace oligosim
