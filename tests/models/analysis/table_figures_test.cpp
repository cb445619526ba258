// The figures of toxicity and waterfall tables.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

const std::string patients = R"(arm,fatigue,skin_rash,change,worse,best
A,0,1,-40,0,PR
A,2,NA,12,1,PD
A,3,0,-10,NA,SD
B,NA,0,-120,1,NA
B,1,4,30,0,PD
)";

Figure figure_of(const std::string& keys) {
  AnalysedData d(patients, "{time_unit: days, analyses: [{name: t, " + keys + "}]}");
  Arena arena;
  const std::vector<Figure> figures = d.plan().analysis(0).draw(d.data(), arena);
  EXPECT_EQ(figures.size(), 1u);
  return figures.at(0);
}

TEST(TableFigures, OracleToxicityHasABarOfTwoPartsForEachTermAndGroup) {
  const auto figure = std::get<BarFigure>(figure_of("method: toxicity, terms: [fatigue, skin_rash], by: arm"));
  EXPECT_EQ(figure.stacked, 2u);
  EXPECT_THAT(figure.series,
              testing::ElementsAre("A, grade 1-2", "A, grade 3 or more", "B, grade 1-2", "B, grade 3 or more"));
  ASSERT_EQ(figure.categories.size(), 3u);
  const std::pair<const char*, std::vector<const char*>> expected[] = {
      {"fatigue", {"1 / 3", "1 / 3", "1 / 1", "0 / 1"}},
      {"skin rash", {"1 / 2", "0 / 2", "0 / 2", "1 / 2"}},
      {"any term", {"2 / 3", "1 / 3", "0 / 2", "1 / 2"}}};
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(figure.categories[c].name, expected[c].first);
    ASSERT_EQ(figure.categories[c].bars.size(), 4u);
    for (std::size_t b = 0; b < 4; ++b) {
      const BarFigure::Bar& bar = figure.categories[c].bars[b];
      EXPECT_EQ(bar.text, expected[c].second[b]);
      EXPECT_DOUBLE_EQ(bar.value, (bar.text[0] - '0') / static_cast<double>(bar.text[4] - '0'));
      EXPECT_GE(bar.upper, bar.value);
    }
  }
  EXPECT_FALSE(to_html(figure).empty());
  EXPECT_THAT(std::get<BarFigure>(figure_of("method: toxicity, terms: fatigue")).series,
              testing::ElementsAre("grade 1-2", "grade 3 or more"));
}

std::vector<bool> marks_of(const std::string& progression) {
  const auto figure = std::get<WaterfallFigure>(figure_of("method: waterfall, value: change" + progression));
  std::vector<bool> marks;
  for (const WaterfallFigure::Bar& bar : figure.bars) marks.push_back(bar.progression);
  return marks;
}

TEST(TableFigures, OracleProgressionIsMarkedWhereAColumnIsOneOrAConditionHolds) {
  EXPECT_THAT(marks_of(""), testing::Each(false));
  EXPECT_THAT(marks_of(", progression: worse"), testing::ElementsAre(false, true, false, true, false));
  EXPECT_THAT(marks_of(", progression: {best: [PD, SD]}"), testing::ElementsAre(false, true, true, false, true));
}

TEST(TableFigures, ContractProgressionIsAColumnOfNumbersOrACondition) {
  for (const char* wrong : {"best", "{best: XX}", "nowhere"}) {
    SCOPED_TRACE(wrong);
    EXPECT_THROW(marks_of(std::string(", progression: ") + wrong), InputError);
  }
}

}  // namespace
}  // namespace oligosim
