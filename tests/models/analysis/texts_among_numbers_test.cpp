// A plan that takes a column for numbers is told which rows hold texts.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

std::string mistake(const std::string& csv, const std::string& endpoint = "{time: t, event: e}") {
  try {
    AnalysedData(csv, "{time_unit: days, endpoints: {os: " + endpoint +
                          "}, analyses: [{name: km, method: kaplan_meier, endpoint: os}]}");
    return "";
  } catch (const InputError& e) {
    return e.what();
  }
}

TEST(TextsAmongNumbers, ContractEachHasItsPlaceInTheFile) {
  EXPECT_THAT(mistake("t,e,g\n1,1,A\n2,0,B\nabc,1,A\n"),
              HasSubstr("endpoints.os.time: 't' is not a numeric column, but: data.csv:4:1: 'abc' is not a number"));
  for (const std::string text : {"na", "N/A", "NULL", "+3", "1e400", "TRUE"})
    EXPECT_THAT(mistake("t,e\n1,1\n2,0\n3,1\n4," + text + "\n"), HasSubstr("data.csv:5:3: '" + text + "'")) << text;
  EXPECT_THAT(
      mistake("t,e\na,1\nb,0\nc,1\nd,1\n1,1\n2,0\n3,1\n4,1\n5,1\n"),
      HasSubstr("data.csv:2:1: 'a' is not a number; data.csv:3:1: 'b' is not a number; data.csv:4:1: 'c' is not "
                "a number; and 1 more"));
}

TEST(TextsAmongNumbers, ContractAColumnOfTextsIsNoNumericColumn) {
  EXPECT_THAT(mistake("t,e,g\n1,1,A\n2,0,B\n", "{time: g, event: e}"),
              HasSubstr("'g' is not a numeric column (t or e"));
}

TEST(TextsAmongNumbers, ContractOneOfManyDifferentNumbersAndTextsToo) {
  std::string csv = "t,e\n";
  for (int i = 0; i < 400; ++i) csv += std::string(i % 5 ? "" : "about ") + std::to_string(i + 1) + ",1\n";
  Problems problems;
  Warnings warnings;
  const DataSet data = parse_data(csv, "data.csv", {}, problems, warnings);
  ASSERT_TRUE(data.is_number(0));
  data.refuse_texts(std::vector<std::uint8_t>{1, 0}, problems);
  EXPECT_THAT(problems.text(), HasSubstr("data.csv:2:1: t: 'about 1' is not a number"));
}

}  // namespace
}  // namespace oligosim
