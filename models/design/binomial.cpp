#include <utility>

#include "models/design/design.hpp"

namespace oligosim {
namespace {

enum class SimonChoice { optimal, minimax };
constexpr Choice<SimonChoice> simon_choices[] = {{"optimal", SimonChoice::optimal}, {"minimax", SimonChoice::minimax}};

std::string count(std::size_t n, const std::string& noun) { return std::to_string(n) + " " + noun; }

/// Stops for futility at the first stage with too few responses, and claims efficacy where the last has enough.
/// Responses are the successes of the primary analysis among the patients of the stages so far, once the last of them
/// has been followed; nobody else enters before that.
class BinomialDesign : public Design {
 public:
  BinomialDesign(DesignInput input, bool several_stages) : patients_(input.patients) {
    ConfigNode& node = input.node;
    primary_ = node.one_of("primary", input.proportions, "proportion of all patients");
    several_stages ? read_stages(node) : read_stage(node);
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
    if (searched || node.has("p0") || node.has("p1")) {
      rule_.p0 = node.number("p0", Range::inside(0, 1));
      rule_.p1 = node.number("p1", Range::inside(0, 1));
      if (rule_.p1 <= rule_.p0) node.problem("p1", "is not above p0");
    }
    const double power = searched ? node.number("power", Range::between(0.5, 0.999)) : missing;
    return {rule_.p0, rule_.p1, alpha_, power};
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
    rule_.stages = {stage};
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
    rule_.stages = {{1, 0}, {std::max<std::size_t>(2, patients_), 0}};  // stands in for what is refused
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
  return std::make_unique<BinomialDesign>(std::move(input), false);
}

std::unique_ptr<Design> read_simon(DesignInput input) {
  return std::make_unique<BinomialDesign>(std::move(input), true);
}

}  // namespace oligosim
