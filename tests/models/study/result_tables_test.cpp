// Tables of the page hold the numbers of the trials, each beside its scenario and its name.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <regex>
#include <sstream>

#include "engine/numeric/normal.hpp"
#include "models/study/page/course_page.hpp"
#include "models/study/page/distribution_page.hpp"
#include "models/study/page/interval_page.hpp"
#include "models/study/page/multiplicity_page.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Row = std::vector<std::string>;

/// The texts of the cells of all tables, row by row, headers too.
std::vector<Row> cells_of(const std::string& html) {
  static const std::regex cell("<t[dh][^>]*>([^<]*)</t[dh]>");
  std::vector<Row> rows;
  std::istringstream lines(html);
  for (std::string line; std::getline(lines, line);) {
    Row row;
    for (std::sregex_iterator at(line.begin(), line.end(), cell), end; at != end; ++at) row.push_back((*at)[1]);
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

/// "12.3 % ± 1.2 %" and "12.3 ± 1.2 %" are a share of `count` among so many replicates; three digits are shown, two of
/// the error.
void expect_share(const std::string& text, double count, double replicates) {
  double shown = -1, error = -1;
  const bool each = std::sscanf(text.c_str(), "%lf %% ± %lf %%", &shown, &error) == 2;
  ASSERT_TRUE(each || std::sscanf(text.c_str(), "%lf ± %lf %%", &shown, &error) == 2) << text;
  const double share = count / replicates;
  EXPECT_NEAR(shown, 100 * share, 0.00501 * 100 * share) << text;
  EXPECT_NEAR(error, 100 * std::sqrt(share * (1 - share) / replicates), 0.051 * error) << text;
}

/// 60 patients, half of them treated; two endpoints; scenarios without and with an effect.
std::string study_of(const std::string& design, const std::string& further) {
  return fmt::format(R"(study: tables
seed: 21
replicates: 400
replicates_per_block: 100
disease: {{os: {{median_months: 12}}, pfs: {{median_months: 6}}, outcomes: {{or: {{probability: 0.4}}}}}}
arms: {{control: {{}}, experimental: {{}}}}
trial: {{enrollment: {{patients: 60, over_months: 6}}, randomization: {{blocks: [4]}}}}
design: {{primary: test, {}}}
truth: {{patients: 20000}}
{}plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}, pfs: {{time: pfs_d, event: pfs_e}}}}
  analyses:
    - {{name: test, method: log_rank, endpoint: pfs, by: arm}}
    - {{name: os, method: log_rank, endpoint: os, by: arm}}
    - {{name: ratio, method: cox, endpoint: pfs, terms: [arm]}}
    - {{name: orr, method: proportion, outcome: or, missing: failure, interval: [wald, wilson, clopper_pearson]}}
scenarios:
  none: {{}}
  both: {{arms.experimental.effects: {{os: {{hazard_ratio: 0.6}}, pfs: {{hazard_ratio: 0.5}}}}}}
)",
                     design, further);
}

const std::string fixed = "kind: fixed, looks: [{at_month: 24}]";

/// The estimates of each replicate of a scenario.
std::vector<std::vector<Estimate>> estimates_of(const Study& study, std::size_t scenario) {
  const Scenario& s = study.scenarios[scenario];
  const TrialExperiment experiment(s, study.seed);
  std::vector<std::vector<Estimate>> all;
  Arena arena;
  for (std::uint32_t replicate = 1; replicate <= study.replicates; ++replicate) {
    arena.reset();
    const auto record = experiment.record(replicate, arena);
    all.emplace_back(record.estimates.begin(), record.estimates.end());
  }
  return all;
}

std::size_t position(const Study& study, const std::string& analysis, const std::string& parameter) {
  const std::vector<EstimateLabel>& labels = study.scenarios.front().plan->labels();
  return static_cast<std::size_t>(
      std::ranges::find_if(labels, [&](const auto& l) { return l.analysis == analysis && l.parameter == parameter; }) -
      labels.begin());
}

TEST(ResultTables, OracleHypothesesTestedTogether) {
  const Study study =
      study_from(study_of(fixed + ", multiplicity: {procedure: holm, hypotheses: {test: {}, os: {}}}", ""));
  const auto rows = cells_of(multiplicity_table(study, run_in_memory(study, 2, false)));
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_THAT(rows[0], ElementsAre("hypothesis", "none", "both"));
  const std::size_t tests[] = {position(study, "test", "log_rank"), position(study, "os", "log_rank")};
  for (std::size_t s = 0; s < 2; ++s) {
    double counts[4] = {};  // the first, the second, any, both; by Holm's rule
    for (const auto& estimates : estimates_of(study, s)) {
      const double p[] = {normal_cdf(-estimates[tests[0]].signed_statistic),
                          normal_cdf(-estimates[tests[1]].signed_statistic)};
      const bool any = std::min(p[0], p[1]) <= 0.0125, both = any && std::max(p[0], p[1]) <= 0.025;
      counts[0] += both || p[0] <= 0.0125;
      counts[1] += both || p[1] <= 0.0125;
      counts[2] += any;
      counts[3] += both;
    }
    for (std::size_t k = 0; k < 4; ++k) expect_share(rows[1 + k][1 + s], counts[k], 400);
  }
  EXPECT_EQ(rows[1][0] + rows[2][0] + rows[3][0] + rows[4][0], "testosanyall");
}

TEST(ResultTables, ContractWhatIsSaidOfHypotheses) {
  const auto of = [](const std::string& design) { return study_from(study_of(design, "")); };
  const Study holm = of(fixed + ", multiplicity: {procedure: holm, hypotheses: {test: {}, os: {}}, true_nulls: [os]}");
  const Design& design = *holm.scenarios.front().design;
  EXPECT_THAT(hypothesis_texts(design),
              ElementsAre("test: share of alpha 0.5, boundary z 2.2414", "os: share of alpha 0.5, boundary z 2.2414"));
  EXPECT_NEAR(normal_quantile(1 - 0.0125), 2.2414, 5e-5);
  const std::string table = multiplicity_table(holm, run_in_memory(holm, 2, false));
  EXPECT_THAT(table, HasSubstr("Hypotheses tested together (holm), so that at most 2.5 % of trials reject"));
  // Of one hypothesis without an effect, how often it is rejected is how often any such is.
  const auto rows = cells_of(table);
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[5][0], "any that is true");
  EXPECT_EQ(rows[5][1], rows[2][1]);
  const Study alone = of(fixed);
  EXPECT_EQ(multiplicity_table(alone, {}), "");
  EXPECT_TRUE(hypothesis_texts(*alone.scenarios.front().design).empty());
}

TEST(ResultTables, OracleWhereEstimatesFall) {
  const Study study = study_from(study_of(
      fixed,
      "distribution: {hazard_ratio: {share_at_most: [0.6], quantiles: [0.1, 0.9], interval_contains: [0.8]}}\n"));
  const std::string html = distribution_section(study, run_in_memory(study));
  EXPECT_THAT(html, HasSubstr("What one such study would report"));
  std::vector<Row> rows;
  for (const Row& row : cells_of(html))
    if (row.size() == 9) rows.push_back(row);
  ASSERT_EQ(rows.size(), 4u);  // a header and a line for each scenario
  const std::size_t ratio = position(study, "ratio", "hazard_ratio");
  for (std::size_t s = 0; s < 2; ++s) {
    EXPECT_THAT(rows[2 * s], ElementsAre("estimate", "large sample", "median", "10 %", "90 %", "rejects", "at most 0.6",
                                         "contains 0.8", "not estimable"));
    double rejects = 0, at_most = 0, contains = 0;
    std::vector<double> ratios;
    for (const auto& estimates : estimates_of(study, s)) {
      const Estimate& e = estimates[ratio];
      ASSERT_EQ(e.status, Status::ok);
      rejects += normal_cdf(-e.signed_statistic) <= 0.025;
      at_most += e.estimate <= 0.6;
      contains += e.lower <= 0.8 && 0.8 <= e.upper;
      ratios.push_back(e.estimate);
    }
    std::ranges::sort(ratios);
    const Row& line = rows[2 * s + 1];
    EXPECT_EQ(line[0], "ratio");
    EXPECT_NEAR(std::stod(line[1]), s == 0 ? 1 : 0.5, 0.04);  // 20 000 patients
    // Between the neighbours of the quantile, to three digits and the width of a bin.
    const double places[] = {0.5, 0.1, 0.9};
    for (int k = 0; k < 3; ++k) {
      const double place = 399 * places[k];
      const double low = ratios[static_cast<std::size_t>(std::floor(place))];
      const double high = ratios[static_cast<std::size_t>(std::ceil(place))];
      EXPECT_GE(std::stod(line[2 + k]), low * 0.993) << line[2 + k];
      EXPECT_LE(std::stod(line[2 + k]), high * 1.007) << line[2 + k];
    }
    expect_share(line[5], rejects, 400);
    expect_share(line[6], at_most, 400);
    expect_share(line[7], contains, 400);
    EXPECT_THAT(line[8], StartsWith("0 "));
  }
  EXPECT_EQ(distribution_section(study_from(study_of(fixed, "")), {}), "");
}

TEST(ResultTables, OracleKindsOfAnInterval) {
  const Study study = study_from(study_of(fixed, ""));
  const std::vector<SummaryRow> summary = run_in_memory(study);
  const double truth = row_of(summary, "none", "coverage", "orr", "proportion").truth;
  EXPECT_NEAR(truth, 0.4, 4 * std::sqrt(0.24 / 20000));  // from as many patients
  const auto choices = choose_intervals(study, summary);
  const auto rows = cells_of(interval_section(study, choices));
  ASSERT_EQ(rows.size(), 2u + 2 * 4);  // what is recommended, then the kinds of each scenario
  EXPECT_THAT(rows[0], ElementsAre("number", "none", "both"));
  // Every patient is evaluable: the limits of each number of responses out of 60.
  const std::string kinds[] = {"wald", "wilson", "clopper_pearson"};
  const std::size_t first = position(study, "orr", "proportion");
  for (std::size_t s = 0; s < 2; ++s) {
    const auto all = estimates_of(study, s);
    for (std::size_t k = 0; k < 3; ++k) {
      const Row& line = rows[3 + 4 * s + k];
      EXPECT_EQ(line[1], kinds[k]);
      double covers = 0, below = 0, above = 0, width = 0;
      for (const auto& estimates : all) {
        const Estimate& e = estimates[first + k];
        below += truth<e.lower, above += truth> e.upper, covers += e.lower <= truth && truth <= e.upper;
        width += (e.upper - e.lower) / 400;
      }
      expect_share(line[2].substr(0, line[2].find(" (")), covers, 400);
      expect_share(line[3], below, 400);
      expect_share(line[4], above, 400);
      EXPECT_EQ(line[5] + line[6], "0 %0 %");
      EXPECT_NEAR(std::stod(line[7]), width, 0.0051 * width);
    }
    ASSERT_TRUE(choices[s].best);
    EXPECT_THAT(rows[1][1 + s], StartsWith(choices[s].kinds[*choices[s].best].name + ", "));
  }
  EXPECT_EQ(interval_section(study, {}), "");
}

TEST(ResultTables, PropertyOneKindOfAnIntervalIsRecommended) {
  const Study study = study_from(study_of(fixed, ""));
  const auto rows = run_in_memory(study);
  std::istringstream csv(intervals_csv(choose_intervals(study, rows)));
  std::string line;
  std::getline(csv, line);
  EXPECT_THAT(line, StartsWith("scenario,analysis,group,term,parameter,at,interval,recommended,coverage,"));
  int lines = 0, recommended = 0;
  for (; std::getline(csv, line); ++lines) {
    Row field;
    std::istringstream fields(line);
    for (std::string text; std::getline(fields, text, ',');) field.push_back(text);
    recommended += field[7] == "1";
    const auto summed = std::ranges::find_if(rows, [&](const SummaryRow& r) {
      return r.metric == "coverage" && r.scenario == field[0] && r.label.analysis == field[1] &&
             r.label.interval == field[6];
    });
    ASSERT_NE(summed, rows.end()) << line;
    EXPECT_EQ(std::stod(field[8]), summed->measure.value);
  }
  EXPECT_EQ(lines, 6);
  EXPECT_EQ(recommended, 2);
}

TEST(ResultTables, OracleCoursesOfATrial) {
  const Study study = study_from(study_of(
      "kind: promising_zone, looks: [{at_events: 15, of: pfs}, {at_events: 30, of: pfs}], promising_from: 0.3, "
      "target_power: 0.9, most_events: 50, planned_patients: 40",
      ""));
  const auto summary = run_in_memory(study, 2, false);
  const std::string html = course_section(study, summary);
  EXPECT_THAT(html, HasSubstr("<li>favourable: above, as planned</li>"));
  const auto rows = cells_of(html);
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_THAT(rows[0], ElementsAre("scenario", "goes on", "trials", "claim efficacy", "patients", "events", "months"));
  for (std::size_t s = 0; s < 2; ++s) {
    const std::string scenario = s == 0 ? "none" : "both";
    double share = 0, patients = 0, events = 0, claims = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const Row& line = rows[1 + 3 * s + k];
      EXPECT_EQ(line[0], scenario);
      const double own = std::stod(line[2]) / 100;
      share += own, claims += own * std::stod(line[3]) / 100;
      patients += own * std::stod(line[4]), events += own * std::stod(line[5]);
    }
    // The whole trial is what its courses come to, to the digits shown.
    EXPECT_NEAR(share, 1, 0.003);
    EXPECT_NEAR(claims, row_of(summary, scenario, "reject", "test").measure.value, 0.004);
    EXPECT_NEAR(patients, row_of(summary, scenario, "expected_n", "test").measure.value, 0.2);
    EXPECT_NEAR(events, row_of(summary, scenario, "expected_events", "test").measure.value, 0.2);
  }
  EXPECT_EQ(course_section(study_from(study_of(fixed, "")), {}), "");
}

}  // namespace
}  // namespace oligosim
