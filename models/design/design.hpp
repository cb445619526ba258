#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/binomial_design.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential_design.hpp"
#include "models/design/look.hpp"
#include "models/design/multiplicity.hpp"

namespace oligosim {

/// What a look showed of the primary analysis.
struct LookResult {
  double day = 0;              // calendar day of the data cut
  double z = 0;                // favours the experimental arm where positive; NaN where it could not be computed
  bool events_reached = true;  // false: cut at the month the study ends at the latest
  std::size_t events = 0;      // of the look's endpoint, known on the day; where they are counted
  double successes = missing;  // of a primary analysis that is a proportion; else its events
  std::span<HypothesisResult> hypotheses;  // of Design::multiplicity(), at all looks so far; else empty
};

/// What a design that counts responses goes by.
struct BinomialRule {
  std::vector<BinomialStage> stages;
  double p0 = missing, p1 = missing;  // probability of response that is not enough, and that is wanted, where said
};

enum class Decision { none, efficacy, futility };

/// The trial under way, as a design sees it.
class Conduct {
 public:
  virtual ~Conduct() = default;
  /// Cuts the data for this look and runs the primary analysis on them.
  virtual LookResult analyze_at(const Look& look) = 0;
  /// The trial ends at the last look analysed. `stage`: where a design of several looks has stopped, and `z` what it
  /// went by there; else null.
  virtual void stop(Decision decision, const SequentialStage* stage = nullptr, double z = missing) = 0;
  /// Of several hypotheses, those that are rejected so far.
  virtual void reject(HypothesisSet /*hypotheses*/) {}
};

/// A design decides after each look. Const: shared by all threads.
class Design {
 public:
  virtual ~Design() = default;
  virtual void conduct(Conduct& trial) const = 0;
  /// z as planned, one a look; none where the design goes by something else.
  virtual std::span<const double> efficacy_boundaries() const { return {}; }
  /// Boundaries of several looks; null for a design of one.
  virtual const SequentialDesign* sequential() const { return nullptr; }
  /// Numbers of responses; null for a design that does not count them.
  virtual const BinomialRule* binomial() const { return nullptr; }
  /// Hypotheses tested together; null for a design of its primary analysis alone.
  virtual const Multiplicity* multiplicity() const { return nullptr; }
  /// Whether the primary is tested as if it stood alone, by the boundaries of the design.
  bool primary_first() const { return !multiplicity() || multiplicity()->primary_first(); }

  const std::vector<Look>& looks() const { return looks_; }
  const std::string& primary() const { return primary_; }
  double alpha() const { return alpha_; }
  int sides() const { return sides_; }
  double latest_month() const { return latest_month_; }
  /// Events planned at the end, of the endpoint of the last look; 0: not said.
  std::size_t final_events() const { return final_events_; }

 protected:
  std::vector<Look> looks_;
  std::string primary_;
  double alpha_ = 0.025;
  int sides_ = 1;
  double latest_month_ = 0;
  std::size_t final_events_ = 0;
};

/// What a design is read against.
struct DesignInput {
  ConfigNode node;                                // `design`
  std::vector<std::string> endpoints;             // survival endpoints of the disease model
  std::vector<std::size_t> endpoint_positions;    // their positions in the model
  std::vector<std::string> testable;              // analyses of the plan with a one-sided test ...
  std::vector<std::optional<double>> null_ratio;  // ... and the hazard ratio that each tests against, if it is one
  std::vector<std::string> proportions;           // analyses that are a proportion of all patients
  double experimental_share = 0.5;                // of the patients, in a trial of two arms
  std::size_t patients;                           // 0: not known
  double opens_month = 0;                         // before it nobody enters
};

/// The registry: `design.kind`. A new design is one entry.
struct DesignEntry {
  const char* name;
  const char* meaning;
  std::unique_ptr<Design> (*read)(DesignInput input);
};
std::span<const DesignEntry> designs();
std::unique_ptr<Design> read_design(DesignInput input);

/// Reads `looks` and `final_events` of a design: refuses what cannot happen (looks out of order, more events than
/// patients). `final_events`: 0 where nobody says them.
std::vector<Look> read_looks(DesignInput& input, std::size_t& final_events);

std::unique_ptr<Design> read_fixed(DesignInput input);
std::unique_ptr<Design> read_group_sequential(DesignInput input);
std::unique_ptr<Design> read_exact_binomial(DesignInput input);
std::unique_ptr<Design> read_simon(DesignInput input);
std::unique_ptr<Design> read_predictive_probability(DesignInput input);
std::unique_ptr<Design> read_toxicity_boundary(DesignInput input);

}  // namespace oligosim
