#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential/binomial_design.hpp"
#include "engine/statistics/sequential/closed_test.hpp"
#include "engine/statistics/sequential/sequential_design.hpp"
#include "models/cohort/cohort.hpp"
#include "models/design/decision.hpp"
#include "models/design/look.hpp"
#include "models/design/multiplicity.hpp"

namespace oligosim {

/// What a look showed of the primary analysis.
struct LookResult {
  double day = 0;              // calendar day of the data cut
  double z = 0;                // favours the experimental arm where positive; NaN where it could not be computed
  bool events_reached = true;  // false: cut at the month the study ends at the latest
  bool moved = false;          // by the dates of a look that waits for something (Look::dated)
  std::size_t events = 0;      // of the look's endpoint, known on the day; where they are counted
  double successes = missing;  // of a primary analysis that is a proportion; else its events
  std::span<HypothesisResult> hypotheses;  // of Design::hypotheses(), at all looks so far; else empty
};

/// The test at the end of a trial whose stages are combined with weights fixed beforehand.
struct CombinedTest {
  double z = missing;        // combined
  double boundary = 0;       // that rejects
  double drift_weight = 0;   // E z = drift per square root of an event * this
  double p_value = missing;  // one-sided, by the stage-wise ordering
};

/// What a design that counts responses goes by.
struct BinomialRule {
  std::vector<BinomialStage> stages;
  double p0 = missing, p1 = missing;  // probability of response that is not enough, and that is wanted, where said
  bool of_toxicity = false;           // responses are the patients without a toxicity
};

/// How the responses of several cohorts are judged together, and what follows exactly.
class CohortRule {
 public:
  virtual ~CohortRule() = default;
  /// Cohorts in the order of Design::hypotheses(): patients planned (0: not said), probabilities that are not enough
  /// and that are wanted (NaN: not said).
  struct Cohort {
    std::size_t patients = 0;
    double p0 = missing, p1 = missing;
  };
  virtual std::span<const Cohort> planned() const = 0;
  /// Probability that each is claimed, then that any is, at true probabilities of response with the patients planned;
  /// empty where they are not said.
  virtual std::vector<double> claims(std::span<const double> probability) const = 0;
};

/// The last look of a design of several that told anything new of its primary analysis, which may be before the end.
struct LastStage {
  const SequentialStage* stage = nullptr;  // null: none
  double z = missing;                      // what the design went by
  std::size_t look = 0;                    // from 0, of those held
};

/// The trial under way, as a design sees it.
class Conduct {
 public:
  virtual ~Conduct() = default;
  /// Cuts the data for this look and runs the primary analysis on them.
  virtual LookResult analyze_at(const Look& look) = 0;
  /// The trial ends at the last look analysed.
  virtual void stop(Decision decision, const LastStage& at = {}) = 0;
  /// The same of a trial whose stages are combined.
  virtual void stop(Decision decision, const CombinedTest& /*test*/) { stop(decision); }
  /// The same where several arms are compared with one: of each hypothesis.
  virtual void stop(Decision decision, std::span<const CombinedEffect> /*effects*/) { stop(decision); }
  /// Of several hypotheses, those that are rejected so far.
  virtual void reject(HypothesisSet /*hypotheses*/) {}
  /// At most so many patients enter; said again after a look, those who were held back enter from its decision on.
  virtual void enroll(std::size_t /*patients*/) {}
  /// After a look only patients of these levels enter.
  virtual void enroll_only(const Subgroup& /*levels*/) {}
  /// After a look patients are randomized to these arms alone; the others get no more. `refill`: as many patients as
  /// planned enter all the same, else those whom the other arms would have got do not.
  virtual void keep_arms(ArmSet /*arms*/, bool /*refill*/) {}
  /// Events of the last look's endpoint known on its day, in these arms.
  virtual std::size_t events_known(ArmSet /*arms*/) { return 0; }
  /// The trial takes this one of Design::courses().
  virtual void take(std::size_t /*course*/) {}
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
  /// Cohorts whose responses are judged together; null for other designs.
  virtual const CohortRule* cohorts() const { return nullptr; }
  /// Hypotheses tested together; null for a design of its primary analysis alone.
  virtual const Multiplicity* multiplicity() const { return nullptr; }
  /// Ways to go on, of which an interim look chooses one; none in a design that only stops or goes on.
  virtual std::span<const std::string> courses() const { return {}; }
  /// Analyses that each look shows, and those among them whose null hypothesis the study says to be true here.
  virtual std::span<const std::string> hypotheses() const {
    return multiplicity() ? std::span<const std::string>(multiplicity()->analyses()) : std::span<const std::string>{};
  }
  virtual HypothesisSet true_nulls() const { return multiplicity() ? multiplicity()->true_nulls() : 0; }
  /// Whom the design may go on with alone.
  virtual const Subgroup* subgroup() const { return nullptr; }
  /// Whether arms may be dropped; each hypothesis then is of one arm, which its stages are combined for
  /// (CombinedEffect).
  virtual bool drops_arms() const { return false; }
  /// Whether stages are combined with weights fixed beforehand, so that no formula says what comes of it.
  virtual bool combines() const { return false; }
  /// Whether those of the primary analysis are, so that a combined effect can be told (CombinedTest).
  virtual bool combines_primary() const { return false; }
  /// Patients who enter if nothing is changed; 0: all.
  virtual std::size_t planned_patients() const { return 0; }
  /// What the design does, in words; empty where its looks and boundaries say it.
  virtual std::vector<std::string> rules() const { return {}; }
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
  std::vector<std::optional<double>> null_ratio;  // ... the hazard ratio that each tests against, if it is one ...
  std::vector<bool> grows_with_events;            // ... whether the information of its statistic does ...
  std::vector<std::string> events_of;    // ... and whose events each rests on: ENDPOINT, or ENDPOINT in POPULATION;
                                         // empty where that is no endpoint of the disease model
  std::vector<std::string> proportions;  // analyses that are a proportion of all patients
  std::vector<std::string> cohort_proportions;         // or of one population
  std::vector<std::optional<std::size_t>> arm_tested;  // the arm that each log-rank test compares with the first
  std::vector<std::string> arms;                       // the first is the control
  std::vector<double> arm_shares;                      // of the patients; one an arm
  const Columns* baseline = nullptr;                   // of the patients
  double experimental_share = 0.5;                     // of the patients, in a trial of two arms
  std::size_t patients;                                // 0: not known
  double opens_month = 0;                              // before it nobody enters
  /// Of each testable analysis, whether its two-sided p value is not twice that of a tail.
  std::vector<bool> two_tails_differ = {};
  /// Analyses that compare more than two levels of a column, and the column.
  std::vector<std::pair<std::string, std::string>> of_several = {};

  /// The analysis under `primary`, which has a one-sided test.
  std::string read_primary();
  /// Tells under `key` of analyses that compare several groups, and of what would give them a direction.
  void refuse_several(const char* key) const;
  /// The events of an analysis where this look counts others, in words; else empty. Its z then grows with other numbers
  /// than the look's.
  std::string events_not_counted(const std::string& analysis, const Look& look) const;
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
std::unique_ptr<Design> read_promising_zone(DesignInput input);
std::unique_ptr<Design> read_enrichment(DesignInput input);
std::unique_ptr<Design> read_arm_selection(DesignInput input);
std::unique_ptr<Design> read_response_cohorts(DesignInput input);
std::unique_ptr<Design> read_exact_binomial(DesignInput input);
std::unique_ptr<Design> read_simon(DesignInput input);
std::unique_ptr<Design> read_predictive_probability(DesignInput input);
std::unique_ptr<Design> read_toxicity_boundary(DesignInput input);

}  // namespace oligosim
