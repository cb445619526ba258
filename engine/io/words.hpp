#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/io/utf8.hpp"

namespace oligosim {

/// "a, b or c"
std::string either(std::span<const std::string> words);

/// The word at the smallest edit distance (letters inserted, left out, changed, neighbours swapped; case ignored), if
/// near enough to be a slip; empty otherwise.
std::string nearest(const std::string& word, std::span<const std::string> accepted);

/// "a, b or c; did you mean b?", the list cut where it grows long.
std::string either_or_nearest(const std::string& word, std::span<const std::string> accepted);

/// The parts between the separators; a text without one is its only part.
std::vector<std::string> split(const std::string& text, char separator);

/// "cumulative_incidence" for people: "cumulative incidence".
std::string spaced(std::string name);

/// ASCII letters only.
std::string lower_case(std::string text);

/// The user's text in single quotes, cut at 60 characters.
std::string quoted(const std::string& text);

}  // namespace oligosim
