#include "models/disease/illness_death/model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

enum EndpointPosition : std::size_t { pfs, os, progression, discontinued, new_therapy, death_before_scan };

using Piece = IllnessDeathCurve::Piece;

PiecewiseHazard hazard_of(std::span<const Piece> pieces, double Piece::*hazard, bool responds) {
  std::vector<PiecewiseHazard::Piece> factors;
  for (const Piece& piece : pieces) factors.push_back({piece.from_month, piece.*hazard, responds});
  return PiecewiseHazard(std::move(factors));
}

double upper_quantile(double probability) {
  if (probability <= 0) return never;
  return probability >= 1 ? -never : -normal_quantile(probability);
}

}  // namespace

IllnessDeath::IllnessDeath(IllnessDeathParameters parameters, std::vector<VisitSchedule> visits, double days_per_month)
    : parameters_(std::move(parameters)),
      visits_(std::move(visits)),
      days_per_month_(days_per_month),
      dated_by_visits_(parameters_.known_at_visit) {
  const bool seen = parameters_.known_at_visit;
  const double first_visit = seen ? earliest_visit(visits_) : 0;
  endpoints_ = {
      {"pfs", EndpointKind::survival, seen ? "progression as visits show it, or death" : "progression or death",
       first_visit},
      {.name = "os", .kind = EndpointKind::survival, .meaning = "death", .ends_visits = true},
      {"progression", EndpointKind::date, seen ? "visit that shows the progression" : "progression", first_visit},
      {"discontinued", EndpointKind::date, "treatment stopped before progression is known"},
      {"new_therapy", EndpointKind::date, "first therapy beyond the protocol, before or after progression"},
      {"death_before_scan", EndpointKind::date, "death before the first visit"}};
  if (parameters_.response)
    outcomes_ = {{"response", "response; missing until the first visit", earliest_visit(visits_)}};
  for (const IllnessDeathArm& arm : parameters_.arms)
    hazards_.push_back({hazard_of(arm.pieces, &Piece::progression, true),
                        hazard_of(arm.pieces, &Piece::death_before_progression, false),
                        hazard_of(arm.pieces, &Piece::death_after_progression, false), upper_quantile(arm.response)});
}

std::shared_ptr<DiseaseModel> IllnessDeath::without_crossover() const {
  const auto model = std::make_shared<IllnessDeath>(*this);
  for (IllnessDeathArm& arm : model->parameters_.arms) arm.crossover = {}, arm.discontinuation.new_therapy = 0;
  return model;
}

std::shared_ptr<DiseaseModel> IllnessDeath::without_visits() const {
  if (visits().empty()) return {};
  const auto model = std::make_shared<IllnessDeath>(*this);
  model->dated_by_visits_ = false;
  for (Endpoint& endpoint : model->endpoints_) endpoint.first_visit = 0;
  return model;
}

void IllnessDeath::sample_course(const Streams& streams, const Cohort& /*cohort*/, std::span<const std::uint8_t> arm,
                                 Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  Draws draws;
  // What the numbers of a block are for belongs to the stream version: append.
  const auto take = [&] { return arena.take<double>(arm.size()); };
  streams.uniforms(Purpose::course, 0,
                   {{draws.progression = take(), draws.death_before = take(), draws.death_after = take(),
                     draws.crossover = take()}});
  streams.uniforms(Purpose::intercurrent, 0, {{draws.discontinued = take(), draws.new_therapy = take()}});
  if (parameters_.response) streams.uniforms(Purpose::response, 0, {{draws.response = take(), draws.onset = take()}});
  const std::span<double> room = arena.take<double>(most_visits(visits_));
  for (std::size_t i = 0; i < arm.size(); ++i) {
    const VisitSchedule& schedule = visits_[arm[i]];
    std::optional<ActualVisits> visits;
    if (parameters_.known_at_visit)
      visits.emplace(schedule, streams, static_cast<std::uint32_t>(i), room.first(schedule.count()));
    ActualVisits* const seen_at = visits ? &*visits : nullptr;
    const Times months = times(arm[i], draws, seen_at, i);
    const double response =
        parameters_.response ? response_onset(arm[i], draws, std::min(months.progression, months.death), i) : never;
    store(months, response, seen_at, course, i);
  }
}

IllnessDeath::Times IllnessDeath::times(std::size_t arm, const Draws& draws, ActualVisits* visits,
                                        std::size_t i) const {
  const Discontinuation& stop = parameters_.arms[arm].discontinuation;
  const double stopped =
      stop.rate_per_month > 0 ? -elementary::log(draws.discontinued[i]) / stop.rate_per_month : never;
  Times t{.progression =
              hazards_[arm].progression.inverse(-elementary::log(draws.progression[i]), 0, stopped, stop.hazard_ratio),
          .death = hazards_[arm].death_before.inverse(-elementary::log(draws.death_before[i])),
          .known = never,
          .discontinued = never,
          .new_therapy = never};
  if (t.progression < t.death) {
    t.known = visits ? visits->month(visits->first_from(t.progression)) : t.progression;
    t.death = death_after(arm, draws, t.progression, t.known, i);
    if (t.known > t.death) t.known = never;
    if (draws.crossover[i] < parameters_.arms[arm].crossover.share) t.new_therapy = t.known;
  } else {
    t.progression = never;
  }
  if (stopped < std::min(t.known, t.death)) {
    t.discontinued = stopped;
    if (draws.new_therapy[i] < stop.new_therapy) t.new_therapy = stopped;
  }
  return t;
}

/// Death after progression; from the day on which it is known the patient may have crossed over.
double IllnessDeath::death_after(std::size_t arm, const Draws& draws, double progression, double known,
                                 std::size_t i) const {
  const PiecewiseHazard& hazard = hazards_[arm].death_after;
  const double target = -elementary::log(draws.death_after[i]);
  const double death = hazard.inverse(target, progression);
  const Crossover& crossover = parameters_.arms[arm].crossover;
  if (draws.crossover[i] >= crossover.share || crossover.hazard_ratio == 1 || known >= death) return death;
  const double used = hazard.cumulative(known) - hazard.cumulative(progression);
  return hazard.inverse((target - used) / crossover.hazard_ratio, known);
}

/// When the response begins, before `before`; infinity: no response.
double IllnessDeath::response_onset(std::size_t arm, const Draws& draws, double before, std::size_t i) const {
  const IllnessDeathResponse& r = *parameters_.response;
  // A patient who progresses late has a small uniform number, as S(T) is that number.
  const double latent = -r.correlation * normal_quantile(draws.progression[i]) +
                        std::sqrt(1 - r.correlation * r.correlation) * normal_quantile(draws.response[i]);
  if (!(latent > hazards_[arm].response_above)) return never;
  const double log_median = elementary::log(r.median_months);
  const double possible = before == never ? 1 : normal_cdf((elementary::log(before) - log_median) / r.log_sd);
  return std::min(before, elementary::exp(log_median + r.log_sd * normal_quantile(draws.onset[i] * possible)));
}

void IllnessDeath::store(const Times& times, double response, ActualVisits* visits, Course& course,
                         std::size_t i) const {
  const auto put = [&](EndpointPosition endpoint, double month) {
    if (const std::span<double> days = course.event_day[endpoint]; !days.empty()) days[i] = day(month);
  };
  const double progressed = dated_by_visits_ ? times.known : times.progression;
  put(pfs, std::min(progressed, times.death));
  put(os, times.death);
  put(progression, progressed);
  put(discontinued, times.discontinued);
  put(new_therapy, times.new_therapy);
  const double first = visits ? visits->month(0) : 0;
  put(death_before_scan, times.death < first ? times.death : never);
  if (!parameters_.response || course.success_day[0].empty()) return;
  const double shown = visits && response < never ? visits->month(visits->first_from(response)) : response;
  course.evaluable_day[0][i] = first <= times.death ? day(first) : never;
  course.success_day[0][i] = shown <= times.death ? day(shown) : never;
}

double IllnessDeath::day(double month) const {
  const double days = month * days_per_month_;
  return parameters_.whole_days ? std::max(1.0, std::ceil(days)) : days;
}

std::optional<ArmSurvival> IllnessDeath::distribution(std::size_t arm, const std::string& endpoint) const {
  const IllnessDeathArm& a = parameters_.arms[arm];
  if (parameters_.whole_days || (a.discontinuation.rate_per_month > 0 && a.discontinuation.hazard_ratio != 1))
    return {};
  const IllnessDeathCurve curve(a.pieces, a.crossover);
  if (endpoint == "pfs" && !dated_by_visits_)
    return ArmSurvival{[curve](double month) { return curve.pfs(month); },
                       [curve](double month) { return curve.pfs_density(month); }, curve.breaks()};
  // At a visit after progression a patient crosses over later than the closed form has it.
  const bool late = parameters_.known_at_visit && a.crossover.share > 0 && a.crossover.hazard_ratio != 1;
  if (endpoint == "os" && !late)
    return ArmSurvival{[curve](double month) { return curve.os(month); },
                       [curve](double month) { return curve.os_density(month); }, curve.breaks()};
  return {};
}

}  // namespace oligosim
