// The Fine-Gray regression of a plan: the reference values of cmprsk's crr through a plan, and its keys.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

std::string data_of(const std::string& name) {
  const std::string text = file_text("tests/reference/data/competing_" + name + ".csv");
  return text.substr(text.find('\n') + 1);  // without the line that says who made it
}

std::string plan_of(const std::string& keys, const std::string& causes = "{1: first, 2: second, 3: other}") {
  return "{time_unit: days, endpoints: {e: {time: time, cause: cause, causes: " + causes +
         "}}, analyses: [{name: f, method: fine_gray, endpoint: e, " + keys + "}]}";
}

std::string replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

TEST(FineGrayMethod, ReferenceCrrThroughAPlan) {
  const test::ReferenceTable reference("fine_gray.csv");
  int compared = 0;
  for (std::size_t r = 0; r < reference.size(); ++r) {
    if (reference.number(r, "polished") == 0 || reference.number(r, "weighted") != 0) continue;
    SCOPED_TRACE(reference.describe(r));
    const AnalysedData d(data_of(reference.text(r, "data")),
                         plan_of("terms: [" + replaced(reference.text(r, "terms"), '+', ',') +
                                 "], cause: " + (reference.number(r, "cause") == 1 ? "first" : "second")));
    const auto j = static_cast<std::size_t>(reference.number(r, "term"));
    const Estimate &ratio = d.estimates()[2 * j], &log = d.estimates()[2 * j + 1];
    const double coefficient = reference.number(r, "coefficient"), error = reference.number(r, "standard_error");
    ASSERT_EQ(log.status, Status::ok);
    EXPECT_TRUE(test::close(log.estimate, coefficient, 1e-8));
    EXPECT_TRUE(test::close(log.standard_error, error, 1e-8));
    EXPECT_TRUE(test::close(log.upper, coefficient + 1.959963984540054 * error, 1e-8));
    EXPECT_TRUE(test::close(ratio.estimate, std::exp(coefficient), 1e-8));
    EXPECT_TRUE(test::close(ratio.standard_error, error, 1e-8));
    EXPECT_TRUE(test::close(ratio.lower, std::exp(coefficient - 1.959963984540054 * error), 1e-8));
    EXPECT_TRUE(test::close(ratio.p_value, std::erfc(std::abs(coefficient / error) / std::sqrt(2.0)), 1e-7));
    EXPECT_EQ(d.plan().labels()[2 * j].parameter, "subdistribution_hazard_ratio");
    EXPECT_EQ(d.plan().labels()[2 * j + 1].parameter, "log_subdistribution_hazard_ratio");
    ++compared;
  }
  EXPECT_GT(compared, 30);
}

TEST(FineGrayMethod, PropertyTheFirstCauseUnlessSaidWhateverItsCode) {
  const AnalysedData first(data_of("cirrhosis"), plan_of("terms: [group, x1]")),
      turned(data_of("cirrhosis"), plan_of("terms: [group, x1]", "{2: second, 1: first}")),
      second(data_of("cirrhosis"), plan_of("terms: [group, x1], cause: second"));
  EXPECT_EQ(turned.row("f").estimate, second.row("f").estimate);
  EXPECT_EQ(turned.row("f").n_events, second.row("f").n_events);
  EXPECT_NE(first.row("f").n_events, second.row("f").n_events);
}

TEST(FineGrayMethod, PropertyLevelsOfACategoryAreIndicatorsAndTheirOrderTheReference) {
  const AnalysedData numeric(data_of("cirrhosis"), plan_of("terms: [group]")),
      levels(data_of("cirrhosis"), plan_of("terms: [group], levels: {group: ['1', '0']}"));
  EXPECT_EQ(levels.plan().labels()[0].term, "group=0");
  EXPECT_NEAR(levels.row("f", "log_subdistribution_hazard_ratio").estimate,
              -numeric.row("f", "log_subdistribution_hazard_ratio").estimate, 1e-9);
  EXPECT_NEAR(levels.row("f", "subdistribution_hazard_ratio").lower,
              1 / numeric.row("f", "subdistribution_hazard_ratio").upper, 1e-9);
}

TEST(FineGrayMethod, DegenerateWithoutEventsOfTheCauseTheStatusSaysSo) {
  const AnalysedData d("time,cause,x\n1,2,0\n2,0,1\n3,2,1\n4,0,0\n", plan_of("terms: [x]"));
  EXPECT_EQ(d.row("f").status, Status::no_events);
  EXPECT_TRUE(std::isnan(d.row("f").estimate));
}

// The model has the terms that the two levels of a repeated factor leave; x1 has its ratio, the factor has none.
TEST(FineGrayMethod, PropertyACombinationOfColumnsLeavesTheOthers) {
  const std::string plan = plan_of("terms: [group, x1, again], levels: {group: ['0', '1']}"),
                    derive = "{derive: {again: {cases: [{when: {group: [1]}, value: 3}], otherwise: 1}}, ";
  const AnalysedData whole(data_of("cirrhosis"), plan_of("terms: [group, x1]")),
      combined(data_of("cirrhosis"), derive + plan.substr(1));
  for (const std::size_t k : {0, 4}) {
    EXPECT_EQ(combined.estimates()[k].status, Status::singular);
    EXPECT_TRUE(std::isnan(combined.estimates()[k].estimate));
  }
  const Estimate &x1 = combined.estimates()[2], &expected = whole.estimates()[2];
  EXPECT_EQ(x1.status, Status::ok);
  EXPECT_EQ(x1.estimate, expected.estimate);
  EXPECT_EQ(x1.lower, expected.lower);
}

void expect_refused(const std::string& keys, const std::string& message) {
  try {
    const AnalysedData d(data_of("example"), plan_of(keys));
    FAIL() << keys;
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr(message));
  }
}

TEST(FineGrayMethod, ContractWhatHasNoPartIsRefused) {
  expect_refused("terms: [group], cause: third", "cause: 'third' is not a cause of the endpoint");
  expect_refused("terms: [group], time_dependent: {switch: x1}", "time_dependent: unknown key (accepted: ");
  expect_refused("terms: []", "terms: is empty");
}

}  // namespace
}  // namespace oligosim
