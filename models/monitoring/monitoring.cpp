#include "models/monitoring/monitoring.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/conditional_power.hpp"
#include "engine/statistics/sequential/repeated_p_value.hpp"
#include "models/study/design_input.hpp"
#include "models/study/stopped_estimates.hpp"

namespace oligosim {
namespace {

/// Why a design cannot be followed look by look here; empty where it can.
std::string why_not(const Design& design) {
  if (!design.sequential()) return "has a design of one look, or one without boundaries of z";
  if (design.combines()) return "has a design whose stages are combined with weights";
  if (!design.primary_first()) return "does not test its primary analysis as if it stood alone";
  return "";
}

/// Also where another scenario of the study has a design without such estimates.
Scenario with_estimates(Scenario scenario) {
  scenario.estimates_of_stopping = true;
  return scenario;
}

/// What is known at a look, or will be.
struct Known {
  std::shared_ptr<const SequentialStage> stage;  // null before the first
  Estimate primary;                              // its events and standard error alone
};

/// One trial, look after look.
class Monitor {
 public:
  Monitor(const Scenario& scenario, const TrialSoFar& trial, Problems& problems)
      : design_(*scenario.design),
        sequential_(*design_.sequential()),
        estimates_(with_estimates(scenario)),
        own_events_(counts_events_of_primary(scenario)),
        trial_(trial),
        problems_(problems) {}

  MonitoredTrial result() {
    MonitoredTrial all;
    all.primary = design_.primary();
    all.of_ratio = estimates_.of_ratio();
    all.two_sided = sequential_.symmetric();
    all.repeated_level = 1 - 2 * sequential_.level();
    if (!all.of_ratio && !trial_.hazard_ratios.empty())
      problem(*trial_.written.find("hazard_ratios"), "hazard_ratios",
              "'" + all.primary + "' tests no hazard ratio of the arms");
    for (std::size_t k = 0; k < trial_.looks.size(); ++k) {
      if (all.over && all.looks.back().stage->last) return past_the_end(all, trial_.looks[k]);
      const std::optional<double> information = information_of(k);
      if (!information) return all;
      add_held(all, trial_.looks[k], *information);
    }
    add_planned(all);
    if (all.decided_at > 0) add_estimates(all);
    if (!all.over) add_power(all);
    add_notes(all);
    return all;
  }

 private:
  void problem(const YamlNode& at, const std::string& path, const std::string& message) {
    problems_.add(at.place, path, message);
  }

  MonitoredTrial& past_the_end(MonitoredTrial& all, const HeldLook& look) {
    problem(look.at, look.path, "is held after the information planned was there: nothing is left to spend");
    return all;
  }

  /// The fraction of the planned that a look has; nothing, with a problem, where it says none or no more than before.
  std::optional<double> information_of(std::size_t k) {
    const HeldLook& look = trial_.looks[k];
    const bool counts = design_.final_events() > 0;
    if (counts && look.information) {
      problem(look.at, look.path + ".information", "is counted in events by this design (events alone)");
      return {};
    }
    if (k > last_planned() && !sequential_.efficacy().planned.empty()) {
      problem(look.at, look.path, "is beyond the looks planned, for which alone classical boundaries hold the level");
      return {};
    }
    if (counts && !look.events) {
      problem(look.at, look.path, "says no events, in which the design counts its information (events)");
      return {};
    }
    if (!counts && !look.information && k > last_planned()) {
      problem(look.at, look.path,
              "is beyond the looks planned (information: as a fraction of that planned at the end)");
      return {};
    }
    const double information =
        counts ? static_cast<double>(*look.events) / static_cast<double>(design_.final_events())
               : look.information.value_or(design_.looks()[std::min(k, last_planned())].information);
    const double before = now_.stage ? now_.stage->information : 0;
    if (information > before) return information;
    problem(look.at, look.path,
            counts ? "has no more events than the look before"
            : look.information
                ? "has no more information than the look before"
                : "has, as planned, no more information than the look before (information: what it had)");
    return {};
  }

  std::size_t last_planned() const { return design_.looks().size() - 1; }

  Estimate primary_at(const HeldLook& look) const {
    Estimate e;
    const bool its_own = design_.final_events() == 0 || own_events_;
    const double counted = look.events && its_own ? static_cast<double>(*look.events) : missing;
    e.n_events = look.own_events.value_or(counted);
    e.standard_error = look.standard_error.value_or(missing);
    e.status = Status::ok;
    return e;
  }

  LookOutcome outcome_of(double z) const {
    const SequentialStage& stage = *now_.stage;
    if (z >= stage.efficacy) return LookOutcome::efficacy;
    if (sequential_.symmetric() && -z >= stage.efficacy) return LookOutcome::harm;
    if (z < stage.futility) return LookOutcome::futility;
    return stage.last ? LookOutcome::no_claim : LookOutcome::goes_on;
  }

  /// The next stage of the design.
  std::shared_ptr<const SequentialStage> after(const Known& before, double information, bool last) const {
    return std::make_shared<const SequentialStage>(sequential_.next(before.stage, information, last));
  }

  void add_held(MonitoredTrial& all, const HeldLook& held, double information) {
    now_ = {after(now_, information, held.last || information >= 1), primary_at(held)};
    const SequentialStage& stage = *now_.stage;
    z_ = *held.z;
    MonitoredLook look = look_of(now_, held.events ? static_cast<double>(*held.events) : missing);
    look.z = z_;
    const double towards = sequential_.symmetric() ? std::abs(z_) : z_;
    look.p = normal_cdf(-towards);
    look.repeated_p = repeated_p_value(sequential_, stage, towards);
    set_repeated_interval(look);
    look.outcome = outcome_of(z_);
    all.looks.push_back(look);
    if (all.decided_at > 0 && claims(all.looks[all.decided_at - 1].outcome)) return;  // the claim stands
    const bool decides = look.outcome != LookOutcome::goes_on;
    all.decided_at = decides ? all.looks.size() : 0;
    all.over = claims(look.outcome) || stage.last || (look.outcome == LookOutcome::futility && sequential_.binding());
    if (decides) decided_ = {&stage, z_, all.looks.size() - 1}, decided_primary_ = now_.primary;
  }

  /// None where boundaries take credit for futility: it would not hold whatever made the trial stop.
  void set_repeated_interval(MonitoredLook& look) const {
    if (sequential_.binding()) return;
    const double scale = std::sqrt(now_.stage->information);
    look.repeated_lower = effect(now_, (z_ - now_.stage->efficacy) / scale);
    look.repeated_upper = effect(now_, (z_ + now_.stage->efficacy) / scale);
    if (estimates_.of_ratio()) std::swap(look.repeated_lower, look.repeated_upper);  // a large drift is a small ratio
  }

  double effect(const Known& at, double drift) const { return estimates_.effect_of(drift, *at.stage, at.primary); }

  MonitoredLook look_of(const Known& at, double events) const {
    MonitoredLook look;
    look.stage = at.stage;
    look.events = events;
    look.effect_at_boundary = effect(at, at.stage->efficacy / std::sqrt(at.stage->information));
    return look;
  }

  /// The looks planned after as many as were held, which have more information than there is now.
  void add_planned(MonitoredTrial& all) const {
    if (all.over) return;
    const auto final_events = static_cast<double>(design_.final_events());
    Known then = now_;
    for (std::size_t k = std::min(trial_.looks.size(), last_planned()); k < design_.looks().size(); ++k) {
      const double information = design_.looks()[k].information;
      if (information <= then.stage->information) continue;
      then.stage = after(then, information, information >= 1);
      // What is known of the log hazard ratio grows like the information.
      const double grown = information / now_.stage->information;
      then.primary.n_events = now_.primary.n_events * grown;
      then.primary.standard_error = now_.primary.standard_error / std::sqrt(grown);
      all.looks.push_back(look_of(then, final_events > 0 ? std::round(information * final_events) : missing));
      all.looks.back().planned_as = k;
    }
  }

  void add_estimates(MonitoredTrial& all) const {
    all.labels = estimates_.labels();
    all.estimates.resize(all.labels.size());
    estimates_.evaluate(decided_, decided_primary_, all.estimates);
  }

  void add_power(MonitoredTrial& all) const {
    std::vector<LookAhead> ahead;
    for (const MonitoredLook& look : all.looks)
      if (look.outcome == LookOutcome::planned) ahead.push_back({look.stage->information, look.stage->efficacy});
    const double information = now_.stage->information, seen = z_ / std::sqrt(information);
    const bool symmetric = sequential_.symmetric();
    const auto power = [&](double drift) {
      const double other = symmetric ? conditional_power(-z_, information, ahead, -drift, true) : 0;
      return conditional_power(z_, information, ahead, drift, symmetric) + other;
    };
    const auto add = [&](Assumption assumption, double ratio, double value) {
      all.power.push_back({assumption, all.of_ratio ? ratio : missing, value});
    };
    for (const double ratio : trial_.hazard_ratios) {
      const double drift = estimates_.drift_of(ratio, *now_.stage, now_.primary);
      add(Assumption::hazard_ratio, ratio, std::isnan(drift) ? missing : power(drift));
    }
    add(Assumption::as_seen, effect(now_, seen), power(seen));
    add(Assumption::null_hypothesis, estimates_.null_effect(), power(0));
    const double other = symmetric ? predictive_power(-z_, information, ahead, true) : 0;
    add(Assumption::averaged, missing, predictive_power(z_, information, ahead, symmetric) + other);
  }

  void add_notes(MonitoredTrial& all) const {
    for (std::size_t k = 0; k < trial_.looks.size(); ++k) {
      const std::string look = "Look " + std::to_string(k + 1);
      const bool went_on = k + 1 < trial_.looks.size();
      if (claims(all.looks[k].outcome) && went_on)
        all.notes.push_back(look + " reached a boundary: the claim is of that look, and so are the estimates.");
      if (all.looks[k].outcome != LookOutcome::futility) continue;
      if (sequential_.binding() && went_on)
        all.notes.push_back(
            look + " was below a futility boundary that binds, and the trial went on: the level does not hold.");
      else if (!went_on && !sequential_.binding())
        all.notes.push_back(
            look +
            " is below the futility boundary, which does not bind: the estimates are those of a trial that ends here.");
    }
    if (design_.multiplicity())
      all.notes.push_back("The design tests several hypotheses together: this is of '" + all.primary + "' alone.");
    for (const std::string& rule : design_.rules()) all.notes.push_back(rule);
  }

  const Design& design_;
  const SequentialDesign& sequential_;
  StoppedEstimates estimates_;
  bool own_events_;  // whether looks count those that the primary analysis rests on
  const TrialSoFar& trial_;
  Problems& problems_;
  Known now_;  // at the last look held
  double z_ = missing;
  LastStage decided_;
  Estimate decided_primary_;
};

}  // namespace

bool counts_events_of_primary(const Scenario& scenario) {
  const Look& look = scenario.design->looks().back();
  const EstimateLabel& primary =
      scenario.plan->labels()[scenario.plan->rows(scenario.plan->position(scenario.design->primary())).first];
  return look.counted && events_of(scenario, primary) == scenario.disease->endpoints()[look.endpoint].name;
}

MonitoredTrial monitor(const Scenario& scenario, const TrialSoFar& trial, Problems& problems) {
  if (trial.looks.empty()) return {.primary = scenario.design->primary()};
  if (const std::string why = why_not(*scenario.design); !why.empty()) {
    problems.add(trial.written.find("study")->place, "study",
                 "'" + scenario.name + "' " + why + " (a design of kind group_sequential with several looks)");
    return {};
  }
  MonitoredTrial all = Monitor(scenario, trial, problems).result();
  all.confidence = scenario.plan->parts().confidence;
  return all;
}

}  // namespace oligosim
