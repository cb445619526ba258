#include "engine/statistics/survival/fine_gray.hpp"
#include "models/analysis/methods.hpp"
#include "models/analysis/methods/hazard_ratio.hpp"
#include "models/analysis/methods/model_terms.hpp"

namespace oligosim {
namespace {

/// Rows: for each term subdistribution_hazard_ratio and its logarithm, of one cause; of columns that are combinations
/// of others as in CoxMethod.
class FineGrayMethod : public Analysis {
 public:
  FineGrayMethod(ConfigNode entry, PlanReader& reader)
      : endpoint_(reader.competing_endpoint(entry)), population_(reader.population(entry)), terms_(entry, reader) {
    name_ = entry.text("name");
    read_cause(entry, reader);
    label_rows(reader.label(entry, "fine_gray", endpoint_, population_));
  }

  void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const override {
    const SurvivalTable table = terms_.complete(data.table(endpoint_, population_), data, {}, arena);
    FineGrayModel model{.cause = in_table_order<std::uint8_t>(table, data.states(endpoint_), arena),
                        .interest = cause_,
                        .covariates = terms_.matrix(table.row, {}, data, arena),
                        .columns = terms_.columns()};
    FineGrayFit<double> fit = fine_gray<double>(table, model, {}, arena);
    EstimableColumns left;  // empty: all
    if (fit.status[0] == Status::singular && model.columns > 1) left = estimable_columns(table, model, arena);
    if (!left.kept.empty()) {
      model.covariates = columns_kept(model.covariates, left, arena);
      model.columns = left.kept.size();
      fit = fine_gray<double>(table, model, {}, arena);
    }
    const double z = normal_quantile(0.5 + data.parts().confidence / 2);
    for (std::size_t j = 0; j < terms_.columns(); ++j) {
      const std::optional<std::size_t> place = left.place(j);
      Estimate log = log_hazard_ratio(place ? fit.coefficient[*place] : missing, fit.n, fit.n_events,
                                      place ? fit.status[0] : Status::singular);
      if (place) add_wald(log, fit.standard_error[*place], z);
      out[2 * j] = as_ratio(log);
      out[2 * j + 1] = log;
    }
  }

 private:
  void read_cause(ConfigNode& entry, PlanReader& reader) {
    std::vector<std::string> names;
    if (endpoint_ < reader.parts().endpoints.size())
      for (const EndpointCoding::Cause& cause : reader.parts().endpoints[endpoint_].coding.causes)
        names.push_back(cause.name);
    if (names.empty()) return entry.accept("cause");  // the endpoint is a problem already
    const std::string chosen = entry.one_of("cause", names, "cause of the endpoint", names.front());
    for (std::size_t k = 0; k < names.size(); ++k)
      if (names[k] == chosen) cause_ = static_cast<std::uint8_t>(k + 1);
  }

  void label_rows(EstimateLabel label) {
    label.interval = "robust";
    label.tested = true;
    label.two_groups = terms_.columns() == 1;
    for (std::size_t j = 0; j < terms_.columns(); ++j) {
      label.term = terms_.name(j);
      label.parameter = "subdistribution_hazard_ratio", label.ratio = true, label.log_scale = false;
      labels_.push_back(label);
      label.parameter = "log_subdistribution_hazard_ratio", label.ratio = false, label.log_scale = true;
      labels_.push_back(label);
    }
  }

  std::size_t endpoint_, population_;
  ModelTerms terms_;
  std::uint8_t cause_ = 1;
};

}  // namespace

std::unique_ptr<Analysis> read_fine_gray(ConfigNode entry, PlanReader& reader) {
  return std::make_unique<FineGrayMethod>(entry, reader);
}

}  // namespace oligosim
