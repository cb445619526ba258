#include "engine/statistics/cox/cox_selection.hpp"

#include <algorithm>
#include <cassert>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/quadratic_form.hpp"

namespace oligosim {
namespace {

double wald_p(const CoxFit& fit, std::size_t first, std::size_t columns, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::size_t all = fit.coefficient.size();
  const std::span<double> variance = arena.take<double>(columns * columns), scale = arena.take<double>(columns);
  for (std::size_t j = 0; j < columns; ++j) {
    for (std::size_t l = 0; l < columns; ++l) variance[j * columns + l] = fit.variance[(first + j) * all + first + l];
    scale[j] = variance[j * columns + j];
  }
  const double chi_square = quadratic_form(variance, fit.coefficient.subspan(first, columns), scale, 1e-12, arena);
  return chi_square_upper_tail(chi_square, static_cast<double>(columns));
}

/// The model as it shrinks: the columns of its terms, one after the other.
class ShrinkingModel {
 public:
  ShrinkingModel(const SurvivalTable& table, const CoxCovariates& covariates, const CoxTerms& terms, const CoxFit& fit,
                 Arena& arena)
      : table_(table),
        covariates_(covariates),
        terms_(terms),
        values_(arena.take<double>(covariates.values.size())),
        initial_(arena.take<double>(covariates.columns)),
        in_(terms.all()),
        fit_(fit) {
    std::copy(covariates.values.begin(), covariates.values.end(), values_.begin());
    covariates_.values = values_;
  }

  std::uint32_t terms() const { return in_; }
  const CoxFit& fit() const { return fit_; }
  bool has(std::size_t term) const { return (in_ >> term & 1u) != 0; }

  /// The term of the largest p value above `p_out` that may leave; terms_.count if there is none.
  std::size_t weakest(double p_out, Arena& arena) const {
    std::size_t weakest = terms_.count;
    double largest = p_out;
    for (std::size_t t = 0; t < terms_.count; ++t) {
      if (!has(t) || (!terms_.within.empty() && (terms_.within[t] & in_) != 0)) continue;
      const double p = wald_p(fit_, first(t), columns(t), arena);
      if (p > largest) weakest = t, largest = p;
    }
    return weakest;
  }

  void remove(std::size_t term, std::span<const double> weight, CoxOptions options, Arena& arena) {
    const std::size_t rows = table_.size(), from = first(term), to = from + columns(term);
    const auto value = values_.begin();
    const auto at = [&](std::size_t i) { return value + static_cast<std::ptrdiff_t>(i); };
    std::copy(at(to * rows), at(covariates_.columns * rows), at(from * rows));
    std::size_t left = 0;
    for (std::size_t j = 0; j < covariates_.columns; ++j)
      if (j < from || j >= to) initial_[left++] = fit_.coefficient[j];
    in_ &= ~(std::uint32_t{1} << term);
    covariates_.columns = left;
    covariates_.values = values_.first(left * rows);
    if (left == 0) return;
    options.initial = initial_.first(left);
    fit_ = cox(table_, covariates_, weight, options, arena);
  }

 private:
  std::size_t columns(std::size_t term) const {
    return static_cast<std::size_t>(std::ranges::count(terms_.of_column, term));
  }
  std::size_t first(std::size_t term) const {
    std::size_t column = 0;
    for (std::size_t t = 0; t < term; ++t)
      if (has(t)) column += columns(t);
    return column;
  }

  const SurvivalTable& table_;
  CoxCovariates covariates_;
  const CoxTerms& terms_;
  std::span<double> values_, initial_;
  std::uint32_t in_;
  CoxFit fit_;
};

}  // namespace

CoxModel eliminate_backward(const SurvivalTable& table, const CoxCovariates& covariates, const CoxTerms& terms,
                            const CoxFit& whole, std::span<const double> weight, double p_out,
                            const CoxOptions& options, Arena& arena) {
  assert(terms.of_column.size() == covariates.columns && terms.count <= max_cox_terms);
  CoxModel model{terms.all(), arena.take<double>(covariates.columns, missing), whole.status};
  if (whole.status != Status::ok) return model;
  const Arena::Scope scope(arena);
  ShrinkingModel shrinking(table, covariates, terms, whole, arena);
  while (model.terms != 0) {
    const std::size_t weakest = shrinking.weakest(p_out, arena);
    if (weakest == terms.count) break;
    shrinking.remove(weakest, weight, options, arena);
    model.terms = shrinking.terms();
    if (model.terms == 0) break;
    model.status = shrinking.fit().status;
    if (model.status != Status::ok) return model;
  }
  for (std::size_t j = 0, in = 0; j < covariates.columns; ++j)
    model.coefficient[j] = shrinking.has(terms.of_column[j]) ? shrinking.fit().coefficient[in++] : 0.0;
  return model;
}

}  // namespace oligosim
