// oligosim size as a user runs it: what it leaves, exit codes, same bytes for any threads, nothing after a signal.
#include "tests/app/program.hpp"
#include "tests/models/size/size_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class SizeCommand : public Program {
 protected:
  void want(const std::string& block) const { write("study.yaml", sized_trial(block)); }
  int size(const std::string& more = "") const {
    return run("size " + at("study.yaml") + " --out " + at("out") + more);
  }
};

TEST_F(SizeCommand, PropertyLeavesItsFilesAndAStudyReadyToRun) {
  want("{power: 0.8, in: [target, smaller], precision: 0.05, cost: {per_patient: 3}}");
  ASSERT_EQ(size(), 0) << file("stderr");
  for (const char* name : {"size.csv", "summary.csv", "size.json", "report.html", "study.yaml", "manifest.json"})
    EXPECT_TRUE(has(std::string("out/") + name)) << name;
  EXPECT_THAT(
      file("out/size.csv"),
      testing::StartsWith("scenario,patients,events,metric,value,mcse,lower,upper,n_replicates,n_missing,formula\n"));
  EXPECT_THAT(file("out/summary.csv"), HasSubstr("\ntarget,found,1,"));
  EXPECT_THAT(file("out/report.html"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(file("stdout"), HasSubstr("the smallest size with a power of 80 % in all scenarios; target wants most."));
  EXPECT_THAT(file("stderr"), HasSubstr("replicates so far)"));
  ASSERT_EQ(run("run " + at("out/study.yaml") + " --replicates 100 --out " + at("ran")), 0) << file("stderr");
  EXPECT_EQ(size(" --seed 4"), 0);  // again, into the same folder
  EXPECT_EQ(run("size " + at("study.yaml") + " --out " + at("ran")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("holds a run (another folder)"));
}

TEST_F(SizeCommand, ReproducibilitySameBytesForAnyNumberOfThreads) {
  want("{power: 0.8, in: [target], precision: 0.05}");
  for (const char* threads : {"1", "3"})
    ASSERT_EQ(run("size " + at("study.yaml") + " --out " + at(threads) + " --threads " + threads), 0) << file("stderr");
  for (const char* name : {"size.csv", "summary.csv", "size.json", "report.html", "study.yaml"})
    EXPECT_EQ(file(std::string("1/") + name), file(std::string("3/") + name)) << name;
}

TEST_F(SizeCommand, ContractExitCodes) {
  want("{power: 0.9, in: [target], between: [40, 120], precision: 0.05}");
  EXPECT_EQ(size(), 3);  // no such size, and it says so
  EXPECT_THAT(file("stdout"), HasSubstr("No size between 40 and 120 patients has a power of 90 %"));
  EXPECT_TRUE(has("out/report.html"));
  want("{power: 0.8, in: [target], precision: 0.001, replicates: 30000}");
  EXPECT_EQ(size(), 3);
  EXPECT_THAT(file("stderr"), HasSubstr("not as precise as wanted"));
}

TEST_F(SizeCommand, ContractMistakesAreRefusedBeforeAnythingIsWritten) {
  want("{power: 0.8, in: [taget]}");
  EXPECT_EQ(size(), 2);
  EXPECT_THAT(file("stderr"),
              HasSubstr("study.yaml:3:25: size.in[0]: 'taget' is not a scenario (target, smaller or null; "
                        "did you mean target?)"));
  want("{power: 0.8, in: [target], between: [201, 203]}");
  EXPECT_EQ(size(), 2);
  EXPECT_THAT(file("stderr"),
              HasSubstr("study.yaml:3:43: size.between: holds no multiple of 4, the randomization block"));
  std::string without = sized_trial("");
  without.erase(without.find("size: \n"), 7);
  write("study.yaml", without);
  EXPECT_EQ(size(), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("study.yaml: size: missing"));
  EXPECT_FALSE(has("out"));
}

TEST_F(SizeCommand, ContractASignalLeavesNothing) {
  want("{power: 0.8, in: [target], precision: 0.001, replicates: 100000000}");
  const std::string command = std::string(OLIGOSIM_PROGRAM) + " size " + at("study.yaml") + " --out " + at("out") +
                              " 2>" + at("stderr") + " & until [ -s " + at("stderr") +
                              " ]; do sleep 0.05; done; kill -INT $!; wait $!";
  EXPECT_EQ(WEXITSTATUS(std::system(("bash -c '" + command + "'").c_str())), 130) << file("stderr");
  EXPECT_THAT(file("stderr"), HasSubstr("oligosim: stopped; nothing is written"));
  EXPECT_FALSE(has("out"));
}

TEST_F(SizeCommand, OracleCheckSaysWhatWillBeLookedFor) {
  want("{power: 0.8, in: [target]}");
  ASSERT_EQ(run("check " + at("study.yaml")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"),
              HasSubstr("size: the smallest number of patients between 12 and 4000 with a power of 80 % in "
                        "target. Patients come in multiples of 4, the randomization block; events"));
  EXPECT_THAT(file("stdout"), HasSubstr("\n  target: 164 patients by formula\n"));
}

}  // namespace
}  // namespace oligosim
