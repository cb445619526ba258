#include "engine/statistics/categorical/fisher_exact.hpp"
#include "models/analysis/methods.hpp"

namespace oligosim {
namespace {

constexpr Choice<FisherRoots> root_rules[] = {{"as_r", FisherRoots::as_r}, {"exact", FisherRoots::exact}};

/// One row: the odds ratio of a 2x2 table, else a test of independence. Patients with both columns known count.
class FisherExactMethod : public Analysis {
 public:
  FisherExactMethod(ConfigNode entry, PlanReader& reader) {
    name_ = entry.text("name");
    population_ = reader.population(entry);
    const std::string rows = entry.one_of("rows", reader.columns().names(), "column");
    const std::string columns = entry.one_of("columns", reader.columns().names(), "column");
    rows_ = reader.factor(entry, "rows", rows);
    columns_ = reader.factor(entry, "columns", columns);
    row_count_ = reader.parts().factors[rows_].levels().size();
    column_count_ = reader.parts().factors[columns_].levels().size();
    roots_ = entry.choice<FisherRoots>("roots", root_rules, FisherRoots::as_r);
    EstimateLabel label = reader.label(entry, "fisher_exact", {}, population_);
    label.term = rows;
    label.parameter = fourfold() ? "odds_ratio" : "independence";
    label.tested = true;
    label.two_groups = label.estimated = label.ratio = fourfold();
    if (fourfold()) label.interval = "exact";
    labels_.push_back(label);
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const std::span<std::uint32_t> counts = arena.take<std::uint32_t>(row_count_ * column_count_, 0u);
    const std::span<const std::uint8_t> members = data.members(population_);
    const std::span<const std::uint8_t> row = data.codes(rows_), column = data.codes(columns_);
    for (std::size_t i = 0; i < members.size(); ++i)
      if (members[i] && row[i] != missing_category && column[i] != missing_category)
        ++counts[row[i] * column_count_ + column[i]];
    out[0] = fourfold() ? fisher_exact({counts[0], counts[1], counts[2], counts[3]}, data.parts().confidence, roots_)
                        : fisher_exact(counts, row_count_, column_count_, arena);
  }

 private:
  bool fourfold() const { return row_count_ == 2 && column_count_ == 2; }

  std::size_t population_ = 0, rows_ = 0, columns_ = 0, row_count_ = 0, column_count_ = 0;
  FisherRoots roots_ = FisherRoots::as_r;
};

}  // namespace

std::unique_ptr<Analysis> read_fisher_exact(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<FisherExactMethod>(entry, reader);
}

}  // namespace oligosim
