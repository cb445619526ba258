#include "models/size/resized.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

YamlNode number(std::size_t count) {
  YamlNode node = YamlNode::of(YamlNode::Kind::scalar);
  node.scalar = std::to_string(count);
  return node;
}

void put(YamlNode* scalar, const std::string& text) {
  if (!scalar || scalar->kind != YamlNode::Kind::scalar) return;
  scalar->scalar = text;
  scalar->plain = true;
}

void scale(YamlNode* count, const Resizing& to) {
  if (!count || count->kind != YamlNode::Kind::scalar) return;
  put(count, std::to_string(scaled_count(static_cast<std::size_t>(std::stod(count->scalar)), to.size, to.own_size)));
}

/// Events and patients that a design names, in proportion.
void scale_counts(YamlNode& design, const Resizing& to) {
  for (const char* key : {"final_events", "planned_patients", "most_events"}) scale(design.find(key), to);
  if (YamlNode* subgroup = design.find("subgroup")) scale(subgroup->find("at_events"), to);
  if (YamlNode* multiplicity = design.find("multiplicity"))
    if (YamlNode* hypotheses = multiplicity->find("hypotheses"))
      for (YamlNode::Entry& e : hypotheses->entries) scale(e.value.find("final_events"), to);
  for (const char* list : {"looks", "interim_patients"})
    if (YamlNode* all = design.find(list))
      for (YamlNode& item : all->items) {
        scale(&item, to);
        for (const char* key : {"at_events", "at_patients"}) scale(item.find(key), to);
      }
}

/// A stage that counts responses has the threshold that holds alpha with its patients, where the design says p0.
void find_threshold(YamlNode& design, std::size_t patients) {
  const YamlNode *kind = design.find("kind"), *p0 = design.find("p0"), *alpha = design.find("alpha");
  if (!kind || kind->scalar != "exact_binomial" || !p0 || !alpha) return;
  const std::size_t above = critical_responses(patients, std::stod(p0->scalar), std::stod(alpha->scalar));
  put_stages(design, std::vector<BinomialStage>{{patients, above}});
}

/// Numbers of patients of a design's cohorts, in proportion: rounded so that they make up the trial, the largest
/// remainders first.
void share_out(YamlNode& design, std::size_t patients) {
  YamlNode* cohorts = design.find("cohorts");
  if (!cohorts) return;
  std::vector<YamlNode*> counts;
  double total = 0;
  for (YamlNode::Entry& e : cohorts->entries)
    if (YamlNode* own = e.value.find("patients")) counts.push_back(own), total += std::stod(own->scalar);
  std::vector<std::pair<double, YamlNode*>> remainders;
  std::size_t given = 0;
  for (YamlNode* own : counts) {
    const double exact = std::stod(own->scalar) * static_cast<double>(patients) / total;
    remainders.push_back({exact - std::floor(exact), own});
    given += static_cast<std::size_t>(exact);
    put(own, std::to_string(static_cast<std::size_t>(exact)));
  }
  std::ranges::stable_sort(remainders, std::greater<>(), &std::pair<double, YamlNode*>::first);
  for (std::size_t k = 0; given < patients && k < remainders.size(); ++k, ++given)
    put(remainders[k].second, std::to_string(std::stoul(remainders[k].second->scalar) + 1));
}

/// Numbers of patients, whose sum is not 1, become shares.
void make_shares(YamlNode* cohort) {
  if (!cohort) return;
  double total = 0;
  for (const YamlNode::Entry& e : cohort->entries) total += std::stod(e.value.scalar);
  if (std::abs(total - 1) < 1e-9 || !(total > 0)) return;
  for (YamlNode::Entry& e : cohort->entries) put(&e.value, unrounded(std::stod(e.value.scalar) / total));
}

}  // namespace

void put_stages(YamlNode& design, std::span<const BinomialStage> stages) {
  std::erase_if(design.entries, [](const YamlNode::Entry& e) {
    return e.key == "power" || e.key == "every_larger" || e.key == "choose" || e.key == "stages" ||
           e.key == "reject_above";
  });
  if (stages.size() == 1) {
    design.entries.push_back({"reject_above", {}, number(stages.front().above)});
    return;
  }
  YamlNode list = YamlNode::of(YamlNode::Kind::sequence);
  for (const BinomialStage& s : stages) {
    YamlNode one = YamlNode::of(YamlNode::Kind::mapping);
    one.entries.push_back({"patients", {}, number(s.patients)});
    one.entries.push_back({&s == &stages.back() ? "reject_above" : "go_on_above", {}, number(s.above)});
    list.items.push_back(one);
  }
  design.entries.push_back({"stages", {}, list});
}

std::size_t scaled_count(std::size_t count, std::size_t size, std::size_t own_size) {
  if (count == 0) return 0;
  const double exact = static_cast<double>(count) * static_cast<double>(size) / static_cast<double>(own_size);
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(exact)));
}

void resize(YamlNode& study, const Resizing& to) {
  YamlNode* patients = study.find("trial")->find("enrollment")->find("patients");
  if (to.size == to.own_size && patients->scalar == std::to_string(to.patients)) return;
  put(patients, std::to_string(to.patients));
  YamlNode& design = *study.find("design");
  scale_counts(design, to);
  share_out(design, to.patients);
  find_threshold(design, to.patients);
  make_shares(study.find("cohort"));
}

void replace_design(YamlNode& study, const YamlNode& design) {
  if (YamlNode* own = study.find("design")) *own = design;
}

}  // namespace oligosim
