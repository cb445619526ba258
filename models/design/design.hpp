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

namespace oligosim {

/// When the trial is analysed: once so many events of an endpoint are known, or so many patients have entered, or on a
/// date; and not before the last patient, or the last of so many, has been followed for some time.
struct Look {
  std::optional<std::size_t> events;    // at this number of events ...
  std::size_t endpoint = 0;             // ... of this endpoint of the disease model
  double month = 0;                     // or at this month since the study opened
  std::optional<std::size_t> patients;  // or once so many have entered ...
  bool pauses = false;                  // ... and then nobody enters until the look
  double follow_up_months = 0;          // of the last patient, or the last of so many
  double information = 1;               // fraction of the final information, as planned
  bool counted = false;                 // the events of the endpoint known at the look matter
};

/// What a look showed of the primary analysis.
struct LookResult {
  double day = 0;              // calendar day of the data cut
  double z = 0;                // favours the experimental arm where positive; NaN where it could not be computed
  bool events_reached = true;  // false: cut at the month the study ends at the latest
  std::size_t events = 0;      // of the look's endpoint, known on the day; where they are counted
  double successes = missing;  // of a primary analysis that is a proportion; else its events
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

}  // namespace oligosim
