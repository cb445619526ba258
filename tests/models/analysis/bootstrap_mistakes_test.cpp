// What a bootstrap block refuses of resampled times, and where it says so.
#include <gmock/gmock.h>

#include "tests/models/analysis/bootstrap_support.hpp"

namespace oligosim {
namespace {

using test::expect_refused;
using test::refusal;
using testing::HasSubstr;

const char* const km = "{name: km, method: kaplan_meier, endpoint: pfs}";
const char* const km_by_arm = "{name: km, method: kaplan_meier, endpoint: pfs, by: arm}";
const char* const share = "{name: r, method: proportion, outcome: e}";

TEST(BootstrapMistakes, OracleOfConditional) {
  EXPECT_EQ(refusal("{kind: conditional}", km), "");
  EXPECT_EQ(refusal("{kind: conditional, strata: [line, arm], interval: [normal, basic, studentized]}", km_by_arm), "");
  EXPECT_EQ(refusal("{kind: conditional}", "{name: lr, method: log_rank, endpoint: pfs, by: arm}"), "");
  for (const std::string limits : {"bca", "bca_mid", "jackknife", "double_bootstrap"})
    expect_refused("{kind: conditional, interval: " + limits + "}", km, limits + "}",
                   "bootstrap.interval: '" + limits +
                       "' resamples patients, which kind 'conditional' does not (normal, basic, percentile");
  expect_refused("{kind: conditional, cluster: line}", km, "line}, analyses", "bootstrap.cluster: is for patients who");
  expect_refused("{kind: conditional}", km_by_arm,
                 "{kind:", "'conditional' draws times within strata, and 'km' tells patients apart by arm too");
  expect_refused("{kind: conditional, strata: [arm]}",
                 "{name: hr, method: cox, endpoint: pfs, terms: [arm, x], strata: [line]}", "[arm]}",
                 "and 'hr' tells patients apart by line, x too");
  expect_refused("{kind: conditional, strata: [arm], levels: {arm: [A]}}", km_by_arm, "[arm], levels", "by arm too");
  expect_refused("{kind: conditional}", "{name: follow_up, method: reverse_kaplan_meier, endpoint: pfs}", "conditional",
                 "'conditional' keeps the censoring times, whose curve 'follow_up' is (case or weird)");
  expect_refused("{kind: conditional}", share, "conditional", "bootstrap.kind: 'conditional' is for one survival");
  expect_refused("{kind: conditional}", "{name: ci, method: cumulative_incidence, endpoint: cr, at_months: [3]}",
                 "conditional", "which 'ci' is not of (case)");
  expect_refused("{kind: conditional, strata: [arm]}",
                 "{name: hr, method: cox, endpoint: pfs, terms: [arm, s], time_dependent: {s: x}}", "conditional",
                 "which 'hr' is not of (case)");
  expect_refused("{kind: conditional}", "{name: km, method: kaplan_meier, endpoint: late}", "conditional",
                 "'conditional' has no times from a landmark, as 'late' of 'km' (case)");
  expect_refused("{kind: conditional}", "{name: km, method: kaplan_meier, endpoint: pfs, cluster: line}", "conditional",
                 "'conditional' takes rows as independent, and those of 'km' are several a patient (case)");
}

TEST(BootstrapMistakes, OracleOfWeird) {
  EXPECT_EQ(refusal("{kind: weird}", km_by_arm), "");
  EXPECT_EQ(refusal("{kind: weird}", "{name: km, method: kaplan_meier, endpoint: late}"), "");
  expect_refused("{kind: weird, strata: [arm]}", km, "[arm]", "bootstrap.strata: is not for kind 'weird', which keeps");
  expect_refused("{kind: weird, interval: jackknife}", km, "jackknife", "which kind 'weird' does not");
  expect_refused("{kind: weird}", "{name: hr, method: cox, endpoint: pfs, terms: [x]}", "weird",
                 "bootstrap.kind: 'weird' is for Kaplan-Meier curves (kaplan_meier, reverse_kaplan_meier, rmst, "
                 "milestone), which 'hr' does not make (case)");
  expect_refused("{kind: weird}", "{name: km, method: kaplan_meier, endpoint: pfs, cluster: line}", "weird",
                 "'weird' takes rows as independent");
}

TEST(BootstrapMistakes, OracleRowsOfOnePatientAreRefused) {
  for (const std::string block : {"kind: conditional", "kind: weird", "interval: band, band_months: [1, 2]"}) {
    const std::string analyses = "analyses: [{name: km, method: kaplan_meier, endpoint: os, at_months: [1]}]";
    const auto words = [&](const std::string& plan, bool several_rows, const std::string& lesions) -> std::string {
      try {
        AnalysedData("id,t,e\n1,30,1\n2,50,0\n", plan, {.patient = "id", .parameter = {}, .several_rows = several_rows},
                     lesions);
      } catch (const InputError& e) {
        return e.what();
      }
      return "";
    };
    const std::string endpoint = "endpoints: {os: {time: t, event: e}}, ", bootstrap = "bootstrap: {" + block + "}, ";
    const std::string start = "{time_unit: days, patient: id, ";
    EXPECT_EQ(words(start + endpoint + bootstrap + analyses + "}", false, ""), "");
    EXPECT_THAT(words(start + "several_rows: true, " + endpoint + bootstrap + analyses + "}", true, ""),
                HasSubstr("takes rows as independent"));
    EXPECT_THAT(words(start + bootstrap + "analyses: [], lesions: {" + endpoint + analyses + "}}", false,
                      "id,t,e\n1,30,1\n1,40,1\n2,50,0\n"),
                HasSubstr("takes rows as independent"));
  }
}

}  // namespace
}  // namespace oligosim
