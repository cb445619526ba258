// Whatever bytes come as a study, a plan, patients, a trial under way, or a block log: they are understood or refused,
// and nothing else happens. OLIGOSIM_FUZZ_SECONDS makes each part go on for so long; tests/fuzz/libfuzzer.sh finds more.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "engine/io/file.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/montecarlo/support.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;
const fs::path source = OLIGOSIM_SOURCE_DIR;

/// The files of a folder with this ending (any, where empty), of at most 20 kB.
std::vector<std::string> files_of(const fs::path& folder, const std::string& ending = "") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(source / folder))
    if ((ending.empty() || entry.path().extension() == ending) && entry.file_size() < 20000)
      files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> texts;
  for (const fs::path& file : files) texts.push_back(read_file(file));
  return texts;
}

/// What earlier runs of libFuzzer kept, and `more`.
std::vector<std::string> corpus(const char* target, const std::vector<std::string>& more) {
  std::vector<std::string> texts = files_of(fs::path("tests/fuzz/corpus") / target);
  texts.insert(texts.end(), more.begin(), more.end());
  return texts;
}

/// The words of a dictionary in libFuzzer's form: one in quotes a line, \xFF for bytes.
std::vector<std::string> words_of(const char* dictionary) {
  std::istringstream lines(read_file(source / "tests/fuzz" / dictionary));
  std::vector<std::string> words;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::string word;
    for (std::size_t at = 1; at + 1 < line.size(); ++at) {
      const bool byte = line[at] == '\\';
      word += byte ? static_cast<char>(std::stoi(line.substr(at + 2, 2), nullptr, 16)) : line[at];
      if (byte) at += 3;
    }
    words.push_back(word);
  }
  return words;
}

/// Each text as it is, then 3000 changed ones. `read` may throw FuzzFinding.
template <class F>
void fuzz(const char* name, const std::vector<std::string>& texts, const char* dictionary, const F& read) {
  const char* const seconds = std::getenv("OLIGOSIM_FUZZ_SECONDS");
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds ? std::atof(seconds) : 0);
  Mutator mutator(texts, words_of(dictionary), seconds ? std::random_device{}() : 20250611);
  long accepted = 0, refused = 0;
  const auto count = [&](const std::string& text) {
    if (seconds) std::ofstream(fs::temp_directory_path() / (std::string("oligosim-fuzz-") + name)) << text;
    SCOPED_TRACE(text);
    (read(text) ? accepted : refused) += 1;
  };
  for (const std::string& text : texts) count(text);
  for (int k = 0; seconds ? std::chrono::steady_clock::now() < end : k < 3000; ++k) count(mutator.next());
  std::cout << name << ": " << accepted << " accepted, " << refused << " refused\n";
  EXPECT_GT(accepted, 0);
  EXPECT_GT(refused, 0);
}

TEST(Fuzz, Study) {
  std::vector<std::string> texts = files_of("tests/invalid", ".yaml");
  for (const char* file :
       {"tests/invalid/edits/study.yaml", "configs/selftest/two_arms.yaml", "configs/selftest/simon.yaml"})
    texts.push_back(read_file(source / file));
  fuzz("study", corpus("study", texts), "yaml.dict", fuzz_study);
}

TEST(Fuzz, Plan) {
  fuzz("plan",
       corpus("plan",
              {read_file(source / "configs/selftest/aml.yaml"), read_file(source / "tests/invalid/edits/plan.yaml")}),
       "yaml.dict", fuzz_plan);
}

TEST(Fuzz, Patients) {
  fuzz("patients", corpus("patients", files_of("configs/selftest", ".csv")), "csv.dict", fuzz_patients);
}

TEST(Fuzz, Monitoring) {
  fuzz("monitoring", corpus("monitoring", files_of("configs/monitoring", ".yaml")), "yaml.dict", fuzz_monitoring);
}

TEST(Fuzz, BlockLog) {
  const std::vector<std::string> texts = files_of("tests/fuzz/corpus/block_log");
  fuzz("block_log", texts, "block_log.dict", fuzz_block_log);
}

/// Damage at random is never taken for other numbers.
TEST(Fuzz, DamagedBlockLog) {
  const TemporaryFolder folder;
  Arena arena;
  std::vector<BlockSummary> blocks;
  {
    BlockLog log(folder / "blocks.log", header_of(1, 4, 10));
    for (std::uint32_t b = 0; b < 5; ++b) {
      blocks.push_back(run_block(ToyTrial(0), {0, b}, 1 + 10 * b, 10, false, arena));
      log.append(blocks.back());
    }
  }
  const std::string whole = read_whole(folder / "blocks.log");
  fuzz("damaged_block_log", {whole, whole.substr(0, whole.size() / 2), ""}, "block_log.dict",
       [&](const std::string& text) {
         return visit_blocks(text, [&](const BlockSummary& block) {
           EXPECT_LT(block.id.block, 5u);
           EXPECT_EQ(block.moments, blocks[block.id.block].moments);
         });
       });
}

}  // namespace
}  // namespace oligosim
