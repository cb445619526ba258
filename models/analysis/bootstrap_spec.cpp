#include "models/analysis/bootstrap_spec.hpp"

#include <algorithm>

#include "models/analysis/banded_curves.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {
namespace {

constexpr Choice<BootstrapKind> kinds[] = {{"case", BootstrapKind::cases},
                                           {"bayesian", BootstrapKind::bayesian},
                                           {"conditional", BootstrapKind::conditional},
                                           {"weird", BootstrapKind::weird},
                                           {"parametric", BootstrapKind::parametric}};

constexpr Choice<BootstrapLimits> limit_kinds[] = {{"normal", BootstrapLimits::normal},
                                                   {"basic", BootstrapLimits::basic},
                                                   {"percentile", BootstrapLimits::percentile},
                                                   {"bca", BootstrapLimits::bca},
                                                   {"bca_mid", BootstrapLimits::bca_mid},
                                                   {"studentized", BootstrapLimits::studentized},
                                                   {"double_bootstrap", BootstrapLimits::double_bootstrap},
                                                   {"jackknife", BootstrapLimits::jackknife},
                                                   {"band", BootstrapLimits::band}};

std::string quoted(BootstrapKind kind) { return std::string("'") + kinds[static_cast<std::size_t>(kind)].name + "'"; }

/// Whether the kind leaves the patients as they are.
bool of_times(BootstrapKind kind) { return kind == BootstrapKind::conditional || kind == BootstrapKind::weird; }

bool leaves_one_out(BootstrapLimits kind) {
  return kind == BootstrapLimits::bca || kind == BootstrapLimits::bca_mid || kind == BootstrapLimits::jackknife;
}

/// Limits that leave patients out, or draw them from a resample, are not of resampled times or simulated patients.
void refuse_limits(const BootstrapSpec& spec, const ConfigNode& block) {
  for (const auto& c : spec.limits) {
    const bool second_level = c.value == BootstrapLimits::double_bootstrap;
    if (!spec.draws_patients() && (second_level || leaves_one_out(c.value)))
      block.problem("interval", std::string("'") + c.name + "' resamples patients, which kind " + quoted(spec.kind) +
                                    " does not (normal, basic, percentile, studentized or band)");
    else if (spec.kind == BootstrapKind::bayesian && second_level)
      block.problem("interval", "'double_bootstrap' draws from whole copies of patients (kind: case)");
  }
}

void read_band(BootstrapSpec& spec, ConfigNode& block) {
  block.accept("band_months");
  if (!spec.wants(BootstrapLimits::band)) {
    if (block.has("band_months")) block.problem("band_months", "is for interval 'band' alone");
    return;
  }
  const std::vector<double> months = block.numbers("band_months", Range::at_least(0));
  if (months.size() == 2 && months[0] < months[1])
    spec.band_from = months[0], spec.band_to = months[1];
  else if (block.has("band_months"))
    block.problem("band_months", "is not two months, the earlier first ([3, 24])");
}

void read_simulation(BootstrapSpec& spec, ConfigNode& block) {
  const bool simulates = spec.kind == BootstrapKind::parametric;
  if (simulates) spec.study = block.text("study");
  if (simulates && block.has("scenario")) spec.scenario = block.text("scenario");
  for (const char* key : {"study", "scenario"}) {
    block.accept(key);
    if (!simulates && block.has(key)) block.problem(key, "is for kind 'parametric' alone");
  }
}

void refuse_band(const BootstrapSpec& spec, const Analysis& analysis, const ConfigNode& block, bool several_rows) {
  const std::string name = "'" + analysis.name() + "'";
  if (several_rows || (analysis.banded() && analysis.banded()->clustered()))
    block.problem("interval", "'band' takes rows as independent, and those of " + name + " are several a patient");
  else if (!analysis.banded())
    block.problem("interval",
                  "'band' goes round curves at months (kaplan_meier, reverse_kaplan_meier, cumulative_incidence), "
                  "which " +
                      name + " is not of");
  else if (std::ranges::none_of(analysis.labels(), [&](const EstimateLabel& l) { return spec.in_band(l); }))
    block.problem("band_months", "holds none of the at_months of " + name);
}

bool holds(const std::vector<std::string>& all, const std::vector<std::string>& some) {
  return std::ranges::all_of(some, [&](const std::string& s) { return std::ranges::find(all, s) != all.end(); });
}

/// What `input` tells patients apart by and the block's strata do not: their resampled times would be alike.
std::vector<std::string> beyond_strata(const CensoredInput& input, const BootstrapSpec& spec, const PlanParts& parts) {
  std::vector<const Factor*> strata;
  if (spec.strata)
    for (const std::size_t factor : parts.strata[*spec.strata]) strata.push_back(&parts.factors[factor]);
  std::vector<std::string> names;
  const auto need = [&](std::size_t column, const std::vector<std::string>& levels) {
    const std::string& name = parts.columns[column].name;
    const bool among = std::ranges::any_of(
        strata, [&](const Factor* f) { return f->column() == column && holds(f->levels(), levels); });
    if (!among && std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const std::size_t f : input.factors) need(parts.factors[f].column(), parts.factors[f].levels());
  for (const std::size_t column : input.numbers) need(column, own_levels(parts.columns[column]));
  return names;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void refuse_conditional(const BootstrapSpec& spec, const Analysis& analysis, const ConfigNode& block,
                        const PlanParts& parts) {
  const std::string name = "'" + analysis.name() + "'";
  const std::optional<CensoredInput> input = analysis.censored_input();
  if (!input)
    return block.problem("kind",
                         "'conditional' is for one survival endpoint (kaplan_meier, rmst, milestone, "
                         "cox without start times and time-dependent terms), which " +
                             name + " is not of (case)");
  if (input->of_censoring)
    return block.problem("kind",
                         "'conditional' keeps the censoring times, whose curve " + name + " is (case or weird)");
  const SurvivalEndpoint& endpoint = parts.endpoints[input->endpoint];
  if (endpoint.landmark != 0)
    block.problem("kind",
                  "'conditional' has no times from a landmark, as '" + endpoint.name + "' of " + name + " (case)");
  if (const auto names = beyond_strata(*input, spec, parts); !names.empty())
    block.problem("strata", "'conditional' draws times within strata, and " + name + " tells patients apart by " +
                                listed(names) + " too (strata: all such columns, with all levels)");
}

}  // namespace

bool BootstrapSpec::wants(BootstrapLimits wanted) const {
  return std::ranges::any_of(limits, [wanted](const auto& c) { return c.value == wanted; });
}

bool BootstrapSpec::needs_truths() const {
  return kind == BootstrapKind::parametric &&
         (wants(BootstrapLimits::normal) || wants(BootstrapLimits::basic) || wants(BootstrapLimits::studentized));
}

bool BootstrapSpec::draws_patients() const { return kind == BootstrapKind::cases || kind == BootstrapKind::bayesian; }

bool BootstrapSpec::of_resamples() const {
  return std::ranges::any_of(limits, [](const auto& c) { return c.value != BootstrapLimits::band; });
}

bool BootstrapSpec::leaves_out() const {
  return std::ranges::any_of(limits, [](const auto& c) { return leaves_one_out(c.value); });
}

bool BootstrapSpec::in_band(const EstimateLabel& label) const {
  const bool on_curve = label.parameter == "survival" || label.parameter == "cumulative_incidence";
  return on_curve && label.at >= band_from && label.at <= band_to;
}

BootstrapSpec read_bootstrap(ConfigNode& block, PlanReader& patients) {
  BootstrapSpec spec;
  spec.resamples = static_cast<std::size_t>(block.integer("resamples", Range::between(50, 1e6), 2000));
  spec.kind = block.choice<BootstrapKind>("kind", kinds, BootstrapKind::cases);
  spec.strata = patients.strata(block);
  block.accept("cluster");
  if (block.has("cluster")) spec.cluster = patients.any_column(block, "cluster");
  spec.limits = block.choices<BootstrapLimits>("interval", limit_kinds, "interval", "percentile");
  spec.seed = static_cast<std::uint64_t>(block.integer("seed", Range::between(0, 9e18), 1));
  if (block.kind("levels") == YamlNode::Kind::mapping) block.child("levels").finish();
  read_band(spec, block);
  read_simulation(spec, block);
  refuse_limits(spec, block);
  if (!spec.draws_patients() && spec.cluster)
    block.problem("cluster", "is for patients who are drawn together (kind: case or bayesian)");
  const bool of_rows =
      patients.parts().several_rows ||
      std::ranges::any_of(patients.parts().endpoints, [](const auto& e) { return e.start.has_value(); });
  if (spec.draws_patients() && of_rows && !block.has("cluster"))
    block.problem("cluster", "missing: rows of a patient are drawn together (the patient's column)");
  if (spec.kind == BootstrapKind::weird && spec.strata)
    block.problem("strata",
                  "is not for kind 'weird', which keeps the groups of an analysis apart by itself "
                  "(kind: case, bayesian or conditional)");
  if (spec.kind == BootstrapKind::parametric && spec.strata)
    block.problem("strata", "is not for kind 'parametric', whose study says who is enrolled");
  return spec;
}

void refuse_kind(const BootstrapSpec& spec, const Analysis& analysis, const ConfigNode& block,
                 const PlanParts& patients, const PlanParts& rows) {
  if (spec.kind == BootstrapKind::bayesian && !analysis.takes_any_weights())
    block.problem("kind", "'bayesian' has weights that are not whole numbers, which '" + analysis.name() +
                              "' cannot take (case)");
  const std::optional<CensoredInput> input = analysis.censored_input();
  const bool several_rows = &patients != &rows || patients.several_rows || (input && input->clustered);
  if (spec.wants(BootstrapLimits::band)) refuse_band(spec, analysis, block, several_rows);
  if (!of_times(spec.kind)) return;
  if (several_rows)
    return block.problem("kind", quoted(spec.kind) + " takes rows as independent, and those of '" + analysis.name() +
                                     "' are several a patient (case)");
  if (spec.kind == BootstrapKind::conditional) return refuse_conditional(spec, analysis, block, rows);
  if (!analysis.curves())
    block.problem("kind",
                  "'weird' is for Kaplan-Meier curves (kaplan_meier, reverse_kaplan_meier, rmst, milestone), "
                  "which '" +
                      analysis.name() + "' does not make (case)");
}

}  // namespace oligosim
