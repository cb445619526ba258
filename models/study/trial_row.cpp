#include "models/study/trial_row.hpp"

#include <cmath>
#include <string>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

class Layout {
 public:
  Layout(const Scenario& scenario, std::span<const EstimateLabel> labels, std::span<const std::size_t> without_visits)
      : scenario_(scenario), looks_(static_cast<int>(scenario.design->looks().size())) {
    add_design();
    for (std::size_t k = 0; k < scenario.families.size(); ++k) add(Measured::any_rejects, k);
    add_hypotheses();
    add_courses();
    for (std::size_t k = 0; k < labels.size(); ++k) add_estimate(labels[k], k, 0);
    for (const std::size_t k : without_visits) add_without_visits(labels[k], k);
    for (const int look : scenario.at_looks) add_look(labels.first(scenario.plan->labels().size()), look);
  }

  std::vector<RowColumn> columns;

 private:
  void add(Measured measured, std::size_t label = 0, int look = 0, double threshold = missing) {
    columns.push_back({measured, label, look, threshold});
  }

  void add_design() {
    for (int look = 0; look <= looks_; ++look) {
      add(Measured::reject, 0, look);
      if (scenario_.design->sides() == 2)
        for (const Measured m : {Measured::efficacy, Measured::harm}) add(m, 0, look);
      add(Measured::futility, 0, look);
    }
    for (const Measured m : {Measured::n, Measured::events, Measured::duration, Measured::events_not_reached}) add(m);
  }

  void add_look(std::span<const EstimateLabel> planned, int look) {
    for (const Measured m : {Measured::n, Measured::events, Measured::duration}) add(m, 0, look);
    for (std::size_t k = 0; k < scenario_.families.size(); ++k) add(Measured::any_rejects, k, look);
    for (std::size_t k = 0; k < planned.size(); ++k) add_estimate(planned[k], k, look);
  }

  void add_hypotheses() {
    const std::size_t hypotheses = scenario_.design->hypotheses().size();
    if (hypotheses == 0) return;
    for (std::size_t k = 0; k < hypotheses; ++k)
      for (int look = 0; look <= looks_; ++look) add(Measured::hypothesis_rejected, k, look);
    for (const Measured m : {Measured::any_hypothesis, Measured::all_hypotheses, Measured::false_rejection}) add(m);
  }

  void add_courses() {
    for (std::size_t k = 0; k < scenario_.design->courses().size(); ++k)
      for (const Measured m : {Measured::course_taken, Measured::course_reject, Measured::course_n,
                               Measured::course_events, Measured::course_duration})
        add(m, k);
  }

  /// At an interim look without what is held against a true value, which is that of the end.
  void add_estimate(const EstimateLabel& label, std::size_t k, int look) {
    if (label.tested) add(Measured::rejects, k, look);
    if (!label.estimated) return;
    for (const Measured m : {Measured::estimate, Measured::natural, Measured::variance}) add(m, k, look);
    if (scenario_.own_truths && look == 0) add(Measured::deviation, k);
    const WantedDistribution& wanted = scenario_.distributions.of(label);
    for (const double threshold : wanted.share_at_most) add(Measured::at_most, k, look, threshold);
    if (label.interval.empty()) return;
    for (const double value : wanted.interval_contains) add(Measured::contains, k, look, value);
    if (look > 0) return add(Measured::width, k, look);
    for (const Measured m :
         {Measured::covered, Measured::miss_below, Measured::miss_above, Measured::width, Measured::covered_reached})
      add(m, k);
    if (label.resampled)
      for (const Measured m : {Measured::limit_mcse, Measured::degenerate}) add(m, k);
    for (const Measured m : {Measured::lower, Measured::upper}) add(m, k);
  }

  /// What is held against a true value.
  void add_without_visits(const EstimateLabel& label, std::size_t k) {
    const std::size_t first = columns.size();
    if (scenario_.own_truths) add(Measured::deviation, k);
    if (!label.interval.empty())
      for (const Measured m : {Measured::covered, Measured::miss_below, Measured::miss_above}) add(m, k);
    for (std::size_t c = first; c < columns.size(); ++c) columns[c].without_visits = true;
  }

  const Scenario& scenario_;
  int looks_;
};

/// Whether its quantiles are asked for.
bool is_sketched(Measured measured) {
  switch (measured) {
    case Measured::n:
    case Measured::events:
    case Measured::duration:
    case Measured::natural:
    case Measured::lower:
    case Measured::upper:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::vector<RowColumn> row_layout(const Scenario& scenario, std::span<const EstimateLabel> labels,
                                  std::span<const std::size_t> without_visits) {
  return Layout(scenario, labels, without_visits).columns;
}

std::vector<Column> row_columns(std::span<const RowColumn> layout) {
  std::vector<Column> columns;
  for (const RowColumn& c : layout) {
    std::string name =
        std::to_string(static_cast<int>(c.measured)) + "/" + std::to_string(c.label) + "/" + std::to_string(c.look);
    if (!std::isnan(c.threshold)) name += "/" + shortest(c.threshold);
    if (c.without_visits) name += "/without visits";
    columns.push_back({name, is_sketched(c.measured)});
  }
  return columns;
}

}  // namespace oligosim
