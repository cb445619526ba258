#include <cmath>
#include <utility>

#include "engine/statistics/sequential/predictive_probability.hpp"
#include "engine/statistics/sequential/toxicity_boundary.hpp"
#include "models/design/design.hpp"

namespace oligosim {
namespace {

enum class SimonChoice { optimal, minimax };
constexpr Choice<SimonChoice> simon_choices[] = {{"optimal", SimonChoice::optimal}, {"minimax", SimonChoice::minimax}};

enum class Stages { one, several, predictive, toxicity };

std::string count(std::size_t n, const std::string& noun) { return std::to_string(n) + " " + noun; }

/// Stops for futility at the first stage with too few responses, and claims efficacy where the last has enough.
/// Responses are the successes of the primary analysis among the patients of the stages so far, once the last of them
/// has been followed; nobody else enters before that.
class BinomialDesign : public Design {
 public:
  BinomialDesign(DesignInput input, Stages stages) : patients_(input.patients) {
    ConfigNode& node = input.node;
    primary_ = node.one_of("primary", input.proportions, "proportion of all patients");
    rule_.stages = {{1, 0}, {std::max<std::size_t>(2, patients_), 0}};  // stands in for what is refused
    if (stages == Stages::one) read_stage(node);
    if (stages == Stages::several) read_stages(node);
    if (stages == Stages::predictive) read_predictive(node);
    if (stages == Stages::toxicity) read_toxicity(node);
    const double follow_up = node.number("min_follow_up_months", Range::above(0));
    latest_month_ = node.number("latest_month", Range::above(0), 120);
    node.finish();
    for (const BinomialStage& stage : rule_.stages) {
      Look look;
      look.patients = stage.patients;
      look.pauses = true;
      look.follow_up_months = follow_up;
      look.information = static_cast<double>(stage.patients) / static_cast<double>(rule_.stages.back().patients);
      looks_.push_back(look);
    }
  }

  void conduct(Conduct& trial) const override {
    for (std::size_t k = 0; k < looks_.size(); ++k) {
      const LookResult result = trial.analyze_at(looks_[k]);
      const bool last = k + 1 == looks_.size() || !result.events_reached;  // what has come by then is all there will be
      const bool enough = result.successes > static_cast<double>(rule_.stages[last ? looks_.size() - 1 : k].above);
      if (last) return trial.stop(enough ? Decision::efficacy : Decision::none);
      if (!enough) return trial.stop(Decision::futility);
    }
  }

  const BinomialRule* binomial() const override { return &rule_; }

 private:
  /// What the design is to hold. `power`: it is searched for.
  BinomialDemand read_demand(ConfigNode& node, bool searched) {
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.05);
    node.accept("p0"), node.accept("p1");
    if (searched || node.has("p0") || node.has("p1")) read_probabilities(node);
    const double power = searched ? node.number("power", Range::between(0.5, 0.999)) : missing;
    return {rule_.p0, rule_.p1, alpha_, power};
  }

  void read_probabilities(ConfigNode& node) {
    rule_.p0 = node.number("p0", Range::inside(0, 1));
    rule_.p1 = node.number("p1", Range::inside(0, 1));
    if (rule_.p1 <= rule_.p0) node.problem("p1", "is not above p0");
  }

  void read_stage(ConfigNode& node) {
    const bool given = node.has("reject_above");
    const BinomialDemand demand = read_demand(node, !given);
    BinomialStage stage{patients_, 0};
    if (given) {
      stage.above = static_cast<std::size_t>(node.integer("reject_above", Range::between(0, 1e6)));
      check_threshold(node, "reject_above", stage);
      rule_.stages = {stage};
      return;
    }
    node.accept("reject_above");
    const bool every_larger = node.flag("every_larger", false);
    if (!(demand.p0 < demand.p1)) return;
    const std::optional<BinomialStage> found = single_stage_design(demand, every_larger);
    if (!found) return too_close(node);
    rule_.stages = {*found};
    if (every_larger && patients_ >= found->patients)
      rule_.stages = {{patients_, critical_responses(patients_, demand.p0, demand.alpha)}};
    else
      check_patients(node, every_larger ? " at least" : "");
  }

  void read_stages(ConfigNode& node) {
    const bool given = node.has("stages");
    const BinomialDemand demand = read_demand(node, !given);
    if (given) return read_given_stages(node);
    node.accept("stages");
    const auto wanted = node.choice<SimonChoice>("choose", simon_choices, SimonChoice::optimal);
    if (!(demand.p0 < demand.p1)) return;
    const std::optional<SimonDesigns> found = simon_designs(demand);
    if (!found) return too_close(node);
    rule_.stages = wanted == SimonChoice::optimal ? found->optimal : found->minimax;
    check_patients(node, "");
  }

  void read_given_stages(ConfigNode& node) {
    std::vector<ConfigNode> nodes = node.children("stages");
    if (nodes.size() < 2) return node.problem("stages", "are two or more (kind: exact_binomial has one)");
    std::vector<BinomialStage> stages;
    for (ConfigNode& own : nodes) {
      const char* key = stages.size() + 1 == nodes.size() ? "reject_above" : "go_on_above";
      const BinomialStage stage{static_cast<std::size_t>(own.integer("patients", Range::between(1, 1e6))),
                                static_cast<std::size_t>(own.integer(key, Range::between(0, 1e6)))};
      own.finish();
      check_threshold(own, key, stage);
      if (!stages.empty() && stage.patients <= stages.back().patients)
        own.problem("patients", "is not above the stage before (they are counted from the first patient on)");
      if (!stages.empty() && stage.above < stages.back().above)
        own.problem(key, "is below that of the stage before, so that this stage would decide nothing");
      stages.push_back(stage);
    }
    if (patients_ > 0 && stages.back().patients != patients_)
      nodes.back().problem("patients", "is not the " + count(patients_, "patients of trial.enrollment.patients"));
    rule_.stages = std::move(stages);
  }

  /// Stages of Lee and Liu (2008): the trial goes on while the probability that its end will be convincing is not below
  /// stop_below.
  void read_predictive(ConfigNode& node) {
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.05);  // of the plan's other tests
    read_probabilities(node);
    const std::vector<double> prior = read_prior(node);
    const double certainty = node.number("certainty", Range::inside(0.5, 1));
    const double stop_below = node.number("stop_below", Range::inside(0, 1));
    const std::vector<double> interim = node.numbers("interim_patients", Range::at_least(1));
    if (patients_ == 0) return;
    const BetaRule rule{prior[0], prior[1], rule_.p0, certainty, patients_};
    std::vector<BinomialStage> stages;
    for (const double patients : interim) read_interim(node, patients, rule, stop_below, stages);
    stages.push_back({patients_, most_not_enough(rule)});
    if (stages.back().above == patients_)
      node.problem("certainty", "is not reached by " + count(patients_, "responses of as many patients"));
    rule_.stages = std::move(stages);
  }

  static std::vector<double> read_prior(ConfigNode& node) {
    const std::vector<double> prior = node.numbers("prior", Range::above(0), std::vector{0.5, 0.5});
    if (prior.size() == 2) return prior;
    node.problem("prior", "has two numbers, the parameters of a beta distribution");
    return {0.5, 0.5};
  }

  /// Stages of a toxicity: responses are the patients without it, and too few of them are too much of it.
  void read_toxicity(ConfigNode& node) {
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.05);  // of the plan's other tests
    const double limit = node.number("limit", Range::inside(0, 1));
    const double acceptable = node.number("acceptable", Range::inside(0, 1));
    if (acceptable >= limit) node.problem("acceptable", "is not below the limit");
    rule_.p0 = 1 - limit, rule_.p1 = 1 - acceptable;
    rule_.of_toxicity = true;
    for (const char* key : {"stop_probability", "prior", "certainty"}) node.accept(key);
    const bool pocock = node.has("stop_probability");
    const char* key = pocock ? "stop_probability" : "certainty";
    if (pocock && (node.has("prior") || node.has("certainty")))
      node.problem("stop_probability", "stands beside a prior or certainty (one of the two rules)");
    const std::vector<double> prior = pocock ? std::vector{0.5, 0.5} : read_prior(node);
    const double stated = node.number(key, pocock ? Range::inside(0, 0.5) : Range::inside(0.5, 1));
    const ToxicityRule rule{prior[0], prior[1], limit, stated};
    const std::vector<std::size_t> looks = read_toxicity_looks(node);
    std::vector<std::size_t> boundary;
    if (pocock) boundary = pocock_too_many(looks, acceptable, stated);
    std::vector<BinomialStage> stages;
    for (std::size_t k = 0; k < looks.size(); ++k) {
      const std::size_t n = looks[k];
      const bool last = k + 1 == looks.size();
      std::optional<std::size_t> too_many = pocock ? boundary[k] : fewest_too_many(rule, n);
      if (too_many > n) too_many = {};
      if (!too_many)
        node.problem(last ? key : "interim_patients",
                     "not even " + count(n, "patients with the toxicity are too many of as many"));
      else if (*too_many == 0)
        node.problem("prior", "is so certain that none with the toxicity of " + count(n, "patients are too many"));
      else
        stages.push_back({n, n - *too_many});
    }
    if (!stages.empty()) rule_.stages = std::move(stages);
  }

  /// Patients of the interim looks, then all; none where they are not known.
  std::vector<std::size_t> read_toxicity_looks(ConfigNode& node) const {
    const std::vector<double> interim = node.numbers("interim_patients", Range::at_least(1));
    if (patients_ == 0) return {};
    std::vector<BinomialStage> before;
    std::vector<std::size_t> looks;
    for (const double patients : interim) {
      if (!check_interim(node, patients, before)) continue;
      looks.push_back(static_cast<std::size_t>(patients));
      before.push_back({looks.back(), 0});
    }
    looks.push_back(patients_);
    return looks;
  }

  /// Whether it may be the next interim look.
  bool check_interim(const ConfigNode& node, double patients, const std::vector<BinomialStage>& stages) const {
    const char* key = "interim_patients";
    const auto n = static_cast<std::size_t>(patients);
    if (patients != std::floor(patients))
      node.problem(key, "are whole numbers");
    else if (!stages.empty() && n <= stages.back().patients)
      node.problem(key, "do not rise");
    else if (n >= patients_)
      node.problem(
          key, std::to_string(n) + " is not below the " + count(patients_, "patients of trial.enrollment.patients"));
    else
      return true;
    return false;
  }

  void read_interim(const ConfigNode& node, double patients, const BetaRule& rule, double stop_below,
                    std::vector<BinomialStage>& stages) const {
    const char* key = "interim_patients";
    if (!check_interim(node, patients, stages)) return;
    const auto n = static_cast<std::size_t>(patients);
    const std::optional<std::size_t> above = most_without_prospect(rule, n, stop_below);
    if (!above)
      return node.problem(key, "no number of responses of " + count(n, "patients has a predictive probability below ") +
                                   "stop_below, so that this look would decide nothing");
    stages.push_back({n, *above});
  }

  static void check_threshold(const ConfigNode& node, const char* key, const BinomialStage& stage) {
    if (stage.patients > 0 && stage.above >= stage.patients)
      node.problem(key, count(stage.above, "responses are never exceeded among ") + count(stage.patients, "patients"));
  }

  static void too_close(const ConfigNode& node) {
    node.problem("p1", "is so close to p0 that the design has more than " + count(most_binomial_patients, "patients"));
  }

  /// Whether the trial has the patients that were found.
  void check_patients(const ConfigNode& node, const std::string& limit) const {
    const BinomialStage& last = rule_.stages.back();
    if (patients_ > 0 && patients_ != last.patients)
      node.problem("power", "takes" + limit + " " + count(last.patients, "patients, efficacy claimed with more than ") +
                                count(last.above, "responses") + "; trial.enrollment.patients has " +
                                std::to_string(patients_));
  }

  std::size_t patients_;  // of the trial; 0: not known
  BinomialRule rule_;
};

}  // namespace

std::unique_ptr<Design> read_exact_binomial(DesignInput input) {
  return std::make_unique<BinomialDesign>(std::move(input), Stages::one);
}

std::unique_ptr<Design> read_simon(DesignInput input) {
  return std::make_unique<BinomialDesign>(std::move(input), Stages::several);
}

std::unique_ptr<Design> read_predictive_probability(DesignInput input) {
  return std::make_unique<BinomialDesign>(std::move(input), Stages::predictive);
}

std::unique_ptr<Design> read_toxicity_boundary(DesignInput input) {
  return std::make_unique<BinomialDesign>(std::move(input), Stages::toxicity);
}

}  // namespace oligosim
