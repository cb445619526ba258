// The selftest as a user runs it.
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

TEST_F(Program, SelftestPassesAndFailsWithADeliberatelyWrongNumber) {
  ASSERT_EQ(run("selftest --out " + at("out")), 0) << file("stdout") << file("stderr");
  EXPECT_THAT(file("out/selftest.html"), HasSubstr("<h1>Selftest passed</h1>"));
  EXPECT_THAT(file("out/selftest.json"), HasSubstr("\"passed\": true"));
  for (const char* fact : {"compiler", "cpu", "version", "source_revision"})
    EXPECT_THAT(file("out/selftest.json"), HasSubstr(std::string("\"") + fact + "\""));
  std::filesystem::create_directory(at("other"));
  write("other/proportions.csv", "what,successes,n,lower_percent,upper_percent\nresponse,17,36,30.4,64.6\n");
  EXPECT_EQ(run("selftest --oracles " + at("other") + " --out " + at("broken")), 1);
  EXPECT_THAT(file("stdout"), HasSubstr("response: 17 of 36, upper limit in percent: expected 64.6, found 64.5"));
  EXPECT_THAT(file("broken/selftest.html"), HasSubstr("<h1>Selftest FAILED</h1>"));
  EXPECT_THAT(file("broken/selftest.json"), HasSubstr("\"failed\": 1"));
  EXPECT_EQ(run("selftest --oracles " + at("nowhere") + " --out " + at("none")), 2);
  EXPECT_FALSE(has("none"));
}

}  // namespace
}  // namespace oligosim
