// CDISC ADTTE, long by PARAMCD or wide, in any of the time units, gives the numbers of the plain file.
#include <gmock/gmock.h>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

struct Forms {
  std::string plain = "id,arm,pfs_d,pfs_e,os_d,os_e\n";
  std::string adtte = "STUDYID,USUBJID,TRT01P,PARAMCD,AVAL,CNSR\n";
  std::string weeks = "id,arm,pfs,pfs_e,os,os_e\n";

  Forms() {
    for (int i = 0; i < 40; ++i) {
      const std::string id = "S-" + std::to_string(i), arm = i % 2 ? "SBRT" : "CONTROL";
      const int pfs = 14 * (1 + (i * 11) % 23), os = pfs + 7 * ((i * 5) % 31);
      const int pfs_event = i % 3 != 0, os_event = i % 4 == 1;
      plain += id + "," + arm + "," + std::to_string(pfs) + "," + std::to_string(pfs_event) + "," + std::to_string(os) +
               "," + std::to_string(os_event) + "\n";
      weeks += id + "," + arm + "," + std::to_string(pfs / 7) + "," + std::to_string(pfs_event) + "," +
               std::to_string(os / 7) + "," + std::to_string(os_event) + "\n";
      // CNSR says why, 1 or 2; the two parameters of a patient need not stand together.
      adtte += "X," + id + "," + arm + ",PFS," + std::to_string(pfs) + "," + (pfs_event ? "0" : "2") + "\n";
      adtte += "X," + id + "," + arm + ",OS," + std::to_string(os) + "," + (os_event ? "0" : "1") + "\n";
    }
  }
};

const char* const analyses = R"(analyses: [
  {name: pfs, method: kaplan_meier, endpoint: pfs, by: ARM, at_months: [6], quantiles: [0.5]},
  {name: test, method: log_rank, endpoint: pfs, by: ARM}, {name: os, method: cox, endpoint: os, terms: [ARM]}]})";

std::string with_arm(const std::string& name) {
  std::string text = analyses;
  for (std::size_t at; (at = text.find("ARM")) != std::string::npos;) text.replace(at, 3, name);
  return text;
}

TEST(Adtte, OracleLongDataAreThePlainFile) {
  const Forms forms;
  const AnalysedData plain(forms.plain,
                           "{time_unit: days, endpoints: {pfs: {time: pfs_d, event: pfs_e}, os: {time: "
                           "os_d, event: os_e}}, " +
                               with_arm("arm"));
  const AnalysedData adtte(forms.adtte,
                           "{time_unit: days, endpoints: {pfs: {parameter: PFS, time: AVAL, censor: CNSR}, os: "
                           "{parameter: OS, time: AVAL, censor: CNSR}}, " +
                               with_arm("TRT01P"));
  ASSERT_EQ(plain.estimates().size(), adtte.estimates().size());
  for (std::size_t k = 0; k < plain.estimates().size(); ++k) {
    const Estimate &a = plain.estimates()[k], &b = adtte.estimates()[k];
    EXPECT_TRUE(a.estimate == b.estimate || (std::isnan(a.estimate) && std::isnan(b.estimate)));
    EXPECT_EQ(a.n_events, b.n_events);
    EXPECT_TRUE(a.p_value == b.p_value || (std::isnan(a.p_value) && std::isnan(b.p_value)));
  }
}

// A file of one parameter keeps its names, and a plan may name the parameter or not.
TEST(Adtte, OracleAFileOfOneParameterIsReadByItsNameToo) {
  const Forms forms;
  std::string one;
  for (std::size_t from = 0, end; from < forms.adtte.size(); from = end + 1) {
    end = forms.adtte.find('\n', from);
    const std::string row = forms.adtte.substr(from, end + 1 - from);
    if (row.find(",OS,") == std::string::npos) one += row;
  }
  const auto analysed = [](const std::string& csv, const std::string& parameter) {
    return AnalysedData(csv, "{time_unit: days, endpoints: {pfs: {" + parameter +
                                 "time: AVAL, censor: CNSR}}, analyses: [{name: test, method: log_rank, endpoint: pfs, "
                                 "by: TRT01P}]}");
  };
  const double expected = analysed(forms.adtte, "parameter: PFS, ").row("test").statistic;
  EXPECT_EQ(analysed(one, "parameter: PFS, ").row("test").statistic, expected);
  EXPECT_EQ(analysed(one, "").row("test").statistic, expected);
  EXPECT_THROW(analysed(one, "parameter: OS, "), InputError);
}

TEST(Adtte, PropertyTheTimeUnitDoesNotMatter) {
  const Forms forms;
  const AnalysedData days(forms.plain,
                          "{time_unit: days, days_per_month: 30, endpoints: {pfs: {time: pfs_d, event: "
                          "pfs_e}, os: {time: os_d, event: os_e}}, " +
                              with_arm("arm"));
  const AnalysedData weeks(forms.weeks,
                           "{time_unit: weeks, days_per_month: 30, endpoints: {pfs: {time: pfs, event: "
                           "pfs_e}, os: {time: os, event: os_e}}, " +
                               with_arm("arm"));
  for (std::size_t k = 0; k < days.estimates().size(); ++k) {
    const Estimate &a = days.estimates()[k], &b = weeks.estimates()[k];
    EXPECT_EQ(a.status, b.status);
    if (!std::isnan(a.estimate)) {
      EXPECT_NEAR(a.estimate, b.estimate, 1e-9 * std::abs(a.estimate));
    }
    if (!std::isnan(a.upper)) {
      EXPECT_NEAR(a.upper, b.upper, 1e-9 * std::abs(a.upper));
    }
  }
}

}  // namespace
}  // namespace oligosim
