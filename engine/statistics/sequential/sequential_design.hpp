#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/statistics/sequential/score_paths.hpp"
#include "engine/statistics/sequential/spending.hpp"

namespace oligosim {

/// When efficacy is claimed: by spending, or at the z of a classical design (one a planned look).
struct EfficacyRule {
  SpendingFunction spending;
  std::vector<double> planned;  // empty: by spending
};

/// What an interim look must show for the trial to go on.
enum class FutilityKind {
  none,
  spending,           // of beta (Pampallona, Tsiatis and Kim 2001), at the drift that has power 1 - beta
  z,                  // at least this z
  effect,             // at least the z of this drift: z >= drift sqrt(t)
  trend_power,        // at least this conditional power to cross the last boundary if the trend seen goes on
  conditional_power,  // the same at the drift given
};

struct FutilityRule {
  FutilityKind kind = FutilityKind::none;
  bool binding = false;  // the efficacy boundaries take credit for stopping (else the level holds without it)
  SpendingFunction spending{};
  double beta = 0.2;
  std::vector<double> threshold;  // one an interim look: z, drift or power
  double drift = 0;               // of conditional_power
};

/// A look: what was spent, where the boundaries are, and the paths that come there.
struct SequentialStage {
  std::size_t look = 0;  // from 0
  bool last = false;
  double information = 0;  // fraction of the planned
  double efficacy = 0;     // z
  double futility = 0;     // z; -infinity: none
  double level_spent = 0, beta_spent = 0;
  ScorePaths paths;                               // all stops observed
  std::optional<ScorePaths> without_futility;     // absent where it makes no difference
  std::shared_ptr<const SequentialStage> before;  // the look before; null at the first

  /// The paths that the level rests on.
  const ScorePaths& for_level() const { return without_futility ? *without_futility : paths; }
};

/// Group-sequential boundaries at any information that the looks turn out to have (Lan and DeMets 1983; Jennison and
/// Turnbull 2000, ch. 7): each stage is made from the one before. Const and shared by threads.
class SequentialDesign {
 public:
  /// `level`: of the upper tail. `symmetric`: boundaries below as well, without futility. `information`: fractions of
  /// the planned looks, increasing, the last 1.
  SequentialDesign(EfficacyRule efficacy, FutilityRule futility, double level, bool symmetric,
                   std::vector<double> information);

  /// The next look, with more information than the one before (null: the first); the last spends what is left.
  SequentialStage next(std::shared_ptr<const SequentialStage> before, double information, bool last) const;
  /// The looks with the information planned.
  std::span<const std::shared_ptr<const SequentialStage>> planned() const { return planned_; }
  /// The drift for which beta is spent; 0 where it is not.
  double beta_drift() const { return beta_drift_; }
  bool symmetric() const { return symmetric_; }
  /// Whether the efficacy boundaries take credit for stopping for futility.
  bool binding() const { return futility_.kind != FutilityKind::none && futility_.binding; }
  double level() const { return level_; }
  const EfficacyRule& efficacy() const { return efficacy_; }

 private:
  std::vector<std::shared_ptr<const SequentialStage>> stages() const;
  double futility_boundary(const SequentialStage& stage) const;
  void solve_beta_drift();

  EfficacyRule efficacy_;
  FutilityRule futility_;
  double level_;
  bool symmetric_;
  std::vector<double> information_;
  double last_boundary_ = 0;  // planned, without regard to futility
  double beta_drift_ = 0;
  std::vector<std::shared_ptr<const SequentialStage>> planned_;
};

}  // namespace oligosim
