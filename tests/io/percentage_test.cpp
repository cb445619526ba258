#include "engine/io/percentage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace oligosim {
namespace {

struct Column {
  std::uint32_t n;
  std::vector<std::pair<std::uint32_t, const char*>> cells;  // count, percentage as printed
};

// Song et al. 2025, Tables 1 to 3 and the text on the OP strategies: every count with a percentage.
const Column printed[] = {
    // Table 1, overall
    {37, {{35, "94.6"}, {2, "5.4"},   {21, "56.8"}, {16, "43.2"}, {28, "75.7"}, {3, "8.1"},  {4, "10.8"},
          {19, "51.4"}, {18, "48.6"}, {24, "64.9"}, {13, "35.1"}, {8, "21.6"},  {5, "13.5"}, {22, "59.5"},
          {15, "40.5"}, {14, "37.8"}, {23, "62.2"}, {20, "54.1"}, {1, "2.7"},   {10, "27.0"}}},
    // Table 1, OP
    {28,
     {{26, "92.9"},
      {2, "7.1"},
      {15, "53.6"},
      {13, "46.4"},
      {21, "75.0"},
      {3, "10.7"},
      {12, "42.9"},
      {16, "57.1"},
      {19, "67.9"},
      {9, "32.1"},
      {5, "17.9"},
      {18, "64.3"},
      {10, "35.7"},
      {8, "28.6"},
      {20, "71.4"},
      {11, "39.3"},
      {1, "3.6"},
      {14, "50.0"}}},
    // Table 1, OM
    {9,
     {{9, "100"}, {0, "0"}, {6, "66.7"}, {3, "33.3"}, {7, "77.8"}, {1, "11.1"}, {2, "22.2"}, {5, "55.6"}, {4, "44.4"}}},
    // Table 1, lesions: overall, OP, OM
    {65, {{20, "30.8"}, {15, "23.1"}, {13, "20.0"}, {6, "9.2"}, {2, "3.1"}, {1, "1.5"}}},
    {48, {{20, "41.7"}, {15, "31.3"}, {4, "8.3"}, {1, "2.1"}, {3, "6.3"}, {0, "0"}}},
    {17, {{9, "52.9"}, {2, "11.8"}, {1, "5.9"}, {3, "17.6"}, {0, "0"}}},
    // Table 2: overall, OP, OM, irradiated lesions
    {36, {{5, "13.9"}, {12, "33.3"}, {10, "27.8"}, {9, "25.0"}, {17, "47.2"}, {27, "75.0"}}},
    {27, {{2, "7.4"}, {10, "37.0"}, {8, "29.6"}, {7, "25.9"}, {12, "44.4"}, {20, "74.1"}}},
    {9, {{3, "33.3"}, {2, "22.2"}, {7, "77.8"}}},  // and 5, printed 55.5 in Table 2 and 55.6 in Table 1
    {34, {{11, "32.4"}, {12, "35.3"}, {0, "0"}, {22, "64.7"}, {34, "100"}}},
    // Table 3
    {37,
     {{10, "27.0"},
      {14, "37.8"},
      {8, "21.6"},
      {4, "10.8"},
      {2, "5.4"},
      {1, "2.7"},
      {16, "43.2"},
      {3, "8.1"},
      {29, "78.4"},
      {18, "48.6"},
      {11, "29.7"},
      {15, "40.5"},
      {7, "18.9"},
      {13, "35.1"},
      {12, "32.4"},
      {17, "45.9"},
      {6, "16.2"},
      {5, "13.5"},
      {0, "0"}}},
    // Text: treatment failures, adverse events
    {37, {{26, "70.3"}, {36, "97.3"}, {20, "54.1"}, {15, "40.5"}, {32, "86.5"}}},
    // Text: adverse events before and after; OP-N and OP-C
    {28, {{16, "57.1"}, {27, "96.4"}, {1, "3.6"}, {10, "35.7"}, {7, "25.0"}}},
    {12, {{10, "83.3"}, {5, "41.7"}, {8, "66.7"}}},
    {16, {{8, "50.0"}, {6, "37.5"}}},
    {15, {{7, "46.7"}, {12, "80.0"}}}};  // 80 in the text

TEST(Percentage, ReferenceEveryPercentageOfTheTrial) {
  for (const Column& column : printed)
    for (const auto& [count, percent] : column.cells)
      EXPECT_EQ(percentage(count, column.n), percent) << count << " of " << column.n;
  EXPECT_EQ(percentage(5, 9), "55.6");
}

TEST(Percentage, OracleHalvesAreRoundedAwayFromZero) {
  EXPECT_EQ(percentage(1, 16), "6.3");    // 6.25
  EXPECT_EQ(percentage(1, 2000), "0.1");  // 0.05
  EXPECT_EQ(percentage(1, 2001), "0.0");
  EXPECT_EQ(percentage(69, 80), "86.3");  // 86.25
  std::mt19937_64 random(137);
  for (int i = 0; i < 10000; ++i) {
    const auto n = 1 + static_cast<std::uint32_t>(random() % 5000);
    const auto count = static_cast<std::uint32_t>(random() % (n + 1));
    // Tenths t with t - 1/2 <= 1000 count / n < t + 1/2, in whole numbers.
    const auto t = std::llround(std::stod(percentage(count, n)) * 10);
    EXPECT_LE((2 * t - 1) * n, std::int64_t{2000} * count);
    EXPECT_GT((2 * t + 1) * n, std::int64_t{2000} * count);
  }
}

TEST(Percentage, DegenerateOfNone) { EXPECT_EQ(percentage(0, 0), "NA"); }

}  // namespace
}  // namespace oligosim
