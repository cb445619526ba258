// Designs of survival against whole trials simulated anew, with another generator and other code. With
// exact_designs_test.cpp it prints the table results/designs.csv:
//   OLIGOSIM_DESIGN_REPLICATES=1000000 test_long --gtest_filter='DesignCells.*' | grep ',.*,.*,.*,' >
//   results/designs.csv
// Level of the null scenarios beside the nominal one; `mcse` of what the program simulates, z with that of both.
#include <algorithm>
#include <numbers>
#include <optional>

#include "tests/long/design_cells.hpp"

namespace oligosim {
namespace {

const char* const source = "naive simulation";
constexpr double critical = 1.959963984540054;

double upper_tail(double z) { return std::erfc(z / std::numbers::sqrt2) / 2; }
double upper_quantile(double p) {  // of the normal, by bisection
  double low = -40, high = 40;
  for (int k = 0; k < 200; ++k) (upper_tail((low + high) / 2) > p ? low : high) = (low + high) / 2;
  return low;
}

// ---- Patients ----

struct Entered {
  double entry, event;  // months; the event since entry
  int arm;
  bool op;
};
/// What is known of a patient at a data cut.
struct Followed {
  double time;
  bool event;
  int arm;
};

/// Patients in blocks of four who enter uniformly; exponential times with hazards of their own.
struct Population {
  int patients;
  double over_months;
  double op_share = 1, op_median = 10, om_median = 10, op_ratio = 1, om_ratio = 1;
  bool exact_shares = false;  // the first patients are OP, each kind in blocks of its own
};

std::vector<Entered> enroll(const Population& of, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  std::exponential_distribution<double> unit(1);
  std::vector<Entered> all(static_cast<std::size_t>(of.patients));
  for (std::size_t i = 0; i < all.size(); i += 4) {
    int arms[] = {0, 0, 1, 1};
    std::shuffle(arms, arms + 4, random);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool op = of.exact_shares ? static_cast<double>(i) < of.op_share * of.patients
                                      : of.op_share >= 1 || uniform(random) < of.op_share;
      const double hazard = std::numbers::ln2 / (op ? of.op_median : of.om_median) *
                            (arms[k] == 0 ? 1
                             : op         ? of.op_ratio
                                          : of.om_ratio);
      all[i + k] = {of.over_months * uniform(random), unit(random) / hazard, arms[k], op};
    }
  }
  return all;
}

enum class Who { all, op, om };
bool counts(const Entered& p, Who who) { return who == Who::all || p.op == (who == Who::op); }

/// By ascending time.
std::vector<Followed> cut(const std::vector<Entered>& all, double now, Who who = Who::all) {
  std::vector<Followed> known;
  for (const Entered& p : all)
    if (counts(p, who) && p.entry < now)
      known.push_back({std::min(p.event, now - p.entry), p.entry + p.event <= now, p.arm});
  std::ranges::sort(known, {}, &Followed::time);
  return known;
}

/// When so many events are known.
double month_of(const std::vector<Entered>& all, std::size_t events, Who who = Who::all) {
  std::vector<double> months;
  for (const Entered& p : all)
    if (counts(p, who)) months.push_back(p.entry + p.event);
  std::ranges::nth_element(months, months.begin() + static_cast<std::ptrdiff_t>(events) - 1);
  return months[events - 1] + 1e-9;
}

double entered_by(const std::vector<Entered>& all, double month) {
  return static_cast<double>(std::ranges::count_if(all, [&](const Entered& p) { return p.entry < month; }));
}

// ---- Tests ----

struct LogRank {
  double z, events;
};
LogRank log_rank(const std::vector<Followed>& known) {
  double at_risk[2] = {0, 0}, difference = 0, variance = 0, events = 0;
  for (const Followed& p : known) ++at_risk[p.arm];
  for (const Followed& p : known) {
    if (p.event) {
      const double share = at_risk[1] / (at_risk[0] + at_risk[1]);
      difference += share - p.arm, variance += share * (1 - share), ++events;
    }
    --at_risk[p.arm];
  }
  return {difference / std::sqrt(variance), events};
}

struct LogRatio {
  double value, variance;
};
/// Cox regression on the arm by Newton's steps.
LogRatio cox(const std::vector<Followed>& known) {
  double b = 0, information = 1;
  for (int step = 0; step < 40; ++step) {
    double at_risk[2] = {0, 0}, score = 0;
    information = 0;
    for (const Followed& p : known) ++at_risk[p.arm];
    for (const Followed& p : known) {
      if (p.event) {
        const double share = at_risk[1] * std::exp(b) / (at_risk[0] + at_risk[1] * std::exp(b));
        score += p.arm - share, information += share * (1 - share);
      }
      --at_risk[p.arm];
    }
    b += score / information;
    if (std::abs(score / information) < 1e-10) break;
  }
  return {b, 1 / information};
}

/// z of what came after, and both stages with the weights of the information planned.
double increment(const LogRank& first, const LogRank& last) {
  return (std::sqrt(last.events) * last.z - std::sqrt(first.events) * first.z) / std::sqrt(last.events - first.events);
}
double combined(double information, double first, double later) {
  return std::sqrt(information) * first + std::sqrt(1 - information) * later;
}
/// Chance that the combined test claims with `further` events, if the trend goes on.
double conditional_power(double information, const LogRank& seen, double further) {
  const double needed = (critical - std::sqrt(information) * seen.z) / std::sqrt(1 - information);
  return upper_tail(needed - seen.z * std::sqrt(further / seen.events));
}

std::string os_trial(int patients, double ratio, const std::string& design) {
  return fmt::format(R"(study: survival
seed: 201
disease: {{os: {{median_months: 10}}}}
arms: {{control: {{}}, experimental: {{effects: {{os: {{hazard_ratio: {}}}}}}}}}
trial: {{enrollment: {{patients: {}, over_months: 20}}, randomization: {{blocks: [4]}}}}
design: {{primary: test, {}
)",
                     ratio, patients, design) +
         "plan:\n  time_unit: days\n  endpoints: {os: {time: os_d, event: os_e}}\n  analyses: [{name: test, endpoint: "
         "os, ";
}
const std::string log_rank_test = "method: log_rank, by: arm}]\n";

// ---- Two stages by events ----

/// Claims, events at the end, and whether the trial was in the promising zone.
std::array<double, 3> promising_trial(double ratio, bool conventional, std::mt19937_64& random) {
  const std::vector<Entered> all = enroll({.patients = 300, .over_months = 20, .op_ratio = ratio}, random);
  const LogRank first = log_rank(cut(all, month_of(all, 60)));
  const double power = conditional_power(0.5, first, 60);
  double events = 120;
  const bool promising = power >= 0.3 && power < 0.9;
  if (promising) {
    const double needed = (critical - std::sqrt(0.5) * first.z) / std::sqrt(0.5) + 1.2815515655446004;
    events = std::clamp(std::ceil(60 + 60 * std::pow(needed / first.z, 2)), 120.0, 180.0);
  }
  const LogRank last = log_rank(cut(all, month_of(all, static_cast<std::size_t>(events))));
  const double z = conventional ? last.z : combined(0.5, first.z, increment(first, last));
  return {z >= critical ? 1.0 : 0.0, events, promising ? 1.0 : 0.0};
}

TEST(DesignCells, StatisticalPromisingZone) {
  std::uint64_t seed = 1;
  for (const bool conventional : {false, true})
    for (const double ratio : {1.0, 0.8, 0.7}) {
      const auto naive =
          naive_means<3>(++seed, [&](auto& random) { return promising_trial(ratio, conventional, random); });
      const auto rows = run_cells(
          os_trial(300, ratio,
                   std::string("kind: promising_zone, looks: [{at_events: 60, of: os}, {at_events: 120, of: os}], "
                               "promising_from: 0.3, target_power: 0.9, most_events: 180, final_test: ") +
                       (conventional ? "conventional}" : "combination}")) +
          log_rank_test);
      const DesignCells cells =
          DesignCells(conventional ? "promising_zone conventional" : "promising_zone", "base", rows, source)
              .at(fmt::format("HR {}", ratio));
      const bool null = ratio == 1;
      cells.compare("reject", "", naive[0], null ? 0.025 : missing, null ? Level::asymptotic : Level::none);
      cells.compare("expected_events", "", naive[1]);
      cells.compare("course_share", "promising", naive[2]);
    }
}

/// Claims of the whole and of the subgroup, of either; patients; whether it went on with the subgroup alone.
std::array<double, 5> enrichment_trial(double op_ratio, double om_ratio, std::mt19937_64& random) {
  std::vector<Entered> all =
      enroll({.patients = 240, .over_months = 20, .op_share = 0.6, .op_ratio = op_ratio, .om_ratio = om_ratio}, random);
  const double now = month_of(all, 60), t = 60.0 / 150;
  const LogRank whole = log_rank(cut(all, now)), op = log_rank(cut(all, now, Who::op));
  const auto simes = [](double a, double b) {
    return upper_quantile(std::min(2 * upper_tail(std::max(a, b)), upper_tail(std::min(a, b))));
  };
  const auto outcome = [&](bool claims_whole, bool claims_op, double end, bool alone) {
    return std::array{claims_whole ? 1.0 : 0.0, claims_op ? 1.0 : 0.0, claims_whole || claims_op ? 1.0 : 0.0,
                      entered_by(all, end), alone ? 1.0 : 0.0};
  };
  if (conditional_power(t, whole, 90) >= 0.5) {
    const double end = month_of(all, 150);
    const double later = increment(whole, log_rank(cut(all, end)));
    const double later_op = increment(op, log_rank(cut(all, end, Who::op)));
    const bool either = combined(t, simes(whole.z, op.z), simes(later, later_op)) >= critical;
    return outcome(either && combined(t, whole.z, later) >= critical, either && combined(t, op.z, later_op) >= critical,
                   end, false);
  }
  if (conditional_power(t, op, 110 - op.events) < 0.3) return outcome(false, false, now, false);
  std::erase_if(all, [&](const Entered& p) { return !p.op && p.entry >= now; });
  const double end = month_of(all, 110, Who::op);
  const double later = increment(op, log_rank(cut(all, end, Who::op)));
  const bool claimed = combined(t, op.z, later) >= critical && combined(t, simes(whole.z, op.z), later) >= critical;
  return outcome(false, claimed, end, true);
}

TEST(DesignCells, StatisticalEnrichment) {
  const auto rows = run_cells(R"(study: enrichment
seed: 202
disease: {model: cohorts, cohorts: {OP: {os: {median_months: 10}}, OM: {os: {median_months: 10}}}}
cohort: {OP: 0.6, OM: 0.4}
arms: {control: {}, sbrt: {effects: {OP: {os: {hazard_ratio: 1}}, OM: {os: {hazard_ratio: 1}}}}}
trial: {enrollment: {patients: 240, over_months: 20}, randomization: {blocks: [4]}}
design:
  kind: enrichment
  primary: whole
  looks: [{at_events: 60, of: os}, {at_events: 150, of: os}]
  subgroup: {column: cohort, levels: [OP], analysis: op, at_events: 110}
  go_on: {whole: 0.5, subgroup: 0.3}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  populations: {OP: {cohort: OP}}
  analyses:
    - {name: whole, method: log_rank, endpoint: os, by: arm}
    - {name: op, method: log_rank, endpoint: os, by: arm, population: OP}
scenarios:
  no effect: {design.true_nulls: [[whole, op]]}
  in OP alone: {arms.sbrt.effects.OP.os.hazard_ratio: 0.55}
  in both: {arms.sbrt.effects.OP.os.hazard_ratio: 0.7, arms.sbrt.effects.OM.os.hazard_ratio: 0.7}
)");
  struct Truth {
    const char* name;
    double op, om;
  };
  std::uint64_t seed = 20;
  for (const Truth& truth : {Truth{"no effect", 1, 1}, {"in OP alone", 0.55, 1}, {"in both", 0.7, 0.7}}) {
    const auto naive =
        naive_means<5>(++seed, [&](auto& random) { return enrichment_trial(truth.op, truth.om, random); });
    const DesignCells cells("enrichment", truth.name, rows, source);
    cells.compare("adjusted_reject", "whole", naive[0]);
    cells.compare("adjusted_reject", "op", naive[1]);
    cells.compare("expected_n", "", naive[3]);
    cells.compare("course_share", "subgroup", naive[4]);
    if (truth.op == 1) cells.compare("familywise_error", "", naive[2], 0.025, Level::asymptotic);
  }
}

/// Stops for futility, claims, patients of a trial that goes on where the hazard ratio seen is below 0.8.
TEST(DesignCells, StatisticalSeamlessGate) {
  std::uint64_t seed = 40;
  for (const double ratio : {1.0, 0.8, 0.65}) {
    const std::string text =
        os_trial(240, ratio,
                 "kind: group_sequential, looks: [{at_events: 60, of: os}, {at_events: 150, of: os}], futility: "
                 "{hazard_ratio: [0.8]}, efficacy: {spending: user, cumulative: [0, 0.025]}}") +
        log_rank_test;
    const double gate = -std::log(0.8) * std::sqrt(60) / 2;
    const auto naive = naive_means<3>(++seed, [&](auto& random) {
      const std::vector<Entered> all = enroll({.patients = 240, .over_months = 20, .op_ratio = ratio}, random);
      const double now = month_of(all, 60);
      if (log_rank(cut(all, now)).z < gate) return std::array{1.0, 0.0, entered_by(all, now)};
      const double end = month_of(all, 150);
      return std::array{0.0, log_rank(cut(all, end)).z >= critical ? 1.0 : 0.0, entered_by(all, end)};
    });
    const DesignCells cells =
        DesignCells("seamless gate", "base", run_cells(text), source).at(fmt::format("HR {}", ratio));
    const bool null = ratio == 1;
    cells.compare("reject", "", naive[1], null ? 0.025 : missing, null ? Level::asymptotic : Level::none);
    cells.compare_at("stop_futility", "1", naive[0]);
    cells.compare("expected_n", "", naive[2]);
  }
}

// ---- One look ----

TEST(DesignCells, StatisticalEquivalenceAndNonInferiority) {
  std::uint64_t seed = 60;
  const double z = 1.6448536269514722, limit = std::log(1.4);
  for (const bool equivalence : {true, false})
    for (const double ratio : {1.0, 1.4}) {
      const auto naive = naive_means<1>(++seed, [&](auto& random) {
        const LogRatio b = cox(cut(enroll({.patients = 400, .over_months = 20, .op_ratio = ratio}, random), 36));
        const double room = limit - (equivalence ? std::abs(b.value) : b.value);
        return std::array{room / std::sqrt(b.variance) >= z ? 1.0 : 0.0};
      });
      const std::string text = os_trial(400, ratio, "kind: fixed, alpha: 0.05, looks: [{at_month: 36}]}") +
                               "method: cox, terms: [arm], null_value: 1.4" +
                               (equivalence ? ", equivalence: true}]\n" : "}]\n");
      const bool null = ratio == 1.4;
      DesignCells(equivalence ? "equivalence" : "non-inferiority", "base", run_cells(text), source)
          .at(fmt::format("HR {}", ratio))
          .compare("reject", "", naive[0], null ? 0.05 : missing, null ? Level::asymptotic : Level::none);
    }
}

TEST(DesignCells, StatisticalInteraction) {
  std::uint64_t seed = 80;
  struct Truth {
    const char* name;
    double op, om;
  };
  for (const Truth& truth : {Truth{"the same in both", 0.7, 0.7}, {"in OP alone", 0.5, 1}}) {
    const auto naive = naive_means<1>(++seed, [&](auto& random) {
      const std::vector<Entered> all = enroll({.patients = 400,
                                               .over_months = 20,
                                               .op_share = 0.5,
                                               .op_median = 8,
                                               .om_median = 14,
                                               .op_ratio = truth.op,
                                               .om_ratio = truth.om,
                                               .exact_shares = true},
                                              random);
      const LogRatio op = cox(cut(all, 36, Who::op)), om = cox(cut(all, 36, Who::om));
      return std::array{(om.value - op.value) / std::sqrt(op.variance + om.variance) >= critical ? 1.0 : 0.0};
    });
    const auto rows = run_cells(fmt::format(R"(study: interaction
seed: 203
disease: {{model: cohorts, cohorts: {{OM: {{os: {{median_months: 14}}}}, OP: {{os: {{median_months: 8}}}}}}}}
cohort: {{OM: 200, OP: 200}}
arms: {{control: {{}}, sbrt: {{effects: {{OP: {{os: {{hazard_ratio: {}}}}}, OM: {{os: {{hazard_ratio: {}}}}}}}}}}}
trial: {{enrollment: {{patients: 400, over_months: 20}}, randomization: {{blocks: [4], strata: [cohort]}}}}
design: {{kind: fixed, primary: op_against_om, looks: [{{at_month: 36}}]}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: op_against_om, method: interaction, endpoint: os, by: arm, modifier: cohort}}]
)",
                                            truth.op, truth.om));
    const bool null = truth.op == truth.om;
    DesignCells("interaction", "base", rows, source)
        .at(truth.name)
        .compare("reject", "", naive[0], null ? 0.025 : missing, null ? Level::asymptotic : Level::none);
  }
}

TEST(DesignCells, StatisticalOneSampleLogRank) {
  std::uint64_t seed = 100;
  for (const bool average : {false, true})
    for (const double ratio : {1.0, 0.6}) {
      const auto naive = naive_means<1>(++seed, [&](auto& random) {
        std::uniform_real_distribution<double> uniform;
        double observed = 0, expected = 0;
        for (int i = 0; i < 31; ++i) {
          const double event = -5.2 * std::log(1 - uniform(random)) / (std::numbers::ln2 * ratio);
          const double followed = 36 - 24 * uniform(random);
          observed += event <= followed;
          expected += std::min(event, followed) * std::numbers::ln2 / 5.2;
        }
        const double variance = average ? (observed + expected) / 2 : expected;
        return std::array{(expected - observed) / std::sqrt(variance) >= 1.6448536269514722 ? 1.0 : 0.0};
      });
      const auto rows = run_cells(fmt::format(
          R"(study: one sample
seed: 204
disease: {{pfs: {{median_months: 5.2}}}}
arms: {{single: {{effects: {{pfs: {{hazard_ratio: {}}}}}}}}}
trial: {{enrollment: {{patients: 31, over_months: 24}}}}
design: {{kind: fixed, primary: test, alpha: 0.05, looks: [{{at_month: 36}}]}}
plan:
  time_unit: days
  endpoints: {{pfs: {{time: pfs_d, event: pfs_e}}}}
  analyses: [{{name: test, method: one_sample_log_rank, endpoint: pfs, historical: {{median_months: 5.2}}, variance: {}}}]
)",
          ratio, average ? "average" : "expected"));
      const bool null = ratio == 1;
      DesignCells(average ? "one-sample log-rank average" : "one-sample log-rank expected", "base", rows, source)
          .at(fmt::format("HR {}", ratio))
          .compare("reject", "", naive[0], null ? 0.05 : missing, null ? Level::asymptotic : Level::none);
    }
}

}  // namespace
}  // namespace oligosim
