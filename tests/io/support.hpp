#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/yaml.hpp"

namespace oligosim {

/// The tree as one line of text; quoted scalars and nulls are told apart from plain ones.
inline std::string dump(const YamlNode& node, bool places = false) {
  std::string result = places ? "@" + std::to_string(node.place.line) + ":" + std::to_string(node.place.column) : "";
  if (node.kind == YamlNode::Kind::null) return result + "<null:" + node.scalar + ">";
  if (node.kind == YamlNode::Kind::scalar) return result + (node.plain ? node.scalar : "'" + node.scalar + "'");
  const bool sequence = node.kind == YamlNode::Kind::sequence;
  std::string parts;
  for (const YamlNode& item : node.items) parts += (parts.empty() ? "" : ",") + dump(item, places);
  for (const YamlNode::Entry& entry : node.entries)
    parts += (parts.empty() ? "" : ",") + entry.key + "=" + dump(entry.value, places);
  return result + (sequence ? "[" + parts + "]" : "{" + parts + "}");
}

inline std::string problems_of(const std::string& text) {
  Problems problems;
  parse_yaml(text, "x.yaml", problems);
  return problems.text();
}

inline YamlNode parsed(const std::string& text) {
  Problems problems;
  const YamlNode node = parse_yaml(text, "x.yaml", problems);
  EXPECT_EQ(problems.text(), "") << text;
  return node;
}

inline std::string repeated(const std::string& part, std::size_t times) {
  std::string result;
  while (times-- > 0) result += part;
  return result;
}

/// Of the processor: what else runs does not count.
inline double seconds(const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Text made of what is special in YAML.
inline std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> parts = {
      "a",    "B",    "7", ".",   "-",   "_",  " ",    ":",    "#",  ",",      "[",      "]",
      "{",    "}",    "?", "'",   "\"",  "\\", "\n",   "\t",   "&",  "*",      "!",      "|",
      ">",    "%",    "@", "`",   "é",   "日", "\x1b", "\x7f", "😀",  "\u2028", "\u0085", "\uFEFF",
      "null", "true", "~", "---", "...", "<<", ": ",   " #",   "- ", "1e400",  "0x1F",   "\u00a0b\r"};
  std::string text;
  for (std::size_t n = random() % 6; n > 0; --n) text += parts[random() % parts.size()];
  return random() % 200 == 0 ? text + std::string(1500, 'k') : text;
}

/// A document and what reading it found.
class Document {
 public:
  explicit Document(const std::string& text, const std::string& name = "study.yaml")
      : tree_(parse_yaml(text, name, problems_)), root_(tree_, problems_) {}
  ConfigNode& root() { return root_; }
  ConfigNode* operator->() { return &root_; }
  std::string problems() const { return problems_.text(); }
  std::string resolved() const { return to_yaml(root_.resolved()); }

 private:
  Problems problems_;
  YamlNode tree_;
  ConfigNode root_;
};

class TemporaryFolder : public testing::Test {
 protected:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "oligosim-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder = name;
  }
  ~TemporaryFolder() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

}  // namespace oligosim
