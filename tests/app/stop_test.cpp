// Signals and several runs at once, as a user sends and starts them.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/app/program.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class Stop : public Program {
 protected:
  /// A study in blocks so long that none is ever finished, and the same in short ones.
  void SetUp() override {
    Program::SetUp();
    std::string text = two_arm_study(400, 100000000, "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n");
    write("short.yaml", text);
    write("long.yaml", text.replace(text.find("_block: 100"), 11, "_block: 1000000"));
  }

  /// A run in the background; its stderr is in the file `name`.err.
  pid_t start(const std::string& study, const std::string& name, const std::string& out) const {
    const std::string arguments = "exec " + std::string(OLIGOSIM_PROGRAM) + " run " + at(study) +
                                  " --threads 1 --json-progress --out " + at(out) + " >/dev/null 2>" +
                                  at(name + ".err");
    const pid_t child = fork();
    if (child == 0) execl("/bin/sh", "sh", "-c", arguments.c_str(), nullptr);
    return child;
  }
  static int exit_code(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  /// Until it listens to signals; then its replicates run.
  static void wait_for(pid_t child) {
    const auto listens = [&] {
      std::ifstream status("/proc/" + std::to_string(child) + "/status");
      for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigCgt:")) return (std::stoull(line.substr(7), nullptr, 16) >> (SIGALRM - 1) & 1) != 0;
      return false;
    };
    while (!listens()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
};

TEST_F(Stop, AnInterruptAbandonsTheBlockUnderWay) {
  const pid_t child = start("long.yaml", "first", "out");
  wait_for(child);
  kill(child, SIGINT);
  EXPECT_EQ(exit_code(child), 130);
  EXPECT_THAT(file("first.err"), HasSubstr("stopped; what is finished is kept"));
  const pid_t again = start("long.yaml", "second", "out");
  wait_for(again);
  kill(again, SIGTERM);
  EXPECT_EQ(exit_code(again), 143);
}

TEST_F(Stop, WhatWasInterruptedGoesOnToTheSameBytes) {
  std::string text = file("short.yaml");
  write("study.yaml", text.replace(text.find("replicates: 100000000"), 21, "replicates: 20000"));
  const pid_t child = start("study.yaml", "first", "out");
  wait_for(child);
  kill(child, SIGINT);
  EXPECT_EQ(exit_code(child), 130);
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("whole")), 0) << file("stderr");
  for (const char* name : {"summary.csv", "summary.json", "report.html", "study.yaml"})
    EXPECT_EQ(file(std::string("out/") + name), file(std::string("whole/") + name)) << name;
}

TEST_F(Stop, ASecondSignalEndsItAtOnce) {
  const pid_t child = start("long.yaml", "first", "out");
  wait_for(child);
  kill(child, SIGSTOP);  // so that both are there when it goes on
  kill(child, SIGINT);
  kill(child, SIGTERM);
  kill(child, SIGCONT);
  const int code = exit_code(child);
  EXPECT_TRUE(code == 130 || code == 143) << code;
  EXPECT_FALSE(has("out/summary.csv"));
}

TEST_F(Stop, KeptEstimatesThatAreInterruptedLeaveNoPart) {
  std::string text = file("short.yaml");
  write("study.yaml", text.replace(text.find("replicates: 100000000"), 21, "replicates: 20000"));
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
  std::filesystem::remove(at("out/manifest.json"));
  const std::string command = std::string(OLIGOSIM_PROGRAM) + " run " + at("study.yaml") +
                              " --threads 1 --keep-estimates --out " + at("out") + " 2>" + at("err") +
                              " >/dev/null & while [ ! -e " + at("out/manifest.json") +
                              " ]; do sleep 0.05; done; kill -INT $!; wait $!";
  EXPECT_EQ(WEXITSTATUS(std::system(("bash -c '" + command + "'").c_str())), 130);
  EXPECT_FALSE(has("out/estimates.csv"));
  for (const auto& entry : std::filesystem::directory_iterator(at("out")))
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
}

TEST_F(Stop, OfEightRunsInOneFolderOneWins) {
  std::vector<pid_t> children;
  for (int k = 0; k < 8; ++k) children.push_back(start("short.yaml", "run" + std::to_string(k), "out"));
  std::vector<pid_t> running = children;
  while (running.size() > 1) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    std::erase(running, ended);
    EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 5);
  }
  wait_for(running.front());  // it holds the folder before it listens
  kill(running.front(), SIGINT);
  EXPECT_EQ(exit_code(running.front()), 130);
  int busy = 0;
  for (int k = 0; k < 8; ++k)
    busy += file("run" + std::to_string(k) + ".err").find("another run holds it") != std::string::npos;
  EXPECT_EQ(busy, 7);
}

}  // namespace
}  // namespace oligosim
