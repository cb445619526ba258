// Every file of tests/invalid is refused with the very message beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "engine/io/file.hpp"
#include "models/study/study.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

std::string refusal(const fs::path& file) {
  try {
    load_study(file, {});
    return "accepted";
  } catch (const InputError& e) {
    std::string text = e.what();
    const std::string folder = file.parent_path().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text + "\n";
  }
}

TEST(Invalid, OracleEveryBadStudyIsRefusedWithItsMessage) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(OLIGOSIM_SOURCE_DIR) / "tests/invalid"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  EXPECT_GE(files.size(), 24u);
  for (fs::path file : files) {
    const std::string text = refusal(file);
    EXPECT_EQ(text, read_file(file.replace_extension(".txt"))) << file;
  }
}

}  // namespace
}  // namespace oligosim
