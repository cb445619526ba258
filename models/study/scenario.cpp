#include "models/study/scenario.hpp"

#include <algorithm>

#include "engine/io/number.hpp"
#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {

void Scenario::prepare(unsigned threads) const {
  disease->prepare();
  parallel_for(draws.size(), threads, [&](std::size_t k, Arena&) {
    try {
      draws[k].disease->prepare();
    } catch (const InputError& e) {
      throw InputError("draw " + std::to_string(k + 1) + " of disease.posterior: " + e.what());
    }
  });
}

std::vector<SolvedValue> Scenario::solved() const {
  std::vector<SolvedValue> all = disease->solved();
  if (draws.empty()) return all;
  for (std::size_t v = 0; v < all.size(); ++v) {
    std::vector<double> values;
    for (const ParameterDraw& draw : draws) values.push_back(draw.disease->solved()[v].value);
    std::ranges::sort(values);
    all[v].value = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
    all[v].because += " (median of " + std::to_string(values.size()) + " draws, " + rounded(values.front(), 4) +
                      " to " + rounded(values.back(), 4) + ")";
  }
  return all;
}

std::size_t Scenario::draw_of(const Streams& streams) const {
  // Parameter values are what the purpose is for; the calibration has them under keys of its own.
  return streams.stream(Purpose::design_points).below(static_cast<std::uint32_t>(draws.size()));
}

Scenario Scenario::of_truth() const {
  Scenario one = *this;
  const std::shared_ptr<DiseaseModel> other = truth_without_crossover ? disease->without_crossover() : nullptr;
  if (!other) return one;
  one.disease = other;
  one.trial = std::make_shared<Trial>(trial->of_disease(other));
  return one;
}

std::optional<Scenario> Scenario::without_visits() const {
  const std::shared_ptr<DiseaseModel> watched = disease->without_visits();
  if (!watched) return {};
  Scenario one = *this;
  one.disease = watched;
  one.trial = std::make_shared<Trial>(trial->without_visits());
  return one;
}

Scenario Scenario::at_draw(std::size_t k) const {
  Scenario one = *this;
  one.disease = draws[k].disease;
  one.trial = draws[k].trial;
  one.draws.clear();
  return one;
}

}  // namespace oligosim
