#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/io/config.hpp"
#include "engine/io/config_state.hpp"
#include "engine/io/number.hpp"
#include "engine/io/yaml_scalar.hpp"

namespace oligosim {

namespace {

using Kind = YamlNode::Kind;
using State = ConfigNode::State;

YamlNode scalar_node(const std::string& text, bool plain) {
  YamlNode node = YamlNode::of(Kind::scalar);
  node.plain = plain;
  node.scalar = text;
  return node;
}
YamlNode node_of(double value) { return scalar_node(unrounded(value), true); }
YamlNode node_of(std::int64_t value) { return scalar_node(std::to_string(value), true); }
YamlNode node_of(bool value) { return scalar_node(value ? "true" : "false", true); }
YamlNode node_of(const std::string& text) { return scalar_node(text, may_stand_plain(text) && !looks_typed(text)); }

/// The reading of a plain scalar.
Reading<double> read_plain_number(const YamlNode& node) {
  if (node.kind != Kind::scalar) return {{}, "a number is wanted, not " + described(node)};
  const Reading<double> reading = read_number(node.scalar);
  if (!node.plain && reading.value) return {{}, "a number is wanted, not text in quotes"};
  return reading;
}

Reading<double> read_number_in(const YamlNode& node, const Range& range) {
  const Reading<double> reading = read_plain_number(node);
  if (reading.value && !range.contains(*reading.value)) return {{}, cut(node.scalar) + " is out of range"};
  return reading;
}

constexpr double widest = 9.2e18;  // near the largest 64-bit integer: a limit of the program, not of the key

std::string largest_of(const Range& range) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  return std::to_string(range.maximum < 9.2233e18 ? static_cast<std::int64_t>(range.maximum) : most);
}

Reading<std::int64_t> read_integer_in(const YamlNode& node, const Range& range) {
  constexpr double exact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers
  const Reading<double> reading = read_plain_number(node);
  if (!reading.value) return {{}, reading.why};
  const std::string shown = cut(node.scalar);
  std::int64_t value = 0;
  const char* const end = node.scalar.data() + node.scalar.size();
  const auto [ptr, error] = std::from_chars(node.scalar.data(), end, value);
  const bool unbounded = range.maximum >= widest;  // the range's own text leaves such a limit out
  const std::string too_large =
      shown + (unbounded ? " is above the largest accepted, " + largest_of(range) : " is out of range");
  if (ptr == end && error == std::errc::result_out_of_range)
    return {{}, shown.starts_with('-') ? shown + " is out of range" : too_large};
  if (ptr != end) {
    if (std::trunc(*reading.value) != *reading.value) return {{}, shown + " is not a whole number"};
    if (std::fabs(*reading.value) > exact) return {{}, shown + " is too large to be exact: write all its digits"};
    value = static_cast<std::int64_t>(*reading.value);
  }
  // In long double, which holds every 64-bit integer: near 2^63 a double would round across the limit.
  const auto x = static_cast<long double>(value);
  const bool above = range.minimum_included ? x >= range.minimum : x > range.minimum;
  const bool below = range.maximum_included ? x <= range.maximum : x < range.maximum;
  if (!above) return {{}, shown + " is out of range"};
  if (!below) return {{}, too_large};
  return {value, ""};
}

Reading<bool> read_flag(const YamlNode& node) {
  if (node.kind != Kind::scalar) return {{}, "true or false is wanted, not " + described(node)};
  const bool is_true = node.scalar == "true";
  if (!is_true && node.scalar != "false") return {{}, quoted(node.scalar) + " is not true or false"};
  if (!node.plain) return {{}, "true or false is wanted, not text in quotes"};
  return {is_true, ""};
}

/// In a list of names an unquoted null is a name like any other.
Reading<std::string> read_text(const YamlNode& node) {
  if (node.kind == Kind::scalar || (node.kind == Kind::null && node.scalar == "null")) return {node.scalar, ""};
  return {{}, "a text is wanted, not " + described(node)};
}

bool contains(std::span<const std::string> words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What stands under a key of words: an unquoted null is one of them where they hold "null".
const YamlNode* wanted_word(State& state, const std::string& key, std::span<const std::string> words,
                            const std::string& accepted, bool optional) {
  const YamlNode* const found = state.find(key);
  if (!found || found->kind != Kind::null || found->scalar != "null" || !contains(words, "null"))
    return state.wanted(key, accepted, optional);
  state.ask(key);
  return found;
}

/// Reads, reports and records the value under a key, or its default. What `read` gives as the reason of a refusal is
/// the whole message.
template <class T, class Read>
std::optional<T> read_value(State& state, const std::string& key, const YamlNode* found,
                            const std::optional<T>& standard, const Read& read) {
  std::optional<T> result = standard;
  if (found) {
    const Reading<T> reading = read(*found);
    if (!reading.value) state.report(found->place, state.path_of(key), reading.why);
    result = reading.value;
  }
  if (result) state.record(key, node_of(*result));
  return result ? result : standard;
}

/// The same for a list.
template <class T, class Read>
std::vector<T> read_list(State& state, const std::string& key, const YamlNode* found,
                         const std::optional<std::vector<T>>& standard, const Read& read) {
  std::vector<T> result;
  const auto add = [&](const YamlNode& item, const std::string& path) {
    const Reading<T> reading = read(item);
    if (reading.value)
      result.push_back(*reading.value);
    else
      state.report(item.place, path, reading.why);
  };
  if (!found && !standard) return result;
  if (!found)
    result = *standard;
  else if (found->kind != Kind::sequence)
    add(*found, state.path_of(key));
  else
    for (std::size_t i = 0; i < found->items.size(); ++i)
      add(found->items[i], state.path_of(key) + "[" + std::to_string(i) + "]");
  YamlNode sequence = YamlNode::of(Kind::sequence);
  for (const T& item : result) sequence.items.push_back(node_of(item));
  state.record(key, std::move(sequence));
  return result;
}

/// The accepted values behind the reason.
template <class T>
Reading<T> with(Reading<T> reading, const std::string& accepted) {
  if (!reading.value) reading.why += " (" + accepted + ")";
  return reading;
}

Reading<std::string> read_word(const YamlNode& node, std::span<const std::string> accepted, const std::string& what) {
  const Reading<std::string> reading = read_text(node);
  if (!reading.value) return with(reading, either_or_nearest("", accepted));
  if (contains(accepted, *reading.value)) return reading;
  const std::string list = either_or_nearest(*reading.value, accepted);
  const std::string article = std::string("aeiou").find(what[0]) == std::string::npos ? "a " : "an ";
  return {{}, quoted(*reading.value) + " is not " + article + what + " (" + list + ")"};
}

std::string integers_text(Range range) {
  if (range.maximum >= widest) range.maximum = std::numeric_limits<double>::infinity();
  return range.text("a whole number");
}

/// Takes down what is wanted of a list of words.
void note_words(State& state, const std::string& key, std::span<const std::string> accepted, const std::string& what,
                Words words, bool several, bool required) {
  if (!state.document->listened) return;
  state.note(key, {.kind = Wanted::Kind::word,
                   .several = several,
                   .required = required,
                   .words = {accepted.begin(), accepted.end()},
                   .what = what,
                   .fixed = words == Words::of_program});
}

}  // namespace

double harmless(const Range& range) {
  const double middle = 0.5 * (range.minimum + range.maximum);
  for (const double x : {1.0, range.minimum, range.maximum, 0.0, range.minimum + 1, range.maximum - 1, middle})
    if (range.contains(x)) return x;
  return 0;
}

double ConfigNode::number(const std::string& key, const Range& range, std::optional<double> standard) {
  state_->note(key, {.kind = Wanted::Kind::number, .required = !standard, .range = range});
  const std::string accepted = range.text();
  const YamlNode* const found = state_->wanted(key, accepted, standard.has_value());
  const auto read = [&](const YamlNode& node) { return with(read_number_in(node, range), accepted); };
  return read_value(*state_, key, found, standard, read).value_or(harmless(range));
}

std::int64_t ConfigNode::integer(const std::string& key, const Range& range, std::optional<std::int64_t> standard) {
  state_->note(key, {.kind = Wanted::Kind::integer, .required = !standard, .range = range});
  const std::string accepted = integers_text(range);
  const YamlNode* const found = state_->wanted(key, accepted, standard.has_value());
  const auto read = [&](const YamlNode& node) { return with(read_integer_in(node, range), accepted); };
  const auto value = read_value(*state_, key, found, standard, read);
  return value ? *value : static_cast<std::int64_t>(std::ceil(harmless(range)));
}

bool ConfigNode::flag(const std::string& key, std::optional<bool> standard) {
  state_->note(key, {.kind = Wanted::Kind::flag, .required = !standard});
  const std::string accepted = "true or false";
  const YamlNode* const found = state_->wanted(key, accepted, standard.has_value());
  const auto read = [&](const YamlNode& node) { return with(read_flag(node), accepted); };
  return read_value(*state_, key, found, standard, read).value_or(false);
}

std::string ConfigNode::text(const std::string& key, std::optional<std::string> standard) {
  state_->note(key, {.kind = Wanted::Kind::text, .required = !standard});
  const YamlNode* const found = state_->wanted(key, "a text", standard.has_value());
  return read_value(*state_, key, found, standard, read_text).value_or("");
}

std::string ConfigNode::one_of(const std::string& key, std::span<const std::string> accepted, const std::string& what,
                               std::optional<std::string> standard, Words words) {
  note_words(*state_, key, accepted, what, words, false, !standard);
  const YamlNode* const found =
      wanted_word(*state_, key, accepted, either_or_nearest("", accepted), standard.has_value());
  const auto read = [&](const YamlNode& node) { return read_word(node, accepted, what); };
  return read_value(*state_, key, found, standard, read).value_or(accepted.empty() ? "" : accepted.front());
}

std::vector<double> ConfigNode::numbers(const std::string& key, const Range& range,
                                        std::optional<std::vector<double>> standard) {
  state_->note(key, {.kind = Wanted::Kind::number, .several = true, .required = !standard, .range = range});
  const std::string accepted = range.text();
  const YamlNode* const found = state_->wanted(key, "a list; each " + accepted, standard.has_value());
  const auto read = [&](const YamlNode& node) { return with(read_number_in(node, range), accepted); };
  return read_list(*state_, key, found, standard, read);
}

std::vector<std::string> ConfigNode::texts(const std::string& key, std::optional<std::vector<std::string>> standard) {
  state_->note(key, {.kind = Wanted::Kind::text, .several = true, .required = !standard});
  const YamlNode* const found = state_->wanted(key, "a list of texts", standard.has_value());
  return read_list(*state_, key, found, standard, read_text);
}

std::vector<std::string> ConfigNode::some_of(const std::string& key, std::span<const std::string> accepted,
                                             const std::string& what, std::optional<std::vector<std::string>> standard,
                                             Words words) {
  note_words(*state_, key, accepted, what, words, true, !standard);
  const std::string list = "a list; each " + either_or_nearest("", accepted);
  const YamlNode* const found = wanted_word(*state_, key, accepted, list, standard.has_value());
  // Words name things, so that one that stands twice is a slip.
  std::vector<std::string> seen;
  const auto read = [&](const YamlNode& node) {
    Reading<std::string> reading = read_word(node, accepted, what);
    if (reading.value && contains(seen, *reading.value))
      return Reading<std::string>{{}, oligosim::quoted(*reading.value) + " stands in the list already"};
    if (reading.value) seen.push_back(*reading.value);
    return reading;
  };
  return read_list(*state_, key, found, standard, read);
}

}  // namespace oligosim
