// The stress command as a user runs it: what it leaves, and what it refuses.
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class Stress : public Program {};

TEST_F(Stress, OracleWhatItLeaves) {
  ASSERT_EQ(run("stress " OLIGOSIM_SOURCE_DIR "/configs/findings/song2025.yaml --out " + at("out")), 0)
      << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("the printed p = 0.047 does not follow from it"));
  EXPECT_THAT(file("out/stress.csv"),
              testing::StartsWith("finding,quantity,at,value,mcse\nresponders,ratio,,0.369,\n"));
  for (const char* part : {"Could it be guarantee-time bias?", "Exaggeration of significant results", "Gelman"})
    EXPECT_THAT(file("out/report.html"), HasSubstr(part));
  EXPECT_THAT(file("out/manifest.json"), HasSubstr("\"stress.csv\""));
  ASSERT_EQ(run("stress " + at("out/findings.yaml") + " --threads 1 --out " + at("again")), 0) << file("stderr");
  for (const char* name : {"stress.csv", "findings.yaml", "report.html"})
    EXPECT_EQ(file(std::string("out/") + name), file(std::string("again/") + name)) << name;
}

TEST_F(Stress, OracleCheckKnowsFindings) {
  ASSERT_EQ(run("check " OLIGOSIM_SOURCE_DIR "/configs/findings/song2025.yaml"), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("responders: PFS, responders of the irradiated lesions"));
}

TEST_F(Stress, OracleAllMistakesWithTheirPlaces) {
  write("bad.yaml", R"(title: mistakes
findings:
  a: {what: too little, hazard_ratio: 0.5}
  b: {what: backwards, hazard_ratio: 0.5, interval: [0.9, 0.3]}
  c: {what: outside, hazard_ratio: 0.4, interval: [0.6, 0.9], plausble: [0.8]}
  d: {what: counts, table: {events: [9, 1], patients: [8, 10]}}
  e: {what: late, odds_ratio: 2, interval: [1.1, 3.6], formed: after_time_zero}
)");
  EXPECT_EQ(run("stress " + at("bad.yaml") + " --out " + at("out")), 2);
  EXPECT_FALSE(has("out"));
  for (const char* part :
       {"bad.yaml:3:6: findings.a: has a ratio without an interval",
        "bad.yaml:4:53: findings.b.interval: is not [lower",
        "bad.yaml:5:51: findings.c.interval: does not contain the ratio", "findings.c.plausble: unknown key",
        "bad.yaml:6:37: findings.d.table.events: are more than the patients", "bad.yaml:7:64: findings.e.formed: "})
    EXPECT_THAT(file("stderr"), HasSubstr(part));
}

}  // namespace
}  // namespace oligosim
