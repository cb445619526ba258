#include <algorithm>
#include <unordered_set>

#include "engine/io/utf8.hpp"
#include "engine/io/yaml.hpp"

namespace oligosim {

namespace {

std::string file_name(const Place& place) { return place.file ? escaped(*place.file) : "input"; }

}  // namespace

bool Problems::concern(const Place& place) const {
  const std::string file = file_name(place);
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) { return line.file == file; });
}

void Problems::add(const Place& place, const std::string& path, const std::string& message) {
  const std::string file = file_name(place);
  std::string text = file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
  if (!path.empty()) text += escaped(path) + ": ";
  lines_.push_back({file, place.line, place.column, text + escaped(message)});
}

void Problems::refuse() const {
  if (!empty()) throw InputError(text());
}

std::string Problems::text() const {
  // Files keep the order in which they first had a problem; a study comes before the plan that it names.
  std::vector<std::string> files;
  for (const Line& line : lines_)
    if (std::find(files.begin(), files.end(), line.file) == files.end()) files.push_back(line.file);
  const auto rank = [&](const Line& line) { return std::find(files.begin(), files.end(), line.file) - files.begin(); };
  std::vector<const Line*> sorted;
  for (const Line& line : lines_) sorted.push_back(&line);
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Line* a, const Line* b) {
    return std::tuple(rank(*a), a->line, a->column) < std::tuple(rank(*b), b->line, b->column);
  });
  std::string result;
  std::unordered_set<std::string> seen;
  for (const Line* line : sorted)
    if (seen.insert(line->text).second) result += line->text + "\n";
  return result;
}

}  // namespace oligosim
