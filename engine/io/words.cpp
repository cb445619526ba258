#include "engine/io/words.hpp"

#include <algorithm>
#include <vector>

namespace oligosim {

namespace {

constexpr std::size_t longest_word = 64;
constexpr std::size_t most_words = 40;

/// Optimal string alignment distance (Damerau 1964, without overlapping edits).
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1)
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string either(std::span<const std::string> words) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += i + 1 == words.size() ? " or " : ", ";
    result += words[i];
  }
  return result;
}

std::string nearest(const std::string& word, std::span<const std::string> accepted) {
  if (word.size() > longest_word) return "";
  std::string best;
  std::size_t smallest = longest_word;
  for (const std::string& candidate : accepted) {
    if (candidate.size() > longest_word) continue;
    const std::size_t d = distance(lower_case(word), lower_case(candidate));
    // A third of the letters may be wrong, one in short words, but something must be right.
    const std::size_t longer = std::max(word.size(), candidate.size());
    const bool near =
        d <= std::max<std::size_t>(1, longer / 3) && (d == 0 || d < std::min(word.size(), candidate.size()));
    if (near && d < smallest) smallest = d, best = candidate;
  }
  return best;
}

std::string either_or_nearest(const std::string& word, std::span<const std::string> accepted) {
  if (accepted.empty()) return "there are none";
  const std::string best = nearest(word, accepted);
  std::string list;
  if (accepted.size() <= most_words) {
    list = either(accepted);
  } else {
    for (const std::string& name : accepted.first(most_words)) list += name + ", ";
    list += "and " + std::to_string(accepted.size() - most_words) + " more";
  }
  return best.empty() ? list : list + "; did you mean " + best + "?";
}

std::string quoted(const std::string& text) { return "'" + cut(text) + "'"; }

}  // namespace oligosim
