#include "engine/io/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <system_error>
#include <unordered_map>

#include "engine/io/file.hpp"
#include "engine/io/utf8.hpp"
#include "engine/io/yaml_scalar.hpp"
#include "engine/io/yaml_source.hpp"

namespace oligosim {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t most_nodes = 100000;

/// Nothing more is to be understood; the problem was added.
struct Stop {};

/// What a value costs when an alias repeats it.
struct Extent {
  std::size_t nodes = 1;
  std::size_t bytes = 0;
  std::size_t depth = 0;  // of nested collections
};

Extent extent(const YamlNode& node) {
  Extent sum{.bytes = node.scalar.size()};
  const auto add = [&](const YamlNode& part) {
    const Extent e = extent(part);
    sum.nodes += e.nodes;
    sum.bytes += e.bytes;
    sum.depth = std::max(sum.depth, e.depth);
  };
  for (const YamlNode& item : node.items) add(item);
  for (const YamlNode::Entry& entry : node.entries) {
    sum.bytes += entry.key.size();
    add(entry.value);
  }
  if (node.kind == YamlNode::Kind::sequence || node.kind == YamlNode::Kind::mapping) ++sum.depth;
  return sum;
}

/// Builds the tree from the parser's events. yaml-cpp's own Node is not used: it keeps duplicate keys silently, loads
/// alias cycles, and recurses.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(YamlSource& source, Problems& problems) : source_(source), problems_(problems) {}

  YamlNode root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    problems_.add(place(mark), "", "more content after the end of the document (one document is accepted)");
    throw Stop();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = source_.after_anchor(offset_of(mark));
    const bool is_key = wants_key();
    const std::string word = source_.null_word(offset, is_key);
    YamlNode node;
    if (is_key && !word.empty()) {
      node.kind = YamlNode::Kind::scalar;
      node.scalar = word;
    } else if (word == "null") {
      node.scalar = word;
    }
    node.place = place(mark);
    if (!is_key && in_mapping()) {
      Frame& frame = frames_.back();
      if (frame.block && frame.key_offset == offset_of(mark) && !frame.skip)
        problems_.add(frame.key_place, path(), "a colon is missing after the key");
      node.place = frame.key_place;  // the parser's mark of a value left out is that of whatever comes next
    }
    complete(std::move(node), mark, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = YamlNode::of(YamlNode::Kind::scalar, place(mark));
    node.scalar = value;
    const std::size_t offset = source_.after_anchor(offset_of(mark));
    refuse_tag(tag != "?" && (tag != "!" || source_.at(offset) == '!'), node.place);
    const bool quoted = source_.at(offset) == '"' || source_.at(offset) == '\'';
    if (tag == "!" && quoted && !source_.quote_closes(offset)) {
      problems_.add(node.place, path(), "the quote that opens here is never closed");
      throw Stop();
    }
    if (value.find('\0') != std::string::npos) problems_.add(node.place, path(), "text with a NUL character");
    node.plain = tag == "?" && may_stand_plain(value);
    if (wants_key() && tag == "?" && value == "<<") node.kind = YamlNode::Kind::null, node.scalar = value;
    complete(std::move(node), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      problems_.add(place(mark), path(), "an alias inside the value that it stands for");
      return complete(YamlNode::of(YamlNode::Kind::null, place(mark)), mark, YAML::NullAnchor);
    }
    charge(found->second.extent, place(mark));
    YamlNode copy = found->second.node;
    attach(std::move(copy), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool block = false;
    bool has_key = false;
    bool skip = false;  // the key was refused
    std::string key;
    Place key_place;
    std::size_t key_offset = 0;
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };
  struct Anchored {
    YamlNode node;
    Extent extent;
  };

  static std::size_t offset_of(const YAML::Mark& mark) { return mark.pos > 0 ? static_cast<std::size_t>(mark.pos) : 0; }
  Place place(const YAML::Mark& mark) { return source_.place(offset_of(mark)); }
  bool in_mapping() const { return !frames_.empty() && frames_.back().node.kind == YamlNode::Kind::mapping; }
  bool wants_key() const { return in_mapping() && !frames_.back().has_key; }

  std::string path() const {
    std::string result;
    for (const Frame& frame : frames_) {
      if (frame.node.kind == YamlNode::Kind::sequence)
        result += "[" + std::to_string(frame.node.items.size()) + "]";
      else if (frame.has_key)
        result += (result.empty() ? "" : ".") + cut(frame.key);
    }
    return result;
  }

  void refuse_tag(bool tagged, const Place& where) {
    if (tagged) problems_.add(where, path(), "tags (!) are not accepted");
  }

  void charge(const Extent& extent, const Place& where) {
    nodes_ += extent.nodes;
    bytes_ += extent.bytes;
    std::string message;
    if (frames_.size() + extent.depth > deepest) message = "nested more than 64 deep";
    if (nodes_ > most_nodes) message = "more than 100000 values once aliases are expanded";
    if (bytes_ > YamlSource::largest) message = "more than 16 MiB of text once aliases are expanded";
    if (message.empty()) return;
    problems_.add(where, path(), message);
    throw Stop();
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    Frame frame;
    frame.node = YamlNode::of(kind, place(mark));
    frame.mark = mark;
    frame.anchor = anchor;
    frame.block = style == YAML::EmitterStyle::Block;
    refuse_tag(tag != "?", frame.node.place);
    charge({.depth = 1}, frame.node.place);
    frames_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    keep(frame.node, frame.anchor);
    attach(std::move(frame.node), frame.mark);
  }

  void complete(YamlNode node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    const std::size_t values = wants_key() ? 0 : 1;
    charge({.nodes = values, .bytes = node.scalar.size()}, node.place);
    keep(node, anchor);
    attach(std::move(node), mark);
  }

  void keep(const YamlNode& node, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    const Extent size = extent(node);
    charge(size, node.place);
    anchored_[anchor] = {node, size};
  }

  void attach(YamlNode node, const YAML::Mark& mark) {
    if (frames_.empty()) {
      root = std::move(node);
    } else if (Frame& frame = frames_.back(); frame.node.kind == YamlNode::Kind::sequence) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, node, mark);
    } else {
      if (!frame.skip) frame.node.entries.push_back({std::move(frame.key), frame.key_place, std::move(node)});
      frame.has_key = frame.skip = false;
    }
  }

  void take_key(Frame& frame, const YamlNode& node, const YAML::Mark& mark) {
    const Place where = place(mark);
    std::string message;
    if (node.kind == YamlNode::Kind::null)
      message = node.scalar == "<<" ? "merge keys (<<) are not accepted" : "a key is missing before the colon";
    else if (node.kind != YamlNode::Kind::scalar)
      message = "a key must be a single text, not a list or a mapping";
    if (!message.empty()) problems_.add(where, path(), message);
    frame.key = node.scalar;
    frame.key_place = where;
    frame.key_offset = offset_of(mark);
    frame.has_key = true;
    frame.skip = !message.empty();
    if (frame.skip) return;
    const auto [first, is_new] = frame.lines.emplace(frame.key, where.line);
    if (is_new) return;
    problems_.add(where, path(), "repeated key (first on line " + std::to_string(first->second) + ")");
    frame.skip = true;
  }

  YamlSource& source_;
  Problems& problems_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  int documents_ = 0;
};

void report_syntax(const YAML::Exception& error, YamlSource& source, Problems& problems) {
  const std::size_t offset = error.mark.is_null() ? 0 : static_cast<std::size_t>(error.mark.pos);
  std::string message = "not valid YAML: " + error.msg;
  if (source.tab_indents(offset)) message += " (a tab does not indent: use spaces)";
  problems.add(source.place(offset), "", message);
}

}  // namespace

YamlNode parse_yaml(const std::string& text, const std::string& name, Problems& problems) {
  YamlSource source(text, name);
  const YamlNode nothing = YamlNode::of(YamlNode::Kind::null, source.place(0));
  if (!source.acceptable(problems)) return nothing;
  TreeBuilder builder(source, problems);
  builder.root = nothing;
  try {
    std::istringstream stream(source.text());
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const Stop&) {
    return nothing;
  } catch (const YAML::Exception& error) {
    report_syntax(error, source, problems);
    return nothing;
  }
  return std::move(builder.root);
}

YamlNode load_yaml(const std::filesystem::path& file, Problems& problems) {
  try {
    return parse_yaml(read_file(file, YamlSource::largest), file.string(), problems);
  } catch (const std::system_error& error) {
    const Place start{std::make_shared<const std::string>(file.string()), 1, 1};
    std::string message = "cannot be read: " + error.code().message();
    if (error.code() == std::errc::file_too_large) message = "the file is larger than 16 MiB";
    if (error.code() == std::errc::is_a_directory) message = "a folder, not a file";
    if (error.code() == std::errc::invalid_argument) message = "not a regular file";
    problems.add(start, "", message);
    return YamlNode::of(YamlNode::Kind::null, start);
  }
}

}  // namespace oligosim
