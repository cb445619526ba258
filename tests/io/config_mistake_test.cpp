#include <gtest/gtest.h>

#include <algorithm>

#include "engine/io/config.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

enum class Spending { obrien_fleming, pocock, hwang_shih_decani };
constexpr Choice<Spending> spendings[] = {{"obrien_fleming", Spending::obrien_fleming},
                                          {"pocock", Spending::pocock},
                                          {"hwang_shih_decani", Spending::hwang_shih_decani}};
const std::vector<std::string> endpoints = {"pfs", "os", "null"};

struct Mistake {
  const char* text;
  void (*read)(ConfigNode&);
  const char* message;
};

class ConfigMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistake, reference_is_reported_in_one_line) {
  Document d(GetParam().text);
  GetParam().read(d.root());
  EXPECT_EQ(d.problems(), GetParam().message + std::string("\n"));
}

void read_seed(ConfigNode& c) { c.integer("seed", Range::at_least(0)); }
void read_alpha(ConfigNode& c) { c.number("alpha", Range::inside(0, 1)); }
void read_rate(ConfigNode& c) { c.number("rate", Range::above(0), 1.0); }
void read_flag(ConfigNode& c) { c.flag("binding", false); }
void read_text(ConfigNode& c) { c.text("study"); }
void read_months(ConfigNode& c) { c.numbers("months", Range::above(0)); }
void read_strata(ConfigNode& c) { c.texts("strata"); }
void read_spending(ConfigNode& c) { c.choice<Spending>("spending", spendings); }
void read_endpoint(ConfigNode& c) { c.one_of("of", endpoints, "endpoint"); }
void read_endpoints(ConfigNode& c) { c.some_of("of", endpoints, "endpoint"); }
void read_child(ConfigNode& c) { c.child("trial").integer("n", Range::above(0), 1); }
void read_looks(ConfigNode& c) {
  for (ConfigNode& look : c.children("looks")) look.number("at", Range::above(0)), look.finish();
}
void read_arms(ConfigNode& c) {
  for (auto& [name, arm] : c.named_children("arms")) arm.number("n", Range::above(0), 1.0), arm.finish();
}
void read_top(ConfigNode& c) {
  c.integer("seed", Range::at_least(0), 1);
  c.text("study", "x");
  c.integer("replicates", Range::at_least(1), 1);
  c.finish();
}

const Mistake mistakes[] = {
    // whole numbers
    {"x: 1\n", read_seed, "study.yaml:1:1: seed: missing (a whole number of at least 0)"},
    {"x: 1\nseed:\n", read_seed, "study.yaml:2:1: seed: missing (a whole number of at least 0)"},
    {"", read_seed, "study.yaml:1:1: seed: missing (a whole number of at least 0)"},
    {"x: 1\nseed: abc\n", read_seed, "study.yaml:2:7: seed: 'abc' is not a number (a whole number of at least 0)"},
    {"seed: '5'\n", read_seed,
     "study.yaml:1:7: seed: a number is wanted, not text in quotes (a whole number of at least 0)"},
    {"seed: \"five\"\n", read_seed, "study.yaml:1:7: seed: 'five' is not a number (a whole number of at least 0)"},
    {"seed: -1\n", read_seed, "study.yaml:1:7: seed: -1 is out of range (a whole number of at least 0)"},
    {"seed: 1.5\n", read_seed, "study.yaml:1:7: seed: 1.5 is not a whole number (a whole number of at least 0)"},
    {"seed: 010\n", read_seed, "study.yaml:1:7: seed: '010' looks octal: write 10 (a whole number of at least 0)"},
    {"seed: 0x1F\n", read_seed, "study.yaml:1:7: seed: '0x1F' is hexadecimal (a whole number of at least 0)"},
    {"seed: 1_000\n", read_seed,
     "study.yaml:1:7: seed: '1_000' has underscores: write 1000 (a whole number of at least 0)"},
    {"seed: 9223372036854775808\n", read_seed,
     "study.yaml:1:7: seed: 9223372036854775808 is above the largest accepted, 9223372036854775807 (a whole number of "
     "at least 0)"},
    {"seed: 1e17\n", read_seed,
     "study.yaml:1:7: seed: 1e17 is too large to be exact: write all its digits (a whole number of at least 0)"},
    {"seed: true\n", read_seed, "study.yaml:1:7: seed: 'true' is not a number (a whole number of at least 0)"},
    {"seed: [1]\n", read_seed, "study.yaml:1:7: seed: a number is wanted, not a list (a whole number of at least 0)"},
    {"seed: {a: 1}\n", read_seed,
     "study.yaml:1:7: seed: a number is wanted, not a mapping (a whole number of at least 0)"},
    {"seed: 9007199254740993\n", [](ConfigNode& c) { c.integer("seed", Range::between(0, 9007199254740992)); },
     "study.yaml:1:7: seed: 9007199254740993 is out of range (a whole number from 0 to 9007199254740992)"},
    {"n: 0\n", [](ConfigNode& c) { c.integer("n", Range::between(1, 1000000)); },
     "study.yaml:1:4: n: 0 is out of range (a whole number from 1 to 1000000)"},
    {"a: 1\n",
     [](ConfigNode& c) {
       c.child("trial", false).child("enrollment", false).integer("patients", Range::between(1, 1000000));
     },
     "study.yaml:1:1: trial.enrollment.patients: missing (a whole number from 1 to 1000000)"},
    // numbers
    {"alpha: 0\n", read_alpha, "study.yaml:1:8: alpha: 0 is out of range (a number above 0 and below 1)"},
    {"alpha: 1\n", read_alpha, "study.yaml:1:8: alpha: 1 is out of range (a number above 0 and below 1)"},
    {"alpha: .nan\n", read_alpha,
     "study.yaml:1:8: alpha: '.nan' is not a finite number (a number above 0 and below 1)"},
    {"alpha: nan\n", read_alpha, "study.yaml:1:8: alpha: 'nan' is not a finite number (a number above 0 and below 1)"},
    {"alpha: 1e400\n", read_alpha,
     "study.yaml:1:8: alpha: '1e400' is beyond the range of double precision (a number above 0 and below 1)"},
    {"alpha: 0,05\n", read_alpha,
     "study.yaml:1:8: alpha: '0,05' has a comma: write a decimal point (a number above 0 and below 1)"},
    {"alpha: 5%\n", read_alpha, "study.yaml:1:8: alpha: '5%' is not a number (a number above 0 and below 1)"},
    {"rate: -.inf\n", read_rate, "study.yaml:1:7: rate: '-.inf' is not a finite number (a number above 0)"},
    {"rate: |\n  5\n", read_rate, "study.yaml:1:7: rate: '5\\n' is not a number (a number above 0)"},
    {"rate: \"\\e[31m\"\n", read_rate, "study.yaml:1:7: rate: '\\x1b[31m' is not a number (a number above 0)"},
    {"rate: xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0y\n", read_rate,
     "study.yaml:1:7: rate: 'xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0xxxxxxxxx0...' is not a number "
     "(a number above 0)"},
    // flags
    {"binding: yes\n", read_flag, "study.yaml:1:10: binding: 'yes' is not true or false (true or false)"},
    {"binding: True\n", read_flag, "study.yaml:1:10: binding: 'True' is not true or false (true or false)"},
    {"binding: off\n", read_flag, "study.yaml:1:10: binding: 'off' is not true or false (true or false)"},
    {"binding: 1\n", read_flag, "study.yaml:1:10: binding: '1' is not true or false (true or false)"},
    {"binding: 'true'\n", read_flag,
     "study.yaml:1:10: binding: true or false is wanted, not text in quotes (true or false)"},
    {"binding: []\n", read_flag, "study.yaml:1:10: binding: true or false is wanted, not a list (true or false)"},
    {"a: 1\n", [](ConfigNode& c) { c.flag("binding"); }, "study.yaml:1:1: binding: missing (true or false)"},
    // texts
    {"a: 1\n", read_text, "study.yaml:1:1: study: missing (a text)"},
    {"study: [x]\n", read_text, "study.yaml:1:8: study: a text is wanted, not a list"},
    {"study: {x: 1}\n", read_text, "study.yaml:1:8: study: a text is wanted, not a mapping"},
    {"strata: {x: 1}\n", read_strata, "study.yaml:1:9: strata: a text is wanted, not a mapping"},
    {"strata: [x, [y]]\n", read_strata, "study.yaml:1:13: strata[1]: a text is wanted, not a list"},
    {"strata: [x, ~]\n", read_strata, "study.yaml:1:13: strata[1]: a text is wanted, not an empty value"},
    {"a: 1\n", read_strata, "study.yaml:1:1: strata: missing (a list of texts)"},
    // lists of numbers
    {"a: 1\n", read_months, "study.yaml:1:1: months: missing (a list; each a number above 0)"},
    {"months: [1, 0, 3]\n", read_months, "study.yaml:1:13: months[1]: 0 is out of range (a number above 0)"},
    {"months: -2\n", read_months, "study.yaml:1:9: months: -2 is out of range (a number above 0)"},
    {"months: [1,000]\n", read_months, "study.yaml:1:12: months[1]: '000' looks octal: write 0 (a number above 0)"},
    {"months: [1, null]\n", read_months,
     "study.yaml:1:13: months[1]: a number is wanted, not an empty value (a number above 0)"},
    {"months: [a, 0]\n", read_months,
     "study.yaml:1:10: months[0]: 'a' is not a number (a number above 0)\n"
     "study.yaml:1:13: months[1]: 0 is out of range (a number above 0)"},
    // words
    {"spending: pococ\n", read_spending,
     "study.yaml:1:11: spending: 'pococ' is not a choice (obrien_fleming, pocock or hwang_shih_decani; did you mean "
     "pocock?)"},
    {"spending: linear\n", read_spending,
     "study.yaml:1:11: spending: 'linear' is not a choice (obrien_fleming, pocock or hwang_shih_decani)"},
    {"a: 1\n", read_spending, "study.yaml:1:1: spending: missing (obrien_fleming, pocock or hwang_shih_decani)"},
    {"spending: ~\n", read_spending, "study.yaml:1:1: spending: missing (obrien_fleming, pocock or hwang_shih_decani)"},
    {"of: pfx\n", read_endpoint, "study.yaml:1:5: of: 'pfx' is not an endpoint (pfs, os or null; did you mean pfs?)"},
    {"of: [pfs]\n", read_endpoint, "study.yaml:1:5: of: a text is wanted, not a list (pfs, os or null)"},
    {"of: [os, orr]\n", read_endpoints, "study.yaml:1:10: of[1]: 'orr' is not an endpoint (pfs, os or null)"},
    {"of: OS\n", read_endpoint, "study.yaml:1:5: of: 'OS' is not an endpoint (pfs, os or null; did you mean os?)"},
    {"a: 1\n", read_endpoints, "study.yaml:1:1: of: missing (a list; each pfs, os or null)"},
    {"of: x\n", [](ConfigNode& c) { c.one_of("of", {}, "column"); },
     "study.yaml:1:5: of: 'x' is not a column (there are none)"},
    // mappings
    {"a: 1\n", read_child, "study.yaml:1:1: trial: missing (a mapping)"},
    {"trial: 5\n", read_child, "study.yaml:1:8: trial: a mapping is wanted, not '5'"},
    {"trial: [n, 5]\n", read_child, "study.yaml:1:8: trial: a mapping is wanted, not a list"},
    {"- a\n", read_child, "study.yaml:1:1: a mapping is wanted, not a list"},
    {"just text\n", read_child, "study.yaml:1:1: a mapping is wanted, not 'just text'"},
    {"looks: {at: 1}\n", read_looks, "study.yaml:1:8: looks: a list of mappings is wanted, not a mapping"},
    {"looks: 'x'\n", read_looks, "study.yaml:1:8: looks: a list of mappings is wanted, not text in quotes"},
    {"looks: [{at: 1}, 70]\n", read_looks, "study.yaml:1:18: looks[1]: a mapping is wanted, not '70'"},
    {"looks: [~]\n", read_looks, "study.yaml:1:9: looks[0]: a mapping is wanted, not an empty value"},
    {"looks:\n  - {at: 1}\n  - {att: 2}\n", read_looks,
     "study.yaml:3:5: looks[1].at: missing (a number above 0)\n"
     "study.yaml:3:6: looks[1].att: unknown key (accepted: at; did you mean at?)"},
    {"a: 1\n", read_looks, "study.yaml:1:1: looks: missing (a list of mappings)"},
    {"arms: [a]\n", read_arms, "study.yaml:1:7: arms: a mapping is wanted, not a list"},
    {"arms: {sbrt: 1}\n", read_arms, "study.yaml:1:14: arms.sbrt: a mapping is wanted, not '1'"},
    {"arms: {sbrt: {n: 0}}\n", read_arms, "study.yaml:1:18: arms.sbrt.n: 0 is out of range (a number above 0)"},
    // unknown keys
    {"seed: 1\nstudy: x\nreplicate: 5\n", read_top,
     "study.yaml:3:1: replicate: unknown key (accepted: seed, study, replicates; did you mean replicates?)"},
    {"sede: 1\n", read_top,
     "study.yaml:1:1: sede: unknown key (accepted: seed, study, replicates; did you mean seed?)"},
    {"weather: ~\n", read_top, "study.yaml:1:1: weather: unknown key (accepted: seed, study, replicates)"},
    {"\"a\\nb\\e[0m\": 1\n", read_top,
     "study.yaml:1:1: a\\nb\\x1b[0m: unknown key (accepted: seed, study, replicates)"},
    {"x: 1\n", [](ConfigNode& c) { c.finish(); }, "study.yaml:1:1: x: unknown key (none is accepted here)"},
    // a reader's own
    {"design:\n  looks:\n    - {at_events: 110}\n    - {at_events: 70}\n",
     [](ConfigNode& c) {
       c.child("design").children("looks")[1].problem("at_events", "70 is not above the look before (110)");
     },
     "study.yaml:4:19: design.looks[1].at_events: 70 is not above the look before (110)"},
    {"design: {a: 1}\n", [](ConfigNode& c) { c.child("design").problem("", "does not fit"); },
     "study.yaml:1:9: design: does not fit"},
    {"design: {a: 1}\n", [](ConfigNode& c) { c.child("design").problem("b", "wants a"); },
     "study.yaml:1:9: design.b: wants a"},
};

INSTANTIATE_TEST_SUITE_P(Config, ConfigMistake, testing::ValuesIn(mistakes));

TEST(Config, property_a_mistake_yields_an_accepted_value_and_reading_goes_on) {
  Document d("a: x\nb: x\nc: x\nd: x\ne: x\nf: [1, x]\ng: x\nh: 5\n");
  EXPECT_EQ(d->number("a", Range::between(3, 4)), 3);
  EXPECT_EQ(d->number("b", Range::above(7)), 8);
  EXPECT_EQ(d->integer("c", Range::inside(2, 4)), 3);
  EXPECT_EQ(d->number("d", Range::any(), 0.5), 0.5);
  EXPECT_EQ(d->choice<Spending>("e", spendings), Spending::obrien_fleming);
  EXPECT_EQ(d->numbers("f", Range::any()), std::vector<double>{1});
  EXPECT_EQ(d->flag("g", true), true);
  ConfigNode muted = d->child("h");
  EXPECT_EQ(muted.number("x", Range::inside(0, 0.5)), 0.25);
  muted.child("y").text("z");
  muted.problem("x", "unheard");
  muted.finish();
  const std::string problems = d.problems();
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 8);
}

TEST(Config, reference_what_could_not_be_read_is_not_reported_as_missing) {
  Document d("a: [1\n");
  read_seed(d.root());
  EXPECT_EQ(d.problems(), "study.yaml:2:1: not valid YAML: end of sequence flow not found\n");
}

TEST(Config, property_many_keys_take_linear_time) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  Document d(text);
  double sum = 0;
  for (const std::string& key : d->keys()) sum += d->number(key, Range::any());
  d->finish();
  EXPECT_EQ(sum, 40'000);
  EXPECT_EQ(d.problems(), "");
}

}  // namespace
}  // namespace oligosim
