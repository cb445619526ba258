// Whatever bytes come as a study, a plan, patients, or a block log: they are understood or refused, and nothing else
// happens. OLIGOSIM_FUZZ_SECONDS makes each part go on for so long; built with sanitizers it finds more.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "engine/io/file.hpp"
#include "engine/montecarlo/block_log.hpp"
#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"
#include "models/cohort/endpoint_checks.hpp"
#include "models/study/study.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;
const fs::path source = OLIGOSIM_SOURCE_DIR;

/// The files of a folder with this ending, of at most 20 kB.
std::vector<std::string> corpus(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source / folder))
    if (entry.path().extension() == ending && entry.file_size() < 20000) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> texts;
  for (const fs::path& file : files) texts.push_back(read_file(file));
  return texts;
}

const std::vector<std::string> yaml_words = {":",
                                             " ",
                                             "\n",
                                             "  ",
                                             "- ",
                                             "{",
                                             "}",
                                             "[",
                                             "]",
                                             ",",
                                             "&a ",
                                             "*a",
                                             "<<: ",
                                             "!!int ",
                                             "\"",
                                             "'",
                                             "0",
                                             "-1",
                                             "1e308",
                                             "1e-9",
                                             ".5",
                                             "010",
                                             ".nan",
                                             ".inf",
                                             "null",
                                             "~",
                                             "|",
                                             ">",
                                             "--- ",
                                             "#",
                                             "\t",
                                             "\r\n",
                                             "\xFF",
                                             "\xC0\xAF",
                                             std::string(1, '\0'),
                                             "arm",
                                             "os_d",
                                             "os_e",
                                             "os",
                                             "pfs",
                                             "cox",
                                             "kaplan_meier",
                                             "4000000000",
                                             "99999999999999999999",
                                             "by: arm",
                                             "terms: [arm]",
                                             "strata: [arm]",
                                             "looks: []",
                                             "at_events: 1"};

template <class F>
void fuzz(const char* name, std::vector<std::string> texts, std::vector<std::string> words, int count, const F& read) {
  const char* const seconds = std::getenv("OLIGOSIM_FUZZ_SECONDS");
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds ? std::atof(seconds) : 0);
  Mutator mutator(std::move(texts), std::move(words), seconds ? std::random_device{}() : 20250611);
  long accepted = 0, refused = 0;
  for (int k = 0; seconds ? std::chrono::steady_clock::now() < end : k < count; ++k) {
    const std::string text = mutator.next();
    if (seconds) std::ofstream(fs::temp_directory_path() / (std::string("oligosim-fuzz-") + name)) << text;
    (read(text) ? accepted : refused) += 1;
  }
  std::cout << name << ": " << accepted << " accepted, " << refused << " refused\n";
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

/// Text that is not understood is told with a place, on lines of printable text.
bool told(const Problems& problems) {
  const std::string text = problems.text();
  EXPECT_EQ(text.find_first_of(std::string("\x1b\0\r", 3)), std::string::npos) << text;
  return problems.empty();
}

TEST(Fuzz, Study) {
  std::vector<std::string> texts = corpus("tests/invalid", ".yaml");
  texts.push_back(read_file(source / "tests/invalid/edits/study.yaml"));
  texts.push_back(read_file(source / "configs/selftest/two_arms.yaml"));
  texts.push_back(read_file(source / "configs/selftest/simon.yaml"));
  fuzz("study", texts, yaml_words, 3000, [](const std::string& text) {
    Problems problems;
    const YamlNode tree = parse_yaml(text, "study.yaml", problems);
    if (problems.empty()) {
      const Study study = read_study(tree, {}, problems);
      if (problems.empty()) {
        Problems again;  // what was understood says the same
        const YamlNode resolved = parse_yaml(to_yaml(study.resolved), "resolved.yaml", again);
        const Study second = read_study(resolved, {}, again);
        EXPECT_TRUE(again.empty()) << again.text() << text;
        EXPECT_EQ(to_yaml(second.resolved), to_yaml(study.resolved)) << text;
      }
    }
    return told(problems);
  });
}

TEST(Fuzz, PlanOnPatients) {
  Problems none;
  Warnings warnings;
  const DataSet data = parse_data(read_file(source / "configs/selftest/aml.csv"), "aml.csv", {}, none, warnings);
  std::vector<std::string> texts = {read_file(source / "configs/selftest/aml.yaml"),
                                    read_file(source / "tests/invalid/edits/plan.yaml")};
  std::vector<std::string> words = yaml_words;
  for (const char* word : {"x", "time", "status", "Maintained", "log_rank", "rmst", "interval: profile", "cluster: x",
                           "at_months: [12]", "milestone", "penalty: firth", "fisher_exact", "rho: 1"})
    words.push_back(word);
  fuzz("plan", texts, words, 3000, [&](const std::string& text) {
    Problems problems;
    const YamlNode tree = parse_yaml(text, "plan.yaml", problems);
    if (!problems.empty()) return told(problems);
    const Plan plan(ConfigNode(tree, problems), data.columns());
    if (!problems.empty()) return told(problems);
    Arena arena;
    PlanData shared(data.cohort(), plan.parts(), arena);
    std::vector<Estimate> estimates(plan.labels().size());
    plan.evaluate(shared, arena, estimates);
    for (const Estimate& e : estimates) EXPECT_FALSE(e.p_value < 0 || e.p_value > 1) << text;
    return true;
  });
}

TEST(Fuzz, Patients) {
  const std::vector<std::string> words = {",",    ";",   "\t",  "\n",   "\r\n",         "\"",
                                          "\"\"", "NA",  ".",   "",     "-1",           "1e308",
                                          "Inf",  "007", "1,5", "\xFF", "\xEF\xBB\xBF", std::string(1, '\0'),
                                          "time", "x"};
  fuzz("patients", corpus("configs/selftest", ".csv"), words, 3000, [](const std::string& text) {
    Problems problems;
    Warnings warnings;
    const DataSet data = parse_data(text, "patients.csv", {.several_rows = true}, problems, warnings);
    EXPECT_TRUE(!problems.empty() || data.rows() > 0) << text;
    return told(problems);
  });
}

/// A log that can be opened has blocks of the run it was written by: damage is never taken for other numbers.
TEST(Fuzz, BlockLog) {
  const TemporaryFolder folder;
  const fs::path path = folder / "blocks.log";
  Arena arena;
  std::vector<BlockSummary> blocks;
  {
    BlockLog log(path, header_of(1, 4, 10));
    for (std::uint32_t b = 0; b < 5; ++b) {
      blocks.push_back(run_block(ToyTrial(0), {0, b}, 1 + 10 * b, 10, false, arena));
      log.append(blocks.back());
    }
  }
  const std::string whole = read_whole(path);
  fuzz("block log", {whole, whole.substr(0, whole.size() / 2)}, {std::string(8, '\0'), "oligolog", "\x01"}, 3000,
       [&](const std::string& text) {
         write_whole(path, text);
         try {
           const BlockLog log = BlockLog::read_only(path);
           log.for_each(0, [&](const BlockSummary& block) {
             EXPECT_LT(block.id.block, 5u);
             EXPECT_EQ(block.moments, blocks[block.id.block].moments);
           });
           return true;
         } catch (const LogError&) {
           return false;
         }
       });
}

}  // namespace
}  // namespace oligosim
