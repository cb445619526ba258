#include "models/disease/response_timing/model.hpp"

#include <limits>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/elementary.hpp"
#include "models/disease/response_timing/match.hpp"

namespace oligosim {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

enum EndpointPosition : std::size_t { progression_scan, response_scan };
enum FindingPosition : std::size_t { visit_of_pfs, visit_of_response };

ResponseTimingParameters read_parameters(ConfigNode disease) {
  ResponseTimingParameters p;
  const Range correlation = Range::inside(-1, 1);
  p.frailty_sd = disease.number("frailty_sd", Range::between(0, 5), p.frailty_sd);
  ConfigNode response = disease.child("response", false);
  p.frailty_correlation = response.number("frailty_correlation", correlation, p.frailty_correlation);
  p.hazard_ratio_after_onset = response.number("hazard_ratio_after_onset", Range::above(0), p.hazard_ratio_after_onset);
  p.best_median_months = response.number("best_median_months", Range::above(0), p.best_median_months);
  p.best_log_sd = response.number("best_log_sd", Range::between(0, 5), p.best_log_sd);
  p.onset_fraction = response.number("onset_fraction", Range::between(0, 1), p.onset_fraction);
  p.not_evaluable_early = response.number("not_evaluable_early", Range::between(0, 1), p.not_evaluable_early);
  response.finish();
  return p;
}

ResponseTimingTarget read_target(ConfigNode disease) {
  ResponseTimingTarget target;
  target.place = disease.place("match");
  ConfigNode match = disease.child("match", false);
  target.by_month = match.number("by_month", Range::above(0), target.by_month);
  target.progressed = match.number("progressed", Range::inside(0, 1), target.progressed);
  target.responded = match.number("responded", Range::inside(0, 1), target.responded);
  match.finish();
  return target;
}

}  // namespace

ResponseTiming::ResponseTiming(const ResponseTimingParameters& parameters, ResponseTimingTarget target,
                               VisitSchedule visits, double days_per_month)
    : parameters_(parameters),
      target_(std::move(target)),
      visits_(std::move(visits)),
      days_per_month_(days_per_month),
      baseline_({{"responder", ColumnKind::number, {}, {0, 1}, "0/1", "responds, if not progressed before (latent)"}}),
      endpoints_({{"pfs", EndpointKind::survival, "progression as visits show it", earliest_visit({&visits_, 1})},
                  {"response", EndpointKind::date, "visit that shows the response, progressed or not",
                   earliest_visit({&visits_, 1})}}),
      outcomes_({{"not_evaluable", "response cannot be judged, as the first visit shows the progression"}}) {
  findings_.push_back(
      {{"pfs_visit", ColumnKind::number, {}, {}, "count", "visits until pfs_d, with the one on it"}, visits_.count()});
  findings_.push_back(
      {{"response_visit", ColumnKind::number, {}, {}, "count", "visits until response_d, with the one on it"}, 1});
}

std::shared_ptr<DiseaseModel> ResponseTiming::without_visits() const {
  const auto model = std::make_shared<ResponseTiming>(*this);
  model->dated_by_visits_ = false;
  for (Endpoint& endpoint : model->endpoints_) endpoint.first_visit = 0;
  return model;
}

void ResponseTiming::prepare() {
  const std::optional<ResponseTimingSolution> solution = ResponseTimingMatch(parameters_, target_, visits_).solve();
  if (!solution) {
    Problems problems;
    problems.add(target_.place, target_.path,
                 "no hazard and share of responders show " + percent(target_.progressed) + " progressed and " +
                     percent(target_.responded) + " responders");
    throw InputError(problems.text());
  }
  solution_ = *solution;
}

std::vector<SolvedValue> ResponseTiming::solved() const {
  const std::string because = percent(target_.progressed) + " known to have progressed by month " +
                              shortest(target_.by_month) + " and " + percent(target_.responded) +
                              " of the evaluable known to respond at or before that";
  return {{"hazard of progression per month, median patient", solution_.hazard, because},
          {"share of (latent) responders", normal_cdf(-solution_.threshold), because}};
}

void ResponseTiming::sample_baseline(const Streams& streams, Cohort& cohort, Arena& arena) const {
  const std::span<double> responder = cohort.numbers(0);
  if (responder.empty()) return;
  const Arena::Scope scope(arena);
  const ResponseTimingDraws draws = response_timing_draws(streams, responder.size(), arena);
  for (std::size_t i = 0; i < responder.size(); ++i)
    responder[i] = response_tendency(parameters_, draws, i) > solution_.threshold;
}

void ResponseTiming::sample_course(const Streams& streams, const Cohort& cohort, std::span<const std::uint8_t> /*arm*/,
                                   Course& course, Arena& arena) const {
  const Arena::Scope scope(arena);
  const ResponseTimingDraws draws = response_timing_draws(streams, cohort.patients(), arena);
  const std::span<double> room = arena.take<double>(visits_.count());
  for (std::size_t i = 0; i < cohort.patients(); ++i) {
    ActualVisits visits(visits_, streams, static_cast<std::uint32_t>(i), room);
    show(patient(draws, i), visits, i, course);
  }
}

ResponseTiming::Patient ResponseTiming::patient(const ResponseTimingDraws& draws, std::size_t i) const {
  const double hazard = solution_.hazard * elementary::exp(parameters_.frailty_sd * draws.frailty(i));
  Patient p{-elementary::log(draws.progression_u[i]) / hazard, never,
            draws.evaluable_u[i] < parameters_.not_evaluable_early};
  if (response_tendency(parameters_, draws, i) <= solution_.threshold) return p;
  p.onset_month = response_onset(parameters_, draws, i);
  p.progression_month = month_of_responder(parameters_, p.onset_month, p.progression_month);
  return p;
}

void ResponseTiming::show(const Patient& patient, ActualVisits& visits, std::size_t i, Course& course) const {
  const std::size_t none = visits_.count();
  const std::size_t progression = visits.first_from(patient.progression_month);
  const std::size_t response = patient.onset_month < never ? visits.first_from(patient.onset_month) : none;
  const auto day = [&](std::size_t visit) { return visits.month(visit) * days_per_month_; };
  const auto put = [i](std::span<double> days, double value) {
    if (!days.empty()) days[i] = value;
  };
  put(course.event_day[progression_scan],
      dated_by_visits_ ? day(progression) : patient.progression_month * days_per_month_);
  put(course.event_day[response_scan], dated_by_visits_ ? day(response) : patient.onset_month * days_per_month_);
  put(course.evaluable_day[0], 0);
  put(course.success_day[0], progression == 0 && patient.lost_if_early ? day(0) : never);
  if (!course.finding.empty()) show_visit_numbers(visits, progression, response, i, course.finding);
}

void ResponseTiming::show_visit_numbers(ActualVisits& visits, std::size_t progression, std::size_t response,
                                        std::size_t i, std::span<Steps> finding) const {
  const auto number = [](std::size_t visit) { return static_cast<double>(visit + 1); };
  if (const Steps& steps = finding[visit_of_pfs]; !steps.empty()) {
    const std::size_t most = findings_[visit_of_pfs].steps;
    for (std::size_t k = 0; k < most; ++k) {
      steps.day[i * most + k] = k <= progression ? visits.month(k) * days_per_month_ : never;
      steps.value[i * most + k] = number(k);
    }
  }
  if (const Steps& steps = finding[visit_of_response]; !steps.empty()) {
    steps.day[i] = visits.month(response) * days_per_month_;
    steps.value[i] = number(response);
  }
}

std::unique_ptr<DiseaseModel> read_response_timing(DiseaseInput input) {
  const ResponseTimingParameters parameters = read_parameters(input.disease);
  ResponseTimingTarget target = read_target(input.disease);
  input.disease.finish();
  for (const DiseaseInput::Arm& arm : input.arms)
    if (arm.visits) input.disease.problem("model", "response_timing has one schedule, without trial.visits.by_arm");
  if (input.visits.months.empty())
    input.disease.problem("model", "response_timing needs trial.visits: progression is known at visits only");
  return std::make_unique<ResponseTiming>(parameters, std::move(target), std::move(input.visits), input.days_per_month);
}

}  // namespace oligosim
