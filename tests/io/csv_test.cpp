#include "engine/io/csv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oligosim {
namespace {

TEST(Csv, reference_numbers_and_missing) {
  CsvWriter csv({"scenario", "value", "n"});
  csv.field("target").field(0.1).field(10LL).end_row();
  csv.field("").field(std::nan("")).field(-3LL).end_row();
  csv.field("x").field(std::numeric_limits<double>::infinity()).field(0LL).end_row();
  csv.field("x").field(-std::numeric_limits<double>::infinity()).field(9223372036854775807LL).end_row();
  EXPECT_EQ(csv.text(), "scenario,value,n\ntarget,0.1,10\n,NA,-3\nx,Inf,0\nx,-Inf,9223372036854775807\n");
}

TEST(Csv, reference_quotes_what_would_be_misread) {
  CsvWriter csv({"a,b", "c"});
  csv.field("say \"x\"").field("two\nlines").end_row();
  csv.field(" lead").field("trail\t").end_row();
  csv.field("in side").field("a\rb").end_row();
  csv.field("é, ü").field("'single'").end_row();
  EXPECT_EQ(
      csv.text(),
      "\"a,b\",c\n\"say \"\"x\"\"\",\"two\nlines\"\n\" lead\",\"trail\t\"\nin side,\"a\rb\"\n\"é, ü\",'single'\n");
}

TEST(Csv, reference_what_a_spreadsheet_would_run_is_text) {
  CsvWriter csv({"=1+cmd|' /C calc'!A0", "@SUM(A1)"});
  csv.field("+1-1").field(" =A1").end_row();
  csv.field("\uFF1DA1").field("-none").end_row();
  csv.field("-3.5e2").field("+").end_row();  // numbers and marks are none
  csv.field("-Inf").field(-0.25).end_row();
  EXPECT_EQ(csv.text(), "'=1+cmd|' /C calc'!A0,'@SUM(A1)\n'+1-1,' =A1\n'\uFF1DA1,'-none\n-3.5e2,+\n-Inf,-0.25\n");
}

TEST(Csv, reference_a_row_of_one_empty_field_is_no_blank_line) {
  CsvWriter csv({"only"});
  csv.field("").end_row();
  csv.field("\n").end_row();
  EXPECT_EQ(csv.text(), "only\n\"\"\n\"\n\"\n");
}

}  // namespace
}  // namespace oligosim
