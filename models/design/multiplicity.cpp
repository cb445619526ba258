#include "models/design/multiplicity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "models/design/boundaries.hpp"

namespace oligosim {
namespace {

constexpr Choice<Procedure> procedures[] = {{"hierarchical", Procedure::hierarchical},
                                            {"co_primary", Procedure::co_primary},
                                            {"holm", Procedure::holm},
                                            {"hochberg", Procedure::hochberg},
                                            {"graphical", Procedure::graphical}};
constexpr Choice<bool> ends[] = {{"primary_rejected", false}, {"all_rejected", true}};
constexpr double millionths = 1e6;  // what planned fractions are counted in
constexpr double rounding = 1e-9;   // of sums of shares that a user writes

bool shares_alpha(Procedure p) { return p == Procedure::holm || p == Procedure::graphical; }

/// The z of a hypothesis in favour of its claim.
double favourable(double z, int sides) { return sides == 1 ? z : std::abs(z); }

}  // namespace

Multiplicity::Multiplicity(ConfigNode node, const MultiplicityInput& input)
    : alpha_(input.alpha), sides_(input.sides), sequential_(input.looks.size() > 1) {
  procedure_ = node.choice<Procedure>("procedure", procedures);
  if (sequential_ && procedure_ == Procedure::hochberg)
    node.problem("procedure",
                 "hochberg holds alpha at one look (of several: hierarchical, co_primary, holm, graphical)");
  if (sequential_ && shares_alpha(procedure_) && !input.efficacy.planned.empty())
    node.problem("procedure",
                 "tests the primary at shares of alpha, for which a classical boundary is not made "
                 "(efficacy: spending)");
  read_hypotheses(node, input);
  if (sequential_ && procedure_ != Procedure::co_primary)
    until_all_ = node.choice<bool>("ends_when", ends, false);
  else
    until_all_ = procedure_ == Procedure::co_primary;
  true_nulls_ = read_true_nulls(node, names_);
  node.finish();
}

HypothesisSet read_true_nulls(ConfigNode& node, std::span<const std::string> names, const std::string& noun) {
  HypothesisSet nulls = 0;
  for (const std::string& name : node.some_of("true_nulls", names, noun, std::vector<std::string>{}))
    for (std::size_t k = 0; k < names.size(); ++k)
      if (name == names[k]) nulls |= only(k);
  return nulls;
}

void Multiplicity::read_hypotheses(ConfigNode& node, const MultiplicityInput& input) {
  std::vector<std::pair<std::string, ConfigNode>> nodes = node.named_children("hypotheses");
  if (nodes.size() < 2 || nodes.size() > most_hypotheses) {
    if (node.has("hypotheses"))
      node.problem("hypotheses", "are " + std::to_string(nodes.size()) + " (from 2 to " +
                                     std::to_string(most_hypotheses) + " analyses)");
    return;
  }
  for (auto& [name, own] : nodes) {
    if (std::ranges::find(input.testable, name) == input.testable.end())
      own.problem("", "is not an analysis with a one-sided test (" + either(input.testable) + ")");
    names_.push_back(name);
  }
  const auto found = std::ranges::find(names_, input.primary);
  primary_ = found == names_.end() ? 0 : static_cast<std::size_t>(found - names_.begin());
  if (found == names_.end()) node.problem("hypotheses", "are without the primary analysis '" + input.primary + "'");
  if (procedure_ == Procedure::hierarchical) weights_.emplace(fixed_sequence(size()));
  if (shares_alpha(procedure_)) weights_.emplace(read_graph(nodes));
  if (sequential_)
    for (std::size_t k = 0; k < size(); ++k)
      hypotheses_.push_back(read_sequential(nodes[k].second, input, k == primary_));
  for (auto& [name, own] : nodes) own.finish();
  if (!sequential_ || found == names_.end()) return;
  boundaries_.resize(size());
  for (std::size_t k = 0; k < size(); ++k) {
    if (!weights_) add_boundaries(1, k);
    for (HypothesisSet rejected = 0; weights_ && rejected <= all(); ++rejected)
      add_boundaries(weights_->weight(rejected, k), k);
  }
}

TestGraph Multiplicity::read_graph(std::vector<std::pair<std::string, ConfigNode>>& nodes) const {
  const std::size_t n = nodes.size();
  TestGraph graph{std::vector<double>(n, 0.0), std::vector<double>(n * n, 0.0)};
  const bool holm = procedure_ == Procedure::holm;
  const std::optional<double> equal = holm ? std::optional<double>(1 / static_cast<double>(n)) : std::nullopt;
  const Range shares = holm ? Range{.minimum = 0, .maximum = 1, .minimum_included = false} : Range::between(0, 1);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    ConfigNode& own = nodes[i].second;
    sum += graph.weight[i] = own.number("weight", shares, equal);
    if (sum > 1 + rounding) own.problem("weight", "makes the sum of the weights " + rounded(sum, 6) + " (at most 1)");
    if (holm) continue;
    own.accept("to");
    if (!own.has("to")) continue;
    ConfigNode to = own.child("to");
    double passed = 0;
    for (const std::string& name : to.keys()) {
      const auto found = std::ranges::find(names_, name);
      if (found == names_.end() || name == names_[i]) {
        std::vector<std::string> others = names_;
        std::erase(others, names_[i]);
        to.problem(name, "is not another hypothesis (" + either(others) + ")");
        to.accept(name);
        continue;
      }
      const double share = to.number(name, Range::between(0, 1));
      passed += graph.transition[i * n + static_cast<std::size_t>(found - names_.begin())] = share;
    }
    if (passed > 1 + rounding)
      own.problem("to", "passes on " + rounded(passed, 6) + " of the share (at most 1 in sum)");
    to.finish();
  }
  return holm ? weighted_holm(graph.weight) : graph;
}

Multiplicity::Hypothesis Multiplicity::read_sequential(ConfigNode& node, const MultiplicityInput& input,
                                                       bool primary) const {
  Hypothesis own;
  std::vector<Look> looks(input.looks.begin(), input.looks.end());
  if (primary) {
    own.efficacy = input.efficacy;
    own.full = input.final_events > 0 ? input.final_events : static_cast<std::size_t>(millionths);
    if (input.final_events == 0)
      for (const Look& look : looks)
        own.known.push_back(static_cast<std::size_t>(std::lround(look.information * millionths)));
    return own;
  }
  for (const char* key : {"final_events", "information"}) node.accept(key);
  if (node.has("final_events") == node.has("information")) {
    node.problem("", "says how much is known of it at each look by final_events, or by information, one of them");
    node.accept("spending");
    return own;
  }
  if (node.has("final_events")) {
    own.full = static_cast<std::size_t>(node.integer("final_events", Range::between(1, 1e6)));
  } else {
    own.full = static_cast<std::size_t>(millionths);
    const std::vector<double> information =
        node.numbers("information", Range{.minimum = 0, .maximum = 1, .minimum_included = true});
    const bool rises = std::ranges::is_sorted(information);
    if (information.size() != looks.size() || !rises || information.back() != 1)
      node.problem("information", "is not one fraction for each look that does not fall and ends with 1 (" +
                                      std::to_string(looks.size()) + " looks)");
    else
      for (std::size_t k = 0; k < looks.size(); ++k) looks[k].information = information[k];
    for (const Look& look : looks)
      own.known.push_back(static_cast<std::size_t>(std::lround(look.information * millionths)));
  }
  own.efficacy.spending = read_spending(node, Spending::obrien_fleming, alpha_, looks);
  if (own.efficacy.spending.family == Spending::user && own.known.empty())
    node.problem("spending", "of user's own numbers belongs to planned information (information; or a function)");
  return own;
}

void Multiplicity::add_boundaries(double share, std::size_t hypothesis) {
  std::vector<AtShare>& own = boundaries_[hypothesis];
  if (!(share > 0) || std::ranges::find(own, share, &AtShare::share) != own.end()) return;
  const Hypothesis& h = hypotheses_[hypothesis];
  own.push_back({share, std::make_unique<Boundaries>(
                            SequentialDesign(h.efficacy, {}, share * alpha_ / sides_, sides_ == 2, {1.0}), h.full)});
}

std::string Multiplicity::procedure_name() const {
  for (const Choice<Procedure>& p : procedures)
    if (p.value == procedure_) return p.name;
  return "";
}

double Multiplicity::first_share(std::size_t hypothesis) const {
  if (weights_) return weights_->weight(0, hypothesis);
  return procedure_ == Procedure::hochberg ? 1 / static_cast<double>(size()) : 1;
}

double Multiplicity::boundary(double share) const { return normal_quantile(1 - share * alpha_ / sides_); }

void Multiplicity::count(std::size_t look, std::size_t of_primary, std::span<HypothesisResult> shown) const {
  if (!sequential_) return;
  for (std::size_t k = 0; k < size(); ++k) {
    const Hypothesis& own = hypotheses_[k];
    if (!own.known.empty())
      shown[k].information = own.known[look];
    else if (k == primary_)
      shown[k].information = of_primary;
    else
      shown[k].information = std::isnan(shown[k].events) ? 0 : static_cast<std::size_t>(shown[k].events);
  }
}

/// Against the boundary at the look that last brought information.
Decision Multiplicity::claimed(std::size_t hypothesis, double share, std::span<const HypothesisResult> shown,
                               bool last) const {
  if (!sequential_) return claim_at(shown[hypothesis].z, boundary(share), sides_);
  const AtShare& own = *std::ranges::find(boundaries_[hypothesis], share, &AtShare::share);
  ObservedStages::Reached at;
  double z = missing;
  for (std::size_t k = hypothesis; k < shown.size(); k += size()) {
    if (shown[k].information <= at.events) continue;
    const bool over = (last && k + size() >= shown.size()) || shown[k].information >= hypotheses_[hypothesis].full;
    at = own.boundaries->stages.next(at, shown[k].information, over);
    z = shown[k].z;
    if (over) break;
  }
  return at.stage ? claim_at(z, at.stage->efficacy, sides_) : Decision::none;
}

HypothesisSet Multiplicity::by_p_values(std::span<const HypothesisResult> shown) const {
  std::array<double, most_hypotheses> p{};
  for (std::size_t k = 0; k < size(); ++k) p[k] = sides_ * normal_cdf(-favourable(shown[k].z, sides_));
  return hochberg(std::span(p).first(size()), alpha_);
}

Multiplicity::State Multiplicity::after(const State& before, std::span<const HypothesisResult> shown, bool last) const {
  State state = before;
  if (procedure_ == Procedure::hochberg) {
    state.crossed = state.rejected = by_p_values(shown);
    for (std::size_t k = 0; k < size(); ++k)
      if (shown[k].z < 0) state.harmed |= state.rejected & only(k);
  } else if (procedure_ == Procedure::co_primary) {
    for (std::size_t k = 0; k < size(); ++k)
      if (claimed(k, 1, shown, last) == Decision::efficacy) state.crossed |= only(k);
    if (state.crossed == all()) state.rejected = all();
  } else {
    state.rejected = weights_->reject_in_turn(before.rejected, [&](std::size_t k, double share) {
      const Decision claim = claimed(k, share, shown, last);
      if (claim == Decision::harm) state.harmed |= only(k);
      return claim != Decision::none;
    });
    state.crossed = state.rejected;
  }
  return state;
}

}  // namespace oligosim
