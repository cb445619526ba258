#include "engine/io/config.hpp"

#include <gtest/gtest.h>

#include "tests/io/support.hpp"

namespace oligosim {
namespace {

using Kind = YamlNode::Kind;

enum class Spending { obrien_fleming, pocock, hwang_shih_decani };
constexpr Choice<Spending> spendings[] = {{"obrien_fleming", Spending::obrien_fleming},
                                          {"pocock", Spending::pocock},
                                          {"hwang_shih_decani", Spending::hwang_shih_decani}};
const std::vector<std::string> endpoints = {"pfs", "os", "null"};

TEST(Config, reference_reads_values_of_every_kind) {
  Document d(
      "seed: 9223372036854775807\nn: 9007199254740993\nbig: 1e6\nalpha: 0.025\nbinding: false\nstudy: x y\n"
      "spending: pocock\nmonths: [1, 4.5]\none: 3\nstrata: []\nin: [null, os]\nsingle: null\n");
  EXPECT_EQ(d->integer("seed", Range::at_least(0)), 9223372036854775807);
  EXPECT_EQ(d->integer("n", Range::any()), 9007199254740993);
  EXPECT_EQ(d->integer("big", Range::between(1, 1e6)), 1000000);
  EXPECT_EQ(d->number("alpha", Range::inside(0, 1)), 0.025);
  EXPECT_EQ(d->flag("binding", true), false);
  EXPECT_EQ(d->text("study"), "x y");
  EXPECT_EQ(d->choice<Spending>("spending", spendings), Spending::pocock);
  EXPECT_EQ(d->numbers("months", Range::above(0)), (std::vector<double>{1, 4.5}));
  EXPECT_EQ(d->numbers("one", Range::above(0)), (std::vector<double>{3}));
  EXPECT_EQ(d->texts("strata"), std::vector<std::string>());
  EXPECT_EQ(d->some_of("in", endpoints, "scenario"), (std::vector<std::string>{"null", "os"}));
  EXPECT_EQ(d->one_of("single", endpoints, "scenario"), "null");
  d->finish();
  EXPECT_EQ(d.problems(), "");
  EXPECT_EQ(d.resolved(),
            "seed: 9223372036854775807\nn: 9007199254740993\nbig: 1000000\nalpha: 0.025\nbinding: false\nstudy: x y\n"
            "spending: pocock\nmonths: [1, 4.5]\none: [3]\nstrata: []\nin: [\"null\", os]\nsingle: \"null\"\n");
}

TEST(Config, reference_absent_and_null_keys_take_their_defaults) {
  Document d("alpha:\nsides: ~\n");
  EXPECT_FALSE(d->has("alpha"));
  EXPECT_EQ(d->kind("alpha"), Kind::null);
  EXPECT_EQ(d->number("alpha", Range::inside(0, 1), 0.025), 0.025);
  EXPECT_EQ(d->integer("sides", Range::between(1, 2), 1), 1);
  EXPECT_EQ(d->flag("binding", true), true);
  EXPECT_EQ(d->text("title", "2024"), "2024");
  EXPECT_EQ(d->choice<Spending>("spending", spendings, Spending::hwang_shih_decani), Spending::hwang_shih_decani);
  EXPECT_EQ(d->numbers("at", Range::any(), std::vector<double>{0.5}), std::vector<double>{0.5});
  EXPECT_EQ(d->texts("levels", std::vector<std::string>{}), std::vector<std::string>{});
  EXPECT_EQ(d->some_of("of", endpoints, "endpoint", std::vector<std::string>{"os"}), std::vector<std::string>{"os"});
  d->finish();
  EXPECT_EQ(d.problems(), "");
  EXPECT_EQ(d.resolved(),
            "alpha: 0.025\nsides: 1\nbinding: true\ntitle: \"2024\"\nspending: hwang_shih_decani\nat: [0.5]\n"
            "levels: []\nof: [os]\n");
}

TEST(Config, reference_resolved_keeps_the_order_of_asking_and_nested_defaults) {
  Document d("trial: {n: 10}\nlooks: [{at: 1}, {}]\narms: {a: , b: {x: 2}}\nempty: {}\nraw: {k: [1, 'x']}\n");
  d->raw("raw");
  ConfigNode absent = d->child("design", false);
  d->child("nothing", false);
  d->child("empty");
  for (auto& [name, arm] : d->named_children("arms")) arm.number("x", Range::any(), 1.0);
  for (ConfigNode& look : d->children("looks")) look.number("at", Range::any(), 5.0);
  d->children("no_looks", false);
  d->child("trial").integer("n", Range::any());
  absent.child("futility", false).flag("binding", false);
  absent.child("unasked", false);
  d->finish();
  EXPECT_EQ(d.problems(), "");
  EXPECT_EQ(d.resolved(),
            "raw:\n  k: [1, \"x\"]\ndesign:\n  futility:\n    binding: false\nempty: {}\n"
            "arms:\n  a:\n    x: 1\n  b:\n    x: 2\nlooks:\n  - at: 1\n  - at: 5\ntrial:\n  n: 10\n");
}

TEST(Config, reference_paths_places_keys_and_raw) {
  Document d("design:\n  looks:\n    - {at: 1}\n    - {at: 2}\nx: 5\n");
  const std::vector<ConfigNode> looks = d->child("design").children("looks");
  EXPECT_EQ(d->path(), "");
  EXPECT_EQ(looks[1].path(), "design.looks[1]");
  EXPECT_EQ(looks[1].place().line, 4);
  EXPECT_EQ(looks[1].place("at").column, 12);
  EXPECT_EQ(looks[1].place("absent").column, 7);
  EXPECT_EQ(d->keys(), (std::vector<std::string>{"design", "x"}));
  EXPECT_EQ(d->kind("design"), Kind::mapping);
  EXPECT_EQ(d->raw("x").scalar, "5");
  EXPECT_EQ(d->raw("absent").kind, Kind::null);
  EXPECT_EQ(&d->raw("absent"), &d->raw("another"));
}

TEST(Config, property_copies_share_state_and_outlive_the_first_node) {
  Problems problems;
  const YamlNode tree = parse_yaml("a: {b: {c: 1}}\nd: 2\n", "x.yaml", problems);
  auto root = std::make_unique<ConfigNode>(tree, problems);
  ConfigNode inner = root->child("a").child("b");
  ConfigNode copy = inner;
  root.reset();
  EXPECT_EQ(copy.number("c", Range::any()), 1);
  inner.finish();
  EXPECT_EQ(to_yaml(inner.resolved()), "a:\n  b:\n    c: 1\n");
  EXPECT_TRUE(problems.empty());
}

TEST(Config, property_asking_twice_records_once) {
  Document d("a: {x: 1}\nl: [{y: 1}]\nn: {m: {z: 1}}\ns: 3\n");
  for (int i = 0; i < 2; ++i) {
    d->child("a").number("x", Range::any());
    d->children("l")[0].number("y", Range::any());
    d->named_children("n")[0].second.number("z", Range::any());
    d->number("s", Range::any());
  }
  EXPECT_EQ(d.resolved(), "a:\n  x: 1\nl:\n  - y: 1\nn:\n  m:\n    z: 1\ns: 3\n");
}

}  // namespace
}  // namespace oligosim
