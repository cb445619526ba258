#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// When the trial is analysed: once so many events of an endpoint are known, or on a date.
struct Look {
  std::optional<std::size_t> events;  // at this number of events ...
  std::size_t endpoint = 0;           // ... of this endpoint of the disease model
  double month = 0;                   // or at this month since the study opened
  double information = 1;             // fraction of the final information, as planned
};

/// What a look showed of the primary analysis.
struct LookResult {
  double day = 0;              // calendar day of the data cut
  double z = 0;                // favours the experimental arm where positive; NaN where it could not be computed
  bool events_reached = true;  // false: cut at the month the study ends at the latest
};

enum class Decision { none, efficacy, futility };

/// The trial under way, as a design sees it.
class Conduct {
 public:
  virtual ~Conduct() = default;
  /// Cuts the data for this look and runs the primary analysis on them.
  virtual LookResult analyze_at(const Look& look) = 0;
  /// The trial ends at the last look analysed.
  virtual void stop(Decision decision) = 0;
};

/// A design decides after each look. Const: shared by all threads.
class Design {
 public:
  virtual ~Design() = default;
  virtual void conduct(Conduct& trial) const = 0;
  virtual std::span<const double> efficacy_boundaries() const = 0;  // z, one a look

  const std::vector<Look>& looks() const { return looks_; }
  const std::string& primary() const { return primary_; }
  double alpha() const { return alpha_; }
  int sides() const { return sides_; }
  double latest_month() const { return latest_month_; }

 protected:
  std::vector<Look> looks_;
  std::string primary_;
  double alpha_ = 0.025;
  int sides_ = 1;
  double latest_month_ = 0;
};

/// What a design is read against.
struct DesignInput {
  ConfigNode node;                              // `design`
  std::vector<std::string> endpoints;           // survival endpoints of the disease model
  std::vector<std::size_t> endpoint_positions;  // their positions in the model
  std::vector<std::string> testable;            // analyses of the plan with a test of two groups
  std::size_t patients;  // 0: not known
};

/// The registry: `design.kind`. A new design is one entry.
struct DesignEntry {
  const char* name;
  const char* meaning;
  std::unique_ptr<Design> (*read)(DesignInput input);
};
std::span<const DesignEntry> designs();
std::unique_ptr<Design> read_design(DesignInput input);

/// Reads `looks` of a design: refuses what cannot happen (looks out of order, more events than patients).
std::vector<Look> read_looks(DesignInput& input);

std::unique_ptr<Design> read_fixed(DesignInput input);
std::unique_ptr<Design> read_group_sequential(DesignInput input);

}  // namespace oligosim
