#include "engine/statistics/sequential/sequential_design.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/group_sequential.hpp"

namespace oligosim {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The paths of a stage's successor: those between the boundaries, or all below the upper one.
ScorePaths between(const ScorePaths& paths, double low, double high, double information) {
  const double scale = std::sqrt(paths.information());
  return paths.next(low * scale, high * scale, information);
}

}  // namespace

SequentialDesign::SequentialDesign(EfficacyRule efficacy, FutilityRule futility, double level, bool symmetric,
                                   std::vector<double> information)
    : efficacy_(std::move(efficacy)),
      futility_(std::move(futility)),
      level_(level),
      symmetric_(symmetric),
      information_(std::move(information)) {
  last_boundary_ = efficacy_.planned.empty()
                       ? efficacy_boundaries(efficacy_.spending, level_, information_, symmetric_).back()
                       : efficacy_.planned.back();
  if (futility_.kind == FutilityKind::spending && information_.size() > 1) solve_beta_drift();
  planned_ = stages();
}

std::vector<std::shared_ptr<const SequentialStage>> SequentialDesign::stages() const {
  std::vector<std::shared_ptr<const SequentialStage>> stages;
  for (std::size_t k = 0; k < information_.size(); ++k)
    stages.push_back(std::make_shared<SequentialStage>(
        next(k > 0 ? stages.back() : nullptr, information_[k], k + 1 == information_.size())));
  return stages;
}

SequentialStage SequentialDesign::next(std::shared_ptr<const SequentialStage> before, double information,
                                       bool last) const {
  SequentialStage stage{.look = before ? before->look + 1 : 0,
                        .last = last,
                        .information = information,
                        .futility = -infinity,
                        .paths = ScorePaths(information),
                        .without_futility = {},
                        .before = before};
  double level_before = 0.0;
  if (before) {
    const double low = symmetric_ ? -before->efficacy : before->futility;
    stage.paths = between(before->paths, low, before->efficacy, information);
    // What does not bind takes no credit: the level rests on the paths that went on in spite of futility.
    if (!symmetric_ && !futility_.binding && (before->without_futility || before->futility > -infinity))
      stage.without_futility = between(before->for_level(), -infinity, before->efficacy, information);
    level_before = before->level_spent;
    stage.beta_spent = before->beta_spent;
  }
  const bool by_spending = efficacy_.planned.empty();
  const double level_now = last || !by_spending ? level_ : spent(efficacy_.spending, level_, information);
  stage.efficacy = last || by_spending ? stage.for_level().upper_boundary(level_now - level_before)
                                       : efficacy_.planned[std::min(stage.look, efficacy_.planned.size() - 1)];
  stage.level_spent =
      by_spending ? level_now : level_before + stage.for_level().above(stage.efficacy * std::sqrt(information), 0.0);
  if (last) return stage;
  stage.futility = std::min(futility_boundary(stage), stage.efficacy);
  if (futility_.kind == FutilityKind::spending)
    stage.beta_spent = spent(futility_.spending, futility_.beta, information);
  return stage;
}

double SequentialDesign::futility_boundary(const SequentialStage& stage) const {
  const double t = stage.information, scale = std::sqrt(t);
  const auto threshold = [&] { return futility_.threshold[std::min(stage.look, futility_.threshold.size() - 1)]; };
  // The sum that the increment still to come must reach, with the wanted power.
  const auto needed = [&] { return last_boundary_ + normal_quantile(threshold()) * std::sqrt(1.0 - t); };
  switch (futility_.kind) {
    case FutilityKind::none:
      return -infinity;
    case FutilityKind::spending:
      return stage.paths.lower_boundary(spent(futility_.spending, futility_.beta, t) - stage.beta_spent, beta_drift_);
    case FutilityKind::z:
      return threshold();
    case FutilityKind::effect:
      return threshold() * scale;
    case FutilityKind::trend_power:
      return needed() * scale;
    case FutilityKind::conditional_power:
      return (needed() - futility_.drift * (1.0 - t)) / scale;
  }
  return -infinity;
}

// The drift at which the beta left for the last look is just what misses the last boundary there. A fixed design of
// the same information is the most powerful, so its drift is a lower end.
void SequentialDesign::solve_beta_drift() {
  const auto excess = [&](double drift) {
    beta_drift_ = drift;
    const std::shared_ptr<const SequentialStage> last = stages().back();
    return last->paths.below(last->efficacy, drift) - (futility_.beta - last->beta_spent);
  };
  const double low = normal_quantile(1.0 - level_) + normal_quantile(1.0 - futility_.beta);
  if (!(excess(low) > 0.0)) return;  // next to nothing is spent before the end
  double high = 1.1 * low;
  while (excess(high) > 0.0) {
    if (high > 10.0 * low) return;  // no design: more beta is spent than there is
    high *= 1.1;
  }
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(44), iterations);
  beta_drift_ = 0.5 * (bracket.first + bracket.second);
}

}  // namespace oligosim
