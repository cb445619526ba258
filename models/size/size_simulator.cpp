#include "models/size/size_simulator.hpp"

#include <algorithm>
#include <stdexcept>

#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {
namespace {

bool holds(const CurvePoint& curve, std::uint32_t number) {
  return std::ranges::any_of(curve.blocks, [number](const CurvePoint::Block& b) { return b.number == number; });
}

}  // namespace

Measure answer_of(const SizePoint& point, const SizeWanted& wanted) {
  return wanted.power ? share(point.answers) : mean(point.answers);
}

SizeSimulator::SizeSimulator(const SizedStudy& study, unsigned threads, const std::atomic<bool>& stop,
                             std::function<void(const SizeProgress&)> report)
    : study_(study),
      threads_(threads),
      stop_(stop),
      report_(std::move(report)),
      replicates_(study.wanted().in.size()) {}

SizeSimulator::Columns SizeSimulator::columns_of(const TrialExperiment& experiment) const {
  const auto layout = experiment.layout();
  const auto place = [&](Measured measured, auto&& agrees) {
    const auto found = std::ranges::find_if(
        layout, [&](const RowColumn& c) { return c.measured == measured && c.look == 0 && agrees(c); });
    if (found == layout.end()) throw std::logic_error("a scenario lacks a column that its size rests on");
    return static_cast<std::size_t>(found - layout.begin());
  };
  const auto any = [](const RowColumn&) { return true; };
  const EstimateLabel& wanted = study_.wanted().interval;
  const auto of_interval = [&](const RowColumn& c) {
    const EstimateLabel& own = experiment.labels()[c.label];
    return same_number(own, wanted) && own.interval == wanted.interval;
  };
  return {study_.wanted().power ? place(Measured::reject, any) : place(Measured::width, of_interval),
          place(Measured::n, any), place(Measured::events, any), place(Measured::duration, any),
          place(Measured::events_not_reached, any)};
}

SizeSimulator::Entry& SizeSimulator::entry(std::size_t k, std::size_t size) {
  const auto found = entries_.find({k, size});
  if (found != entries_.end()) return found->second;
  const Scenario scenario = study_.scenario(k, size);
  Entry made;
  made.experiment = std::make_unique<TrialExperiment>(scenario, study_.seed());
  made.columns = columns_of(*made.experiment);
  made.point.size = size;
  made.point.curve.x = study_.information(size);
  return entries_.emplace(std::pair{k, size}, std::move(made)).first->second;
}

SizeSimulator::Sums SizeSimulator::run(const Entry& entry, std::uint32_t block_number, Arena& arena) const {
  Sums sums;
  std::vector<double> row(entry.experiment->columns().size());
  const SizeWanted::Cost& price = study_.wanted().cost;
  for (std::uint32_t i = 1; i <= block && !stop_; ++i) {
    arena.reset();
    entry.experiment->replicate(block_number * block + i, arena, row);
    const double patients = row[entry.columns.patients], events = row[entry.columns.events],
                 months = row[entry.columns.months];
    sums.answers.add(row[entry.columns.answer]);
    sums.patients.add(patients), sums.events.add(events), sums.months.add(months);
    sums.late.add(row[entry.columns.late]);
    sums.cost.add(price.per_patient * patients + price.per_event * events + price.per_month * months);
  }
  return sums;
}

const SizePoint& SizeSimulator::extend(std::size_t k, std::size_t size, std::uint32_t first, std::uint32_t count) {
  Entry& own = entry(k, size);
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t number = first; number < first + count; ++number)
    if (!holds(own.point.curve, number)) wanted.push_back(number);
  std::vector<Sums> sums(wanted.size());
  parallel_for(wanted.size(), threads_, [&](std::size_t i, Arena& arena) { sums[i] = run(own, wanted[i], arena); });
  if (stop_) throw SizeStopped();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    SizePoint& p = own.point;
    p.curve.blocks.push_back({wanted[i], sums[i].answers});
    p.answers.merge(sums[i].answers);
    p.patients.merge(sums[i].patients), p.events.merge(sums[i].events), p.months.merge(sums[i].months);
    p.cost.merge(sums[i].cost), p.late.merge(sums[i].late);
  }
  replicates_[k] += block * wanted.size();
  if (report_ && !wanted.empty()) report_({study_.wanted().in[k], own.point, replicates_[k]});
  return own.point;
}

std::vector<SizePoint> SizeSimulator::points(std::size_t k) const {
  std::vector<SizePoint> all;
  for (const auto& [key, entry] : entries_)
    if (key.first == k) all.push_back(entry.point);
  return all;
}

}  // namespace oligosim
