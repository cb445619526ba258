// Every change of tests/invalid/edits makes its file refused with the very message beside it; files that are no text
// are refused in little memory.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <sstream>

#include "models/analysis/plan.hpp"
#include "models/calibration/point_fit.hpp"
#include "models/cohort/data_set.hpp"
#include "models/stress/finding.hpp"
#include "models/study/study.hpp"
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path source = OLIGOSIM_SOURCE_DIR;

/// \n, \t, \\ and \xNN as bytes.
std::string unescaped(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (text[++i] == 'x') {
      bytes += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      bytes += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : '\\';
    }
  }
  return bytes;
}

struct Edit {
  std::string title, old, changed, message;
};

std::vector<Edit> edits_of(const std::string& kind) {
  std::istringstream text(read_file(source / "tests/invalid/edits" / (kind + ".txt")));
  std::vector<Edit> edits;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("= ")) edits.push_back({line.substr(2), "", "", ""});
    if (line.starts_with("- ")) edits.back().old = unescaped(line.substr(2));
    if (line.starts_with("+ ")) edits.back().changed = unescaped(line.substr(2));
    if (line.starts_with("> ")) edits.back().message += line.substr(2) + "\n";
  }
  return edits;
}

/// A plan on the patients of aml, as the analyze command reads it.
void load_plan(const fs::path& file) {
  Problems problems;
  Warnings warnings;
  const YamlNode tree = load_yaml(file, problems);
  problems.refuse();
  const DataSet data = read_data(source / "configs/selftest/aml.csv", {}, problems, warnings);
  ConfigNode node(tree, problems);
  node.accept("several_rows"), node.accept("patient"), node.accept("parameter");
  const Plan plan(node, data.columns());
  problems.refuse();
}

void load(const std::string& kind, const fs::path& file) {
  if (kind == "study") load_study(file, {});
  if (kind == "plan") load_plan(file);
  if (kind == "targets") load_calibration(file);
  if (kind == "findings") load_findings(file);
}

class Edits : public Program {};

TEST_F(Edits, OracleEveryEditIsRefusedWithItsMessage) {
  std::size_t all = 0;
  for (const std::string kind : {"study", "plan", "targets", "findings"}) {
    const std::string base = read_file(source / "tests/invalid/edits" / (kind + ".yaml"));
    const fs::path file = folder_ / (kind + ".yaml");
    write(kind + ".yaml", base);
    EXPECT_NO_THROW(load(kind, file)) << kind;
    for (const Edit& edit : edits_of(kind)) {
      std::string text = base;
      const std::size_t at = text.find(edit.old);
      ASSERT_NE(at, std::string::npos) << edit.title;
      write(kind + ".yaml", text.replace(at, edit.old.size(), edit.changed));
      std::string said = "accepted\n";
      try {
        load(kind, file);
      } catch (const InputError& e) {
        said = e.what();
      }
      for (std::size_t k = said.find(folder_.string()); k != std::string::npos; k = said.find(folder_.string()))
        said.erase(k, folder_.string().size() + 1);
      EXPECT_EQ(said, edit.message) << kind << ": " << edit.title;
      ++all;
    }
  }
  EXPECT_GE(all, 330u);
}

/// Files that are no text a user wrote, each given wherever a file is read.
class StrangeFiles : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c <= 'm'; ++c) {
      bomb += c;
      bomb += ": &";
      bomb += c;
      bomb += " [";
      for (int k = 0; k < 9; ++k) (bomb += k ? ", *" : "*") += static_cast<char>(c - 1);
      bomb += "]\n";
    }
    write("bomb", bomb);
    write("deep", std::string(100000, '[') + "\n");
    std::string block;
    for (int k = 0; k < 2000; ++k) block += std::string(static_cast<std::size_t>(k), ' ') + "a:\n";
    write("deep_block", block);
    write("large", std::string(1 << 20, 'x'));
    fs::resize_file(at("large"), 100 << 20);
    write("empty", "");
    fs::create_directory(at("folder"));
    ASSERT_EQ(mkfifo(at("fifo").c_str(), 0600), 0);
    fs::create_symlink("loop", at("loop"));
  }

  /// Exit code and largest memory.
  std::pair<int, long> run_measured(const std::string& arguments) const {
    const std::string command =
        "exec " + std::string(OLIGOSIM_PROGRAM) + " " + arguments + " >" + at("stdout") + " 2>" + at("stderr");
    const pid_t child = fork();
    if (child == 0) execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, usage.ru_maxrss};
  }
};

#ifdef __SANITIZE_ADDRESS__  // whose own memory counts
constexpr long most_kibibytes = std::numeric_limits<long>::max();
#else
constexpr long most_kibibytes = 64 * 1024;
#endif

TEST_F(StrangeFiles, AreRefusedInLittleMemory) {
  const std::string plan = at("plan.yaml");
  write("plan.yaml", read_file(source / "tests/invalid/edits/plan.yaml"));
  const std::string out = " --out " + at("out");
  for (const std::string name :
       {"bomb", "deep", "deep_block", "large", "empty", "folder", "fifo", "loop", "absent", "/dev/zero"}) {
    const std::string file = name.front() == '/' ? name : at(name);
    std::vector<std::string> commands = {
        "check " + file, "run " + file + out, "calibrate " + file + out, "stress " + file + out,
        "analyze " + file + " --data " + (source / "configs/selftest/aml.csv").string() + out};
    // Data may be large, and any lines of text are a table.
    if (name != "large" && name != "deep_block") commands.push_back("analyze " + plan + " --data " + file + out);
    for (const std::string& command : commands) {
      const auto [code, kibibytes] = run_measured(command);
      EXPECT_EQ(code, 2) << command << this->file("stderr");
      EXPECT_LT(kibibytes, most_kibibytes) << command;
      EXPECT_THAT(this->file("stderr"), testing::ContainsRegex("^[^\n]*" + file + ":[0-9]+:[0-9]+: ")) << command;
      EXPECT_FALSE(has("out")) << command;
    }
  }
}

/// Names lead nowhere and colour nothing.
TEST_F(Program, NamesWithPathsMarkupFormulasAndEscapesDoNoHarm) {
  write("study.yaml", R"(study: "a<script>alert(1)</script> \e[31mred"
replicates: 20
replicates_per_block: 20
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {}}
trial: {enrollment: {patients: 20, over_months: 6}}
design: {kind: fixed, primary: "=1+cmd|' /C calc'!A0", looks: [{at_month: 24}]}
truth: {patients: 2000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: "=1+cmd|' /C calc'!A0", method: log_rank, endpoint: os, by: arm}
scenarios: {"../../../evil": {}, "\e]0;title\a\e[2J": {}}
)");
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("deep/er/out")), 0) << file("stderr");
  EXPECT_EQ(file("stdout").find('\x1b'), std::string::npos);
  EXPECT_EQ(file("stdout").find('\x07'), std::string::npos);
  EXPECT_THAT(file("stdout"), HasSubstr("\\x1b]0;title"));
  const std::string page = file("deep/er/out/report.html");
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_THAT(file("deep/er/out/summary.csv"), HasSubstr(",'=1+cmd|' /C calc'!A0,"));
  EXPECT_THAT(file("deep/er/out/summary.csv"), testing::Not(HasSubstr(",=1+cmd")));
  ASSERT_EQ(run("check " + at("study.yaml")), 0) << file("stderr");
  EXPECT_EQ(file("stdout").find('\x1b'), std::string::npos);
  ASSERT_EQ(run("replay " + at("deep/er/out") + " --scenario ../../../evil --replicate 1"), 0) << file("stderr");
  ASSERT_EQ(run("simulate " + at("study.yaml") + " --replicates 1 --out " + at("deep/er/sim")), 0) << file("stderr");
  for (const auto& entry : fs::recursive_directory_iterator(folder_))
    EXPECT_EQ(entry.path().string().find("evil") != std::string::npos,
              entry.path().string().find("__evil") != std::string::npos)
        << entry.path();
  EXPECT_FALSE(has("evil"));
  EXPECT_FALSE(has("deep/evil"));
}

/// A file of results that is a link is replaced, not followed.
TEST_F(Program, ALinkInTheFolderIsReplacedNotFollowed) {
  write("study.yaml", read_file(source / "configs/selftest/two_arms.yaml"));
  write("precious", "as it was\n");
  fs::create_directory(at("out"));
  for (const char* name : {"summary.csv", "report.html", "manifest.json"})
    fs::create_symlink(at("precious"), folder_ / "out" / name);
  ASSERT_EQ(run("run " + at("study.yaml") + " --replicates 100 --out " + at("out")), 0) << file("stderr");
  EXPECT_EQ(file("precious"), "as it was\n");
  EXPECT_FALSE(fs::is_symlink(at("out/summary.csv")));
  fs::create_directory(at("other"));
  fs::create_symlink(at("precious"), at("other/blocks.log"));
  EXPECT_EQ(run("run " + at("study.yaml") + " --replicates 100 --out " + at("other")), 2);
  EXPECT_EQ(file("precious"), "as it was\n");
}

}  // namespace
}  // namespace oligosim
