#include "models/schema/notes.hpp"

#include <algorithm>

namespace oligosim {
namespace {

using Keys = std::vector<std::string_view>;

/// "plan.analyses[]=cox.terms" as {"plan", "analyses=cox", "terms"}.
Keys keys_of(std::string_view path) {
  Keys keys;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('.', from), path.size());
    keys.push_back(path.substr(from, end - from));
    from = end + 1;
  }
  return keys;
}

/// A note's key without the word of a branch goes with every word.
bool same_key(std::string_view note, std::string_view key) {
  return note == "*" || note == key || note == key.substr(0, key.find('='));
}

bool ends_with_keys(const Keys& path, const Keys& note) {
  return note.size() <= path.size() && std::equal(note.rbegin(), note.rend(), path.rbegin(), same_key);
}

struct Entry {
  const KeyNote* note;
  Keys keys;
};

std::vector<Entry> entries() {
  std::vector<Entry> all;
  for (const KeyNote& note : key_notes()) all.push_back({&note, keys_of(note.keys)});
  return all;
}

/// Whether the first says more of a path. One that names the key itself says more than one of any key.
bool closer(const Entry& first, const Entry& second) {
  const bool names = first.keys.back() != "*", other_names = second.keys.back() != "*";
  if (names != other_names) return names;
  if (first.keys.size() != second.keys.size()) return first.keys.size() > second.keys.size();
  return std::string_view(first.note->keys).size() > std::string_view(second.note->keys).size();
}

}  // namespace

std::span<const KeyNote> key_notes() {
  static const std::vector<KeyNote> all = [] {
    std::vector<KeyNote> notes;
    for (const auto& part : {study_notes(), plan_notes(), disease_notes(), monitoring_notes(), published_notes()})
      notes.insert(notes.end(), part.begin(), part.end());
    return notes;
  }();
  return all;
}

std::string note_of(const std::string& path) {
  static const std::vector<Entry> all = entries();
  std::string text;
  std::ranges::copy_if(path, std::back_inserter(text), [](char c) { return c != '[' && c != ']'; });
  const Keys keys = keys_of(text);
  const Entry* best = nullptr;
  for (const Entry& entry : all)
    if (ends_with_keys(keys, entry.keys) && (!best || closer(entry, *best))) best = &entry;
  return best ? best->note->text : "";
}

}  // namespace oligosim
