#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/words.hpp"
#include "engine/io/yaml.hpp"

namespace oligosim {

/// The numbers that a key accepts.
struct Range {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool minimum_included = true;
  bool maximum_included = true;

  static Range any() { return {}; }
  static Range at_least(double a) { return {.minimum = a}; }
  static Range above(double a) { return {.minimum = a, .minimum_included = false}; }
  static Range between(double a, double b) { return {.minimum = a, .maximum = b}; }
  static Range inside(double a, double b) {
    return {.minimum = a, .maximum = b, .minimum_included = false, .maximum_included = false};
  }
  bool contains(double x) const;  // false for NaN and infinities
  bool operator==(const Range&) const = default;
  /// "a number above 0", "a number from 0 to 1", ...
  std::string text(const std::string& noun = "a number") const;
};

/// Whose words a list of accepted ones is: the program's, which are the same for every document, or names that this
/// document or its data give.
enum class Words { of_program, of_document };

/// One accepted word of a key. A table of these feeds the parser, the messages and the schema.
template <class T>
struct Choice {
  const char* name;
  T value;
};

/// A mapping of the user's file, read key by key. Reading is also recording: every value that was asked for, given
/// or default, is written in the order of asking into the resolved document. A mistake is added to the Problems and
/// a harmless value (the default, or one that is accepted) is returned, so that reading goes on and finds the next one;
/// below a value of the wrong kind no further problem is reported. A null value counts as absent, except where a list
/// of accepted words holds "null". Asking twice for a key records it once. Copies are cheap and share state.
class ConfigNode {
 public:
  struct State;  // of one mapping; known to the reader alone

  /// Starts reading a document. `root` must outlive all nodes.
  ConfigNode(const YamlNode& root, Problems& problems);

  bool has(const std::string& key) const;             // does not mark the key as asked
  YamlNode::Kind kind(const std::string& key) const;  // Kind::null if absent
  const Place& place() const;
  const Place& place(const std::string& key) const;  // of the value; of the mapping if absent
  const std::string& path() const;                   // "design.looks[1]"

  // Without a default the key is required.
  double number(const std::string& key, const Range& range, std::optional<double> standard = {});
  std::int64_t integer(const std::string& key, const Range& range, std::optional<std::int64_t> standard = {});
  bool flag(const std::string& key, std::optional<bool> standard = {});  // true | false
  std::string text(const std::string& key, std::optional<std::string> standard = {});
  /// One of the words of a runtime list; `what` completes "is not a ..." ("column", "arm").
  std::string one_of(const std::string& key, std::span<const std::string> accepted, const std::string& what,
                     std::optional<std::string> standard = {}, Words words = Words::of_document);
  template <class T>
  T choice(const std::string& key, std::span<const Choice<T>> accepted, std::optional<T> standard = {}) {
    std::vector<std::string> names;
    std::optional<std::string> standard_name;
    for (const Choice<T>& c : accepted) {
      names.emplace_back(c.name);
      if (standard && c.value == *standard) standard_name = c.name;
    }
    const std::string chosen = one_of(key, names, "choice", standard_name, Words::of_program);
    for (const Choice<T>& c : accepted)
      if (chosen == c.name) return c.value;
    return accepted.front().value;
  }

  /// Several of them, in the order written.
  template <class T>
  std::vector<Choice<T>> choices(const std::string& key, std::span<const Choice<T>> accepted, const std::string& what,
                                 const std::string& standard) {
    std::vector<std::string> names;
    for (const Choice<T>& c : accepted) names.emplace_back(c.name);
    std::vector<Choice<T>> chosen;
    for (const std::string& name : some_of(key, names, what, std::vector<std::string>{standard}, Words::of_program))
      for (const Choice<T>& c : accepted)
        if (name == c.name) chosen.push_back(c);
    return chosen;
  }

  // A single value counts as a list of one. Of a list with mistakes the items that were understood are returned.
  std::vector<double> numbers(const std::string& key, const Range& range,
                              std::optional<std::vector<double>> standard = {});
  std::vector<std::string> texts(const std::string& key, std::optional<std::vector<std::string>> standard = {});
  std::vector<std::string> some_of(const std::string& key, std::span<const std::string> accepted,
                                   const std::string& what, std::optional<std::vector<std::string>> standard = {},
                                   Words words = Words::of_document);

  /// The mapping under a key; an empty one if absent (and a problem, unless `required` is false).
  ConfigNode child(const std::string& key, bool required = true);
  /// The mappings in the sequence under a key, `key[0]`, `key[1]` ...
  std::vector<ConfigNode> children(const std::string& key, bool required = true);
  /// The keys of a mapping whose names the user chooses, with their mappings; a null value is an empty mapping.
  std::vector<std::pair<std::string, ConfigNode>> named_children(const std::string& key, bool required = true);
  /// The keys of this mapping, in file order.
  std::vector<std::string> keys() const;
  /// A value kept as it stands (scenario overrides): marks it as asked and copies it to the resolved document.
  const YamlNode& raw(const std::string& key);

  /// The mapping as the user wrote it; null if absent.
  const YamlNode& as_written() const;
  /// Takes every key as it stands, unread: for a part that is left out.
  void keep();

  /// Marks a key as known where whether it stands is a choice of the reader; it need not be there.
  void accept(const std::string& key);
  /// The same for a key that is a name of the document or its data: a column, an endpoint, a level.
  void accept_name(const std::string& name);

  /// Adds a problem at the key's value, or at the mapping if key is empty or absent.
  void problem(const std::string& key, const std::string& message) const;
  /// Refuses the keys that nobody asked for, with the accepted ones and the nearest.
  void finish() const;

  /// What was understood so far of the whole document.
  YamlNode resolved() const;

  /// What was asked so far, for the schema.
  const State& state() const { return *state_; }

 private:
  explicit ConfigNode(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace oligosim
