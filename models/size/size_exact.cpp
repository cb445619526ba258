#include "models/size/size_exact.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/io/number.hpp"
#include "models/size/resized.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"

namespace oligosim {
namespace {

constexpr double z95 = 1.959963984540054;
constexpr double other_powers[] = {-0.1, -0.05, 0.05, 0.1};  // beside the one wanted: Simon's designs on the curve
constexpr double beside[] = {0.5, 0.65, 0.8, 0.9, 1.1, 1.25, 1.5};

double number(const YamlNode& design, const char* key) { return std::stod(design.find(key)->scalar); }

/// Responses of patients who are alike are binomial, whenever they are looked at: over trials that stop by their
/// responses, responses minus p times patients has mean 0 and variance p (1 - p) times the mean of patients (Wald
/// 1944).
std::pair<double, double> simulated_response(SizeSimulator& simulator, std::size_t k) {
  const SizedStudy& study = simulator.study();
  const std::uint32_t blocks = (study.replicates() + SizeSimulator::block - 1) / SizeSimulator::block;
  SizeSimulator apart = simulator.afresh();  // the design found may be another one of the same size
  const SizePoint& p = apart.extend(k, study.own_size(), 0, blocks);
  const double share = p.events.mean / p.patients.mean;
  return {share, std::sqrt(share * (1 - share) / (p.patients.mean * static_cast<double>(p.patients.n)))};
}

/// Designs by size, and how to look for the smallest.
class ExactSearch {
 public:
  explicit ExactSearch(SizedStudy& study)
      : study_(study), design_(study.design()), kind_(design_.find("kind")->scalar), power_(*study.wanted().power) {
    p0_ = number(design_, "p0");
    alpha_ = number(design_, "alpha");
    const YamlNode* flag = design_.find("every_larger");
    every_larger_ = flag && flag->scalar == "true";
  }

  /// The smallest size at a probability of response; 0: none within the limits. `from`: that from which on every larger
  /// one holds it.
  std::size_t smallest(double response, std::optional<std::size_t>* from = nullptr) {
    if (!(response > p0_)) return 0;
    if (kind_ == "simon") {
      const auto stages = simon_stages(response, power_);
      return stages.empty() ? 0 : stages.back().patients;
    }
    std::size_t first = 0, steady = 0;
    const std::size_t largest = study_.largest();
    for (std::size_t n = study_.smallest(); n <= largest && (first == 0 || n <= first + first / 2 + 20); ++n) {
      const bool held = power(n, response) >= power_;
      if (held && first == 0) first = n;
      if (held && steady == 0) steady = n;
      if (!held) steady = 0;
    }
    if (from && steady != 0) *from = steady;
    return every_larger_ && first != 0 ? steady : first;
  }

  double power(std::size_t size, double response) {
    const auto stages = stages_at(size);
    return stages.empty() ? 0 : binomial_characteristics(stages, response).reject;
  }
  double p0() const { return p0_; }

  /// Sizes that the curve is shown at, beside the answer, which is of that response.
  std::vector<std::size_t> sizes_around(std::size_t size, double response) {
    std::vector<std::size_t> sizes;
    if (kind_ == "simon") {
      keep_simon(response, power_);  // before others that have its size
      for (const double more : other_powers)
        if (power_ + more > 0.5 && power_ + more < 1) sizes.push_back(keep_simon(response, power_ + more));
    } else {
      for (const double factor : beside) sizes.push_back(study_.rounded_up(factor * static_cast<double>(size)));
    }
    std::erase_if(sizes, [&](std::size_t n) { return n == 0 || stages_at(n).empty(); });
    return sizes;
  }

  /// The same where not even the largest is enough: that and some below it; of Simon's designs, which are made for a
  /// power, none.
  std::vector<std::size_t> sizes_that_fail() {
    std::vector<std::size_t> sizes;
    if (kind_ == "simon") return sizes;
    for (const double factor : {0.5, 0.65, 0.8, 0.9, 1.0})
      sizes.push_back(study_.rounded_up(factor * static_cast<double>(study_.largest())));
    std::erase_if(sizes, [&](std::size_t n) { return stages_at(n).empty(); });
    return sizes;
  }

 private:
  /// None where the design cannot have the size.
  std::vector<BinomialStage> stages_at(std::size_t size) {
    const auto known = stages_.find(size);
    if (known != stages_.end()) return known->second;
    std::vector<BinomialStage> stages;
    if (kind_ == "exact_binomial") {
      stages = {{size, critical_responses(size, p0_, alpha_)}};
      if (stages.front().above >= size) stages.clear();
    } else if (kind_ == "predictive_probability") {
      try {
        stages = study_.scenario(0, size).design->binomial()->stages;
      } catch (const InputError&) {  // too small for its looks
      }
    }
    return stages_[size] = stages;
  }

  /// None where they have more patients than the limits allow.
  std::vector<BinomialStage> simon_stages(double response, double power) const {
    const auto found = simon_designs({p0_, response, alpha_, power});
    if (!found) return {};
    const YamlNode* choose = design_.find("choose");
    const auto& stages = choose && choose->scalar == "minimax" ? found->minimax : found->optimal;
    if (stages.back().patients > study_.largest()) return {};
    return stages;
  }

  /// The same as the design of its size from now on, unless that has one. The size; 0: none.
  std::size_t keep_simon(double response, double power) {
    const std::vector<BinomialStage> stages = simon_stages(response, power);
    if (stages.empty()) return 0;
    const std::size_t size = stages.back().patients;
    if (stages_.try_emplace(size, stages).second) put(size, stages);
    return size;
  }

  /// Writes the stages into the design of that size.
  void put(std::size_t size, const std::vector<BinomialStage>& stages) {
    YamlNode design = design_;
    put_stages(design, stages);
    study_.put_design(size, std::move(design));
  }

  SizedStudy& study_;
  const YamlNode& design_;
  std::string kind_;
  double power_, p0_ = missing, alpha_ = missing;
  bool every_larger_ = false;
  std::map<std::size_t, std::vector<BinomialStage>> stages_;
};

SizeOfScenario exact_answer(ExactSearch& search, SizeSimulator& simulator, std::size_t k) {
  const SizedStudy& study = simulator.study();
  const Scenario& scenario = study.own_scenario(k);
  SizeOfScenario answer{.scenario = scenario.name};
  const std::optional<CountedResponse> known = counted_response(scenario);
  std::tie(answer.response, answer.response_error) =
      known ? std::pair(known->probability, 0.0) : simulated_response(simulator, k);
  answer.size = search.smallest(answer.response, &answer.every_larger);
  if (answer.size == 0) {
    answer.status = SizeStatus::largest_fails, answer.size = study.largest();
    return answer;
  }
  if (answer.size == study.smallest()) answer.status = SizeStatus::smallest_holds;
  answer.lower = answer.upper = answer.size;
  if (!known) {  // more responses, fewer patients
    const std::size_t with_more = search.smallest(answer.response + z95 * answer.response_error);
    const std::size_t with_fewer = search.smallest(answer.response - z95 * answer.response_error);
    answer.lower = std::min(answer.size, with_more), answer.upper = std::max(answer.size, with_fewer);
  }
  answer.formula = answer.size;
  return answer;
}

}  // namespace

bool counts_responses(const SizedStudy& study) {
  for (std::size_t k = 0; k < study.wanted().in.size(); ++k)
    if (!study.own_scenario(k).design->binomial() || !study.own_scenario(k).draws.empty()) return false;
  return study.wanted().power.has_value();
}

SizeResult search_exact_size(SizedStudy& study, SizeSimulator& simulator) {
  ExactSearch search(study);
  SizeResult result;
  for (std::size_t k = 0; k < study.wanted().in.size(); ++k)
    result.scenarios.push_back(exact_answer(search, simulator, k));
  decide(result);
  const bool has_answer = result.status != SizeStatus::largest_fails;
  const std::uint32_t whole = (study.replicates() + SizeSimulator::block - 1) / SizeSimulator::block;
  const std::vector<std::size_t> around =
      has_answer ? search.sizes_around(result.size, result.scenarios[result.decides].response)
                 : search.sizes_that_fail();
  if (around.empty() && !has_answer) return result;  // no design of this kind fits into the range
  for (std::size_t k = 0; k < result.scenarios.size(); ++k) {
    for (const std::size_t size : around) simulator.extend(k, size, 0, std::min<std::uint32_t>(whole, 20));
    if (has_answer) simulator.extend(k, result.size, 0, whole);
    SizeOfScenario& own = result.scenarios[k];
    own.curve = simulator.points(k);
    if (has_answer) own.level = search.power(result.size, search.p0());
    for (const SizePoint& p : own.curve) own.formula_at.push_back(search.power(p.size, own.response));
  }
  return result;
}

}  // namespace oligosim
