#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace oligosim {

/// Where something stands in the user's input; line and column from 1.
struct Place {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

class ConfigNode;

/// All mistakes found so far, so that the user sees them together.
class Problems {
 public:
  /// `path` is the dotted key path, empty for the whole file.
  void add(const Place& place, const std::string& path, const std::string& message);
  bool empty() const { return lines_.empty(); }
  /// Throws InputError where there are any.
  void refuse() const;
  /// Whether there is one in the same file.
  bool concern(const Place& place) const;
  /// One line each, `FILE:LINE:COLUMN: key.path: message`, in order of file position, repeated lines once.
  std::string text() const;

  /// Readers of documents whose mistakes come here also leave what they ask for, and the document is added to these
  /// (schema_explorer.hpp).
  void listen(std::vector<ConfigNode>& documents) { documents_ = &documents; }
  std::vector<ConfigNode>* listened() const { return documents_; }

 private:
  struct Line {
    std::string file;
    int line, column;
    std::string text;
  };
  std::vector<Line> lines_;
  std::vector<ConfigNode>* documents_ = nullptr;
};

/// Thrown where input was refused; what() is Problems::text().
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A YAML value with its place. Plain data: copied when scenarios override parts of a study.
struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping };
  struct Entry;

  Kind kind = Kind::null;
  bool plain = true;   // a scalar without quotes, which may be a number or true/false
  std::string scalar;  // of a null: "null" if written so, which a list of names may mean as text; otherwise empty
  std::vector<YamlNode> items;  // of a sequence
  std::vector<Entry> entries;   // of a mapping, in file order
  Place place;

  static YamlNode of(Kind kind, const Place& place = {});
  const YamlNode* find(const std::string& key) const;  // nullptr if absent or not a mapping
  YamlNode* find(const std::string& key);
};

struct YamlNode::Entry {
  std::string key;
  Place place;
  YamlNode value;
};

/// Reads one YAML document from a regular file of at most 16 MiB. Refused, each with its position: what is not a
/// regular file, bad UTF-8, NUL, YAML syntax errors, several documents, duplicate keys, keys that are not scalars,
/// tags, merge keys (<<), unclosed quotes, keys without a colon, alias cycles, more than 100 000 nodes or 16 MiB of
/// text after aliases are expanded (anchored values count twice), depth beyond 64. A byte order mark is skipped, every
/// kind of line break is LF. Problems are added; the node returned is then whatever could be understood, null where the
/// text could not be read to its end.
YamlNode load_yaml(const std::filesystem::path& file, Problems& problems);

/// The same from text (tests, fuzzing); `name` stands for the file in messages.
YamlNode parse_yaml(const std::string& text, const std::string& name, Problems& problems);

/// Block-style YAML that load_yaml reads back as the same tree; short sequences of scalars in flow style.
std::string to_yaml(const YamlNode& node);

}  // namespace oligosim
