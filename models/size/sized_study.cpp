#include "models/size/sized_study.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "engine/io/number.hpp"
#include "models/size/resized.hpp"

namespace oligosim {
namespace {

constexpr double usual_factor = 20;  // between a twentieth of the study's size and as many times it
constexpr std::size_t most_patients = 1000000;

/// `keys`: those of mappings too, as hypotheses and cohorts of a design are named.
void add_words(const YamlNode& node, bool keys, std::set<std::string>& words) {
  if (node.kind == YamlNode::Kind::scalar) words.insert(node.scalar);
  for (const YamlNode& item : node.items) add_words(item, keys, words);
  for (const YamlNode::Entry& e : node.entries) {
    if (keys) words.insert(e.key);
    add_words(e.value, keys, words);
  }
}

bool sets_the_plan(const YamlNode& study) {
  const YamlNode* scenarios = study.find("scenarios");
  if (!scenarios) return false;
  for (const YamlNode::Entry& scenario : scenarios->entries)
    for (const YamlNode::Entry& e : scenario.value.entries)
      if (e.key.starts_with("plan") || e.key.starts_with("families") || e.key.starts_with("distribution")) return true;
  return false;
}

/// Without the draws of the disease's parameters, which no design rests on.
void leave_out_draws(YamlNode& study) {
  const auto drawn = [](const YamlNode::Entry& e) { return e.key.starts_with("disease.posterior"); };
  if (YamlNode* disease = study.find("disease"))
    std::erase_if(disease->entries, [](const auto& d) { return d.key == "posterior"; });
  if (YamlNode* scenarios = study.find("scenarios"))
    for (YamlNode::Entry& scenario : scenarios->entries) std::erase_if(scenario.value.entries, drawn);
}

/// The study without what asks for more numbers than its size rests on.
YamlNode reduced(const Study& study) {
  YamlNode tree = study.resolved;
  if (sets_the_plan(tree)) return tree;
  std::erase_if(tree.entries, [](const YamlNode::Entry& e) {
    return e.key == "size" || e.key == "families" || e.key == "distribution" || e.key == "failures" ||
           e.key == "at_looks";
  });
  std::set<std::string> named = {study.size->interval.analysis};
  for (const YamlNode::Entry& e : tree.entries)
    if (e.key != "plan") add_words(e.value, e.key == "design", named);
  if (YamlNode* analyses = tree.find("plan")->find("analyses"))
    std::erase_if(analyses->items, [&](const YamlNode& analysis) {
      const YamlNode* name = analysis.find("name");
      return name && !named.contains(name->scalar);
    });
  return tree;
}

/// 1 without blocks, as with minimization.
std::size_t block_of(const YamlNode& study) {
  const YamlNode* blocks = study.find("trial")->find("randomization")->find("blocks");
  std::size_t common = 0;
  for (const YamlNode& size : blocks ? blocks->items : std::vector<YamlNode>{})
    common = std::gcd(common, static_cast<std::size_t>(std::stod(size.scalar)));
  return std::max<std::size_t>(1, common);
}

std::size_t multiple_above(double x, std::size_t unit) {
  return unit * static_cast<std::size_t>(std::ceil(x / static_cast<double>(unit) - 1e-9));
}

/// Messages of a study that stands in no file, in one line.
std::string without_places(std::string text) {
  const std::string nowhere = "input:0:0: ";
  for (std::size_t k = text.find(nowhere); k != std::string::npos; k = text.find(nowhere))
    text.erase(k, nowhere.size());
  while (text.ends_with('\n')) text.pop_back();
  for (std::size_t k = text.find('\n'); k != std::string::npos; k = text.find('\n')) text.replace(k, 1, "; ");
  return text;
}

Study read(const YamlNode& tree, const std::string& scenario) {
  Problems problems;
  Study study = read_study(tree, {.seed = {}, .replicates = {}, .scenario = scenario}, problems);
  problems.refuse();
  return study;
}

}  // namespace

SizedStudy::SizedStudy(const Study& study, unsigned threads) : study_(study), reduced_(reduced(study)) {
  for (const std::string& name : wanted().in) scenarios_.push_back(read(reduced_, name).scenarios.front());
  const Scenario& first = scenarios_.front();
  own_patients_ = first.trial->patients();
  own_events_ = first.design->final_events();
  const bool arms = first.trial->arms().size() > 1;
  block_ = arms ? block_of(study.resolved) : 1;
  const bool of_events = wanted().of == SizeWanted::Of::events;
  unit_ = of_events ? 1 : block_;
  own_size_ = of_events ? own_events_ : own_patients_;
  check_power();
  find_limits();
  for (const Scenario& s : scenarios_) s.prepare(threads);
}

std::size_t SizedStudy::patients(std::size_t size) const {
  if (wanted().of == SizeWanted::Of::patients) return size;
  return multiple_above(
      static_cast<double>(size) * static_cast<double>(own_patients_) / static_cast<double>(own_events_), block_);
}

std::size_t SizedStudy::events(std::size_t size) const { return scaled_count(own_events_, size, own_size_); }

double SizedStudy::information(std::size_t size) const {
  return static_cast<double>(own_events_ > 0 ? events(size) : patients(size));
}

std::size_t SizedStudy::rounded_up(double size) const {
  return std::clamp(multiple_above(std::max(size, 1.0), unit_), smallest_, largest_);
}

std::size_t SizedStudy::size_of(double wanted_information) const {
  const double ratio = wanted_information / information(own_size_);
  std::size_t size = rounded_up(ratio * static_cast<double>(own_size_));
  while (size > smallest_ && information(size - unit_) >= wanted_information) size -= unit_;
  while (size < largest_ && information(size) < wanted_information) size += unit_;
  return size;
}

bool SizedStudy::can_be(std::size_t size, std::string* why) const {
  try {
    for (std::size_t k = 0; k < scenarios_.size(); ++k) scenario(k, size);
    return true;
  } catch (const InputError& e) {
    if (why) *why = without_places(e.what());
    return false;
  }
}

void SizedStudy::refuse(const std::string& message, const char* key) const {
  Problems problems;
  problems.add(wanted().place, key, message);
  throw InputError(problems.text());
}

void SizedStudy::check_power() const {
  const BinomialRule* rule = scenarios_.front().design->binomial();
  if (!rule || !wanted().power) return;
  if (design().find("kind")->scalar == "toxicity_boundary")
    refuse(
        "few patients claim more often than many that a toxicity is not too much, so that no size holds it "
        "(interval_width)",
        "size.power");
  const bool enumerated = std::ranges::all_of(scenarios_, [](const Scenario& s) { return s.draws.empty(); });
  if (enumerated && std::isnan(rule->p0))
    refuse("the size of a design that counts responses rests on design.p0, which is missing (p0 and p1)", "size.power");
}

void SizedStudy::find_limits() {
  const auto own = static_cast<double>(own_size_);
  const double most =
      std::min(own * usual_factor, own * static_cast<double>(most_patients) / static_cast<double>(own_patients_));
  const std::pair<double, double> limits =
      wanted().between ? std::pair<double, double>(*wanted().between) : std::pair{own / usual_factor, most};
  smallest_ = multiple_above(std::max(limits.first, 1.0), unit_);
  largest_ = unit_ * static_cast<std::size_t>(limits.second / static_cast<double>(unit_));
  const bool counts = scenarios_.front().design->binomial() != nullptr;
  if (!wanted().between && !(counts && wanted().power)) {
    while (smallest_ < own_size_ && !can_be(smallest_, nullptr))  // looks must stay apart
      smallest_ = multiple_above(1.2 * static_cast<double>(smallest_) + 1, unit_);
    while (largest_ > own_size_ && !can_be(largest_, nullptr))  // tables of responses have an end
      largest_ = std::max(own_size_, static_cast<std::size_t>(static_cast<double>(largest_) / 1.2)) / unit_ * unit_;
  }
  if (smallest_ > largest_) refuse("holds no multiple of " + std::to_string(unit_) + ", the randomization block");
  if (counts && wanted().power) return;
  std::string why;
  for (const std::size_t size : {smallest_, largest_})
    if (!can_be(size, &why)) refuse("the study cannot have the size " + std::to_string(size) + ": " + why);
}

YamlNode SizedStudy::sized(YamlNode tree, std::size_t size) const {
  resize(tree, {.patients = patients(size), .size = size, .own_size = own_size_});
  if (const auto own = designs_.find(size); own != designs_.end()) replace_design(tree, own->second);
  return tree;
}

Scenario SizedStudy::scenario(std::size_t k, std::size_t size) const {
  YamlNode tree = sized(reduced_, size);
  leave_out_draws(tree);  // only the design is taken from it
  Scenario own = scenarios_[k];
  own.design = read(tree, wanted().in[k]).scenarios.front().design;
  const auto with_patients = [&](const std::shared_ptr<Trial>& trial) {
    return std::make_shared<Trial>(trial->with_patients(patients(size)));
  };
  own.trial = with_patients(own.trial);
  for (ParameterDraw& draw : own.draws) draw.trial = with_patients(draw.trial);
  return own;
}

YamlNode SizedStudy::document(std::size_t size) const { return sized(study_.resolved, size); }

}  // namespace oligosim
