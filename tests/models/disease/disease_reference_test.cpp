// OP and OM HCC against a second implementation, written for clarity, and against the published model figures.
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/models/disease/disease_naive.hpp"
#include "tests/models/disease/disease_support.hpp"

namespace oligosim {
namespace {

constexpr std::size_t n = 200000;

struct NaiveCohort {
  NaiveCohort(const naive::Arm& arm, unsigned seed, const OligoHccParameters& parameters = {}) {
    naive::Simulator simulator(parameters, 28.0 / 37, seed);
    for (std::size_t i = 0; i < n; ++i) patients.push_back(simulator.patient(arm));
  }
  std::vector<naive::Patient> patients;
};

/// Two shares of independent samples differ by less than 4 Monte Carlo standard errors.
void expect_equal(const Share& a, const Share& b, const std::string& what) {
  const double p = (a.value * a.patients + b.value * b.patients) / (a.patients + b.patients);
  EXPECT_NEAR(a.value, b.value, 4 * std::sqrt(p * (1 - p) * (1 / a.patients + 1 / b.patients))) << what;
}

class Against {
 public:
  Against(const Simulation& s, const NaiveCohort& naive) : s_(s), naive_(naive.patients) {}

  void day(const char* endpoint, double naive::Patient::*member, bool om) {
    const auto grp = s_.category("grp");
    const auto days = s_.day(endpoint);
    for (const double month : {2.0, 3.0, 5.5, 8.6, 11.4, 14.5, 20.5, 28.0, 34.0, 46.0, 70.0}) {
      const Share a = share(
          n, [&](std::size_t i) { return days[i] <= month * 30; }, [&](std::size_t i) { return (grp[i] == 2) == om; });
      const Share b = share(
          n, [&](std::size_t i) { return naive_[i].*member <= month * 30; },
          [&](std::size_t i) { return naive_[i].om == om; });
      expect_equal(a, b, std::string(endpoint) + " by month " + std::to_string(month) + (om ? " OM" : " OP"));
    }
    // The median of one is the median of the other: half of the other has failed by it.
    std::vector<double> own;
    for (std::size_t i = 0; i < n; ++i)
      if ((grp[i] == 2) == om) own.push_back(days[i]);
    const auto middle = own.begin() + static_cast<std::ptrdiff_t>(own.size() / 2);
    std::nth_element(own.begin(), middle, own.end());
    if (*middle == never) return;
    const Share a = share(own.size(), [&](std::size_t i) { return own[i] <= *middle; });
    const Share b = share(
        n, [&](std::size_t i) { return naive_[i].*member <= *middle; },
        [&](std::size_t i) { return naive_[i].om == om; });
    expect_equal(a, b, std::string(endpoint) + " by the median");
  }

  void outcome(const char* name, bool naive::Patient::*success, bool naive::Patient::*evaluable, bool om) {
    const auto grp = s_.category("grp");
    const Share a = share(
        n, [&](std::size_t i) { return s_.success(name)[i] < never; },
        [&](std::size_t i) { return (grp[i] == 2) == om && s_.evaluable(name)[i] < never; });
    const Share b = share(
        n, [&](std::size_t i) { return naive_[i].*success; },
        [&](std::size_t i) { return naive_[i].om == om && naive_[i].*evaluable; });
    expect_equal(a, b, std::string(name) + (om ? " OM" : " OP"));
  }

  void everything() {
    for (const bool om : {false, true}) {
      day("pfs", &naive::Patient::pfs, om);
      day("os", &naive::Patient::os, om);
      day("pfs_true", &naive::Patient::pfs_true, om);
      day("lf", &naive::Patient::lf, om);
      day("untreated", &naive::Patient::untreated_day, om);
      day("new_lesions", &naive::Patient::new_day, om);
      outcome("response", &naive::Patient::response, &naive::Patient::evaluable, om);
      outcome("complete_response", &naive::Patient::complete, &naive::Patient::evaluable, om);
      outcome("disease_control", &naive::Patient::disease_control, &naive::Patient::evaluable, om);
    }
  }

 private:
  const Simulation& s_;
  const std::vector<naive::Patient>& naive_;
};

const char* const mix = "cohort: {OP: 0.75675675675675680, OM: 0.24324324324324320}\n";

TEST(SecondImplementation, OracleSbrt) {
  const auto model = model_of(oligo_hcc_study(mix));
  const Simulation s(*model, n, 11);
  const NaiveCohort naive({}, 1);
  Against against(s, naive);
  against.everything();
  for (const bool om : {false, true})
    against.outcome("or", &naive::Patient::irradiated_response, &naive::Patient::irradiated_evaluable, om);
}

TEST(SecondImplementation, OracleWithoutSbrtAndDelayed) {
  const auto model =
      model_of(oligo_hcc_study(std::string(mix) + "arms: {systemic: {without_sbrt: true, match: {pfs_median_months: "
                                                  "5}}, sbrt: {effects: {progression: {from_month: 3}}}}\n"));
  naive::Arm control{.sbrt = false, .multiplier = model->solved()[0].value};
  Simulation s(*model, n, 12, 1, 0);
  const NaiveCohort naive(control, 2);
  Against(s, naive).everything();
  const naive::Arm delayed{.sbrt = true, .as_control_until = 3, .control = &control};
  const Simulation d(*model, n, 13, 1, 1);
  const NaiveCohort naive_delayed(delayed, 3);
  Against(d, naive_delayed).everything();
}

/// Kaplan-Meier with censoring by accrual over 78 months, entry = 78 U^(1/g), and a cut-off at month 90.
class Observed {
 public:
  Observed(const Simulation& s, const char* endpoint, const std::function<bool(std::size_t)>& of) {
    std::vector<std::pair<double, bool>> data;
    for (std::size_t i = 0; i < n; ++i) {
      if (!of(i)) continue;
      const double u = Streams(17, 1).stream(Purpose::enrollment, static_cast<std::uint32_t>(i)).uniform();
      const double cut = 30 * std::max(1.0, 90 - 78 * std::pow(u, 1 / (s.category("grp")[i] == 2 ? 1.3202 : 2.2556)));
      data.emplace_back(std::min(s.day(endpoint)[i], cut), s.day(endpoint)[i] <= cut);
      events += data.back().second;
    }
    std::ranges::sort(data, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    double alive = 1, variance = 0;
    for (std::size_t k = 0; k < data.size(); ++k) {
      const double at_risk = static_cast<double>(data.size() - k);
      if (data[k].second) alive *= 1 - 1 / at_risk, variance += 1 / (at_risk * at_risk);
      curve.push_back({data[k].first / 30, alive, alive * std::sqrt(variance)});
    }
    events /= static_cast<double>(data.size());
  }
  struct Point {
    double month, survival, standard_error;
  };
  Point at(double month) const {
    Point last{0, 1, 0};
    for (const Point& p : curve)
      if (p.month <= month) last = p;
    return last;
  }
  double events = 0;
  std::vector<Point> curve;
};

// One run of 36 000 patients of a prototype of the structure with these parameters, whose response stretched the
// remaining time by 1 / 0.6 instead of multiplying the hazard by 0.6. Where that matters little the figures are the
// same within the error of both runs.
TEST(PublishedModel, ReferenceFiguresThatTheResponseEffectHardlyMoves) {
  const std::string prototype_parameters = R"(disease:
  model: oligo_hcc
  progression:
    {controlled_share: 0.13346, shape: 1.3596, new_lesions: 0.027444, untreated_lesions: 0.016118, untreated_with_new: 0,
     local_failure: 0.0013854, log_hazard_ratios:
     {multiple: 0.60215, large: 0.58923, later_line: -0.4965, op_n: 0.38247, om: -0.24511}}
  death: {before_progression: 0.001626, after_progression: 0.070122, log_hazard_ratios: {om: -1.1732, op_n: -0.8293}}
  irradiated_response: {frailty_correlation: 0.82969, om: 0, complete_above: 0.3937, partial_above: -0.43487,
    responder_log_months: 1.5212, other_log_months: 0.74813}
  overall_response: {complete_above: 1.6608, partial_above: -0.21714, alone_above: 0.92605}
)";
  const auto model = model_of(prototype_parameters + published_visits + mix);
  const Simulation s(*model, n, 21);
  const auto op = [&](std::size_t i) { return s.category("grp")[i] != 2; };
  const auto om = [&](std::size_t i) { return s.category("grp")[i] == 2; };
  const double prototype = 36000;
  const auto expect = [&](double value, double size, double published, double share_of_prototype, const char* what) {
    const double p = published;
    EXPECT_NEAR(value, p, 4 * std::sqrt(p * (1 - p) * (1 / size + 1 / (prototype * share_of_prototype)))) << what;
  };
  const Observed pfs_om(s, "pfs", om), os_om(s, "os", om), os_op(s, "os", op);
  expect(pfs_om.events, n * 9.0 / 37, 0.779, 9.0 / 37, "OM event fraction");
  expect(os_op.events, n * 28.0 / 37, 0.493, 28.0 / 37, "OP deaths");
  expect(os_om.at(36).survival, n * 9.0 / 37 * 0.6, 0.623, 9.0 / 37 * 0.6, "OM overall survival at 36 months");
  const Share early = share(
      n, [&](std::size_t i) { return s.success("disease_control")[i] == never; },
      [&](std::size_t i) { return s.evaluable("response")[i] < never; });
  expect(early.value, n, 0.286, 1, "best response is progression");
  for (const bool of_om : {false, true}) {
    const Share response = share(
        n, [&](std::size_t i) { return s.success("response")[i] < never; },
        [&](std::size_t i) { return s.evaluable("response")[i] < never && om(i) == of_om; });
    expect(response.value, response.patients, of_om ? 0.495 : 0.448, of_om ? 9.0 / 37 : 28.0 / 37, "overall response");
  }
}

TEST(Presets, ReferenceSongFileHoldsTheDefaults) {
  const auto from_file = [](const std::string& name) {
    std::ifstream file(std::string(OLIGOSIM_SOURCE_DIR) + "/configs/disease/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  };
  Problems problems;
  for (const std::string name : {"song2025.yaml", "confounded.yaml", "causal.yaml", "bias_only.yaml"}) {
    const YamlNode tree = parse_yaml(from_file(name), name, problems);
    ConfigNode node(tree, problems);
    EXPECT_EQ(node.text("model"), "oligo_hcc");
    if (node.has("published")) node.raw("published");
    const OligoHccParameters read = read_oligo_hcc_parameters(node), standard;
    EXPECT_EQ(problems.text(), "");
    EXPECT_EQ(read == standard, name == "song2025.yaml") << name;
  }
}

}  // namespace
}  // namespace oligosim
