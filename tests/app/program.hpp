#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/io/file.hpp"

namespace oligosim {

/// The program as a user runs it, in a folder of its own.
class Program : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/oligosim-app-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The exit code; what it printed is in the files stdout and stderr.
  int run(const std::string& arguments) const {
    const std::string command =
        std::string(OLIGOSIM_PROGRAM) + " " + arguments + " >" + at("stdout") + " 2>" + at("stderr");
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::string file(const std::string& name) const { return read_file(folder_ / name); }
  bool has(const std::string& name) const { return std::filesystem::exists(folder_ / name); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  /// Lines of a CSV after the header, split at its commas (no field of these files is quoted).
  std::vector<std::vector<std::string>> rows(const std::string& name) const {
    std::istringstream text(file(name));
    std::vector<std::vector<std::string>> all;
    for (std::string line; std::getline(text, line);) {
      std::vector<std::string> fields(1);
      for (const char c : line) {
        if (c == ',')
          fields.emplace_back();
        else
          fields.back().push_back(c);
      }
      all.push_back(fields);
    }
    all.erase(all.begin());
    return all;
  }

  std::filesystem::path folder_;
};

}  // namespace oligosim
