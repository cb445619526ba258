#include "models/study/comparison.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "engine/io/csv.hpp"
#include "models/study/replicate_sample.hpp"

namespace oligosim {
namespace {

constexpr ComparedMetric metrics[] = {{"reject", "Rejects", true},
                                      {"expected_n", "Patients, mean", false},
                                      {"expected_events", "Events, mean", false},
                                      {"expected_duration_months", "Months, mean", false},
                                      {"coverage", "Coverage of the primary interval", true}};
constexpr Measured measured[] = {Measured::reject, Measured::n, Measured::events, Measured::duration,
                                 Measured::covered};
constexpr double z = 1.959963984540054;
constexpr std::size_t fewest_blocks = 20;  // fewer differences of blocks do not know their spread

/// Position of a metric among the columns of a replicate; nothing where the experiment has it not.
std::optional<std::size_t> column_of(const TrialExperiment& experiment, Measured what) {
  std::size_t label = 0;
  if (what == Measured::covered) {
    const std::optional<std::size_t> estimate = primary_estimate(experiment.scenario());
    if (!estimate) return {};
    label = *estimate;
  }
  const auto layout = experiment.layout();
  for (std::size_t k = 0; k < layout.size(); ++k)
    if (layout[k].measured == what && layout[k].label == label && layout[k].look == 0) return k;
  return {};
}

Moments whole(const ComparedScenario& s, std::size_t metric) {
  Moments all;
  for (const std::vector<Moments>& block : s.blocks)
    if (!block.empty()) all.merge(block[metric]);
  return all;
}

Measure with_limits(double value, double mcse, const Moments& of, double quantile = z) {
  return {value, mcse, value - quantile * mcse, value + quantile * mcse, of.n, of.missing};
}

/// What the block of a number does to the mean of a run; nothing where the run has not got it.
double share_of_block(const ComparedScenario& s, std::size_t number, std::size_t metric, const Moments& all) {
  if (number >= s.blocks.size() || s.blocks[number].empty()) return 0;
  const Moments& block = s.blocks[number][metric];
  return block.n == 0 ? 0 : static_cast<double>(block.n) / static_cast<double>(all.n) * (block.mean - all.mean);
}

bool in_common(const ComparedScenario& a, const ComparedScenario& b) {
  std::size_t both = 0;
  for (std::size_t k = 0; k < std::min(a.blocks.size(), b.blocks.size()); ++k)
    both += !a.blocks[k].empty() && !b.blocks[k].empty();
  return a.seed == b.seed && a.block_size == b.block_size && both >= fewest_blocks;
}

/// Error of a ratio estimator over blocks: the mean difference weighted by their replicates (Cochran 1977,
/// section 6.3), with limits by Student's t. A block that one run alone has is as independent as it is there.
Measure paired_difference(const ComparedScenario& a, const ComparedScenario& b, std::size_t metric) {
  const Moments first = whole(a, metric), other = whole(b, metric);
  double sum = 0, blocks = 0;
  for (std::size_t k = 0; k < std::max(a.blocks.size(), b.blocks.size()); ++k) {
    const double own = share_of_block(b, k, metric, other) - share_of_block(a, k, metric, first);
    sum += own * own;
    blocks += (k < a.blocks.size() && !a.blocks[k].empty()) || (k < b.blocks.size() && !b.blocks[k].empty());
  }
  const double t = boost::math::quantile(boost::math::students_t(blocks - 1), 0.975);
  return with_limits(other.mean - first.mean, std::sqrt(sum * blocks / (blocks - 1)), other, t);
}

Measure independent_difference(const Measure& first, const Measure& other, const Moments& of) {
  return with_limits(other.value - first.value, std::hypot(first.mcse, other.mcse), of);
}

const ComparedScenario* find(const std::vector<ComparedScenario>& run, const std::string& scenario) {
  const auto found = std::ranges::find(run, scenario, &ComparedScenario::scenario);
  return found == run.end() ? nullptr : &*found;
}

}  // namespace

std::span<const ComparedMetric> compared_metrics() { return metrics; }

ComparedScenario compared_scenario(const TrialExperiment& experiment, std::uint64_t seed, const BlockLog& log,
                                   std::uint32_t scenario) {
  ComparedScenario own{
      .scenario = experiment.scenario().name, .seed = seed, .block_size = log.header().block_size, .blocks = {}};
  std::vector<std::optional<std::size_t>> columns;
  for (const Measured what : measured) columns.push_back(column_of(experiment, what));
  log.for_each(scenario, [&](const BlockSummary& block) {
    own.blocks.resize(std::max<std::size_t>(own.blocks.size(), block.id.block + 1));
    for (const auto& column : columns)
      own.blocks[block.id.block].push_back(column ? block.moments[*column] : Moments{});
  });
  return own;
}

std::vector<Difference> compare_runs(std::span<const std::vector<ComparedScenario>> runs) {
  std::vector<Difference> rows;
  for (const ComparedScenario& first : runs.front()) {
    const auto has_it = [&](const auto& run) {
      return find(run, first.scenario) && !find(run, first.scenario)->blocks.empty();
    };
    if (!std::ranges::all_of(runs, has_it)) continue;
    for (std::size_t metric = 0; metric < std::size(metrics); ++metric) {
      const auto measure = [&](const Moments& m) { return metrics[metric].share ? share(m) : mean(m); };
      const Measure reference = measure(whole(first, metric));
      for (std::size_t r = 0; r < runs.size(); ++r) {
        const ComparedScenario& own = *find(runs[r], first.scenario);
        const Moments all = whole(own, metric);
        Difference row{.scenario = first.scenario, .run = r, .metric = metric, .value = measure(all), .more = {}};
        row.paired = r > 0 && in_common(first, own);
        if (r == 0)
          row.more = with_limits(missing, missing, all);
        else
          row.more =
              row.paired ? paired_difference(first, own, metric) : independent_difference(reference, row.value, all);
        rows.push_back(row);
      }
    }
  }
  return rows;
}

std::string comparison_csv(std::span<const std::string> names, std::span<const Difference> differences) {
  CsvWriter csv({"scenario", "metric", "run", "value", "mcse", "lower", "upper", "difference", "difference_mcse",
                 "difference_lower", "difference_upper", "paired", "n_replicates", "n_missing"});
  for (const Difference& d : differences) {
    csv.field(std::string_view(d.scenario)).field(std::string_view(metrics[d.metric].name));
    csv.field(std::string_view(names[d.run]));
    for (const Measure& m : {d.value, d.more}) csv.field(m.value).field(m.mcse).field(m.lower).field(m.upper);
    csv.field(std::string_view(d.run == 0 ? "NA" : d.paired ? "yes" : "no"));
    csv.field(static_cast<long long>(d.value.n_replicates)).field(static_cast<long long>(d.value.n_missing)).end_row();
  }
  return csv.text();
}

}  // namespace oligosim
