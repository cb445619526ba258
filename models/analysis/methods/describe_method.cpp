#include <algorithm>
#include <cmath>

#include "engine/statistics/describe.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {
namespace {

struct Statistic {
  const char* name;
  double Description<double>::*value;
  Lanes Description<Lanes>::*lanes;
};
constexpr Statistic statistics[] = {
    {"median", &Description<double>::median, &Description<Lanes>::median},
    {"minimum", &Description<double>::minimum, &Description<Lanes>::minimum},
    {"maximum", &Description<double>::maximum, &Description<Lanes>::maximum},
    {"quartile_1", &Description<double>::quartile_1, &Description<Lanes>::quartile_1},
    {"quartile_3", &Description<double>::quartile_3, &Description<Lanes>::quartile_3},
    {"mean", &Description<double>::mean, &Description<Lanes>::mean},
    {"standard_deviation", &Description<double>::standard_deviation, &Description<Lanes>::standard_deviation}};

/// Rows: for each column, for each group, for each statistic; n = patients of the group with a known value.
class DescribeMethod : public Analysis {
 public:
  DescribeMethod(ConfigNode entry, PlanReader& reader)
      : groups_(entry, reader), columns_(reader.number_columns(entry, "value")) {
    name_ = entry.text("name");
    std::vector<std::string> accepted;
    for (const Statistic& s : statistics) accepted.emplace_back(s.name);
    for (const std::string& chosen : entry.some_of("statistics", accepted, "statistic", accepted, Words::of_program))
      statistics_.push_back(*std::find_if(std::begin(statistics), std::end(statistics),
                                          [&](const Statistic& s) { return chosen == s.name; }));
    EstimateLabel label = reader.label(entry, "describe", {}, groups_.population());
    for (const std::size_t column : columns_) {
      label.term = reader.columns()[column].name;
      for (const std::string& group : groups_.names()) {
        label.group = group;
        for (const Statistic& s : statistics_) label.parameter = s.name, labels_.push_back(label);
      }
    }
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    std::size_t row = 0;
    for (const std::size_t column : columns_) {
      const Arena::Scope scope(arena);
      const Sample sample = sort_sample(data.cohort().numbers(column), {}, arena);
      const std::span<double> member = arena.take<double>(sample.size());
      for (std::size_t group = 0; group < groups_.count(); ++group) {
        for (std::size_t i = 0; i < sample.size(); ++i) member[i] = codes[sample.row[i]] == group;
        const Description<double> description = describe<double>(sample, member);
        for (const Statistic& s : statistics_) out[row++] = estimate(description, s);
      }
    }
  }

  void resample(PlanData& data, const ResampledRows& rows, Arena& arena, const ResampledValues& out) const override {
    const std::span<const std::uint8_t> codes = groups_.codes(data, arena);
    const std::span<Sample> samples = arena.take<Sample>(columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c)
      samples[c] = sort_sample(data.cohort().numbers(columns_[c]), {}, arena);
    rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
      const std::span<const Lanes> weight = weights.numbers(arena);
      std::size_t label = 0;
      for (const Sample& sample : samples) {
        const std::span<Lanes> member = arena.take<Lanes>(sample.size());
        for (std::size_t group = 0; group < groups_.count(); ++group) {
          for (std::size_t i = 0; i < sample.size(); ++i)
            member[i] = codes[sample.row[i]] == group ? weight[sample.row[i]] : Lanes{};
          const Description<Lanes> description = describe<Lanes>(sample, member);
          for (const Statistic& s : statistics_) out.put(label++, first, description.*s.lanes);
        }
      }
    });
  }

 private:
  static Estimate estimate(const Description<double>& description, const Statistic& statistic) {
    Estimate e;
    e.n = description.n;
    e.estimate = description.*statistic.value;
    if (std::isnan(e.estimate)) e.status = description.n > 0 ? Status::singular : Status::empty_group;
    return e;
  }

  PatientGroups groups_;
  std::vector<std::size_t> columns_;
  std::vector<Statistic> statistics_;
};

}  // namespace

std::unique_ptr<Analysis> read_describe(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<DescribeMethod>(entry, reader);
}

}  // namespace oligosim
