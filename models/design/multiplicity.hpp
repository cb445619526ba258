#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential/sequential_design.hpp"
#include "engine/statistics/sequential/test_graph.hpp"
#include "models/design/decision.hpp"
#include "models/design/look.hpp"
#include "models/design/observed_stages.hpp"

namespace oligosim {

/// What a look showed of one of several hypotheses.
struct HypothesisResult {
  double z = missing;
  double events = missing;      // that its test rests on; of a proportion, successes ...
  double n = missing;           // ... among so many patients
  std::size_t information = 0;  // as counted: Multiplicity::count()
};

/// The hypotheses named under `true_nulls`, which the study says to be true.
HypothesisSet read_true_nulls(ConfigNode& node, std::span<const std::string> names,
                              const std::string& noun = "hypothesis");

enum class Procedure { hierarchical, co_primary, holm, hochberg, graphical };

/// What the hypotheses of a design are read against.
struct MultiplicityInput {
  std::vector<std::string> testable;  // analyses with a one-sided test
  std::string primary;
  double alpha = 0.025;
  int sides = 1;
  std::span<const Look> looks;
  EfficacyRule efficacy;         // of the primary, in a design of several looks
  std::size_t final_events = 0;  // of the primary; 0: its information is as planned
};

/// Several hypotheses of one trial, and which of them are rejected at each look so that the level holds over all. At
/// looks each hypothesis spends its own share of alpha by its own information, and what a rejected one leaves counts
/// for the others as if they had had it from the start (Maurer and Bretz 2013; of two in a fixed sequence, Glimm,
/// Maurer and Bretz 2010). A hypothesis is held against the look that last brought information on it. Const: shared by
/// all threads.
class Multiplicity {
 public:
  Multiplicity(ConfigNode node, const MultiplicityInput& input);

  std::size_t size() const { return names_.size(); }
  const std::vector<std::string>& analyses() const { return names_; }
  std::size_t primary() const { return primary_; }
  Procedure procedure() const { return procedure_; }
  std::string procedure_name() const;
  /// Whether the trial goes on after the primary's rejection, until all are rejected.
  bool until_all() const { return until_all_; }
  /// Whether the primary has all of alpha whatever the others show, so that it is tested as if it stood alone.
  bool primary_first() const { return procedure_ == Procedure::hierarchical && primary_ == 0; }
  /// Hypotheses that the study says to be true in this scenario.
  HypothesisSet true_nulls() const { return true_nulls_; }
  /// The share of alpha that a hypothesis starts with; of co_primary and hochberg, what it can be tested at.
  double first_share(std::size_t hypothesis) const;
  /// The z that rejects a hypothesis with a share of alpha in a design of one look.
  double boundary(double share) const;

  /// Fills `information` of what look k (from 0) showed. `of_primary`: the design's own count of its primary's.
  void count(std::size_t look, std::size_t of_primary, std::span<HypothesisResult> shown) const;
  /// The sets of a trial under way.
  struct State {
    HypothesisSet crossed = 0;   // beyond their boundary; of co-primary ones, in favour of the experimental arm
    HypothesisSet rejected = 0;  // by the procedure
    HypothesisSet harmed = 0;    // those of them, in designs of two sides, in favour of the control
  };
  /// After a further look. `shown`: of all looks so far, size() a look. `last`: no look follows.
  State after(const State& before, std::span<const HypothesisResult> shown, bool last) const;

 private:
  /// Boundaries of a hypothesis at a share of alpha, whatever its information.
  struct Boundaries {
    Boundaries(SequentialDesign of, std::size_t full) : design(std::move(of)), stages(design, full) {}
    SequentialDesign design;
    ObservedStages stages;
  };
  struct Hypothesis {
    EfficacyRule efficacy;
    std::size_t full = 0;            // information at the end, as counted
    std::vector<std::size_t> known;  // at each look; empty: its events
  };

  void read_hypotheses(ConfigNode& node, const MultiplicityInput& input);
  Hypothesis read_sequential(ConfigNode& node, const MultiplicityInput& input, bool primary) const;
  TestGraph read_graph(std::vector<std::pair<std::string, ConfigNode>>& nodes) const;
  void add_boundaries(double share, std::size_t hypothesis);
  Decision claimed(std::size_t hypothesis, double share, std::span<const HypothesisResult> shown, bool last) const;
  HypothesisSet by_p_values(std::span<const HypothesisResult> shown) const;
  HypothesisSet all() const { return only(size()) - 1; }

  Procedure procedure_ = Procedure::hierarchical;
  double alpha_;
  int sides_;
  bool sequential_;
  bool until_all_ = false;
  std::vector<std::string> names_;
  std::size_t primary_ = 0;
  HypothesisSet true_nulls_ = 0;
  std::optional<GraphWeights> weights_;
  std::vector<Hypothesis> hypotheses_;  // of several looks
  struct AtShare {
    double share;
    std::unique_ptr<Boundaries> boundaries;
  };
  std::vector<std::vector<AtShare>> boundaries_;  // of several looks: of each hypothesis, the shares it may have
};

}  // namespace oligosim
