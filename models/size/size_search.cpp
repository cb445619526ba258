#include "models/size/size_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/numeric/normal.hpp"
#include "models/size/size_formula.hpp"

namespace oligosim {
namespace {

// In blocks of SizeSimulator::block replicates.
constexpr std::uint32_t pilot_blocks = 10;
constexpr std::uint32_t grid_blocks = 20;
constexpr std::uint32_t first_batch = 20;
constexpr std::uint32_t most_blocks_without_crossing = 200;
constexpr double close_enough = 1.25;                                 // of the sizes that bracket the crossing
constexpr double grid[] = {0.8, 0.9, 1, 1.1, 1.25};                   // of the crossing; what lies in it is fitted
constexpr double curve[] = {0.5, 0.65, 0.8, 0.9, 1, 1.1, 1.25, 1.5};  // of the answer, for people
constexpr double smallest_step = 1.5;  // towards a side that is not known yet, after the first
constexpr double moved = 0.02;         // the crossing has left the size that replicates were added to

/// One scenario's part of the search.
class ScenarioSearch {
 public:
  ScenarioSearch(SizeSimulator& simulator, std::size_t k)
      : simulator_(simulator), study_(simulator.study()), wanted_(study_.wanted()), k_(k) {
    bracket();
    if (!open_) return;
    for (const double factor : grid) simulator_.extend(k_, size_near(factor * place_), 0, grid_blocks);
    settle();
  }

  /// Whether it goes on: there is a crossing, which more replicates would tell more of.
  bool open() const { return open_; }
  bool precise() const { return crossing_.found() && relative_error() <= wanted_.precision; }
  bool fails() const { return end_ == SizeStatus::largest_fails; }
  const Crossing& crossing() const { return crossing_; }

  /// Adds replicates near the crossing.
  void refine() {
    const std::uint64_t left =
        wanted_.replicates - std::min<std::uint64_t>(wanted_.replicates, simulator_.replicates(k_));
    const std::uint64_t most = left / SizeSimulator::block;
    if (most == 0) {
      open_ = false;
      return;
    }
    const double error = crossing_.found() ? relative_error() / wanted_.precision : 2;
    const double have = next_block_;
    const double more = std::clamp(have * (error * error * 1.05 - 1), 0.1 * have, have);
    const auto batch = static_cast<std::uint32_t>(
        std::min<double>(std::ceil(std::max<double>(first_batch, more)), static_cast<double>(most)));
    if (std::abs(place_ / study_.information(center_) - 1) > moved || center_ == 0) center_ = size_near(place_);
    simulator_.extend(k_, center_, next_block_, batch);
    next_block_ += batch;
    settle();
  }

  SizeOfScenario answer() const {
    SizeOfScenario answer{.scenario = wanted_.in[k_], .status = status()};
    if (answer.status == SizeStatus::largest_fails) {
      answer.size = study_.largest();
    } else if (answer.status == SizeStatus::smallest_holds) {
      answer.size = study_.smallest();
    } else if (!crossing_.found()) {  // some size holds, but too few replicates fail to say from which on
      answer.size = answer.upper = high_;
      answer.lower = std::max(low_, study_.smallest());
    } else {
      answer.size = study_.size_of(crossing_.x);
      answer.lower = study_.size_of(crossing_.lower), answer.upper = study_.size_of(crossing_.upper);
      answer.crossing = crossing_.x;
      answer.crossing_lower = crossing_.lower, answer.crossing_upper = crossing_.upper;
    }
    answer.replicates_used_up = simulator_.replicates(k_) + SizeSimulator::block > wanted_.replicates;
    return answer;
  }

 private:
  double level() const { return wanted_.power ? *wanted_.power : *wanted_.interval_width; }
  CurveShape shape() const { return wanted_.power ? CurveShape::power : CurveShape::width; }
  double relative_error() const { return (crossing_.upper - crossing_.lower) / 2 / crossing_.x; }

  /// The size with that information, or the nearest there is.
  std::size_t size_near(double information) const {
    const std::size_t above = study_.size_of(information);
    if (above == study_.smallest() || study_.information(above) <= information) return above;
    const std::size_t below = above - study_.unit();
    return information - study_.information(below) < study_.information(above) - information ? below : above;
  }

  SizeStatus status() const {
    if (end_) return *end_;
    if (!crossing_.found() && high_ == 0) return SizeStatus::largest_fails;
    if (!crossing_.found()) return high_ == study_.smallest() ? SizeStatus::smallest_holds : SizeStatus::not_precise;
    if (crossing_.x > study_.information(study_.largest())) return SizeStatus::largest_fails;
    if (crossing_.x <= study_.information(study_.smallest())) return SizeStatus::smallest_holds;
    return precise() ? SizeStatus::found : SizeStatus::not_precise;
  }

  bool holds(const SizePoint& p) const {
    const double value = answer_of(p, wanted_).value;  // NaN where no interval was finite
    return wanted_.power ? value >= level() : value <= level();
  }

  /// Where a test whose z grows with the root of the information would cross, judged from one place; for a width, one
  /// over that root.
  double guess(const SizePoint& p) const {
    constexpr double most = 4;
    const double value = answer_of(p, wanted_).value;
    double factor = most;
    if (wanted_.power) {
      const Design& design = *study_.own_scenario(k_).design;
      const double critical = normal_quantile(1 - design.alpha() / design.sides());
      const double drift = normal_quantile(std::clamp(value, 0.0005, 0.9995)) + critical;
      const double ratio = (normal_quantile(level()) + critical) / drift;
      if (drift > 0) factor = ratio * ratio;
    } else if (value > 0) {
      factor = value * value / (level() * level());
    }
    return p.curve.x * std::clamp(factor, 1 / most, most);
  }

  void bracket() {
    std::size_t size = study_.rounded_up(static_cast<double>(study_.own_size()));
    int step = 0;
    for (;;) {
      const SizePoint& p = simulator_.extend(k_, size, 0, pilot_blocks);
      const bool enough = holds(p);
      if (enough) high_ = high_ == 0 ? size : std::min(high_, size);
      if (!enough) low_ = std::max(low_, size);
      place_ = guess(p);
      if ((enough && size == study_.smallest()) || (!enough && size == study_.largest())) break;
      std::size_t next = size_near(place_);
      if ((low_ == 0 || high_ == 0) && step++ > 0) {
        const double far = enough ? p.curve.x / smallest_step : p.curve.x * smallest_step;
        next = size_near(enough ? std::min(place_, far) : std::max(place_, far));
      }
      if (low_ != 0 && high_ != 0) {
        // Chance may have put them the wrong way round.
        if (high_ <= low_ + study_.unit() || study_.information(high_) <= close_enough * study_.information(low_))
          break;
        if (next <= low_ || next >= high_)
          next = study_.rounded_up(std::sqrt(static_cast<double>(low_) * static_cast<double>(high_)));
        if (next <= low_ || next >= high_) break;
      }
      if (next == size) next = enough ? size - study_.unit() : size + study_.unit();
      size = next;
    }
    // At an end of the range, a crossing beyond it but near may be chance.
    const double last = study_.information(size);
    open_ = (low_ != 0 && high_ != 0) || (place_ < close_enough * last && place_ > last / close_enough);
    place_ = std::clamp(place_, study_.information(study_.smallest()), study_.information(study_.largest()));
    if (!open_) end_ = low_ == 0 ? SizeStatus::smallest_holds : SizeStatus::largest_fails;
  }

  /// Whether an end of the range says that the crossing lies beyond it.
  void look_at_ends(const std::vector<SizePoint>& points) {
    for (const SizePoint& p : points) {
      const Measure m = answer_of(p, wanted_);
      const bool fails = wanted_.power ? m.upper < level() : m.lower > level();
      const bool holds = wanted_.power ? m.lower > level() : m.upper < level();
      if (p.size == study_.largest() && fails) end_ = SizeStatus::largest_fails;
      if (p.size == study_.smallest() && holds) end_ = SizeStatus::smallest_holds;
    }
    if (end_ || (!crossing_.found() && next_block_ >= most_blocks_without_crossing)) open_ = false;
  }

  /// Fits the curve near where it crosses, again where that has moved.
  void settle() {
    const std::vector<SizePoint> points = simulator_.points(k_);
    look_at_ends(points);
    for (int round = 0; round < 4; ++round) {
      std::vector<CurvePoint> near;
      for (const SizePoint& p : points)
        if (p.curve.x > 0.99 * grid[0] * place_ && p.curve.x < 1.01 * grid[std::size(grid) - 1] * place_)
          near.push_back(p.curve);
      crossing_ = find_crossing(near, level(), shape());
      if (!crossing_.found()) return;
      const double before = std::exchange(
          place_, std::clamp(crossing_.x, study_.information(study_.smallest()), study_.information(study_.largest())));
      if (std::abs(place_ / before - 1) < 1e-3) return;
    }
  }

  SizeSimulator& simulator_;
  const SizedStudy& study_;
  const SizeWanted& wanted_;
  std::size_t k_;
  std::size_t low_ = 0, high_ = 0;  // sizes seen to fail and to hold; 0: none
  double place_ = 0;                // where the crossing is thought to be, within the range
  bool open_ = false;
  std::optional<SizeStatus> end_;  // of the range, that the crossing lies beyond
  Crossing crossing_{missing, missing, missing, missing};
  std::size_t center_ = 0;  // the size that replicates are added to
  std::uint32_t next_block_ = grid_blocks;
};

/// The scenario to look at next: the one that wants most, until it is known well, then any that could want more.
ScenarioSearch* next_of(std::vector<ScenarioSearch>& all) {
  if (std::ranges::any_of(all, &ScenarioSearch::fails)) return nullptr;  // whatever the others want
  const auto most = std::ranges::max_element(
      all, {}, [](const ScenarioSearch& s) { return s.crossing().found() ? s.crossing().x : 0.0; });
  if (most->open() && !most->precise()) return &*most;
  for (ScenarioSearch& s : all)
    if (s.open() && !s.precise() && !(s.crossing().upper < most->crossing().x)) return &s;
  return nullptr;
}

void add_curves(SizeSimulator& simulator, SizeResult& result) {
  const SizedStudy& study = simulator.study();
  const bool has_answer = result.status != SizeStatus::largest_fails;
  const std::uint32_t whole =
      has_answer ? (study.replicates() + SizeSimulator::block - 1) / SizeSimulator::block : grid_blocks;
  for (std::size_t k = 0; k < result.scenarios.size(); ++k) {
    for (const double factor : curve)
      simulator.extend(k, study.rounded_up(factor * static_cast<double>(result.size)), 0, grid_blocks);
    simulator.extend(k, result.size, 0, whole);
    SizeOfScenario& own = result.scenarios[k];
    own.curve = simulator.points(k);
    own.formula = size_by_formula(study, k);
    for (const SizePoint& p : own.curve) own.formula_at.push_back(power_by_formula(study, k, p.size).value_or(missing));
  }
}

}  // namespace

std::string name_of(SizeStatus status) {
  constexpr const char* names[] = {"found", "smallest_holds", "largest_fails", "smaller", "not_precise"};
  return names[static_cast<std::size_t>(status)];
}

void decide(SizeResult& result) {
  const auto wants = [](const SizeOfScenario& s) { return std::pair(s.status == SizeStatus::largest_fails, s.size); };
  const auto most = std::ranges::max_element(result.scenarios, {}, wants);
  result.decides = static_cast<std::size_t>(most - result.scenarios.begin());
  result.status = most->status, result.size = most->size;
  for (SizeOfScenario& s : result.scenarios)
    if (s.status == SizeStatus::not_precise && s.upper < result.size) s.status = SizeStatus::smaller;
  if (result.status == SizeStatus::largest_fails) return;  // no size, no limits
  for (const SizeOfScenario& s : result.scenarios)
    result.lower = std::max(result.lower, s.lower), result.upper = std::max(result.upper, s.upper);
}

SizeResult search_size(SizeSimulator& simulator) {
  std::vector<ScenarioSearch> searches;
  for (std::size_t k = 0; k < simulator.study().wanted().in.size(); ++k) searches.emplace_back(simulator, k);
  while (ScenarioSearch* next = next_of(searches)) next->refine();
  SizeResult result;
  for (const ScenarioSearch& s : searches) result.scenarios.push_back(s.answer());
  decide(result);
  add_curves(simulator, result);
  return result;
}

}  // namespace oligosim
