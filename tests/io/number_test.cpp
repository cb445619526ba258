#include "engine/io/number.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

TEST(Number, reference_shortest) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1000000), "1e+06");
  EXPECT_EQ(shortest(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(shortest(5e-324), "5e-324");
  EXPECT_EQ(shortest(-0.0), "-0");
  EXPECT_EQ(shortest(nan), "NA");
  EXPECT_EQ(shortest(infinity), "Inf");
  EXPECT_EQ(shortest(-infinity), "-Inf");
}

TEST(Number, reference_unrounded) {
  EXPECT_EQ(unrounded(1000000), "1000000");
  EXPECT_EQ(unrounded(-20250611), "-20250611");
  EXPECT_EQ(unrounded(999999999999999), "999999999999999");
  EXPECT_EQ(unrounded(1e15), "1e+15");
  EXPECT_EQ(unrounded(0.025), "0.025");
  EXPECT_EQ(unrounded(nan), "NA");
}

TEST(Number, property_shortest_and_unrounded_read_back_the_same_bits) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const auto x = std::bit_cast<double>(static_cast<std::uint64_t>(random()));
    const double whole = std::round(std::ldexp(static_cast<double>(random() >> 11), -static_cast<int>(random() % 53)));
    for (const double value : {x, whole, -whole}) {
      if (!std::isfinite(value)) continue;
      ASSERT_EQ(std::strtod(shortest(value).c_str(), nullptr), value);
      const Reading<double> reading = read_number(unrounded(value));
      ASSERT_TRUE(reading.value) << unrounded(value) << reading.why;
      ASSERT_EQ(*reading.value, value);
    }
  }
}

TEST(Number, reference_rounded) {
  EXPECT_EQ(rounded(0, 3), "0");
  EXPECT_EQ(rounded(-0.0, 3), "0");
  EXPECT_EQ(rounded(0.80049, 3), "0.8");
  EXPECT_EQ(rounded(0.8055, 2), "0.81");
  EXPECT_EQ(rounded(12.3456, 3), "12.3");
  EXPECT_EQ(rounded(99.96, 3), "100");
  EXPECT_EQ(rounded(160, 4), "160");
  EXPECT_EQ(rounded(1234567, 3), "1230000");
  EXPECT_EQ(rounded(-0.00012345, 3), "-0.000123");
  EXPECT_EQ(rounded(1e-6, 3), "0.000001");
  EXPECT_EQ(rounded(1.25e-7, 2), "1.2e-07");  // exact tie, to even
  EXPECT_EQ(rounded(1e-7, 4), "1e-07");
  EXPECT_EQ(rounded(123456789012345680.0, 3), "1.23e+17");
  EXPECT_EQ(rounded(2, 0), "2");
  EXPECT_EQ(rounded(1.0 / 3, 17), "0.33333333333333331");
  EXPECT_EQ(rounded(nan, 3), "NA");
  EXPECT_EQ(rounded(-infinity, 3), "-Inf");
}

TEST(Number, oracle_rounded_is_the_number_that_printf_rounds_to) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 100'000; ++i) {
    const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random()));
    const double value = std::ldexp(mantissa, static_cast<int>(random() % 160) - 140);
    const int digits = 1 + static_cast<int>(random() % 17);
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*e", digits - 1, value);
    const std::string text = rounded(value, digits);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), std::strtod(buffer, nullptr)) << value << " " << digits;
    const double size = std::fabs(std::strtod(buffer, nullptr));
    ASSERT_EQ(text.find('e') != std::string::npos, size < 1e-6 || size >= 1e15) << text;
  }
}

TEST(Number, reference_reads_decimal_numbers_only) {
  EXPECT_EQ(read_number("12").value, 12);
  EXPECT_EQ(read_number("-0.5").value, -0.5);
  EXPECT_EQ(read_number("1e-3").value, 1e-3);
  EXPECT_EQ(read_number("2.5E6").value, 2.5e6);
  EXPECT_EQ(read_number(".5").value, 0.5);
  EXPECT_EQ(read_number("5.").value, 5);
  EXPECT_EQ(read_number("0").value, 0);
  EXPECT_EQ(read_number("0.25").value, 0.25);
  EXPECT_FALSE(std::signbit(*read_number("-0").value));
}

TEST(Number, reference_says_why_a_text_is_none) {
  const auto why = [](const std::string& text) {
    EXPECT_FALSE(read_number(text).value) << text;
    return read_number(text).why;
  };
  EXPECT_EQ(why("abc"), "'abc' is not a number");
  EXPECT_EQ(why(""), "'' is not a number");
  EXPECT_EQ(why("-"), "'-' is not a number");
  EXPECT_EQ(why("5%"), "'5%' is not a number");
  EXPECT_EQ(why("1 2"), "'1 2' is not a number");
  EXPECT_EQ(why(" 1"), "' 1' is not a number");
  EXPECT_EQ(why("1e"), "'1e' is not a number");
  EXPECT_EQ(why("--1"), "'--1' is not a number");
  EXPECT_EQ(why("1:30"), "'1:30' is not a number");
  EXPECT_EQ(why("010"), "'010' looks octal: write 10");
  EXPECT_EQ(why("-007"), "'-007' looks octal: write -7");
  EXPECT_EQ(why("000"), "'000' looks octal: write 0");
  EXPECT_EQ(why("0x1F"), "'0x1F' is hexadecimal");
  EXPECT_EQ(why("0o17"), "'0o17' is octal");
  EXPECT_EQ(why("1_000"), "'1_000' has underscores: write 1000");
  EXPECT_EQ(why("0,05"), "'0,05' has a comma: write a decimal point");
  EXPECT_EQ(why("+5"), "'+5' has a plus sign: write 5");
  for (const char* text : {"nan", "NaN", ".nan", ".NaN", "inf", "-inf", ".inf", "-.Inf", "+.inf", "infinity"})
    EXPECT_EQ(why(text), "'" + std::string(text) + "' is not a finite number");
  EXPECT_EQ(why("1e400"), "'1e400' is beyond the range of double precision");
  EXPECT_EQ(why("1e-400"), "'1e-400' is beyond the range of double precision");
  EXPECT_EQ(why(std::string(100, 'x')), "'" + std::string(60, 'x') + "...' is not a number");
}

}  // namespace
}  // namespace oligosim
