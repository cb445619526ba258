// The whole plan of Song et al. 2025 on synthetic patients against R: scripts/reference/song2025.R.
#include <map>

#include "tests/models/analysis/plan_support.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using test::ReferenceTable;

AnalysedData song2025() {
  return {file_text("tests/reference/data/song2025_like.csv"), file_text("configs/plans/song2025.yaml")};
}

/// Position of the label that a reference row is about.
std::size_t find(const Plan& plan, const ReferenceTable& reference, std::size_t row) {
  const double at = reference.number(row, "at");
  for (std::size_t k = 0; k < plan.labels().size(); ++k) {
    const EstimateLabel& l = plan.labels()[k];
    const bool same_at = std::isnan(at) ? std::isnan(l.at) : l.at == at;
    const std::string interval = reference.text(row, "interval");
    if (l.analysis == reference.text(row, "analysis") && l.parameter == reference.text(row, "parameter") && same_at &&
        l.group == reference.text(row, "group") && l.term == reference.text(row, "term") &&
        (interval.empty() || l.interval == interval))
      return k;
  }
  ADD_FAILURE() << "the plan has no row for " << reference.describe(row);
  return 0;
}

TEST(Song2025, ReferenceEveryNumberIsThatOfR) {
  AnalysedData analysed = song2025();
  const ReferenceTable reference("song2025.csv");
  for (std::size_t row = 0; row < reference.size(); ++row) {
    const Estimate& e = analysed.estimates()[find(analysed.plan(), reference, row)];
    const std::pair<const char*, double> columns[] = {{"estimate", e.estimate},   {"standard_error", e.standard_error},
                                                      {"lower", e.lower},         {"upper", e.upper},
                                                      {"statistic", e.statistic}, {"df", e.df},
                                                      {"p_value", e.p_value}};
    const bool profile = reference.text(row, "interval") == "profile";  // its reference has no test
    for (const auto& [name, value] : columns) {
      if (profile && std::isnan(reference.number(row, name))) continue;
      if (std::string(name) == "df" && std::isnan(reference.number(row, name))) continue;
      EXPECT_TRUE(close(value, reference.number(row, name), reference.number(row, "tolerance")))
          << name << " of " << reference.describe(row);
    }
  }
}

// What the paper prints and these patients, made to agree with it, show too (published, our digits).
TEST(Song2025, ReferencePublishedNumbersAsPrinted) {
  AnalysedData analysed = song2025();
  const auto rounded_to = [](double x, double digits) { return std::round(x * digits) / digits; };
  EXPECT_EQ(rounded_to(analysed.row("pfs", "quantile").estimate, 10), 11.2);
  EXPECT_EQ(rounded_to(analysed.row("pfs", "quantile").lower, 10), 9.3);
  EXPECT_EQ(rounded_to(analysed.row("pfs", "quantile").upper, 10), 21.5);
  EXPECT_EQ(rounded_to(analysed.row("pfs_by_cohort", "quantile", "OM").estimate, 10), 10.2);
  EXPECT_EQ(rounded_to(analysed.row("responder", "hazard_ratio").estimate, 1000), 0.369);
  EXPECT_EQ(rounded_to(analysed.row("responder", "hazard_ratio").lower, 1000), 0.148);
  EXPECT_EQ(rounded_to(analysed.row("responder", "hazard_ratio").upper, 1000), 0.917);
  EXPECT_EQ(rounded_to(analysed.row("responder", "hazard_ratio").p_value, 1000), 0.032);
  EXPECT_EQ(rounded_to(100 * analysed.row("irradiated_orr", "proportion").estimate, 10), 64.7);
}

TEST(Song2025, OracleWhatTheFileLacksIsLeftOutAndListed) {
  AnalysedData analysed = song2025();
  std::map<std::string, std::string> left_out;
  for (const LeftOut& l : analysed.plan().left_out()) left_out[l.entry] = l.absent;
  EXPECT_EQ(left_out["analyses.age"], "age");
  EXPECT_EQ(left_out["analyses.early_toxicity"], "fatigue_early");
  EXPECT_EQ(left_out.count("analyses.pfs"), 0u);
  EXPECT_EQ(left_out["analyses.strategy_regimen"], "ici_targeted");
}

}  // namespace
}  // namespace oligosim
