// Designs whose answers are sums of binomial probabilities, found anew here: part of results/designs.csv (see
// simulated_designs_test.cpp).
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <functional>

#include "tests/long/design_cells.hpp"
#include "tests/models/study/cohort_study.hpp"

namespace oligosim {
namespace {

const char* const source = "enumeration";

double binomial(int x, int n, double p) { return boost::math::pdf(boost::math::binomial(n, p), x); }
/// P(probability > limit) given a beta distribution.
double above(double a, double b, double limit) {
  return boost::math::cdf(complement(boost::math::beta_distribution<>(a, b), limit));
}

// ---- Counting responses in one arm ----

/// Stages of a trial that goes on, or at the last rejects, above so many responses.
struct Stage {
  int patients, above;
};
struct Exact {
  double reject = 0, first_stop = 0, patients = 0;
};

/// By all paths: the responses of each stage on top of those before.
Exact enumerated(const std::vector<Stage>& stages, double p) {
  Exact exact;
  const std::function<void(std::size_t, int, double)> go_on = [&](std::size_t k, int before, double mass) {
    const int more = stages[k].patients - (k == 0 ? 0 : stages[k - 1].patients);
    for (int x = 0; x <= more; ++x) {
      const double own = mass * binomial(x, more, p);
      const bool enough = before + x > stages[k].above, last = k + 1 == stages.size();
      if (k == 0 && !enough) exact.first_stop += own;
      if (last && enough) exact.reject += own;
      if (last || !enough)
        exact.patients += own * stages[k].patients;
      else
        go_on(k + 1, before + x, own);
    }
  };
  go_on(0, 0, 1);
  return exact;
}

struct OneArm {
  std::string name, keys;
  std::vector<Stage> stages;
  double null;     // probability at which the level is counted
  double nominal;  // NaN: the rule does not hold one
  std::vector<double> others;
};

void compare_one_arm(const OneArm& d) {
  std::vector<double> probabilities = d.others;
  probabilities.insert(probabilities.begin(), d.null);
  std::string scenarios;
  const auto named = [](double p) { return fmt::format("response {}", p); };
  for (const double p : probabilities)
    scenarios += fmt::format("  {}: {{disease.outcomes.response.probability: {}}}\n", named(p), p);
  const auto rows = run_cells(fmt::format(R"(study: one arm
seed: 101
disease: {{os: {{median_months: 10}}, outcomes: {{response: {{probability: 0.5, known_months: 2}}}}}}
arms: {{drug: {{}}}}
trial: {{enrollment: {{patients: {}, rate_per_month: 4}}}}
design: {{primary: orr, min_follow_up_months: 2, {}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: orr, method: proportion, outcome: response}}]
scenarios:
{})",
                                          d.stages.back().patients, d.keys, scenarios));
  for (const double p : probabilities) {
    const Exact exact = enumerated(d.stages, p);
    const bool null = p == d.null && !std::isnan(d.nominal);
    const DesignCells cells(d.name, named(p), rows, source);
    cells.compare("reject", "", {exact.reject}, null ? d.nominal : missing, null ? Level::at_most : Level::none);
    if (d.stages.size() == 1) continue;
    cells.compare_at("stop_futility", "1", {exact.first_stop});
    cells.compare("expected_n", "", {exact.patients});
  }
}

// A'Hern (2001) and Simon (1989): more than 11 of 35; more than 3 of 13, then more than 12 of 43.
TEST(DesignCells, OracleOneAndTwoStagesAsPublished) {
  const std::string demand = "p0: 0.2, p1: 0.4, alpha: 0.05, power: 0.8";
  compare_one_arm({"exact_binomial", "kind: exact_binomial, " + demand, {{35, 11}}, 0.2, 0.05, {0.3, 0.4}});
  compare_one_arm({"simon", "kind: simon, " + demand, {{13, 3}, {43, 12}}, 0.2, 0.05, {0.3, 0.4}});
}

double beta_binomial(int y, int n, double a, double b) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(y + 1.0) - std::lgamma(n - y + 1.0) + std::lgamma(y + a) +
                  std::lgamma(n - y + b) - std::lgamma(n + a + b) + std::lgamma(a + b) - std::lgamma(a) -
                  std::lgamma(b));
}

// Lee and Liu (2008), every boundary by trying each number of responses.
TEST(DesignCells, OraclePredictiveProbability) {
  constexpr int n = 40;
  int enough = 0;
  while (above(0.2 + enough, 0.8 + n - enough, 0.2) <= 0.95) ++enough;
  std::vector<Stage> stages;
  for (const int seen : {10, 20, 30}) {
    int most = -1;
    for (int x = 0; x <= seen; ++x) {
      double predicted = 0;
      for (int y = std::max(0, enough - x); y <= n - seen; ++y)
        predicted += beta_binomial(y, n - seen, 0.2 + x, 0.8 + seen - x);
      if (predicted < 0.05) most = x;
    }
    stages.push_back({seen, most});
  }
  stages.push_back({n, enough - 1});
  compare_one_arm({"predictive_probability",
                   "kind: predictive_probability, p0: 0.2, p1: 0.4, prior: [0.2, 0.8], certainty: 0.95, "
                   "interim_patients: [10, 20, 30], stop_below: 0.05",
                   stages,
                   0.2,
                   missing,
                   {0.3, 0.4}});
}

// Responses are the patients without the toxicity; the trial stops where it is above 0.3 with more than 90 %.
TEST(DesignCells, OracleToxicityBoundary) {
  std::vector<Stage> stages;
  for (const int n : {6, 12, 18, 24}) {
    int fewest = 0;
    while (above(0.3 + fewest, 0.7 + n - fewest, 0.3) <= 0.9) ++fewest;
    stages.push_back({n, n - fewest});
  }
  compare_one_arm({"toxicity_boundary",
                   "kind: toxicity_boundary, limit: 0.3, acceptable: 0.15, prior: [0.3, 0.7], certainty: 0.9, "
                   "interim_patients: [6, 12, 18]",
                   stages,
                   0.7,
                   missing,
                   {0.85, 0.55}});
}

// ---- Cohorts of one arm ----

constexpr int op_patients = 25, om_patients = 12;
/// Whether the cohorts are claimed at so many responses of each.
using Claims = std::function<std::array<bool, 2>(int op, int om)>;

std::array<bool, 2> each_alone(int op, int om) {
  return {above(0.5 + op, 0.5 + op_patients - op, 0.2) > 0.95, above(0.5 + om, 0.5 + om_patients - om, 0.2) > 0.95};
}
std::array<bool, 2> both_as_one(int op, int om) {
  const int x = op + om, n = op_patients + om_patients;
  const bool claimed = above(0.5 + x, 0.5 + n - x, 0.2) > 0.95;
  return {claimed, claimed};
}

/// Log odds normal(m, t) with m normal(logit 0.2, 2) and t half-normal(0.5), summed over a grid of m, t and of the
/// standardized log odds.
class Exchangeable {
 public:
  Exchangeable() {
    const double prior = std::log(0.2 / 0.8);
    for (double m = prior - 8; m <= prior + 8; m += 0.125)
      for (double t = 0.025; t < 2.5; t += 0.05) add(m, t, std::exp(-std::pow((m - prior) / 2, 2) / 2 - 2 * t * t));
  }
  std::array<bool, 2> operator()(int op, int om) const {
    double all = 0, op_above = 0, om_above = 0;
    for (const Point& p : points_) {
      all += p.weight * p.op[op] * p.om[om];
      op_above += p.weight * p.op_above[op] * p.om[om];
      om_above += p.weight * p.op[op] * p.om_above[om];
    }
    return {op_above > 0.95 * all, om_above > 0.95 * all};
  }

 private:
  struct Point {
    double weight;
    std::array<double, op_patients + 1> op{}, op_above{};
    std::array<double, om_patients + 1> om{}, om_above{};
  };

  void add(double m, double t, double weight) {
    Point point{.weight = weight};
    for (double u = -6; u <= 6; u += 0.03) {
      const double p = 1 / (1 + std::exp(-m - t * u)), density = std::exp(-u * u / 2);
      fill(point.op, point.op_above, p, density);
      fill(point.om, point.om_above, p, density);
    }
    points_.push_back(point);
  }
  template <std::size_t n>
  static void fill(std::array<double, n>& all, std::array<double, n>& high, double p, double density) {
    double likelihood = density * std::pow(1 - p, static_cast<double>(n - 1));
    for (std::size_t x = 0; x < n; ++x, likelihood *= p / (1 - p)) {
      all[x] += likelihood;
      if (p > 0.2) high[x] += likelihood;
    }
  }

  std::vector<Point> points_;
};

void compare_cohorts(const std::string& borrowing, const Claims& claims) {
  const auto rows = run_cells(cohort_study(borrowing) + R"(scenarios:
  neither: {disease.cohorts.OP.outcomes.response.probability: 0.2, disease.cohorts.OM.outcomes.response.probability: 0.2}
  op alone: {disease.cohorts.OM.outcomes.response.probability: 0.2}
  both: {}
)");
  struct Truth {
    const char* name;
    double op, om;
  };
  for (const Truth& truth : {Truth{"neither", 0.2, 0.2}, {"op alone", 0.4, 0.2}, {"both", 0.4, 0.4}}) {
    double op = 0, om = 0, any = 0;
    for (int x = 0; x <= op_patients; ++x)
      for (int y = 0; y <= om_patients; ++y) {
        const double mass = binomial(x, op_patients, truth.op) * binomial(y, om_patients, truth.om);
        const auto claimed = claims(x, y);
        op += mass * claimed[0], om += mass * claimed[1], any += mass * (claimed[0] || claimed[1]);
      }
    const DesignCells cells("response_cohorts " + borrowing.substr(0, borrowing.find('\n')), truth.name, rows, source);
    cells.compare("adjusted_reject", "orr_op", {op});
    cells.compare("adjusted_reject", "orr_om", {om});
    cells.compare("reject", "", {any});
  }
}

TEST(DesignCells, OracleCohortsOfResponses) {
  compare_cohorts("none", each_alone);
  compare_cohorts("pooled", both_as_one);
  compare_cohorts("hierarchical\n  mean_sd: 2\n  between_scale: 0.5", Exchangeable());
}

// ---- Two proportions ----

/// z of the later group against the reference, where there is one.
using Score = std::function<double(int reference, int later)>;
constexpr int arm = 40;

double restricted_odds_score(int x, int y, double ratio) {
  double low = -40, high = 40;
  const auto p = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  for (int k = 0; k < 100; ++k) {
    const double middle = (low + high) / 2;
    (arm * (p(middle) + p(middle + std::log(ratio))) < x + y ? low : high) = middle;
  }
  const double a = p(low), b = p(low + std::log(ratio));
  return (y - arm * b) * std::sqrt(1 / (arm * a * (1 - a)) + 1 / (arm * b * (1 - b)));
}
/// The likelihood restricted to later = reference + difference, by golden sections.
double restricted_difference_score(int x, int y, double difference) {
  const auto likelihood = [&](double p) {
    const auto part = [](double count, double q) { return count == 0 ? 0 : count * std::log(q); };
    return part(x, p) + part(arm - x, 1 - p) + part(y, p + difference) + part(arm - y, 1 - p - difference);
  };
  double low = std::max(0.0, -difference), high = std::min(1.0, 1 - difference);
  constexpr double golden = 0.6180339887498949;
  for (int k = 0; k < 100; ++k) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (likelihood(a) < likelihood(b) ? low : high) = likelihood(a) < likelihood(b) ? a : b;
  }
  const double p = (low + high) / 2, q = p + difference;
  return ((y - x) / static_cast<double>(arm) - difference) / std::sqrt((p * (1 - p) + q * (1 - q)) / arm);
}

void compare_proportions(const std::string& method, const std::string& null, const Score& score, double null_later,
                         double later) {
  const auto rows = run_cells(fmt::format(R"(study: two proportions
seed: 103
disease: {{outcomes: {{or: {{probability: 0.3, known_months: 3}}}}}}
arms: {{control: {{}}, experimental: {{effects: {{or: {{probability: 0.3}}}}}}}}
trial: {{enrollment: {{patients: 80, over_months: 10}}, randomization: {{blocks: [4]}}}}
design: {{kind: fixed, primary: orr, alpha: 0.05, looks: [{{min_follow_up_months: 3.5}}]}}
plan:
  time_unit: days
  analyses: [{{name: orr, outcome: or, by: arm, {}}}]
scenarios:
  at the null: {{arms.experimental.effects.or.probability: {}}}
  better: {{arms.experimental.effects.or.probability: {}}}
)",
                                          "method: " + method + ", null_value: " + null, null_later, later));
  for (const auto& [scenario, probability] : {std::pair{"at the null", null_later}, {"better", later}}) {
    double power = 0;
    for (int x = 0; x <= arm; ++x)
      for (int y = 0; y <= arm; ++y)
        if (x + y > 0 && x + y < 2 * arm && score(x, y) >= 1.6448536269514722)
          power += binomial(x, arm, 0.3) * binomial(y, arm, probability);
    const bool at_null = probability == null_later;
    DesignCells(method + " against " + null, scenario, rows, source)
        .compare("reject", "", {power}, at_null ? 0.05 : missing, at_null ? Level::asymptotic : Level::none);
  }
}

TEST(DesignCells, OracleTwoProportions) {
  const auto odds = [](double ratio) { return [ratio](int x, int y) { return restricted_odds_score(x, y, ratio); }; };
  const auto difference = [](double d) { return [d](int x, int y) { return restricted_difference_score(x, y, d); }; };
  const double at_half_the_odds = 0.3 * 0.5 / (0.7 + 0.3 * 0.5);
  compare_proportions("odds_ratio", "1", odds(1), 0.3, 0.55);
  compare_proportions("odds_ratio", "0.5", odds(0.5), at_half_the_odds, 0.35);
  compare_proportions("risk_difference", "0", difference(0), 0.3, 0.55);
  compare_proportions("risk_difference", "-0.15", difference(-0.15), 0.15, 0.35);
}

// ---- Several hypotheses at one look: two independent responses ----

/// Which of two hypotheses are rejected, by their one-sided p.
using Procedure = std::function<std::array<bool, 2>(double first, double second)>;
constexpr double alpha = 0.025;

std::array<bool, 2> fallback_and_back(double p, double q, double first_share) {
  const std::array<bool, 2> own = {p <= first_share * alpha, q <= (1 - first_share) * alpha};
  return {own[0] || (own[1] && p <= alpha), own[1] || (own[0] && q <= alpha)};
}

void compare_procedure(const std::string& keys, const Procedure& procedure) {
  const auto rows = run_cells(fmt::format(R"(study: two hypotheses
seed: 104
disease: {{outcomes: {{a: {{probability: 0.3, known_months: 1}}, b: {{probability: 0.4, known_months: 1}}}}}}
arms: {{control: {{}}, experimental: {{effects: {{a: {{probability: 0.3}}, b: {{probability: 0.4}}}}}}}}
trial: {{enrollment: {{patients: 80, over_months: 10}}, randomization: {{blocks: [4]}}}}
design:
  kind: fixed
  primary: a
  alpha: 0.025
  looks: [{{min_follow_up_months: 3}}]
  multiplicity: {{{}}}
plan:
  time_unit: days
  analyses:
    - {{name: a, method: risk_difference, outcome: a, by: arm}}
    - {{name: b, method: risk_difference, outcome: b, by: arm}}
scenarios:
  no effect: {{design.multiplicity.true_nulls: [[a, b]]}}
  effect on a: {{arms.experimental.effects.a.probability: 0.6, design.multiplicity.true_nulls: [[b]]}}
  both: {{arms.experimental.effects.a.probability: 0.6, arms.experimental.effects.b.probability: 0.65}}
)",
                                          keys));
  struct Table {
    double mass, p;
  };
  const auto tables = [](double reference, double later) {
    std::vector<Table> all;
    for (int x = 0; x <= arm; ++x)
      for (int y = 0; y <= arm; ++y) {
        const double pooled = (x + y) / (2.0 * arm), variance = 2 * pooled * (1 - pooled) / arm;
        const double z = variance > 0 ? (y - x) / static_cast<double>(arm) / std::sqrt(variance) : -9;
        all.push_back({binomial(x, arm, reference) * binomial(y, arm, later), std::erfc(z / std::sqrt(2)) / 2});
      }
    std::erase_if(all, [](const Table& t) { return t.mass < 1e-12; });
    return all;
  };
  struct Truth {
    const char* name;
    double a, b;
    int nulls;  // true ones: bit 0 of a, bit 1 of b
  };
  for (const Truth& truth : {Truth{"no effect", 0.3, 0.4, 3}, {"effect on a", 0.6, 0.4, 2}, {"both", 0.6, 0.65, 0}}) {
    double a = 0, b = 0, wrong = 0;
    const std::vector<Table> of_b = tables(0.4, truth.b);
    for (const Table& first : tables(0.3, truth.a))
      for (const Table& second : of_b) {
        const auto rejected = procedure(first.p, second.p);
        const double mass = first.mass * second.mass;
        a += mass * rejected[0], b += mass * rejected[1];
        wrong += mass * ((rejected[0] && truth.nulls & 1) || (rejected[1] && truth.nulls & 2));
      }
    const DesignCells cells(keys.substr(11, keys.find(',') - 11), truth.name, rows, source);
    cells.compare("adjusted_reject", "a", {a});
    cells.compare("adjusted_reject", "b", {b});
    if (truth.nulls != 0) cells.compare("familywise_error", "", {wrong}, alpha, Level::asymptotic);
  }
}

TEST(DesignCells, OracleSeveralHypotheses) {
  const std::string equal = ", hypotheses: {a: {}, b: {}}";
  compare_procedure("procedure: hierarchical" + equal, [](double p, double q) {
    return std::array{p <= alpha, p <= alpha && q <= alpha};
  });
  compare_procedure("procedure: co_primary" + equal, [](double p, double q) {
    const bool both = p <= alpha && q <= alpha;
    return std::array{both, both};
  });
  compare_procedure("procedure: holm" + equal, [](double p, double q) { return fallback_and_back(p, q, 0.5); });
  compare_procedure("procedure: hochberg" + equal, [](double p, double q) {
    const bool both = std::max(p, q) <= alpha;
    return std::array{both || p <= alpha / 2, both || q <= alpha / 2};
  });
  compare_procedure("procedure: graphical, hypotheses: {a: {weight: 0.8, to: {b: 1}}, b: {weight: 0.2, to: {a: 1}}}",
                    [](double p, double q) { return fallback_and_back(p, q, 0.8); });
}

}  // namespace
}  // namespace oligosim
