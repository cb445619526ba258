#include "models/study/sanity.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "engine/io/config.hpp"
#include "engine/io/csv.hpp"
#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {
namespace {

constexpr std::size_t drawn_cohorts = 300;

constexpr Choice<bool> fields[] = {{"estimate", false}, {"n_events", true}};

/// The published study with the disease model of the study at hand, at its point fit.
YamlNode cohort_study(const YamlNode& study, const YamlNode& published) {
  YamlNode tree = *published.find("study");
  YamlNode disease = *study.find("disease");
  std::erase_if(disease.entries, [](const YamlNode::Entry& e) { return e.key == "published" || e.key == "posterior"; });
  tree.entries.push_back({"disease", disease.place, disease});
  return tree;
}

/// The label that a published value names.
std::size_t read_label(ConfigNode& node, const Plan& plan) {
  const std::string analysis = node.one_of("analysis", plan.analysis_names(), "analysis");
  const std::string group = node.text("group", "");
  const std::string term = node.text("term", "");
  const std::string parameter = node.text("parameter");
  const double at = node.has("at") ? node.number("at", Range::any()) : missing;
  node.accept("at");
  for (std::size_t k = 0; k < plan.labels().size(); ++k) {
    const EstimateLabel& l = plan.labels()[k];
    const bool same_at = (std::isnan(at) && std::isnan(l.at)) || at == l.at;
    if (l.analysis == analysis && l.group == group && l.term == term && l.parameter == parameter && same_at) return k;
  }
  node.problem("analysis", "has no estimate with this group, term, parameter and at");
  return 0;
}

SanityRow describe(const std::string& name, double published, std::vector<double> values) {
  SanityRow row{.name = name, .published = published, .cohorts = values.size()};
  std::erase_if(values, [](double x) { return std::isnan(x); });
  row.n_missing = row.cohorts - values.size();
  if (values.empty()) return row;
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  row.lower = at(0.025), row.median = at(0.5), row.upper = at(0.975);
  const auto below = std::lower_bound(values.begin(), values.end(), published) - values.begin();
  row.share_below = static_cast<double>(below) / static_cast<double>(values.size());
  return row;
}

/// Where a published number lies on a curve that its analysis draws, if it does.
std::optional<SanityCurves::Point> point_of(const EstimateLabel& label, const std::string& name, double published) {
  const bool survival = label.method == "kaplan_meier";
  if (survival && label.parameter == "quantile") return SanityCurves::Point{name, published, 1 - label.at};
  const bool at_time = (survival && label.parameter == "survival") ||
                       (label.method == "cumulative_incidence" && label.parameter == "cumulative_incidence");
  if (at_time) return SanityCurves::Point{name, label.at, published};
  return {};
}

}  // namespace

SanityCheck::SanityCheck(const YamlNode& study, Problems& problems) {
  const YamlNode* disease = study.find("disease");
  const YamlNode* published = disease ? disease->find("published") : nullptr;
  if (!published) return;
  ConfigNode node(*published, problems);
  if (!node.has("study")) {
    node.problem("study", "missing (the cohort that was published, as a study)");
    return;
  }
  node.raw("study");
  study_ = read_study(cohort_study(study, *published), {}, problems);
  cohorts_ = static_cast<std::size_t>(node.integer("cohorts", Range::between(100, 1e6), 1000));
  for (ConfigNode value : node.children("values")) {
    const std::string name = value.text("name");
    const double number = value.number("published", Range::any());
    const bool count = value.choice<bool>("field", fields, false);
    values_.push_back({name, read_label(value, *study_.scenarios.front().plan), number, count});
    value.finish();
  }
  node.finish();
}

void SanityCheck::each_cohort(std::size_t count, unsigned threads, const Visit& visit) const {
  const Scenario& scenario = study_.scenarios.front();
  scenario.disease->prepare();
  const Trial trial = scenario.trial->without_lesions();
  const std::size_t labels = scenario.plan->labels().size();
  parallel_for(count, threads, [&](std::size_t k, Arena& arena) {
    arena.reset();
    const Patients patients = trial.simulate(Streams(study_.seed, static_cast<std::uint32_t>(k + 1)), arena);
    const double day = *scenario.design->looks().back().month * trial.days_per_month();
    const Cohort data = trial.cut(patients, day, arena);
    PlanData shared(data, scenario.plan->parts(), arena);
    const std::span<Estimate> estimates = arena.take<Estimate>(labels);
    scenario.plan->evaluate(shared, arena, estimates);
    visit(k, shared, estimates, arena);
  });
}

std::vector<SanityCurves> SanityCheck::curves(unsigned threads) const {
  const Plan& plan = *study_.scenarios.front().plan;
  std::vector<SanityCurves> all;
  std::vector<std::size_t> analyses;
  for (const Value& value : values_) {
    const EstimateLabel& label = plan.labels()[value.label];
    const std::optional<SanityCurves::Point> point = point_of(label, value.name, value.published);
    if (value.count || !point) continue;
    const std::string cause = label.method == "cumulative_incidence" ? label.term : "";
    auto own = std::ranges::find_if(
        all, [&](const SanityCurves& c) { return c.analysis == label.analysis && c.cause == cause; });
    if (own == all.end()) {
      analyses.push_back(plan.position(label.analysis));
      own = all.insert(all.end(), {.analysis = label.analysis, .cause = cause, .curves = {}, .points = {}});
    }
    own->points.push_back(*point);
  }
  const std::size_t count = std::min(cohorts_, drawn_cohorts);
  std::vector<std::vector<std::optional<StepFigure>>> figures(all.size(),
                                                              std::vector<std::optional<StepFigure>>(count));
  each_cohort(count, threads, [&](std::size_t k, PlanData& data, std::span<const Estimate> estimates, Arena& arena) {
    for (std::size_t a = 0; a < all.size(); ++a) {
      const Plan::Rows rows = plan.rows(analyses[a]);
      for (const Figure& figure :
           plan.draw(analyses[a], data, estimates.subspan(rows.first, rows.all), Resampling::none(), arena))
        if (const StepFigure* curves = std::get_if<StepFigure>(&figure); curves && curves->cause == all[a].cause)
          figures[a][k] = *curves;
    }
  });
  for (std::size_t a = 0; a < all.size(); ++a) all[a].curves = curve_ranges(figures[a]);
  return all;
}

std::vector<SanityRow> SanityCheck::run(unsigned threads) const {
  const std::size_t labels = study_.scenarios.front().plan->labels().size();
  std::vector<Estimate> all(cohorts_ * labels);
  each_cohort(cohorts_, threads, [&](std::size_t k, PlanData&, std::span<const Estimate> estimates, Arena&) {
    std::ranges::copy(estimates, all.begin() + static_cast<std::ptrdiff_t>(k * labels));
  });
  std::vector<SanityRow> rows;
  for (const Value& value : values_) {
    std::vector<double> numbers;
    for (std::size_t k = 0; k < cohorts_; ++k) {
      const Estimate& e = all[k * labels + value.label];
      const bool endless = e.status == Status::not_reached;  // a median beyond the follow-up lies above any number
      numbers.push_back(value.count ? e.n_events : endless ? std::numeric_limits<double>::infinity() : e.estimate);
    }
    rows.push_back(describe(value.name, value.published, std::move(numbers)));
  }
  return rows;
}

std::string sanity_csv(const std::vector<SanityRow>& rows) {
  CsvWriter csv({"target", "published", "simulated_median", "lower", "upper", "share_below", "cohorts", "n_missing"});
  for (const SanityRow& r : rows) {
    csv.field(std::string_view(r.name)).field(r.published).field(r.median).field(r.lower).field(r.upper);
    csv.field(r.share_below).field(static_cast<long long>(r.cohorts)).field(static_cast<long long>(r.n_missing));
    csv.end_row();
  }
  return csv.text();
}

}  // namespace oligosim
