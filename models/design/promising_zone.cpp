#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "models/design/two_stages.hpp"

namespace oligosim {
namespace {

enum class FinalTest { combination, conventional };
constexpr Choice<FinalTest> final_tests[] = {{"combination", FinalTest::combination},
                                             {"conventional", FinalTest::conventional}};

/// Zones of the interim look, in the order of course_names.
enum Zone : std::size_t { unfavourable, promising, favourable };
const std::string zone_names[] = {"unfavourable", "promising", "favourable"};

/// At an interim look the conditional power of the trial as planned decides (Mehta and Pocock 2011): in the promising
/// zone it waits for as many more events as give the power wanted, up to a limit, and takes more patients for them.
class PromisingZone : public TwoStages {
 public:
  explicit PromisingZone(DesignInput input) {
    read_two_stages(input);
    ConfigNode& node = input.node;
    target_ = node.number("target_power", Range::inside(0, 1));
    promising_from_ = node.number("promising_from", Range{.minimum = 0, .maximum = 1, .maximum_included = false});
    if (promising_from_ >= target_) node.problem("promising_from", "is not below target_power");
    node.accept("stop_below");
    if (node.has("stop_below")) stop_below_ = node.number("stop_below", Range::inside(0, 1));
    if (stop_below_ > promising_from_) node.problem("stop_below", "is above promising_from");
    most_events_ = static_cast<std::size_t>(node.integer("most_events", Range::between(1, 1e6)));
    if (ready_ && most_events_ <= events(1))
      node.problem("most_events", "are not more than the " + std::to_string(events(1)) + " planned");
    if (input.patients > 0 && most_events_ > input.patients)
      node.problem("most_events",
                   "are more than the " + std::to_string(input.patients) + " patients of trial.enrollment.patients");
    most_patients_ = std::max(planned_patients_, input.patients);
    read_assumed(input);
    final_test_ = node.choice<FinalTest>("final_test", final_tests, FinalTest::combination);
    node.finish();
  }

  void conduct(Conduct& trial) const override {
    trial.enroll(planned_patients_);
    const LookResult first = trial.analyze_at(looks_.front());
    const auto known = static_cast<double>(first.events);
    if (!first.events_reached) return stop(trial, first_test(first.z, known, true));
    const double power = combination().conditional_power(first.z, drift(first), further(first));
    const Zone zone = !(power >= promising_from_) ? unfavourable : power < target_ ? promising : favourable;
    trial.take(zone);
    if (first.z >= boundaries_.front()) return stop(trial, first_test(first.z, known, false));
    if (power < stop_below_) return trial.stop(Decision::futility, first_test(first.z, known, false));
    Look last = looks_.back();
    if (zone == promising) {
      last.events = wanted_events(first);
      trial.enroll(patients_for(*last.events));
    }
    stop(trial, final_test(first, trial.analyze_at(last)));
  }

  bool combines_primary() const override { return true; }
  std::span<const std::string> courses() const override { return zone_names; }

  std::vector<std::string> rules() const override {
    const auto at = [&](double power) { return rounded(z_with(power), 4); };
    std::vector<std::string> texts = {
        "unfavourable: conditional power below " + percent(promising_from_) + " (z at look 1 below " +
            at(promising_from_) + "), as planned",
        "promising: from there to " + percent(target_) + " (z " + at(target_) + "), as many events as give " +
            percent(target_) + ", at most " + std::to_string(most_events_) + ", and up to " +
            std::to_string(most_patients_) + " patients instead of " + std::to_string(planned_patients_),
        "favourable: above, as planned"};
    if (stop_below_ > 0)
      texts.front() += "; below " + percent(stop_below_) + " (z " + at(stop_below_) + ") it stops for futility";
    texts.push_back(final_test_ == FinalTest::combination
                        ? "at the end the two stages are combined with the weights planned"
                        : "at the end the data are tested as if nothing had been changed");
    return texts;
  }

 private:
  void read_assumed(const DesignInput& input) {
    ConfigNode node = input.node;
    node.accept("assumed_hazard_ratio");
    if (!node.has("assumed_hazard_ratio")) return;
    const double ratio = node.number("assumed_hazard_ratio", Range::between(0.01, 100));
    const double null = null_ratio_of_primary(input);
    if (std::isnan(null))
      node.problem("assumed_hazard_ratio",
                   "needs a primary analysis of the hazard ratio of the arms (an unweighted log_rank or a cox)");
    const double share = input.experimental_share;
    assumed_drift_ = std::log(null / ratio) * std::sqrt(share * (1 - share));
  }

  static void stop(Conduct& trial, const CombinedTest& test) {
    trial.stop(test.z >= test.boundary ? Decision::efficacy : Decision::none, test);
  }

  /// Of z per square root of an event: as seen, or assumed.
  double drift(const LookResult& first) const {
    return assumed_drift_.value_or(first.z / std::sqrt(static_cast<double>(first.events)));
  }

  /// Events planned after the interim look.
  double further(const LookResult& first) const {
    return std::max(0.0, static_cast<double>(events(1)) - static_cast<double>(first.events));
  }

  /// Events at the end of a trial in the promising zone.
  std::size_t wanted_events(const LookResult& first) const {
    const double more = combination().further_information(first.z, drift(first), target_);
    const double all = std::ceil(static_cast<double>(first.events) + more);
    return all < static_cast<double>(most_events_) ? std::max(events(1), static_cast<std::size_t>(all)) : most_events_;
  }

  /// More patients in proportion to the further events, all that may be at most_events.
  std::size_t patients_for(std::size_t wanted) const {
    const double share = static_cast<double>(wanted - events(1)) / static_cast<double>(most_events_ - events(1));
    return planned_patients_ +
           static_cast<std::size_t>(std::ceil(share * static_cast<double>(most_patients_ - planned_patients_)));
  }

  CombinedTest final_test(const LookResult& first, const LookResult& last) const {
    const auto before = static_cast<double>(first.events), all = static_cast<double>(last.events);
    if (final_test_ == FinalTest::conventional) return last_test(last.z, std::sqrt(all));
    const CombinationTest test = combination();
    return last_test(test.combined(first.z, increment(first.z, before, last.z, all)),
                     test.combined(std::sqrt(before), std::sqrt(all - before)));
  }

  /// z at the interim look, held at the events planned, that has this conditional power.
  double z_with(double power) const {
    const double before = static_cast<double>(events(0)), more = static_cast<double>(events(1)) - before;
    const double share = looks_.front().information;
    const double needed = normal_quantile(power) + boundaries_.back() / std::sqrt(1 - share);
    const double odds = std::sqrt(share / (1 - share));
    if (assumed_drift_) return (needed - *assumed_drift_ * std::sqrt(more)) / odds;
    return needed / (std::sqrt(more / before) + odds);
  }

  double target_ = 0.8, promising_from_ = 0.3, stop_below_ = 0;
  std::size_t most_events_ = 1, most_patients_ = 0;
  std::optional<double> assumed_drift_;  // per square root of an event
  FinalTest final_test_ = FinalTest::combination;
};

}  // namespace

std::unique_ptr<Design> read_promising_zone(DesignInput input) {
  return std::make_unique<PromisingZone>(std::move(input));
}

}  // namespace oligosim
