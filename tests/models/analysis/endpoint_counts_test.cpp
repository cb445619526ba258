// Patients, events and censorings by group, as printed before any result.
#include "models/analysis/endpoint_counts.hpp"

#include <random>

#include "tests/models/analysis/plan_support.hpp"

namespace oligosim {
namespace {

TEST(EndpointCounts, ReferenceByGroupAndCause) {
  AnalysedData d("grp,t,cause,e\nA,30,1,1\nB,40,2,1\nA,50,0,0\nNA,60,2,1\nB,,0,0\nB,70,NA,NA\n",
                 R"({time_unit: days, endpoints: {lf: {time: t, cause: cause, causes: {1: local_failure, 2: death}},
                    pfs: {time: t, event: e}}, analyses: [{name: a, method: kaplan_meier, endpoint: pfs, by: grp}]})");
  EXPECT_EQ(to_text(count_endpoints(d.data()), "patients"),
            "endpoint  group   patients  events  censored  missing\n"
            "lf        all            6       3         1        2  local_failure 1, death 2\n"
            "lf        grp A          2       1         1        0  local_failure 1, death 0\n"
            "lf        grp B          3       1         0        2  local_failure 0, death 1\n"
            "lf        grp NA         1       1         0        0  local_failure 0, death 1\n"
            "pfs       all            6       3         1        2\n"
            "pfs       grp A          2       1         1        0\n"
            "pfs       grp B          3       1         0        2\n"
            "pfs       grp NA         1       1         0        0\n");
}

TEST(EndpointCounts, PropertyTheyAddUp) {
  std::mt19937 random(8);
  for (int round = 0; round < 200; ++round) {
    std::string text = "g,t,CNSR\n";
    const char* const values[] = {"0", "1", "2", "NA"};
    for (std::size_t i = 0; i < 3 + random() % 30; ++i)
      text += std::string("L") + static_cast<char>('A' + random() % 3) + "," + std::to_string(random() % 50) + "," +
              values[i == 0 ? 0 : random() % 4] + "\n";
    AnalysedData d(text, R"({time_unit: days, endpoints: {e: {time: t, censor: CNSR}},
                            analyses: [{name: a, method: kaplan_meier, endpoint: e, by: g}]})");
    const std::vector<EndpointCount> counts = count_endpoints(d.data());
    EndpointCount sum;
    for (std::size_t g = 1; g < counts.size(); ++g) {
      EXPECT_EQ(counts[g].patients, counts[g].events + counts[g].censored + counts[g].missing);
      sum.patients += counts[g].patients, sum.events += counts[g].events, sum.missing += counts[g].missing;
    }
    EXPECT_EQ(sum.patients, counts.front().patients);
    EXPECT_EQ(sum.events, counts.front().events);
    EXPECT_EQ(sum.missing, counts.front().missing);
  }
}

}  // namespace
}  // namespace oligosim
