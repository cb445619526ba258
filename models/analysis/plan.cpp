#include "models/analysis/plan.hpp"

#include <algorithm>
#include <utility>

#include "models/analysis/label_text.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {
namespace {

enum class TimeUnit { days, weeks, months, years };
constexpr Choice<TimeUnit> time_units[] = {
    {"days", TimeUnit::days}, {"weeks", TimeUnit::weeks}, {"months", TimeUnit::months}, {"years", TimeUnit::years}};

double units_per_month(TimeUnit unit, double days_per_month) {
  switch (unit) {
    case TimeUnit::days:
      return days_per_month;
    case TimeUnit::weeks:
      return days_per_month / 7;
    case TimeUnit::months:
      return 1;
    case TimeUnit::years:
      return 1.0 / 12;
  }
  return 1;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodEntry& m : methods()) names.emplace_back(m.name);
  return names;
}

/// Marks the columns that marked ones are derived from, which may be derived themselves, always from earlier ones.
void mark_sources(const PlanParts& parts, std::vector<std::uint8_t>& marked) {
  const std::size_t first = marked.size() - parts.derived.size();
  for (std::size_t k = parts.derived.size(); k-- > 0;)
    if (marked[first + k])
      for (const std::size_t source : parts.derived[k].sources()) marked[source] = 1;
}

/// Marks what the plan reads.
void find_needed(PlanParts& parts, const std::vector<std::size_t>& used) {
  std::vector<std::uint8_t>& needed = parts.needed;
  needed.assign(parts.columns.size(), 0);
  for (const SurvivalEndpoint& e : parts.endpoints) {
    needed[e.time] = needed[e.status] = 1;
    if (e.start) needed[*e.start] = 1;
  }
  for (const Population& p : parts.populations)
    for (const Condition& c : p.conditions) needed[c.column] = 1;
  for (const std::size_t column : used) needed[column] = 1;
  mark_sources(parts, needed);
}

/// Rows are told apart by these names; the population without a name is that of all patients.
void refuse_empty(const std::string& name, const ConfigNode& named, const char* what) {
  if (name.empty()) named.problem("", std::string("the name of this ") + what + " is empty");
}

}  // namespace

Plan::Plan(ConfigNode node, const Columns& columns, const Columns* lesions) {
  for (const char* key : {"patient", "parameter", "several_rows"}) node.accept(key);  // how the data are read
  parts_.several_rows = node.has("several_rows") && node.flag("several_rows", false);
  const TimeUnit unit = node.choice<TimeUnit>("time_unit", time_units);
  time_unit_ = time_units[static_cast<std::size_t>(unit)].name;
  days_per_month_ = node.number("days_per_month", Range::between(28, 31), 30.4375);
  parts_.columns = columns;
  parts_.units_per_month = units_per_month(unit, days_per_month_);
  parts_.confidence = node.number("confidence", Range::inside(0.5, 1), 0.95);
  std::vector<std::size_t> used;
  read_section(node, "", parts_, used);
  of_patients_ = analyses_.size();
  read_lesions(node, lesions, used);
  const YamlNode* const written = node.as_written().find("analyses");
  if (analyses_.empty() && left_out_.empty() && node.has("analyses") && written->items.empty())
    node.problem("analyses", "is empty (at least one analysis)");
  read_bootstrap_of_all(node);
  used.insert(used.end(), used_by_bootstrap_.begin(), used_by_bootstrap_.end());
  node.finish();
  find_needed(parts_, used);
  for (std::size_t a = 0; a < analyses_.size(); ++a) {
    first_.push_back(labels_.size());
    labels_.insert(labels_.end(), analyses_[a]->labels().begin(), analyses_[a]->labels().end());
    if (bootstraps_[a]) labels_.insert(labels_.end(), bootstraps_[a]->labels().begin(), bootstraps_[a]->labels().end());
    find_estimands(a);
  }
}

/// Columns, endpoints, populations and analyses of one kind of rows. `used`: takes the columns that analyses read.
void Plan::read_section(ConfigNode& node, const std::string& where, PlanParts& parts, std::vector<std::size_t>& used) {
  PlanReader reader(parts);
  AbsentColumns lacking(node, parts.columns);
  for (auto& [name, child] : node.named_children("derive", false)) {
    refuse_empty(name, child, "column");
    if (lacking.leaves_out("derive", name, child)) continue;
    parts.derived.push_back(DerivedColumn::read(name, child, parts.columns));
    parts.columns.add(parts.derived.back().info());
  }
  for (auto& [name, child] : node.named_children("endpoints", false)) {
    refuse_empty(name, child, "endpoint");
    if (!lacking.leaves_out("endpoints", name, child)) parts.endpoints.push_back(read_endpoint(name, child, reader));
  }
  parts.populations.push_back({});
  for (auto& [name, child] : node.named_children("populations", false)) {
    refuse_empty(name, child, "population");
    if (!lacking.leaves_out("populations", name, child))
      parts.populations.push_back({name, read_conditions(child, parts.columns)});
  }
  read_analyses(node, reader, lacking);
  for (const LeftOut& l : lacking.left_out()) left_out_.push_back({where + l.entry, l.absent});
  used.insert(used.end(), reader.used().begin(), reader.used().end());
}

void Plan::read_analyses(ConfigNode& node, PlanReader& reader, AbsentColumns& lacking) {
  const std::vector<std::string> accepted = method_names();
  for (ConfigNode entry : node.children("analyses")) {
    const std::string name = entry.text("name");
    if (name.empty() && entry.has("name")) entry.problem("name", "is empty (a name of this analysis alone)");
    if (!name.empty() && !names_.insert(name).second)
      entry.problem("name", "'" + name + "' names an earlier analysis too");
    if (lacking.leaves_out("analyses", name, entry)) continue;
    const std::string method = entry.one_of("method", accepted, "method", {}, Words::of_program);
    if (entry.kind("method") == YamlNode::Kind::scalar && entry.as_written().find("method")->scalar != method) {
      entry.keep();  // its keys are those of a method that nobody knows
      continue;
    }
    for (const MethodEntry& m : methods()) {
      if (method != m.name) continue;
      const auto before = static_cast<std::ptrdiff_t>(reader.used().size());
      analyses_.push_back(m.read(entry, reader));
      reads_.emplace_back(reader.used().begin() + before, reader.used().end());
      if (analyses_.back()->labels().empty()) entry.problem("", "asks for no number");
      read_estimand(*analyses_.back(), entry);
      bootstraps_.push_back(read_bootstrap_of(*analyses_.back(), entry, reader.parts()));
      if (entry.kind("levels") == YamlNode::Kind::mapping) entry.child("levels").finish();
      entry.finish();
    }
  }
}

/// `estimand`: an earlier analysis that would give the right answer, of which this one must have all numbers.
void Plan::read_estimand(const Analysis& analysis, ConfigNode& entry) {
  entry.accept("estimand");
  stands_for_.push_back({});
  if (!entry.has("estimand")) return;
  std::vector<std::string> earlier = analysis_names();
  earlier.pop_back();
  const std::string name = entry.one_of("estimand", earlier, "earlier analysis");
  const auto found = std::ranges::find(earlier, name);
  if (found == earlier.end()) return;
  stands_for_.back() = static_cast<std::size_t>(found - earlier.begin());
  const std::vector<EstimateLabel>& theirs = analyses_[*stands_for_.back()]->labels();
  for (const EstimateLabel& label : analysis.labels())
    if (label.estimated && !counterpart(label, theirs))
      return entry.problem("estimand", "'" + name + "' has no '" + row_text(label) + "', or several");
}

/// Of the numbers of an analysis, whose labels are the last.
void Plan::find_estimands(std::size_t analysis) {
  for (std::size_t k = first_[analysis]; k < labels_.size(); ++k) {
    estimand_.push_back(k);
    if (!stands_for_[analysis]) continue;
    const std::size_t other = *stands_for_[analysis];
    const std::optional<std::size_t> found = counterpart(labels_[k], analyses_[other]->labels());
    if (found) estimand_.back() = estimand_[first_[other] + *found];
  }
}

/// The block of one analysis. Patients are resampled, whatever the rows of the analysis.
std::unique_ptr<Bootstrap> Plan::read_bootstrap_of(const Analysis& analysis, ConfigNode& entry, const PlanParts& rows) {
  entry.accept("bootstrap");
  if (!entry.has("bootstrap")) return {};
  if (analysis.resamples_itself()) entry.problem("bootstrap", "has no part in a method that resamples itself");
  ConfigNode block = entry.child("bootstrap");
  PlanReader patients(parts_);
  const BootstrapSpec spec = read_bootstrap(block, patients);
  if (spec.kind == BootstrapKind::parametric)
    block.problem("kind", "'parametric' is for the block of the whole plan, whose cohorts are simulated once");
  auto own = std::make_unique<Bootstrap>(analysis, spec, block, parts_, rows);
  if (own->labels().empty()) entry.problem("bootstrap", "has no number to resample");
  used_by_bootstrap_.insert(used_by_bootstrap_.end(), patients.used().begin(), patients.used().end());
  block.finish();
  return own;
}

/// The block of the plan: of all analyses that have none of their own, or of those listed.
void Plan::read_bootstrap_of_all(ConfigNode& node) {
  node.accept("bootstrap");
  if (!node.has("bootstrap")) return;
  ConfigNode block = node.child("bootstrap");
  PlanReader patients(parts_);
  const BootstrapSpec spec = read_bootstrap(block, patients);
  if (spec.kind == BootstrapKind::parametric) simulation_ = spec;
  used_by_bootstrap_.insert(used_by_bootstrap_.end(), patients.used().begin(), patients.used().end());
  const std::vector<std::string> names = analysis_names();
  const std::vector<std::string> of = block.some_of("of", names, "analysis of this plan", names);
  for (std::size_t a = 0; a < analyses_.size(); ++a) {
    if (bootstraps_[a] || analyses_[a]->resamples_itself() || std::ranges::find(of, names[a]) == of.end()) continue;
    const PlanParts& rows = a < of_patients_ ? parts_ : parts_.lesions->parts;
    bootstraps_[a] = std::make_unique<Bootstrap>(*analyses_[a], spec, block, parts_, rows);
    if (bootstraps_[a]->labels().empty()) bootstraps_[a].reset();
  }
  block.finish();
}

/// The section whose rows are lesions. `used`: takes the patients' columns that it reads.
void Plan::read_lesions(ConfigNode& node, const Columns* lesions, std::vector<std::size_t>& used) {
  node.accept("lesions");
  if (!node.has("lesions")) return;
  ConfigNode section = node.child("lesions");
  if (!lesions) {
    left_out_.push_back({"lesions", "file of lesions"});
    return section.keep();
  }
  if (lesions->size() == 0) node.problem("lesions", "cannot be: these patients have no table of lesions");
  LesionParts own{.join = LesionJoin(*lesions, parts_.columns), .parts = {}};
  own.parts.columns = own.join.columns();
  own.parts.units_per_month = parts_.units_per_month;
  own.parts.confidence = parts_.confidence;
  std::vector<std::size_t> used_here;
  read_section(section, "lesions.", own.parts, used_here);
  section.finish();
  find_needed(own.parts, used_here);
  for (const std::size_t column : own.join.patient_columns(own.parts.needed)) used.push_back(column);
  parts_.lesions = std::make_shared<const LesionParts>(std::move(own));
}

std::vector<const BootstrapSpec*> Plan::bootstrap_specs() const {
  std::vector<const BootstrapSpec*> specs;
  for (const auto& bootstrap : bootstraps_)
    if (bootstrap) specs.push_back(&bootstrap->spec());
  return specs;
}

PlanData& Plan::rows_of(std::size_t analysis, PlanData& data) const {
  return of_lesions(analysis) ? *data.lesions() : data;
}

void Plan::evaluate(std::size_t analysis, PlanData& data, Arena& arena, std::span<Estimate> out) const {
  for (Estimate& e : out) e = {};
  analyses_[analysis]->evaluate(rows_of(analysis, data), arena, out);
}

void Plan::evaluate(PlanData& data, Arena& arena, std::span<Estimate> out, const Resampling& by,
                    const Known& known) const {
  for (std::size_t a = 0; a < analyses_.size(); ++a) {
    const Rows place = rows(a);
    const std::span<Estimate> own = out.subspan(place.first, place.own);
    if (a == known.analysis && !known.estimates.empty() && !analyses_[a]->resamples_itself()) {
      std::ranges::copy(known.estimates, own.begin());
    } else {
      for (Estimate& e : own) e = {};
      PlanData& rows_of_own = rows_of(a, data);
      const bool estimates = std::ranges::any_of(analyses_[a]->labels(), &EstimateLabel::estimated);
      if (estimates || !rows_of_own.limits_left_out()) analyses_[a]->evaluate_by(by, rows_of_own, arena, own);
    }
    resample(a, data, own, by, arena, out.subspan(place.first + place.own, place.all - place.own));
  }
}

void Plan::resample(std::size_t analysis, PlanData& data, std::span<const Estimate> own, const Resampling& by,
                    Arena& arena, std::span<Estimate> out) const {
  if (bootstraps_[analysis]) bootstraps_[analysis]->evaluate(data, rows_of(analysis, data), own, by, arena, out);
}

std::vector<Figure> Plan::draw(std::size_t analysis, PlanData& data, std::span<const Estimate> estimates,
                               const Resampling& by, Arena& arena) const {
  PlanData& rows = rows_of(analysis, data);
  if (!bootstraps_[analysis] || !by.wanted()) return analyses_[analysis]->draw(rows, arena);
  return bootstraps_[analysis]->draw(data, rows, estimates, by, arena);
}

Plan::Rows Plan::rows(std::size_t analysis) const {
  const std::size_t next = analysis + 1 < first_.size() ? first_[analysis + 1] : labels_.size();
  return {first_[analysis], analyses_[analysis]->labels().size(), next - first_[analysis]};
}

bool Plan::resamples() const {
  return std::ranges::any_of(bootstraps_, [](const auto& b) { return b != nullptr; });
}

std::size_t Plan::bootstrap_work(std::size_t patients) const {
  std::size_t work = 0;
  for (const auto& bootstrap : bootstraps_) work += bootstrap ? bootstrap->work(patients) : 0;
  return work;
}

std::vector<std::string> Plan::analysis_names() const {
  std::vector<std::string> names;
  for (const auto& analysis : analyses_) names.push_back(analysis->name());
  return names;
}

std::size_t Plan::position(const std::string& analysis) const {
  const std::vector<std::string> names = analysis_names();
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), analysis) - names.begin());
}

std::vector<std::uint8_t> Plan::columns_read(std::size_t analysis) const {
  std::vector<std::uint8_t> read(parts_.columns.size(), 0);
  for (const std::size_t column : reads_[analysis]) read[column] = 1;
  mark_sources(parts_, read);
  read.resize(read.size() - parts_.derived.size());
  return read;
}

std::vector<std::uint8_t> Plan::needed_columns() const {
  return {parts_.needed.begin(), parts_.needed.end() - static_cast<std::ptrdiff_t>(parts_.derived.size())};
}

std::vector<std::uint8_t> Plan::needed_lesion_columns() const {
  if (!parts_.lesions) return {};
  const auto own = static_cast<std::ptrdiff_t>(parts_.lesions->join.own_columns());
  const std::vector<std::uint8_t>& needed = parts_.lesions->parts.needed;
  return {needed.begin(), needed.begin() + own};
}

}  // namespace oligosim
