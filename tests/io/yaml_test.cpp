#include "engine/io/yaml.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/io/support.hpp"

namespace oligosim {
namespace {

using Kind = YamlNode::Kind;

TEST(Yaml, reference_reads_all_kinds_with_their_places) {
  const YamlNode root = parsed("seed: 1\nlist: [a, 'b']\nmap:\n  x: ~\n  \"null\": null\n  y: |\n    two\n    lines\n");
  ASSERT_EQ(root.kind, Kind::mapping);
  const YamlNode& list = *root.find("list");
  EXPECT_EQ(list.kind, Kind::sequence);
  EXPECT_TRUE(list.items[0].plain);
  EXPECT_FALSE(list.items[1].plain);
  EXPECT_EQ(list.items[1].place.line, 2);
  EXPECT_EQ(list.items[1].place.column, 11);
  EXPECT_EQ(*list.items[1].place.file, "x.yaml");
  const YamlNode& map = *root.find("map");
  EXPECT_EQ(map.place.line, 4);
  EXPECT_EQ(map.find("x")->kind, Kind::null);
  EXPECT_EQ(map.find("x")->scalar, "");
  EXPECT_EQ(map.find("null")->kind, Kind::null);
  EXPECT_EQ(map.find("null")->scalar, "null");
  EXPECT_EQ(map.find("y")->scalar, "two\nlines\n");
  EXPECT_FALSE(map.find("y")->plain);
  EXPECT_EQ(root.find("none"), nullptr);
  EXPECT_EQ(list.find("a"), nullptr);
}

TEST(Yaml, reference_null_is_a_name_where_it_is_a_key) {
  const YamlNode root = parsed("scenarios:\n  null: {}\n  target: {}\nin: [null, ~]\nlast:\nnull : 3\n");
  EXPECT_EQ(root.find("scenarios")->entries[0].key, "null");
  EXPECT_EQ(root.find("in")->items[0].scalar, "null");
  EXPECT_EQ(root.find("in")->items[1].scalar, "");
  EXPECT_EQ(root.find("last")->scalar, "");
  EXPECT_EQ(root.find("last")->place.line, 5);
  EXPECT_EQ(root.find("null")->scalar, "3");
}

TEST(Yaml, reference_places_count_characters_not_bytes) {
  const YamlNode root = parsed("né: {ü: ö, x: 1}\n");
  EXPECT_EQ(root.find("né")->find("x")->place.column, 15);
}

TEST(Yaml, property_byte_order_mark_and_line_breaks_change_nothing) {
  const std::string text = "a: 1\nb:\n  - x\n  - 'y'\n\n# comment\nc: \"z\"\n";
  std::string windows, mac;
  for (const char c : text) {
    windows += c == '\n' ? "\r\n" : std::string(1, c);
    mac += c == '\n' ? "\r" : std::string(1, c);
  }
  const std::string expected = dump(parsed(text), true);
  EXPECT_EQ(dump(parsed("\xEF\xBB\xBF" + text), true), expected);
  EXPECT_EQ(dump(parsed(windows), true), expected);
  EXPECT_EQ(dump(parsed("\xEF\xBB\xBF" + windows), true), expected);
  EXPECT_EQ(dump(parsed(mac), true), expected);
}

TEST(Yaml, reference_aliases_are_expanded_in_place) {
  const YamlNode root = parsed("base: &b {x: 1, y: [2]}\nsame: *b\nn: &n name\n*n : 4\n");
  EXPECT_EQ(dump(*root.find("same")), dump(*root.find("base")));
  EXPECT_EQ(root.find("name")->scalar, "4");
}

TEST(Yaml, reference_empty_documents_are_null_at_the_start) {
  for (const char* text : {"", "# only a comment\n", "---\n", "---\n...\n", "\xEF\xBB\xBF"}) {
    const YamlNode node = parsed(text);
    EXPECT_EQ(node.kind, Kind::null);
    ASSERT_TRUE(node.place.file);
  }
}

class LoadYaml : public TemporaryFolder {
 protected:
  std::string problems_of_file(const std::filesystem::path& file) {
    Problems problems;
    const YamlNode node = load_yaml(file, problems);
    EXPECT_EQ(node.kind, Kind::null);
    return problems.text();
  }
};

TEST_F(LoadYaml, reference_reads_a_file) {
  std::ofstream(folder / "a.yaml") << "seed: 1\n";
  Problems problems;
  const YamlNode root = load_yaml(folder / "a.yaml", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(root.find("seed")->scalar, "1");
  EXPECT_EQ(*root.find("seed")->place.file, (folder / "a.yaml").string());
}

TEST_F(LoadYaml, reference_what_is_no_regular_file_is_refused_without_blocking) {
  EXPECT_EQ(problems_of_file("/dev/zero"), "/dev/zero:1:1: not a regular file\n");
  EXPECT_EQ(problems_of_file(folder), folder.string() + ":1:1: a folder, not a file\n");
  const std::filesystem::path fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(problems_of_file(fifo), fifo.string() + ":1:1: not a regular file\n");
  const std::filesystem::path none = folder / "none.yaml";
  EXPECT_EQ(problems_of_file(none), none.string() + ":1:1: cannot be read: No such file or directory\n");
  std::filesystem::create_symlink("loop", folder / "loop");
  EXPECT_EQ(problems_of_file(folder / "loop"),
            (folder / "loop").string() + ":1:1: cannot be read: Too many levels of symbolic links\n");
}

TEST_F(LoadYaml, reference_a_large_file_is_refused_at_once) {
  const std::filesystem::path file = folder / "large.yaml";
  std::ofstream(file) << "a: 1\n";
  std::filesystem::resize_file(file, 8'000'000'000);  // sparse; to read it would take seconds
  EXPECT_LT(
      seconds([&] { EXPECT_EQ(problems_of_file(file), file.string() + ":1:1: the file is larger than 16 MiB\n"); }),
      1.0);
  EXPECT_EQ(problems_of(std::string((16 << 20) + 1, ' ')), "x.yaml:1:1: the file is larger than 16 MiB\n");
  EXPECT_EQ(problems_of(std::string(16 << 20, '\n')), "");
}

}  // namespace
}  // namespace oligosim
