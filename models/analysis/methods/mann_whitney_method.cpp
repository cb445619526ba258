#include "engine/statistics/mann_whitney.hpp"
#include "engine/statistics/rank_sum_distribution.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

/// One row: the shift of the first group against the second, with the test.
class MannWhitneyMethod : public Analysis {
 public:
  MannWhitneyMethod(ConfigNode entry, PlanReader& reader)
      : groups_(two_patient_groups(entry, reader)), value_(reader.number_column(entry, "value")) {
    name_ = entry.text("name");
    EstimateLabel label = reader.label(entry, "mann_whitney", {}, groups_.population());
    label.term = groups_.by();
    label.parameter = "location_shift";
    label.interval = "hodges_lehmann";
    label.tested = label.two_groups = true;
    labels_.push_back(label);
    RankSumDistribution::table();  // made before the first replicate
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    const std::span<std::uint8_t> known = arena.take<std::uint8_t>(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) known[i] = codes[i] != missing_category;
    const Sample sample = sort_sample(data.cohort().numbers(value_), known, arena);
    const std::span<const std::uint8_t> group = in_sample_order<std::uint8_t>(sample, codes, arena);
    const PairwiseDifferences differences = pairwise_differences(sample, group, arena);
    out[0] = mann_whitney<double>(sample, group, differences, {}, data.parts().confidence, arena)[0];
  }

 private:
  PatientGroups groups_;
  std::size_t value_;
};

}  // namespace

std::unique_ptr<Analysis> read_mann_whitney(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<MannWhitneyMethod>(entry, reader);
}

}  // namespace oligosim
