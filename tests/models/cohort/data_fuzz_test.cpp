// Whatever bytes come, reading ends: with a data set, or with problems.
#include <gtest/gtest.h>

#include <random>

#include "models/cohort/endpoint.hpp"
#include "tests/models/cohort/data_support.hpp"

namespace oligosim {
namespace {

const std::string parts[] = {"a",       "\"", ",",       ";",    "\t", "\n",   "\r",   "\r\n",   " ",   "é",
                             "1",       "0",  "NA",      ".",    "-5", "Inf",  "\xFF", "1e",     "1,5", "P1",
                             "t",       "e",  "PARAMCD", "AVAL", "OS", "\"\"", "\n1,", "P1,OS,", "x",   "\xEF\xBB\xBF",
                             "USUBJID", "t,e"};
const std::string fields[] = {"1", "0", "2", "12.5", "NA", "", ".", "-5", "Inf", "x", "\"1\"", "\"a,b\"", " 7 ", "007"};

std::string random_bytes(std::mt19937& random) {
  std::string text;
  for (std::size_t n = random() % 40; n > 0; --n)
    text += random() % 30 == 0 ? std::string(1, static_cast<char>(random() % 256)) : parts[random() % std::size(parts)];
  return text;
}

/// Rows that mostly fit their names.
std::string random_rows(std::mt19937& random) {
  const char* const breaks[] = {"\n", "\r\n", "\r", "\n\n"};
  const bool long_data = random() % 2;
  std::string text = long_data ? "USUBJID,PARAMCD,AVAL,CNSR\n" : "t,e\n";
  for (std::size_t row = 0; row < random() % 12; ++row) {
    if (long_data) text += "P" + std::to_string(random() % 9) + (random() % 2 ? ",OS," : ",PFS,");
    text += fields[random() % std::size(fields)] + "," + fields[random() % std::size(fields)];
    if (random() % 40 == 0) text += parts[random() % std::size(parts)];
    text += breaks[random() % 4];
  }
  return text;
}

TEST(DataFuzz, PropertyNothingCrashesOrHangs) {
  std::mt19937 random(9);
  std::size_t accepted = 0, refused = 0, pivoted = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = i % 2 ? random_bytes(random) : random_rows(random);
    const ReadData read(text, {.several_rows = random() % 4 == 0});
    if (!read.problems.empty()) {
      EXPECT_EQ(read.data.columns().size(), 0u);
      ++refused;
      continue;
    }
    ++accepted;
    EXPECT_GT(read.data.rows(), 0u) << text;
    pivoted += read.data.find("AVAL.OS").has_value();
    const std::vector<EndpointColumns> endpoints{
        {"os", "t", "e", {EndpointCoding::Kind::event, {}}},
        {"pfs", "AVAL", "CNSR", {EndpointCoding::Kind::censor, {}}},
        {"ttp", "AVAL.OS", "CNSR.OS", {EndpointCoding::Kind::cause, {{1, "x"}, {2, "y"}}}}};
    const std::string said = checked(read, endpoints);
    EXPECT_NE(dump_data(read.data) + said, "");
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(pivoted, 10u);
}

}  // namespace
}  // namespace oligosim
