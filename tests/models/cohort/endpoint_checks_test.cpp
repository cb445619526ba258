// What is refused of an endpoint's columns, and what is only said.
#include <gtest/gtest.h>

#include <random>

#include "models/cohort/endpoint.hpp"
#include "tests/models/cohort/data_support.hpp"

namespace oligosim {
namespace {

const EndpointColumns pfs{"pfs", "t", "e", {EndpointCoding::Kind::event, {}}};
const EndpointColumns censored_pfs{"pfs", "t", "CNSR", {EndpointCoding::Kind::censor, {}}};
const EndpointColumns local_failure{
    "lf", "t", "cause", {EndpointCoding::Kind::cause, {{1, "local_failure"}, {2, "death"}}}};

TEST(EndpointChecks, ReferenceEachMistakeWithItsPlace) {
  EXPECT_EQ(checked(ReadData("t,e\n30,1\n-2,0\nInf,0\n40,2\nNA,1\nNA,0\n50,NA\n60,0.5\n"), {pfs}),
            "d.csv:3:1: t: -2 is negative (a time of at least 0)\n"
            "d.csv:4:1: t: Inf is not finite (a time of at least 0)\n"
            "d.csv:5:4: e: 2 is not a code of endpoint pfs (1 event, 0 censored)\n"
            "d.csv:6:1: t: is missing although e is 1 (an event has a time)\n"
            "d.csv:9:4: e: 0.5 is not a code of endpoint pfs (1 event, 0 censored)\n");
  EXPECT_EQ(checked(ReadData("t,CNSR\n30,0\n40,-1\n50,1.5\n60,2\n,0\n,1\n"), {censored_pfs}),
            "d.csv:3:4: CNSR: -1 is not a code of endpoint pfs (0 event, a positive whole number censored)\n"
            "d.csv:4:4: CNSR: 1.5 is not a code of endpoint pfs (0 event, a positive whole number censored)\n"
            "d.csv:6:1: t: is missing although CNSR is 0 (an event has a time)\n");
  EXPECT_EQ(checked(ReadData("t,cause\n30,1\n40,3\n.,2\n60,0\n"), {local_failure}),
            "d.csv:3:4: cause: 3 is not a code of endpoint lf (0 censored, 1 local_failure or 2 death)\n"
            "d.csv:4:1: t: is missing although cause is 2 (an event has a time)\n");
}

TEST(EndpointChecks, ReferenceRowsThatEndNoLaterThanTheyStart) {
  const EndpointColumns rows{"pfs", "t", "e", {EndpointCoding::Kind::event, {}}, "from"};
  EXPECT_EQ(checked(ReadData("from,t,e\n0,30,0\n30,30,1\n50,40,1\nNA,40,0\n"), {rows}),
            "d.csv:3:1: from: 30 is not before t, 30 (a row is at risk from its start to its end)\n"
            "d.csv:4:1: from: 50 is not before t, 40 (a row is at risk from its start to its end)\n");
  EXPECT_EQ(checked(ReadData("from,t,e\n0,30,0\nx,50,0\n"), {rows}),
            "d.csv:3:1: from: 'x' is not a number (a number; empty, NA or a dot where missing)\n");
}

TEST(EndpointChecks, ReferenceTextsWhereNumbersBelong) {
  EXPECT_EQ(checked(ReadData("t,e\n30,Y\n40 d,N\n50,NA\nNaN,\n"), {pfs}),
            "d.csv:2:4: e: 'Y' is not a number (1 event, 0 censored; empty, NA or a dot where missing)\n"
            "d.csv:3:1: t: '40 d' is not a number (a number; empty, NA or a dot where missing)\n"
            "d.csv:3:6: e: 'N' is not a number (1 event, 0 censored; empty, NA or a dot where missing)\n"
            "d.csv:5:1: t: 'NaN' is not a finite number (a number; empty, NA or a dot where missing)\n");
  std::string dates = "t,e\n";
  for (int i = 0; i < 300; ++i) dates += "2020-01-" + std::to_string(i) + ",1\n";
  const std::string said = checked(ReadData(dates), {pfs});
  EXPECT_TRUE(said.starts_with("d.csv:2:1: t: '2020-01-0' is not a number (")) << said;
  EXPECT_TRUE(said.ends_with("d.csv:22:1: from here on 280 more like these\n")) << said;
}

TEST(EndpointChecks, ReferencePlacesOfLongData) {
  EXPECT_EQ(checked(ReadData("USUBJID,PARAMCD,AVAL,CNSR\nP1,OS,300,0\nP1,PFS,-200,0\nP2,PFS,100,7.5\n"),
                    {{"pfs", "AVAL.PFS", "CNSR.PFS", {EndpointCoding::Kind::censor, {}}},
                     {"os", "AVAL.OS", "CNSR.OS", {EndpointCoding::Kind::censor, {}}}}),
            "d.csv:3:8: AVAL.PFS: -200 is negative (a time of at least 0)\n"
            "d.csv:4:12: CNSR.PFS: 7.5 is not a code of endpoint pfs (0 event, a positive whole number censored)\n");
}

TEST(EndpointChecks, ReferenceColumnsThatAreNotThereAreLeftToThePlan) {
  EXPECT_EQ(checked(ReadData("t,x\n30,1\n"), {pfs}), "");
  EXPECT_EQ(checked(ReadData("x,e\n30,1\n"), {pfs}), "");
}

TEST(EndpointWarnings, ReferenceEachWithItsPlace) {
  EXPECT_EQ(
      checked(ReadData("t,cens_pfs\n30,0\n40,1\n"), {{"pfs", "t", "cens_pfs", {EndpointCoding::Kind::event, {}}}}),
      "d.csv:1:3: cens_pfs: is called like a censoring indicator, but endpoint pfs takes it as event (1 event, 0 "
      "censored; should it be censor?)\n");
  EXPECT_EQ(
      checked(ReadData("t,Event\n30,0\n40,1\n"), {{"pfs", "t", "Event", {EndpointCoding::Kind::censor, {}}}}),
      "d.csv:1:3: Event: is called like an event indicator, but endpoint pfs takes it as censor (0 event, positive "
      "censored; should it be event?)\n");
  EXPECT_EQ(checked(ReadData("t,e\n30,0\n40,0\n"), {pfs}), "d.csv:1:3: e: endpoint pfs has no event\n");
  EXPECT_EQ(checked(ReadData("t,e\n30,NA\nNA,0\n"), {pfs}),
            "d.csv:1:3: e: endpoint pfs has no patient with both time and status\n");
  EXPECT_EQ(checked(ReadData("t,e\n30,1\n0,0\n40,1\n0,1\n50,1\n"), {pfs}),
            "d.csv:3:1: t: is 0 for 2 patients, the first here\n");
}

TEST(EndpointWarnings, ReferenceUnitsThatAreNotPlausible) {
  const ReadData days("t,e\n300,1\n420,1\n500,0\n"), months("t,e\n3.5,1\n4.25,0\n60,1\n"),
      short_days("t,e\n1,1\n2,1\n9,1\n");
  EXPECT_EQ(checked(days, {pfs}), "");
  EXPECT_EQ(checked(days, {pfs}, {"months", 1}), "d.csv:1:1: t: the median time is 420 months (is time_unit right?)\n");
  EXPECT_EQ(checked(months, {pfs}, {"months", 1}), "");
  EXPECT_EQ(checked(months, {pfs}),
            "d.csv:1:1: t: most times are not whole and none is above 60 days (are they months?)\n");
  EXPECT_EQ(checked(short_days, {pfs}), "d.csv:1:1: t: the median time is 2 days (is time_unit right?)\n");
}

TEST(EndpointWarnings, ReferenceSurvivalShorterThanWithoutProgression) {
  const EndpointColumns os{"OS", "os_d", "os_e", {EndpointCoding::Kind::event, {}}},
      p{"PFS", "pfs_d", "pfs_e", {EndpointCoding::Kind::event, {}}};
  const ReadData read("os_d,os_e,pfs_d,pfs_e\n300,1,200,1\n236,0,651,0\n90,1,90,1\n80,1,NA,0\n");
  const std::string expected = "d.csv:3:1: os_d: 236 is shorter than pfs_d 651 of the same patient (line 3)\n";
  EXPECT_EQ(checked(read, {os, p}), expected);
  EXPECT_EQ(checked(read, {p, os}), expected);
  EXPECT_EQ(checked(read, {p, {"death_cancer", "os_d", "os_e", {EndpointCoding::Kind::event, {}}}}), "");
}

/// A trial of `n` patients with accrual over two thirds of it; `rate` events a day, coded 1 unless `inverted`.
std::string trial(std::mt19937& random, std::size_t n, double rate, double dropout, bool inverted) {
  std::uniform_real_distribution<> uniform(0, 1);
  std::string text = "t,e\n";
  for (std::size_t i = 0; i < n; ++i) {
    const double event = -std::log(1 - uniform(random)) / rate;
    const double lost = dropout > 0 ? -std::log(1 - uniform(random)) / dropout : 1e9;
    const double censored = std::min(lost, 1500 - 1000 * uniform(random));
    text += std::to_string(std::ceil(std::min(event, censored))) + ((event <= censored) != inverted ? ",1\n" : ",0\n");
  }
  return text;
}

// Right codes are hardly ever doubted, exchanged ones are noticed where few patients had the event.
TEST(EndpointWarnings, StatisticalExchangedCodesAreNoticedAndRightOnesAreNot) {
  std::mt19937 random(7);
  int false_alarms = 0, noticed = 0;
  const auto doubted = [&](std::size_t n, double rate, double dropout, bool inverted) {
    return checked(ReadData(trial(random, n, rate, dropout, inverted)), {pfs}).find("other way round") !=
           std::string::npos;
  };
  for (int round = 0; round < 200; ++round) {
    for (const std::size_t n : {20u, 100u, 400u}) {
      false_alarms += doubted(n, 0.005, 0.0008, false);
      false_alarms += doubted(n, 0.003, 0, false);
      false_alarms += doubted(n, 0.0003, 0.0003, false);
    }
    noticed += doubted(200, 0.00015, 0, true);
  }
  EXPECT_LE(false_alarms, 5);  // of 1800
  EXPECT_GE(noticed, 180);     // of 200
}

}  // namespace
}  // namespace oligosim
